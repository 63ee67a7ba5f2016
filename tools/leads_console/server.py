"""Serves the console on this machine."""

import logging
import socket
from collections.abc import Callable

from waitress.server import TcpWSGIServer, create_server

from leads_console.app import create_app
from leads_console.source import Source

_HOST = "127.0.0.1"
_THREADS = 4


class Console:
    """A server for a source on a port, where 0 is any free one. Raises OSError if the port is taken.

    ``announce`` gets a line with a new link when the link before was used.
    """

    def __init__(self, source: Source, port: int, announce: Callable[[str], None]) -> None:
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # queued requests are normal here
        app, self._access = create_app(
            source, lambda token: announce(f"The console is open. Another browser: {self._link(token)}")
        )
        # Bound here, because waitress leaves a socket open whose port is taken.
        listening = socket.create_server((_HOST, port))
        server = create_server(app, map={}, sockets=[listening], threads=_THREADS, ident=None)
        assert isinstance(server, TcpWSGIServer)  # noqa: S101 - a single address has a single socket
        self._server = server

    @property
    def link(self) -> str:
        """Where the console is, with a token that is good for one browser."""
        return self._link(self._access.token)

    def run(self) -> None:
        """Serve until the process ends."""
        self._server.run()

    def _link(self, token: str) -> str:
        return f"http://{_HOST}:{self._server.effective_port}/?token={token}"  # type: ignore[attr-defined]  # the stubs lack it
