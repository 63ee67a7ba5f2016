"""How many people a company employs, as exports say it: ``1,200``, ``50 employees``, or a range such as ``51-200``."""

import re

from leads_cli.importing.day_names import month_number

_PEOPLE = """
employee employees people person persons pers staff fte ftes mitarbeiter mitarbeiterinnen mitarbeitende mitarb ma
beschäftigte employé employés salarié salariés personnes empleados dipendenti addetti medewerkers werknemers anställda
""".split()  # noqa: SIM905 - to be read
_BETWEEN = """
to bis till and und or oder over under more less fewer than up from mehr weniger als über unter ab von plus
ca circa about approx approximately à de et moins a y e più meno di oltre tot en meer minder dan
k m thousand tsd million millions millionen mio mill mn
""".split()  # noqa: SIM905 - to be read
_WORDS = frozenset(_PEOPLE + _BETWEEN)
_WHOLE = re.compile(
    r"(?:(\d+|\d{1,3}(?:,\d{3})+)(?:\.0{1,2})?|(\d+|\d{1,3}(?:\.\d{3})+)(?:,0{1,2})?"
    rf"|(\d{{1,3}}(?:[' \u2019\u00a0\u202f]\d{{3}})+)(?:[.,]0{{1,2}})?)(?:\s*(?:{'|'.join(_PEOPLE)}))?",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"[+-]?\d+|[+-][\d.,]+")
_WORD = re.compile(r"[^\W\d_]+")
_NO_NUMBER = re.compile(r"self[- ]employed|myself only|just me", re.IGNORECASE)
_MOST_CHARACTERS = 60


def whole_number_text(text: str) -> str:
    """The digits of a whole number that is grouped by thousands or has a word for people behind it; else the text."""
    if len(text) <= _MOST_CHARACTERS and (whole := _WHOLE.fullmatch(text)):
        return str(int("".join(filter(str.isdecimal, next(filter(None, whole.groups()))))))
    return text


def is_zero(text: str) -> bool:
    """Whether a text is 0, which CRMs write for a number that is not known."""
    return text.startswith("0") and whole_number_text(text) == "0"


def is_range(text: str) -> bool:
    """Whether a text says how many people there are, but no whole number; one number that is wrong is no range."""
    if len(text) > _MOST_CHARACTERS or _SIGNED.fullmatch(text):
        return False
    if _NO_NUMBER.fullmatch(text):
        return True
    return any(map(str.isnumeric, text)) and all(
        word.isnumeric() or word in _WORDS or month_number(word) for word in _WORD.findall(text.casefold())
    )
