"""Numbers as a spreadsheet shows them: ``0701234567`` in the format ``0000000000``, ``50%`` in ``0%``.

The decimal mark is a point, and there are no separators of thousands: both are of the language of the computer, not of
the file. A number in a scientific format has all its digits.
"""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from functools import lru_cache
from typing import NamedTuple

_BETWEEN_SECTIONS = re.compile(r'(?:[^;"\\]|"[^"]*"|\\.)+|;')
_TOKEN = re.compile(
    r"""(?P<general>General)
    | (?P<scientific>E[+-]0+)
    | (?P<digits>[0#?]+)
    | (?P<point>\.)
    | (?P<comma>,)
    | (?P<percent>%)
    | (?P<slash>/)
    | (?P<value>@)
    | "(?P<quoted>[^"]*)"
    | \\(?P<escaped>.)
    | \[\$(?P<currency>[^\]-]*)(?:-[^\]]*)?\]
    | \[(?P<condition>(?:<=|>=|<>|<|>|=)-?\d+(?:\.\d+)?)\]
    | \[(?P<colour>black|blue|cyan|green|magenta|red|white|yellow|colou?r\s*\d+)\]
    | [_*](?P<width>.)
    | (?P<plain>[-+$():!^&'~{}<>=\ ]|[^\x00-\x7f])
    | (?P<other>.)""",
    re.VERBOSE | re.IGNORECASE,
)
_LITERALS = {"quoted", "escaped", "currency", "plain"}
_COMPARE = {
    "<": lambda number, limit: number < limit,
    ">": lambda number, limit: number > limit,
    "=": lambda number, limit: number == limit,
    "<=": lambda number, limit: number <= limit,
    ">=": lambda number, limit: number >= limit,
    "<>": lambda number, limit: number != limit,
}
_SIGNIFICANT_DIGITS = 15
_MOST_PLAIN_EXPONENT = 15
_PRECISION = 60

_Tokens = Sequence[tuple[str, str]]
"""Kinds and texts: literals, places for digits and the like."""


class _Section(NamedTuple):
    """What a format is for some numbers; ``tokens`` are None if it is not understood."""

    condition: str | None
    tokens: _Tokens | None


def as_shown(number: float, number_format: str) -> str | None:
    """A number in an Excel number format; None if it is hidden, or it is not known how it is shown."""
    value = Decimal(number) if isinstance(number, int) else Decimal(format(number, f".{_SIGNIFICANT_DIGITS}g"))
    section, has_sign = _section_for(value, _sections(number_format))
    try:
        with localcontext(prec=_PRECISION):
            shown = _fill(section.tokens, abs(value)) if section.tokens else None
    except InvalidOperation:
        return None
    if shown is None:
        return None
    return f"-{shown}" if value < 0 and not has_sign and re.search("[1-9]", shown) else shown


def text_as_shown(text: str, number_format: str) -> str | None:
    """A text in an Excel number format, which may have a section for texts; None if that hides it."""
    sections = _sections(number_format)
    tokens = sections[-1].tokens or ()
    if any(kind == "value" for kind, _ in tokens):
        return "".join(text if kind == "value" else part for kind, part in tokens if kind in {"value", "literal"})
    return text if len(sections) < 4 else None  # noqa: PLR2004 - it would be the fourth


def plain(value: Decimal) -> str:
    """A number without a format."""
    if value and abs(value.adjusted()) > _MOST_PLAIN_EXPONENT and value.as_tuple().exponent:
        return f"{value.normalize():E}"
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@lru_cache(maxsize=1000)
def _sections(number_format: str) -> list[_Section]:
    sections = [""]
    for part in _BETWEEN_SECTIONS.findall(number_format or "General"):
        if part == ";":
            sections.append("")
        else:
            sections[-1] += part
    return [_parse(section) for section in sections]


