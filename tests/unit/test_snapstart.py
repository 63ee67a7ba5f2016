"""Many environments of the function are restored from one snapshot: what they must not have in common."""

import http.server
import importlib
import json
import random
import sys
import threading
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
import snapshot_restore_py

from leads_admin.keys import generate_secret
from leads_admin.local_client import CREDENTIALS
from leads_core.ulids import new_ulid
from support.api import LEADS_PATH, Context

NOW = 1_795_420_800_000
NO_SUCH_KEY = b'{"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "No."}'


class Database(http.server.ThreadingHTTPServer):
    """Knows no keys, keeps connections open, and counts them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.connections = 0
        self.requests = 0


class _Connection(http.server.BaseHTTPRequestHandler):
    server: Database
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests += 1
        self.send_response(400)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(NO_SUCH_KEY)))
        self.end_headers()
        self.wfile.write(NO_SUCH_KEY)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
        """Nothing."""


@pytest.fixture
def database() -> Iterator[Database]:
    with Database() as database:
        threading.Thread(target=database.serve_forever, args=[0.01], daemon=True).start()
        yield database
        database.shutdown()


@pytest.fixture
def restore_hooks(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the function has registered for Lambda to call in an environment that was restored."""
    hooks: list[Any] = []
    monkeypatch.setattr(snapshot_restore_py, "_after_restore_registry", hooks)
    return hooks


@pytest.fixture
def app(database: Database, restore_hooks: list[Any], monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The function as Lambda initialises it."""
    assert restore_hooks == []
    address = f"http://127.0.0.1:{database.server_port}"
    environment = {"ACCESS_TABLE": "access", "LEADS_TABLE": "leads", "AWS_ENDPOINT_URL_DYNAMODB": address}
    for name, value in {**CREDENTIALS, **environment}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delitem(sys.modules, "leads_api.app", raising=False)
    return importlib.import_module("leads_api.app")


@pytest.fixture
def send(app: ModuleType) -> Callable[[], None]:
    """Send a request, for which the function makes one call to the database."""

    def send() -> None:
        event = {
            "httpMethod": "POST",
            "path": LEADS_PATH,
            "headers": {"X-API-Key": generate_secret()},
            "body": "[{}]",
            "requestContext": {"requestId": "test"},
        }
        answer = app.handler(event, Context(10_000))
        assert (answer["statusCode"], json.loads(answer["body"])["message"]) == (401, "Invalid API key.")

    return send


@pytest.fixture
def restore(app: ModuleType, restore_hooks: list[Any]) -> Iterator[Callable[[], None]]:
    """Go back to the state of the snapshot, as far as it is Python's, and do what Lambda does then."""
    assert app
    snapshot = random.getstate()

    def restore() -> None:
        random.setstate(snapshot)
        for function, arguments, named_arguments in restore_hooks:
            function(*arguments, **named_arguments)

    yield restore
    random.setstate(snapshot)


def test_a_restored_environment_opens_connections_of_its_own(
    database: Database, send: Callable[[], None], restore: Callable[[], None]
) -> None:
    send()
    send()
    assert (database.requests, database.connections) == (2, 1), "a connection is kept as long as there is no snapshot"

    restore()
    send()

    assert (database.requests, database.connections) == (3, 2)


def test_restored_environments_do_not_pause_for_the_same_times_between_tries(restore: Callable[[], None]) -> None:
    def pauses() -> list[float]:
        return [random.uniform(0, 1) for _ in range(10)]  # noqa: S311 - what the retries take

    sequences = []
    for _ in range(3):
        restore()
        sequences.append(pauses())

    assert not set(sequences[0]) & set(sequences[1])
    assert not set(sequences[1]) & set(sequences[2])


def test_restored_environments_do_not_give_the_same_ids_and_keys(restore: Callable[[], None]) -> None:
    made = []
    for _ in range(3):
        restore()
        made += [new_ulid(NOW), generate_secret()]

    assert len(set(made)) == len(made)
