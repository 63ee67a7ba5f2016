"""Spans and points of time as people type them."""

import re

from leads_core import timestamps
from leads_core.deadlines import Clock

_MILLISECONDS = {"m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 7 * 86_400_000}


def span(text: str) -> int:
    """``90d``, ``12h``, ``2w`` or ``30m`` in milliseconds; raises ValueError."""
    match = re.fullmatch(r"([0-9]{1,5})([mhdw])", text)
    if not match:
        raise ValueError(f"{text!r} is not a span of time such as 90d, 12h, 2w or 30m.")
    return int(match[1]) * _MILLISECONDS[match[2]]


def moment(text: str) -> int:
    """``2026-11-01``, any ISO 8601 date-time, or how long ago, in milliseconds since the epoch; raises ValueError."""
    try:
        moment = timestamps.to_epoch_ms(timestamps.from_iso_8601(text))
    except ValueError:
        try:
            moment = Clock().now_ms() - span(text)
        except ValueError as exc:
            raise ValueError(f"{text!r} is neither a date such as 2026-11-01 nor an age such as 7d.") from exc
    return max(0, moment)
