"""Dates, times and durations of a spreadsheet as it shows them.

A date is in ISO 8601 if its format has day, month and year; names of months and weekdays are English.
"""

import re
from datetime import datetime, time, timedelta
from functools import lru_cache

_TOKEN = re.compile(
    r"""(?P<half>am/pm|a/p)
    | (?P<letters>y+|m+|d+|h+|s+)
    | "(?P<quoted>[^"]*)"
    | \\(?P<escaped>.)
    | (?P<language>\[\$[^\]]*\])
    | [_*](?P<width>.)
    | (?P<plain>[-/.,:\ ])
    | (?P<other>.)""",
    re.VERBOSE | re.IGNORECASE,
)
# What letters show, in the words of strftime; for the others, a number of as many digits as there are letters at least.
_WORDS = {
    "yyyy": "%Y",
    "yyy": "%Y",
    "yy": "%y",
    "y": "%y",
    "mmmm": "%B",
    "mmm": "%b",
    "mm": "%m",
    "dddd": "%A",
    "ddd": "%a",
    "dd": "%d",
}
_FIRST_LETTER_OF_MONTH = "mmmmm"
_LETTERS = frozenset([*_WORDS, _FIRST_LETTER_OF_MONTH, "m", "d", "h", "hh", "s", "ss"])
_DURATION = re.compile(r"\[(?P<first>h+|m+|s+)\](?::(?P<second>mm|ss))?(?::(?P<third>ss))?", re.IGNORECASE)
_SECONDS = {"h": 3600, "m": 60, "s": 1}
_Tokens = tuple[tuple[str, str], ...]


def date_as_shown(moment: datetime, number_format: str) -> str:
    """A date or a time in an Excel format; in ISO 8601 if the format says which day it is, or is not understood."""
    tokens = _tokens(number_format)
    if {"y", "m", "d"} <= _kinds(tokens) or any(kind == "other" for kind, _ in tokens):
        return date_in_full(moment, number_format)
    return _fill(moment, tokens)


def date_in_full(moment: datetime, number_format: str) -> str:
    """A date in ISO 8601, with its time if it has one, or if an Excel format shows one."""
    has_time = moment.time() != time() or _kinds(_tokens(number_format)) & {"h", "s"}
    return (moment if has_time else moment.date()).isoformat()


def time_as_shown(moment: time, number_format: str) -> str:
    """A time of day in an Excel format, or in ISO 8601 if that is not understood."""
    tokens = _tokens(number_format)
    kinds = _kinds(tokens)
    if not kinds & {"h", "s"} or kinds & {"y", "d"} or any(kind == "other" for kind, _ in tokens):
        return moment.isoformat()
    return _fill(datetime.combine(datetime(1900, 1, 1), moment), tokens)  # noqa: DTZ001 - of no time zone


def duration_as_shown(duration: timedelta, number_format: str) -> str | None:
    """A duration in an Excel format such as ``[h]:mm``; None if that is not understood."""
    found = _DURATION.search(number_format)
    if found is None or duration < timedelta():
        return None
    left = round(duration.total_seconds())
    parts = []
    for part in filter(None, found.groups()):
        count, left = divmod(left, _SECONDS[part[0].lower()])
        parts.append(f"{count:0{len(part)}}")
    return ":".join(parts)


def _kinds(tokens: _Tokens) -> set[str]:
    return {text[0] for kind, text in tokens if kind == "letters"}


@lru_cache(maxsize=1000)
def _tokens(number_format: str) -> _Tokens:
    """Letters in lower case, and literals, by their kinds. A ``m`` beside hours or seconds is a minute, ``n``."""
    tokens = []
    # What follows a semicolon is for other values.
    for token in _TOKEN.finditer(re.split(r";(?=[^\"]*(?:\"[^\"]*\"[^\"]*)*$)", number_format)[0]):
        kind, text = token.lastgroup or "", token[token.lastgroup or 0]
        text = text.lower() if kind in {"letters", "half"} else text
        if kind not in {"width", "language"}:
            tokens.append(("other" if kind == "letters" and text not in _LETTERS else kind, text))
    letters = [at for at, (kind, _) in enumerate(tokens) if kind == "letters"]
    for place, at in enumerate(letters):
        before = tokens[letters[place - 1]][1][0] if place else ""
        after = tokens[letters[place + 1]][1][0] if place + 1 < len(letters) else ""
        if tokens[at][1] in {"m", "mm"} and (before == "h" or after == "s"):
            tokens[at] = "letters", tokens[at][1].replace("m", "n")
    return tuple(tokens)


def _fill(moment: datetime, tokens: _Tokens) -> str:
    has_half = any(kind == "half" for kind, _ in tokens)
    hour = (moment.hour - 1) % 12 + 1 if has_half else moment.hour
    numbers = {"h": hour, "n": moment.minute, "s": moment.second, "m": moment.month, "d": moment.day}
    shown = []
    for kind, text in tokens:
        if kind == "half":
            shown.append("AM" if moment.hour < 12 else "PM")  # noqa: PLR2004 - noon
        elif kind != "letters":
            shown.append(text)
        elif text in _WORDS:
            shown.append(moment.strftime(_WORDS[text]))
        elif text == _FIRST_LETTER_OF_MONTH:
            shown.append(moment.strftime("%B")[0])
        else:
            shown.append(f"{numbers[text[0]]:0{len(text)}}")
    return "".join(shown).strip()
