"""Servers that follow a script, and the public client on them, which waits for nothing."""

import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import BinaryIO

from leads_client import LeadsClient

KEY = "cdz_NotForAnybodysEyes"
LEAD = {"company": "Open AI"}
PATIENT_SECONDS = 60
"""A busy machine may take long for a response that does come."""

Step = Callable[[bytes], bytes | None]
"""The response to a request, or None to drop the connection."""


def drop(_request: bytes) -> None:
    """Drop the connection after the request."""


def respond(status: int = 200, body: object = None, **headers: str) -> Step:
    """A response; without a body, it has the API's envelope."""
    if body is None:
        message = "As scripted."
        body = {"succeeded": status == 200, "statusCode": status, "statusCodeDescription": "NONE", "message": message}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", "Content-Length": str(len(content))}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return lambda _request: f"HTTP/1.1 {status} Any\r\n{head}\r\n".encode("latin-1") + content


@dataclass
class ScriptedServer:
    """Takes a step of its script for each request; the last step is repeated."""

    url: str
    script: deque[Step]
    requests: list[bytes] = field(default_factory=list)
    connection_count: int = 0

    def header(self, name: str) -> list[str]:
        """The values of a header, one for each request."""
        return [_headers(request)[name.lower()] for request in self.requests]

    def bodies(self) -> list[bytes]:
        return [request.partition(b"\r\n\r\n")[2] for request in self.requests]

    def serve(self, connection: socket.socket) -> None:
        self.connection_count += 1
        with suppress(OSError), connection, connection.makefile("rb") as stream:
            while request := read_message(stream):
                self.requests.append(request)
                step = self.script.popleft() if len(self.script) > 1 else self.script[0]
                response = step(request)
                if response is None:
                    return
                connection.sendall(response)


@contextmanager
def scripted_server(*script: Step) -> Iterator[ScriptedServer]:
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as connections:
        server = ScriptedServer(f"http://127.0.0.1:{listener.getsockname()[1]}", deque(script))
        threads = []

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                connections.callback(_hang_up, connection)
                threads.append(threading.Thread(target=server.serve, args=[connection]))
                threads[-1].start()

        acceptor = threading.Thread(target=accept)
        acceptor.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            acceptor.join()
            connections.close()
            for thread in threads:
                thread.join()


def read_message(stream: BinaryIO) -> bytes:
    """An HTTP message with a body; empty at the end of the stream."""
    head = b""
    while line := stream.readline():
        head += line
        if line == b"\r\n":
            return head + stream.read(int(_headers(head)["content-length"]))
    return b""


def _headers(message: bytes) -> dict[str, str]:
    lines = message.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


@dataclass
class Waits:
    """Records the waits of a client instead of waiting."""

    seconds: list[float] = field(default_factory=list)
    reported: list[tuple[float, str]] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)

    def report(self, seconds: float, reason: str) -> None:
        self.reported.append((seconds, reason))


def never_wait(seconds: float) -> None:
    """A ``sleep`` for a client that must not wait."""
    raise AssertionError(f"it waits {seconds} seconds")


def client_of(
    url: str, waits: Waits, *, timeout_seconds: float = PATIENT_SECONDS, give_up_after_seconds: float = 120
) -> LeadsClient:
    return LeadsClient(
        url,
        KEY,
        timeout_seconds=timeout_seconds,
        give_up_after_seconds=give_up_after_seconds,
        sleep=waits.sleep,
        on_wait=waits.report,
    )
