"""Leads in the leads table; on the free plan in one transaction with their count in the access table."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cached_property
from typing import TYPE_CHECKING, Any

from leads_core import time_budget
from leads_core.dynamodb.batch_records import note_put
from leads_core.dynamodb.lead_items import lead_item
from leads_core.dynamodb.retry import TRANSACTION_REFUSED_FOR_NOW, PartlyDoneError, cancellation_reasons, retry
from leads_core.dynamodb.schema import Item, lead_key, workspace_key
from leads_core.errors import StoreUnavailableError
from leads_core.intake import AlreadyNotedError, Batch, FreePlanUse, StoreActivity
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

    def put(self, batch: Batch, deadline: float) -> None:
        """Store a batch of any size, in parallel; when that fails, delete what was written of it."""
        write_deadline = deadline - time_budget.TO_TAKE_BACK
        if time.monotonic() + time_budget.LONGEST_CALL > write_deadline:
            raise StoreUnavailableError("no time left")
        try:
            self._write([{"PutRequest": {"Item": item}} for item in _items(batch)], write_deadline)
        except StoreUnavailableError as exc:
            self.take_back(batch, deadline)
            raise StoreUnavailableError(str(exc)) from exc
        except Exception:
            self.take_back(batch, deadline)
            raise

    def take_back(self, batch: Batch, deadline: float) -> None:
        """Delete whatever is stored of a batch; when that fails, the error says that leads may be stored."""
        self.activity.batches_taken_back += 1
        try:
            self._write([{"DeleteRequest": {"Key": key}} for key in _keys(batch)], deadline)
        except StoreUnavailableError as exc:
            raise StoreUnavailableError(str(exc), leads_may_be_stored=True) from exc
        except Exception as exc:  # whatever it is: what matters now is what the client is told
            raise StoreUnavailableError(type(exc).__name__, leads_may_be_stored=True) from exc

    def put_on_free_plan(self, batch: Batch, max_leads: int, deadline: float) -> Plan | FreePlanUse:
        """Store, count and note a batch of a few leads, in one transaction that several tries cannot make twice."""
        count_leads = {
            "TableName": self._access_table,
            "Key": workspace_key(batch.workspace_id),
            "UpdateExpression": "ADD lead_count :leads",
            "ConditionExpression": "#plan = :free AND lead_count <= :room",
            "ExpressionAttributeNames": {"#plan": "plan"},
            "ExpressionAttributeValues": {
                ":leads": {"N": str(len(batch.leads))},
                ":free": {"S": Plan.FREE},
                ":room": {"N": str(max_leads - len(batch.leads))},
            },
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        notes = [{"Put": note_put(self._access_table, batch.note)}] if batch.note else []
        puts = [{"Put": {"TableName": self._leads_table, "Item": item}} for item in _items(batch)]

        tries = 0

        def transact() -> Plan | FreePlanUse:
            nonlocal tries
            tries += 1
            try:
                self._client.transact_write_items(
                    TransactItems=[{"Update": count_leads}, *notes, *puts],  # type: ignore[list-item,typeddict-item]
                    # Of the attempt: another one at the same batch is another transaction.
                    ClientRequestToken=batch.note.record.attempt if batch.note else batch.batch_id,
                )
            except self._client.exceptions.TransactionCanceledException as exc:
                counting, *others = cancellation_reasons(exc)
                if any(reason["Code"] in TRANSACTION_REFUSED_FOR_NOW for reason in others):
                    raise  # a duplicate of this request may be about to make the note
                if notes and others[0]["Code"] == "ConditionalCheckFailed":
                    raise AlreadyNotedError from exc
                if counting["Code"] == "ConditionalCheckFailed":
                    return _free_plan_use(counting["Item"])
                raise
            return Plan.FREE

        try:
            return retry(transact, deadline=deadline, stores_leads=True)
        finally:
            self.activity.retried_calls += max(0, tries - 1)

    def free_plan_use(self, workspace_id: str, deadline: float) -> Plan | FreePlanUse:
        """What a workspace on the free plan holds, or ``Plan.BASIC``."""
        answer = retry(
            lambda: self._client.get_item(
                TableName=self._access_table, Key=workspace_key(workspace_id), ConsistentRead=True
            ),
            deadline=deadline,
        )
        return _free_plan_use(answer["Item"])

    def _write(self, writes: Sequence[_Write], deadline: float) -> None:
        """Make all writes, or as many as possible and raise what stopped the first of the others."""
        calls = [
            _BatchCall(self._client, self._leads_table, writes[start : start + _MOST_WRITES_PER_CALL])
            for start in range(0, len(writes), _MOST_WRITES_PER_CALL)
        ]
        try:
            running = [self._pool.submit(retry, call, deadline=deadline) for call in calls[1:]]
            try:
                retry(calls[0], deadline=deadline)
            finally:
                wait(running)
            for call in running:
                call.result()
        finally:
            self.activity.retried_calls += sum(call.retries for call in calls)

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(_THREADS)


class _BatchCall:
    """A BatchWriteItem that can be called again, for what is still to be done of it."""

    def __init__(self, client: "DynamoDBClient", table: str, writes: Sequence[_Write]) -> None:
        self._client = client
        self._table = table
        self._pending: Sequence[Any] = writes
        self._tries = 0

    @property
    def retries(self) -> int:
        return max(0, self._tries - 1)

    def __call__(self) -> None:
        self._tries += 1
        answer = self._client.batch_write_item(RequestItems={self._table: self._pending})
        self._pending = answer["UnprocessedItems"].get(self._table, [])
        if self._pending:
            raise PartlyDoneError


def _keys(batch: Batch) -> list[Item]:
    return [lead_key(batch.workspace_id, lead_id) for lead_id in batch.lead_ids()]


def _items(batch: Batch) -> list[Item]:
    return [
        lead_item(batch.workspace_id, lead_id, lead)
        for lead_id, lead in zip(batch.lead_ids(), batch.leads, strict=True)
    ]


def _free_plan_use(workspace: Item) -> Plan | FreePlanUse:
    plan = Plan(workspace["plan"]["S"])
    return FreePlanUse(int(workspace["lead_count"]["N"])) if plan is Plan.FREE else plan
