"""Dates as exports write them. All rows of a column together show the order of day, month and year."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from leads_cli.errors import WrongUsageError
from leads_cli.importing.day_names import is_weekday, month_number
from leads_cli.importing.imported_table import UnreadableText
from leads_cli.importing.time_zones import CLOCK_ZONE, offset_of
from leads_core import timestamps

ORDERS = ("DMY", "MDY", "YMD")
_MONTH = r"(?P<month>[^\W\d_]{3,}\.?)"
_WEEKDAY = r"(?:(?!den |le |el )(?P<weekday>[^\W\d_]{2,}(?:-feira)?)[.,]{0,2}\s+)?(?:(?:den|le|el)\s+)?"
_AT = r"(?:at|um|kl\.?|klo|om|alle(?: ore)?|à|às|a las)"
_TIME = (
    rf"(?:(?:,?\s+|T|,?\s+{_AT}\s+)(?P<hours>\d{{1,2}}):(?P<minutes>\d\d)(?::(?P<seconds>\d\d)(?:[.,]\d+)?)?"
    rf"(?:\s*(?P<half>[ap])\.?\s?m\.?)?(?:\s*Uhr)?{CLOCK_ZONE})?"
)
_NUMERIC = re.compile(_WEEKDAY + r"(\d{1,4})([./-])\s?(\d{1,2})\3\s?(\d{1,4})" + _TIME, re.IGNORECASE)
_SEPARATOR = re.compile(r"\d([./-])")
_NAMED = [
    re.compile(_WEEKDAY + pattern + _TIME, re.IGNORECASE)
    for pattern in (
        (
            rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|°|\.)?(?:[\s-]+|\s+de\s+)?{_MONTH}(?:[\s,.-]+|\s+del?\s+)"
            r"(?P<year>\d{4}|\d\d)"
        ),
        rf"{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})",
    )
]
# Of the years 2001 to 2096, and 1968 to 2091.
_SECONDS = re.compile(r"([1-3]\d{9})(\d{3})?", re.ASCII)
_DAYS = re.compile(r"([2-6]\d{4})(?:[.,]\d+)?", re.ASCII)
_NAME = re.compile(r"[^\W\d_]{3,}")
_ENGLISH = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_SOME_DAY = datetime(2024, 3, 12)  # noqa: DTZ001 - any
_HAS_TIME = re.compile("%-?[HIMScXpfz]")
_LETTERS = {"d": "D", "j": "D", "m": "M", "b": "M", "y": "Y"}


@dataclass(frozen=True, slots=True)
class DateFormat:
    """How the user says that dates are written: an order such as ``DMY``, and a strptime format if one was given."""

    order: str
    pattern: str | None = None

    @classmethod
    def parse(cls, option: str) -> "DateFormat":
        """From ``DMY``, ``DD/MM/YYYY`` or ``%d/%m/%Y``. Raises WrongUsageError."""
        date_part = re.split(r"%H|%I|HH|hh", option)[0]
        letters = re.findall("%-?([a-zA-Z])", date_part) if "%" in option else list(date_part)
        order = "".join(dict.fromkeys(_LETTERS[letter.lower()] for letter in letters if letter.lower() in _LETTERS))
        if order not in ORDERS:
            raise WrongUsageError(
                f'--date-format "{option}" is neither an order ({", ".join(ORDERS)}) nor a format such as %d/%m/%Y.'
            )
        if "%" not in option:
            return cls(order)
        try:
            datetime.strptime(_SOME_DAY.strftime(option), option)  # noqa: DTZ007 - only whether it can be read
        except ValueError as exc:
            raise WrongUsageError(f'--date-format "{option}" is not a date format: {exc}.') from exc
        return cls(order, option)


@dataclass(slots=True)
class DateColumn:
    """The dates of a column. Pass all of them to ``see``; then ``read`` can read each."""

    chosen: DateFormat | None = None
    _orders: dict[str, set[str]] = field(default_factory=dict)

    def see(self, cells: Iterable[object]) -> None:
        """Find the order that all rows with the same separator agree on: 12.03. shows nothing about 03/12."""
        for cell in cells:
            if isinstance(cell, str) and (readings := _readings(cell)):
                self._orders.setdefault(_separator(cell), set(ORDERS)).intersection_update(readings)

    def read(self, text: str) -> str:
        """A date in ISO 8601. A text that is not a date is unchanged; an ambiguous date is UnreadableText."""
        if self.chosen and self.chosen.pattern:
            return _read_by_pattern(text.strip(), self.chosen.pattern)
        readings = _readings(text)
        if not readings:
            return _number_for_a_date(text)
        if self.chosen:
            return readings.get(self.chosen.order, text)
        if len(set(readings.values())) == 1:
            return next(iter(readings.values()))
        orders = self._orders.get(_separator(text), set(ORDERS))
        meant = {readings[order] for order in orders & readings.keys()}
        if len(meant) == 1:
            return meant.pop()
        days = " or ".join(sorted({reading[:10] for reading in readings.values()}))
        why = "" if orders else ", and the rows of the column do not agree"
        return UnreadableText(
            text, f'is "{text}", which may be {days}{why}: use --date-format DMY or --date-format MDY'
        )


def _separator(date: str) -> str:
    """What stands between the numbers of a date."""
    found = _SEPARATOR.search(date)
    return found[1] if found else ""


def _number_for_a_date(text: str) -> str:
    """A text that is not a date; UnreadableText if it is a number by which a program stores a date."""
    if found := _SECONDS.fullmatch(text.strip()):
        what = f"seconds since 1970{' in thousandths' if found[2] else ''}"
        moment = (datetime(1970, 1, 1) + timedelta(seconds=int(found[1]))).isoformat() + "Z"  # noqa: DTZ001 - UTC
    elif found := _DAYS.fullmatch(text.strip()):
        what = "a number of a day as Excel has it"
        moment = (datetime(1899, 12, 30) + timedelta(days=int(found[1]))).date().isoformat()  # noqa: DTZ001 - a day
    else:
        return text
    return UnreadableText(text, f"is {text.strip()}, which looks like {what}: write it as a date, such as {moment}")


def _read_by_pattern(text: str, pattern: str) -> str:
    """A date that is exactly of a format, or in ISO 8601; any other as UnreadableText."""
    # Names of months and weekdays are English to strptime, as long as nobody sets a locale.
    numbers = {name: month_number(name) for name in _NAME.findall(text)} if re.search("%-?[bB]", pattern) else {}
    english = _NAME.sub(lambda found: _ENGLISH[number - 1] if (number := numbers.get(found[0])) else found[0], text)
    try:
        moment = datetime.strptime(english, pattern.replace("%B", "%b"))  # noqa: DTZ007 - UTC to the API
    except ValueError:
        if _is_iso_8601(text) or not text:
            return text
        return UnreadableText(text, f'is "{text}", which is not in the format of --date-format {pattern}')
    return moment.isoformat() if _HAS_TIME.search(pattern) else moment.date().isoformat()


def _is_iso_8601(text: str) -> bool:
    try:
        timestamps.from_iso_8601(text)
    except ValueError:
        return False
    return True


def _readings(text: str) -> dict[str, str]:
    """The date in each order that it can have; empty for ISO 8601, and for a text that is not a date."""
    text = text.strip()
    if _is_iso_8601(text):
        return {}
    if found := next(filter(None, (pattern.fullmatch(text) for pattern in _NAMED)), None):
        month = month_number(found["month"])
        reading = _iso_8601(found["year"], str(month), found["day"], found) if month else None
        return dict.fromkeys(ORDERS, reading) if reading else {}
    found = _NUMERIC.fullmatch(text)
    if not found:
        return {}
    _, first, separator, second, third = found.groups()[:5]
    # With points, the month never comes before the day.
    orders = ("DMY", "YMD") if separator == "." else ORDERS
    readings = {}
    for order in orders:
        parts = dict(zip(order, (first, second, third), strict=True))
        if reading := _iso_8601(parts["Y"], parts["M"], parts["D"], found):
            readings[order] = reading
    return readings


def _iso_8601(year: str, month: str, day: str, found: "re.Match[str]") -> str | None:
    if found["weekday"] and not is_weekday(found["weekday"]):
        return None
    if len(year) not in {2, 4} or max(len(month), len(day)) > 2:  # noqa: PLR2004 - digits
        return None
    century = {2: 1900 if year >= "70" else 2000, 4: 0}[len(year)]
    try:
        date = datetime(century + int(year), int(month), int(day))  # noqa: DTZ001 - the text's own day
        if found["hours"] is None:
            return date.date().isoformat()
        hours = int(found["hours"])
        if found["half"]:
            if not 1 <= hours <= 12:  # noqa: PLR2004 - of a clock
                return None
            hours = hours % 12 + (12 if found["half"].lower() == "p" else 0)
        moment = date.replace(hour=hours, minute=int(found["minutes"]), second=int(found["seconds"] or 0))
    except ValueError:
        return None
    offset = offset_of(found["zone"], found["offset"])
    return None if offset is None else moment.isoformat() + offset
