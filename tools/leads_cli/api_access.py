"""Where the commands that send leads find the API and its key."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from getpass import getpass
from typing import Annotated

import typer

from leads_cli import local_state
from leads_cli.connection import Connection, is_typed
from leads_cli.errors import TryAgainLaterError, WrongUsageError
from leads_cli.local_state import how_to_start, is_listening, is_of_this_machine
from leads_cli.terminal import messages
from leads_client import InvalidKeyError, LeadsClient, leads_url

KEY_VARIABLE = "LEADS_API_KEY"

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
    """The API's address and a key for it; ``key_is_from`` is where the key was found, as part of a sentence.

    Suggested commands begin with ``command``.
    """

    url: str
    key: str
    key_is_from: str
    command: str = "leads"

    @contextmanager
    def client(self, give_up_after_seconds: float = 120) -> Iterator[LeadsClient]:
        """A client of the API. It shows why it waits; the error for a refused key has a note on where it was found."""
        try:
            with self._client(give_up_after_seconds) as client:
                yield client
        except InvalidKeyError as exc:
            exc.add_note(f"The key is {self.key_is_from}; for its operator, {self.command} key check shows the reason.")
            raise

    def _client(self, give_up_after_seconds: float) -> LeadsClient:
        try:
            return LeadsClient(self.url, self.key, give_up_after_seconds=give_up_after_seconds, on_wait=self._wait)
        except ValueError as exc:
            raise WrongUsageError(str(exc)) from exc

    def _wait(self, seconds: float, reason: str) -> None:
        """Show why nothing happens for a while; do not wait for a server on this machine that is not running."""
        if is_of_this_machine(self.url) and not is_listening(self.url):
            raise TryAgainLaterError(f"Nothing runs at {self.url}: {how_to_start(self.url)}.")
        if seconds > 1:
            messages.print(f"Waiting {seconds:.0f} seconds: {reason}.", markup=False)


def api_access(context: typer.Context, url: str | None) -> ApiAccess:
    """Find the API and its key; raises WrongUsageError if one of them is not known.

    ``url`` is the value of the command's option ``--url``. With ``--local`` the running server and its demo key
    are the defaults. LEADS_URL is then ignored: leads for the server on this machine must not be sent elsewhere.
    """
    connection: Connection = context.obj
    key, key_is_from = os.environ.get(KEY_VARIABLE, "").strip(), f"from {KEY_VARIABLE}"
    if connection.local:
        server = local_state.read()
        if not key:
            key, key_is_from = server.basic.key, "the demo's"
        return ApiAccess(url if url and is_typed(context, "url") else server.url, key, key_is_from, connection.command)
    if not url:
        raise WrongUsageError("Give the API's address with --url or LEADS_URL, or use --local.")
    try:
        leads_url(url)  # before somebody is asked for a key
    except ValueError as exc:
        source = "--url" if is_typed(context, "url") else "LEADS_URL"
        raise WrongUsageError(f"{exc} Correct {source}.") from exc
    if not key:
        key, key_is_from = _ask_for_key(), "the one that was typed"
    return ApiAccess(url, key, key_is_from, connection.command)


def read_key() -> str:
    """A key that is typed without being shown, or piped in."""
    return getpass("API key: ").strip() if sys.stdin.isatty() else sys.stdin.readline().strip()


def _ask_for_key() -> str:
    """Ask for the API key, which is not shown while it is typed."""
    if not sys.stdin.isatty():
        raise WrongUsageError(f"Set {KEY_VARIABLE} to the API key.")
    return read_key()
