"""Times as they are stored: ISO 8601 in UTC, ending in Z. Sorting texts with whole seconds sorts them by time."""

import re
from datetime import UTC, datetime, timedelta

# The standard library's parser accepts more than ISO 8601, and that differs by version: 1764010112345 would be a day in
# the year 1764. Date and time must both have separators (- and :), or neither.
_DATE_OR_DATE_TIME = re.compile(
    r"(\d{4})(?P<extended>-)?(\d\d)(?(extended)-)(\d\d)"
    r"(?:[Tt ](?P<hours>[01]\d|2[0-4])(?:(?(extended):)(?P<minutes>[0-5]\d)"
    r"(?:(?(extended):)(?P<seconds>[0-5]\d)(?:[.,](?P<fraction>\d+))?)?)?"
    r"(?:[Zz]|(?P<sign>[+-])(?P<offset_hours>[01]\d|2[0-3])(?::?(?P<offset_minutes>[0-5]\d))?)?)?",
    re.ASCII,
)


def from_epoch_ms(epoch_ms: int) -> str:
    """Milliseconds since the epoch as text, truncated to whole seconds: ``2026-11-23T08:15:00Z``."""
    return datetime.fromtimestamp(epoch_ms // 1000, UTC).isoformat().replace("+00:00", "Z")


def to_epoch_ms(text: str) -> int:
    """A stored time in milliseconds since the epoch."""
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def from_iso_8601(text: str) -> str:
    """An ISO 8601 date or date-time as text in UTC. A time without an offset is taken as UTC.

    Raises ValueError when the text is not ISO 8601, or when its UTC time lies outside the years 1 to 9999.
    """
    found = _DATE_OR_DATE_TIME.fullmatch(text)
    if not found:
        raise ValueError("not ISO 8601")
    year, _, month, day, hours, minutes, seconds, fraction, sign, offset_hours, offset_minutes = found.groups("0")
    microseconds = int(fraction[:6].ljust(6, "0"))
    moment = datetime(int(year), int(month), int(day), int(hours) % 24, int(minutes), int(seconds), microseconds)  # noqa: DTZ001 - becomes UTC
    shift = int(offset_hours) * 60 + int(offset_minutes)
    if sign == "+":
        shift = -shift
    if hours == "24":
        if (minutes + seconds + fraction).strip("0"):
            raise ValueError("later than 24:00")
        shift += 24 * 60
    try:
        return (moment + timedelta(minutes=shift) if shift else moment).isoformat() + "Z"
    except OverflowError as exc:
        raise ValueError("outside the years 1 to 9999 in UTC") from exc
