"""The idempotency records of requests, as they are in DynamoDB."""

import itertools
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from leads_admin.workspaces import Workspaces
from leads_core import timestamps
from leads_core.dynamodb.idempotency_records import DynamoDBIdempotencyRecords
from leads_core.dynamodb.lead_store import DynamoDBLeadStore
from leads_core.dynamodb.schema import idempotency_record_key
from leads_core.errors import StoreUnavailableError
from leads_core.idempotency import CountedLeads, IdempotencyRecord, RequestFingerprint
from leads_core.intake import Batch, NewRecord, PlanUse, RecordExistsError
from leads_core.plans import Plan
from leads_core.settings import Settings
from leads_core.ulids import new_ulid
from support.clock import VirtualClock, soon, within

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Calls = list[tuple[str, dict[str, Any]]]
Item = dict[str, Any]

NOW = 1_795_420_800_000  # 2026-11-23T08:00:00Z
HOUR = 3_600_000
DAY = 24 * HOUR
REQUEST = RequestFingerprint("a" * 64, "order 1234 of Jane Doe", "b" * 64)
OTHER_BODY = REQUEST._replace(body_hash="other")


@pytest.fixture
def records(dynamodb: "DynamoDBClient", settings: Settings) -> DynamoDBIdempotencyRecords:
    return DynamoDBIdempotencyRecords(dynamodb, settings.access_table)


@pytest.fixture
def item(dynamodb: "DynamoDBClient", settings: Settings) -> Callable[[], Item]:
    """The stored record of REQUEST."""
    key = idempotency_record_key(REQUEST)
    return lambda: dynamodb.get_item(TableName=settings.access_table, Key=key, ConsistentRead=True)["Item"]


@pytest.fixture
def held(store: DynamoDBLeadStore, dynamodb: "DynamoDBClient", settings: Settings) -> Callable[[str], tuple[int, int]]:
    """The lead count of a workspace on the free plan, and the number of stored leads."""

    def held(workspace_id: str) -> tuple[int, int]:
        use = store.plan_use(workspace_id, soon())
        assert use.lead_count is not None
        return use.lead_count, dynamodb.scan(TableName=settings.leads_table, ConsistentRead=True)["Count"]

    return held


def record_of(request: RequestFingerprint, now_ms: int) -> IdempotencyRecord:
    return IdempotencyRecord(new_ulid(now_ms), timestamps.from_epoch_ms(now_ms), request.body_hash)


def claimed(
    records: DynamoDBIdempotencyRecords, now_ms: int = NOW, request: RequestFingerprint = REQUEST
) -> IdempotencyRecord:
    """The record that an attempt gets, with the batch to store."""
    return records.claim(request, record_of(request, now_ms), now_ms, soon())


def kept_until(item: Item) -> int:
    return int(item["delete_at"]["N"]) * 1000


def before_call(client: "DynamoDBClient", operation: str, number: int, act: Callable[[], object]) -> None:
    """Run an action just before the n-th call of an operation."""
    turn = itertools.count(1)

    def begin(**_: Any) -> None:  # noqa: ANN401
        if next(turn) == number:
            act()

    client.meta.events.register(f"before-call.dynamodb.{operation}", begin)


def test_a_new_request_has_no_record(records: DynamoDBIdempotencyRecords) -> None:
    assert records.read(REQUEST, NOW, soon()) is None


def test_the_first_attempt_creates_the_record_and_all_others_get_it(records: DynamoDBIdempotencyRecords) -> None:
    new = record_of(REQUEST, NOW)

    assert records.claim(REQUEST, new, NOW, soon()) == new
    assert claimed(records, NOW) == new
    assert claimed(records, NOW + 2 * HOUR) == new
    assert records.read(REQUEST, NOW, soon()) == new


