"""Questions of forms that ask for a field without its name: ``How many people work at your company?``.

Lower case, without accents and punctuation, ß as ss.
"""

import re

ASKING = re.compile(
    r"(?:.* )?(?:what s|what is|whats|what are|please (?:enter|provide|share|tell us|give us|add|confirm)|"
    r"wie lautet|wie ist|was ist|bitte geben sie|quel est|quelle est|cual es|qual(?: e)?|wat is|vad ar|hva er|hvad er|"
    r"mika on|jaki jest|jaka jest|jaky je|jaka je|jake je|enter your) "
)
"""How a question begins whose other words name a field, as a heading does."""

TO_REACH_YOU = re.compile(
    r" (?:to|(?:where )?we can|(?:can|should|may) we) (?:reach|contact|call) you(?: at| on| by| with)?"
)
"""How such a question may end."""

_COMPANY = r"(?:company|organi[sz]ation|business|firm|team|employer)"
_PEOPLE = r"(?:people|persons|employees|(?:staff|team)(?: members)?)"
_MITARBEITER = r"(?:mitarbeiter(?:innen)?|mitarbeitende|beschaftigte)"
_REMARKS = r"(?:questions|comments|remarks)"
_PATTERNS = {
    "contactPerson": (
        r"wie heissen sie|wie heisst du",
        r"comment vous appelez vous|comment t appelles tu",
        r"como te llamas|como se llama(?: usted)?",
        r"come ti chiami|come si chiama",
        r"hoe heet (?:je|u|jij)",
        r"vad heter du|hva heter du|hvad hedder du",
        r"como (?:voce )?se chama",
        r"jak sie nazywasz|jak se jmenujete",
    ),
    "company": (
        rf"(?:which|what) {_COMPANY} (?:do|are) you (?:work (?:for|at|with|in)|with|from|represent|part of)",
        rf"what (?:is|s) your {_COMPANY} called",
        r"where do you work|who do you work for",
        r"(?:fur|bei|in) welche[ms]? (?:unternehmen|firma|organisation) (?:arbeiten sie|arbeitest du|sind sie tatig)",
        r"(?:dans|pour) quelle (?:entreprise|societe|organisation) travaillez vous",
        r"(?:en|para) (?:que|cual) empresa (?:trabajas?|trabaja usted)",
        r"(?:per|in) (?:quale|che) azienda (?:lavori|lavora)",
        r"(?:bij|voor) (?:welk bedrijf|welke organisatie) werkt? (?:je|u)",
        r"(?:pa |for |hos )?vilket foretag (?:arbetar|jobbar) du(?: pa| for| hos)?",
        r"hvilke[nt] (?:firma|selskap|bedrift|virksomhed) (?:jobber|arbejder) du (?:i|for|hos)",
        r"em (?:que|qual) empresa (?:voce )?trabalha",
    ),
    "jobTitle": (
        rf"what (?:s|is) your (?:current )?(?:job title|title|role|position) (?:at|in|within) (?:your|the) {_COMPANY}",
    ),
    "industry": (
        r"(?:which|what) (?:industry|sector) (?:are you|do you work|are you working)(?: in)?",
        rf"(?:which|what) (?:industry|sector) (?:is|does) your {_COMPANY}(?: operate| work)?(?: in)?",
        r"in welcher branche (?:sind sie tatig|arbeiten sie|ist ihr unternehmen tatig)",
    ),
    "employeeCount": (
        rf"how many {_PEOPLE}(?: (?:work|are|are there) (?:at|in|for) (?:your|the) {_COMPANY})?",
        rf"how many {_PEOPLE} (?:does|do) (?:(?:your|the) {_COMPANY}|you) (?:have|employ)",
        rf"what size is your {_COMPANY}",
        rf"how (?:big|large) is (?:your|the) {_COMPANY}|what (?:is|s) the (?:size|headcount) of your {_COMPANY}",
        rf"wie ?viele {_MITARBEITER}(?: (?:haben|beschaftigen) sie)?",
        rf"wie ?viele {_MITARBEITER} (?:hat|beschaftigt) (?:ihr|dein) unternehmen",
        r"combien d employes(?: (?:compte|a|emploie) votre (?:entreprise|societe))?",
        r"combien de (?:salaries|collaborateurs)",
        r"combien de (?:salaries|collaborateurs|personnes) (?:compte|a|emploie) votre (?:entreprise|societe)",
        r"cuantos (?:empleados|trabajadores) tiene (?:tu|su|vuestra) empresa|cuantos empleados",
        r"quanti (?:dipendenti|addetti)(?: ha la (?:tua|sua|vostra) azienda)?",
        r"hoeveel (?:medewerkers|werknemers)(?: heeft (?:je|jouw|uw) (?:bedrijf|organisatie))?",
        r"hur manga (?:anstallda|medarbetare)(?: har (?:ni|ert foretag|ditt foretag))?",
        r"hvor mange (?:ansatte|medarbejdere)(?: har (?:i|dere|virksomheden|bedriften))?",
        r"quantos (?:funcionarios|colaboradores) (?:a )?sua empresa tem",
    ),
    "address": (
        rf"where (?:(?:is|are) (?:your|the) {_COMPANY}|are you) (?:based|located|headquartered)",
        r"wo (?:ist|sitzt|befindet sich) (?:ihr|dein) unternehmen",
        r"ou (?:est situee|se trouve) votre (?:entreprise|societe)",
    ),
    "notes": (
        r"(?:is there )?anything else(?: you (?:d|would) like (?:us )?to (?:share|add|tell us|know|say|mention))?",
        rf"(?:do you have )?any (?:other |further |additional )?{_REMARKS}(?: (?:or|and) {_REMARKS})?(?: for us)?",
        r"how can we help(?: you)?|what can we do for you",
        r"haben sie (?:noch )?(?:fragen|anmerkungen)(?: oder (?:fragen|anmerkungen))?",
    ),
}
_BEFORE = "(?:(?:and|so|great|ok|okay|thanks|finally|lastly|first|und|et|y|en|og|och) )*"
QUESTIONS = {field: re.compile(f"{_BEFORE}(?:{'|'.join(patterns)})") for field, patterns in _PATTERNS.items()}
"""For each field the questions that ask for it, to be matched in full."""
