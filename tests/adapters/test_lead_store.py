"""Leads as they are in DynamoDB: all of a request's or none, whatever goes wrong on the way."""

import itertools
import json
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from zlib import crc32

import pytest
from boto3.dynamodb.types import TypeDeserializer
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError, ConnectionClosedError

from leads_core.dynamodb.batch_records import DynamoDBBatchRecords
from leads_core.dynamodb.lead_store import DynamoDBLeadStore
from leads_core.dynamodb.schema import workspace_key
from leads_core.errors import StoreUnavailableError
from leads_core.intake import Batch, FreePlanExceeded, FreePlanUse, FreePlanUsedUp, Intake, Stored
from leads_core.leads import complete
from leads_core.plans import Plan
from leads_core.settings import Settings
from leads_core.ulids import new_ulid
from leads_tools.workspaces import Workspaces
from support.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Calls = list[tuple[str, dict[str, Any]]]

NOW = 1_795_420_800_000  # 2026-11-23T08:00:00Z
RECEIVED_AT = "2026-11-23T08:00:00Z"
# The store keeps 4.5 seconds back for undoing and for the longest call: what is left is for trying.
SHORT = 5.3


@pytest.fixture
def store(dynamodb: "DynamoDBClient", settings: Settings) -> DynamoDBLeadStore:
    return DynamoDBLeadStore(dynamodb, access_table=settings.access_table, leads_table=settings.leads_table)


@pytest.fixture
def intake(dynamodb: "DynamoDBClient", store: DynamoDBLeadStore, settings: Settings) -> Intake:
    return Intake(store, DynamoDBBatchRecords(dynamodb, settings.access_table), free_plan_max_leads=5)


@pytest.fixture
def stored(dynamodb: "DynamoDBClient", settings: Settings) -> Callable[[], dict[tuple[str, str], dict[str, Any]]]:
    """The leads table by partition and lead id, read without any code of the project."""

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


@pytest.fixture
def free_workspace(workspaces: Workspaces) -> str:
    return workspaces.create_workspace("Acme", Plan.FREE)


def batch_of(count: int, workspace_id: str = "acme", **fields: Any) -> Batch:  # noqa: ANN401
    leads = [complete({"company": f"Company {row}", **fields}, RECEIVED_AT) for row in range(count)]
    return Batch(workspace_id, new_ulid(NOW), leads)


def places(batch: Batch) -> Sequence[tuple[str, str]]:
    """Where the leads of a batch belong, spelt out."""
    ids = [f"{batch.batch_id}-{row:03d}" for row in range(len(batch.leads))]
    return [(f"{batch.workspace_id}#{crc32(lead_id.encode()) % 48:02d}", lead_id) for lead_id in ids]


