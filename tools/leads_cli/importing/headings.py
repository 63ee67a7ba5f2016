"""What a heading means: the field that it names, and how well.

A heading is understood only if every word of it is: in "Email status" the e-mail address is not what the column has.
"""

import re
import string
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from leads_cli.importing import heading_words as words
from leads_cli.importing.heading_costs import AROUND, BEHIND, ONLY_BEFORE
from leads_cli.importing.heading_questions import ASKING, QUESTIONS, TO_REACH_YOU
from leads_cli.importing.heading_terms import NAME, ONLY_ALONE, TERMS
from leads_core.lead_schema import LEAD_FIELDS

# Columns may hold the parts of a name, which is written in this order.
NAME_PARTS = ("firstName", "middleName", "lastName")
FIELDS = (*LEAD_FIELDS, *NAME_PARTS)

_MOST_WORDS = 12
_MOST_CHARACTERS = 120
_CAPITALS = re.compile(r"(?<=[^\W\d_A-ZÀ-Þ])(?=[A-ZÀ-Þ])|(?<=[A-ZÀ-Þ])(?=[A-ZÀ-Þ][^\W\d_A-ZÀ-Þ])|(?<=[^\W\d_])(?=\d)")
_ALTERNATIVES = re.compile(r"\s*[/,|]\s*|\s+(?:or|and|&|oder|und|ou|et|o|y|e|of|en|eller|och|og)\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+|#")
_COST_OF_QUESTION = 2
_LEAST_LETTERS = 5
_WITHOUT_ACCENT = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l"})


class Meaning(NamedTuple):
    """The field that a heading names, or NAME, and its cost: of several columns, the one with the lowest is meant."""

    field: str
    cost: int


def letters_and_digits(name: str) -> str:
    """A name without what people write in different ways."""
    return "".join(filter(str.isalnum, name.casefold()))


def meaning_of(heading: str) -> Meaning | None:
    """What a heading means, None if that is not known."""
    return _meaning_of(heading) if len(heading) <= _MOST_CHARACTERS else None


@lru_cache(maxsize=10_000)
def _meaning_of(heading: str) -> Meaning | None:
    if field := FOLDED_FIELDS.get(letters_and_digits(heading)):
        return Meaning(field, -1)  # before other words for it
    text = _plain(heading)
    for field, questions in QUESTIONS.items():
        if questions.fullmatch(text):
            return Meaning(field, _COST_OF_QUESTION)
    split = _words(text)
    if not 0 < len(split) <= _MOST_WORDS:
        return None
    if alone := ONLY_ALONE.get("".join(split)):
        return Meaning(*alone)
    readings = [
        (first - last, term.cost + cost, term.field)
        for first, last, term in _terms_in(split)
        if (cost := _cost_of_rest(split, first, last, term.field)) is not None
    ]
    if not readings:
        return _meaning_of_all(_ALTERNATIVES.split(heading))
    _, cost, field = min(readings)
    return Meaning(field, cost)


def _meaning_of_all(parts: Sequence[str]) -> Meaning | None:
    """What several names for one thing mean: ``Message / Comments``."""
    meanings = [_meaning_of(part) for part in parts] if len(parts) > 1 else []
    if len({meaning and meaning.field for meaning in meanings}) != 1:
        return None
    return max(meanings, key=lambda meaning: meaning.cost if meaning else 0)


def nearest_field(heading: str) -> str | None:
    """A guess at the field of an unknown heading: its last word names a field, or it is a misspelled term."""
    split = _words(_plain(heading))
    if misspelled := next((_TERMS[term].field for term in _spellings("".join(split)) if term in _TERMS), None):
        return misspelled
    found = [(first, term.field) for first, last, term in _terms_in(split[:_MOST_WORDS]) if last == len(split)]
    field = min(found)[1] if found else NAME
    return None if field in _NEAR_TO_ANYTHING else field


def _spellings(typed: str) -> Iterator[str]:
    """What may have been meant: two letters are swapped, one is doubled, or one is missing."""
    if len(typed) < _LEAST_LETTERS:
        return
    for at, letter in enumerate(typed[:-1]):
        rest = typed[at + 1 :]
        yield typed[:at] + (rest if letter == rest[0] else rest[0] + letter + rest[1:])
    for at in range(len(typed) + 1):
        yield from (typed[:at] + letter + typed[at:] for letter in string.ascii_lowercase)


def _plain(heading: str) -> str:
    """A heading in lower case, without accents and punctuation, a space between its words."""
    heading = heading.replace("(s)", "s")
    text = _CAPITALS.sub(" ", unicodedata.normalize("NFKC", heading[:_MOST_CHARACTERS]).removesuffix("__c"))
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_WITHOUT_ACCENT))
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join("number" if word == "#" else word for word in _WORD.findall(plain))


def _words(text: str) -> list[str]:
    """The words of a plain heading that are not about its form."""
    begin, end = ASKING.match(text), TO_REACH_YOU.search(text)
    asked = text[begin.end() if begin else 0 : end.start() if end and end.end() == len(text) else None]
    return [word for word in asked.split() if word not in _DECORATION]


def _terms_in(split: Sequence[str]) -> Iterator[tuple[int, int, Meaning]]:
    for first in range(len(split)):
        for last in range(first + 1, len(split) + 1):
            if term := _TERMS.get("".join(split[first:last])):
                yield first, last, term


def _cost_of_rest(split: Sequence[str], first: int, last: int, field: str) -> int | None:
    """What the other words of a heading cost, None if one of them makes it something else."""
    costs = AROUND[field]
    total = 0
    for position, word in enumerate(split):
        if first <= position < last or word in _FILLERS:
            continue
        is_behind = position >= last and split[position - 1] not in _FILLERS
        if word.isdecimal():
            cost = 0 if int(word) <= 1 else 10 + int(word[:3])
        elif word not in costs or (is_behind and word in ONLY_BEFORE and word not in BEHIND.get(field, ())):
            return None
        else:
            cost = costs[word]
        total += cost
    return total


# Fields that nearly any heading could mean.
_NEAR_TO_ANYTHING = frozenset((NAME, "date", "notes", "labels"))
_FILLERS = frozenset(words.FILLERS.split())
_DECORATION = frozenset(words.DECORATION.split())
FOLDED_FIELDS = {letters_and_digits(field): field for field in FIELDS}
_TERMS = {
    term.replace(" ", ""): Meaning(field, cost)
    for field, by_cost in TERMS.items()
    for cost, terms in by_cost.items()
    for term in terms.split(", ")
}
