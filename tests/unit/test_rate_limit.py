"""The rate limit's guarantee of at most N requests in any window, checked against an oracle of all admissions."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from leads_core.rate_limit import (
    Count,
    Exhausted,
    Quota,
    RateLimit,
    Roll,
    Usage,
    first_guess,
    next_step,
    quota,
    seconds_until,
)

UNUSED = Usage(tick_start_ms=0, used=0, slots={})
DEFAULT = RateLimit(requests=1000, window_seconds=300)
NOON = 1_795_435_200_000

LIMITS = st.builds(
    RateLimit, requests=st.integers(1, 4), window_seconds=st.sampled_from([1, 2, 7, 60, 61, 100, 300, 3600])
)
# A visit: how to move the clock, how far (its unit depends on how), a few milliseconds more, and a number of requests.
VISITS = st.lists(
    st.tuples(
        st.sampled_from(["milliseconds", "ticks", "windows", "to_tick", "to_room", "hours"]),
        st.integers(0, 70),
        st.integers(-2, 2),
        st.integers(1, 5),
    ),
    max_size=25,
)
Visit = tuple[str, int, int, int]


def tick_of(limit: RateLimit) -> int:
    return -(-limit.window_seconds * 1000 // 60)


def take(usage: Usage, step: Count | Roll) -> Usage:
    """Apply a step as the database does."""
    if isinstance(step, Count):
        assert step.tick_start_ms == usage.tick_start_ms
        return Usage(usage.tick_start_ms, usage.used + 1, {**usage.slots, step.slot: usage.slots.get(step.slot, 0) + 1})
    assert step.from_tick_start_ms == usage.tick_start_ms
    assert step.expected_used in (None, usage.used)
    assert step.slot not in step.emptied
    kept = {slot: count for slot, count in usage.slots.items() if slot not in step.emptied}
    return Usage(step.tick_start_ms, usage.used + 1 - step.left, {**kept, step.slot: 1})


class Key:
    """A key in memory, and the times of all its requests."""

    def __init__(self, usage: Usage = UNUSED) -> None:
        self.usage = usage
        self.admitted: list[int] = []
        self.refused: list[int] = []

    def request(self, limit: RateLimit, now: int) -> bool:
        step = next_step(self.usage, limit, now)
        if isinstance(step, Exhausted):
            self.refused.append(now)
            return False
        self.usage = take(self.usage, step)
        self.admitted.append(now)
        assert self.usage.used == sum(self.usage.slots.values())
        return True

    def has_room(self, limit: RateLimit, now: int) -> bool:
        return not isinstance(next_step(self.usage, limit, now), Exhausted)

    def visit(self, limit: RateLimit, visits: Sequence[Visit], now: int) -> int:
        """Make requests while the clock moves on. Return the clock's last value."""
        for way, far, nudge, requests in visits:
            step = next_step(self.usage, limit, now)
            target = {
                "milliseconds": now + far,
                "ticks": now + far * tick_of(limit),
                "windows": now + far % 3 * limit.window_seconds * 1000,
                "to_tick": (now // tick_of(limit) + far) * tick_of(limit),
                "to_room": step.retry_at_ms if isinstance(step, Exhausted) else now,
                "hours": now + far * 3_600_000,
            }[way]
            now = max(now, target + nudge)
            for _ in range(requests):
                self.request(limit, now)
        return now


def exhausted(key: Key, limit: RateLimit, now: int) -> Exhausted:
    """Use up the rest of a key's quota. Return how the next request is refused."""
    while True:
        step = next_step(key.usage, limit, now)
        if isinstance(step, Exhausted):
            return step
        key.request(limit, now)


def closest(moments: Sequence[int], requests: int) -> int:
    """The shortest time that contains more than so many requests."""
    moments = sorted(moments)
    return min((late - early for early, late in zip(moments, moments[requests:], strict=False)), default=10**15)


@given(LIMITS, VISITS, st.integers(0, 10_000))
def test_no_window_ever_holds_more_requests_than_the_limit(limit: RateLimit, visits: list[Visit], start: int) -> None:
    key = Key()
    key.visit(limit, visits, NOON + start)
    assert closest(key.admitted, limit.requests) >= limit.window_seconds * 1000


@given(LIMITS, VISITS, st.integers(0, 10_000))
def test_a_request_counts_for_one_tick_longer_than_the_window_at_most(
    limit: RateLimit, visits: list[Visit], start: int
) -> None:
    key = Key()
    key.visit(limit, visits, NOON + start)
    for now in key.refused:
        recent = [moment for moment in key.admitted if now - 61 * tick_of(limit) < moment <= now]
        assert len(recent) >= limit.requests


@given(LIMITS, VISITS, st.integers(0, 10_000))
def test_a_refused_client_is_admitted_exactly_from_the_reported_time_on(
    limit: RateLimit, visits: list[Visit], start: int
) -> None:
    key = Key()
    now = key.visit(limit, visits, NOON + start)
    refused = exhausted(key, limit, now)
    assert refused.retry_at_ms > now
    assert key.has_room(limit, refused.retry_at_ms)
    assert not key.has_room(limit, refused.retry_at_ms - 1)


@given(LIMITS, VISITS, st.integers(0, 10_000))
def test_waiting_retry_after_is_enough_and_one_second_less_is_not(
    limit: RateLimit, visits: list[Visit], start: int
) -> None:
    key = Key()
    now = key.visit(limit, visits, NOON + start)
    seconds = seconds_until(exhausted(key, limit, now).retry_at_ms, now)
    assert seconds == quota(key.usage, limit, now).reset_seconds
    assert key.has_room(limit, now + seconds * 1000)
    assert not key.has_room(limit, now + (seconds - 1) * 1000)


@given(LIMITS, VISITS, st.integers(0, 10_000), st.integers(0, 4_000_000))
def test_the_reported_quota_can_be_used_and_grows_at_the_reported_time(
    limit: RateLimit, visits: list[Visit], start: int, pause: int
) -> None:
    key = Key()
    now = key.visit(limit, visits, NOON + start) + pause
    reported = quota(key.usage, limit, now)
    if reported.remaining == limit.requests:
        assert reported.reset_seconds == 0
    else:
        later, earlier = (now + seconds * 1000 for seconds in (reported.reset_seconds, reported.reset_seconds - 1))
        assert quota(key.usage, limit, later).remaining > reported.remaining
        assert quota(key.usage, limit, earlier).remaining <= reported.remaining
    assert sum(key.request(limit, now) for _ in range(limit.requests + 1)) == reported.remaining


@given(
    st.integers(1, 4),
    st.sampled_from([10, 60, 300]),
    st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 5_000)), max_size=120),
)
def test_slow_clocks_shorten_the_window_by_at_most_their_delay(
    requests: int, window_seconds: int, moments: list[tuple[int, int]]
) -> None:
    limit = RateLimit(requests, window_seconds)
    key = Key()
    now = NOON
    admitted = []
    for pause, behind in moments:
        now += pause
        if key.request(limit, now - behind):
            admitted.append(now)
    assert closest(admitted, requests) >= window_seconds * 1000 - 5_000


