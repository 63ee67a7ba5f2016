"""What is noted of requests with an Idempotency-Key, as it is in DynamoDB."""

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ConnectionClosedError

from leads_core.dynamodb.batch_records import DynamoDBBatchRecords
from leads_core.dynamodb.lead_store import DynamoDBLeadStore
from leads_core.errors import StoreUnavailableError
from leads_core.idempotency import BatchRecord, IdempotencyKeyReused, Note, Once, claim_batch, first_claim
from leads_core.intake import AlreadyNotedError, Batch, FreePlanUse
from leads_core.leads import complete
from leads_core.plans import Plan
from leads_core.settings import Settings
from leads_tools.workspaces import Workspaces
from support.clock import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOW = 1_795_420_800_000  # 2026-11-23T08:00:00Z
DAY = 86_400_000
ONCE = Once("a" * 64, "order 1234 of Jane Doe", "b" * 64, lambda _: [])


@pytest.fixture
def records(dynamodb: "DynamoDBClient", settings: Settings) -> DynamoDBBatchRecords:
    return DynamoDBBatchRecords(dynamodb, settings.access_table)


@pytest.fixture
def store(dynamodb: "DynamoDBClient", settings: Settings) -> DynamoDBLeadStore:
    return DynamoDBLeadStore(dynamodb, access_table=settings.access_table, leads_table=settings.leads_table)


@pytest.fixture
def free_workspace(workspaces: Workspaces) -> str:
    return workspaces.create_workspace("Acme", Plan.FREE)


@pytest.fixture
def count_leads(dynamodb: "DynamoDBClient", settings: Settings) -> Callable[[], int]:
    def count() -> int:
        return dynamodb.scan(TableName=settings.leads_table, ConsistentRead=True)["Count"]

    return count


def soon(seconds: float = 20) -> float:
    return time.monotonic() + seconds


def note(now: int = NOW, once: Once = ONCE) -> Note:
    return Note(once, first_claim(once, now, soon()), now)


def created(records: DynamoDBBatchRecords, now: int = NOW) -> BatchRecord:
    made = note(now)
    assert records.create(made, soon()) is None
    return made.record


def taken_over(records: DynamoDBBatchRecords, seen: BatchRecord) -> BatchRecord:
    claim = seen._replace(attempt="another attempt", lease_until=seen.lease_until + 12_000)
    assert records.take_over(ONCE, seen, claim, soon())
    return claim


def test_what_was_not_noted_is_not_there(records: DynamoDBBatchRecords) -> None:
    assert records.read(ONCE, NOW, soon()) is None


def test_a_request_is_noted_once_and_later_attempts_are_told_what(records: DynamoDBBatchRecords) -> None:
    first = created(records)

    assert records.create(note(NOW + 1), soon()) == first
    assert records.create(note(NOW + DAY - 1000, ONCE._replace(body_hash="other")), soon()) == first
    assert records.read(ONCE, NOW, soon()) == first


@pytest.mark.parametrize(
    "other",
    [
        ONCE._replace(key_hash="c" * 64),
        ONCE._replace(idempotency_key="order 1234 of Jane Do"),
        ONCE._replace(idempotency_key="räksmörgås 🎉 #"),
        ONCE._replace(key_hash=f"{ONCE.key_hash}#", idempotency_key=ONCE.idempotency_key[1:]),
    ],
)
def test_other_keys_are_noted_apart(records: DynamoDBBatchRecords, other: Once) -> None:
    first, second = created(records), note(once=other)

    assert records.create(second, soon()) is None
    assert records.read(other, NOW, soon()) == second.record
    assert records.read(ONCE, NOW, soon()) == first


def test_a_note_counts_for_a_day_even_where_the_database_still_keeps_it(
    records: DynamoDBBatchRecords, dynamodb: "DynamoDBClient", settings: Settings
) -> None:
    first = created(records)

    assert records.read(ONCE, NOW + DAY - 1, soon()) == first
    assert records.create(note(NOW + DAY - 1), soon()) == first
    assert dynamodb.scan(TableName=settings.access_table)["Count"] == 1
    assert records.read(ONCE, NOW + DAY, soon()) is None
    second = created(records, NOW + DAY)
    assert second.batch_id != first.batch_id
    assert records.read(ONCE, NOW + DAY, soon()) == second
    assert dynamodb.scan(TableName=settings.access_table)["Count"] == 1


