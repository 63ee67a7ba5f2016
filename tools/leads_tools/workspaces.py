"""What operators do: workspaces, their keys and plans, and reading their leads. Works on any DynamoDB endpoint."""

import heapq
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leads_core import keys, timestamps
from leads_core.dynamodb.attribute_values import plain_value
from leads_core.dynamodb.schema import (
    KEYS_BY_WORKSPACE,
    LEAD_SHARDS,
    Item,
    api_key_key,
    lead_partition,
    workspace_key,
)
from leads_core.plans import Plan
from leads_core.settings import MOST_FREE_PLAN_LEADS
from leads_core.ulids import new_ulid

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# A plan is set on the workspace and all its keys in one transaction, which has at most 100 actions.
MOST_KEYS_PER_WORKSPACE = 90
# So that a key's item stays below 1 KB, with all counters of the rate limit: then a request costs one write unit.
MOST_LABEL_CHARACTERS = 64
_MOST_TRIES = 20
_SECONDS_BETWEEN_TRIES = 0.25
# The template's setting.
_FUNCTION_TIMEOUT_SECONDS = 10
# Times are stored in whole seconds, and clocks differ.
_CLOCK_MARGIN_SECONDS = 2
_SHORTEST_START = len(keys.PREFIX) + 4


class AdministrationError(Exception):
    """An operation was refused; the text says why, and nothing was changed."""


@dataclass(frozen=True, slots=True)
class Key:
    """An API key as stored; ``last_used_at`` in milliseconds since the epoch."""

    primary_key: Item
    start: str
    last_used_at: int
    is_revoked: bool