@given(st.lists(st.tuples(LIMITS, VISITS), min_size=1, max_size=3), LIMITS, VISITS)
def test_a_changed_limit_holds_immediately_and_the_old_one_has_no_effect_after_a_window(
    earlier: list[tuple[RateLimit, list[Visit]]], limit: RateLimit, visits: list[Visit]
) -> None:
    key = Key()
    now = NOON
    for old_limit, old_visits in earlier:
        now = key.visit(old_limit, old_visits, now)
    changed = Key(key.usage)
    longest = 61 * tick_of(limit)
    assert quota(changed.usage, limit, now + longest) == Quota(limit, limit.requests, 0)

    changed.visit(limit, visits, now)
    assert closest(changed.admitted, limit.requests) >= limit.window_seconds * 1000
    for moment in changed.refused:
        if moment >= now + longest:
            assert sum(moment - longest < other <= moment for other in changed.admitted) >= limit.requests


def test_a_burst_before_a_full_minute_counts_after_it() -> None:
    key = Key()
    assert all(key.request(DEFAULT, NOON - 1) for _ in range(1000))
    assert not key.request(DEFAULT, NOON)
    assert not key.request(DEFAULT, NOON - 1 + 300_000)
    assert key.request(DEFAULT, NOON + 300_000)


def test_requests_leave_the_window_in_their_order() -> None:
    limit = RateLimit(requests=2, window_seconds=60)
    key = Key()
    assert key.request(limit, NOON)
    assert key.request(limit, NOON + 30_000)
    assert not key.request(limit, NOON + 59_999)
    assert key.request(limit, NOON + 61_000)
    assert not key.request(limit, NOON + 61_000)
    assert key.request(limit, NOON + 91_000)


