"""Which requests are admitted, and how many calls to the store that takes."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads_core import keys
from leads_core.admission import Admission, Admitted, CountOutcome, InvalidKey, KeyRecord, RateLimited
from leads_core.deadlines import Deadline
from leads_core.errors import StoreUnavailableError
from leads_core.plans import Plan
from leads_core.rate_limit import Count, Quota, RateLimit, Roll, Usage
from support.clock import VirtualClock, within

NOON = 1_795_435_200_000
DEADLINE = within(10, VirtualClock())
THREE_A_MINUTE = RateLimit(requests=3, window_seconds=60)
KEY = keys.with_checksum("cdz_" + "0123456789" * 4 + "abc")
OTHER_KEY = keys.with_checksum("cdz_" + "9876543210" * 4 + "abc")
UNUSED = KeyRecord("workspace", Plan.FREE, Usage(tick_start_ms=0, used=0, slots={}))


class KeysInMemory:
    """A KeyStore with the same conditions and changes as the database's. It records every call."""

    def __init__(self, **records: KeyRecord) -> None:
        self.records = {keys.hash_secret(secret): record for secret, record in records.items()}
        self.calls: list[str] = []
        self.deadlines: list[Deadline] = []
        self.before_count: list[Callable[[], object]] = []

    def count(
        self, key_hash: str, step: Count | Roll, limit: RateLimit, now_iso: str, deadline: Deadline
    ) -> CountOutcome:
        self.calls.append("count")
        self.deadlines.append(deadline)
        if self.before_count:
            self.before_count.pop(0)()
        record = self.records.get(key_hash)
        if record is None or not self._fits(record, step, limit, now_iso):
            return CountOutcome(is_counted=False, record=record)
        self.records[key_hash] = record._replace(usage=take(record.usage, step))
        return CountOutcome(is_counted=True, record=self.records[key_hash])

    def change(self, record: KeyRecord) -> None:
        self.records[keys.hash_secret(KEY)] = record

    @property
    def usage(self) -> Usage:
        return self.records[keys.hash_secret(KEY)].usage

    @staticmethod
    def _fits(record: KeyRecord, step: Count | Roll, limit: RateLimit, now_iso: str) -> bool:
        usage = record.usage
        valid = record.revoked_at is None and (record.expires_at is None or record.expires_at > now_iso)
        if isinstance(step, Count):
            return valid and usage.tick_start_ms == step.tick_start_ms and usage.used < limit.requests
        as_seen = usage.tick_start_ms == step.from_tick_start_ms and step.expected_used in (None, usage.used)
        return valid and as_seen and usage.used < limit.requests + step.left


def take(usage: Usage, step: Count | Roll) -> Usage:
    if isinstance(step, Count):
        return Usage(usage.tick_start_ms, usage.used + 1, {**usage.slots, step.slot: usage.slots.get(step.slot, 0) + 1})
    kept = {slot: count for slot, count in usage.slots.items() if slot not in step.emptied}
    return Usage(step.tick_start_ms, usage.used + 1 - step.left, {**kept, step.slot: 1})


def admit(admission: Admission, now: int, secret: str = KEY) -> Admitted | InvalidKey | RateLimited:
    return admission.admit(secret, now_ms=now, deadline=DEADLINE)


def test_a_valid_key_is_admitted_to_its_workspace_and_plan() -> None:
    store = KeysInMemory(**{KEY: UNUSED, OTHER_KEY: UNUSED._replace(workspace_id="other", plan=Plan.BASIC)})
    admission = Admission(store, THREE_A_MINUTE)
    assert admit(admission, NOON) == Admitted(
        keys.hash_secret(KEY), "workspace", Plan.FREE, Quota(THREE_A_MINUTE, 2, 61)
    )
    assert admit(admission, NOON, OTHER_KEY) == Admitted(
        keys.hash_secret(OTHER_KEY), "other", Plan.BASIC, Quota(THREE_A_MINUTE, 2, 61)
    )


def test_the_reported_quota_shrinks_with_every_request_down_to_zero() -> None:
    admission = Admission(KeysInMemory(**{KEY: UNUSED}), THREE_A_MINUTE)
    outcomes = [admit(admission, NOON + 500) for _ in range(4)]
    assert [outcome.quota.remaining for outcome in outcomes if not isinstance(outcome, InvalidKey)] == [2, 1, 0, 0]
    assert outcomes[-1] == RateLimited(Quota(THREE_A_MINUTE, 0, 61), retry_after_seconds=61)


