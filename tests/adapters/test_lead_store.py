"""Leads as they are in DynamoDB, also when calls fail."""

import itertools
import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest
from boto3.dynamodb.types import TypeDeserializer
from botocore.awsrequest import AWSPreparedRequest, AWSRequest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from leads_admin.workspaces import Workspaces
from leads_core.dynamodb.idempotency_records import DynamoDBIdempotencyRecords
from leads_core.dynamodb.lead_store import DynamoDBLeadStore
from leads_core.dynamodb.schema import workspace_key
from leads_core.errors import StoreUnavailableError
from leads_core.intake import Batch, Intake, PlanLimitExceeded, PlanLimitReached, PlanUse, Stored, Submission
from leads_core.leads import complete
from leads_core.plans import MOST_LEADS, Plan
from leads_core.settings import Settings
from leads_core.ulids import new_ulid
from support.clock import VirtualClock, soon, within

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Calls = list[tuple[str, dict[str, Any]]]

NOW = 1_795_420_800_000  # 2026-11-23T08:00:00Z
RECEIVED_AT = "2026-11-23T08:00:00Z"
# The time reserved for the rollback, and that of the longest call: together they allow one attempt and no second one.
ROLLBACK, CALL = 2.5, 2.0
# A little more time, for pauses.
SHORT = ROLLBACK + CALL + 0.8


@pytest.fixture
def intake(dynamodb: "DynamoDBClient", store: DynamoDBLeadStore, settings: Settings) -> Intake:
    return Intake(store, DynamoDBIdempotencyRecords(dynamodb, settings.access_table), MOST_LEADS)


@pytest.fixture
def stored(dynamodb: "DynamoDBClient", settings: Settings) -> Callable[[], dict[tuple[str, str], dict[str, Any]]]:
    """The leads table by partition and lead id, read without the project's code."""

    def stored() -> dict[tuple[str, str], dict[str, Any]]:
        pages = dynamodb.get_paginator("scan").paginate(TableName=settings.leads_table, ConsistentRead=True)
        leads = {}
        for page in pages:
            for item in page["Items"]:
                lead = {name: TypeDeserializer().deserialize(value) for name, value in item.items()}
                leads[lead.pop("pk"), lead.pop("sk")] = lead
        return leads

    return stored


Read = Callable[[], dict[tuple[str, str], dict[str, Any]]]


def batch_of(count: int, workspace_id: str = "acme", **fields: Any) -> Batch:  # noqa: ANN401
    leads = [{"company": f"Company {row}", **fields} for row in range(count)]
    return Batch(workspace_id, new_ulid(NOW), RECEIVED_AT, leads)


def places(batch: Batch) -> Sequence[tuple[str, str]]:
    """Where the leads of a batch must be stored."""
    ids = [f"{batch.batch_id}-{row:03d}" for row in range(len(batch.leads))]
    return [(f"{batch.workspace_id}#{crc32(lead_id.encode()) % 48:02d}", lead_id) for lead_id in ids]


