"""Idempotency records in the access table."""

from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from leads_core.deadlines import Deadline
from leads_core.dynamodb.retry import PartlyDoneError, cancellation_reasons, retry
from leads_core.dynamodb.schema import Item, idempotency_record_key, workspace_key
from leads_core.idempotency import CountedLeads, IdempotencyRecord, RequestFingerprint

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEPT_FOR_SECONDS = 24 * 60 * 60
_KEPT = ", ".join(
    f"{name} = if_not_exists({name}, :{name})" for name in ("batch_id", "received_at", "body_hash", "is_stored")
)
# An attempt that was paused, or whose clock is behind, must not shorten the lifetime of the record.
_IS_NEW_OR_IS_KEPT_LONGER = (
    "attribute_not_exists(pk) OR (body_hash = :body_hash AND delete_at > :now AND delete_at <= :delete_at)"
)
_IS_THE_BATCH = "batch_id = :batch_id"


class DynamoDBIdempotencyRecords:
    """IdempotencyRecords (see ``leads_core.idempotency``)."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def read(self, fingerprint: RequestFingerprint, now_ms: int, deadline: Deadline) -> IdempotencyRecord | None:
        """The record of a request, or None."""
        response = retry(
            lambda: self._client.get_item(
                TableName=self._table, Key=idempotency_record_key(fingerprint), ConsistentRead=True
            ),
            deadline=deadline,
        )
        item = response.get("Item")
        return _record(item) if item and not _is_expired(item, now_ms) else None

    def claim(
        self, fingerprint: RequestFingerprint, new: IdempotencyRecord, now_ms: int, deadline: Deadline
    ) -> IdempotencyRecord:
        """Return the record of a request, after creating ``new`` if there is none.

        The 24 hours of a record begin again, unless the request has another body.
        """
        values = {f":{name}": value for name, value in _attributes(new, now_ms).items()}

        def create_or_keep() -> IdempotencyRecord:
            try:
                response = self._client.update_item(
                    TableName=self._table,
                    Key=idempotency_record_key(fingerprint),
                    UpdateExpression=f"SET {_KEPT}, delete_at = :delete_at",
                    ConditionExpression=_IS_NEW_OR_IS_KEPT_LONGER,
                    ExpressionAttributeValues={**values, ":now": _seconds(now_ms)},
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except self._client.exceptions.ConditionalCheckFailedException as exc:
                found: Item = exc.response["Item"]  # type: ignore[typeddict-item]  # the stubs lack it
                if not _is_expired(found, now_ms):
                    return _record(found)
                with suppress(self._client.exceptions.ConditionalCheckFailedException):  # another attempt was faster
                    self._client.put_item(**new_record_put(self._table, fingerprint, new, now_ms))
                raise PartlyDoneError from exc
            return _record(response["Attributes"])

        return retry(create_or_keep, deadline=deadline)

    def mark_stored(
        self,
        fingerprint: RequestFingerprint,
        record: IdempotencyRecord,
        deadline: Deadline,
        counted: CountedLeads | None = None,
    ) -> None:
        """Mark the record: all leads are stored. In the same step, count them if their workspace has a count."""
        mark: Item = {
            "TableName": self._table,
            "Key": idempotency_record_key(fingerprint),
            "UpdateExpression": "SET is_stored = :true",
            "ConditionExpression": _IS_THE_BATCH,
            "ExpressionAttributeValues": {":true": {"BOOL": True}, ":batch_id": {"S": record.batch_id}},
        }
        if counted is None or not retry(lambda: self._mark_and_count(mark, counted), deadline=deadline):
            retry(lambda: self._client.update_item(**mark), deadline=deadline)

    def _mark_and_count(self, mark: Item, counted: CountedLeads) -> bool:
        """Mark and count in one transaction. Returns False, and changes nothing, if the workspace has no count now."""
        values = {**mark["ExpressionAttributeValues"], ":false": {"BOOL": False}}
        unmarked = {
            "ConditionExpression": f"{_IS_THE_BATCH} AND is_stored = :false",
            "ExpressionAttributeValues": values,
        }
        count: Item = {
            "TableName": self._table,
            "Key": workspace_key(counted.workspace_id),
            "UpdateExpression": "ADD lead_count :leads",
            "ConditionExpression": "attribute_exists(lead_count)",
            "ExpressionAttributeValues": {":leads": {"N": str(counted.lead_count)}},
        }
        try:
            self._client.transact_write_items(TransactItems=[{"Update": {**mark, **unmarked}}, {"Update": count}])  # type: ignore[typeddict-item]
        except self._client.exceptions.TransactionCanceledException as exc:
            codes = [reason["Code"] for reason in cancellation_reasons(exc)]
            if not {*codes} <= {"None", "ConditionalCheckFailed"}:
                raise
            # A marked record means that its leads are counted: by a try whose response was lost, or by another attempt.
            return bool(codes[0] == "ConditionalCheckFailed")
        return True


def new_record_put(table: str, fingerprint: RequestFingerprint, record: IdempotencyRecord, now_ms: int) -> Item:
    """Arguments of a put of a record, on condition that there is none or that it has expired."""
    return {
        "TableName": table,
        "Item": idempotency_record_key(fingerprint) | _attributes(record, now_ms),
        # DynamoDB deletes expired items within days, not immediately.
        "ConditionExpression": "attribute_not_exists(pk) OR delete_at <= :now",
        "ExpressionAttributeValues": {":now": _seconds(now_ms)},
    }


def _attributes(record: IdempotencyRecord, now_ms: int) -> Item:
    return {
        "batch_id": {"S": record.batch_id},
        "received_at": {"S": record.received_at},
        "body_hash": {"S": record.body_hash},
        "is_stored": {"BOOL": record.is_stored},
        "delete_at": _seconds(now_ms + _KEPT_FOR_SECONDS * 1000),
    }


def _seconds(now_ms: int) -> dict[str, str]:
    return {"N": str(now_ms // 1000)}


def _is_expired(item: Mapping[str, Any], now_ms: int) -> bool:
    return int(item["delete_at"]["N"]) <= now_ms // 1000


def _record(item: Mapping[str, Any]) -> IdempotencyRecord:
    return IdempotencyRecord(
        batch_id=item["batch_id"]["S"],
        received_at=item["received_at"]["S"],
        body_hash=item["body_hash"]["S"],
        is_stored=item["is_stored"]["BOOL"],
    )
