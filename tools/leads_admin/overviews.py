"""Workspaces with their keys, and how much of the rate limit is used: what one look at the access table shows."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leads_admin.access_table import AccessTable
from leads_admin.key_items import Key, key_of_item
from leads_admin.workspaces import Workspace, workspace_of_item
from leads_core.deadlines import Clock
from leads_core.dynamodb.key_store import key_record
from leads_core.dynamodb.schema import KEYS_BY_WORKSPACE, Item
from leads_core.rate_limit import RateLimit, quota

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_IS_WANTED = "begins_with(pk, :workspace) OR begins_with(pk, :key)"
_WANTED: Item = {":workspace": {"S": "WORKSPACE#"}, ":key": {"S": "KEY#"}}
_MOST_KEYS_PER_CALL = 100


@dataclass(frozen=True, slots=True)
class KeyUse:
    """A key, and how many of its requests count towards the rate limit now."""

    key: Key
    used: int


@dataclass(frozen=True, slots=True)
class Overview:
    """A workspace, and its keys, the oldest first."""

    workspace: Workspace
    keys: list[KeyUse]


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """Workspaces of a part of the table, the oldest first. ``next_page`` is where the next part begins, or None."""

    overviews: list[Overview]
    next_page: str | None


class Overviews:
    """The access table of a stack, read for people who look on. Reads of several keys are eventually consistent."""

    def __init__(self, client: "DynamoDBClient", table: str, limit: RateLimit) -> None:
        self._client = client
        self._table = AccessTable(client, table)
        self._limit = limit

    def page(self, start: str | None = None, *, most_pages: int) -> OverviewPage:
        """Workspaces with their keys. This scans the table, but no more of it than ``most_pages`` megabytes.

        When it does not read all of it, keys may be missing. Besides these, the table has a small item for each request
        of the last day that came with an ``Idempotency-Key``.
        """
        items: list[Item] = []
        more: dict[str, Any] = {"ExclusiveStartKey": {"pk": {"S": start}}} if start else {}
        for _ in range(most_pages):
            response = self._client.scan(
                TableName=self._table.name,
                FilterExpression=_IS_WANTED,
                ExpressionAttributeValues=_WANTED,
                **more,
            )
            items += response["Items"]
            if "LastEvaluatedKey" not in response:
                more = {}
                break
            more = {"ExclusiveStartKey": response["LastEvaluatedKey"]}
        keys = defaultdict(list)
        for item in items:
            if "workspace_id" in item:
                keys[item["workspace_id"]["S"]].append(item)
        workspaces = [workspace_of_item(item) for item in items if "workspace_id" not in item]
        overviews = [
            Overview(workspace, self._uses(keys[workspace.id]))
            for workspace in sorted(workspaces, key=lambda workspace: workspace.id)
        ]
        return OverviewPage(overviews, more["ExclusiveStartKey"]["pk"]["S"] if more else None)

    def workspace(self, workspace_id: str) -> Workspace:
        """A workspace. Raises AdministrationError if it does not exist."""
        return workspace_of_item(self._table.workspace(workspace_id))

    def of(self, workspace_id: str) -> Overview:
        """A workspace with its keys. Raises AdministrationError if it does not exist."""
        workspace = self.workspace(workspace_id)
        return Overview(workspace, self._uses(self._keys(workspace_id)))

    def counters(self, workspace_id: str) -> list[tuple[str, str, str]]:
        """What every request changes in the keys of a workspace."""
        return sorted((key["pk"]["S"], key["tick"]["N"], key["used"]["N"]) for key in self._keys(workspace_id))

    def _keys(self, workspace_id: str) -> list[Item]:
        """The keys of a workspace that are in the index, which may lag behind for a moment."""
        index = self._client.query(
            TableName=self._table.name,
            IndexName=KEYS_BY_WORKSPACE,
            KeyConditionExpression="workspace_id = :workspace",
            ExpressionAttributeValues={":workspace": {"S": workspace_id}},
        )
        wanted: Any = [{"pk": entry["pk"]} for entry in index["Items"]]
        items: list[Item] = []
        while wanted:
            asked, wanted = wanted[:_MOST_KEYS_PER_CALL], wanted[_MOST_KEYS_PER_CALL:]
            response = self._client.batch_get_item(RequestItems={self._table.name: {"Keys": asked}})
            items += response["Responses"][self._table.name]
            unprocessed: Any = response["UnprocessedKeys"]
            wanted += unprocessed[self._table.name]["Keys"] if unprocessed else []
        return items

    def _uses(self, items: list[Item]) -> list[KeyUse]:
        now = Clock().now_ms()
        uses = [
            KeyUse(
                key_of_item(item),
                self._limit.requests - quota(key_record(dict(item)).usage, self._limit, now).remaining,
            )
            for item in items
        ]
        return sorted(uses, key=lambda use: use.key.created_at)