def _parse(section: str) -> _Section:
    condition = None
    tokens = []
    for token in _TOKEN.finditer(section):
        kind, text = token.lastgroup or "", token[token.lastgroup or 0]
        if kind == "condition":
            condition = text
        elif kind == "other":
            return _Section(condition, None)
        elif kind not in {"colour", "width"}:
            tokens.append(("literal" if kind in _LITERALS else kind, text))
    return _Section(condition, tokens)


def _section_for(value: Decimal, sections: Sequence[_Section]) -> tuple[_Section, bool]:
    """The section that a number is shown in, and whether it stands for the sign of a negative one."""
    if any(section.condition for section in sections):
        for section in sections:
            if section.condition is None or _meets(value, section.condition):
                return section, False
        return _Section(None, None), False
    if len(sections) > 1 and any(kind == "value" for kind, _ in sections[-1].tokens or ()):
        sections = sections[:-1]
    if value < 0 and len(sections) > 1:
        return sections[1], True
    return sections[2 if value == 0 and len(sections) > 2 else 0], False  # noqa: PLR2004 - the third is for zero


def _meets(value: Decimal, condition: str) -> bool:
    sign = condition.rstrip("-.0123456789")
    return bool(_COMPARE[sign](value, Decimal(condition.removeprefix(sign))))


def _fill(tokens: _Tokens, value: Decimal) -> str | None:
    kinds = [kind for kind, _ in tokens]
    if "scientific" in kinds:
        return plain(value)
    if "general" in kinds or "value" in kinds:
        return "".join(plain(value) if kind in {"general", "value"} else text for kind, text in tokens).strip()
    if "digits" not in kinds:
        return "".join(text for kind, text in tokens if kind == "literal").strip() or None
    if kinds.count("point") > 1 or "slash" in kinds[kinds.index("digits") : _last(kinds, "digits")]:
        return None  # it has several points, or is a fraction
    point = kinds.index("point") if "point" in kinds else len(kinds)
    decimals = "".join(text for kind, text in tokens[point:] if kind == "digits")
    if kinds[point:].count("digits") > 1:
        return None
    value = value * 100 ** kinds.count("percent") / 1000 ** _trailing_commas(kinds, point)
    rounded = value.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    whole, _, fraction = format(rounded, "f").partition(".")
    least = len(decimals.rstrip("#?"))
    fraction = fraction[:least] + fraction[least:].rstrip("0")
    return (_whole(tokens[:point], whole.lstrip("0")) + _fraction(tokens[point:], fraction)).strip()


def _last(kinds: Sequence[str], kind: str) -> int:
    return len(kinds) - 1 - kinds[::-1].index(kind)


def _trailing_commas(kinds: Sequence[str], point: int) -> int:
    """How many commas stand behind the places of a number, each of which leaves three digits out."""
    count = 0
    for part in (kinds[:point], kinds[point:]):
        if "digits" in part:
            count += part[_last(part, "digits") :].count("comma")
    return count


def _whole(tokens: _Tokens, digits: str) -> str:
    """Put digits into their places, the last ones into the last, as many as are left into the first."""
    places = "".join(text for kind, text in tokens if kind == "digits")
    # From the first 0 on, every place has a digit.
    digits = digits.zfill(len(places) - places.find("0")) if "0" in places else digits
    first = next((at for at, (kind, _) in enumerate(tokens) if kind == "digits"), None)
    shown = []
    for at in reversed(range(len(tokens))):
        kind, text = tokens[at]
        if kind == "digits" and at == first:
            shown.append(digits)
        elif kind == "digits":
            shown.append(digits[-len(text) :])
            digits = digits[: -len(text)]
        elif kind != "comma":
            shown.append(text)
    if first is None:
        shown.insert(0, digits)
    return "".join(reversed(shown))


def _fraction(tokens: _Tokens, digits: str) -> str:
    shown = []
    for kind, text in tokens:
        if kind == "digits" or (kind == "point" and digits):
            shown.append(digits if kind == "digits" else text)
        elif kind not in {"point", "comma"}:
            shown.append(text)
    return "".join(shown)
