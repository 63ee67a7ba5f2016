"""Storing leads within the plan's limit, and once for each Idempotency-Key. The stores are small fakes."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads_core import timestamps
from leads_core.deadlines import Deadline
from leads_core.errors import StoreUnavailableError
from leads_core.idempotency import CountedLeads, IdempotencyKeyReused, IdempotencyRecord, RequestFingerprint
from leads_core.intake import (
    Batch,
    Intake,
    IntakeResult,
    NewRecord,
    PlanLimitExceeded,
    PlanLimitReached,
    PlanUse,
    RecordExistsError,
    Stored,
    Submission,
)
from leads_core.plans import MOST_LEADS, Plan
from support.clock import VirtualClock, within

NOON = 1_795_435_200_000
NOON_TEXT = "2026-11-23T12:00:00Z"
EARLIER = "2026-11-23T08:15:00Z"
CLOCK = VirtualClock(NOON)
DEADLINE = within(9, CLOCK)
CROCKFORD_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
FINGERPRINT = RequestFingerprint("hash of the API key", "Idempotency-Key", "hash of the body")
BEGUN = IdempotencyRecord("01FIRSTBATCH", EARLIER, FINGERPRINT.body_hash)
STORED = BEGUN._replace(is_stored=True)


class RecordsInMemory:
    """IdempotencyRecords of one request, and the calls to them."""

    def __init__(self, record: IdempotencyRecord | None = None) -> None:
        self.record = record
        self.calls: list[str] = []
        self.deadlines: list[Deadline] = []
        self.counted: list[CountedLeads | None] = []

    def read(self, fingerprint: RequestFingerprint, now_ms: int, deadline: Deadline) -> IdempotencyRecord | None:
        assert (fingerprint[:2], now_ms) == (FINGERPRINT[:2], NOON)
        self._note("read", deadline)
        return self.record

    def claim(
        self, fingerprint: RequestFingerprint, new: IdempotencyRecord, now_ms: int, deadline: Deadline
    ) -> IdempotencyRecord:
        assert (fingerprint[:2], now_ms) == (FINGERPRINT[:2], NOON)
        self._note("claim", deadline)
        self.record = self.record or new
        return self.record

    def mark_stored(
        self,
        fingerprint: RequestFingerprint,
        record: IdempotencyRecord,
        deadline: Deadline,
        counted: CountedLeads | None = None,
    ) -> None:
        assert (fingerprint, record) == (FINGERPRINT, self.record)
        self._note("mark", deadline)
        self.record = record._replace(is_stored=True)
        self.counted.append(counted)

    def _note(self, call: str, deadline: Deadline) -> None:
        self.calls.append(call)
        self.deadlines.append(deadline)


class LeadsInMemory:
    """A LeadStore with one workspace."""

    def __init__(self, *, holds: int = 0, plan: Plan = Plan.FREE) -> None:
        self.holds = holds
        self.plan = plan
        self.calls: list[str] = []
        self.batches: list[Batch] = []
        self.new_records: list[NewRecord | None] = []
        self.deadlines: list[Deadline] = []
        self.before_put: Callable[[], object] = lambda: None

    def put(self, batch: Batch, deadline: Deadline) -> None:
        self._put("put", batch, deadline)

    def put_or_roll_back(self, batch: Batch, deadline: Deadline) -> None:
        self._put("put or roll back", batch, deadline)

    def _put(self, call: str, batch: Batch, deadline: Deadline) -> None:
        self.calls.append(call)
        self.deadlines.append(deadline)
        self.before_put()
        self.batches.append(batch)

    def put_counted(
        self, batch: Batch, plan: Plan, most_leads: int, deadline: Deadline, new_record: NewRecord | None = None
    ) -> PlanUse | None:
        self.deadlines.append(deadline)
        self.before_put()
        if self.plan is not plan or self.holds + len(batch.leads) > most_leads:
            return self._use()
        self.holds += len(batch.leads)
        self.batches.append(batch)
        self.new_records.append(new_record)
        return None

    def plan_use(self, workspace_id: str, deadline: Deadline) -> PlanUse:
        assert workspace_id == "workspace"
        self.deadlines.append(deadline)
        return self._use()

    def _use(self) -> PlanUse:
        return PlanUse(self.plan, None if self.plan.most_leads is None else self.holds)


def take_in(
    store: LeadsInMemory,
    count: int,
    records: RecordsInMemory | None = None,
    *,
    plan: Plan | None = None,
    dry_run: bool = False,
    now_ms: int = NOON,
) -> IntakeResult:
    """Send leads, under an Idempotency-Key if there are records."""
    unused = RecordsInMemory()
    intake = Intake(store, records or unused, MOST_LEADS)
    submission = Submission(
        "workspace",
        plan or store.plan,
        [{"company": f"company {row}"} for row in range(count)],
        now_ms,
        FINGERPRINT if records else None,
    )
    try:
        return (intake.dry_run if dry_run else intake.take_in)(submission, DEADLINE)
    finally:
        assert unused.calls == []


@pytest.mark.parametrize("count", [1, 5, 6, 100])
def test_the_basic_plan_has_no_limit_of_leads(count: int) -> None:
    store = LeadsInMemory(holds=1_000_000, plan=Plan.BASIC)
    outcome = take_in(store, count)
    assert isinstance(outcome, Stored)
    leads = [{"company": f"company {row}"} for row in range(count)]
    assert store.batches == [Batch("workspace", str(outcome.batch_id), NOON_TEXT, leads)]
    assert store.calls == ["put or roll back"]


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("has_key", [False, True])
@pytest.mark.parametrize(
    ("holds", "count", "expected"),
    [
        (0, 1, Stored),
        (0, 5, Stored),
        (0, 6, PlanLimitExceeded),
        (0, 100, PlanLimitExceeded),
        (3, 2, Stored),
        (3, 3, PlanLimitExceeded),
        (4, 1, Stored),
        (4, 2, PlanLimitExceeded),
        (4, 6, PlanLimitExceeded),
        (5, 1, PlanLimitReached),
        (5, 6, PlanLimitReached),
        (7, 1, PlanLimitReached),
        (7, 100, PlanLimitReached),
    ],
)
def test_the_free_plan_holds_five_leads(
    holds: int, count: int, expected: type[IntakeResult], *, has_key: bool, dry_run: bool
) -> None:
    records = RecordsInMemory() if has_key else None
    assert isinstance(take_in(LeadsInMemory(holds=holds), count, records, dry_run=dry_run), expected)
    assert records is None or records.record is None


@pytest.mark.parametrize("count", [1, 3, 5])
def test_leads_that_fit_into_the_free_plan_are_stored_and_counted(count: int) -> None:
    store = LeadsInMemory(holds=5 - count)
    take_in(store, count)
    assert store.holds == 5
    assert [len(batch.leads) for batch in store.batches] == [count]


@pytest.mark.parametrize("count", [3, 6])
def test_a_refused_request_stores_nothing(count: int) -> None:
    store = LeadsInMemory(holds=3)
    take_in(store, count)
    assert (store.holds, store.batches) == (3, [])


@pytest.mark.parametrize("has_key", [False, True])
@pytest.mark.parametrize("count", [1, 5, 6, 100])
def test_a_workspace_that_was_just_upgraded_has_no_limit(count: int, *, has_key: bool) -> None:
    store = LeadsInMemory(holds=5, plan=Plan.BASIC)
    assert isinstance(take_in(store, count, RecordsInMemory() if has_key else None, plan=Plan.FREE), Stored)
    assert [len(batch.leads) for batch in store.batches] == [count]


@given(st.lists(st.integers(1, 7), max_size=12))
def test_the_free_plan_never_holds_more_than_five_leads_in_any_order_of_requests(counts: list[int]) -> None:
    store = LeadsInMemory()
    for count in counts:
        foretold = take_in(store, count, dry_run=True)
        assert type(take_in(store, count)) is type(foretold)
    assert store.holds == sum(len(batch.leads) for batch in store.batches) <= 5


@pytest.mark.parametrize("actual", Plan)
@pytest.mark.parametrize("plan", Plan)
def test_a_dry_run_stores_nothing_and_returns_no_ids(plan: Plan, actual: Plan) -> None:
    store = LeadsInMemory(plan=actual)
    assert take_in(store, 3, plan=plan, dry_run=True) == Stored(None, [None, None, None])
    assert (store.holds, store.batches) == (0, [])


@pytest.mark.parametrize("plan", Plan)
def test_every_lead_has_an_id_in_the_order_of_the_request(plan: Plan) -> None:
    outcome = take_in(LeadsInMemory(plan=plan), 4)
    assert isinstance(outcome, Stored)
    assert outcome.lead_ids == [f"{outcome.batch_id}-{row}" for row in ("000", "001", "002", "003")]


def test_ids_of_the_largest_request_sort_in_its_order() -> None:
    ids = Batch("workspace", "batch", NOON_TEXT, [{}] * 1000).lead_ids()
    assert len(set(ids)) == 1000
    assert sorted(ids) == ids


def test_a_batch_written_again_has_the_same_ids() -> None:
    batch = Batch("workspace", "batch", NOON_TEXT, [{}, {}])
    assert batch.lead_ids() == batch.lead_ids() == ["batch-000", "batch-001"]


def batch_id(now_ms: int) -> str:
    outcome = take_in(LeadsInMemory(plan=Plan.BASIC), 1, now_ms=now_ms)
    assert isinstance(outcome, Stored)
    assert outcome.batch_id is not None
    return outcome.batch_id


@given(st.integers(0, 2**47), st.integers(0, 2**47))
def test_batches_sort_by_their_time(one: int, other: int) -> None:
    ids = batch_id(one), batch_id(other)
    assert one == other or (ids[0] < ids[1]) is (one < other)


@given(st.integers(0, 2**47))
def test_the_time_of_a_batch_can_be_read_from_its_id(now_ms: int) -> None:
    identifier = batch_id(now_ms)
    assert len(identifier) == 26
    milliseconds = 0
    for character in identifier[:10]:
        milliseconds = milliseconds * 32 + CROCKFORD_BASE32.index(character)
    assert milliseconds == now_ms
    assert set(identifier) <= set(CROCKFORD_BASE32)


def test_batches_of_the_same_millisecond_differ() -> None:
    assert len({batch_id(NOON) for _ in range(200)}) == 200


def test_a_repeat_without_an_idempotency_key_is_stored_again() -> None:
    store = LeadsInMemory(plan=Plan.BASIC)
    first, second = take_in(store, 2), take_in(store, 2)
    assert isinstance(first, Stored)
    assert isinstance(second, Stored)
    assert not set(first.lead_ids) & set(second.lead_ids)
    assert not second.is_retry


def test_the_first_attempt_records_its_batch_before_the_leads_and_marks_it_after_them() -> None:
    store, records = LeadsInMemory(plan=Plan.BASIC), RecordsInMemory()
    seen: list[IdempotencyRecord | None] = []
    store.before_put = lambda: seen.append(records.record)

    outcome = take_in(store, 3, records)

    assert isinstance(outcome, Stored)
    assert (outcome.is_retry, outcome.was_stored) == (False, False)
    record = IdempotencyRecord(str(outcome.batch_id), NOON_TEXT, FINGERPRINT.body_hash)
    assert seen == [record]
    assert records.record == record._replace(is_stored=True)
    assert (store.calls, records.calls, records.counted) == (["put"], ["claim", "mark"], [None])


def test_on_the_free_plan_leads_and_their_idempotency_record_are_stored_together() -> None:
    store, records = LeadsInMemory(), RecordsInMemory()
    outcome = take_in(store, 3, records)
    assert isinstance(outcome, Stored)
    assert (outcome.is_retry, outcome.was_stored) == (False, False)
    record = IdempotencyRecord(str(outcome.batch_id), NOON_TEXT, FINGERPRINT.body_hash, is_stored=True)
    assert store.new_records == [NewRecord(FINGERPRINT, record, NOON)]
    assert records.calls == ["read"]


@pytest.mark.parametrize("plan", Plan)
def test_a_repeat_of_a_stored_request_gets_the_same_result_and_stores_nothing(plan: Plan) -> None:
    store, records = LeadsInMemory(holds=5, plan=plan), RecordsInMemory(STORED)
    outcome = take_in(store, 2, records)
    assert outcome == Stored("01FIRSTBATCH", ["01FIRSTBATCH-000", "01FIRSTBATCH-001"], is_retry=True, was_stored=True)
    assert store.batches == []
    assert records.calls[-1] == "claim", "its 24 hours begin again"


@pytest.mark.parametrize("plan", Plan)
@pytest.mark.parametrize("count", [2, 100])
def test_an_unfinished_request_is_finished_as_first_received_on_any_plan(count: int, plan: Plan) -> None:
    store, records = LeadsInMemory(holds=5, plan=plan), RecordsInMemory(BEGUN)

    outcome = take_in(store, count, records)

    assert isinstance(outcome, Stored)
    assert (outcome.batch_id, outcome.is_retry, outcome.was_stored) == ("01FIRSTBATCH", True, False)
    [batch] = store.batches
    assert (batch.batch_id, batch.received_at, len(batch.leads)) == ("01FIRSTBATCH", EARLIER, count)
    assert store.calls == ["put"], "nothing of it is rolled back"
    assert records.record == STORED
    assert records.counted == [CountedLeads("workspace", count) if plan is Plan.FREE else None]


def test_one_of_two_first_attempts_on_the_free_plan_finds_the_record_of_the_other() -> None:
    store, records = LeadsInMemory(), RecordsInMemory()

    def another_attempt_stores_it() -> None:
        records.record = STORED
        raise RecordExistsError

    store.before_put = another_attempt_stores_it
    outcome = take_in(store, 1, records)
    assert outcome == Stored("01FIRSTBATCH", ["01FIRSTBATCH-000"], is_retry=True, was_stored=True)


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("plan", Plan)
@pytest.mark.parametrize("record", [BEGUN, STORED], ids=["begun", "stored"])
def test_a_key_with_another_body_is_refused_and_changes_nothing(
    record: IdempotencyRecord, plan: Plan, *, dry_run: bool
) -> None:
    store, records = LeadsInMemory(plan=plan), RecordsInMemory(record._replace(body_hash="another"))
    assert take_in(store, 1, records, dry_run=dry_run) == IdempotencyKeyReused()
    assert store.batches == []
    assert records.record == record._replace(body_hash="another")


@pytest.mark.parametrize("plan", Plan)
@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (STORED, Stored("01FIRSTBATCH", ["01FIRSTBATCH-000"], is_retry=True, was_stored=True)),
        (BEGUN, Stored(None, [None], is_retry=True)),
    ],
    ids=["stored", "begun"],
)
def test_a_dry_run_of_a_retry_returns_what_the_retry_would(
    record: IdempotencyRecord, expected: Stored, plan: Plan
) -> None:
    store, records = LeadsInMemory(holds=5, plan=plan), RecordsInMemory(record)
    assert take_in(store, 1, records, dry_run=True) == expected
    assert (store.batches, records.calls, records.record) == ([], ["read"], record)


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("count", [1, 6])
def test_the_store_gets_the_deadline_of_the_request(count: int, *, dry_run: bool) -> None:
    store = LeadsInMemory()
    take_in(store, count, dry_run=dry_run)
    assert store.deadlines == [DEADLINE]


def test_putting_under_an_idempotency_key_leaves_the_time_that_marking_takes() -> None:
    store, records = LeadsInMemory(plan=Plan.BASIC), RecordsInMemory()
    take_in(store, 1, records)
    [put_until] = store.deadlines
    assert records.deadlines == [DEADLINE, DEADLINE]
    assert DEADLINE.at - put_until.at == DEADLINE.budget.call_seconds


@pytest.mark.parametrize("has_key", [False, True])
@pytest.mark.parametrize("plan", Plan)
def test_a_store_that_may_have_kept_leads_is_not_hidden(plan: Plan, *, has_key: bool) -> None:
    def fail() -> None:
        raise StoreUnavailableError("out of reach", leads_may_be_stored=True)

    store, records = LeadsInMemory(plan=plan), RecordsInMemory() if has_key else None
    store.before_put = fail
    with pytest.raises(StoreUnavailableError) as caught:
        take_in(store, 3, records)
    assert caught.value.leads_may_be_stored
    assert records is None or records.record is None or not records.record.is_stored


def test_the_time_of_a_request_is_its_own_not_that_of_its_writing() -> None:
    store = LeadsInMemory(plan=Plan.BASIC)
    take_in(store, 1, now_ms=NOON - 61_000)
    assert store.batches[0].received_at == timestamps.from_epoch_ms(NOON - 61_000)
