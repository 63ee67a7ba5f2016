"""The demo: a workspace on each plan, with well-known keys. It is only created in emulators."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from leads_admin.stack import stack_settings
from leads_admin.workspaces import Workspaces
from leads_cli.local_state import DemoWorkspace, LocalState
from leads_core import keys
from leads_core.plans import Plan
from leads_core.settings import Settings
from leads_dev.local.moto_dynamodb import create_tables
from leads_dev.local.options import USUAL_PORTS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_HOW_TO_USE = """\
Lead API   {state.url}/api/v1/leads
Reference  {state.url}/  to read and to try it
{console}DynamoDB   {state.dynamodb}  (emulated; region us-east-1, any credentials)
Keys       {state.basic.key}  basic plan, any number of leads
           {state.free.key}  free plan, {free_leads} leads

{kept} Ctrl-C stops it. Try, in another terminal:

curl -X POST {state.url}/api/v1/leads \\
     -H 'X-API-Key: {state.basic.key}' \\
     -H 'Content-Type: application/json' \\
     -d '[{{ "Company": "Open AI", "Notes": "Interested in API integration" }}]'

{port}{leads} --local list {state.basic.workspace}
"""


def create_demo(client: "DynamoDBClient", stack: str) -> tuple[DemoWorkspace, DemoWorkspace]:
    """Create a stack's tables, and in them a workspace on the basic plan and one on the free plan."""
    create_tables(client, stack)
    return find_or_create_demo(client, stack)


def find_or_create_demo(client: "DynamoDBClient", stack: str) -> tuple[DemoWorkspace, DemoWorkspace]:
    """The workspaces of the demo in a stack's tables; they are created if they are not there."""
    settings = stack_settings(stack)
    workspaces = Workspaces(client, access_table=settings.access_table, leads_table=settings.leads_table)
    return _demo_workspace(workspaces, Plan.BASIC), _demo_workspace(workspaces, Plan.FREE)


def how_to_use(state: LocalState, settings: Settings, console: str | None = None, kept_in: Path | None = None) -> str:
    """The text that is printed when a local server is ready.

    ``console`` is the link of its console, ``kept_in`` the file that keeps its data, if there is one.
    """
    port = urlsplit(state.url).port
    return _HOW_TO_USE.format(
        state=state,
        free_leads=settings.free_plan_max_leads,
        leads=os.path.relpath(Path(sys.executable).with_name("leads")),
        # It selects this server if several are running.
        port="" if port == USUAL_PORTS["PORT"] else f"PORT={port} ",
        console=f"Console    {console}  to see leads come in\n" if console else "",
        kept=f"The data is kept in {kept_in}." if kept_in else "Nothing is kept when this stops;",
    )


def _demo_workspace(workspaces: Workspaces, plan: Plan) -> DemoWorkspace:
    unchecked = f"{keys.PREFIX}Demo{plan.title()}".ljust(len(keys.PREFIX) + keys.RANDOM_LENGTH, "0")
    secret = keys.with_checksum(unchecked)
    if found := workspaces.find_key(secret):
        return DemoWorkspace(found.workspace_id, secret)
    workspace = workspaces.create_workspace(f"Demo ({plan})", plan)
    return DemoWorkspace(workspace, workspaces.create_key(workspace, label="demo", secret=secret))
