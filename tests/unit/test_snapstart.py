"""Many environments of the function are restored from one snapshot. They must not share connections or randomness."""

import http.server
import importlib
import io
import json
import logging
import random
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any, NamedTuple

import pytest
import snapshot_restore_py

from leads_admin.keys import generate_secret
from leads_admin.local_client import CREDENTIALS
from leads_core.ulids import new_ulid
from support.api import LEADS_PATH, Context

NOW = 1_795_420_800_000
NO_SUCH_KEY = b'{"__type": "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException", "message": "No."}'


class Database(http.server.ThreadingHTTPServer):
    """A database without keys. It keeps connections open, and counts them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.connections = 0
        self.signatures: list[str] = []

    @property
    def requests(self) -> int:
        return len(self.signatures)


class _Connection(http.server.BaseHTTPRequestHandler):
    server: Database
    protocol_version = "HTTP/1.1"

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.signatures.append(self.headers["Authorization"])
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


class Hooks(NamedTuple):
    """The hooks that the function has registered with Lambda, and their arguments."""

    before_snapshot: list[Any]
    after_restore: list[Any]


@pytest.fixture
def hooks(monkeypatch: pytest.MonkeyPatch) -> Hooks:
    hooks = Hooks([], [])
    monkeypatch.setattr(snapshot_restore_py, "_before_snapshot_registry", hooks.before_snapshot)
    monkeypatch.setattr(snapshot_restore_py, "_after_restore_registry", hooks.after_restore)
    return hooks


@pytest.fixture
def environment(database: Database, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    address = f"http://127.0.0.1:{database.server_port}"
    environment = {"ACCESS_TABLE": "access", "LEADS_TABLE": "leads", "AWS_ENDPOINT_URL_DYNAMODB": address}
    for name, value in {**CREDENTIALS, **environment}.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.fixture
def app(environment: pytest.MonkeyPatch, hooks: Hooks) -> ModuleType:
    """The function as Lambda initialises it."""
    assert hooks == ([], [])
    environment.delitem(sys.modules, "leads_api.app", raising=False)
    return importlib.import_module("leads_api.app")


@pytest.fixture
def lambdas_handler() -> Iterator[io.StringIO]:
    """What Lambda's runtime would log: its handler gets the records of all loggers."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    logging.root.addHandler(handler)
    yield written
    logging.root.removeHandler(handler)


@pytest.fixture
def take_snapshot(app: ModuleType, hooks: Hooks) -> Callable[[], None]:
    """Do what Lambda does before it takes a snapshot."""
    assert app

    def take_snapshot() -> None:
        for function, arguments, named_arguments in hooks.before_snapshot:
            function(*arguments, **named_arguments)

    return take_snapshot


@pytest.fixture
def send(app: ModuleType) -> Callable[[], None]:
    """Send a request that takes one call to the database."""

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
def restore(app: ModuleType, hooks: Hooks) -> Iterator[Callable[[], None]]:
    """Restore the Python state of the snapshot, and run the hooks as Lambda does."""
    assert app
    snapshot = random.getstate()

    def restore() -> None:
        random.setstate(snapshot)
        for function, arguments, named_arguments in hooks.after_restore:
            function(*arguments, **named_arguments)

    yield restore
    random.setstate(snapshot)


def test_a_restored_environment_opens_its_own_connections(
    database: Database, send: Callable[[], None], restore: Callable[[], None]
) -> None:
    send()
    send()
    assert (database.requests, database.connections) == (2, 1), "a connection is kept as long as there is no snapshot"

    restore()
    send()

    assert (database.requests, database.connections) == (3, 2)


def test_restored_environments_do_not_pause_equally_between_retries(restore: Callable[[], None]) -> None:
    def pauses() -> list[float]:
        return [random.uniform(0, 1) for _ in range(10)]  # noqa: S311 - what the retries take

    sequences = []
    for _ in range(3):
        restore()
        sequences.append(pauses())

    assert not set(sequences[0]) & set(sequences[1])
    assert not set(sequences[1]) & set(sequences[2])


def test_restored_environments_do_not_generate_the_same_ids_and_keys(restore: Callable[[], None]) -> None:
    made = []
    for _ in range(3):
        restore()
        made += [new_ulid(NOW), generate_secret()]

    assert len(set(made)) == len(made)


def test_priming_prepares_every_call_of_a_stored_request(app: ModuleType, take_snapshot: Callable[[], None]) -> None:
    signed: list[str] = []
    events = app._client.meta.events  # noqa: SLF001 - only the client knows what it signs
    events.register("request-created", lambda operation_name, **_: signed.append(operation_name))

    take_snapshot()

    assert signed == ["UpdateItem", "BatchWriteItem"]


def test_priming_is_neither_sent_nor_logged(
    lambdas_handler: io.StringIO,
    database: Database,
    take_snapshot: Callable[[], None],
    capfd: pytest.CaptureFixture[str],
) -> None:
    take_snapshot()

    assert (database.requests, database.connections) == (0, 0)
    assert (*capfd.readouterr(), lambdas_handler.getvalue()) == ("", "", "")


def test_after_priming_requests_are_sent(
    database: Database, take_snapshot: Callable[[], None], restore: Callable[[], None], send: Callable[[], None]
) -> None:
    take_snapshot()
    restore()
    send()

    assert database.requests == 1


def test_the_function_starts_although_priming_fails(
    environment: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    environment.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        environment.delenv(name)
    take_snapshot: Callable[[], None] = request.getfixturevalue("take_snapshot")

    take_snapshot()


class Credentials(http.server.ThreadingHTTPServer):
    """Lambda's endpoint for credentials, which are valid for a few minutes."""

    daemon_threads = True
    access_key_id = "BEFORE"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _CredentialsRequest)


class _CredentialsRequest(http.server.BaseHTTPRequestHandler):
    server: Credentials

    def do_GET(self) -> None:
        expiry = datetime.now(UTC) + timedelta(minutes=5)
        credentials = {
            "AccessKeyId": self.server.access_key_id,
            "SecretAccessKey": "secret",
            "Token": "token",
            "Expiration": expiry.isoformat(),
        }
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(credentials).encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives it
        """Nothing."""


def test_requests_are_signed_with_the_credentials_of_the_restored_environment(
    environment: pytest.MonkeyPatch, database: Database, request: pytest.FixtureRequest
) -> None:
    with Credentials() as source:
        threading.Thread(target=source.serve_forever, args=[0.01], daemon=True).start()
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.delenv(name)
        environment.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"http://127.0.0.1:{source.server_port}/")
        for do in ("take_snapshot", "restore"):
            request.getfixturevalue(do)()
        source.access_key_id = "AFTER"

        request.getfixturevalue("send")()
        source.shutdown()

    assert "Credential=AFTER/" in database.signatures[-1]
