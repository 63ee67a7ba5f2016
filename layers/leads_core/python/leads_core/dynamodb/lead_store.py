"""Leads in the leads table; where they are counted, in one transaction with their count in the access table."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from leads_core.deadlines import Deadline
from leads_core.dynamodb.idempotency_records import new_record_put
from leads_core.dynamodb.lead_items import lead_item
from leads_core.dynamodb.retry import (
    TRANSACTION_REFUSED_FOR_NOW,
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
# 100 leads need four calls, of which one is made by the thread that waits for the others.
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
        """Store a batch of any size, in parallel; what was written when that fails stays."""
        self._make(self._puts(batch), deadline)

    def put_or_roll_back(self, batch: Batch, deadline: Deadline) -> None:
        """Store a batch of any size, in parallel; when that fails, delete what was written of it."""
        puts = self._puts(batch)
        try:
            self._make(puts, deadline.keeping_back(deadline.budget.roll_back_seconds))
        except Exception as exc:
            if any(put.was_made for put in puts):
                self._roll_back(batch, deadline)
            if isinstance(exc, StoreUnavailableError) and any(put.is_in_doubt for put in puts):
                # A put that was given up, even one that succeeded when it was made again, may land after the deletes.
                raise StoreUnavailableError(str(exc), leads_may_be_stored=True) from exc
            raise

    def _roll_back(self, batch: Batch, deadline: Deadline) -> None:
        """Delete whatever is stored of a batch; when that fails, the error says that leads may be stored."""
        self.activity.roll_backs += 1
        keys = [lead_key(batch.workspace_id, lead_id) for lead_id in batch.lead_ids()]
        try:
            self._make(self._calls([{"DeleteRequest": {"Key": key}} for key in keys]), deadline)
        except Exception as exc:  # whatever it is: what matters now is what the client is told
            raise StoreUnavailableError(type(exc).__name__, leads_may_be_stored=True) from exc

    def put_counted(
        self, batch: Batch, plan: Plan, most_leads: int, deadline: Deadline, new_record: NewRecord | None = None
    ) -> PlanUse | None:
        """Store, count and record a batch of a few leads, in one transaction that several tries cannot make twice."""
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
                    # Of this attempt, like the id: another attempt at the same request makes another transaction.
                    ClientRequestToken=batch.batch_id,
                )
            except self._client.exceptions.TransactionCanceledException as exc:
                counting, *others = cancellation_reasons(exc)
                if any(reason["Code"] in TRANSACTION_REFUSED_FOR_NOW for reason in others):
                    raise  # another attempt at this request may be about to create the record
                if records and others[0]["Code"] == "ConditionalCheckFailed":
                    raise RecordExistsError from exc
                if counting["Code"] == "ConditionalCheckFailed":
                    return _plan_use(counting["Item"])
                raise
            return None

        return retry(transact, deadline=deadline, stores_leads=True, on_retry=self._count_retry)

    def plan_use(self, workspace_id: str, deadline: Deadline) -> PlanUse:
        """What plan a workspace is on, and what it holds."""
        answer = retry(
            lambda: self._client.get_item(
                TableName=self._access_table, Key=workspace_key(workspace_id), ConsistentRead=True
            ),
            deadline=deadline,
        )
        return _plan_use(answer["Item"])

    def _puts(self, batch: Batch) -> "list[_BatchCall]":
        return self._calls([{"PutRequest": {"Item": item}} for item in _items(batch)])

    def _calls(self, writes: Sequence[_Write]) -> "list[_BatchCall]":
        return [
            _BatchCall(self._client, self._leads_table, writes[start : start + _MOST_WRITES_PER_CALL])
            for start in range(0, len(writes), _MOST_WRITES_PER_CALL)
        ]

    def _make(self, calls: "Sequence[_BatchCall]", deadline: Deadline) -> None:
        """Make all calls, or as many as possible and raise what stopped the first of the others; none goes on then."""
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
    """A BatchWriteItem that can be called again, for what is still to be done of it."""

    def __init__(self, client: "DynamoDBClient", table: str, writes: Sequence[_Write]) -> None:
        self._client = client
        self._table = table
        self._pending: Sequence[Any] = writes
        self.was_made = False
        self.is_in_doubt = False

    def __call__(self) -> None:
        self.was_made = True
        try:
            answer = self._client.batch_write_item(RequestItems={self._table: self._pending})
        except Exception as exc:
            self.is_in_doubt |= leaves_in_doubt(exc)
            raise
        self._pending = answer["UnprocessedItems"].get(self._table, [])
        if self._pending:
            raise PartlyDoneError


def _items(batch: Batch) -> list[Item]:
    return [
        lead_item(batch.workspace_id, lead_id, complete(lead, batch.received_at))
        for lead_id, lead in zip(batch.lead_ids(), batch.leads, strict=True)
    ]


def _plan_use(workspace: Item) -> PlanUse:
    lead_count = int(workspace["lead_count"]["N"]) if "lead_count" in workspace else None
    return PlanUse(Plan(workspace["plan"]["S"]), lead_count)
