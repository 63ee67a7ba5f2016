"""Clients of the API, and workspaces to use it with."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import httpx

from leads_admin.local_client import local_client
from leads_admin.stack import DEFAULT_STACK, stack_settings
from leads_admin.workspaces import Workspaces
from leads_cli.local_state import LocalState
from leads_core.dynamodb.lead_items import identified_lead
from leads_core.plans import Plan
from leads_core.settings import Settings
from support.clock import SetClock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LEADS_PATH = "/api/v1/leads"


class ScannedWorkspaces(Workspaces):
    """The administration of a running API, which does not wait for requests in flight, as a test has none."""

    def __init__(self, client: "DynamoDBClient", settings: Settings) -> None:
        super().__init__(
            client,
            access_table=settings.access_table,
            leads_table=settings.leads_table,
            sleep=lambda _seconds: None,
        )
        self._client = client
        self._scanned = client.get_paginator("scan"), settings.leads_table

    def scanned_leads(self, workspace_id: str) -> list[dict[str, Any]]:
        """All leads of a workspace, oldest first, in one call. Reading them in order would take one call per shard."""
        scan, table = self._scanned
        pages = scan.paginate(
            TableName=table,
            ConsistentRead=True,
            FilterExpression="begins_with(pk, :start)",
            ExpressionAttributeValues={":start": {"S": f"{workspace_id}#"}},
        )
        leads = [identified_lead(item) for page in pages for item in page["Items"]]
        return sorted(leads, key=lambda lead: str(lead["id"]))

    def remove_leads(self) -> None:
        """Remove the leads of all workspaces, because every scan reads them."""
        scan, table = self._scanned
        pages = scan.paginate(TableName=table, ConsistentRead=True, ProjectionExpression="pk, sk")
        deletions: list[Any] = [{"DeleteRequest": {"Key": key}} for page in pages for key in page["Items"]]
        for start in range(0, len(deletions), 25):
            self._client.batch_write_item(RequestItems={table: deletions[start : start + 25]})


@dataclass(frozen=True)
class Workspace:
    """A workspace of one test."""

    workspace_id: str
    key: str
    _workspaces: "ScannedWorkspaces"

    def leads(self) -> list[dict[str, Any]]:
        """Its leads, in the order in which they were sent."""
        return self._workspaces.scanned_leads(self.workspace_id)

    def set_plan(self, plan: Plan) -> None:
        self._workspaces.set_plan(self.workspace_id, plan)

    def revoke_key(self) -> None:
        self._workspaces.revoke_key(self.workspace_id, self.key[:12])


def workspaces_in(running: LocalState) -> ScannedWorkspaces:
    """The administration of a running API."""
    return ScannedWorkspaces(local_client(running.dynamodb), stack_settings(DEFAULT_STACK))


def create_workspace(workspaces: ScannedWorkspaces, plan: Plan) -> Workspace:
    workspace_id = workspaces.create_workspace("Test", plan)
    return Workspace(workspace_id, workspaces.create_key(workspace_id), workspaces)


@dataclass
class Context:
    """Lambda's context of an invocation."""

    milliseconds: int

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds


@dataclass
class DirectApi:
    """The handler in this process, with a clock that the test sets, and a time limit for requests."""

    handler: Callable[[Mapping[str, Any], Any], dict[str, Any]]
    clock: SetClock
    client: "DynamoDBClient"
    milliseconds: int = 10_000

    def post(self, workspace: Workspace, body: object, **query: str) -> dict[str, Any]:
        event = {
            "httpMethod": "POST",
            "path": LEADS_PATH,
            "headers": {"X-API-Key": workspace.key},
            "queryStringParameters": query or None,
            "body": body if isinstance(body, str) else json.dumps(body),
            "requestContext": {"requestId": "test"},
        }
        return self.send(event)

    def send(self, event: Mapping[str, Any]) -> dict[str, Any]:
        return self.handler(event, Context(self.milliseconds))

    def wait(self, seconds: float) -> None:
        self.clock.ms += int(seconds * 1000)


class Post(Protocol):
    """Posts leads, or any other body, with a workspace's key; headers have underscores for hyphens."""

    def __call__(self, workspace: Workspace, body: object, *, query: str = "", **headers: str) -> httpx.Response: ...


class AssertEnvelope(Protocol):
    """Asserts that the body is the envelope: its four members in order, and only the named extra members."""

    def __call__(
        self, response: httpx.Response, status: int, message: str | None, *, extra: tuple[str, ...] = ()
    ) -> None: ...


CreateDirectApi = Callable[..., DirectApi]
CreateWorkspace = Callable[[Plan], Workspace]
