"""How many people a company employs, as exports say it: ``1,200``, ``50 employees``, or a range such as ``51-200``."""

import re

_PEOPLE = (
    "employees?|people|persons?|staff|ftes?|mitarbeiter(?:innen)?|mitarbeitende|beschäftigte|employés?|salariés?|"
    "personnes|empleados|dipendenti|addetti|medewerkers|werknemers|anställda"
)
_MONTHS = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mär|mai|okt|dez"
_BETWEEN = (
    "to|bis|till|and|und|or|oder|over|under|more|less|fewer|than|up|from|mehr|weniger|als|über|unter|ab|von|plus|"
    "ca|circa|about|approx|approximately|à|de|et|plus|moins|a|y|e|più|meno|di|oltre|tot|en|meer|minder|dan|k"
)
_WHOLE = re.compile(rf"(\d+|\d{{1,3}}(?:[.,' \u2019\u00a0\u202f]\d{{3}})+)(?:\s*(?:{_PEOPLE}))?", re.IGNORECASE)
_PLAIN = re.compile(r"[+-]?\d*[.,]?\d*")
_RANGE = re.compile(rf"(?=.*\d)(?:[\d\W_]|\b(?:{_PEOPLE}|{_BETWEEN}|{_MONTHS})\b|(?<=\d)k\b)+", re.IGNORECASE)
_NO_NUMBER = re.compile(r"self[- ]employed|myself only|just me", re.IGNORECASE)
_MOST_CHARACTERS = 60


def whole_number_text(text: str) -> str:
    """The digits of a whole number that is grouped by thousands or has a word for people behind it; else the text."""
    if len(text) <= _MOST_CHARACTERS and (whole := _WHOLE.fullmatch(text)):
        return "".join(filter(str.isdecimal, whole[1]))
    return text


def is_range(text: str) -> bool:
    """Whether a text says how many people there are, but no whole number; one number that is wrong is no range."""
    if len(text) > _MOST_CHARACTERS or _PLAIN.fullmatch(text):
        return False
    return _RANGE.fullmatch(text) is not None or _NO_NUMBER.fullmatch(text) is not None