class Workspaces:
    """The administration of all workspaces in a pair of tables."""

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        access_table: str,
        leads_table: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._access_table = access_table
        self._leads_table = leads_table
        self._sleep = sleep

    def create_workspace(self, name: str, plan: Plan) -> str:
        """Create a workspace without keys and leads; returns its id."""
        if not name.strip():
            raise AdministrationError("A workspace needs a name.")
        workspace_id = new_ulid(timestamps.now())
        item: Item = {
            **workspace_key(workspace_id),
            "name": {"S": name},
            "plan": {"S": plan},
            "created_at": {"S": timestamps.from_epoch_ms(timestamps.now())},
            "key_count": {"N": "0"},
        }
        if plan is Plan.FREE:
            item["lead_count"] = {"N": "0"}
        self._client.put_item(TableName=self._access_table, Item=item)
        return workspace_id

    def create_key(self, workspace_id: str, *, label: str | None = None, secret: str | None = None) -> str:
        """Create an API key for a workspace and return its secret, which is stored nowhere.

        ``secret`` is for a key that has to be known beforehand, as the demo's are.
        """
        if label and len(label) > MOST_LABEL_CHARACTERS:
            raise AdministrationError(f"A label has at most {MOST_LABEL_CHARACTERS} characters, this one {len(label)}.")
        secret = secret or keys.generate_secret()
        for _ in self._tries(workspace_id):
            workspace = self._workspace(workspace_id)
            if int(workspace["key_count"]["N"]) >= MOST_KEYS_PER_WORKSPACE:
                raise AdministrationError(
                    f"Workspace {workspace_id} has {MOST_KEYS_PER_WORKSPACE} keys, the most possible: revoke one first."
                )
            item: Item = {
                **api_key_key(keys.hash_secret(secret)),
                "workspace_id": {"S": workspace_id},
                "plan": workspace["plan"],
                "start": {"S": keys.displayable_start(secret)},
                "created_at": {"S": timestamps.from_epoch_ms(timestamps.now())},
                "tick": {"N": "0"},
                "used": {"N": "0"},
            }
            if label:
                item["label"] = {"S": label}
            if self._transact(
                self._workspace_change(workspace, "ADD key_count :one", {":one": {"N": "1"}}),
                {
                    "Put": {
                        "TableName": self._access_table,
                        "Item": item,
                        "ConditionExpression": "attribute_not_exists(pk)",
                    }
                },
            ):
                break
        return secret

    def revoke_key(self, workspace_id: str, start: str) -> str:
        """Revoke the key that starts with ``start``, from the next request on; returns its displayable start."""
        if len(start) < _SHORTEST_START:
            raise AdministrationError(f"Name at least the first {_SHORTEST_START} characters of the key.")
        start = keys.displayable_start(start)  # of a whole key, nothing more is compared or shown
        for _ in self._tries(workspace_id):
            workspace = self._workspace(workspace_id)
            valid_keys = self._valid_keys(workspace)
            if valid_keys is None:
                continue
            matching = [key for key in valid_keys if key.start.startswith(start)]
            if len(matching) != 1:
                count = len(matching) or "no"
                raise AdministrationError(
                    f"Workspace {workspace_id} has {count} valid keys that start with {start}: name exactly one."
                )
            if self._transact(
                self._workspace_change(workspace, "ADD key_count :less", {":less": {"N": "-1"}}),
                self._access_update(
                    matching[0].primary_key,
                    "SET revoked_at = :now",
                    "attribute_not_exists(revoked_at)",
                    {":now": {"S": timestamps.from_epoch_ms(timestamps.now())}},
                ),
            ):
                break
        return matching[0].start

    def set_plan(self, workspace_id: str, plan: Plan) -> int | None:
        """Put a workspace and all its keys on a plan, in one transaction.

        On the free plan a workspace keeps the leads it holds, and gets no more while it holds as many as the plan
        allows. Returns how many it holds, counted up to the most that the plan can be set to allow; None on the basic
        plan. When this is interrupted, the workspace is closed for leads until it is run again. For a workspace that is
        on the free plan already, the leads are counted again.
        """
        if plan is Plan.BASIC:
            self._put_on_plan(workspace_id, plan, "SET #plan = :plan REMOVE lead_count, downgrade", {})
            return None
        workspace = self._workspace(workspace_id)
        was_free = workspace["plan"]["S"] == plan
        if not was_free:
            closed = {":closed": {"N": str(MOST_FREE_PLAN_LEADS)}, ":downgrade": {"S": secrets.token_hex(8)}}
            change = "SET #plan = :plan, lead_count = :closed, downgrade = :downgrade"
            self._put_on_plan(workspace_id, plan, change, closed)
            workspace = self._workspace(workspace_id)
        if "downgrade" in workspace:
            self._wait_for_requests_under_way(workspace_id)
        return self._count_leads_held(workspace_id, workspace.get("downgrade"))

    def leads(self, workspace_id: str, *, page_size: int) -> Iterator[dict[str, Any]]:
        """The leads of a workspace, newest first, each with its ``id``; read in pages as they are asked for."""
        self._workspace(workspace_id)
        shards = [self._shard(workspace_id, shard, page_size) for shard in range(LEAD_SHARDS)]
        return heapq.merge(*shards, key=lambda lead: lead["id"], reverse=True)

    def _workspace(self, workspace_id: str) -> Item:
        answer = self._client.get_item(
            TableName=self._access_table, Key=workspace_key(workspace_id), ConsistentRead=True
        )
        if "Item" not in answer:
            raise AdministrationError(f"There is no workspace {workspace_id}.")
        return answer["Item"]

    def _keys(self, workspace_id: str) -> list[Key]:
        """All keys of a workspace, as far as the index knows them: it may lag behind by a moment."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._access_table,
            IndexName=KEYS_BY_WORKSPACE,
            KeyConditionExpression="workspace_id = :workspace",
            ExpressionAttributeValues={":workspace": {"S": workspace_id}},
        )
        items = [
            self._client.get_item(TableName=self._access_table, Key={"pk": entry["pk"]}, ConsistentRead=True)["Item"]
            for page in pages
            for entry in page["Items"]
        ]
        return [
            Key({"pk": item["pk"]}, item["start"]["S"], _last_used_at(item), "revoked_at" in item) for item in items
        ]

    def _valid_keys(self, workspace: Item) -> list[Key] | None:
        """The keys that are not revoked, or None while the index does not know them all."""
        valid_keys = [key for key in self._keys(_id(workspace)) if not key.is_revoked]
        return valid_keys if len(valid_keys) == int(workspace["key_count"]["N"]) else None

    def _put_on_plan(self, workspace_id: str, plan: Plan, change: str, values: Item) -> None:
        new_plan = {":plan": {"S": plan}}
        for _ in self._tries(workspace_id):
            workspace = self._workspace(workspace_id)
            valid_keys = self._valid_keys(workspace)
            if valid_keys is not None and self._transact(
                self._workspace_change(workspace, change, {**new_plan, **values}),
                *(
                    self._access_update(key.primary_key, "SET #plan = :plan", "attribute_exists(pk)", new_plan)
                    for key in valid_keys
                ),
            ):
                break

    def _wait_for_requests_under_way(self, workspace_id: str) -> None:
        """Wait until every request that was admitted before now has ended.

        The keys tell when the last one was admitted, to the second. Those that are revoked meanwhile tell too.
        """
        last_used = max((key.last_used_at for key in self._keys(workspace_id)), default=0)
        ends_at = last_used + (_FUNCTION_TIMEOUT_SECONDS + _CLOCK_MARGIN_SECONDS) * 1000
        if ends_at > timestamps.now():
            self._sleep((ends_at - timestamps.now()) / 1000)

    def _count_leads_held(self, workspace_id: str, downgrade: Item | None) -> int:
        """Count the leads and set the count, unless another downgrade has begun since."""
        condition = "lead_count = :seen_leads AND attribute_not_exists(downgrade)"
        values = {}
        if downgrade:
            condition, values = "lead_count = :seen_leads AND downgrade = :downgrade", {":downgrade": downgrade}
        for _ in self._tries(workspace_id):
            workspace = self._workspace(workspace_id)
            held = self._count_leads(workspace_id, at_most=MOST_FREE_PLAN_LEADS)
            if self._transact(
                self._workspace_change(
                    workspace,
                    "SET lead_count = :held REMOVE downgrade",
                    {":held": {"N": str(held)}, ":seen_leads": workspace["lead_count"], **values},
                    condition,
                )
            ):
                break
        return held

    def _count_leads(self, workspace_id: str, *, at_most: int) -> int:
        held = 0
        for shard in range(LEAD_SHARDS):
            # A page ends after a megabyte, however few leads that is.
            for page in self._client.get_paginator("query").paginate(
                TableName=self._leads_table,
                KeyConditionExpression="pk = :partition",
                ExpressionAttributeValues={":partition": {"S": lead_partition(workspace_id, shard)}},
                Select="COUNT",
                ConsistentRead=True,
                PaginationConfig={"PageSize": at_most},
            ):
                held += page["Count"]
                if held >= at_most:
                    return at_most
        return held

    def _shard(self, workspace_id: str, shard: int, page_size: int) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._leads_table,
            KeyConditionExpression="pk = :partition",
            ExpressionAttributeValues={":partition": {"S": lead_partition(workspace_id, shard)}},
            ScanIndexForward=False,
            PaginationConfig={"PageSize": page_size},
        )
        for page in pages:
            for item in page["Items"]:
                lead = {name: plain_value(dict(value)) for name, value in item.items() if name not in {"pk", "sk"}}
                yield {"id": item["sk"]["S"], **lead}

    def _workspace_change(self, seen: Item, change: str, values: Item, condition: str = "") -> Item:
        """An update of a workspace that holds only while its plan and keys are what they were when it was read."""
        return self._access_update(
            {"pk": seen["pk"]},
            change,
            " AND ".join(filter(None, ("#plan = :seen_plan", "key_count = :seen_keys", condition))),
            {":seen_plan": seen["plan"], ":seen_keys": seen["key_count"], **values},
        )

    def _access_update(self, key: Item, change: str, condition: str, values: Item) -> Item:
        update: Item = {
            "TableName": self._access_table,
            "Key": key,
            "UpdateExpression": change,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": values,
        }
        if "#plan" in change + condition:
            update["ExpressionAttributeNames"] = {"#plan": "plan"}
        return {"Update": update}

    def _transact(self, *actions: Item) -> bool:
        """Make all changes, or none and return False when something changed or was changing since it was read."""
        try:
            self._client.transact_write_items(TransactItems=actions)  # type: ignore[arg-type]
        except self._client.exceptions.TransactionCanceledException as exc:
            codes = {reason["Code"] for reason in exc.response["CancellationReasons"]}
            if codes <= {"None", "ConditionalCheckFailed", "TransactionConflict"}:
                return False
            raise
        return True

    def _tries(self, workspace_id: str) -> Iterator[None]:
        for _ in range(_MOST_TRIES):
            yield
            self._sleep(_SECONDS_BETWEEN_TRIES)
        raise AdministrationError(f"Workspace {workspace_id} kept changing meanwhile: try again.")


def _id(workspace: Item) -> str:
    workspace_id: str = workspace["pk"]["S"].partition("#")[2]
    return workspace_id


def _last_used_at(key: Mapping[str, Any]) -> int:
    used = key.get("last_used_at")
    return timestamps.to_epoch_ms(used["S"]) if used else 0
