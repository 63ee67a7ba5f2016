"""What the store reports for monitoring: its retries, and its rollbacks."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from leads_core.dynamodb.lead_store import DynamoDBLeadStore
from leads_core.errors import StoreUnavailableError
from leads_core.intake import Batch, StoreActivity
from leads_core.plans import Plan
from leads_core.settings import Settings
from leads_core.ulids import new_ulid
from support.clock import VirtualClock, within

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOW = 1_795_420_800_000  # 2026-11-23T08:00:00Z
SECONDS = 10
QUIET = StoreActivity()


def batch_of(count: int, workspace_id: str = "acme") -> Batch:
    leads = [{"company": f"Company {row}"} for row in range(count)]
    return Batch(workspace_id, new_ulid(NOW), "2026-11-23T08:00:00Z", leads)


@pytest.mark.parametrize("count", [1, 100])
def test_without_faults_there_is_no_activity(store: DynamoDBLeadStore, clock: VirtualClock, count: int) -> None:
    store.put(batch_of(count), within(SECONDS, clock))

    assert store.activity == QUIET


@pytest.mark.parametrize(("count", "times"), [(1, 1), (25, 3), (100, 5)])
def test_every_retried_call_is_counted(
    store: DynamoDBLeadStore, clock: VirtualClock, refuse: Callable[..., None], count: int, times: int
) -> None:
    refuse("BatchWriteItem", "ThrottlingException", times=times)

    store.put(batch_of(count), within(SECONDS, clock))

    assert store.activity == StoreActivity(retried_calls=times)


def test_a_call_for_unprocessed_items_is_counted(
    dynamodb: "DynamoDBClient", store: DynamoDBLeadStore, settings: Settings, clock: VirtualClock
) -> None:
    batch = batch_of(2)
    second = {"pk": {"S": "acme#1"}, "sk": {"S": batch.lead_ids()[1]}}
    left_over = [{settings.leads_table: [{"PutRequest": {"Item": second}}]}, {}]
    dynamodb.meta.events.register(
        "after-call.dynamodb.BatchWriteItem", lambda parsed, **_: parsed.update(UnprocessedItems=left_over.pop(0))
    )

    store.put(batch, within(SECONDS, clock))

    assert store.activity == StoreActivity(retried_calls=1)


@pytest.mark.parametrize("count", [1, 100])
def test_a_batch_that_fails_and_is_rolled_back_is_counted(
    store: DynamoDBLeadStore,
    clock: VirtualClock,
    refuse: Callable[..., None],
    calls: list[tuple[str, dict[str, Any]]],
    count: int,
) -> None:
    refuse("BatchWriteItem", "ThrottlingException", when=lambda body: "PutRequest" in body and "-000" in body)

    with pytest.raises(StoreUnavailableError):
        store.put_or_roll_back(batch_of(count), within(SECONDS, clock))

    needed = 2 * -(-count // 25)
    assert len(calls) > needed
    assert store.activity == StoreActivity(retried_calls=len(calls) - needed, rollbacks=1)


def test_a_rollback_that_fails_is_counted(
    store: DynamoDBLeadStore, clock: VirtualClock, refuse: Callable[..., None]
) -> None:
    refuse("BatchWriteItem", "ThrottlingException")

    with pytest.raises(StoreUnavailableError) as failure:
        store.put_or_roll_back(batch_of(1), within(SECONDS, clock))

    assert failure.value.leads_may_be_stored
    assert store.activity.rollbacks == 1


def test_a_retried_transaction_is_counted(
    store: DynamoDBLeadStore, clock: VirtualClock, free_workspace: str, refuse: Callable[..., None]
) -> None:
    refuse("TransactWriteItems", "ThrottlingException", times=2)

    store.put_counted(batch_of(1, free_workspace), Plan.FREE, 5, within(SECONDS, clock))
    store.put_counted(batch_of(1, free_workspace), Plan.FREE, 5, within(SECONDS, clock))

    assert store.activity == StoreActivity(retried_calls=2)


def test_a_transaction_that_fails_has_nothing_to_roll_back(
    store: DynamoDBLeadStore,
    clock: VirtualClock,
    free_workspace: str,
    refuse: Callable[..., None],
    calls: list[tuple[str, dict[str, Any]]],
) -> None:
    refuse("TransactWriteItems", "ThrottlingException")

    with pytest.raises(StoreUnavailableError):
        store.put_counted(batch_of(1, free_workspace), Plan.FREE, 5, within(SECONDS, clock))

    assert store.activity == StoreActivity(retried_calls=len(calls) - 1)
