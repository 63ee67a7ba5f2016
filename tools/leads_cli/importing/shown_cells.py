"""Cells of a spreadsheet: the text that people see, and the value that is stored."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Self

from leads_cli.importing.date_formats import date_as_shown, date_in_full, duration_as_shown, time_as_shown
from leads_cli.importing.imported_table import UnreadableText
from leads_cli.importing.number_formats import as_shown, plain, text_as_shown

_GENERAL = "General"
# Of a format, as Excel allows them.
_MOST_CHARACTERS = 255


class ShownText(str):
    """A cell as it is shown. ``value`` is what is stored: a number as digits, or a date in ISO 8601."""

    __slots__ = ("value",)

    value: str

    def __new__(cls, shown: str, value: str) -> Self:
        """A cell of both texts."""
        cell = super().__new__(cls, shown)
        cell.value = value
        return cell


def shown_text(value: object, number_format: str) -> str:
    """A value of openpyxl in its number format; UnreadableText if it is not known how that shows it."""
    if len(number_format) > _MOST_CHARACTERS:
        number_format = _GENERAL
    match value:
        case str():
            shown, behind = text_as_shown(value, number_format) if number_format != _GENERAL else value, value
        case bool():
            shown = behind = str(value).upper()
        case int() if number_format == _GENERAL:
            shown = behind = str(value)
        case float() if not isfinite(value):
            return UnreadableText(str(value), "is a number that is too large for a spreadsheet")
        case int() | float():
            behind = str(value) if isinstance(value, int) else plain(Decimal(format(value, ".15g")))
            shown = as_shown(value, number_format)
        case _:
            shown, behind = _time_and_behind(value, number_format)
    if shown is None:
        return UnreadableText(
            behind,
            f'is {behind[:40]} in the format "{number_format}", and this command does not know how that is shown: '
            "give the cells another format",
        )
    return behind if shown == behind else ShownText(shown, behind)


def _time_and_behind(value: object, number_format: str) -> tuple[str | None, str]:
    match value:
        case datetime():
            return date_as_shown(value, number_format), date_in_full(value, number_format)
        case date():
            return date_as_shown(datetime.combine(value, time()), number_format), value.isoformat()
        case time():
            return time_as_shown(value, number_format), value.isoformat()
        case timedelta():
            return duration_as_shown(value, number_format), str(value)
        case _:
            return str(value), str(value)
