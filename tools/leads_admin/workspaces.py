"""Administration of workspaces, their keys, plans and leads, on any DynamoDB endpoint."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leads_admin.access_table import AccessTable, id_of
from leads_admin.errors import AdministrationError
from leads_admin.in_flight import RequestsInFlight
from leads_admin.key_items import Key
from leads_admin.keys import MOST_KEYS_PER_WORKSPACE, FoundKey, Keys, Rotation
from leads_admin.lead_deletion import LeadDeletion
from leads_admin.plans import Plans
from leads_admin.stored_leads import ALL, Selection, StoredLeads, key_of
from leads_admin.workspace_deletion import WorkspaceDeletion
from leads_admin.workspace_names import check_name
from leads_core import timestamps
from leads_core.deadlines import Clock
from leads_core.dynamodb.key_store import key_record
from leads_core.dynamodb.schema import Item, api_key_key, workspace_key
from leads_core.leads import Lead
from leads_core.plans import Plan
from leads_core.rate_limit import Quota, RateLimit, quota
from leads_core.ulids import new_ulid

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["MOST_KEYS_PER_WORKSPACE", "AdministrationError", "Workspaces"]


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace. Times are ISO 8601 text in UTC.

    ``key_count`` is the number of keys that are not revoked, ``lead_count`` that of leads, on plans that count them.
    """

    id: str
    name: str
    plan: Plan
    created_at: str
    key_count: int
    deletion_began_at: str | None
    lead_count: int | None = None


