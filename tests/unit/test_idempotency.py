"""A request that is sent several times is done once, whatever becomes of each attempt.

Time stands still unless somebody sleeps. The attempts of the second half are threads of which only one runs at a time:
each stops before every call to a store until it is told to make it, to fail, or to die.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import TypeVar, cast

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from leads_core import time_budget, timestamps
from leads_core.errors import StoreUnavailableError
from leads_core.idempotency import (
    AlreadyStored,
    BatchRecord,
    BatchRecords,
    IdempotencyKeyReused,
    Note,
    Once,
    claim_batch,
    first_claim,
)
from leads_core.intake import AlreadyNotedError, Batch, FreePlanExceeded, FreePlanUse, FreePlanUsedUp, Intake, Stored
from leads_core.leads import Lead
from leads_core.plans import Plan

NOON = 1_795_435_200_000
NOON_TEXT = "2026-11-23T12:00:00Z"
# How long a request may take from its start, and after which time nothing of it can be under way any more.
LONGEST = 10 - time_budget.TO_ANSWER
LEASE = LONGEST + 2
T = TypeVar("T")


class Clock:
    """Time that passes only where somebody sleeps, seconds since noon."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.sleeps: list[float] = []

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.seconds += seconds

    def now(self) -> int:
        return NOON + round(self.seconds * 1000)