def test_a_refused_client_is_admitted_after_retry_after_and_not_a_second_earlier() -> None:
    store = KeysInMemory(**{KEY: UNUSED})
    admission = Admission(store, THREE_A_MINUTE)
    for _ in range(3):
        admit(admission, NOON + 400)
    refused = admit(admission, NOON + 7_700)
    assert isinstance(refused, RateLimited)
    admitted_at = NOON + 7_700 + refused.retry_after_seconds * 1000
    assert isinstance(admit(admission, admitted_at - 1000), RateLimited)
    assert isinstance(admit(admission, admitted_at), Admitted)


def test_one_clients_requests_do_not_count_for_another() -> None:
    admission = Admission(KeysInMemory(**{KEY: UNUSED, OTHER_KEY: UNUSED}), THREE_A_MINUTE)
    for _ in range(4):
        admit(admission, NOON)
    assert isinstance(admit(admission, NOON, OTHER_KEY), Admitted)


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(None, id="unknown"),
        pytest.param(UNUSED._replace(revoked_at="2026-01-01T00:00:00Z"), id="revoked"),
        pytest.param(UNUSED._replace(expires_at="2026-01-01T00:00:00Z"), id="expired"),
        pytest.param(
            UNUSED._replace(revoked_at="2026-01-01T00:00:00Z", expires_at="2030-01-01T00:00:00Z"),
            id="revoked before it expires",
        ),
    ],
)
def test_unknown_revoked_and_expired_keys_are_refused_alike_and_not_counted(record: KeyRecord | None) -> None:
    store = KeysInMemory(**({KEY: record} if record else {}))
    before = dict(store.records)
    assert admit(Admission(store, THREE_A_MINUTE), NOON) == InvalidKey()
    assert len(store.calls) == 1
    assert store.records == before


@pytest.mark.parametrize("secret", ["", "secret", KEY[:-1], KEY[:-1] + "!", KEY + "\n", KEY[:20] + "x" + KEY[21:]])
def test_a_malformed_key_is_refused_without_asking_the_store(secret: str) -> None:
    store = KeysInMemory(**{KEY: UNUSED, secret: UNUSED})
    assert admit(Admission(store, THREE_A_MINUTE), NOON, secret) == InvalidKey()
    assert store.calls == []


def test_a_key_works_until_the_moment_it_expires() -> None:
    admission = Admission(KeysInMemory(**{KEY: UNUSED._replace(expires_at="2026-11-23T12:00:00Z")}), THREE_A_MINUTE)
    assert isinstance(admit(admission, NOON - 1), Admitted)
    assert admit(admission, NOON) == InvalidKey()
    assert admit(admission, NOON + 1) == InvalidKey()


def exhausted(store: KeysInMemory) -> Admission:
    """An Admission that has used up the key at noon."""
    admission = Admission(store, THREE_A_MINUTE)
    for _ in range(3):
        admit(admission, NOON)
    store.calls.clear()
    return admission


def test_a_key_known_to_be_exhausted_is_refused_without_asking_the_store_until_a_tick_is_over() -> None:
    store = KeysInMemory(**{KEY: UNUSED})
    admission = exhausted(store)
    for milliseconds in range(0, 1000, 37):
        assert isinstance(admit(admission, NOON + milliseconds), RateLimited)
    assert isinstance(admit(admission, NOON + 999), RateLimited)
    assert store.calls == []
    assert isinstance(admit(admission, NOON + 1000), RateLimited)
    assert store.calls == ["count"]


def test_an_exhausted_key_costs_at_most_one_call_per_tick() -> None:
    store = KeysInMemory(**{KEY: UNUSED})
    admission = exhausted(store)
    for milliseconds in range(0, 61_000, 50):
        assert isinstance(admit(admission, NOON + milliseconds), RateLimited)
    assert store.calls == ["count"] * 60
    assert isinstance(admit(admission, NOON + 61_000), Admitted)


@pytest.mark.parametrize("sent_every_ms", [10, 250, 1000])
def test_a_key_whose_limit_was_reset_is_admitted_within_a_tick(sent_every_ms: int) -> None:
    store = KeysInMemory(**{KEY: UNUSED})
    admission = exhausted(store)
    store.change(UNUSED)
    admitted_at = next(
        milliseconds
        for milliseconds in range(0, 3000, sent_every_ms)
        if isinstance(admit(admission, NOON + milliseconds), Admitted)
    )
    assert admitted_at <= THREE_A_MINUTE.tick_ms
    assert store.usage.used == 1


