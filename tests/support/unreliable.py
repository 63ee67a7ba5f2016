"""A proxy of an API that loses or replaces responses."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from support.clock import PATIENT_HTTP


@dataclass(frozen=True)
class Trouble:
    """What happens to a request: whether it reaches the API, and another response or none instead of the API's."""

    reaches_the_api: bool
    status: int | None = None
    retry_after: int | None = None


@dataclass
class Attempt:
    """A request, and when (``time.monotonic``) it arrived and its response was ready."""

    came: float
    idempotency_key: str | None
    body: bytes
    responded: float = 0


@dataclass
class UnreliableWay:
    """The proxy's URL, the remaining troubles in their order, and the requests so far."""

    url: str
    troubles: list[Trouble]
    attempts: list[Attempt] = field(default_factory=list)


@contextmanager
def unreliable_way(api_url: str, *troubles: Trouble) -> Iterator[UnreliableWay]:
    """Forward requests to an API, the first ones with troubles."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            attempt = Attempt(time.monotonic(), self.headers["Idempotency-Key"], body)
            way.attempts.append(attempt)
            trouble = way.troubles.pop(0) if way.troubles else None
            if trouble is None or trouble.reaches_the_api:
                headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
                response = httpx.post(api_url + self.path, headers=headers, content=body, timeout=PATIENT_HTTP)
                status, content, retry_after = (
                    response.status_code,
                    response.content,
                    response.headers.get("Retry-After"),
                )
            attempt.responded = time.monotonic()
            if trouble is not None:
                if trouble.status is None:
                    self.close_connection = True
                    return
                envelope = {"succeeded": False, "statusCode": trouble.status, "statusCodeDescription": "NONE"}
                status, retry_after = trouble.status, trouble.retry_after
                content = json.dumps(envelope | {"message": "Not now."}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            if retry_after is not None:
                self.send_header("Retry-After", str(retry_after))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_arguments: object) -> None:
            """Log nothing, because ``attempts`` has all requests."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        way = UnreliableWay(f"http://127.0.0.1:{server.server_port}", list(troubles))
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield way
        finally:
            server.shutdown()
            thread.join()
