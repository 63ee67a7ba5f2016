"""Points in time as the service stores them: UTC, ISO 8601, ending in Z, so that text order is time order."""

import time
from datetime import UTC, datetime


def now() -> int:
    """Milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


def from_epoch_ms(epoch_ms: int) -> str:
    """Milliseconds since the epoch as text, cut to whole seconds: ``2026-11-23T08:15:00Z``."""
    return _text(datetime.fromtimestamp(epoch_ms // 1000, UTC))


def from_iso_8601(text: str) -> str:
    """Any ISO 8601 date or date-time as UTC text; without an offset it is taken as UTC.

    Raises ValueError when the text is not ISO 8601, or when its UTC time lies outside the years 1 to 9999.
    """
    moment = datetime.fromisoformat(text)
    try:
        return _text(moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC))
    except OverflowError as exc:
        raise ValueError("outside the years 1 to 9999 in UTC") from exc


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
