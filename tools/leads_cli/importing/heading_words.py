"""The words that stand around a term in a heading: whose it is, which of several, and what means nothing.

Lower case, without accents, ß as ss.
"""

PERSON = (
    "person persons people contact contacts prospect individual customer client invitee attendee registrant "
    "subscriber respondent applicant participant guest member recipient"
)
PERSON_ELSEWHERE = (
    "kontakt kontakts kontakte personne contacto persona contatto contactpersoon ansprechpartner "
    "ansprechpartners ansprechperson kontaktperson interlocuteur kunde"
)
COMPANY = "company companies organization organisation org account corporate business employer"
COMPANY_ELSEWHERE = (
    "firma firmen unternehmen unternehmens entreprise societe empresa azienda aziendale bedrijf foretag foretags"
)
WORK = (
    "work business office job professional arbeit arbeits "
    "geschaftlich geschaftliche beruflich berufliche dienstlich dienstliche "
    "buro bureau pro professionnel professionnelle travail trabajo laboral profesional oficina lavoro ufficio "
    "zakelijk zakelijke werk arbete jobb arbets jobbet comercial trabalho profissional firmowy "
    "sluzbowy praca pracy pracovni prace firemni tyo arbejde arbeid arbejds arbeids"
)
MAIN = (
    "main primary principal principale default preferred best hauptsachlich haupt hoofd primaire primar primare "
    "primario primaria current general allgemein generale"
)
MOBILE = "mobile cell handy mobil portable movil cellulare mobiel mobilt"
HOME = (
    "home personal private privat private prive perso personnel personnelle casa domicile particular personale "
    "hem thuis privee privado privada privato privata personlig"
)
OTHER = (
    "other additional alternate alternative alternativ secondary second tertiary third backup sonstige weitere zweite "
    "autre otro otra altro altra andere ovrig annan alt alternativa"
)
ADDRESS = "address adresse adres adress direccion indirizzo"
BILLING = "billing invoice mailing rechnung"
SHIPPING = "shipping delivery"
PAGE = "url urls link profile profil perfil profilo page seite username handle user account address adresse value x"
NUMBER = "number numbers no n o nr nb num nummer numero numer value"
COUNT = "count anzahl nombre total aantal antal antall"
NAME_WORDS = "name names nom nombre nome naam namn navn nazwa nazev nimi"

FILLERS = (
    "of the a an your and or de la le les du des der die das den dem l d del della dell di il el los las van "
    "het een av och und et y e en ihre ihr deine dein votre su tu uw jouw din da do dos das s dei delle degli "
    "ihrer ihrem euer eure ton ta tes tuo tua suo sua vostro vostra seu je jullie ert ditt er i og oder ou "
    "twoj twoja vas vase o dit jeres"
)
"""Words between others."""
DECORATION = (
    "required optional mandatory pflichtfeld pflicht obligatoire obligatorio obbligatorio verplicht obligatorisk "
    "utc gmt hs please"
)
"""Words around a heading that are no part of it."""
