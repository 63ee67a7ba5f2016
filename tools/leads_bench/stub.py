"""A DynamoDB stub that responds immediately to the calls of the function and its peers, and only records the calls."""

import json
import re
import ssl
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from leads_core.keys import hash_secret

WORKSPACE_ID = "01M836BNVWXZ18X15HM5F1355H"
_SLOT = re.compile(r"\bs\d+\b")


@dataclass
class StubDynamoDB:
    """The stub's address, and what was done: connections that were opened, and calls (operation and request)."""

    url: str
    keeps_calls: bool
    connections: int = 0
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: object) -> None:
        """Ignore clients that refuse the certificate, or hang up."""


@contextmanager
def stub_dynamodb(
    api_key: str, *, keeps_calls: bool = False, tls: ssl.SSLContext | None = None
) -> Iterator[StubDynamoDB]:
    """Run a stub on loopback with one API key, of a workspace without a limit; with ``tls``, over TLS."""
    key_hash = hash_secret(api_key)
    stub = StubDynamoDB("", keeps_calls)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            super().setup()
            stub.connections += 1

        def do_POST(self) -> None:
            operation = self.headers["X-Amz-Target"].rpartition(".")[2]
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if stub.keeps_calls:
                stub.calls.append((operation, request))
            status, response = _response(operation, request, key_hash)
            content = json.dumps(response).encode()
            head = (
                f"HTTP/1.1 {status} {'OK' if status == 200 else 'Bad Request'}\r\n"  # noqa: PLR2004 - OK
                "Content-Type: application/x-amz-json-1.0\r\n"
                f"Content-Length: {len(content)}\r\nx-amz-crc32: {zlib.crc32(content)}\r\nx-amzn-RequestId: 1\r\n\r\n"
            )
            # In one packet: a second one would wait until the first is acknowledged.
            self.wfile.write(head.encode() + content)

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = _Server(("127.0.0.1", 0), Handler)
    if tls:
        # The thread of the connection makes the handshake, so that parallel ones do not wait for each other.
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    stub.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _response(operation: str, request: dict[str, Any], key_hash: str) -> tuple[int, dict[str, Any]]:
    match operation:
        case "BatchWriteItem":
            return 200, {"UnprocessedItems": {}}
        case "GetItem":
            item = _items(key_hash).get(request["Key"]["pk"]["S"])
            return 200, {"Item": item} if item else {}
        case "UpdateItem":
            return _updated(request, key_hash)
        case _:
            return 400, {"__type": "com.amazonaws.dynamodb.v20120810#ValidationException", "message": operation}


def _items(key_hash: str) -> dict[str, dict[str, Any]]:
    return {
        f"KEY#{key_hash}": {
            "pk": {"S": f"KEY#{key_hash}"},
            "workspace_id": {"S": WORKSPACE_ID},
            "plan": {"S": "basic"},
            "label": {"S": "Website"},
            "start": {"S": "cdz_DemoBasi"},
            "created_at": {"S": "2026-11-23T08:15:00Z"},
        },
        f"WORKSPACE#{WORKSPACE_ID}": {
            "pk": {"S": f"WORKSPACE#{WORKSPACE_ID}"},
            "name": {"S": "Demo"},
            "plan": {"S": "basic"},
            "created_at": {"S": "2026-11-23T08:15:00Z"},
            "key_count": {"N": "1"},
        },
    }


def _updated(request: dict[str, Any], key_hash: str) -> tuple[int, dict[str, Any]]:
    """Every count is 1, so the limit is never reached."""
    name = request["Key"]["pk"]["S"]
    if name.startswith("RATE#"):
        return 200, {"Attributes": {"used": {"N": "1"}}}
    key = _items(key_hash).get(name)
    if key is None:
        return 400, {
            "__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException",
            "message": "The conditional request failed",
        }
    values = request["ExpressionAttributeValues"]
    (slot,) = set(_SLOT.findall(request["UpdateExpression"].partition(" REMOVE ")[0]))
    counters = {"tick": values.get(":tick", values[":seen_tick"]), "used": {"N": "1"}, slot: {"N": "1"}}
    return 200, {"Attributes": {**key, **counters, "last_used_at": values[":now"]}}
