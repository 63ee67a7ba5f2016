"""The arithmetic of the rate limit, which is a sliding window: it holds for *any* window, wherever that begins.

A window is divided into 60 ticks. A key has one counter per tick in a ring of 61 slots, their sum, and the start of the
newest tick. 61 slots cover a window that begins at any point inside a tick, so no window holds more than the limit. The
price: a request may count for up to one tick (1/60 of the window) longer than necessary.

All functions are pure. Times are milliseconds since the epoch. The newest tick is stored as the time it starts, not as
a number of ticks. So a changed window needs no migration: old slots leave within one new window.
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
        """The length of a tick, rounded up so that the ring never covers less than the window."""
        return ceil(self.window_seconds * 1000 / TICKS_PER_WINDOW)


class Usage(NamedTuple):
    """A key's counters as stored: start of the newest tick, sum of all slots, count by slot (absent means 0)."""

    tick_start_ms: int
    used: int
    slots: Mapping[int, int]


class Count(NamedTuple):
    """Count one request in the stored tick."""

    tick_start_ms: int
    slot: int


class Roll(NamedTuple):
    """Start a new tick: empty the slots that left the window, then count one request.

    Concurrent requests may still count in the previous tick, and these counts are kept: ``left`` is the sum of slots
    that no longer change. Only if the newest tick leaves too can that sum still grow; then ``expected_used`` is the
    value that the total must have for the roll to be made.
    """

    from_tick_start_ms: int
    tick_start_ms: int
    slot: int
    emptied: tuple[int, ...]
    left: int
    expected_used: int | None


class Exhausted(NamedTuple):
    """The limit is reached; the next request can be counted at ``retry_at_ms``."""

    retry_at_ms: int


class Quota(NamedTuple):
    """What responses report: how many requests remain, and in how many seconds there will be more."""

    limit: RateLimit
    remaining: int
    reset_seconds: int


def next_step(usage: Usage, limit: RateLimit, now_ms: int) -> Count | Roll | Exhausted:
    """The step that counts one more request now.

    If this clock is behind the stored tick, the stored tick is used: for a key, time never goes backwards.
    """
    newest, current, live = _live_slots(usage, limit, now_ms)
    used = sum(live.values())
    if used >= limit.requests:
        return Exhausted(retry_at_ms=_has_room_at_ms(live, limit))
    if current == newest:
        return Count(tick_start_ms=usage.tick_start_ms, slot=newest % SLOTS)
    slot = current % SLOTS
    kept = {index % SLOTS for index in live}
    return Roll(
        from_tick_start_ms=usage.tick_start_ms,
        tick_start_ms=current * limit.tick_ms,
        slot=slot,
        emptied=tuple(sorted(usage.slots.keys() - kept - {slot})),
        left=usage.used - used,
        expected_used=usage.used if current - newest >= SLOTS else None,
    )


def first_guess(limit: RateLimit, now_ms: int) -> Count:
    """The step for a key whose counters are not known. Most likely other requests were counted in this tick already."""
    index = now_ms // limit.tick_ms
    return Count(tick_start_ms=index * limit.tick_ms, slot=index % SLOTS)


def quota(usage: Usage, limit: RateLimit, now_ms: int) -> Quota:
    """What remains of the limit now."""
    _, _, live = _live_slots(usage, limit, now_ms)
    remaining = max(0, limit.requests - sum(live.values()))
    if not live:
        return Quota(limit, remaining, reset_seconds=0)
    more_at_ms = _leaves_at_ms(min(live), limit) if remaining else _has_room_at_ms(live, limit)
    return Quota(limit, remaining, reset_seconds=seconds_until(more_at_ms, now_ms))


def seconds_until(moment_ms: int, now_ms: int) -> int:
    """Whole seconds to wait until a moment, rounded up."""
    return max(0, ceil((moment_ms - now_ms) / 1000))


def _live_slots(usage: Usage, limit: RateLimit, now_ms: int) -> tuple[int, int, dict[int, int]]:
    """Index of the newest tick, index of the current tick, and the counts inside the window by tick index."""
    newest = usage.tick_start_ms // limit.tick_ms
    current = max(newest, now_ms // limit.tick_ms)
    live = {}
    for index in range(current - TICKS_PER_WINDOW, newest + 1):
        if count := usage.slots.get(index % SLOTS):
            live[index] = count
    return newest, current, live


def _has_room_at_ms(live: Mapping[int, int], limit: RateLimit) -> int:
    """When enough of the oldest counts have left for one more request."""
    surplus = sum(live.values()) - limit.requests + 1
    for index in sorted(live):
        surplus -= live[index]
        if surplus <= 0:
            break
    return _leaves_at_ms(index, limit)


def _leaves_at_ms(index: int, limit: RateLimit) -> int:
    return (index + SLOTS) * limit.tick_ms
