"""Storing leads as far as the plan allows, against a store of a few lines."""

from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads_core.errors import StoreUnavailableError
from leads_core.idempotency import BatchRecords, IdempotencyKeyReused
from leads_core.intake import Batch, FreePlanExceeded, FreePlanUse, FreePlanUsedUp, Intake, Stored
from leads_core.plans import Plan

NOON = 1_795_435_200_000
DEADLINE = 4.5
CROCKFORD_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
Outcome = Stored | FreePlanUsedUp | FreePlanExceeded | IdempotencyKeyReused
# What is to be done once is in test_idempotency.py; nothing else may touch them.
UNUSED = cast("BatchRecords", object())


class LeadsInMemory:
    """A LeadStore with one workspace."""

    def __init__(self, *, holds: int = 0, plan: Plan = Plan.FREE) -> None:
        self.holds = holds
        self.plan = plan
        self.batches: list[Batch] = []
        self.deadlines: list[float] = []

    def put(self, batch: Batch, deadline: float) -> None:
        self.deadlines.append(deadline)
        self.batches.append(batch)

    def take_back(self, batch: Batch, deadline: float) -> None:
        raise AssertionError(batch, deadline)

    def put_on_free_plan(self, batch: Batch, max_leads: int, deadline: float) -> Plan | FreePlanUse:
        self.deadlines.append(deadline)
        if self.plan is not Plan.FREE:
            return self.plan
        if self.holds + len(batch.leads) > max_leads:
            return FreePlanUse(self.holds)
        self.holds += len(batch.leads)
        self.batches.append(batch)
        return Plan.FREE

    def free_plan_use(self, workspace_id: str, deadline: float) -> Plan | FreePlanUse:
        assert workspace_id == "workspace"
        self.deadlines.append(deadline)
        return FreePlanUse(self.holds) if self.plan is Plan.FREE else self.plan


def take_in(store: LeadsInMemory, count: int, *, plan: Plan = Plan.FREE, dry_run: bool = False) -> Outcome:
    leads = [{"company": f"company {row}"} for row in range(count)]
    intake = Intake(store, UNUSED, 5)
    if dry_run:
        return intake.try_out(leads, workspace_id="workspace", plan=plan, deadline=DEADLINE)
    return intake.take_in(leads, workspace_id="workspace", plan=plan, now=NOON, deadline=DEADLINE)


@pytest.mark.parametrize("count", [1, 5, 6, 100])
def test_the_basic_plan_has_no_limit_of_leads(count: int) -> None:
    store = LeadsInMemory(holds=1_000_000, plan=Plan.BASIC)
    outcome = take_in(store, count, plan=Plan.BASIC)
    assert isinstance(outcome, Stored)
    (batch,) = store.batches
    assert batch.leads == [{"company": f"company {row}"} for row in range(count)]
    assert (batch.workspace_id, batch.batch_id) == ("workspace", outcome.batch_id)


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize(
    ("holds", "count", "expected"),
    [
        (0, 1, Stored),
        (0, 5, Stored),
        (0, 6, FreePlanExceeded),
        (0, 100, FreePlanExceeded),
        (3, 2, Stored),
        (3, 3, FreePlanExceeded),
        (4, 1, Stored),
        (4, 2, FreePlanExceeded),
        (4, 6, FreePlanExceeded),
        (5, 1, FreePlanUsedUp),
        (5, 6, FreePlanUsedUp),
        (7, 1, FreePlanUsedUp),
        (7, 100, FreePlanUsedUp),
    ],
)
def test_the_free_plan_holds_five_leads(holds: int, count: int, expected: type[Outcome], *, dry_run: bool) -> None:
    assert isinstance(take_in(LeadsInMemory(holds=holds), count, dry_run=dry_run), expected)


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


@pytest.mark.parametrize("count", [1, 5, 6, 100])
def test_a_workspace_that_was_just_upgraded_is_not_held_to_the_free_plan(count: int) -> None:
    store = LeadsInMemory(holds=5, plan=Plan.BASIC)
    assert isinstance(take_in(store, count, plan=Plan.FREE), Stored)
    assert [len(batch.leads) for batch in store.batches] == [count]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(1, 7), max_size=12))
def test_however_leads_come_in_the_free_plan_never_holds_more_than_five(counts: list[int]) -> None:
    store = LeadsInMemory()
    for count in counts:
        foretold = take_in(store, count, dry_run=True)
        assert type(take_in(store, count)) is type(foretold)
    assert store.holds == sum(len(batch.leads) for batch in store.batches) <= 5


@pytest.mark.parametrize("actual", Plan)
@pytest.mark.parametrize("plan", Plan)
def test_a_dry_run_stores_nothing_and_gives_no_ids(plan: Plan, actual: Plan) -> None:
    store = LeadsInMemory(plan=actual)
    assert take_in(store, 3, plan=plan, dry_run=True) == Stored(None, [None, None, None])
    assert (store.holds, store.batches) == (0, [])


@pytest.mark.parametrize("plan", Plan)
def test_every_lead_has_an_id_in_the_order_of_the_request(plan: Plan) -> None:
    outcome = take_in(LeadsInMemory(plan=plan), 4, plan=plan)
    assert isinstance(outcome, Stored)
    assert outcome.lead_ids == [f"{outcome.batch_id}-{row}" for row in ("000", "001", "002", "003")]


def test_ids_of_the_largest_request_sort_in_its_order() -> None:
    ids = Batch("workspace", "batch", [{}] * 1000).lead_ids()
    assert len(set(ids)) == 1000
    assert sorted(ids) == ids


def test_a_batch_written_again_has_the_same_ids() -> None:
    batch = Batch("workspace", "batch", [{}, {}])
    assert batch.lead_ids() == batch.lead_ids() == ["batch-000", "batch-001"]


def batch_id(now: int) -> str:
    intake = Intake(LeadsInMemory(), UNUSED, 5)
    outcome = intake.take_in([{}], workspace_id="workspace", plan=Plan.BASIC, now=now, deadline=0)
    assert isinstance(outcome, Stored)
    assert outcome.batch_id is not None
    return outcome.batch_id


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**48 - 1), st.integers(0, 2**48 - 1))
def test_batches_sort_by_their_time(one: int, other: int) -> None:
    ids = batch_id(one), batch_id(other)
    assert one == other or (ids[0] < ids[1]) is (one < other)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**48 - 1))
def test_the_time_of_a_batch_can_be_read_from_its_id(now: int) -> None:
    identifier = batch_id(now)
    assert len(identifier) == 26
    milliseconds = 0
    for character in identifier[:10]:
        milliseconds = milliseconds * 32 + CROCKFORD_BASE32.index(character)
    assert milliseconds == now
    assert set(identifier) <= set(CROCKFORD_BASE32)


def test_batches_of_the_same_millisecond_differ() -> None:
    assert len({batch_id(NOON) for _ in range(200)}) == 200


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("count", [1, 6])
def test_the_store_is_told_the_requests_deadline(count: int, *, dry_run: bool) -> None:
    store = LeadsInMemory()
    take_in(store, count, dry_run=dry_run)
    assert store.deadlines == [DEADLINE]


class UnreachableLeads(LeadsInMemory):
    def put(self, batch: Batch, deadline: float) -> None:
        raise StoreUnavailableError(f"{batch} {deadline}", leads_may_be_stored=True)


def test_a_store_that_may_have_kept_leads_is_not_hidden() -> None:
    with pytest.raises(StoreUnavailableError) as caught:
        take_in(UnreachableLeads(plan=Plan.BASIC), 3, plan=Plan.BASIC)
    assert caught.value.leads_may_be_stored
