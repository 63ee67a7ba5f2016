"""Looks at the newest leads of a workspace, at a cost that does not depend on how many it holds."""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from leads_admin.stored_leads import ALL, Selection, key_of
from leads_core.dynamodb.lead_items import identified_lead
from leads_core.dynamodb.schema import LEAD_SHARDS, Item, lead_partition
from leads_core.leads import Lead

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryOutputTypeDef

_PARALLEL_CALLS = 8


@dataclass(frozen=True, slots=True)
class Look:
    """Leads, the newest first. All selected ones down to the id ``reached`` are among them; None: all there are."""

    leads: list[Lead]
    reached: str | None


@dataclass(frozen=True, slots=True)
class PartialCount:
    """How many leads the first ``shards`` of a workspace's shards hold. Leads are spread over the shards evenly."""

    leads: int
    shards: int

    @property
    def is_complete(self) -> bool:
        """Whether these are all."""
        return self.shards == LEAD_SHARDS

    @property
    def estimate(self) -> int:
        """How many leads that makes in all shards."""
        return self.leads * LEAD_SHARDS // self.shards if self.shards else 0


class NewestLeads:
    """The leads table of a stack. Reads are eventually consistent: they cost half, and may be a moment behind."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table
        # Shared, so that all callers together make at most so many calls at a time.
        self._pool = ThreadPoolExecutor(_PARALLEL_CALLS)

    def look(self, workspace_id: str, selection: Selection = ALL, *, per_shard: int, ids_alone: bool = False) -> Look:
        """The newest leads, from one page of each shard: 48 calls, and at most ``per_shard`` leads from each.

        The label of a selection is not looked at.
        """
        first, last = selection.bounds()
        if first > last:
            return Look([], None)
        query = partial(self._page, workspace_id, first=first, last=last, limit=per_shard, ids_alone=ids_alone)
        pages = list(self._pool.map(query, range(LEAD_SHARDS)))
        ends = [page["LastEvaluatedKey"]["sk"]["S"] for page in pages if "LastEvaluatedKey" in page]
        reached = max(ends, default=None)
        items = (item for page in pages for item in page["Items"])
        leads = [identified_lead(dict(item)) for item in items if reached is None or item["sk"]["S"] >= reached]
        return Look(sorted(leads, key=lambda lead: str(lead["id"]), reverse=True), reached)

    def some(self, workspace_id: str, lead_ids: Iterable[str]) -> dict[str, Lead]:
        """Those of at most 100 leads that are there, by their ids, in one call as a rule."""
        unprocessed: Any
        keys: Any = [key_of(workspace_id, lead_id) for lead_id in lead_ids]
        found: dict[str, Lead] = {}
        while keys:
            response = self._client.batch_get_item(RequestItems={self._table: {"Keys": keys}})
            for item in response["Responses"][self._table]:
                found[item["sk"]["S"]] = identified_lead(dict(item))
            unprocessed = response["UnprocessedKeys"]
            keys = unprocessed[self._table]["Keys"] if unprocessed else []
        return found

    def count_on(self, workspace_id: str, counted: PartialCount, *, most_pages: int) -> PartialCount:
        """Count the leads of more shards, until about ``most_pages`` pages of a megabyte are read. Reads every lead."""
        leads, shards, pages = counted.leads, counted.shards, 0
        while shards < LEAD_SHARDS and pages < most_pages:
            of_step = range(shards, min(shards + _PARALLEL_CALLS, LEAD_SHARDS))
            counts = list(self._pool.map(partial(self._counts, workspace_id), of_step))
            leads += sum(map(sum, counts))
            pages += sum(map(len, counts))
            shards += len(of_step)
        return PartialCount(leads, shards)

    def _page(
        self, workspace_id: str, shard: int, *, first: str, last: str, limit: int, ids_alone: bool
    ) -> "QueryOutputTypeDef":
        values: Item = {":partition": {"S": lead_partition(workspace_id, shard)}, ":first": {"S": first}}
        return self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :partition AND sk BETWEEN :first AND :last",
            ExpressionAttributeValues={**values, ":last": {"S": last}},
            ScanIndexForward=False,
            Limit=limit,
            **({"ProjectionExpression": "sk"} if ids_alone else {}),  # type: ignore[arg-type]
        )

    def _counts(self, workspace_id: str, shard: int) -> list[int]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression="pk = :partition",
            ExpressionAttributeValues={":partition": {"S": lead_partition(workspace_id, shard)}},
            Select="COUNT",
        )
        return [page["Count"] for page in pages]