@pytest.mark.parametrize("back_ms", [1, 999, 3_600_000])
def test_an_instance_whose_clock_goes_back_asks_the_store_again(back_ms: int) -> None:
    store = KeysInMemory(**{KEY: UNUSED})
    admission = exhausted(store)
    assert isinstance(admit(admission, NOON - back_ms), RateLimited)
    assert store.calls == ["count"]
    store.change(UNUSED)
    assert isinstance(admit(admission, NOON - back_ms + THREE_A_MINUTE.tick_ms), Admitted)


@pytest.mark.parametrize(
    "change",
    [{"revoked_at": "2026-11-23T11:00:00Z"}, {"expires_at": "2026-11-23T11:00:00Z"}],
    ids=["revoked", "expired"],
)
def test_a_key_known_to_be_invalid_is_refused_without_asking_the_store(change: dict[str, str]) -> None:
    store = KeysInMemory(**{KEY: KeyRecord("workspace", Plan.FREE, UNUSED.usage, **change)})
    admission = Admission(store, THREE_A_MINUTE)
    admit(admission, NOON)
    store.calls.clear()
    assert admit(admission, NOON) == InvalidKey()
    assert store.calls == []


def test_a_key_that_was_unknown_is_admitted_as_soon_as_it_is_created() -> None:
    store = KeysInMemory()
    admission = Admission(store, THREE_A_MINUTE)
    assert admit(admission, NOON) == InvalidKey()
    store.change(UNUSED)
    assert isinstance(admit(admission, NOON), Admitted)


def test_a_known_key_is_refused_as_soon_as_it_is_deleted() -> None:
    store = KeysInMemory(**{KEY: UNUSED})
    admission = Admission(store, THREE_A_MINUTE)
    admit(admission, NOON)
    store.records.clear()
    assert admit(admission, NOON) == InvalidKey()


def test_a_known_key_is_refused_as_soon_as_it_is_revoked() -> None:
    store = KeysInMemory(**{KEY: UNUSED})
    admission = Admission(store, THREE_A_MINUTE)
    admit(admission, NOON)
    store.change(UNUSED._replace(usage=store.usage, revoked_at="2026-11-23T12:00:00Z"))
    assert admit(admission, NOON + 1) == InvalidKey()
    assert store.usage.used == 1


def test_a_changed_plan_is_seen_by_the_next_request() -> None:
    store = KeysInMemory(**{KEY: UNUSED})
    admission = Admission(store, THREE_A_MINUTE)
    admit(admission, NOON)
    store.change(UNUSED._replace(usage=store.usage, plan=Plan.BASIC))
    admitted = admit(admission, NOON)
    assert isinstance(admitted, Admitted)
    assert admitted.plan is Plan.BASIC


def test_an_admitted_request_costs_one_call_if_its_tick_has_begun() -> None:
    store = KeysInMemory(**{KEY: UNUSED})
    admit(Admission(store, THREE_A_MINUTE), NOON)
    store.calls.clear()
    assert isinstance(admit(Admission(store, THREE_A_MINUTE), NOON + 999), Admitted)
    assert store.calls == ["count"]


@pytest.mark.parametrize("later", [0, 1, 1000, 30_000, 61_000, 86_400_000])
def test_an_admitted_request_costs_one_call_if_its_key_is_known(later: int) -> None:
    store = KeysInMemory(**{KEY: UNUSED})
    admission = Admission(store, THREE_A_MINUTE)
    admit(admission, NOON)
    store.calls.clear()
    assert isinstance(admit(admission, NOON + later), Admitted)
    assert store.calls == ["count"]


def test_an_admitted_request_costs_two_calls_if_an_unknown_key_begins_a_tick() -> None:
    store = KeysInMemory(**{KEY: UNUSED})
    assert isinstance(admit(Admission(store, THREE_A_MINUTE), NOON), Admitted)
    assert store.calls == ["count", "count"]


def test_memory_is_for_the_most_recent_keys_only() -> None:
    secrets = [keys.with_checksum(f"cdz_{number:043}") for number in range(501)]
    store = KeysInMemory(**dict.fromkeys(secrets, UNUSED))
    admission = Admission(store, RateLimit(requests=1, window_seconds=60))
    for secret in secrets:
        admit(admission, NOON, secret)
    store.calls.clear()
    for secret in secrets[1:]:
        assert isinstance(admit(admission, NOON, secret), RateLimited)
    assert store.calls == []
    assert isinstance(admit(admission, NOON, secrets[0]), RateLimited)
    assert store.calls == ["count"]


def test_a_key_in_use_is_not_forgotten() -> None:
    secrets = [keys.with_checksum(f"cdz_{number:043}") for number in range(501)]
    store = KeysInMemory(**dict.fromkeys(secrets, UNUSED))
    admission = Admission(store, RateLimit(requests=2, window_seconds=60))
    for secret in [*secrets[:500], secrets[0], secrets[500]]:
        admit(admission, NOON, secret)
    store.calls.clear()
    assert isinstance(admit(admission, NOON, secrets[0]), RateLimited)
    assert store.calls == []