def test_refused_requests_use_no_quota() -> None:
    limit = RateLimit(requests=1, window_seconds=60)
    key = Key()
    key.request(limit, NOON)
    for second in range(61):
        assert not key.request(limit, NOON + second * 1000)
    assert key.request(limit, NOON + 61_000)


def test_a_limit_lowered_below_the_usage_leaves_no_quota() -> None:
    key = Key()
    for _ in range(10):
        key.request(DEFAULT, NOON)
    lowered = RateLimit(requests=3, window_seconds=300)
    assert quota(key.usage, lowered, NOON) == Quota(lowered, remaining=0, reset_seconds=305)
    assert not key.request(lowered, NOON)


def test_after_a_limit_is_lowered_a_client_waits_until_enough_requests_have_left() -> None:
    key = Key()
    for tick in range(5):
        key.request(DEFAULT, NOON + tick * 5000)
    lowered = RateLimit(requests=3, window_seconds=300)
    refused = next_step(key.usage, lowered, NOON + 20_000)
    assert refused == Exhausted(retry_at_ms=NOON + 10_000 + 305_000)
    assert not key.has_room(lowered, refused.retry_at_ms - 1)
    assert key.has_room(lowered, refused.retry_at_ms)


def test_there_is_more_quota_when_the_oldest_request_leaves() -> None:
    limit = RateLimit(requests=3, window_seconds=60)
    key = Key()
    key.request(limit, NOON)
    key.request(limit, NOON + 30_000)
    assert quota(key.usage, limit, NOON + 30_000) == Quota(limit, remaining=1, reset_seconds=31)


def test_an_unused_key_has_its_whole_quota() -> None:
    assert quota(UNUSED, DEFAULT, NOON) == Quota(DEFAULT, remaining=1000, reset_seconds=0)


@pytest.mark.parametrize(("window_seconds", "tick_ms"), [(300, 5000), (1, 17), (2, 34), (3, 50), (86_400, 1_440_000)])
def test_sixty_ticks_never_cover_less_than_the_window(window_seconds: int, tick_ms: int) -> None:
    assert RateLimit(1, window_seconds).tick_ms == tick_ms


@given(LIMITS, st.integers(NOON, NOON + 10_000_000))
def test_the_guess_for_an_unknown_key_is_right_if_its_tick_has_begun(limit: RateLimit, now: int) -> None:
    key = Key()
    key.request(limit, now)
    assert first_guess(limit, now) == Count(tick_start_ms=key.usage.tick_start_ms, slot=next(iter(key.usage.slots)))


def test_a_count_made_while_the_tick_turns_is_kept() -> None:
    key = Key()
    key.request(DEFAULT, NOON)
    turn = next_step(key.usage, DEFAULT, NOON + 5000)
    assert isinstance(turn, Roll)
    meanwhile = take(key.usage, first_guess(DEFAULT, NOON + 4999))
    after = take(meanwhile, turn)
    assert after.used == sum(after.slots.values()) == 3
    assert quota(after, DEFAULT, NOON + 5000).remaining == 997


@pytest.mark.parametrize(("idle_ticks", "left_behind"), [(60, False), (61, True), (1000, True)])
def test_the_sum_is_a_condition_only_if_the_newest_tick_leaves_too(idle_ticks: int, *, left_behind: bool) -> None:
    key = Key()
    key.request(DEFAULT, NOON)
    turn = next_step(key.usage, DEFAULT, NOON + idle_ticks * 5000)
    assert isinstance(turn, Roll)
    assert turn.expected_used == (1 if left_behind else None)
    assert turn.left == (1 if left_behind else 0)


