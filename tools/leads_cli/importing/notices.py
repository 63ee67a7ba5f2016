"""Recognises rows that are not leads by their text: the totals and notices that programs write below a table."""

import re
import unicodedata
from collections.abc import Sequence
from enum import Enum


class Notice(Enum):
    """What a row is: a total, another notice, or a name that may as well be one of these, as ``Copyright Agency``."""

    TOTAL = "a total"
    NOTICE = "a notice"
    DOUBTFUL = "a total or a notice"


_MOST_CHARACTERS = 300
_MOST_DIGITS_OF_TOTAL = 12
# Lower case, without accents, ß as ss.
_THINGS = (
    "records?|rows?|leads?|contacts?|results?|entries|items?|companies|accounts?|datensatze?|zeilen?|eintrage?|kontakte|"
    "enregistrements?|lignes?|registros?|filas?|registri|righe|rader|poster|linhas?|regels"
)
# The former can only be totals, the latter may be names of companies.
_ONLY_TOTAL = (
    rf"(?:grand|general|overall|sub)[ -]?totals?|total (?:general|generale?|geral|amount|sum|count|number|{_THINGS})|"
    rf"(?:{_THINGS}) (?:total|count)|sum total|suma total|somme totale|sous[ -]total|soma total|totale (?:generale|"
    r"complessivo)|(?:end|gesamt|zwischen)summe|gesamtergebnis|teilergebnis|gesamtanzahl|gesamtzahl|eindtotaal|subtotaal|"
    r"totaalbedrag|delsumma|totalsumma|mittelwert|durchschnitt|moyenne|promedio|gemiddelde|medelvarde|"
    rf"(?:anzahl|number of|count of|nombre (?:de |d )?|numero de |antal|aantal|liczba) ?(?:der )?(?:{_THINGS})"
)
_MAY_BE_TOTAL = (
    "totals?|totale|totaux|totales|totais|totaal|totalt|sum|suma|somme|soma|somma|summe|summa|gesamt|insgesamt|average|avg|"
    "count|anzahl|antal|aantal|nombre|cantidad|conteggio|celkem|razem|yhteensa|i alt"
)
_NUMBERS = r"[\d\s.,'%€$£+-]*"
_ONLY_TOTALS = re.compile(rf"(?:{_ONLY_TOTAL})\s?[:=]?{_NUMBERS}")
_TOTAL_AND_NUMBER = re.compile(rf"(?:{_MAY_BE_TOTAL})\s?[:=]{_NUMBERS}")
_MAY_BE_TOTALS = re.compile(rf"(?:{_MAY_BE_TOTAL}){_NUMBERS}")
_WRITTEN = (
    "generated|exported|printed|created|downloaded|erstellt|exportiert|gedruckt|erzeugt|genere|exporte|imprime|edite|cree|"
    "generado|exportado|impreso|creado|gerado|impresso|criado|generato|esportato|stampato|creato|gegenereerd|"
    "geexporteerd|afgedrukt|aangemaakt|skapad|exporterad|utskriven"
)
_BY_OR_ON = "by|on|at|from|with|von|am|mit|le|par|el|por|em|il|da|op|door|av|den"
_NOTICE = re.compile(
    r"(?:copyright ?)?(?:©|\(c\)) .*|copyright\b.*\d{4}.*|.*(?:all rights reserved|alle rechte vorbehalten|"
    r"tous droits reserves|todos los derechos reservados|tutti i diritti riservati).*|"
    r"(?:strictly |private and )confidential\b.*|confidential (?:information|-|\u2013).*|(?:streng )vertraulich\b.*|"
    rf"(?:(?:report|list|file|data|bericht|liste|datei) )?(?:{_WRITTEN}) (?:{_BY_OR_ON})\b"
    r"(?:.*\d[./:-]\d.*|.*\d{4}.*| ?:.*)|"
    r"(?:stand|as of|date|datum|fecha|data|status)(?: ?:| am| vom)? ?\d{1,4}[./-]\d{1,2}[./-]\d{1,4}.*|"
    r"(?:page|seite|pagina|sida|side|strona|strana|sivu) \d+(?: ?(?:of|/|von|sur|de|di|van|av|af|z|ze) ?\d+)?|"
    r"[-=* ]*end of (?:report|file|list|data)\b.*|"
    rf"[(*\[= -]+\d+ (?:{_THINGS})(?: [a-z ]+)?[)*\]=. -]*|\d+ (?:{_THINGS}) (?:exported|affected|selected|returned|"
    r"found|total|in total|exportiert|exportes?)\.?"
)
# What programs write in lower case, except in German.
_NUMBER_OF_THINGS = re.compile(rf"\d+ (?:{_THINGS}|Datens[aä]tze?|Zeilen?|Eintr[aä]ge?|Kontakte)\.?")
_MAY_BE_NOTICE = re.compile(
    rf"copyright\b.*|confidential\b.*|vertraulich\b.*|(?:(?:report|list|file) )?(?:{_WRITTEN}) (?:{_BY_OR_ON})\b.*|"
    rf"\d+ (?:{_THINGS})"
)
_NUMBER = re.compile(r"[\d.,'%€$£+\s-]+")


def notice_in(texts: Sequence[str]) -> Notice | None:
    """What the texts of a row are; None if they are a lead. A name is a lead if the row has more about it."""
    first = texts[0].strip()
    if len(first) > _MOST_CHARACTERS:
        return None
    others = texts[1:]
    are_numbers = bool(others) and all(map(is_number, others))
    if len(others) > 1 and not are_numbers:
        return None
    plain = _plain(first)
    if are_numbers and _may_be_total(plain):
        return Notice.TOTAL
    if len(others) > 1:
        return None
    if _NOTICE.fullmatch(plain) or (not others and _NUMBER_OF_THINGS.fullmatch(first)):
        return Notice.NOTICE
    if others:
        return Notice.NOTICE if first.endswith(":") and _MAY_BE_NOTICE.fullmatch(plain) else None
    if _ONLY_TOTALS.fullmatch(plain) or (_TOTAL_AND_NUMBER.fullmatch(plain) and _digits(plain)):
        return Notice.TOTAL
    return Notice.DOUBTFUL if _may_be_total(plain) or _MAY_BE_NOTICE.fullmatch(plain) else None


def is_number(text: str) -> bool:
    """Whether a text is a number as totals are written, or several."""
    return _NUMBER.fullmatch(text) is not None and _digits(text) <= _MOST_DIGITS_OF_TOTAL


def _may_be_total(plain: str) -> bool:
    return any(pattern.fullmatch(plain) for pattern in (_ONLY_TOTALS, _TOTAL_AND_NUMBER, _MAY_BE_TOTALS))


def _digits(text: str) -> int:
    return sum(map(str.isdecimal, text))


def _plain(text: str) -> str:
    folded = text.casefold()
    if not folded.isascii():
        decomposed = unicodedata.normalize("NFKD", folded)
        folded = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(folded.split())