class Workspaces:
    """The administration of all workspaces in a pair of tables.

    ``function_timeout_seconds`` is how long a request may take; None means the template's timeout. Every method raises
    AdministrationError if the workspace does not exist, and botocore's errors.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        *,
        access_table: str,
        leads_table: str,
        sleep: Callable[[float], None] = time.sleep,
        function_timeout_seconds: float | None = None,
    ) -> None:
        self._access = AccessTable(client, access_table, sleep=sleep)
        self._leads = StoredLeads(client, leads_table)
        in_flight = RequestsInFlight(self._access, function_timeout_seconds)
        self._keys = Keys(self._access)
        self._plans = Plans(self._access, self._leads, in_flight)
        self._lead_deletion = LeadDeletion(self._access, leads_table, self._plans, in_flight)
        self._workspace_deletion = WorkspaceDeletion(self._access, self._leads, in_flight)

    def create_workspace(self, name: str, plan: Plan) -> str:
        """Create a workspace without keys and leads. Returns its id."""
        check_name(name)
        workspace_id = new_ulid(Clock().now_ms())
        item: Item = {
            **workspace_key(workspace_id),
            "name": {"S": name},
            "plan": {"S": plan},
            "created_at": {"S": timestamps.from_epoch_ms(Clock().now_ms())},
            "key_count": {"N": "0"},
        }
        if plan.most_leads is not None:
            item["lead_count"] = {"N": "0"}
        self._access.client.put_item(TableName=self._access.name, Item=item)
        return workspace_id

    def all(self) -> list[Workspace]:
        """All workspaces, the oldest first. This reads the whole access table."""
        return sorted(map(workspace_of_item, self._access.workspaces()), key=lambda workspace: workspace.id)

    def get(self, workspace_id: str) -> Workspace:
        """A workspace."""
        return workspace_of_item(self._access.workspace(workspace_id))

    def delete_workspace(self, workspace_id: str, deleted: Callable[[int], object]) -> None:
        """Delete a workspace with its keys and leads; see WorkspaceDeletion.delete."""
        self._workspace_deletion.delete(workspace_id, deleted)

    def set_plan(self, workspace_id: str, plan: Plan) -> int | None:
        """Put a workspace and its keys on a plan. Returns its number of leads if they are counted; see Plans.set."""
        return self._plans.set(workspace_id, plan)

    def keys(self, workspace_id: str) -> list[Key]:
        """All keys of a workspace, the oldest first."""
        return self._keys.of(workspace_id)

    def find_key(self, secret: str) -> FoundKey | None:
        """The key with a secret, of whatever workspace; None if there is none."""
        return self._keys.find(secret)

    def create_key(
        self,
        workspace_id: str,
        *,
        label: str | None = None,
        expires_in: int | None = None,
        secret: str | None = None,
    ) -> str:
        """Create an API key that expires after ``expires_in`` ms, and return its secret; see Keys.create."""
        return self._keys.create(workspace_id, label=label, expires_in=expires_in, secret=secret)

    def rotate_key(self, workspace_id: str, start: str, *, grace: int, expires_in: int | None = None) -> Rotation:
        """Replace the key that starts with ``start``, which then expires after ``grace`` ms; see Keys.rotate."""
        return self._keys.rotate(workspace_id, start, grace=grace, expires_in=expires_in)

    def revoke_key(self, workspace_id: str, start: str) -> str:
        """Revoke the key that starts with ``start``, from the next request on. Returns its displayable start."""
        return self._keys.revoke(workspace_id, start)

    def reset_limit(self, workspace_id: str, start: str) -> str:
        """Reset the rate limit of the key that starts with ``start``. Returns its displayable start."""
        return self._keys.reset_limit(workspace_id, start)

    def quota(self, key: Key, limit: RateLimit) -> Quota:
        """What is left of a key's rate limit now; all of it if the key does not exist any more."""
        response = self._access.client.get_item(
            TableName=self._access.name, Key=api_key_key(key.hash), ConsistentRead=True
        )
        if "Item" not in response:
            return Quota(limit, limit.requests, reset_seconds=0)
        return quota(key_record(dict(response["Item"])).usage, limit, Clock().now_ms())

    def requests_counted(self, key: Key, limit: RateLimit) -> int:
        """How many requests of a key count towards the rate limit now; at most the limit."""
        return limit.requests - self.quota(key, limit).remaining

    def leads(
        self, workspace_id: str, selection: Selection = ALL, *, page_size: int, newest_first: bool = True
    ) -> Iterator[Lead]:
        """The leads of a workspace in the order of their ids, each with its ``id``. Pages are read when needed."""
        self._access.workspace(workspace_id)
        return self._leads.read(workspace_id, selection, page_size=page_size, newest_first=newest_first)

    def lead(self, workspace_id: str, lead_id: str) -> Lead:
        """A lead with its ``id``. Raises AdministrationError if it does not exist."""
        self._access.workspace(workspace_id)
        lead = self._leads.get(workspace_id, lead_id)
        if lead is None:
            raise AdministrationError(f"Workspace {workspace_id} has no lead {lead_id}.")
        return lead

    def missing_leads(self, workspace_id: str, lead_ids: Sequence[str]) -> list[str]:
        """Those of the ids that no lead of the workspace has."""
        self._access.workspace(workspace_id)
        for lead_id in lead_ids:
            key_of(workspace_id, lead_id)  # before any is read
        return [lead_id for lead_id in lead_ids if self._leads.get(workspace_id, lead_id) is None]

    def delete_leads(self, workspace_id: str, lead_ids: Sequence[str]) -> list[str]:
        """Delete leads permanently. Returns the ids of those that did not exist; see LeadDeletion.delete."""
        return self._lead_deletion.delete(workspace_id, lead_ids)

    def lead_counts(self, workspace_id: str) -> Iterator[int]:
        """Counts whose sum is the exact number of leads of a workspace. This reads every lead."""
        self._access.workspace(workspace_id)
        return self._leads.counts(workspace_id)


def workspace_of_item(item: Item) -> Workspace:
    """The workspace of an item of the access table."""
    return Workspace(
        id=id_of(item),
        name=item["name"]["S"],
        plan=Plan(item["plan"]["S"]),
        created_at=item["created_at"]["S"],
        key_count=int(item["key_count"]["N"]),
        deletion_began_at=item["deletion_began_at"]["S"] if "deletion_began_at" in item else None,
        lead_count=int(item["lead_count"]["N"]) if "lead_count" in item else None,
    )
