"""Reads, counts and deletes the stored leads of workspaces, on any plan."""

import heapq
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leads_admin.errors import AdministrationError
from leads_core.deadlines import Clock, Deadline, TimeBudget
from leads_core.dynamodb.lead_items import identified_lead
from leads_core.dynamodb.retry import PartlyDoneError, retry
from leads_core.dynamodb.schema import LEAD_SHARDS, Item, lead_key, lead_partition
from leads_core.leads import Lead
from leads_core.ulids import new_ulid

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryOutputTypeDef

_LEAD_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}-[0-9]{3}")
# The first characters of an id are its time.
_TIME_CHARACTERS = 10
# Before and after everything that an id can begin with.
_FIRST, _LAST = "0", "~"
# DynamoDB's limit for one BatchWriteItem.
_MOST_WRITES_PER_CALL = 25
_PARALLEL_CALLS = 8
_SECONDS_FOR_A_CALL = 60


@dataclass(frozen=True, slots=True)
class Selection:
    """A selection of leads: received since a time (epoch ms), of a batch, with a label, after an id, before an id."""

    since: int | None = None
    batch: str | None = None
    label: str | None = None
    after: str | None = None
    before: str | None = None

    def bounds(self) -> tuple[str, str]:
        """The bounds of the selected ids in text order."""
        first = [_FIRST]
        last = [_LAST]
        if self.since is not None:
            first.append(new_ulid(self.since)[:_TIME_CHARACTERS])
        if self.after is not None:
            first.append(f"{self.after}!")  # all ids have the same length: there is none between these two
        if self.batch is not None:
            first.append(f"{self.batch}-")
            last.append(f"{self.batch}-{_LAST}")
        if self.before is not None:
            last.append(f"{self.before[:-1]}{chr(ord(self.before[-1]) - 1)}{_LAST}")
        return max(first), min(last)


ALL = Selection()


class StoredLeads:
    """The leads table of a stack."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self.table = table

    def read(
        self, workspace_id: str, selection: Selection = ALL, *, page_size: int, newest_first: bool = False
    ) -> Iterator[Lead]:
        """The leads of a workspace in the order of their ids, each with its ``id``.

        At any time, one page of each shard is in memory. Pages are read when they are needed.
        """
        shards = [
            self._shard(workspace_id, shard, selection, page_size, newest_first=newest_first)
            for shard in range(LEAD_SHARDS)
        ]
        return heapq.merge(*shards, key=lambda lead: lead["id"], reverse=newest_first)

    def get(self, workspace_id: str, lead_id: str) -> Lead | None:
        """A lead with its ``id``, or None if the workspace has no such lead."""
        response = self._client.get_item(TableName=self.table, Key=key_of(workspace_id, lead_id), ConsistentRead=True)
        return identified_lead(dict(response["Item"])) if "Item" in response else None

    def counts(self, workspace_id: str, page_size: int | None = None) -> Iterator[int]:
        """Counts whose sum is the exact number of leads of a workspace. This reads every lead."""
        for shard in range(LEAD_SHARDS):
            # A page also ends after a megabyte.
            for page in self._pages(workspace_id, shard, page_size, Select="COUNT", ConsistentRead=True):
                yield page["Count"]

    def delete_all(self, workspace_id: str, deleted: Callable[[int], object]) -> None:
        """Delete all leads of a closed workspace. ``deleted`` is called with the number of leads of each page."""
        with ThreadPoolExecutor(_PARALLEL_CALLS) as pool:
            for shard in range(LEAD_SHARDS):
                for page in self._pages(
                    workspace_id, shard, page_size=1000, ProjectionExpression="pk, sk", ConsistentRead=True
                ):
                    keys = page["Items"]
                    starts = range(0, len(keys), _MOST_WRITES_PER_CALL)
                    list(pool.map(self._delete, (keys[start : start + _MOST_WRITES_PER_CALL] for start in starts)))
                    deleted(len(keys))

    def _delete(self, keys: Sequence[Item]) -> None:
        unprocessed: Sequence[Any] = [{"DeleteRequest": {"Key": key}} for key in keys]

        def delete() -> None:
            nonlocal unprocessed
            response = self._client.batch_write_item(RequestItems={self.table: unprocessed})
            unprocessed = response["UnprocessedItems"].get(self.table, [])
            if unprocessed:
                raise PartlyDoneError

        retry(delete, deadline=Deadline.after(_SECONDS_FOR_A_CALL, Clock(), TimeBudget()))

    def _shard(
        self, workspace_id: str, shard: int, selection: Selection, page_size: int, *, newest_first: bool
    ) -> Iterator[Lead]:
        first, last = selection.bounds()
        if first > last:  # DynamoDB would refuse this instead of returning nothing
            return
        values = {":first": {"S": first}, ":last": {"S": last}}
        options: dict[str, Any] = {"ScanIndexForward": not newest_first}
        if selection.label is not None:
            values[":label"] = {"S": selection.label}
            options |= {
                "FilterExpression": "contains(#labels, :label)",
                "ExpressionAttributeNames": {"#labels": "labels"},
            }
        for page in self._pages(workspace_id, shard, page_size, " AND sk BETWEEN :first AND :last", values, **options):
            for item in page["Items"]:
                yield identified_lead(dict(item))

    def _pages(
        self,
        workspace_id: str,
        shard: int,
        page_size: int | None,
        condition: str = "",
        values: Item | None = None,
        **options: Any,  # noqa: ANN401 - those of Query
    ) -> "Iterator[QueryOutputTypeDef]":
        yield from self._client.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression=f"pk = :partition{condition}",
            ExpressionAttributeValues={":partition": {"S": lead_partition(workspace_id, shard)}, **(values or {})},
            PaginationConfig={"PageSize": page_size} if page_size else {},
            **options,
        )


def key_of(workspace_id: str, lead_id: str) -> Item:
    """The key of a lead. Raises AdministrationError if the id does not have the format of a lead's id."""
    if not _LEAD_ID.fullmatch(lead_id):
        raise AdministrationError(
            f"{lead_id} is not a lead's id. They look like 01JDB2V7Q4W1T9ZK3M5N6P7R8S-000; to see them",
            remedy=f"list {workspace_id}",
        )
    return lead_key(workspace_id, lead_id)