class RecordsInMemory:
    """BatchRecords with the conditions and changes of the database's."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], tuple[BatchRecord, int]] = {}
        self.before_create: list[Callable[[], object]] = []
        self.creates = 0

    def create(self, note: Note, deadline: float) -> BatchRecord | None:
        self.creates += 1
        if self.before_create:
            self.before_create.pop(0)()
        if seen := self.read(note.once, note.now, deadline):
            return seen
        self.records[key(note.once)] = note.record, note.now + 86_400_000
        return None

    def read(self, once: Once, now: int, deadline: float) -> BatchRecord | None:  # noqa: ARG002 - the protocol's
        record, delete_at = self.records.get(key(once), (None, 0))
        return record if delete_at > now else None

    def take_over(self, once: Once, seen: BatchRecord, claim: BatchRecord, deadline: float) -> bool:  # noqa: ARG002
        return self._change(once, seen, attempt=claim.attempt, lease_until=claim.lease_until)

    def note_stored(self, once: Once, claim: BatchRecord, deadline: float) -> None:  # noqa: ARG002
        if not self._change(once, claim, is_stored=True):
            raise StoreUnavailableError("another attempt took over", leads_may_be_stored=True)

    def release(self, once: Once, claim: BatchRecord, deadline: float) -> None:  # noqa: ARG002
        self._change(once, claim, lease_until=0)

    def _change(self, once: Once, seen: BatchRecord, **changes: object) -> bool:
        record, delete_at = self.records[key(once)]
        if record.attempt != seen.attempt:
            return False
        self.records[key(once)] = record._replace(**changes), delete_at  # type: ignore[arg-type]  # names are checked
        return True


def key(once: Once) -> tuple[str, str]:
    return once.key_hash, once.idempotency_key


def leads_as_of(received_at: str) -> Sequence[Lead]:
    return [{"company": f"Company {row}", "date": received_at} for row in range(4)]


ONCE = Once("hash of the API key", "Idempotency-Key", "hash of the body", leads_as_of)
OTHER_BODY = ONCE._replace(body_hash="hash of another body")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("leads_core.idempotency.time", clock)
    return clock


def claim(records: BatchRecords, clock: Clock, once: Once = ONCE) -> BatchRecord | AlreadyStored | IdempotencyKeyReused:
    return claim_batch(records, once, clock.now(), clock.monotonic() + LONGEST)


def first_attempt(records: RecordsInMemory, clock: Clock) -> BatchRecord:
    first = claim(records, clock)
    assert isinstance(first, BatchRecord)
    return first


def test_the_first_attempt_gets_hold_of_the_request(clock: Clock) -> None:
    records = RecordsInMemory()

    first = first_attempt(records, clock)

    assert (first.received_at, first.body_hash, first.is_stored) == (NOON_TEXT, ONCE.body_hash, False)
    assert first.lease_until == NOON + LEASE * 1000
    assert records.read(ONCE, NOON, 0) == first
    assert clock.sleeps == []


def test_what_is_stored_is_not_stored_again(clock: Clock) -> None:
    records = RecordsInMemory()
    first = first_attempt(records, clock)
    records.note_stored(ONCE, first, 0)

    assert claim(records, clock) == AlreadyStored(first.batch_id)
    clock.sleep(86_000)
    assert claim(records, clock) == AlreadyStored(first.batch_id)


def test_after_a_day_the_key_is_free_again(clock: Clock) -> None:
    records = RecordsInMemory()
    first = first_attempt(records, clock)
    records.note_stored(ONCE, first, 0)
    clock.sleep(86_400)

    assert first_attempt(records, clock).batch_id != first.batch_id


@pytest.mark.parametrize("is_stored", [False, True])
@pytest.mark.parametrize("later", [0, 20])
def test_a_key_with_another_body_is_told_so_without_waiting(clock: Clock, later: int, *, is_stored: bool) -> None:
    records = RecordsInMemory()
    first = first_attempt(records, clock)
    if is_stored:
        records.note_stored(ONCE, first, 0)
    clock.seconds += later

    assert claim(records, clock, OTHER_BODY) == IdempotencyKeyReused()
    assert clock.sleeps == []


@pytest.mark.parametrize(
    "other", [ONCE._replace(key_hash="hash of another key"), ONCE._replace(idempotency_key="another")]
)
def test_other_keys_are_other_requests(clock: Clock, other: Once) -> None:
    records = RecordsInMemory()
    first = first_attempt(records, clock)
    second = claim(records, clock, other)
    assert isinstance(second, BatchRecord)
    assert second.batch_id != first.batch_id


@pytest.mark.parametrize("waits", [1, 2, 5, 12])
def test_an_attempt_waits_for_the_one_at_work_and_gets_what_it_stored(clock: Clock, waits: int) -> None:
    records = RecordsInMemory()
    first = first_attempt(records, clock)
    nothing: list[Callable[[], object]] = [lambda: None] * waits
    records.before_create = [*nothing, lambda: records.note_stored(ONCE, first, 0)]

    assert claim(records, clock) == AlreadyStored(first.batch_id)
    assert len(clock.sleeps) == waits
    assert all(earlier <= later <= 0.5 for earlier, later in zip(clock.sleeps, clock.sleeps[1:], strict=False))


def test_an_attempt_waits_for_the_one_at_work_and_takes_over_what_it_gave_up(clock: Clock) -> None:
    records = RecordsInMemory()
    first = first_attempt(records, clock)
    records.before_create = [lambda: None, lambda: records.release(ONCE, first, 0)]

    second = first_attempt(records, clock)

    assert (second.batch_id, second.received_at) == (first.batch_id, first.received_at)
    assert len(clock.sleeps) == 1


@pytest.mark.parametrize("later", [LEASE, LEASE + 1, 1000])
def test_a_request_whose_attempt_died_is_taken_over_as_it_came_in(clock: Clock, later: float) -> None:
    records = RecordsInMemory()
    first = first_attempt(records, clock)
    clock.seconds += later

    second = first_attempt(records, clock)

    assert (second.batch_id, second.received_at) == (first.batch_id, NOON_TEXT)
    assert second.attempt != first.attempt
    assert second.lease_until == first.lease_until + later * 1000
    assert records.read(ONCE, NOON, 0) == second
    assert clock.sleeps == []


def test_an_attempt_that_waits_takes_over_when_the_lease_ends(clock: Clock) -> None:
    records = RecordsInMemory()
    first = first_attempt(records, clock)
    clock.seconds += LEASE - 3

    assert first_attempt(records, clock).batch_id == first.batch_id
    assert 3 <= sum(clock.sleeps) <= 3.5


def test_of_two_that_would_take_over_one_waits_for_the_other(clock: Clock) -> None:
    records = RecordsInMemory()
    first = first_attempt(records, clock)
    clock.seconds += LEASE
    others: list[BatchRecord] = []

    class Slow(RecordsInMemory):
        def take_over(self, once: Once, seen: BatchRecord, claim: BatchRecord, deadline: float) -> bool:
            if not others:
                others.append(first_attempt(records, clock))
                self.before_create = [lambda: None, lambda: records.note_stored(ONCE, others[0], 0)]
            return super().take_over(once, seen, claim, deadline)

    slow = Slow()
    slow.records = records.records

    assert claim(slow, clock) == AlreadyStored(first.batch_id)
    assert len(clock.sleeps) == 1


class AnswersLost(RecordsInMemory):
    """The answer to the first call of a kind is lost, and the call is made again."""

    def create(self, note: Note, deadline: float) -> BatchRecord | None:
        if self.creates == 0:
            super().create(note, deadline)
        return super().create(note, deadline)

    def take_over(self, once: Once, seen: BatchRecord, claim: BatchRecord, deadline: float) -> bool:
        super().take_over(once, seen, claim, deadline)
        return super().take_over(once, seen, claim, deadline)


def test_an_attempt_knows_its_own_note_when_the_answer_was_lost(clock: Clock) -> None:
    records = AnswersLost()
    assert first_attempt(records, clock) == records.read(ONCE, NOON, 0)
    assert clock.sleeps == []


def test_an_attempt_knows_that_it_took_over_when_the_answer_was_lost(clock: Clock) -> None:
    records = AnswersLost()
    first = first_attempt(records, clock)
    clock.seconds += LEASE
    second = first_attempt(records, clock)
    assert second == records.read(ONCE, NOON, 0)
    assert (second.batch_id, second.attempt != first.attempt) == (first.batch_id, True)
    assert clock.sleeps == []


def test_an_attempt_that_waits_in_vain_says_that_the_other_may_have_stored_leads(clock: Clock) -> None:
    records = RecordsInMemory()
    first_attempt(records, clock)
    with pytest.raises(StoreUnavailableError) as failure:
        claim_batch(records, ONCE, NOON, deadline=2)
    assert failure.value.leads_may_be_stored
    assert 1.5 <= clock.seconds <= 2


def test_a_lease_covers_the_time_that_its_attempt_has_left(clock: Clock) -> None:
    clock.seconds = 3
    assert first_claim(ONCE, NOON, 5).lease_until == NOON + 4000


class Fate(Enum):
    """What becomes of a call to a store."""

    SUCCEEDS = "succeeds"
    IS_SENT_TWICE = "is sent twice, because the first answer is lost"
    FAILS = "fails without an effect"
    IS_LOST = "fails, but has had its effect"
    IS_LAST = "has no effect, because the attempt is killed"
    IS_LAST_ANSWER = "has its effect, and the attempt is killed"


KILLED = {Fate.IS_LAST, Fate.IS_LAST_ANSWER}
EFFECTIVE = {Fate.SUCCEEDS, Fate.IS_SENT_TWICE, Fate.IS_LOST, Fate.IS_LAST_ANSWER}


class KilledError(BaseException):
    """Ends an attempt on the spot."""


class World:
    """The stores of one workspace, which lives in virtual time."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.clock = Clock()
        self.records = RecordsInMemory()
        self.leads: dict[str, Lead] = {}
        self.count = 0


