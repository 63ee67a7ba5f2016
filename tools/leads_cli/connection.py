"""Which tables the operators' commands work on."""

import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from leads_admin.stack import DEFAULT_STACK, stack_settings
from leads_cli import local_state
from leads_cli.console import messages
from leads_cli.errors import CommandError

if TYPE_CHECKING:
    from botocore.config import Config
    from mypy_boto3_dynamodb import DynamoDBClient

    from leads_admin.workspaces import Workspaces
    from leads_core.settings import Settings

WorkspaceId = Annotated[str, typer.Argument(metavar="WORKSPACE", help="The workspace's id.", show_default=False)]


@dataclass(frozen=True, slots=True)
class Connection:
    """A stack in AWS, or the local one."""

    stack: str
    local: bool


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


def settings_of(context: typer.Context) -> "Settings":
    """The settings of the stack that the command's options name."""
    connection: Connection = context.obj
    try:
        return stack_settings(connection.stack)
    except ValueError as exc:
        raise CommandError(str(exc)) from exc


def client_of(context: typer.Context, config: "Config | None" = None) -> "DynamoDBClient":
    """A client of the DynamoDB that the command's options name."""
    import boto3

    from leads_admin.local_client import local_client

    connection: Connection = context.obj
    try:
        if connection.local:
            return local_client(local_state.read().dynamodb, config)
        return boto3.client("dynamodb", region_name=os.environ.get("AWS_REGION"), config=config)
    except ValueError as exc:  # an endpoint that is none
        raise CommandError(str(exc)) from exc


def workspaces_of(context: typer.Context) -> "Workspaces":
    """The administration of the workspaces that the command's options name."""
    from leads_admin.workspaces import Workspaces

    settings = settings_of(context)
    return Workspaces(
        client_of(context),
        access_table=settings.access_table,
        leads_table=settings.leads_table,
        sleep=_sleep,
    )


def _sleep(seconds: float) -> None:
    if seconds > 1:
        messages.print(f"Waiting {seconds:.0f} seconds for requests in flight to end.")
    time.sleep(seconds)
