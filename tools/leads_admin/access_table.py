"""Workspaces and keys in the access table: reads them, and changes several in one transaction."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from leads_admin.errors import AdministrationError
from leads_core.dynamodb.schema import KEYS_BY_WORKSPACE, Item, workspace_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_WORKSPACE = "WORKSPACE#"
_MOST_TRIES = 20
_SECONDS_BETWEEN_TRIES = 0.25


class AccessTable:
    """The access table of a stack. All reads are consistent, except those of an index."""

    def __init__(self, client: "DynamoDBClient", name: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self.client = client
        self.name = name
        self.sleep = sleep

    def workspaces(self) -> Iterator[Item]:
        """All workspaces, in no particular order. This reads the whole table, in pages."""
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.name,
            FilterExpression="begins_with(pk, :workspace)",
            ExpressionAttributeValues={":workspace": {"S": _WORKSPACE}},
            ConsistentRead=True,
        )
        for page in pages:
            yield from page["Items"]

    def workspace(self, workspace_id: str) -> Item:
        """A workspace. Raises AdministrationError if it does not exist."""
        response = self.client.get_item(TableName=self.name, Key=workspace_key(workspace_id), ConsistentRead=True)
        if "Item" not in response:
            raise AdministrationError(f"There is no workspace {workspace_id}.")
        return response["Item"]

    def open_workspace(self, workspace_id: str) -> Item:
        """A workspace to change. Raises AdministrationError if it does not exist or is being deleted."""
        workspace = self.workspace(workspace_id)
        if "deletion_began_at" in workspace:
            raise AdministrationError(
                f"Workspace {workspace_id} is being deleted; to resume the deletion",
                remedy=f"workspace delete {workspace_id}",
            )
        return workspace

    def keys(self, workspace_id: str) -> list[Item]:
        """The keys of a workspace that are in the index, which may lag behind for a moment."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.name,
            IndexName=KEYS_BY_WORKSPACE,
            KeyConditionExpression="workspace_id = :workspace",
            ExpressionAttributeValues={":workspace": {"S": workspace_id}},
        )
        responses = (
            self.client.get_item(TableName=self.name, Key={"pk": entry["pk"]}, ConsistentRead=True)
            for page in pages
            for entry in page["Items"]
        )
        return [response["Item"] for response in responses if "Item" in response]

    def all_keys(self, workspace: Item) -> list[Item] | None:
        """All keys of a workspace, or None while keys that are not revoked are still missing in the index."""
        keys = self.keys(id_of(workspace))
        return keys if len(not_revoked(keys)) == int(workspace["key_count"]["N"]) else None

    def workspace_change(self, seen: Item, change: str, values: Item, condition: str = "") -> Item:
        """An update of a workspace, on condition that its plan and keys have not changed since it was read."""
        conditions = ("#plan = :seen_plan", "key_count = :seen_keys", "attribute_not_exists(deletion_began_at)")
        return self.update(
            {"pk": seen["pk"]},
            change,
            " AND ".join(filter(None, (*conditions, condition))),
            {":seen_plan": seen["plan"], ":seen_keys": seen["key_count"], **values},
        )

    def update(self, key: Item, change: str, condition: str, values: Item) -> Item:
        """A conditional update as an action of a transaction."""
        update: Item = {
            "TableName": self.name,
            "Key": key,
            "UpdateExpression": change,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": values,
        }
        if "#plan" in change + condition:
            update["ExpressionAttributeNames"] = {"#plan": "plan"}
        return {"Update": update}

    def transact(self, *actions: Item) -> bool:
        """Make all changes. If an item has changed since it was read, or is changing, make none and return False."""
        return self.refusals(*actions) is None

    def refusals(self, *actions: Item) -> list[str] | None:
        """Make all changes and return None; or make none, and return DynamoDB's code for each action."""
        try:
            self.client.transact_write_items(TransactItems=actions)  # type: ignore[arg-type]
        except self.client.exceptions.TransactionCanceledException as exc:
            codes = [reason["Code"] for reason in exc.response["CancellationReasons"]]
            if {*codes} <= {"None", "ConditionalCheckFailed", "TransactionConflict"}:
                return codes
            raise
        return None

    def tries(self, workspace_id: str) -> Iterator[None]:
        """Yield once for each try of a change, with pauses between. Raises AdministrationError after the last try."""
        for _ in range(_MOST_TRIES):
            yield
            self.sleep(_SECONDS_BETWEEN_TRIES)
        raise AdministrationError(f"Workspace {workspace_id} kept changing meanwhile: try again.")


def id_of(workspace: Item) -> str:
    """The id of a workspace."""
    workspace_id: str = workspace["pk"]["S"].removeprefix(_WORKSPACE)
    return workspace_id


def not_revoked(keys: list[Item]) -> list[Item]:
    """The keys that are not revoked; expired keys are among them."""
    return [key for key in keys if "revoked_at" not in key]
