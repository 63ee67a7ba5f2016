"""The arithmetic of the rate limit: so many requests in *any* window, however they fall across the clock's marks.

A window is cut into 60 ticks. A key keeps one counter per tick in a ring of 61 slots, their sum, and the start of the
newest tick. 61 slots cover the window from any point inside a tick, so a window never holds more than the limit; the
price is that a request may count for up to one tick (1/60 of the window) longer than it has to.

Everything here is pure. Times are milliseconds since the epoch. The newest tick is kept as the time it starts, not as a
number of ticks: then a changed window needs no migration, the slots of the old one leave within one new window.
"""

from collections.abc import Mapping
from math import ceil
from typing import NamedTuple

TICKS_PER_WINDOW = 60
SLOTS = TICKS_PER_WINDOW + 1


class RateLimit(NamedTuple):
    """At most ``requests`` in any ``window_seconds``."""

    requests: int
    window_seconds: int

    @property
    def tick_ms(self) -> int:
        """How long a tick lasts: rounded up, so that the ring never covers less than the window."""
        return ceil(self.window_seconds * 1000 / TICKS_PER_WINDOW)


class Usage(NamedTuple):
    """A key's counters as stored: start of the newest tick, sum of all slots, count by slot (absent is none)."""

    tick: int
    used: int
    slots: Mapping[int, int]


class Count(NamedTuple):
    """Count one request in the stored tick."""

    tick: int
    slot: int


class Roll(NamedTuple):
    """Start a new tick: empty the slots that left the window, then count one request.

    Concurrent requests may still count in the tick being left, and their counts are kept: ``left`` is the sum of slots
    that nobody counts in any more. Only when the newest tick leaves too can it grow meanwhile; then ``expected_used``
    is what the sum has to be for the roll to hold.
    """

    from_tick: int
    tick: int
    slot: int
    emptied: tuple[int, ...]
    left: int
    expected_used: int | None


class Exhausted(NamedTuple):
    """The limit is reached; one request fits again at ``retry_at``."""

    retry_at: int


class Quota(NamedTuple):
    """What a client is told: how many requests are left, and in how many seconds there are more."""

    limit: RateLimit
    remaining: int
    reset_seconds: int


def next_step(usage: Usage, limit: RateLimit, now: int) -> Count | Roll | Exhausted:
    """What it takes to count one more request now.

    A clock behind the stored tick takes the stored one: time never runs backwards for a key.
    """
    newest, current, live = _live_slots(usage, limit, now)
    used = sum(live.values())
    if used >= limit.requests:
        return Exhausted(retry_at=_fits_again_at(live, limit))
    if current == newest:
        return Count(tick=usage.tick, slot=newest % SLOTS)
    slot = current % SLOTS
    kept = {index % SLOTS for index in live}
    return Roll(
        from_tick=usage.tick,
        tick=current * limit.tick_ms,
        slot=slot,
        emptied=tuple(sorted(usage.slots.keys() - kept - {slot})),
        left=usage.used - used,
        expected_used=usage.used if current - newest >= SLOTS else None,
    )


def first_guess(limit: RateLimit, now: int) -> Count:
    """The step for a key whose counters are not known: most likely others counted in this tick already."""
    index = now // limit.tick_ms
    return Count(tick=index * limit.tick_ms, slot=index % SLOTS)


def quota(usage: Usage, limit: RateLimit, now: int) -> Quota:
    """What is left of the limit now."""
    _, _, live = _live_slots(usage, limit, now)
    remaining = max(0, limit.requests - sum(live.values()))
    if not live:
        return Quota(limit, remaining, reset_seconds=0)
    more_at = _leaves_at(min(live), limit) if remaining else _fits_again_at(live, limit)
    return Quota(limit, remaining, reset_seconds=seconds_until(more_at, now))


def seconds_until(moment: int, now: int) -> int:
    """Whole seconds to wait from now until a moment has come: one second less is too early."""
    return max(0, ceil((moment - now) / 1000))


def _live_slots(usage: Usage, limit: RateLimit, now: int) -> tuple[int, int, dict[int, int]]:
    """Index of the newest tick, of the current tick, and the counts by tick index that are inside the window now."""
    newest = usage.tick // limit.tick_ms
    current = max(newest, now // limit.tick_ms)
    live = {}
    for index in range(current - TICKS_PER_WINDOW, newest + 1):
        if count := usage.slots.get(index % SLOTS):
            live[index] = count
    return newest, current, live


def _fits_again_at(live: Mapping[int, int], limit: RateLimit) -> int:
    """When enough of the oldest counts have left for one more request."""
    surplus = sum(live.values()) - limit.requests + 1
    for index in sorted(live):
        surplus -= live[index]
        if surplus <= 0:
            break
    return _leaves_at(index, limit)


def _leaves_at(index: int, limit: RateLimit) -> int:
    return (index + SLOTS) * limit.tick_ms
