"""Where the commands that send leads find the API and its key, and how they fail."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getpass
from typing import Annotated

import typer

from leads_cli import local_state
from leads_cli.connection import Connection
from leads_cli.console import TRY_AGAIN_LATER, WRONG_USAGE, as_sent, fail, messages
from leads_client import LeadsClientError, ServiceError

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


def api_access(context: typer.Context, url: str | None) -> tuple[str, str]:
    """Where the API is, and the key to use it with; ends the command if one of them is not known.

    ``url`` is the value of the command's option ``--url``. With ``--local`` the running server and its demo key stand
    in. There LEADS_URL does not count: what was meant for the server on this machine must not end up elsewhere.
    """
    connection: Connection = context.obj
    key = os.environ.get(_KEY_VARIABLE, "").strip()
    if connection.local:
        server = _local_server()
        return (url if url and _is_typed(context, "url") else server.url), key or server.basic.key
    if not url:
        fail("Say where the API is, with --url or LEADS_URL, or use `leads --local`.", WRONG_USAGE)
    return url, key or _ask_for_key()


@contextmanager
def one_line_client_errors() -> Iterator[None]:
    """End the command with one line when the API does not do what was asked."""
    try:
        yield
    except LeadsClientError as exc:
        fail(as_sent(str(exc)).plain, TRY_AGAIN_LATER if isinstance(exc, ServiceError) else 1)
    except ValueError as exc:
        fail(str(exc), WRONG_USAGE)


def tell_wait(seconds: float, reason: str) -> None:
    """Tell a person why nothing happens for a while, if it is one."""
    if seconds > 1:
        messages.print(f"Waiting {seconds:.0f} seconds: {reason}.", markup=False)


def _local_server() -> local_state.LocalState:
    try:
        return local_state.read()
    except local_state.NoLocalServerError as exc:
        fail(str(exc))


def _is_typed(context: typer.Context, parameter: str) -> bool:
    source = context.get_parameter_source(parameter)
    return source is not None and source.name == "COMMANDLINE"


def _ask_for_key() -> str:
    """Ask for the API key, which is not shown while it is typed."""
    if not sys.stdin.isatty():
        fail(f"Set {_KEY_VARIABLE} to the API key.", WRONG_USAGE)
    return getpass("API key: ").strip()