class Attempt:
    """One attempt at a request, in a thread that runs only between two calls of ``step``.

    It is a BatchRecords, a LeadStore and the module ``time`` for itself.
    """

    def __init__(self, world: World, once: Once) -> None:
        self.world = world
        self.once = once
        self.now = world.clock.now()
        self.deadline = world.clock.seconds + LONGEST
        self.outcome: object = None
        self.wakes_at: float | None = None
        self.names: set[str] = set()
        self._fate = Fate.SUCCEEDS
        self._go = threading.Semaphore(0)
        self._stopped = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, daemon=True)
        ATTEMPTS[self._thread] = self
        self._thread.start()
        self._stopped.acquire()

    @property
    def is_over(self) -> bool:
        return self.outcome is not None

    def step(self, fate: Fate) -> None:
        """Have it make its call, and go on to the next one or to its end."""
        self._fate = fate
        self._go.release()
        self._stopped.acquire()
        if self.is_over:
            self._thread.join()
            ATTEMPTS.pop(self._thread)

    def _run(self) -> None:
        intake = Intake(self, self, free_plan_max_leads=5)
        try:
            self.outcome = intake.take_in(
                self.once.leads_as_of(timestamps.from_epoch_ms(self.now)),
                workspace_id="workspace",
                plan=self.world.plan,
                now=self.now,
                deadline=self.deadline,
                once=self.once,
            )
        except BaseException as exc:  # noqa: BLE001 - the machine looks at it
            self.outcome = exc
        self._stopped.release()

    def _wait(self) -> Fate:
        self._stopped.release()
        self._go.acquire()
        return self._fate

    def _call(self, effect: Callable[[], T], *, stores_leads: bool = False) -> T:
        """Make a call to a store; none is begun when there is no time left for it."""
        fate = self._wait()
        if fate not in KILLED and self.world.clock.seconds + time_budget.LONGEST_CALL > self.deadline:
            raise StoreUnavailableError("no time left")
        answer = effect() if fate in EFFECTIVE else None
        if fate is Fate.IS_SENT_TWICE:
            answer = effect()
        if fate in KILLED:
            raise KilledError
        if fate in {Fate.FAILS, Fate.IS_LOST}:
            raise StoreUnavailableError(fate.value, leads_may_be_stored=stores_leads and fate is Fate.IS_LOST)
        return cast("T", answer)

    # time

    def monotonic(self) -> float:
        return self.world.clock.seconds

    def sleep(self, seconds: float) -> None:
        self.wakes_at = self.world.clock.seconds + seconds
        fate = self._wait()
        self.wakes_at = None
        if fate in KILLED:
            raise KilledError

    # BatchRecords

    def create(self, note: Note, deadline: float) -> BatchRecord | None:
        self.names.add(note.record.attempt)
        return self._call(lambda: self.world.records.create(note, deadline))

    def read(self, once: Once, now: int, deadline: float) -> BatchRecord | None:
        return self._call(lambda: self.world.records.read(once, now, deadline))

    def take_over(self, once: Once, seen: BatchRecord, claim: BatchRecord, deadline: float) -> bool:
        return self._call(lambda: self.world.records.take_over(once, seen, claim, deadline), stores_leads=True)

    def note_stored(self, once: Once, claim: BatchRecord, deadline: float) -> None:
        self._call(lambda: self.world.records.note_stored(once, claim, deadline), stores_leads=True)

    def release(self, once: Once, claim: BatchRecord, deadline: float) -> None:
        self._call(lambda: self.world.records.release(once, claim, deadline), stores_leads=True)

    # LeadStore: a call writes or deletes two leads

    def put(self, batch: Batch, deadline: float) -> None:
        new = dict(zip(batch.lead_ids(), batch.leads, strict=True))
        try:
            for ids in (batch.lead_ids()[:2], batch.lead_ids()[2:]):
                self._call(lambda ids=ids: self.world.leads.update({each: new[each] for each in ids}))  # type: ignore[misc]
        except StoreUnavailableError as exc:
            self.take_back(batch, deadline)
            raise StoreUnavailableError(str(exc)) from exc

    def take_back(self, batch: Batch, deadline: float) -> None:  # noqa: ARG002
        try:
            for ids in (batch.lead_ids()[:2], batch.lead_ids()[2:]):
                self._call(lambda ids=ids: [self.world.leads.pop(each, None) for each in ids])  # type: ignore[misc]
        except StoreUnavailableError as exc:
            raise StoreUnavailableError(str(exc), leads_may_be_stored=True) from exc

    def put_on_free_plan(self, batch: Batch, max_leads: int, deadline: float) -> Plan | FreePlanUse:
        made: list[Plan] = []

        def transact() -> Plan | FreePlanUse:
            if made:
                return made[0]  # the database knows the transaction's token
            if self.world.plan is not Plan.FREE:
                return self.world.plan
            assert batch.note
            note = batch.note
            seen = self.world.records.read(note.once, note.now, deadline)
            if seen and not (note.is_claimed and seen.attempt == note.record.attempt):
                raise AlreadyNotedError
            if self.world.count + len(batch.leads) > max_leads:
                return FreePlanUse(self.world.count)
            self.world.records.records[key(note.once)] = note.record, note.now + 86_400_000
            self.world.count += len(batch.leads)
            self.world.leads.update(zip(batch.lead_ids(), batch.leads, strict=True))
            made.append(Plan.FREE)
            return Plan.FREE

        return self._call(transact, stores_leads=True)

    def free_plan_use(self, workspace_id: str, deadline: float) -> Plan | FreePlanUse:
        raise AssertionError(workspace_id, deadline)


