"""A console in the test's own process, on a database that can be unavailable."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from botocore.config import Config
from werkzeug.serving import BaseWSGIServer, make_server

from leads_admin.local_client import local_client
from leads_admin.stack import DEFAULT_STACK, stack_settings
from leads_console.event_log import EventLog
from leads_console.server import Console
from leads_console.source import Source, source_of
from leads_dev.local.moto_dynamodb import emulated_dynamodb
from support.clock import PATIENT_HTTP

_HOST = "127.0.0.1"
# As few attempts as possible, because a missing response is the only thing that takes time here.
_IMPATIENT = Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 1})


@dataclass
class Database:
    """Moto on its own port. Nothing listens there while it is unavailable. Its data stays."""

    port: int = 0
    _servers: list[BaseWSGIServer] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{_HOST}:{self.port}"

    def come(self) -> None:
        server = make_server(_HOST, self.port, emulated_dynamodb())
        self.port = server.server_port
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self._servers.append(server)

    def go_away(self) -> None:
        server = self._servers.pop()
        server.shutdown()
        server.server_close()


@dataclass(frozen=True)
class RunningConsole:
    """A console, its database, and the lines that it has printed on the terminal."""

    console: Console
    database: Database
    events: EventLog
    printed: list[str]

    @property
    def url(self) -> str:
        return self.console.link.partition("/?")[0]

    def client(self) -> httpx.Client:
        """A client that has opened the link."""
        client = httpx.Client(base_url=self.url, follow_redirects=True, timeout=PATIENT_HTTP)
        client.get(self.console.link).raise_for_status()
        return client


def open_console(source: Source) -> httpx.Client:
    """A client of a new console for a source."""
    console = Console(source, 0, lambda _: None)
    threading.Thread(target=console.run, daemon=True).start()
    browser = httpx.Client(base_url=console.link.partition("/?")[0], follow_redirects=True, timeout=PATIENT_HTTP)
    browser.get(console.link).raise_for_status()
    return browser


@contextmanager
def running_console(stack: str = DEFAULT_STACK, **options: Any) -> Iterator[RunningConsole]:  # noqa: ANN401 - those of a source
    """A console of a stack whose tables are in moto's memory, which all of this process shares."""
    database, events, printed = Database(), EventLog(), list[str]()
    database.come()
    with closing(local_client(database.url, _IMPATIENT)) as client:
        source = source_of(
            client,
            stack_settings(stack),
            **{"title": "Test", "arguments": ("--stack", stack), "events": events, **options},
        )
        console = Console(source, 0, printed.append)
        threading.Thread(target=console.run, daemon=True).start()
        try:
            yield RunningConsole(console, database, events, printed)
        finally:
            database.go_away()
