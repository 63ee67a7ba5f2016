"""Points in time as they are stored: ISO 8601 in UTC, ending in Z. In whole seconds, text order is time order."""

import re
from datetime import UTC, datetime, timedelta

# The standard library's own reader takes more, and not the same in each of its versions: 1764010112345 would be a day
# in the year 1764. Date and time are both with - and : or both without.
_DATE_OR_DATE_TIME = re.compile(
    r"(\d{4})(?P<extended>-)?(\d\d)(?(extended)-)(\d\d)"
    r"(?:[Tt ](?P<hours>[01]\d|2[0-4])(?:(?(extended):)(?P<minutes>[0-5]\d)"
    r"(?:(?(extended):)(?P<seconds>[0-5]\d)(?:[.,](?P<fraction>\d+))?)?)?"
    r"(?:[Zz]|(?P<sign>[+-])(?P<offset_hours>[01]\d|2[0-3])(?::?(?P<offset_minutes>[0-5]\d))?)?)?",
    re.ASCII,
)


def from_epoch_ms(epoch_ms: int) -> str:
    """Milliseconds since the epoch as text, cut to whole seconds: ``2026-11-23T08:15:00Z``."""
    return _text(datetime.fromtimestamp(epoch_ms // 1000, UTC))


def to_epoch_ms(text: str) -> int:
    """A stored time in milliseconds since the epoch."""
    return int(datetime.fromisoformat(text).timestamp() * 1000)


def from_iso_8601(text: str) -> str:
    """Any ISO 8601 date or date-time as UTC text; without an offset it is taken as UTC.

    Raises ValueError when the text is not ISO 8601, or when its UTC time lies outside the years 1 to 9999.
    """
    found = _DATE_OR_DATE_TIME.fullmatch(text)
    if not found:
        raise ValueError("not ISO 8601")
    part = found.groupdict(default="0")
    time_of_day = timedelta(
        hours=int(part["hours"]),
        minutes=int(part["minutes"]),
        seconds=int(part["seconds"]),
        microseconds=int(part["fraction"][:6].ljust(6, "0")),
    )
    if part["hours"] == "24" and (time_of_day > timedelta(days=1) or part["fraction"].strip("0")):
        raise ValueError("later than 24:00")
    offset = timedelta(hours=int(part["offset_hours"]), minutes=int(part["offset_minutes"]))
    day = datetime(int(found[1]), int(found[3]), int(found[4]), tzinfo=UTC)
    try:
        return _text(day + (time_of_day + offset if part["sign"] == "-" else time_of_day - offset))
    except OverflowError as exc:
        raise ValueError("outside the years 1 to 9999 in UTC") from exc


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
