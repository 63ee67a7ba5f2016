"""`make serve` with clients that are slow, or send nothing."""

import json
import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx
import pytest

from leads_cli.local_state import LocalState
from support.clock import PATIENT_HTTP
from support.server import running_server, server_command

CROWD = 1100
LEADS_PATH = "/api/v1/leads"
# The lowest default limit of a shell, that of macOS.
WITH_FEW_FILES = ["bash", "-c", 'ulimit -Sn 256 && exec "$@"', "bash"]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalState]:
    directory = tmp_path_factory.mktemp("server")
    with running_server([*WITH_FEW_FILES, *server_command(directory)], directory) as server:
        yield server.state


@pytest.fixture(autouse=True)
def _sockets_for_a_crowd() -> Iterator[None]:
    usual, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(usual, 3 * CROWD), most))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (usual, most))


def request_of(running: LocalState, leads: list[object]) -> bytes:
    body = json.dumps(leads)
    head = f"POST {LEADS_PATH} HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {running.basic.key}\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode()


def crowd(stack: ExitStack, url: str) -> list[socket.socket]:
    address = urlsplit(url)
    return [
        stack.enter_context(socket.create_connection((str(address.hostname), int(address.port or 0))))
        for _ in range(CROWD)
    ]


def post(running: LocalState) -> int:
    headers = {"X-API-Key": running.basic.key}
    return httpx.post(running.url + LEADS_PATH, json=[{}], headers=headers, timeout=PATIENT_HTTP).status_code


def test_many_silent_connections_do_not_block_others(running: LocalState) -> None:
    with ExitStack() as stack:
        crowd(stack, running.url)
        crowd(stack, running.dynamodb)

        assert post(running) == 200


def test_many_incomplete_requests_do_not_block_others(running: LocalState) -> None:
    request = request_of(running, [{}])
    with ExitStack() as stack:
        for client in crowd(stack, running.url):
            client.sendall(request[:-1])

        assert post(running) == 200


def test_a_client_that_sends_single_bytes_is_served_and_does_not_block_others(running: LocalState) -> None:
    request = request_of(running, [{"company": "Slow"}])
    with ExitStack() as stack:
        slow, *others = crowd(stack, running.url)
        slow.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for position, byte in enumerate(request):
            slow.sendall(bytes([byte]))
            others[position].sendall(request[:1])
            if position % 50 == 0:
                assert post(running) == 200

        slow.settimeout(20)
        assert slow.recv(1000).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("path", ["/", "/openapi.json", "/reference.js"])
def test_head_returns_the_headers_alone(running: LocalState, path: str) -> None:
    with httpx.Client(base_url=running.url, timeout=PATIENT_HTTP) as client:
        head, whole = client.head(path), client.get(path)

    assert (head.status_code, head.content) == (200, b"")
    assert whole.content
    own = {"Content-Security-Policy", "Date", "X-Request-Id"}  # nonce and id differ each time
    assert {name for name in head.headers if head.headers[name] != whole.headers[name]} <= {n.lower() for n in own}
