"""Records of requests with an Idempotency-Key, in the access table."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from leads_core.dynamodb.retry import retry
from leads_core.dynamodb.schema import Item, batch_key
from leads_core.errors import StoreUnavailableError
from leads_core.idempotency import BatchRecord, Note, Once

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEPT_FOR_SECONDS = 24 * 60 * 60
# DynamoDB deletes what is past its time within days, not at once.
_IS_FREE = "attribute_not_exists(pk) OR delete_at <= :now"
_IS_THE_ATTEMPT = "attempt = :attempt"
_IS_OPEN = "is_stored = :false"


class DynamoDBBatchRecords:
    """BatchRecords (see ``leads_core.idempotency``)."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def create(self, note: Note, deadline: float) -> BatchRecord | None:
        """Note a request and return None, or return what is noted of it already."""

        def put() -> BatchRecord | None:
            try:
                self._client.put_item(**note_put(self._table, note), ReturnValuesOnConditionCheckFailure="ALL_OLD")
            except self._client.exceptions.ConditionalCheckFailedException as exc:
                return _record(exc.response["Item"])  # type: ignore[typeddict-item]  # the stubs lack it
            return None

        return retry(put, deadline=deadline)

    def read(self, once: Once, now: int, deadline: float) -> BatchRecord | None:
        """What is noted of a request."""
        key = batch_key(once.key_hash, once.idempotency_key)
        answer = retry(
            lambda: self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True), deadline=deadline
        )
        item = answer.get("Item")
        return _record(item) if item and int(item["delete_at"]["N"]) > now // 1000 else None

    def take_over(self, once: Once, seen: BatchRecord, claim: BatchRecord, deadline: float) -> bool:
        """Replace the attempt at work, if it still is the one that was seen."""
        values = {
            ":new": {"S": claim.attempt},
            ":until": {"N": str(claim.lease_until)},
            ":false": {"BOOL": False},
        }
        return self._update(once, seen, "SET attempt = :new, lease_until = :until", values, deadline, _IS_OPEN)

    def note_stored(self, once: Once, claim: BatchRecord, deadline: float) -> None:
        """Note that all leads are stored; the error tells whether this may have been noted after all."""
        if not self._update(once, claim, "SET is_stored = :true", {":true": {"BOOL": True}}, deadline):
            raise StoreUnavailableError("another attempt took over", leads_may_be_stored=True)

    def release(self, once: Once, claim: BatchRecord, deadline: float) -> None:
        """End the lease early: the attempt has failed and left nothing behind."""
        self._update(once, claim, "SET lease_until = :past", {":past": {"N": "0"}}, deadline)

    def _update(
        self, once: Once, seen: BatchRecord, change: str, values: Item, deadline: float, *conditions: str
    ) -> bool:
        def update() -> bool:
            try:
                self._client.update_item(
                    TableName=self._table,
                    Key=batch_key(once.key_hash, once.idempotency_key),
                    UpdateExpression=change,
                    ConditionExpression=" AND ".join((_IS_THE_ATTEMPT, *conditions)),
                    ExpressionAttributeValues={":attempt": {"S": seen.attempt}, **values},
                )
            except self._client.exceptions.ConditionalCheckFailedException:
                return False
            return True

        return retry(update, deadline=deadline, stores_leads=True)


def note_put(table: str, note: Note) -> dict[str, Any]:
    """Arguments of a put of a note, on condition that there is none that still counts, or it is claimed."""
    once, record, now = note.once, note.record, note.now
    item: Item = {
        **batch_key(once.key_hash, once.idempotency_key),
        "batch_id": {"S": record.batch_id},
        "received_at": {"S": record.received_at},
        "body_hash": {"S": record.body_hash},
        "attempt": {"S": record.attempt},
        "lease_until": {"N": str(record.lease_until)},
        "is_stored": {"BOOL": record.is_stored},
        "delete_at": {"N": str(now // 1000 + _KEPT_FOR_SECONDS)},
    }
    condition, values = _IS_FREE, {":now": {"N": str(now // 1000)}}
    if note.is_claimed:
        condition, values = _IS_THE_ATTEMPT, {":attempt": {"S": record.attempt}}
    return {
        "TableName": table,
        "Item": item,
        "ConditionExpression": condition,
        "ExpressionAttributeValues": values,
    }


def _record(item: Mapping[str, Any]) -> BatchRecord:
    return BatchRecord(
        batch_id=item["batch_id"]["S"],
        received_at=item["received_at"]["S"],
        body_hash=item["body_hash"]["S"],
        attempt=item["attempt"]["S"],
        lease_until=int(item["lease_until"]["N"]),
        is_stored=item["is_stored"]["BOOL"],
    )
