"""The ``leads`` command."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Annotated

import boto3
import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from leads_core.plans import Plan
from leads_tools.local import state
from leads_tools.local.client import local_client
from leads_tools.stack import DEFAULT_STACK, stack_settings
from leads_tools.workspaces import AdministrationError, Workspaces

# What a program reads goes to standard output and nothing else does: KEY=$(leads key create ...) works.
_output = Console(highlight=False, soft_wrap=True)
_messages = Console(stderr=True, highlight=False, soft_wrap=True)

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Operate a lead-intake API: workspaces, API keys, plans and leads.",
)
workspace_app = typer.Typer(no_args_is_help=True, help="Workspaces hold leads and have a plan.")
key_app = typer.Typer(no_args_is_help=True, help="API keys let other software post leads to a workspace.")
plan_app = typer.Typer(no_args_is_help=True, help="Plans limit how many leads a workspace may hold.")
app.add_typer(workspace_app, name="workspace")
app.add_typer(key_app, name="key")
app.add_typer(plan_app, name="plan")

WorkspaceId = Annotated[str, typer.Argument(metavar="WORKSPACE", help="The workspace's id.", show_default=False)]


@dataclass(frozen=True, slots=True)
class Connection:
    """Which tables the commands work on."""

    stack: str
    local: bool


@app.callback()
def connect(
    context: typer.Context,
    *,
    stack: Annotated[
        str, typer.Option(envvar="LEADS_STACK", help="The deployed stack, after which its tables are named.")
    ] = DEFAULT_STACK,
    local: Annotated[bool, typer.Option("--local", help="Work on the server that `make serve` started here.")] = False,
) -> None:
    """Work on the tables of a stack: in AWS with the usual credentials, or at AWS_ENDPOINT_URL_DYNAMODB."""
    context.obj = Connection(DEFAULT_STACK if local else stack, local)


@workspace_app.command("create")
def create_workspace(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What people call it.", show_default=False)],
    plan: Annotated[Plan, typer.Option(help="free holds a few leads, basic any number.", show_default=False)],
) -> None:
    """Create a workspace and print its id."""
    with _one_line_errors():
        workspace_id = _workspaces(context).create_workspace(name, plan)
    _messages.print(f"Created workspace {name} on the {plan} plan. Next: leads key create {workspace_id}", markup=False)
    _output.print(workspace_id)


@key_app.command("create")
def create_key(
    context: typer.Context,
    workspace: WorkspaceId,
    label: Annotated[
        str | None, typer.Option(help="What uses the key; at most 64 characters.", show_default=False)
    ] = None,
) -> None:
    """Create an API key and print it: this once, it is stored nowhere."""
    with _one_line_errors():
        secret = _workspaces(context).create_key(workspace, label=label)
    _messages.print("Keep this key: it cannot be shown again.")
    _output.print(secret)


@key_app.command("revoke")
def revoke_key(
    context: typer.Context,
    workspace: WorkspaceId,
    start: Annotated[str, typer.Argument(help="The key's first characters, such as cdz_1a2B3c4D.", show_default=False)],
) -> None:
    """Revoke an API key: its next request is refused."""
    with _one_line_errors():
        revoked = _workspaces(context).revoke_key(workspace, start)
    _messages.print(f"Revoked the key {revoked}….")


@plan_app.command("set")
def set_plan(
    context: typer.Context,
    workspace: WorkspaceId,
    plan: Annotated[Plan, typer.Argument(show_default=False)],
) -> None:
    """Put a workspace on a plan, with all its keys."""
    with _one_line_errors():
        held = _workspaces(context).set_plan(workspace, plan)
    _messages.print(f"Workspace {workspace} is on the {plan} plan.")
    if held is not None:
        _messages.print(f"It holds {held} leads or more and keeps them." if held else "It holds no leads.")


@app.command("list")
def list_leads(
    context: typer.Context,
    workspace: WorkspaceId,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 20,
) -> None:
    """Show the newest leads of a workspace, newest first; one JSON object a line when piped."""
    with _one_line_errors():
        leads = list(islice(_workspaces(context).leads(workspace, page_size=limit), limit))
    if not _output.is_terminal:
        for lead in leads:
            typer.echo(json.dumps(lead, ensure_ascii=False))
        return
    table = Table("id", "date", "company", "contact", "email", "phone")
    for lead in leads:
        contact = lead.get("contactPerson") or next((c["name"] for c in lead.get("contacts", []) if "name" in c), "")
        cells = (lead["id"], lead["date"], lead.get("company"), contact, lead.get("email"), lead.get("phoneNumber"))
        table.add_row(*(_as_sent(cell or "") for cell in cells))
    _output.print(table)


def _as_sent(text: str) -> Text:
    """Text from a client: no markup, and nothing that could control the terminal."""
    return Text("".join(character if character.isprintable() else " " for character in text))


def _workspaces(context: typer.Context) -> Workspaces:
    connection: Connection = context.obj
    settings = stack_settings(connection.stack)
    if connection.local:
        client = local_client(state.read().dynamodb)
    else:
        client = boto3.client("dynamodb", region_name=os.environ.get("AWS_REGION"))
    return Workspaces(
        client,
        access_table=settings.access_table,
        leads_table=settings.leads_table,
        sleep=_sleep,
    )


def _sleep(seconds: float) -> None:
    if seconds > 1:
        _messages.print(f"Waiting {seconds:.0f} seconds for requests under way to end.")
    time.sleep(seconds)


@contextmanager
def _one_line_errors() -> Iterator[None]:
    try:
        yield
    except (AdministrationError, state.NoLocalServerError, ValueError) as exc:
        _fail(str(exc))
    except ClientError as exc:
        if exc.response["Error"]["Code"] == "ResourceNotFoundException":
            _fail(
                "The stack's tables are not there: check --stack, and the region and account of your AWS credentials."
            )
        _fail(str(exc))
    except BotoCoreError as exc:
        _fail(str(exc))


def _fail(message: str) -> None:
    _messages.print(message, style="red", markup=False)
    raise typer.Exit(1)