def test_only_the_attempt_that_was_seen_can_be_taken_over_from(records: DynamoDBBatchRecords) -> None:
    first = created(records)
    second = taken_over(records, first)
    late = first._replace(attempt="a third attempt", lease_until=first.lease_until + 99_000)

    assert not records.take_over(ONCE, first, late, soon())
    assert records.read(ONCE, NOW, soon()) == second


def test_only_the_attempt_at_work_can_note_that_all_is_stored(records: DynamoDBBatchRecords) -> None:
    first = created(records)
    second = taken_over(records, first)

    with pytest.raises(StoreUnavailableError, match="took over") as failure:
        records.note_stored(ONCE, first, soon())
    assert failure.value.leads_may_be_stored
    assert records.read(ONCE, NOW, soon()) == second
    records.note_stored(ONCE, second, soon())
    assert records.read(ONCE, NOW, soon()) == second._replace(is_stored=True)


def test_only_the_attempt_at_work_can_end_its_lease(records: DynamoDBBatchRecords) -> None:
    first = created(records)
    second = taken_over(records, first)

    records.release(ONCE, first, soon())
    assert records.read(ONCE, NOW, soon()) == second
    records.release(ONCE, second, soon())
    assert records.read(ONCE, NOW, soon()) == second._replace(lease_until=0)