@pytest.mark.parametrize(
    "other",
    [
        REQUEST._replace(key_hash="c" * 64),
        REQUEST._replace(idempotency_key="order 1234 of Jane Do"),
        REQUEST._replace(idempotency_key="räksmörgås 🎉 #"),
        REQUEST._replace(key_hash=f"{REQUEST.key_hash}#", idempotency_key=REQUEST.idempotency_key[1:]),
    ],
)
def test_other_keys_have_their_own_records(records: DynamoDBIdempotencyRecords, other: RequestFingerprint) -> None:
    first, second = claimed(records), claimed(records, request=other)

    assert first.batch_id != second.batch_id
    assert records.read(other, NOW, soon()) == second
    assert records.read(REQUEST, NOW, soon()) == first


@pytest.mark.parametrize("is_stored", [False, True])
def test_every_attempt_keeps_the_record_for_another_24_hours(
    records: DynamoDBIdempotencyRecords, item: Callable[[], Item], *, is_stored: bool
) -> None:
    first = claimed(records)
    if is_stored:
        records.mark_stored(REQUEST, first, soon())
    first = first._replace(is_stored=is_stored)

    for days in (1, 2, 3):
        assert claimed(records, NOW + days * (DAY - 1000)) == first
    assert kept_until(item()) == NOW + 3 * (DAY - 1000) + DAY
    assert records.read(REQUEST, NOW + 4 * (DAY - 1000), soon()) == first


@pytest.mark.parametrize("late_ms", [1000, HOUR, 23 * HOUR, 30 * HOUR])
def test_a_paused_attempt_or_a_slow_clock_does_not_shorten_the_life_of_a_record(
    records: DynamoDBIdempotencyRecords, item: Callable[[], Item], late_ms: int
) -> None:
    first = claimed(records)
    before = item()

    assert claimed(records, NOW - late_ms) == first
    assert item() == before


@pytest.mark.parametrize("is_stored", [False, True])
def test_a_record_of_another_body_is_returned_and_not_kept_longer(
    records: DynamoDBIdempotencyRecords, item: Callable[[], Item], *, is_stored: bool
) -> None:
    first = claimed(records)
    if is_stored:
        records.mark_stored(REQUEST, first, soon())
    before = item()

    assert claimed(records, NOW + HOUR, OTHER_BODY) == first._replace(is_stored=is_stored)
    assert item() == before
    assert claimed(records, NOW + DAY, OTHER_BODY).body_hash == OTHER_BODY.body_hash


@pytest.mark.parametrize("request_after", [REQUEST, OTHER_BODY])
def test_an_expired_record_is_replaced_even_if_it_is_not_deleted_yet(
    records: DynamoDBIdempotencyRecords,
    dynamodb: "DynamoDBClient",
    settings: Settings,
    item: Callable[[], Item],
    request_after: RequestFingerprint,
) -> None:
    first = claimed(records)
    records.mark_stored(REQUEST, first, soon())
    new = record_of(request_after, NOW + DAY)

    assert records.read(REQUEST, NOW + DAY - 1, soon()) == first._replace(is_stored=True)
    assert records.read(REQUEST, NOW + DAY, soon()) is None
    assert records.claim(request_after, new, NOW + DAY, soon()) == new
    assert records.read(request_after, NOW + DAY, soon()) == new
    assert kept_until(item()) == NOW + 2 * DAY
    assert dynamodb.scan(TableName=settings.access_table)["Count"] == 1


def test_only_one_of_simultaneous_attempts_replaces_an_expired_record(
    records: DynamoDBIdempotencyRecords, dynamodb: "DynamoDBClient"
) -> None:
    claimed(records)
    other = []
    before_call(dynamodb, "UpdateItem", 2, lambda: other.append(claimed(records, NOW + DAY)))

    assert [claimed(records, NOW + DAY)] == other


def test_an_expired_record_that_is_deleted_meanwhile_is_created(
    records: DynamoDBIdempotencyRecords, dynamodb: "DynamoDBClient", settings: Settings
) -> None:
    claimed(records)
    key = idempotency_record_key(REQUEST)
    before_call(dynamodb, "UpdateItem", 2, lambda: dynamodb.delete_item(TableName=settings.access_table, Key=key))
    new = record_of(REQUEST, NOW + DAY)

    assert records.claim(REQUEST, new, NOW + DAY, soon()) == new
    assert records.read(REQUEST, NOW + DAY, soon()) == new


