"""Numbers of a spreadsheet as it shows them, where that matters: the zeros and the plus of a telephone number."""

import re
from functools import lru_cache

_SECTION = re.compile(r'(?:[^;"\\]|"[^"]*"|\\.)+')
_TOKEN = re.compile(
    r"""(?P<digits>[0#?]+)
    | "(?P<quoted>[^"]*)"
    | \\(?P<escaped>.)
    | \[(?P<bracket>[^\]]*)\]
    | [_*](?P<width>.)
    | (?P<plain>[-+()/:\ ])
    | (?P<other>.)""",
    re.VERBOSE,
)
_CONDITION = re.compile(r"(?P<sign><=|>=|<>|<|>|=)(?P<limit>\d+(?:\.\d+)?)")
# Text such as a unit or a currency says nothing that the number does not: "12 people" are 12.
_OF_A_PHONE_NUMBER = re.compile(r"[-+()./: \u00a0\d]*")
_COMPARE = {
    "<": lambda number, limit: number < limit,
    ">": lambda number, limit: number > limit,
    "=": lambda number, limit: number == limit,
    "<=": lambda number, limit: number <= limit,
    ">=": lambda number, limit: number >= limit,
    "<>": lambda number, limit: number != limit,
}

_Part = tuple[str, bool]
"""Text, and whether it is a place for digits."""


def as_shown(number: int, number_format: str) -> str:
    """A whole number that is not negative in an Excel number format, such as ``0000000000`` and ``"+"#``.

    It is plain digits where the format has anything but places for digits and what telephone numbers have between them.
    """
    for condition, parts in _sections(number_format):
        if condition is None or _COMPARE[condition[0]](number, condition[1]):
            return _fill(parts, str(number)) if parts else str(number)
    return str(number)


@lru_cache(maxsize=1000)
def _sections(number_format: str) -> list[tuple[tuple[str, float] | None, tuple[_Part, ...]]]:
    """Which numbers the sections of a format are for, and what they are, up to the first without a condition."""
    sections = []
    for section in _SECTION.findall(number_format):
        condition, parts = _parse(section)
        sections.append((condition, parts))
        if condition is None:
            break
    return sections


def _parse(section: str) -> tuple[tuple[str, float] | None, tuple[_Part, ...]]:
    condition = None
    parts: list[_Part] = []
    for token in _TOKEN.finditer(section):
        kind, text = token.lastgroup, token[token.lastgroup or 0]
        if kind == "bracket":
            if found := _CONDITION.fullmatch(text):
                condition = found["sign"], float(found["limit"])
        elif kind == "digits":
            parts.append((text, True))
        elif kind == "other" or (kind != "width" and not _OF_A_PHONE_NUMBER.fullmatch(text)):
            return condition, ()
        elif kind != "width":
            parts.append((text, False))
    return condition, tuple(parts) if any(is_digits for _, is_digits in parts) else ()


def _fill(parts: tuple[_Part, ...], digits: str) -> str:
    """Put digits into their places, the last ones into the last, as many as are left into the first."""
    places = "".join(text for text, is_digits in parts if is_digits)
    # From the first 0 on, every place has a digit.
    digits = digits.zfill(len(places) - places.find("0") if "0" in places else 0)
    first = next(index for index, (_, is_digits) in enumerate(parts) if is_digits)
    shown: list[str] = []
    for index in reversed(range(len(parts))):
        text, is_digits = parts[index]
        if not is_digits:
            shown.append(text)
        elif index == first:
            shown.append(digits)
        else:
            shown.append(digits[-len(text) :])
            digits = digits[: -len(text)]
    return "".join(reversed(shown)).strip()