ATTEMPTS: dict[threading.Thread, Attempt] = {}


class TimeOfAttempts:
    """Stands in for the module ``time``: every attempt has its own."""

    def monotonic(self) -> float:
        return ATTEMPTS[threading.current_thread()].monotonic()

    def sleep(self, seconds: float) -> None:
        ATTEMPTS[threading.current_thread()].sleep(seconds)


@pytest.fixture(autouse=True, scope="module")
def time_of_attempts() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("leads_core.idempotency.time", TimeOfAttempts())
        yield


class AttemptsAtOneRequest(RuleBasedStateMachine):
    """Attempts at one request, each call of which may fail or be the last, in any order of the calls."""

    world: World
    attempts: list[Attempt]

    @initialize(plan=st.sampled_from([Plan.BASIC, Plan.BASIC, Plan.BASIC, Plan.FREE]))
    def begin(self, plan: Plan) -> None:
        self.world = World(plan)
        self.attempts = []
        self.promised: Stored | None = None

    def under_way(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts if not attempt.is_over]

    @precondition(lambda self: len(self.under_way()) < 3)
    @rule()
    def send(self) -> None:
        self.attempts.append(Attempt(self.world, ONCE))

    @precondition(lambda self: self.under_way())
    @rule(which=st.integers(0, 2), fate=st.sampled_from([*[Fate.SUCCEEDS] * 3, *Fate]))
    def go_on(self, which: int, fate: Fate) -> None:
        under_way = self.under_way()
        self.let(under_way[which % len(under_way)], fate)

    @precondition(lambda self: self.under_way())
    @rule(which=st.integers(0, 2), calls=st.integers(2, 8))
    def go_on_undisturbed(self, which: int, calls: int) -> None:
        under_way = self.under_way()
        attempt = under_way[which % len(under_way)]
        for _ in range(calls):
            if not attempt.is_over:
                self.let(attempt, Fate.SUCCEEDS)

    @precondition(lambda self: self.under_way())
    @rule(which=st.integers(0, 2), fate=st.sampled_from([Fate.FAILS, Fate.IS_LOST]))
    def go_on_to_a_failure(self, which: int, fate: Fate) -> None:
        under_way = self.under_way()
        attempt = under_way[which % len(under_way)]
        self.let(attempt, fate)
        while not attempt.is_over:
            self.let(attempt, Fate.SUCCEEDS)

    @rule(seconds=st.sampled_from([0.5, LEASE + 0.001]))
    def time_passes(self, seconds: float) -> None:
        self.world.clock.seconds += seconds
        self.stop_what_took_too_long()

    @precondition(lambda self: self.promised and self.world.plan is Plan.FREE)
    @rule()
    def upgrade(self) -> None:
        self.world.plan = Plan.BASIC

    def let(self, attempt: Attempt, fate: Fate) -> None:
        if attempt.wakes_at is not None:
            self.world.clock.seconds = max(self.world.clock.seconds, attempt.wakes_at)
            self.stop_what_took_too_long()
            if attempt.is_over:
                return
        attempt.step(fate)
        if attempt.is_over:
            self.check(attempt)

    def stop_what_took_too_long(self) -> None:
        for attempt in self.under_way():
            if self.world.clock.seconds > attempt.deadline + time_budget.TO_ANSWER:
                attempt.step(Fate.IS_LAST)

    def check(self, attempt: Attempt) -> None:
        outcome = attempt.outcome
        if isinstance(outcome, Stored):
            assert sorted(self.world.leads) == sorted(map(str, outcome.lead_ids))
            self.promised = self.promised or outcome
            assert outcome._replace(is_replay=False) == self.promised._replace(is_replay=False)
        elif isinstance(outcome, StoreUnavailableError):
            record, _ = self.world.records.records.get(key(ONCE), (None, 0))
            is_anothers = record is not None and (record.is_stored or record.attempt not in attempt.names)
            assert outcome.leads_may_be_stored or self.world.leads == {} or is_anothers
        else:
            assert isinstance(outcome, KilledError), outcome

    @invariant()
    def leads_are_of_one_batch_and_of_the_first_attempts_time(self) -> None:
        record, _ = self.world.records.records.get(key(ONCE), (None, 0))
        for lead_id, lead in self.world.leads.items():
            assert record
            assert lead_id.startswith(f"{record.batch_id}-")
            assert lead["date"] == record.received_at

    @invariant()
    def what_was_promised_stays(self) -> None:
        if self.promised:
            assert sorted(self.world.leads) == sorted(map(str, self.promised.lead_ids))

    @invariant()
    def leads_on_the_free_plan_are_counted(self) -> None:
        if self.world.plan is Plan.FREE:
            assert self.world.count == len(self.world.leads)

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        self.world.clock.seconds += LEASE + 0.001
        self.stop_what_took_too_long()
        last = Attempt(self.world, ONCE)
        while not last.is_over:
            self.let(last, Fate.SUCCEEDS)
        assert isinstance(last.outcome, Stored), last.outcome
        assert [self.world.leads[str(each)]["company"] for each in last.outcome.lead_ids] == [
            f"Company {row}" for row in range(4)
        ]
        assert self.under_way() == []
        self.leads_are_of_one_batch_and_of_the_first_attempts_time()


