"""A proxy in front of a DynamoDB: it forwards calls, and injects faults."""

import json
import select
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Container, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from enum import StrEnum
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

# No call of the function waits so long.
_LONGEST_HANG_SECONDS = 15
# How long an effect may take on a busy machine.
_LONGEST_EFFECT_SECONDS = 60
# Databases close a connection that is idle for longer.
_LONGEST_IDLE_SECONDS = 2


class Step(StrEnum):
    """The purpose of a call of the function."""

    COUNT = "count"
    READ = "read"
    CLAIM = "claim"
    PUT = "put"
    MARK = "mark"
    DELETE = "delete"
    TRANSACT = "transact"


@dataclass(frozen=True)
class Call:
    """A call of the function; ``number`` counts those of its step from 1, ``position`` all of them."""

    step: Step
    number: int
    position: int
    operation: str
    body: dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """A response of DynamoDB, or only its first ``cut_after`` bytes."""

    status: int
    body: bytes
    cut_after: int | None = None


class DroppedError(Exception):
    """Raised by a fault: the connection is closed without a response."""


class HungError(Exception):
    """Raised by a fault: the connection stays open without a response."""


class LateError(Exception):
    """Raised by a fault: ``effect`` happens so many seconds after the function has given up the call.

    The function gives up when its time for a call is over, or immediately if the connection ``drops``.
    """

    def __init__(self, effect: Callable[[], object], seconds: float, *, drops: bool) -> None:
        super().__init__(seconds)
        self.effect = effect
        self.seconds = seconds
        self.drops = drops


Forward = Callable[[dict[str, Any]], Reply]
# A fault replaces a call. It may forward the call, or a part of it.
Fault = Callable[[Call, Forward], Reply]


class Everything:
    """All numbers of calls."""

    def __contains__(self, _number: object) -> bool:
        return True


EVER = Everything()


