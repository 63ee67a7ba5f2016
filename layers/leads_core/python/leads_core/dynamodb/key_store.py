"""API keys and their counters in the access table."""

from typing import TYPE_CHECKING, Any

from leads_core.admission import CountOutcome, KeyRecord
from leads_core.deadlines import Deadline
from leads_core.dynamodb.retry import retry
from leads_core.dynamodb.schema import Item, api_key_key
from leads_core.plans import Plan
from leads_core.rate_limit import SLOTS, Count, RateLimit, Roll, Usage

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_IS_VALID = "attribute_exists(pk) AND attribute_not_exists(revoked_at)"
_IS_CURRENT = "(attribute_not_exists(expires_at) OR expires_at > :now)"
_TICK_IS_AS_SEEN = "tick = :seen_tick"
_HAS_ROOM = "used < :limit"
_MAY_COUNT = f"{_IS_VALID} AND {_IS_CURRENT} AND {_TICK_IS_AS_SEEN} AND {_HAS_ROOM}"
_SUM_IS_AS_SEEN = "used = :seen_used"


class DynamoDBKeyStore:
    """A KeyStore (see ``leads_core.admission``) in the access table."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def count(
        self, key_hash: str, step: Count | Roll, limit: RateLimit, now_iso: str, deadline: Deadline
    ) -> CountOutcome:
        """Take a step of the rate limit, in one conditional update that also looks up the key and its plan."""
        request = _count_request(step, limit) if isinstance(step, Count) else _roll_request(step, limit)
        request["ExpressionAttributeValues"][":now"] = {"S": now_iso}

        def update() -> CountOutcome:
            try:
                response = self._client.update_item(
                    TableName=self._table,
                    Key=api_key_key(key_hash),
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **request,
                )
            except self._client.exceptions.ConditionalCheckFailedException as exc:
                found: Item | None = exc.response.get("Item")  # type: ignore[assignment]  # the stubs lack it
                return CountOutcome(is_counted=False, record=key_record(found) if found else None)
            return CountOutcome(is_counted=True, record=key_record(response["Attributes"]))

        return retry(update, deadline=deadline)


def _count_request(step: Count, limit: RateLimit) -> dict[str, Any]:
    return {
        "UpdateExpression": f"SET last_used_at = :now ADD used :one, {slot_name(step.slot)} :one",
        "ConditionExpression": _MAY_COUNT,
        "ExpressionAttributeValues": {
            ":one": {"N": "1"},
            ":seen_tick": _number(step.tick_start_ms),
            ":limit": _number(limit.requests),
        },
    }


def _roll_request(step: Roll, limit: RateLimit) -> dict[str, Any]:
    """Empty the slots that left the window and subtract their sum. Concurrent counts in the previous tick are kept."""
    change = f"SET last_used_at = :now, tick = :tick, {slot_name(step.slot)} = :one ADD used :change"
    if step.emptied:
        change += f" REMOVE {', '.join(map(slot_name, step.emptied))}"
    condition = _MAY_COUNT
    values = {
        ":one": {"N": "1"},
        ":seen_tick": _number(step.from_tick_start_ms),
        ":tick": _number(step.tick_start_ms),
        ":change": _number(1 - step.left),
        ":limit": _number(limit.requests + step.left),
    }
    if step.expected_used is not None:
        # The previous tick is emptied too, and an instance whose clock is behind may still count in it.
        condition += f" AND {_SUM_IS_AS_SEEN}"
        values[":seen_used"] = _number(step.expected_used)
    return {"UpdateExpression": change, "ConditionExpression": condition, "ExpressionAttributeValues": values}


def key_record(item: Item) -> KeyRecord:
    """The API key of an item of the access table."""
    return KeyRecord(
        workspace_id=item["workspace_id"]["S"],
        plan=Plan(item["plan"]["S"]),
        usage=Usage(
            tick_start_ms=int(item["tick"]["N"]),
            used=int(item["used"]["N"]),
            slots={slot: int(item[slot_name(slot)]["N"]) for slot in range(SLOTS) if slot_name(slot) in item},
        ),
        expires_at=item["expires_at"]["S"] if "expires_at" in item else None,
        revoked_at=item["revoked_at"]["S"] if "revoked_at" in item else None,
    )


def slot_name(slot: int) -> str:
    """The name of the attribute for a slot of the rate limit."""
    return f"s{slot}"


def _number(number: int) -> dict[str, str]:
    return {"N": str(number)}