TestAttemptsAtOneRequest = AttemptsAtOneRequest.TestCase
TestAttemptsAtOneRequest.settings = settings(max_examples=300, stateful_step_count=30, deadline=None)


class FailingToNote(RecordsInMemory):
    def note_stored(self, once: Once, claim: BatchRecord, deadline: float) -> None:
        raise ValueError(once, claim, deadline)


class LeadsInMemory:
    """A LeadStore, as far as the basic plan needs one."""

    def __init__(self) -> None:
        self.leads: dict[str, Lead] = {}

    def put(self, batch: Batch, deadline: float) -> None:  # noqa: ARG002 - the protocol's
        self.leads |= zip(batch.lead_ids(), batch.leads, strict=True)

    def take_back(self, batch: Batch, deadline: float) -> None:  # noqa: ARG002
        for lead_id in batch.lead_ids():
            self.leads.pop(lead_id, None)

    def put_on_free_plan(self, batch: Batch, max_leads: int, deadline: float) -> Plan | FreePlanUse:
        raise AssertionError(batch, max_leads, deadline)

    def free_plan_use(self, workspace_id: str, deadline: float) -> Plan | FreePlanUse:
        raise AssertionError(workspace_id, deadline)


def take_in(
    store: LeadsInMemory, records: RecordsInMemory, clock: Clock, once: Once | None = ONCE
) -> Stored | FreePlanUsedUp | FreePlanExceeded | IdempotencyKeyReused:
    return Intake(store, records, 5).take_in(
        leads_as_of(timestamps.from_epoch_ms(clock.now())),
        workspace_id="workspace",
        plan=Plan.BASIC,
        now=clock.now(),
        deadline=clock.monotonic() + LONGEST,
        once=once,
    )