def test_a_note_is_deleted_after_a_day_and_holds_nothing_of_the_client(
    records: DynamoDBBatchRecords, dynamodb: "DynamoDBClient", settings: Settings
) -> None:
    record = created(records)
    records.note_stored(ONCE, record, soon())

    (item,) = dynamodb.scan(TableName=settings.access_table)["Items"]
    assert item.keys() == {
        "pk",
        "batch_id",
        "received_at",
        "body_hash",
        "attempt",
        "lease_until",
        "is_stored",
        "delete_at",
    }
    assert item["delete_at"] == {"N": str((NOW + DAY) // 1000)}
    assert item["received_at"] == {"S": "2026-11-23T08:00:00Z"}
    assert "Jane" not in json.dumps(item)


def test_the_longest_idempotency_key_fits_into_the_tables_key(records: DynamoDBBatchRecords) -> None:
    longest = note(once=ONCE._replace(idempotency_key="🎉" * 255))
    assert records.create(longest, soon()) is None
    assert records.read(longest.once, NOW, soon()) == longest.record


@pytest.mark.parametrize("is_stored", [False, True])
def test_when_the_answer_was_lost_the_attempt_is_told_its_own_note(
    records: DynamoDBBatchRecords, dynamodb: "DynamoDBClient", *, is_stored: bool
) -> None:
    lose_first_answer(dynamodb, "PutItem")
    mine = note()
    mine = mine._replace(record=mine.record._replace(is_stored=is_stored))

    assert records.create(mine, soon()) == mine.record


@pytest.mark.parametrize("lost", ["note_stored", "release"])
def test_a_change_whose_answer_was_lost_is_made_after_all(
    records: DynamoDBBatchRecords, dynamodb: "DynamoDBClient", lost: str
) -> None:
    first = created(records)
    lose_first_answer(dynamodb, "UpdateItem")

    getattr(records, lost)(ONCE, first, soon())

    after = records.read(ONCE, NOW, soon())
    assert after
    assert (after.is_stored, after.lease_until == 0) == (lost == "note_stored", lost == "release")


@pytest.mark.parametrize(
    ("code", "status", "may_be_noted"), [("ThrottlingException", 400, False), ("InternalServerError", 500, True)]
)
def test_when_it_cannot_be_noted_that_all_is_stored_it_is_told_whether_it_may_have_been(
    clock: Clock,
    records: DynamoDBBatchRecords,
    refuse: Callable[..., None],
    code: str,
    status: int,
    *,
    may_be_noted: bool,
) -> None:
    first = created(records)
    refuse("UpdateItem", code, status=status)

    with pytest.raises(StoreUnavailableError, match=code) as failure:
        records.note_stored(ONCE, first, clock.monotonic() + 5)

    assert failure.value.leads_may_be_stored is may_be_noted


def test_an_attempt_takes_over_from_one_that_died(clock: Clock, records: DynamoDBBatchRecords) -> None:
    first = created(records)
    later = first.lease_until

    second = claim_batch(records, ONCE, later, clock.monotonic() + 9.5)

    assert isinstance(second, BatchRecord)
    assert (second.batch_id, second.received_at) == (first.batch_id, first.received_at)
    assert second.attempt != first.attempt
    assert second.lease_until == later + 11_500
    assert records.read(ONCE, NOW, soon()) == second


def test_another_body_is_told_so_while_the_first_attempt_is_at_work(
    clock: Clock, records: DynamoDBBatchRecords
) -> None:
    created(records)
    once = ONCE._replace(body_hash="other")
    assert claim_batch(records, once, NOW, clock.monotonic() + 9.5) == IdempotencyKeyReused()


def test_an_attempt_that_waits_in_vain_says_that_the_other_may_have_stored_leads(
    clock: Clock, records: DynamoDBBatchRecords
) -> None:
    created(records)

    with pytest.raises(StoreUnavailableError) as failure:
        claim_batch(records, ONCE, NOW, clock.monotonic() + 9.5)

    assert failure.value.leads_may_be_stored


def free_batch(workspace_id: str, count: int, made: Note) -> Batch:
    leads = [complete({"company": f"Company {row}"}, made.record.received_at) for row in range(count)]
    return Batch(workspace_id, made.record.batch_id, leads, made)


def stored_note(once: Once = ONCE) -> Note:
    made = note(once=once)
    return made._replace(record=made.record._replace(is_stored=True))


def test_on_the_free_plan_leads_are_stored_and_counted_and_noted_together(
    records: DynamoDBBatchRecords, store: DynamoDBLeadStore, free_workspace: str, count_leads: Callable[[], int]
) -> None:
    made = stored_note()

    assert store.put_on_free_plan(free_batch(free_workspace, 3, made), 5, soon()) is Plan.FREE

    assert records.read(ONCE, NOW, soon()) == made.record
    assert store.free_plan_use(free_workspace, soon()) == FreePlanUse(3)
    assert count_leads() == 3


@pytest.mark.parametrize("count", [2, 5])
def test_on_the_free_plan_a_request_that_is_noted_is_neither_stored_nor_counted_again(
    records: DynamoDBBatchRecords,
    store: DynamoDBLeadStore,
    free_workspace: str,
    count_leads: Callable[[], int],
    count: int,
) -> None:
    made = stored_note()
    store.put_on_free_plan(free_batch(free_workspace, count, made), 5, soon())

    with pytest.raises(AlreadyNotedError):
        store.put_on_free_plan(free_batch(free_workspace, count, stored_note()), 5, soon())

    assert records.read(ONCE, NOW, soon()) == made.record
    assert store.free_plan_use(free_workspace, soon()) == FreePlanUse(count)
    assert count_leads() == count


def test_a_request_that_the_free_plan_refuses_is_not_noted(
    records: DynamoDBBatchRecords, store: DynamoDBLeadStore, free_workspace: str, count_leads: Callable[[], int]
) -> None:
    first, second = stored_note(ONCE._replace(idempotency_key="first")), stored_note()
    store.put_on_free_plan(free_batch(free_workspace, 4, first), 5, soon())

    assert store.put_on_free_plan(free_batch(free_workspace, 2, second), 5, soon()) == FreePlanUse(4)
    assert records.read(ONCE, NOW, soon()) is None
    assert store.put_on_free_plan(free_batch(free_workspace, 1, stored_note()), 5, soon()) is Plan.FREE
    assert count_leads() == 5


def test_a_request_that_is_none_of_the_free_plans_business_any_more_is_not_noted(
    records: DynamoDBBatchRecords, store: DynamoDBLeadStore, workspaces: Workspaces, free_workspace: str
) -> None:
    workspaces.set_plan(free_workspace, Plan.BASIC)
    assert store.put_on_free_plan(free_batch(free_workspace, 2, stored_note()), 5, soon()) is Plan.BASIC
    assert records.read(ONCE, NOW, soon()) is None


def lose_first_answer(client: "DynamoDBClient", operation: str) -> None:
    """Have the connection dropped after the first call took effect."""
    answers = iter([ConnectionClosedError(endpoint_url=client.meta.endpoint_url)])

    def drop(**_: Any) -> None:  # noqa: ANN401
        for error in answers:
            raise error

    client.meta.events.register(f"after-call.dynamodb.{operation}", drop)
