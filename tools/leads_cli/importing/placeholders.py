"""Recognises placeholders: what programs and people write where there is no value.

The text alone does not show that: there are people called Null, and companies called Unknown. It is a placeholder where
it cannot be a value, such as ``unknown`` for a telephone number; elsewhere it is doubtful.
"""

from leads_admin.lead_table import CUSTOM
from leads_cli.importing.employee_counts import is_zero
from leads_cli.importing.several_values import addresses_in, numbers_in

# Written exactly like this they come from programs, and are not names.
_OF_PROGRAMS = r"""
NULL|null|(null)|<null>|[null]|\N|NaN|nan|NaT|<NA>|None|N/A|n/a|n.v.|k.A.|k. A.|undefined|(blank)|(empty)|(leer)
(not set)|-|--|---
"""
# In English, German, French, Spanish, Italian, Dutch, Swedish, Norwegian, Danish, Portuguese, Polish and Finnish.
_WORDS = """
none|nil|null|nan|nat|undefined|unknown|empty|blank|missing|not available|not applicable|not provided|not set
not specified|not known|unspecified|no data|no value|no email|no e-mail|no phone|no number|no website|n.a.|n.a|n/a|#n/a
tbd|tba|tbc|to be determined|unbekannt|keine angabe|keine angaben|k.a.|k.a|k. a.|keine|keiner|kein|ohne
nicht angegeben|nicht verfügbar|nicht vorhanden|nicht bekannt|leer|n.v.|n.v|n. v.|inconnu|inconnue|non renseigné
non disponible|non communiqué|néant|aucun|aucune|n.c.|vide|desconocido|desconocida|ninguno|ninguna|sin datos
no disponible|no aplica|vacío|sconosciuto|sconosciuta|nessuno|nessuna|non disponibile|vuoto|onbekend|geen
niet beschikbaar|niet bekend|n.v.t.|nvt|leeg|okänd|okänt|saknas|uppgift saknas|ingen|inget|ej angivet|tom|ukjent|ukendt
mangler|ikke oppgitt|ikke oplyst|desconhecido|desconhecida|nenhum|nenhuma|não disponível|não informado|vazio|brak
nieznany|nieznane|nie dotyczy|brak danych|ei tiedossa|tuntematon|puuttuu|ei ole|tyhjä|anonymous|anonym|anonyme
anonymt|anónimo|anónima|anonimo|anonima|anoniem|anônimo|anônima|anonimowy|anonimowe|anonyymi|nimetön
"""
NOT_KNOWN = "is 0, which no company employs,"
"""The doubt about a number of employees that is left out."""

_SHORT = frozenset(["na", "ka", "nv", "nc"])
_MOST_CHARACTERS = 24
_TEXTS_OF_PROGRAMS = frozenset(_OF_PROGRAMS.strip().replace("\n", "|").split("|"))
_KNOWN_WORDS = frozenset(_WORDS.strip().replace("\n", "|").split("|"))
# Fields in which no word is a value.
_NEVER_WORDS = frozenset(
    ["email", "phoneNumber", "website", "linkedIn", "twitter", "facebook", "employeeCount", "date"],
)
# Notes and members of one's own may say anything.
_FREE_TEXT = frozenset({"notes", "custom"})


def is_placeholder(text: str, field: str) -> bool:
    """Whether a text without spaces at its ends stands for nothing in a field."""
    if not text or len(text) > _MOST_CHARACTERS or _is_free(field):
        return False
    return text in _TEXTS_OF_PROGRAMS or (field in _NEVER_WORDS and (_is_word(text) or text.casefold() in _SHORT))


def doubt_about(text: str, field: str) -> str | None:
    """What about such a text makes it doubtful that it is a value of a field; None if nothing does."""
    if not text:
        return None
    if field == "employeeCount":
        return NOT_KNOWN if is_zero(text) else None
    if field == "email":
        return 'has no "@"' if "@" not in text else None if addresses_in(text) else "is not an address"
    if field == "phoneNumber":
        if ("," in text or ";" in text) and not numbers_in(text):
            return "may be several numbers"
        return None if any(map(str.isdigit, text)) else "has no digit"
    if field == "website":
        return None if "." in text else 'has no "."'
    return "may stand for nothing" if len(text) <= _MOST_CHARACTERS and _is_word(text) else None


def may_be_doubtful(field: str) -> bool:
    """Whether there can be doubt about texts of a field."""
    return field in {"email", "phoneNumber", "website", "employeeCount"} or not (
        field in _NEVER_WORDS or _is_free(field)
    )


def _is_free(field: str) -> bool:
    return field in _FREE_TEXT or field.startswith(CUSTOM)


def _is_word(text: str) -> bool:
    """Whether it is a placeholder word, alone or in brackets, or has neither a letter nor a digit."""
    return text.casefold().strip("()[]<>*\"' ") in _KNOWN_WORDS or not any(map(str.isalnum, text))