def test_a_request_that_loses_a_few_races_is_admitted() -> None:
    store = KeysInMemory(**{KEY: UNUSED})
    rival = Admission(store, RateLimit(requests=100, window_seconds=60))

    def turn_the_tick(second: int) -> Callable[[], object]:
        return lambda: admit(rival, NOON + second * 1000)

    store.before_count = [turn_the_tick(second) for second in range(3)]
    admitted = admit(Admission(store, RateLimit(requests=100, window_seconds=60)), NOON)
    assert isinstance(admitted, Admitted)
    assert store.usage.used == sum(store.usage.slots.values())


def test_a_request_that_loses_the_race_for_the_last_place_is_refused() -> None:
    store = KeysInMemory(**{KEY: UNUSED})
    one_a_minute = RateLimit(requests=1, window_seconds=60)
    store.before_count = [lambda: admit(Admission(store, one_a_minute), NOON)]
    assert admit(Admission(store, one_a_minute), NOON) == RateLimited(
        Quota(one_a_minute, 0, 61), retry_after_seconds=61
    )
    assert store.usage.used == 1


def test_a_key_that_is_revoked_during_a_race_is_refused() -> None:
    store = KeysInMemory(**{KEY: UNUSED})
    store.before_count = [lambda: store.change(UNUSED._replace(revoked_at="2026-11-23T12:00:00Z"))]
    assert admit(Admission(store, THREE_A_MINUTE), NOON) == InvalidKey()


class LostRaces(KeysInMemory):
    """A store in which another request is faster, so many times."""

    def __init__(self, times: int) -> None:
        super().__init__(**{KEY: UNUSED})
        self.times = times

    def count(
        self, key_hash: str, step: Count | Roll, limit: RateLimit, now_iso: str, deadline: Deadline
    ) -> CountOutcome:
        if len(self.calls) < self.times:
            self.calls.append("count")
            return CountOutcome(is_counted=False, record=self.records[key_hash])
        return super().count(key_hash, step, limit, now_iso, deadline)


@pytest.mark.parametrize("times", [1, 2, 7])
def test_a_request_that_loses_seven_races_is_admitted(times: int) -> None:
    assert isinstance(admit(Admission(LostRaces(times), THREE_A_MINUTE), NOON), Admitted)


def test_a_request_that_loses_every_race_fails() -> None:
    store = LostRaces(1000)
    with pytest.raises(StoreUnavailableError) as caught:
        admit(Admission(store, THREE_A_MINUTE), NOON)
    assert not caught.value.leads_may_be_stored
    assert len(store.calls) == 8


class UnreachableKeys(KeysInMemory):
    def count(
        self, key_hash: str, step: Count | Roll, limit: RateLimit, now_iso: str, deadline: Deadline
    ) -> CountOutcome:
        raise StoreUnavailableError(f"{key_hash} {step} {limit} {now_iso} {deadline}")


def test_an_unreachable_store_admits_no_request() -> None:
    with pytest.raises(StoreUnavailableError):
        admit(Admission(UnreachableKeys(), THREE_A_MINUTE), NOON)


def test_the_store_gets_the_deadline_of_the_request() -> None:
    store = KeysInMemory(**{KEY: UNUSED})
    admit(Admission(store, THREE_A_MINUTE), NOON)
    assert set(store.deadlines) == {DEADLINE}


@given(
    st.integers(1, 4),
    st.sampled_from([1, 10, 60]),
    st.lists(
        st.tuples(
            st.integers(0, 2), st.sampled_from([0, 0, 1, 20, 200, 1000, 1017, 5000, 61_000]), st.integers(0, 2500)
        ),
        max_size=60,
    ),
)
def test_many_instances_with_stale_views_and_slow_clocks_never_exceed_the_limit(
    requests: int, window_seconds: int, visits: list[tuple[int, int, int]]
) -> None:
    limit = RateLimit(requests, window_seconds)
    store = KeysInMemory(**{KEY: UNUSED})
    functions = [Admission(store, limit) for _ in range(3)]
    now = NOON
    admitted: list[int] = []
    for function, pause, behind in visits:
        now += pause
        if isinstance(admit(functions[function], now - behind), Admitted):
            admitted.append(now)
        assert store.usage.used == sum(store.usage.slots.values())
    for early, late in zip(admitted, admitted[requests:], strict=False):
        assert late - early >= window_seconds * 1000 - 2500