@pytest.mark.parametrize("expired", [False, True])
def test_an_attempt_recognises_its_own_record_after_a_lost_response(
    records: DynamoDBIdempotencyRecords, lose_responses: Callable[..., None], *, expired: bool
) -> None:
    if expired:
        claimed(records, NOW - DAY)
    lose_responses("UpdateItem", times=3)
    new = record_of(REQUEST, NOW)

    assert records.claim(REQUEST, new, NOW, soon()) == new
    assert records.read(REQUEST, NOW, soon()) == new


@pytest.mark.parametrize(
    ("code", "status"),
    [("ProvisionedThroughputExceededException", 400), ("ThrottlingException", 400), ("InternalServerError", 500)],
)
def test_calls_are_retried_after_transient_errors(
    records: DynamoDBIdempotencyRecords, refuse: Callable[..., None], code: str, status: int
) -> None:
    refuse("UpdateItem", code, status=status, times=2)
    first = claimed(records)
    refuse("UpdateItem", code, status=status, times=2)
    records.mark_stored(REQUEST, first, soon())
    refuse("GetItem", code, status=status, times=2)

    assert records.read(REQUEST, NOW, soon()) == first._replace(is_stored=True)


@pytest.mark.parametrize(
    "call",
    [
        lambda records, deadline: records.read(REQUEST, NOW, deadline),
        lambda records, deadline: records.claim(REQUEST, record_of(REQUEST, NOW), NOW, deadline),
        lambda records, deadline: records.mark_stored(REQUEST, record_of(REQUEST, NOW), deadline),
        lambda records, deadline: records.mark_stored(
            REQUEST, record_of(REQUEST, NOW), deadline, CountedLeads("acme", 3)
        ),
    ],
    ids=["read", "claim", "mark", "mark and count"],
)
def test_a_database_that_stays_unavailable_is_reported(
    records: DynamoDBIdempotencyRecords, clock: VirtualClock, refuse: Callable[..., None], call: Callable[..., object]
) -> None:
    for operation in ("GetItem", "UpdateItem", "TransactWriteItems"):
        refuse(operation, "ThrottlingException")

    with pytest.raises(StoreUnavailableError, match="ThrottlingException"):
        call(records, within(5, clock))
    assert 2 < clock.seconds <= 3