def test_a_repeat_has_the_ids_of_the_first_attempt_and_is_marked(clock: Clock) -> None:
    store, records = LeadsInMemory(), RecordsInMemory()
    first = take_in(store, records, clock)
    clock.sleep(100)
    second = take_in(store, records, clock)
    assert isinstance(first, Stored)
    assert (first.is_replay, second) == (False, first._replace(is_replay=True))
    assert store.leads == dict(zip(map(str, first.lead_ids), leads_as_of(NOON_TEXT), strict=True))


def test_leads_of_a_request_that_was_taken_over_have_the_time_of_the_first_attempt(clock: Clock) -> None:
    store, records = LeadsInMemory(), RecordsInMemory()
    first = first_attempt(records, clock)
    clock.sleep(100)
    assert take_in(store, records, clock) == Stored(first.batch_id, list(store.leads))
    assert list(store.leads.values()) == leads_as_of(NOON_TEXT)


def test_without_an_idempotency_key_nothing_is_noted_and_all_is_stored_again(clock: Clock) -> None:
    store, records = LeadsInMemory(), RecordsInMemory()
    for _ in range(2):
        take_in(store, records, clock, once=None)
    assert (len(store.leads), records.creates, records.records) == (8, 0, {})


def test_a_bug_while_noting_leaves_no_leads_behind(clock: Clock) -> None:
    store, records = LeadsInMemory(), FailingToNote()
    with pytest.raises(ValueError, match="Once"):
        take_in(store, records, clock)
    assert store.leads == {}
