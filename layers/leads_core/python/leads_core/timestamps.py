"""Points in time as they are stored: ISO 8601 in UTC, ending in Z. In whole seconds, text order is time order."""

import re
import time
from datetime import UTC, datetime

# The standard library takes any character between date and time: 1764010112345 would be a day in the year 1764.
_DATE_OR_DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\d|\d{8})([Tt ]\d.*)?", re.ASCII)


def now() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


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
    if not _DATE_OR_DATE_TIME.fullmatch(text):
        raise ValueError("not ISO 8601")
    moment = datetime.fromisoformat(text)
    try:
        return _text(moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))
    except OverflowError as exc:
        raise ValueError("outside the years 1 to 9999 in UTC") from exc


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