@pytest.mark.parametrize(
    ("milliseconds", "seconds"), [(-5000, 0), (0, 0), (1, 1), (999, 1), (1000, 1), (1001, 2), (305_000, 305)]
)
def test_seconds_to_wait_are_rounded_up(milliseconds: int, seconds: int) -> None:
    assert seconds_until(NOON + milliseconds, NOON) == seconds


def test_a_clock_behind_the_last_tick_counts_in_the_last_tick() -> None:
    key = Key()
    ticks = []
    for now in (NOON, NOON - 7000, NOON + 5000, NOON, NOON + 400_000, NOON + 1):
        key.request(DEFAULT, now)
        ticks.append(key.usage.tick_start_ms)
    assert all(early <= late for early, late in pairwise(ticks))
    assert ticks[-1] == NOON + 400_000


class SkewedInstances(RuleBasedStateMachine):
    """Instances whose clocks differ and jump, and whose views of a key may be stale."""

    @initialize(
        limit=st.builds(RateLimit, requests=st.integers(1, 4), window_seconds=st.sampled_from([120, 300, 3600]))
    )
    def start(self, limit: RateLimit) -> None:
        self.limit = limit
        self.now = NOON
        self.usage = UNUSED
        self.skews = [0, 0, 0]
        self.views = [UNUSED, UNUSED, UNUSED]
        self.admitted: list[int] = []

    @rule(instance=st.integers(0, 2), skew=st.integers(0, 1000))
    def a_clock_jumps(self, instance: int, skew: int) -> None:
        self.skews[instance] = skew

    @rule(milliseconds=st.integers(0, 3000))
    def a_moment_passes(self, milliseconds: int) -> None:
        self.now += milliseconds

    @rule(nudge=st.integers(-1, 1))
    def there_is_room_again(self, nudge: int) -> None:
        step = next_step(self.usage, self.limit, self.now)
        if isinstance(step, Exhausted):
            self.now = max(self.now, step.retry_at_ms + nudge)

    @rule(ticks=st.sampled_from([1, 59, 60, 61, 62]), nudge=st.integers(-1, 1))
    def the_clock_comes_to_the_edge_of_a_tick(self, ticks: int, nudge: int) -> None:
        tick = tick_of(self.limit)
        self.now = (self.now // tick + ticks) * tick + nudge

    @rule(hours=st.integers(1, 30))
    def hours_pass(self, hours: int) -> None:
        self.now += hours * 3_600_000

    @rule(instance=st.integers(0, 2), requests=st.integers(1, 6))
    def an_instance_is_asked(self, instance: int, requests: int) -> None:
        for _ in range(requests):
            self._request(instance)

    def _request(self, instance: int) -> None:
        clock = self.now + self.skews[instance]
        while True:
            step = next_step(self.views[instance], self.limit, clock)
            if isinstance(step, Exhausted):
                return
            holds = self._holds(step)
            if holds:
                self.usage = take(self.usage, step)
                self.admitted.append(self.now)
            self.views[instance] = self.usage
            if holds:
                return

    def _holds(self, step: Count | Roll) -> bool:
        """Whether the conditions of the database's update hold."""
        if isinstance(step, Count):
            return self.usage.tick_start_ms == step.tick_start_ms and self.usage.used < self.limit.requests
        return (
            self.usage.tick_start_ms == step.from_tick_start_ms
            and self.usage.used < self.limit.requests + step.left
            and step.expected_used in {None, self.usage.used}
        )

    @invariant()
    def no_window_less_a_second_holds_more_than_the_limit(self) -> None:
        shortest = closest(self.admitted[-20:], self.limit.requests) if hasattr(self, "admitted") else 10**15
        assert shortest >= (self.limit.window_seconds - 1) * 1000

    @invariant()
    def the_sum_is_that_of_the_slots(self) -> None:
        usage = getattr(self, "usage", UNUSED)
        assert usage.used == sum(usage.slots.values())


TestSkewedInstances = SkewedInstances.TestCase
