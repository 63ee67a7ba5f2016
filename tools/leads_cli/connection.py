"""Which tables the operators' commands work on."""

import os
import shlex
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from leads_admin.stack import DEFAULT_STACK, stack_settings
from leads_cli import local_state
from leads_cli.errors import CommandError, WrongUsageError
from leads_cli.terminal import messages

if TYPE_CHECKING:
    from botocore.config import Config
    from mypy_boto3_dynamodb import DynamoDBClient

    from leads_admin.workspaces import Workspaces
    from leads_core.settings import Settings

LOCAL_HELP = "Work on the server that `make serve` started here; of several, on the one at PORT."
OPTIONAL_WORKSPACE = "[WORKSPACE]"
STACK_HELP = "The deployed stack, after which its tables are named."


@dataclass(frozen=True, slots=True)
class Connection:
    """A stack in AWS, or the local one. Suggested commands begin with ``command``, so that they use the same one.

    ``gives_up_soon`` sets short timeouts, for shell completion.
    """

    stack: str
    local: bool
    command: str = "leads"
    gives_up_soon: bool = False


def _print_version(asked: bool) -> None:  # noqa: FBT001 - Typer's
    if asked:
        typer.echo(f"leads {version('lead-intake')}")
        raise typer.Exit


def connect(
    context: typer.Context,
    *,
    stack: Annotated[str, typer.Option(envvar="LEADS_STACK", help=STACK_HELP)] = DEFAULT_STACK,
    local: Annotated[bool, typer.Option("--local", help=LOCAL_HELP)] = False,
    misplaced_url: Annotated[str | None, typer.Option("--url", hidden=True)] = None,
    _version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Work on the tables of a stack: in AWS with the usual credentials, or at AWS_ENDPOINT_URL_DYNAMODB."""
    if misplaced_url is not None:
        raise WrongUsageError("--url stands behind the command, as in leads ping --url https://leads.example.com")
    context.obj = connection(stack, is_stack_typed=is_typed(context, "stack"), local=local)


def connection(stack: str, *, is_stack_typed: bool, local: bool) -> Connection:
    """The connection that options name. Raises WrongUsageError if they contradict each other."""
    if local and is_stack_typed:
        raise WrongUsageError("--local is the server on this machine, --stack is one in AWS: give one of them.")
    if local:
        return Connection(DEFAULT_STACK, local=True, command=f"{local_state.port_in_front()}{_program()} --local")
    where = f" --stack {shlex.quote(stack)}" if is_stack_typed else ""
    return Connection(stack, local=False, command=_program() + where)


def connection_before(context: typer.Context) -> Connection:
    """The connection so far. During shell completion, the options of ``leads`` itself are not processed."""
    options = context.find_root().params
    return context.obj or connection(options["stack"], is_stack_typed=False, local=options["local"])


def _program() -> str:
    """How to call ``leads`` here: by its path if no folder of PATH has it."""
    return "leads" if shutil.which("leads") else min(sys.argv[0], os.path.relpath(sys.argv[0]), key=len)


def is_typed(context: typer.Context, parameter: str) -> bool:
    """Whether an option was typed. Otherwise its value is from a variable, or the default."""
    source = context.get_parameter_source(parameter)
    return source is not None and source.name == "COMMANDLINE"


def settings_of(context: typer.Context) -> "Settings":
    """The settings of the stack that the command's options name."""
    chosen: Connection = context.obj
    try:
        return stack_settings(chosen.stack)
    except ValueError as exc:
        raise CommandError(str(exc)) from exc


def client_of(context: typer.Context, config: "Config | None" = None) -> "DynamoDBClient":
    """A client of the DynamoDB that the command's options name."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError

    from leads_admin.local_client import local_client
    from leads_cli.aws_errors import wrong_configuration

    chosen: Connection = context.obj
    if chosen.gives_up_soon:
        config = Config(connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 1})
    try:
        if chosen.local:
            return local_client(local_state.read().dynamodb, config)
        client = boto3.client("dynamodb", region_name=os.environ.get("AWS_REGION") or None, config=config)
        urlsplit(client.meta.endpoint_url).port  # noqa: B018 - only the first call would notice an invalid port
    except BotoCoreError:
        raise
    except ValueError as exc:  # such as an invalid endpoint, or an invalid number
        raise CommandError(wrong_configuration(exc)) from exc
    return client


def workspaces_of(context: typer.Context) -> "Workspaces":
    """The administration of the workspaces that the command's options name."""
    from leads_admin.workspaces import Workspaces

    settings = settings_of(context)
    return Workspaces(
        client_of(context), access_table=settings.access_table, leads_table=settings.leads_table, sleep=_sleep
    )


def complete_with(name: str) -> Callable[..., Iterable[tuple[str, str]]]:
    """A function of the module for completions, which is imported when a shell asks for one."""

    def complete(ctx: typer.Context, incomplete: str) -> Iterable[tuple[str, str]]:
        from leads_cli import completion

        completions: Iterable[tuple[str, str]] = getattr(completion, name)(ctx, incomplete)
        return completions

    return complete


WorkspaceId = Annotated[
    str,
    typer.Argument(
        metavar=OPTIONAL_WORKSPACE,
        help="The workspace's id or name; may be left out if there is only one.",
        show_default=False,
        autocompletion=complete_with("workspace_ids"),
    ),
]
"""A workspace's id. LeadsCommand looks up a name, and an argument with this metavar may be left out."""
RequiredWorkspaceId = Annotated[
    str,
    typer.Argument(
        metavar="WORKSPACE",
        help="The workspace's id or name.",
        show_default=False,
        autocompletion=complete_with("workspace_ids"),
    ),
]
"""The same, but never left out: an empty shell variable must not mean the only workspace."""


def _sleep(seconds: float) -> None:
    if seconds > 1:
        messages.print(f"Waiting {seconds:.0f} seconds for requests in flight to end.")
    time.sleep(seconds)
