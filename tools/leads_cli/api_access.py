"""Where the commands that send leads find the API and its key."""

import os
import sys
from dataclasses import dataclass
from getpass import getpass
from typing import Annotated

import typer

from leads_cli import local_state
from leads_cli.connection import Connection
from leads_cli.console import messages
from leads_cli.errors import WrongUsageError
from leads_client import LeadsClient

_KEY_VARIABLE = "LEADS_API_KEY"

ApiUrl = Annotated[
    str | None,
    typer.Option(
        "--url",
        envvar="LEADS_URL",
        help="Where the API is: the stack's output LeadsUrl. Not needed with --local.",
        show_default=False,
    ),
]


@dataclass(frozen=True, slots=True)
class ApiAccess:
    """Where the API is, and the key to use it with."""

    url: str
    key: str

    def client(self, give_up_after_seconds: float = 120) -> LeadsClient:
        """A client of the API, which tells why it waits."""
        try:
            return LeadsClient(self.url, self.key, give_up_after_seconds=give_up_after_seconds, on_wait=_tell_wait)
        except ValueError as exc:
            raise WrongUsageError(str(exc)) from exc


def api_access(context: typer.Context, url: str | None) -> ApiAccess:
    """Find the API and its key; raises WrongUsageError if one of them is not known.

    ``url`` is the value of the command's option ``--url``. With ``--local`` the running server and its demo key stand
    in. There LEADS_URL does not count: what was meant for the server on this machine must not end up elsewhere.
    """
    connection: Connection = context.obj
    key = os.environ.get(_KEY_VARIABLE, "").strip()
    if connection.local:
        server = local_state.read()
        return ApiAccess(url if url and _is_typed(context, "url") else server.url, key or server.basic.key)
    if not url:
        raise WrongUsageError("Say where the API is, with --url or LEADS_URL, or use `leads --local`.")
    return ApiAccess(url, key or _ask_for_key())


def _tell_wait(seconds: float, reason: str) -> None:
    """Tell a person why nothing happens for a while, if it is one."""
    if seconds > 1:
        messages.print(f"Waiting {seconds:.0f} seconds: {reason}.", markup=False)


def _is_typed(context: typer.Context, parameter: str) -> bool:
    source = context.get_parameter_source(parameter)
    return source is not None and source.name == "COMMANDLINE"


def _ask_for_key() -> str:
    """Ask for the API key, which is not shown while it is typed."""
    if not sys.stdin.isatty():
        raise WrongUsageError(f"Set {_KEY_VARIABLE} to the API key.")
    return getpass("API key: ").strip()