def writes_of(call: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    operation, body = call
    return (
        [write for writes in body["RequestItems"].values() for write in writes] if operation == "BatchWriteItem" else []
    )


def stored_as(batch: Batch) -> dict[tuple[str, str], dict[str, Any]]:
    """The content of the leads table after a batch was stored."""
    leads = [complete(lead, batch.received_at) for lead in batch.leads]
    return dict(zip(places(batch), leads, strict=True))


@pytest.mark.parametrize("count", [1, 7, 25, 26, 100, 101])
def test_every_lead_is_stored_once_under_the_id_of_its_row(
    store: DynamoDBLeadStore, stored: Read, calls: Calls, count: int
) -> None:
    batch = batch_of(count)

    store.put(batch, soon())

    writes = [len(writes_of(call)) for call in calls]
    assert stored() == stored_as(batch)
    assert sum(writes) == count
    assert max(writes) <= 25


def test_a_batch_that_is_stored_twice_is_there_once(store: DynamoDBLeadStore, stored: Read) -> None:
    batch = batch_of(30)

    store.put(batch, soon())
    store.put(batch, soon())

    assert len(stored()) == 30


def test_batches_do_not_affect_each_other(store: DynamoDBLeadStore, stored: Read) -> None:
    batches = [batch_of(3), batch_of(3), batch_of(3, workspace_id="other")]

    for batch in batches:
        store.put(batch, soon())

    assert sorted(stored()) == sorted(place for batch in batches for place in places(batch))


@pytest.mark.parametrize("plan", Plan)
def test_every_field_is_stored_unchanged(
    store: DynamoDBLeadStore, stored: Read, free_workspace: str, plan: Plan
) -> None:
    lead = {
        "company": "Räksmörgås & Söhne 株式会社",
        "contactPerson": "Zoë 'Z' O\"Brien",
        "contacts": [
            {"name": "Ада", "lastName": "Лавлейс", "role": "👩🏽‍💻", "dateCreated": "2026-01-02T03:04:05Z"},
            {"email": "a@example.com", "phoneNumber": "+46 70 123", "dateCreated": RECEIVED_AT},
        ],
        "jobTitle": "CEO\t<b>&amp;</b>",
        "industry": " \u200b",
        "employeeCount": 5_000_000,
        "website": "https://example.com/?q=ä#\\u0041",
        "notes": "line 1\nline 2\r\n\n\u0000\x1b[31m 🎉 \U0010ffff " + "ü" * 6900,
        "labels": ["Apollo", "Apollo", "🔥", "null"],
        "date": "0001-01-01T00:00:00Z",
    }
    batch = Batch(free_workspace, new_ulid(NOW), RECEIVED_AT, [lead])

    if plan is Plan.BASIC:
        store.put(batch, soon())
    else:
        store.put_counted(batch, Plan.FREE, 5, soon())

    assert stored() == {places(batch)[0]: lead}


def test_unprocessed_leads_are_sent_again(
    dynamodb: "DynamoDBClient", store: DynamoDBLeadStore, stored: Read, calls: Calls
) -> None:
    leave_over(dynamodb, after=10, times=8)
    batch = batch_of(100)

    store.put(batch, soon())

    assert stored() == stored_as(batch)
    writes = [write for call in calls for write in writes_of(call)]
    assert all("PutRequest" in write for write in writes)
    assert len(writes) == 100  # only what was left over was sent again


@pytest.mark.parametrize(
    ("code", "status"),
    [("ProvisionedThroughputExceededException", 400), ("ThrottlingException", 400), ("InternalServerError", 500)],
)
def test_a_batch_is_retried_after_transient_errors(
    store: DynamoDBLeadStore, stored: Read, refuse: Callable[..., None], code: str, status: int
) -> None:
    refuse("BatchWriteItem", code, status=status, times=5)
    batch = batch_of(100)

    store.put(batch, soon())

    assert sorted(stored()) == sorted(places(batch))


def test_leads_without_a_date_get_that_of_their_batch(store: DynamoDBLeadStore, stored: Read) -> None:
    dated = {"date": "2020-02-02T02:02:02Z"}
    batch = Batch("acme", new_ulid(NOW), RECEIVED_AT, [{}, dated])

    store.put(batch, soon())

    assert [stored()[place]["date"] for place in places(batch)] == [RECEIVED_AT, dated["date"]]


@pytest.mark.parametrize(("code", "error"), [("ThrottlingException", StoreUnavailableError), ("Bug", ClientError)])
def test_leads_of_a_failed_put_stay_and_repeating_the_put_completes_them(  # noqa: PLR0913
    clock: VirtualClock,
    store: DynamoDBLeadStore,
    stored: Read,
    refuse: Callable[..., None],
    calls: Calls,
    *,
    code: str,
    error: type[Exception],
) -> None:
    batch = batch_of(100)
    refuse("BatchWriteItem", code, times=1, when=lambda body: "-060" in body)

    with pytest.raises(error, match=code):
        store.put(batch, within(CALL, clock))
    assert len(stored()) == 75
    store.put(batch, soon())

    assert stored() == stored_as(batch)
    assert store.activity.rollbacks == 0
    assert all("PutRequest" in write for call in calls for write in writes_of(call))


@pytest.mark.parametrize("count", [1, 25, 100])
def test_if_leads_stay_unprocessed_the_others_are_rolled_back(
    clock: VirtualClock, dynamodb: "DynamoDBClient", store: DynamoDBLeadStore, stored: Read, count: int
) -> None:
    batch = batch_of(count)
    leave_over(dynamodb, after=10, always=places(batch)[-1][1])
    with pytest.raises(StoreUnavailableError) as failure:
        store.put_or_roll_back(batch, within(SHORT, clock))

    assert not failure.value.leads_may_be_stored
    assert stored() == {}


def test_if_one_parallel_call_keeps_failing_the_others_are_rolled_back(
    clock: VirtualClock, store: DynamoDBLeadStore, stored: Read, refuse: Callable[..., None], calls: Calls
) -> None:
    refuse("BatchWriteItem", "ThrottlingException", when=lambda body: "PutRequest" in body and "-060" in body)

    with pytest.raises(StoreUnavailableError, match="ThrottlingException") as failure:
        store.put_or_roll_back(batch_of(100), within(SHORT, clock))

    assert not failure.value.leads_may_be_stored
    assert stored() == {}
    assert len(calls) > 4
    assert clock.seconds < SHORT


@pytest.mark.parametrize("failing", ["-000", "-060"])
def test_a_rollback_waits_for_puts_in_flight(
    dynamodb: "DynamoDBClient", store: DynamoDBLeadStore, stored: Read, refuse: Callable[..., None], failing: str
) -> None:
    may_end, too_early = threading.Event(), []

    def hold_back(request: AWSPreparedRequest, **_: Any) -> None:  # noqa: ANN401
        body = str(request.body)
        if "DeleteRequest" in body and not may_end.is_set():
            too_early.append(body)
        if "PutRequest" in body and "-030" in body:
            may_end.wait(20)

    def refused(body: str) -> bool:
        is_it = "PutRequest" in body and failing in body
        if is_it:
            threading.Timer(0.3, may_end.set).start()
        return is_it

    dynamodb.meta.events.register("before-send.dynamodb.BatchWriteItem", hold_back)
    refuse("BatchWriteItem", "ValidationException", when=refused)

    with pytest.raises(ClientError, match="ValidationException"):
        store.put_or_roll_back(batch_of(100), soon())

    assert too_early == []
    assert stored() == {}


SENT_IN_VAIN = [ReadTimeoutError(endpoint_url="-"), ConnectionClosedError(endpoint_url="-")]
NEVER_SENT = [ConnectTimeoutError(endpoint_url="-"), EndpointConnectionError(endpoint_url="-", error="-")]


@pytest.mark.parametrize(
    ("error", "in_doubt"),
    [
        *((error, True) for error in (*SENT_IN_VAIN, ("InternalServerError", 500), ("ServiceUnavailable", 503))),
        *((error, False) for error in (*NEVER_SENT, ("ThrottlingException", 400))),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
@pytest.mark.parametrize("fails_for_good", ["-010", "-060"])
def test_a_put_in_doubt_may_take_effect_after_the_rollback_even_if_it_was_retried(  # noqa: PLR0913
    clock: VirtualClock,
    dynamodb: "DynamoDBClient",
    store: DynamoDBLeadStore,
    stored: Read,
    refuse: Callable[..., None],
    *,
    error: Exception | tuple[str, int],
    fails_for_good: str,
    in_doubt: bool,
) -> None:
    if isinstance(error, Exception):
        drop(dynamodb, error, when=lambda body: "PutRequest" in body and "-010" in body)
    else:
        code, status = error
        refuse("BatchWriteItem", code, status=status, times=1, when=lambda body: "-010" in body)
    puts_of_the_first = itertools.count(1)
    was_made_again = threading.Event()

    def note(request: AWSPreparedRequest, **_: Any) -> None:  # noqa: ANN401
        body = str(request.body)
        if "PutRequest" in body and "-010" in body and next(puts_of_the_first) == 2:
            was_made_again.set()

    def fails(body: str) -> bool:
        # The pauses of all threads use up the same time, so the others wait until the first put was retried.
        return "PutRequest" in body and fails_for_good in body and (fails_for_good == "-010" or was_made_again.wait(20))

    dynamodb.meta.events.register_first("before-send.dynamodb.BatchWriteItem", note)
    refuse("BatchWriteItem", "ThrottlingException", when=fails)

    with pytest.raises(StoreUnavailableError, match="ThrottlingException") as failure:
        store.put_or_roll_back(batch_of(100), within(8, clock))

    assert failure.value.leads_may_be_stored is in_doubt
    assert stored() == {}


def test_leads_in_doubt_after_a_lost_response_are_rolled_back_and_reported(
    clock: VirtualClock, store: DynamoDBLeadStore, stored: Read, lose_responses: Callable[..., None]
) -> None:
    lose_responses("BatchWriteItem")

    with pytest.raises(StoreUnavailableError, match="ConnectionClosedError") as failure:
        store.put_or_roll_back(batch_of(10), within(ROLLBACK + CALL, clock))

    assert failure.value.leads_may_be_stored
    assert stored() == {}


def test_a_put_that_succeeds_when_retried_is_no_failure(
    store: DynamoDBLeadStore, stored: Read, lose_responses: Callable[..., None]
) -> None:
    lose_responses("BatchWriteItem", times=4)
    batch = batch_of(100)

    store.put_or_roll_back(batch, soon())

    assert stored() == stored_as(batch)
    assert store.activity.rollbacks == 0


def test_after_a_retried_delete_no_lead_is_in_doubt(
    clock: VirtualClock,
    dynamodb: "DynamoDBClient",
    store: DynamoDBLeadStore,
    stored: Read,
    refuse: Callable[..., None],
) -> None:
    refuse("BatchWriteItem", "ThrottlingException", when=lambda body: "PutRequest" in body and "-060" in body)
    drop(dynamodb, SENT_IN_VAIN[0], when=lambda body: "DeleteRequest" in body)

    with pytest.raises(StoreUnavailableError) as failure:
        store.put_or_roll_back(batch_of(100), within(8, clock))

    assert not failure.value.leads_may_be_stored
    assert stored() == {}


@pytest.mark.parametrize(
    "failures", list(itertools.product(["ThrottlingException", "ValidationException"], repeat=2)), ids="-".join
)
def test_any_failed_rollback_reports_that_leads_may_be_stored(
    dynamodb: "DynamoDBClient",
    clock: VirtualClock,
    store: DynamoDBLeadStore,
    stored: Read,
    refuse: Callable[..., None],
    failures: tuple[str, str],
) -> None:
    put_fails, rollback_fails = failures
    together, turn = threading.Barrier(4), itertools.count()

    def begin_together(request: AWSPreparedRequest, **_: Any) -> None:  # noqa: ANN401
        # The retries of the failing batch move the clock. A batch that began late would have no time left.
        if "PutRequest" in str(request.body) and next(turn) < together.parties:
            together.wait(60)

    dynamodb.meta.events.register("before-send.dynamodb.BatchWriteItem", begin_together)
    refuse("BatchWriteItem", put_fails, when=lambda body: "PutRequest" in body and "-060" in body)
    refuse("BatchWriteItem", rollback_fails, when=lambda body: "DeleteRequest" in body)

    with pytest.raises(StoreUnavailableError) as failure:
        store.put_or_roll_back(batch_of(100), within(10, clock))

    assert failure.value.leads_may_be_stored
    assert len(stored()) == 75
    assert clock.seconds <= 10


@pytest.mark.parametrize("seconds", [4.5, 5.5, 6.5, 6.6, 9.5])
def test_the_slowest_puts_leave_time_for_the_rollback(
    clock: VirtualClock, store: DynamoDBLeadStore, refuse: Callable[..., None], seconds: float
) -> None:
    deletes = itertools.count()

    def refused(body: str) -> bool:
        if "DeleteRequest" in body and next(deletes) == 0:
            return True
        clock.seconds += CALL
        return "PutRequest" in body

    refuse("BatchWriteItem", "ThrottlingException", when=refused)

    with pytest.raises(StoreUnavailableError) as failure:
        store.put_or_roll_back(batch_of(25), within(seconds, clock))

    assert not failure.value.leads_may_be_stored
    assert CALL + CALL <= clock.seconds <= seconds


@pytest.mark.parametrize(("put", "needed"), [("put", CALL), ("put_or_roll_back", ROLLBACK + CALL)])
def test_nothing_is_sent_without_time_for_a_call_and_its_rollback(
    clock: VirtualClock, store: DynamoDBLeadStore, stored: Read, calls: Calls, put: str, needed: float
) -> None:
    with pytest.raises(StoreUnavailableError, match="no time left") as failure:
        getattr(store, put)(batch_of(30), within(needed - 0.01, clock))

    assert calls == []
    assert not failure.value.leads_may_be_stored
    assert store.activity.rollbacks == 0
    getattr(store, put)(batch_of(30), within(needed, clock))
    assert len(stored()) == 30


@pytest.mark.parametrize("count", [1, 100])
def test_a_bug_is_raised_unchanged_and_leaves_no_leads(
    store: DynamoDBLeadStore, stored: Read, refuse: Callable[..., None], count: int
) -> None:
    last = f"-{count - 1:03d}"
    refuse("BatchWriteItem", "ValidationException", when=lambda body: "PutRequest" in body and last in body)

    with pytest.raises(ClientError, match="ValidationException"):
        store.put_or_roll_back(batch_of(count), soon())

    assert stored() == {}


def test_if_the_database_refuses_a_large_lead_no_leads_are_stored(store: DynamoDBLeadStore, stored: Read) -> None:
    batch = batch_of(60)
    batch.leads[30]["notes"] = "x" * 410_000

    with pytest.raises(ClientError, match="ValidationException"):
        store.put_or_roll_back(batch, soon())

    assert stored() == {}


@pytest.mark.parametrize("count", [1, 4, 5])
def test_leads_on_the_free_plan_are_stored_and_counted(
    store: DynamoDBLeadStore, stored: Read, free_workspace: str, count: int
) -> None:
    batch = batch_of(count, free_workspace)

    assert store.put_counted(batch, Plan.FREE, 5, soon()) is None
    assert stored() == stored_as(batch)
    assert store.plan_use(free_workspace, soon()) == PlanUse(Plan.FREE, count)


def test_the_free_plan_can_be_filled_exactly(store: DynamoDBLeadStore, stored: Read, free_workspace: str) -> None:
    assert store.put_counted(batch_of(3, free_workspace), Plan.FREE, 5, soon()) is None
    assert store.put_counted(batch_of(3, free_workspace), Plan.FREE, 5, soon()) == PlanUse(Plan.FREE, 3)
    assert len(stored()) == 3
    assert store.put_counted(batch_of(2, free_workspace), Plan.FREE, 5, soon()) is None
    assert store.put_counted(batch_of(1, free_workspace), Plan.FREE, 5, soon()) == PlanUse(Plan.FREE, 5)
    assert len(stored()) == 5
    assert store.plan_use(free_workspace, soon()) == PlanUse(Plan.FREE, 5)


def test_a_full_and_a_nearly_full_workspace_get_different_errors(
    intake: Intake, stored: Read, free_workspace: str
) -> None:
    def take_in(count: int, *, dry_run: bool = False) -> object:
        submission = Submission(free_workspace, Plan.FREE, batch_of(count).leads, NOW)
        return intake.dry_run(submission, soon()) if dry_run else intake.take_in(submission, soon())

    assert isinstance(take_in(6), PlanLimitExceeded)
    assert isinstance(take_in(4), Stored)
    for dry_run in (True, False):
        assert isinstance(take_in(2, dry_run=dry_run), PlanLimitExceeded)
        assert isinstance(take_in(100, dry_run=dry_run), PlanLimitExceeded)
    assert take_in(1, dry_run=True) == Stored(None, [None])
    assert isinstance(take_in(1), Stored)
    for count in (1, 100):
        assert isinstance(take_in(count), PlanLimitReached)
    assert len(stored()) == 5


def test_a_workspace_that_was_upgraded_meanwhile_is_reported_and_nothing_is_stored_yet(
    store: DynamoDBLeadStore, stored: Read, workspaces: Workspaces, free_workspace: str
) -> None:
    workspaces.set_plan(free_workspace, Plan.BASIC)

    assert store.put_counted(batch_of(2, free_workspace), Plan.FREE, 5, soon()) == PlanUse(Plan.BASIC, None)
    assert store.plan_use(free_workspace, soon()) == PlanUse(Plan.BASIC, None)
    assert stored() == {}


def test_a_request_that_came_in_before_the_upgrade_is_stored_once(
    intake: Intake, stored: Read, workspaces: Workspaces, free_workspace: str
) -> None:
    workspaces.set_plan(free_workspace, Plan.BASIC)

    for count in (2, 40):
        submission = Submission(free_workspace, Plan.FREE, batch_of(count).leads, NOW)
        assert isinstance(intake.take_in(submission, soon()), Stored)

    assert len(stored()) == 42


@pytest.mark.parametrize("lost", [1, 2])
def test_a_transaction_keeps_its_token_in_retries_and_every_attempt_has_another(
    store: DynamoDBLeadStore, free_workspace: str, calls: Calls, lose_responses: Callable[..., None], lost: int
) -> None:
    lose_responses("TransactWriteItems", times=lost)
    batch, other = batch_of(1, free_workspace), batch_of(1, free_workspace)

    store.put_counted(batch, Plan.FREE, 5, soon())
    store.put_counted(other, Plan.FREE, 5, soon())

    *transactions, another = [body for _, body in calls]
    assert len(transactions) == lost + 1
    assert all(body == transactions[0] for body in transactions)
    assert (transactions[0]["ClientRequestToken"], another["ClientRequestToken"]) == (batch.batch_id, other.batch_id)


@pytest.mark.usefixtures("not_moto")
@pytest.mark.parametrize("count", [2, 5])
def test_leads_are_counted_once_after_a_lost_response(
    store: DynamoDBLeadStore, stored: Read, free_workspace: str, lose_responses: Callable[..., None], count: int
) -> None:
    lose_responses("TransactWriteItems")

    assert store.put_counted(batch_of(count, free_workspace), Plan.FREE, 5, soon()) is None
    assert len(stored()) == count
    assert store.plan_use(free_workspace, soon()) == PlanUse(Plan.FREE, count)


@pytest.mark.usefixtures("not_moto")
def test_simultaneous_requests_fill_the_free_plan_exactly(
    store: DynamoDBLeadStore, stored: Read, free_workspace: str
) -> None:
    start = threading.Barrier(8)

    def requests(_: int) -> list[PlanUse | None]:
        start.wait()
        return [store.put_counted(batch_of(1, free_workspace), Plan.FREE, 5, soon(20)) for _ in range(3)]

    with ThreadPoolExecutor(8) as pool:
        outcomes = [outcome for answers in pool.map(requests, range(8)) for outcome in answers]

    assert outcomes.count(None) == 5
    assert outcomes.count(PlanUse(Plan.FREE, 5)) == 8 * 3 - 5
    assert len(stored()) == 5


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("TransactionInProgressException", 400),
        ("ProvisionedThroughputExceededException", 400),
        ("InternalServerError", 500),
        ("ServiceUnavailable", 503),
    ],
)
def test_a_transaction_is_retried_after_transient_errors(
    store: DynamoDBLeadStore, free_workspace: str, refuse: Callable[..., None], code: str, status: int
) -> None:
    refuse("TransactWriteItems", code, status=status, times=2)

    assert store.put_counted(batch_of(2, free_workspace), Plan.FREE, 5, soon()) is None
    assert store.plan_use(free_workspace, soon()) == PlanUse(Plan.FREE, 2)


@pytest.mark.parametrize(
    ("code", "status", "may_be_stored"),
    [
        ("ThrottlingException", 400, False),
        ("InternalServerError", 500, True),
        ("TransactionInProgressException", 400, True),
    ],
)
def test_a_failed_transaction_reports_whether_leads_may_be_stored(  # noqa: PLR0913
    store: DynamoDBLeadStore,
    stored: Read,
    free_workspace: str,
    refuse: Callable[..., None],
    code: str,
    status: int,
    *,
    may_be_stored: bool,
) -> None:
    refuse("TransactWriteItems", code, status=status)

    with pytest.raises(StoreUnavailableError, match=code) as failure:
        store.put_counted(batch_of(2, free_workspace), Plan.FREE, 5, soon(2.5))

    assert failure.value.leads_may_be_stored is may_be_stored
    assert stored() == {}


@pytest.mark.parametrize("then", [None, "ThrottlingException", "ValidationException"])
def test_after_a_lost_response_of_a_transaction_leads_may_be_stored(  # noqa: PLR0913
    clock: VirtualClock,
    store: DynamoDBLeadStore,
    stored: Read,
    free_workspace: str,
    refuse: Callable[..., None],
    lose_responses: Callable[..., None],
    *,
    then: str | None,
) -> None:
    lose_responses("TransactWriteItems")
    if then:
        turn = itertools.count()
        refuse("TransactWriteItems", then, when=lambda _: next(turn) > 0)

    with pytest.raises(StoreUnavailableError) as failure:
        store.put_counted(batch_of(2, free_workspace), Plan.FREE, 5, within(5 if then else CALL, clock))

    assert failure.value.leads_may_be_stored
    assert len(stored()) == 2


def test_a_bug_in_a_transaction_is_raised_unchanged_and_stores_nothing(
    store: DynamoDBLeadStore, stored: Read, free_workspace: str
) -> None:
    batch = batch_of(3, free_workspace)
    batch.leads[1]["notes"] = "x" * 410_000

    with pytest.raises(ClientError):
        store.put_counted(batch, Plan.FREE, 5, soon())

    assert stored() == {}
    assert store.plan_use(free_workspace, soon()) == PlanUse(Plan.FREE, 0)


def test_a_lead_count_above_the_limit_is_returned_unchanged(
    dynamodb: "DynamoDBClient", store: DynamoDBLeadStore, settings: Settings, free_workspace: str
) -> None:
    dynamodb.update_item(
        TableName=settings.access_table,
        Key=workspace_key(free_workspace),
        UpdateExpression="SET lead_count = :held",
        ExpressionAttributeValues={":held": {"N": "9"}},
    )

    assert store.put_counted(batch_of(1, free_workspace), Plan.FREE, 5, soon()) == PlanUse(Plan.FREE, 9)


def leave_over(client: "DynamoDBClient", *, after: int, times: int = 0, always: str = "never") -> None:
    """Store only the first so many puts of a call: in some calls, or in those that contain a certain lead."""
    turn = itertools.count()

    def cut(request: AWSRequest, **_: Any) -> None:  # noqa: ANN401
        body = json.loads(request.data or b"")
        ((table, writes),) = body["RequestItems"].items()
        text = json.dumps(writes)
        if "PutRequest" in text and (next(turn) < times or always in text):
            # A call must contain a write, so a single put is replaced by a write without effect.
            taken = [write for write in writes if always not in json.dumps(write)][:after]
            request.context["left_over"] = {table: [write for write in writes if write not in taken]}
            body["RequestItems"][table] = taken or [{"DeleteRequest": {"Key": {"pk": {"S": "-"}, "sk": {"S": "-"}}}}]
            request.data = json.dumps(body).encode()

    def tell(parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:  # noqa: ANN401
        parsed["UnprocessedItems"] = context.get("left_over", {})

    client.meta.events.register("request-created.dynamodb.BatchWriteItem", cut)
    client.meta.events.register("after-call.dynamodb.BatchWriteItem", tell)


def drop(client: "DynamoDBClient", error: Exception, *, when: Callable[[str], bool]) -> None:
    """Make the first call whose body ``when`` selects fail like this, without effect."""
    turn = itertools.count()

    def fail(request: AWSPreparedRequest, **_: Any) -> None:  # noqa: ANN401
        if when(str(request.body)) and next(turn) == 0:
            raise error

    client.meta.events.register("before-send.dynamodb.BatchWriteItem", fail)
