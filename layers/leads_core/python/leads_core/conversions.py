"""Converts values that clients send to values that are stored, for types that JSON does not have."""

import re
from typing import Any

from pydantic_core import PydanticCustomError

from leads_core import timestamps
from leads_core.leads import MAX_CUSTOM_TEXT_LENGTH, stored_bytes

CONTROL_CHARACTERS = r"\u0000-\u001f\u007f-\u009f"
"""The range of a regular expression, in Python and in JSON schemas."""

_CONTROL_CHARACTER = re.compile(f"[{CONTROL_CHARACTERS}]")
_MOST_CUSTOM_BYTES = 8 * 1024
# DynamoDB's limits for a number.
_MOST_DIGITS = 38
_LEAST_MAGNITUDE = 1e-130
MOST_CUSTOM_NUMBER = 10**_MOST_DIGITS

# Longer numbers exceed every limit, and the time to convert one grows with the square of its length.
_WHOLE_NUMBER = re.compile(r"\s*([+-]?\d{1,400})(\.0*)?\s*", re.ASCII)


class NumberText(str):
    """A JSON number as the client wrote it; a text field stores it as this text."""

    __slots__ = ()


def whole_number(value: object) -> object:
    """Accept numeric text, and 50.0 for 50: spreadsheets write 50.0 when other rows of the column are empty."""
    if isinstance(value, str) and (whole := _WHOLE_NUMBER.fullmatch(value)):
        return int(whole[1])
    raise PydanticCustomError("int_type", "must be a whole number")


def utc(text: str) -> str:
    """An ISO 8601 date-time as text in UTC."""
    try:
        return timestamps.from_iso_8601(text)
    except ValueError as exc:
        raise PydanticCustomError(
            "datetime_parsing", "must be an ISO 8601 date-time such as 2026-11-23T08:15:00Z"
        ) from exc


def shape(value: object) -> str:
    """The shape of a value: ``array`` or ``text``."""
    return "array" if isinstance(value, list) else "text"


def custom_name(name: str) -> str:
    """A name without control characters."""
    if _CONTROL_CHARACTER.search(name):
        raise PydanticCustomError("custom_name", "must have no control characters")
    return name


def custom_value(value: object) -> str | bool | int | float:
    """Text, a number or a boolean, unchanged."""
    match value:
        case NumberText():
            return _number(value)
        case str() if not _is_unicode(value):
            raise PydanticCustomError("string_unicode", "must be valid Unicode")
        case str() if len(value) > MAX_CUSTOM_TEXT_LENGTH:
            limits = {"max_length": MAX_CUSTOM_TEXT_LENGTH}
            raise PydanticCustomError("string_too_long", "must have at most {max_length} characters", limits)
        case str() | bool():
            return value
        case _:
            raise PydanticCustomError("custom_type", "must be text, a number, true or false")


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _number(text: str) -> int | float:
    is_whole = text.removeprefix("-").isdecimal()
    number = int(text) if is_whole and len(text) <= _MOST_DIGITS + 1 else float(text)
    if number and not _LEAST_MAGNITUDE <= abs(number) <= MOST_CUSTOM_NUMBER:
        limits = {"digits": _MOST_DIGITS}
        raise PydanticCustomError(
            "number_out_of_range",
            "must be a number of at most {digits} digits, and not closer to 0 than 1e-130",
            limits,
        )
    return number


def custom_of_8_kb(custom: dict[str, Any]) -> dict[str, Any]:
    """Custom members that take at most 8 KB in all."""
    if (size := stored_bytes(custom)) > _MOST_CUSTOM_BYTES:
        limits = {"size": size, "most": _MOST_CUSTOM_BYTES}
        raise PydanticCustomError("custom_too_large", "must take at most {most} bytes in all, but takes {size}", limits)
    return custom