def test_a_record_is_deleted_after_its_time_and_holds_nothing_of_the_client(
    records: DynamoDBIdempotencyRecords, dynamodb: "DynamoDBClient", settings: Settings
) -> None:
    records.mark_stored(REQUEST, claimed(records), soon())

    (item,) = dynamodb.scan(TableName=settings.access_table)["Items"]
    assert item.keys() == {"pk", "batch_id", "received_at", "body_hash", "is_stored", "delete_at"}
    assert item["delete_at"] == {"N": str((NOW + DAY) // 1000)}
    assert item["received_at"] == {"S": "2026-11-23T08:00:00Z"}
    assert "Jane" not in json.dumps(item)


def test_the_longest_idempotency_key_fits_into_the_tables_key(records: DynamoDBIdempotencyRecords) -> None:
    longest = REQUEST._replace(idempotency_key="🎉" * 255)

    assert records.read(longest, NOW, soon()) is None
    assert claimed(records, request=longest) == records.read(longest, NOW, soon())


def test_a_record_is_marked_when_its_leads_are_stored_and_keeps_everything_else(
    records: DynamoDBIdempotencyRecords, item: Callable[[], Item], lose_responses: Callable[..., None]
) -> None:
    first = claimed(records)
    before = item()
    lose_responses("UpdateItem")

    for _ in range(2):  # another attempt may have done so before
        records.mark_stored(REQUEST, first, soon())
        assert item() == before | {"is_stored": {"BOOL": True}}


def test_no_attempt_marks_the_record_of_another_batch(
    records: DynamoDBIdempotencyRecords, free_workspace: str, held: Callable[[str], tuple[int, int]]
) -> None:
    first = claimed(records)
    second = claimed(records, NOW + DAY)

    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        records.mark_stored(REQUEST, first, soon())
    records.mark_stored(REQUEST, first, soon(), CountedLeads(free_workspace, 3))

    assert records.read(REQUEST, NOW + DAY, soon()) == second
    assert held(free_workspace) == (0, 0)


def test_leads_are_counted_in_the_transaction_that_marks_them_as_stored(
    records: DynamoDBIdempotencyRecords, free_workspace: str, held: Callable[[str], tuple[int, int]], calls: Calls
) -> None:
    first = claimed(records)
    calls.clear()

    records.mark_stored(REQUEST, first, soon(), CountedLeads(free_workspace, 70))

    assert [operation for operation, _ in calls] == ["TransactWriteItems"]
    assert records.read(REQUEST, NOW, soon()) == first._replace(is_stored=True)
    assert held(free_workspace) == (70, 0)


def test_leads_of_an_upgraded_workspace_are_marked_without_counting(
    records: DynamoDBIdempotencyRecords, dynamodb: "DynamoDBClient", workspaces: Workspaces, free_workspace: str
) -> None:
    first = claimed(records)
    before_call(dynamodb, "TransactWriteItems", 1, lambda: workspaces.set_plan(free_workspace, Plan.BASIC))

    records.mark_stored(REQUEST, first, soon(), CountedLeads(free_workspace, 7))

    assert records.read(REQUEST, NOW, soon()) == first._replace(is_stored=True)
    workspaces.set_plan(free_workspace, Plan.FREE)  # which counts what it holds


@pytest.mark.parametrize("counts_too", [False, True])
def test_leads_that_another_attempt_has_marked_are_not_counted_again(
    records: DynamoDBIdempotencyRecords,
    free_workspace: str,
    held: Callable[[str], tuple[int, int]],
    *,
    counts_too: bool,
) -> None:
    first, counted = claimed(records), CountedLeads(free_workspace, 7)
    records.mark_stored(REQUEST, first, soon(), counted if counts_too else None)

    records.mark_stored(REQUEST, first, soon(), counted)

    assert records.read(REQUEST, NOW, soon()) == first._replace(is_stored=True)
    assert held(free_workspace) == (7 if counts_too else 0, 0)


@pytest.mark.parametrize("lost", [1, 2])
def test_leads_are_counted_once_if_the_response_to_the_mark_is_lost(
    records: DynamoDBIdempotencyRecords,
    free_workspace: str,
    held: Callable[[str], tuple[int, int]],
    lose_responses: Callable[..., None],
    lost: int,
) -> None:
    first = claimed(records)
    lose_responses("TransactWriteItems", times=lost)

    records.mark_stored(REQUEST, first, soon(), CountedLeads(free_workspace, 7))

    assert records.read(REQUEST, NOW, soon()) == first._replace(is_stored=True)
    assert held(free_workspace) == (7, 0)


@pytest.mark.parametrize(
    "reasons",
    [
        ("TransactionConflict", "None"),
        ("None", "TransactionConflict"),
        ("TransactionConflict", "ConditionalCheckFailed"),
        ("ConditionalCheckFailed", "TransactionConflict"),
        ("None", "ThrottlingError"),
    ],
)
def test_a_transaction_conflict_is_retried(
    records: DynamoDBIdempotencyRecords,
    free_workspace: str,
    held: Callable[[str], tuple[int, int]],
    refuse: Callable[..., None],
    reasons: tuple[str, str],
) -> None:
    first = claimed(records)
    cancellation = [{"Code": reason} for reason in reasons]
    refuse("TransactWriteItems", "TransactionCanceledException", times=2, CancellationReasons=cancellation)

    records.mark_stored(REQUEST, first, soon(), CountedLeads(free_workspace, 7))

    assert records.read(REQUEST, NOW, soon()) == first._replace(is_stored=True)
    assert held(free_workspace) == (7, 0)


def new_record(now_ms: int = NOW, request: RequestFingerprint = REQUEST) -> NewRecord:
    return NewRecord(request, record_of(request, now_ms)._replace(is_stored=True), now_ms)


def batch_of(count: int, workspace_id: str, new: NewRecord) -> Batch:
    leads = [{"company": f"Company {row}"} for row in range(count)]
    return Batch(workspace_id, new.record.batch_id, new.record.received_at, leads)


@pytest.mark.parametrize("expired", [False, True])
def test_on_the_free_plan_leads_are_stored_and_counted_and_recorded_together(
    records: DynamoDBIdempotencyRecords,
    store: DynamoDBLeadStore,
    free_workspace: str,
    held: Callable[[str], tuple[int, int]],
    item: Callable[[], Item],
    *,
    expired: bool,
) -> None:
    if expired:
        claimed(records, NOW - DAY)
    new = new_record()

    assert store.put_counted(batch_of(3, free_workspace, new), Plan.FREE, 5, soon(), new) is None

    assert records.read(REQUEST, NOW, soon()) == new.record
    assert kept_until(item()) == NOW + DAY
    assert held(free_workspace) == (3, 3)


@pytest.mark.parametrize("count", [2, 5])
def test_on_the_free_plan_a_request_that_has_a_record_is_neither_stored_nor_counted_again(
    records: DynamoDBIdempotencyRecords,
    store: DynamoDBLeadStore,
    free_workspace: str,
    held: Callable[[str], tuple[int, int]],
    count: int,
) -> None:
    first, second = new_record(), new_record(NOW + DAY - 1000)
    store.put_counted(batch_of(count, free_workspace, first), Plan.FREE, 5, soon(), first)

    with pytest.raises(RecordExistsError):
        store.put_counted(batch_of(count, free_workspace, second), Plan.FREE, 5, soon(), second)

    assert records.read(REQUEST, NOW, soon()) == first.record
    assert held(free_workspace) == (count, count)


@pytest.mark.parametrize(
    "conflict", [("ConditionalCheckFailed", "TransactionConflict"), ("TransactionConflict", "None")]
)
def test_on_the_free_plan_an_attempt_in_conflict_with_another_is_retried(
    store: DynamoDBLeadStore,
    free_workspace: str,
    held: Callable[[str], tuple[int, int]],
    refuse: Callable[..., None],
    conflict: tuple[str, str],
) -> None:
    cancellation = [{"Code": conflict[0], "Item": {}}, {"Code": conflict[1]}, {"Code": "None"}]
    refuse("TransactWriteItems", "TransactionCanceledException", times=2, CancellationReasons=cancellation)
    new = new_record()

    assert store.put_counted(batch_of(1, free_workspace, new), Plan.FREE, 5, soon(), new) is None
    assert held(free_workspace) == (1, 1)


def test_a_request_that_the_free_plan_refuses_has_no_record(
    records: DynamoDBIdempotencyRecords,
    store: DynamoDBLeadStore,
    free_workspace: str,
    held: Callable[[str], tuple[int, int]],
) -> None:
    first, second, third = new_record(request=REQUEST._replace(idempotency_key="first")), new_record(), new_record()
    store.put_counted(batch_of(4, free_workspace, first), Plan.FREE, 5, soon(), first)

    assert store.put_counted(batch_of(2, free_workspace, second), Plan.FREE, 5, soon(), second) == PlanUse(Plan.FREE, 4)
    assert records.read(REQUEST, NOW, soon()) is None
    assert store.put_counted(batch_of(1, free_workspace, third), Plan.FREE, 5, soon(), third) is None
    assert held(free_workspace) == (5, 5)


def test_a_request_of_an_upgraded_workspace_has_no_record_yet(
    records: DynamoDBIdempotencyRecords, store: DynamoDBLeadStore, workspaces: Workspaces, free_workspace: str
) -> None:
    new = new_record()
    workspaces.set_plan(free_workspace, Plan.BASIC)

    assert store.put_counted(batch_of(2, free_workspace, new), Plan.FREE, 5, soon(), new) == PlanUse(Plan.BASIC, None)
    assert records.read(REQUEST, NOW, soon()) is None


def test_all_reads_are_strongly_consistent(
    records: DynamoDBIdempotencyRecords, store: DynamoDBLeadStore, free_workspace: str, calls: Calls
) -> None:
    records.read(REQUEST, NOW, soon())
    store.plan_use(free_workspace, soon())

    assert [(operation, body.get("ConsistentRead")) for operation, body in calls] == [("GetItem", True)] * 2
