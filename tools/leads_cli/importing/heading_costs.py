"""What the words around a term cost: of several columns for one field, the one with the lowest cost is meant."""

from leads_cli.importing import heading_words as words
from leads_cli.importing.heading_terms import NAME


def _costs(*groups: tuple[str, int]) -> dict[str, int]:
    return {word: cost for group, cost in reversed(groups) for word in group.split()}


_PERSON = f"{words.PERSON} {words.PERSON_ELSEWHERE}"
_COMPANY = f"{words.COMPANY} {words.COMPANY_ELSEWHERE}"
_LEAD = "lead leads deal"
ONLY_BEFORE = frozenset(f"{words.PERSON} {words.COMPANY} {_LEAD}".split())
"""Words that say whose a thing is if they stand before it, and behind it what becomes of it: a ``Phone contact``."""
BEHIND = {
    field: frozenset(("business", *(words.COMPANY.split() if field == "company" else ())))
    for field in ("email", "phoneNumber", "company")
} | {field: frozenset(f"{words.COMPANY} {words.PERSON}".split()) for field in ("linkedIn", "twitter", "facebook")}
"""Of these, what may stand behind the terms of a field: it says which of a person's numbers or pages it is."""

_REACHED_AT = (
    (words.WORK, 1),
    (_PERSON, 1),
    (_LEAD, 1),
    (words.MAIN, 1),
    (_COMPANY, 5),
    ("hq headquarters direct", 1),
    (words.HOME, 7),
    (words.OTHER, 9),
    (words.BILLING, 3),
    (words.SHIPPING, 6),
)
_PART_OF_NAME = _costs((_PERSON, 0), (_LEAD, 0), (words.MAIN, 1), (words.BILLING, 2), (words.SHIPPING, 6))
_SOCIAL = _costs((words.PAGE, 0), (_PERSON, 0), (_LEAD, 0), (words.MAIN, 0), ("bio", 99), (_COMPANY, 5), ("public", 0))
AROUND: dict[str, dict[str, int]] = {
    NAME: _costs((_PERSON, 2), ("full complete", 0), (words.BILLING, 4)),
    "contactPerson": _costs((_PERSON, 0), (_LEAD, 0), (words.NAME_WORDS, 0), (words.MAIN, 1), (_COMPANY, 5)),
    "firstName": _PART_OF_NAME,
    "middleName": _PART_OF_NAME,
    "lastName": _PART_OF_NAME,
    "company": _costs(
        (_COMPANY, 0),
        (words.NAME_WORDS, 0),
        (_PERSON, 1),
        (_LEAD, 1),
        (words.MAIN, 1),
        ("legal registered", 2),
        (words.ADDRESS, 2),
        (words.BILLING, 2),
        ("associated related", 6),
        (words.SHIPPING, 6),
    ),
    "jobTitle": _costs(
        (_PERSON, 1), ("organization organisation", 1), (words.MAIN, 1), (words.WORK, 1), ("linkedin", 2)
    ),
    "industry": _costs((_COMPANY, 0), (_PERSON, 1), (_LEAD, 1), (words.MAIN, 0), ("name", 0)),
    "employeeCount": _costs(
        (words.NUMBER, 0),
        (words.COUNT, 0),
        (_COMPANY, 0),
        (_LEAD, 1),
        ("exact", 0),
        ("estimated approx size range band", 1),
    ),
    "website": _costs(
        (words.PAGE.replace(" page", ""), 0),
        (_COMPANY, 0),
        (words.WORK, 0),
        (_PERSON, 1),
        (_LEAD, 1),
        (words.MAIN, 0),
        (words.HOME, 6),
        (words.OTHER, 9),
    ),
    "linkedIn": _SOCIAL,
    "twitter": _SOCIAL,
    "facebook": _SOCIAL,
    "email": _costs((words.ADDRESS, 0), ("value", 0), *_REACHED_AT, ("id", 8)),
    "phoneNumber": _costs((words.NUMBER, 0), ("direct", 1), (words.MOBILE, 3), *_REACHED_AT, (words.ADDRESS, 2)),
    "address": _costs(
        (words.ADDRESS, 0),
        ("formatted full postal complete line value", 0),
        ("street", 1),
        (words.WORK, 0),
        (words.MAIN, 0),
        (_PERSON, 1),
        (_LEAD, 1),
        (words.BILLING, 1),
        (_COMPANY, 2),
        ("visiting hq headquarters", 2),
        (words.HOME, 6),
        (words.SHIPPING, 6),
        (words.OTHER, 9),
    ),
    "notes": _costs((_PERSON, 1), (_LEAD, 0), ("internal", 3)),
    "labels": _costs((_PERSON, 1), (_LEAD, 1), (_COMPANY, 4)),
    "date": _costs((_PERSON, 1), (_LEAD, 0), ("time date record entry profile form datum", 0), (_COMPANY, 4)),
}
"""For each field the words that may stand around its terms, and what they cost."""