def writes_of(call: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    operation, body = call
    return (
        [write for writes in body["RequestItems"].values() for write in writes] if operation == "BatchWriteItem" else []
    )


def soon(seconds: float = 20) -> float:
    return time.monotonic() + seconds


@pytest.mark.parametrize("count", [1, 7, 25, 26, 100, 101])
def test_every_lead_is_stored_once_under_the_id_of_its_row(
    store: DynamoDBLeadStore, stored: Read, calls: Calls, count: int
) -> None:
    batch = batch_of(count)

    store.put(batch, soon())

    writes = [len(writes_of(call)) for call in calls]
    assert stored() == dict(zip(places(batch), batch.leads, strict=True))
    assert sum(writes) == count
    assert max(writes) <= 25


def test_a_batch_that_is_stored_again_is_there_once(store: DynamoDBLeadStore, stored: Read) -> None:
    batch = batch_of(30)

    store.put(batch, soon())
    store.put(batch, soon())

    assert len(stored()) == 30


def test_batches_of_a_workspace_and_of_others_do_not_touch(store: DynamoDBLeadStore, stored: Read) -> None:
    batches = [batch_of(3), batch_of(3), batch_of(3, workspace_id="other")]

    for batch in batches:
        store.put(batch, soon())

    assert sorted(stored()) == sorted(place for batch in batches for place in places(batch))


@pytest.mark.parametrize("plan", Plan)
def test_every_field_arrives_as_it_was_sent(
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
    batch = Batch(free_workspace, new_ulid(NOW), [lead])

    if plan is Plan.BASIC:
        store.put(batch, soon())
    else:
        store.put_on_free_plan(batch, 5, soon())

    assert stored() == {places(batch)[0]: lead}


def test_leads_that_the_database_leaves_over_for_a_while_are_stored_after_all(
    dynamodb: "DynamoDBClient", store: DynamoDBLeadStore, stored: Read, calls: Calls
) -> None:
    leave_over(dynamodb, after=10, times=8)
    batch = batch_of(100)

    store.put(batch, soon())

    assert stored() == dict(zip(places(batch), batch.leads, strict=True))
    writes = [write for call in calls for write in writes_of(call)]
    assert all("PutRequest" in write for write in writes)
    assert len(writes) == 100  # only what was left over was sent again


@pytest.mark.parametrize("count", [1, 25, 100])
def test_leads_that_the_database_leaves_over_for_good_take_the_others_with_them(
    dynamodb: "DynamoDBClient", store: DynamoDBLeadStore, stored: Read, count: int
) -> None:
    batch = batch_of(count)
    leave_over(dynamodb, after=10, always=places(batch)[-1][1])
    with pytest.raises(StoreUnavailableError) as failure:
        store.put(batch, soon(SHORT))

    assert not failure.value.leads_may_be_stored
    assert stored() == {}


@pytest.mark.parametrize(
    ("code", "status"),
    [("ProvisionedThroughputExceededException", 400), ("ThrottlingException", 400), ("InternalServerError", 500)],
)
def test_a_batch_that_is_refused_for_a_while_is_stored_after_all(
    store: DynamoDBLeadStore, stored: Read, refuse: Callable[..., None], code: str, status: int
) -> None:
    refuse("BatchWriteItem", code, status=status, times=5)
    batch = batch_of(100)

    store.put(batch, soon())

    assert sorted(stored()) == sorted(places(batch))


def test_when_one_of_the_parallel_calls_stays_refused_the_others_are_taken_back(
    store: DynamoDBLeadStore, stored: Read, refuse: Callable[..., None], calls: Calls
) -> None:
    batch = batch_of(100)
    refuse("BatchWriteItem", "ThrottlingException", when=lambda body: "PutRequest" in body and "-060" in body)
    started = time.monotonic()

    with pytest.raises(StoreUnavailableError, match="ThrottlingException") as failure:
        store.put(batch, soon(SHORT))

    assert not failure.value.leads_may_be_stored
    assert stored() == {}
    assert len(calls) > 4
    assert time.monotonic() - started < SHORT


def test_leads_whose_answer_was_lost_are_taken_back_too(
    clock: Clock, dynamodb: "DynamoDBClient", store: DynamoDBLeadStore, stored: Read
) -> None:
    lose_answers(dynamodb, "BatchWriteItem", when=lambda made: made == 1)
    batch = batch_of(10)

    with pytest.raises(StoreUnavailableError, match="ConnectionClosedError") as failure:
        store.put(batch, clock.monotonic() + 4.5)  # time for one try

    assert not failure.value.leads_may_be_stored
    assert stored() == {}


def test_when_taking_back_fails_too_the_client_can_be_told(
    clock: Clock, store: DynamoDBLeadStore, stored: Read, refuse: Callable[..., None]
) -> None:
    refuse("BatchWriteItem", "ThrottlingException", when=lambda body: "PutRequest" in body and "-060" in body)
    refuse("BatchWriteItem", "ThrottlingException", when=lambda body: "DeleteRequest" in body)
    deadline = clock.monotonic() + 10

    with pytest.raises(StoreUnavailableError) as failure:
        store.put(batch_of(100), deadline)

    assert failure.value.leads_may_be_stored
    assert len(stored()) == 75
    assert clock.monotonic() <= deadline


def test_there_is_time_left_for_taking_back_when_storing_used_up_its_own(
    clock: Clock, store: DynamoDBLeadStore, stored: Read, refuse: Callable[..., None]
) -> None:
    refuse("BatchWriteItem", "ThrottlingException", when=lambda body: "PutRequest" in body and "-030" in body)
    refuse("BatchWriteItem", "ThrottlingException", times=3, when=lambda body: "DeleteRequest" in body)

    with pytest.raises(StoreUnavailableError) as failure:
        store.put(batch_of(50), clock.monotonic() + 10)

    assert not failure.value.leads_may_be_stored
    assert stored() == {}


def test_without_time_for_a_call_nothing_is_sent(store: DynamoDBLeadStore, calls: Calls) -> None:
    with pytest.raises(StoreUnavailableError, match="no time left") as failure:
        store.put(batch_of(1), soon(1.9))

    assert calls == []
    assert failure


@pytest.mark.parametrize("count", [1, 100])
def test_a_bug_is_raised_as_it_is_and_leaves_nothing_behind(
    store: DynamoDBLeadStore, stored: Read, refuse: Callable[..., None], count: int
) -> None:
    last = f"-{count - 1:03d}"
    refuse("BatchWriteItem", "ValidationException", when=lambda body: "PutRequest" in body and last in body)

    with pytest.raises(ClientError, match="ValidationException"):
        store.put(batch_of(count), soon())

    assert stored() == {}


def test_a_lead_that_the_database_finds_too_large_takes_the_others_with_it(
    store: DynamoDBLeadStore, stored: Read
) -> None:
    batch = batch_of(60)
    batch.leads[30]["notes"] = "x" * 410_000

    with pytest.raises(ClientError, match="ValidationException"):
        store.put(batch, soon())

    assert stored() == {}


@pytest.mark.parametrize("count", [1, 4, 5])
def test_leads_on_the_free_plan_are_stored_and_counted(
    store: DynamoDBLeadStore, stored: Read, free_workspace: str, count: int
) -> None:
    batch = batch_of(count, free_workspace)

    assert store.put_on_free_plan(batch, 5, soon()) is Plan.FREE
    assert stored() == dict(zip(places(batch), batch.leads, strict=True))
    assert store.free_plan_use(free_workspace, soon()) == FreePlanUse(count)


def test_the_free_plan_is_filled_up_to_exactly_its_last_place(
    store: DynamoDBLeadStore, stored: Read, free_workspace: str
) -> None:
    assert store.put_on_free_plan(batch_of(3, free_workspace), 5, soon()) is Plan.FREE
    assert store.put_on_free_plan(batch_of(3, free_workspace), 5, soon()) == FreePlanUse(3)
    assert len(stored()) == 3
    assert store.put_on_free_plan(batch_of(2, free_workspace), 5, soon()) is Plan.FREE
    assert store.put_on_free_plan(batch_of(1, free_workspace), 5, soon()) == FreePlanUse(5)
    assert len(stored()) == 5
    assert store.free_plan_use(free_workspace, soon()) == FreePlanUse(5)


def test_a_full_and_a_nearly_full_workspace_are_told_apart(intake: Intake, stored: Read, free_workspace: str) -> None:
    def take_in(count: int, *, dry_run: bool = False) -> object:
        leads = batch_of(count).leads
        if dry_run:
            return intake.try_out(leads, workspace_id=free_workspace, plan=Plan.FREE, deadline=soon())
        return intake.take_in(leads, workspace_id=free_workspace, plan=Plan.FREE, now=NOW, deadline=soon())

    assert isinstance(take_in(6), FreePlanExceeded)
    assert isinstance(take_in(4), Stored)
    for dry_run in (True, False):
        assert isinstance(take_in(2, dry_run=dry_run), FreePlanExceeded)
        assert isinstance(take_in(100, dry_run=dry_run), FreePlanExceeded)
    assert take_in(1, dry_run=True) == Stored(None, [None])
    assert isinstance(take_in(1), Stored)
    for count in (1, 100):
        assert isinstance(take_in(count), FreePlanUsedUp)
    assert len(stored()) == 5


def test_a_workspace_that_was_upgraded_meanwhile_is_reported_and_nothing_is_stored_yet(
    store: DynamoDBLeadStore, stored: Read, workspaces: Workspaces, free_workspace: str
) -> None:
    workspaces.set_plan(free_workspace, Plan.BASIC)

    assert store.put_on_free_plan(batch_of(2, free_workspace), 5, soon()) is Plan.BASIC
    assert store.free_plan_use(free_workspace, soon()) is Plan.BASIC
    assert stored() == {}


def test_a_request_that_came_in_before_the_upgrade_is_stored_once(
    intake: Intake, stored: Read, workspaces: Workspaces, free_workspace: str
) -> None:
    workspaces.set_plan(free_workspace, Plan.BASIC)

    for count in (2, 40):
        outcome = intake.take_in(
            batch_of(count).leads, workspace_id=free_workspace, plan=Plan.FREE, now=NOW, deadline=soon()
        )
        assert isinstance(outcome, Stored)

    assert len(stored()) == 42


@pytest.mark.parametrize("lost", [1, 2])
def test_a_transaction_is_repeated_under_the_name_that_the_database_knows_it_by(
    dynamodb: "DynamoDBClient", store: DynamoDBLeadStore, free_workspace: str, calls: Calls, lost: int
) -> None:
    lose_answers(dynamodb, "TransactWriteItems", when=lambda made: made <= lost)

    store.put_on_free_plan(batch_of(1, free_workspace), 5, soon())

    transactions = [body for operation, body in calls if operation == "TransactWriteItems"]
    assert len(transactions) == lost + 1
    assert all(body == transactions[0] for body in transactions)
    assert transactions[0]["ClientRequestToken"]


@pytest.mark.usefixtures("not_moto")
@pytest.mark.parametrize("count", [2, 5])
def test_leads_whose_answer_was_lost_are_counted_once(
    dynamodb: "DynamoDBClient", store: DynamoDBLeadStore, stored: Read, free_workspace: str, count: int
) -> None:
    lose_answers(dynamodb, "TransactWriteItems", when=lambda made: made == 1)

    assert store.put_on_free_plan(batch_of(count, free_workspace), 5, soon()) is Plan.FREE
    assert len(stored()) == count
    assert store.free_plan_use(free_workspace, soon()) == FreePlanUse(count)


@pytest.mark.usefixtures("not_moto")
def test_of_many_requests_at_once_exactly_as_many_leads_as_allowed_are_stored_on_the_free_plan(
    store: DynamoDBLeadStore, stored: Read, free_workspace: str
) -> None:
    start = threading.Barrier(8)

    def requests(_: int) -> list[Plan | FreePlanUse]:
        start.wait()
        return [store.put_on_free_plan(batch_of(1, free_workspace), 5, soon(20)) for _ in range(3)]

    with ThreadPoolExecutor(8) as pool:
        outcomes = [outcome for answers in pool.map(requests, range(8)) for outcome in answers]

    assert outcomes.count(Plan.FREE) == 5
    assert outcomes.count(FreePlanUse(5)) == 8 * 3 - 5
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
def test_a_transaction_that_is_refused_for_a_while_is_made_after_all(
    store: DynamoDBLeadStore, free_workspace: str, refuse: Callable[..., None], code: str, status: int
) -> None:
    refuse("TransactWriteItems", code, status=status, times=2)

    assert store.put_on_free_plan(batch_of(2, free_workspace), 5, soon()) is Plan.FREE
    assert store.free_plan_use(free_workspace, soon()) == FreePlanUse(2)


@pytest.mark.parametrize(
    ("code", "status", "may_be_stored"),
    [
        ("ThrottlingException", 400, False),
        ("InternalServerError", 500, True),
        ("TransactionInProgressException", 400, True),
    ],
)
def test_a_transaction_that_stays_refused_tells_whether_it_may_have_had_an_effect(  # noqa: PLR0913
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
        store.put_on_free_plan(batch_of(2, free_workspace), 5, soon(2.5))

    assert failure.value.leads_may_be_stored is may_be_stored
    assert stored() == {}


def test_a_transaction_whose_last_answer_was_lost_may_have_had_an_effect(
    clock: Clock, dynamodb: "DynamoDBClient", store: DynamoDBLeadStore, stored: Read, free_workspace: str
) -> None:
    lose_answers(dynamodb, "TransactWriteItems", when=lambda _: True)

    with pytest.raises(StoreUnavailableError) as failure:
        store.put_on_free_plan(batch_of(2, free_workspace), 5, clock.monotonic() + 2)  # time for one try

    assert failure.value.leads_may_be_stored
    assert len(stored()) == 2


def test_a_bug_in_a_transaction_is_raised_as_it_is_and_stores_and_counts_nothing(
    store: DynamoDBLeadStore, stored: Read, free_workspace: str
) -> None:
    batch = batch_of(3, free_workspace)
    batch.leads[1]["notes"] = "x" * 410_000

    with pytest.raises(ClientError):
        store.put_on_free_plan(batch, 5, soon())

    assert stored() == {}
    assert store.free_plan_use(free_workspace, soon()) == FreePlanUse(0)


def test_a_lead_count_above_the_limit_is_returned_as_it_is(
    dynamodb: "DynamoDBClient", store: DynamoDBLeadStore, settings: Settings, free_workspace: str
) -> None:
    dynamodb.update_item(
        TableName=settings.access_table,
        Key=workspace_key(free_workspace),
        UpdateExpression="SET lead_count = :held",
        ExpressionAttributeValues={":held": {"N": "9"}},
    )

    assert store.put_on_free_plan(batch_of(1, free_workspace), 5, soon()) == FreePlanUse(9)


def leave_over(client: "DynamoDBClient", *, after: int, times: int = 0, always: str = "never") -> None:
    """Have puts stored only up to the first so many of a call: in some calls, or where a certain lead is in it."""
    turn = itertools.count()

    def cut(request: AWSRequest, **_: Any) -> None:  # noqa: ANN401
        body = json.loads(request.data or b"")
        ((table, writes),) = body["RequestItems"].items()
        text = json.dumps(writes)
        if "PutRequest" in text and (next(turn) < times or always in text):
            # A call without writes is not legal: of a single one, one is made that changes nothing.
            taken = [write for write in writes if always not in json.dumps(write)][:after]
            request.context["left_over"] = {table: [write for write in writes if write not in taken]}
            body["RequestItems"][table] = taken or [{"DeleteRequest": {"Key": {"pk": {"S": "-"}, "sk": {"S": "-"}}}}]
            request.data = json.dumps(body).encode()

    def tell(parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:  # noqa: ANN401
        parsed["UnprocessedItems"] = context.get("left_over", {})

    client.meta.events.register("request-created.dynamodb.BatchWriteItem", cut)
    client.meta.events.register("after-call.dynamodb.BatchWriteItem", tell)


def lose_answers(client: "DynamoDBClient", operation: str, *, when: Callable[[int], bool]) -> None:
    """Have connections dropped after the call took effect; ``when`` is asked with the number of the call."""
    turn = itertools.count(1)

    def drop(**_: Any) -> None:  # noqa: ANN401
        if when(next(turn)):
            raise ConnectionClosedError(endpoint_url=client.meta.endpoint_url)

    client.meta.events.register(f"after-call.dynamodb.{operation}", drop)
