"""Stores leads in the leads table; counted leads in one transaction with their count, which is in the access table."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from leads_core.deadlines import Deadline
from leads_core.dynamodb.idempotency_records import new_record_put
from leads_core.dynamodb.lead_items import lead_item
from leads_core.dynamodb.retry import (
    TRANSIENT_CANCELLATIONS,
    PartlyDoneError,
    cancellation_reasons,
    leaves_in_doubt,
    retry,
)
from leads_core.dynamodb.schema import Item, lead_key, workspace_key
from leads_core.errors import StoreUnavailableError
from leads_core.intake import Batch, NewRecord, PlanUse, RecordExistsError, StoreActivity
from leads_core.leads import complete
from leads_core.plans import Plan

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# DynamoDB's limit for one BatchWriteItem.
_MOST_WRITES_PER_CALL = 25
# 100 leads need four calls. The calling thread makes one of them itself, then waits for the others.
_THREADS = 3

_Write = dict[str, Any]


class DynamoDBLeadStore:
    """A LeadStore (see ``leads_core.intake``)."""

    def __init__(self, client: "DynamoDBClient", *, access_table: str, leads_table: str) -> None:
        self._client = client
        self._access_table = access_table
        self._leads_table = leads_table
        self.activity = StoreActivity()

    def put(self, batch: Batch, deadline: Deadline) -> None:
        """Store a batch of any size, in parallel. On failure, leads that were written stay."""
        self._make(self._puts(batch), deadline)

    def put_or_roll_back(self, batch: Batch, deadline: Deadline) -> None:
        """Store a batch of any size, in parallel. On failure, roll back: delete the leads that were written."""
        puts = self._puts(batch)
        try:
            self._make(puts, deadline.keeping_back(deadline.budget.rollback_seconds))
        except Exception as exc:
            if any(put.was_made for put in puts):
                self._roll_back(batch, deadline)
            if isinstance(exc, StoreUnavailableError) and any(put.is_in_doubt for put in puts):
                # A put that timed out may take effect after the deletes, even if its retry succeeded.
                raise StoreUnavailableError(str(exc), leads_may_be_stored=True) from exc
            raise

    def _roll_back(self, batch: Batch, deadline: Deadline) -> None:
        """Delete all stored leads of a batch. If that fails, the error reports that leads may be stored."""
        self.activity.rollbacks += 1
        keys = [lead_key(batch.workspace_id, lead_id) for lead_id in batch.lead_ids()]
        try:
            self._make(self._calls([{"DeleteRequest": {"Key": key}} for key in keys]), deadline)
        except Exception as exc:  # any error: the response must report that leads may be stored
            raise StoreUnavailableError(type(exc).__name__, leads_may_be_stored=True) from exc

    def put_counted(
        self, batch: Batch, plan: Plan, most_leads: int, deadline: Deadline, new_record: NewRecord | None = None
    ) -> PlanUse | None:
        """Store, count and record a small batch in one transaction, which retries cannot repeat."""
        count_leads = {
            "TableName": self._access_table,
            "Key": workspace_key(batch.workspace_id),
            "UpdateExpression": "ADD lead_count :leads",
            "ConditionExpression": "#plan = :plan AND lead_count <= :room",
            "ExpressionAttributeNames": {"#plan": "plan"},
            "ExpressionAttributeValues": {
                ":leads": {"N": str(len(batch.leads))},
                ":plan": {"S": plan},
                ":room": {"N": str(most_leads - len(batch.leads))},
            },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        records = [{"Put": new_record_put(self._access_table, *new_record)}] if new_record else []
        puts = [{"Put": {"TableName": self._leads_table, "Item": item}} for item in _items(batch)]

        def transact() -> PlanUse | None:
            try:
                self._client.transact_write_items(
                    TransactItems=[{"Update": count_leads}, *records, *puts],  # type: ignore[list-item,typeddict-item]
                    # The token and the batch id belong to this attempt: another attempt makes another transaction.
                    ClientRequestToken=batch.batch_id,
                )
            except self._client.exceptions.TransactionCanceledException as exc:
                counting, *others = cancellation_reasons(exc)
                if any(reason["Code"] in TRANSIENT_CANCELLATIONS for reason in others):
                    raise  # another attempt of this request may be creating the record
                if records and others[0]["Code"] == "ConditionalCheckFailed":
                    raise RecordExistsError from exc
                if counting["Code"] == "ConditionalCheckFailed":
                    return _plan_use(counting["Item"])
                raise
            return None

        return retry(transact, deadline=deadline, stores_leads=True, on_retry=self._count_retry)

    def plan_use(self, workspace_id: str, deadline: Deadline) -> PlanUse:
        """The plan of a workspace, and how many leads it holds."""
        response = retry(
            lambda: self._client.get_item(
                TableName=self._access_table, Key=workspace_key(workspace_id), ConsistentRead=True
            ),
            deadline=deadline,
        )
        return _plan_use(response["Item"])

    def _puts(self, batch: Batch) -> "list[_BatchCall]":
        return self._calls([{"PutRequest": {"Item": item}} for item in _items(batch)])

    def _calls(self, writes: Sequence[_Write]) -> "list[_BatchCall]":
        return [
            _BatchCall(self._client, self._leads_table, writes[start : start + _MOST_WRITES_PER_CALL])
            for start in range(0, len(writes), _MOST_WRITES_PER_CALL)
        ]

    def _make(self, calls: "Sequence[_BatchCall]", deadline: Deadline) -> None:
        """Make all calls, and wait for all. If some fail, raise the error of the first of these."""
        make = partial(retry, deadline=deadline, on_retry=self._count_retry)
        in_flight = [self._pool.submit(make, call) for call in calls[1:]]
        try:
            make(calls[0])
        finally:
            wait(in_flight)
        for call in in_flight:
            call.result()

    def _count_retry(self) -> None:
        self.activity.retried_calls += 1

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_THREADS)


class _BatchCall:
    """A BatchWriteItem; calling it again writes the unprocessed items."""

    def __init__(self, client: "DynamoDBClient", table: str, writes: Sequence[_Write]) -> None:
        self._client = client
        self._table = table
        self._unprocessed: Sequence[Any] = writes
        self.was_made = False
        self.is_in_doubt = False

    def __call__(self) -> None:
        self.was_made = True
        try:
            response = self._client.batch_write_item(RequestItems={self._table: self._unprocessed})
        except Exception as exc:
            self.is_in_doubt |= leaves_in_doubt(exc)
            raise
        self._unprocessed = response["UnprocessedItems"].get(self._table, [])
        if self._unprocessed:
            raise PartlyDoneError


def _items(batch: Batch) -> list[Item]:
    return [
        lead_item(batch.workspace_id, lead_id, complete(lead, batch.received_at))
        for lead_id, lead in zip(batch.lead_ids(), batch.leads, strict=True)
    ]


def _plan_use(workspace: Item) -> PlanUse:
    lead_count = int(workspace["lead_count"]["N"]) if "lead_count" in workspace else None
    return PlanUse(Plan(workspace["plan"]["S"]), lead_count)
