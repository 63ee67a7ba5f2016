"""From what clients send to what is stored, where JSON has no type of its own for it."""

import re

from pydantic_core import PydanticCustomError

from leads_core import timestamps

# Longer ones are beyond every limit, and the time to convert one grows with the square of its length.
_WHOLE_NUMBER = re.compile(r"\s*([+-]?\d{1,400})(\.0*)?\s*", re.ASCII)


def whole_number(value: object) -> object:
    """Accept numeric text, and 50.0 for 50: spreadsheets write it so when other rows are empty."""
    if isinstance(value, str) and (whole := _WHOLE_NUMBER.fullmatch(value)):
        return int(whole[1])
    raise PydanticCustomError("int_type", "must be a whole number")


def utc(text: str) -> str:
    """Any ISO 8601 date-time as text in UTC."""
    try:
        return timestamps.from_iso_8601(text)
    except ValueError as exc:
        raise PydanticCustomError(
            "datetime_parsing", "must be an ISO 8601 date-time such as 2026-11-23T08:15:00Z"
        ) from exc


def shape(value: object) -> str:
    """Which one of two shapes a value has: ``array`` or ``text``."""
    return "array" if isinstance(value, list) else "text"