class Proxy:
    """A DynamoDB with faults, which are injected by step and number of a call."""

    def __init__(self, database_url: str, *, keeps_tokens: bool) -> None:
        self._database = urlsplit(database_url).netloc
        # For a database without client tokens: a transaction that was made is not repeated.
        self._made: dict[str, Reply] | None = {} if keeps_tokens else None
        self._faults: list[tuple[Callable[[Call], bool], Fault]] = []
        self._lock = threading.Lock()
        self._at_work = 0
        self._late = 0
        self._idle = threading.Condition(self._lock)
        self.closing = threading.Event()
        self.calls: list[Call] = []
        # Each call first enters this context, and stays in it until it ends.
        self.turn: Callable[[], AbstractContextManager[None]] = nullcontext
        self._connections: list[tuple[HTTPConnection, float]] = []
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @contextmanager
    def running(self) -> Iterator["Proxy"]:
        thread = threading.Thread(target=self._serve, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.closing.set()
            socket.create_connection(("127.0.0.1", self._server.server_port)).close()  # it waits for one
            thread.join()
            self._server.server_close()
            for connection, _ in self._connections:
                connection.close()

    def _serve(self) -> None:
        # Not serve_forever, which polls many times a second: there are hundreds of proxies.
        while not self.closing.is_set():
            self._server.handle_request()

    def inject(self, step: Step | None, fault: Fault, numbers: Container[int] = EVER) -> None:
        """Inject a fault into calls of a step; without a step, into calls by their position."""

        def is_meant(call: Call) -> bool:
            return call.step is step and call.number in numbers if step else call.position in numbers

        self.inject_when(is_meant, fault)

    def inject_when(self, is_meant: Callable[[Call], bool], fault: Fault) -> None:
        """Inject a fault into matching calls. If several faults match, the first one wins."""
        with self._lock:
            self._faults.append((is_meant, fault))

    def heal(self) -> None:
        """Remove all faults, and reset the counters."""
        with self._lock:
            self._faults.clear()
            self.calls.clear()
            self.turn = nullcontext

    def settle(self) -> None:
        """Wait until every call that has reached the proxy has taken effect."""
        with self._idle:
            assert self._idle.wait_for(lambda: not self._at_work, _LONGEST_EFFECT_SECONDS)

    def wait_until_landed(self) -> None:
        """Wait until every call of the function has taken effect, also late ones."""
        with self._idle:
            assert self._idle.wait_for(lambda: not self._at_work and not self._late, _LONGEST_EFFECT_SECONDS)

    def land(self, late: LateError) -> None:
        """Carry out calls that the function has given up."""
        try:
            if not self.closing.wait(late.seconds):
                late.effect()
        finally:
            with self._idle:
                self._late -= 1
                self._idle.notify_all()

    def steps(self) -> list[Step]:
        return [call.step for call in self.calls]

    def answer(self, operation: str, headers: dict[str, str], content: bytes) -> Reply:
        body = json.loads(content)
        with self._lock:
            step = _step(operation, body)
            number = Counter(self.steps())[step] + 1
            call = Call(step, number, len(self.calls) + 1, operation, body)
            self.calls.append(call)
            self._at_work += 1
            fault = next((fault for is_meant, fault in self._faults if is_meant(call)), None)
            turn = self.turn

        def forward(changed: dict[str, Any]) -> Reply:
            return self._forward(headers, changed)

        try:
            with turn():
                return fault(call, forward) if fault else forward(body)
        except LateError:
            with self._lock:
                self._late += 1
            raise
        finally:
            with self._idle:
                self._at_work -= 1
                self._idle.notify_all()

    @contextmanager
    def _connection(self) -> Iterator[HTTPConnection]:
        """A free connection to the database that is certainly open. It is kept if no error occurs."""
        with self._lock:
            connection, used_at = self._connections.pop() if self._connections else (None, 0.0)
        if connection is None or time.monotonic() - used_at > _LONGEST_IDLE_SECONDS:
            if connection:
                connection.close()
            connection = HTTPConnection(self._database, timeout=_LONGEST_EFFECT_SECONDS)
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        with self._lock:
            self._connections.append((connection, time.monotonic()))

    def _forward(self, headers: dict[str, str], body: dict[str, Any]) -> Reply:
        token = body.get("ClientRequestToken")
        if token and self._made is not None and token in self._made:
            return self._made[token]
        content = json.dumps(body).encode()
        with self._connection() as connection:
            connection.request("POST", "/", content, {**headers, "Content-Length": str(len(content))})
            response = connection.getresponse()
            reply = Reply(response.status, response.read())
        if token and self._made is not None and reply.status == 200:
            self._made[token] = reply
        return reply


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as it is declared there
        """Ignore lost connections, because faults cause them."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def _step(operation: str, body: dict[str, Any]) -> Step:
    match operation:
        case "GetItem":
            return Step.READ
        case "TransactWriteItems":
            return Step.TRANSACT
        case "BatchWriteItem":
            return Step.DELETE if "DeleteRequest" in json.dumps(body) else Step.PUT
    if body["Key"]["pk"]["S"].startswith("KEY#"):
        return Step.COUNT
    return Step.MARK if ":true" in body["ExpressionAttributeValues"] else Step.CLAIM


def _wait_until_given_up(connection: socket.socket, closing: threading.Event) -> None:
    """Wait until the function has closed the connection. It sends nothing more before it has its response."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    deadline = time.monotonic() + _LONGEST_HANG_SECONDS
    while not closing.is_set() and time.monotonic() < deadline and not poll.poll(500):
        pass


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):  # the function may have been faster
        connection.shutdown(socket.SHUT_RDWR)


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            headers = {
                name: value for name, value in self.headers.items() if name.lower() not in {"host", "content-length"}
            }
            try:
                reply = proxy.answer(operation, headers, content)
                self._send(reply)
            except HungError:
                _wait_until_given_up(self.connection, proxy.closing)
                self.close_connection = True
            except LateError as late:
                if late.drops:
                    _hang_up(self.connection)
                else:
                    _wait_until_given_up(self.connection, proxy.closing)
                self.close_connection = True
                proxy.land(late)
            except (DroppedError, OSError):  # because of a fault, or because the function has given up
                self.close_connection = True

        def _send(self, reply: Reply) -> None:
            self.send_response(reply.status)
            self.send_header("Content-Type", "application/x-amz-json-1.0")
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body[: reply.cut_after])
            self.wfile.flush()
            if reply.cut_after is not None:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            pass

    return Handler
