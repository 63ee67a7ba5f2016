"""Connections to DynamoDB: trusted certificates, and proxies."""

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import TYPE_CHECKING

import pytest
import trustme
from botocore.exceptions import ProxyConnectionError, SSLError

from leads_admin.local_client import CREDENTIALS
from leads_bench.sample_requests import API_KEY
from leads_bench.stub import StubDynamoDB, stub_dynamodb
from leads_core.dynamodb.client import create_client

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Run = Callable[..., StubDynamoDB]
Create = Callable[[], "DynamoDBClient"]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> Path:
    file = tmp_path / "bundle.pem"
    authority.cert_pem.write_to_path(str(file))
    return file


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "AWS_CONFIG_FILE", "HTTPS_PROXY", "https_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def run(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Run a database with a certificate for this name, at the endpoint that clients use."""
    with ExitStack() as stack:

        def run(name: str = "127.0.0.1", *, expires: datetime | None = None) -> StubDynamoDB:
            context = SSLContext(PROTOCOL_TLS_SERVER)
            authority.issue_cert(name, not_after=expires).configure_cert(context)
            database = stack.enter_context(stub_dynamodb(API_KEY, tls=context))
            monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", database.url)
            return database

        yield run


@pytest.fixture
def create() -> Iterator[Create]:
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(create_client()))


def call(client: "DynamoDBClient") -> None:
    assert "Item" not in client.get_item(TableName="access", Key={"pk": {"S": "KEY#unknown"}})


def test_a_server_whose_authority_is_unknown_is_refused(run: Run, create: Create) -> None:
    run()

    with pytest.raises(SSLError, match="unable to get local issuer certificate"):
        call(create())


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"])
def test_the_bundle_of_the_environment_is_trusted(
    run: Run, create: Create, bundle: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    run()
    monkeypatch.setenv(variable, str(bundle))

    call(create())


def test_the_bundle_of_the_configuration_is_trusted(
    run: Run, create: Create, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    file = bundle.with_name("config")
    file.write_text(f"[default]\nca_bundle = {bundle}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(file))

    call(create())


def test_a_server_with_another_name_is_refused(
    run: Run, create: Create, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("dynamodb.example")
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))

    with pytest.raises(SSLError, match=r"certificate is not valid for '127\.0\.0\.1'"):
        call(create())


def test_a_server_with_an_expired_certificate_is_refused(
    run: Run, create: Create, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(expires=datetime.now(UTC) - timedelta(days=1))
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))

    with pytest.raises(SSLError, match="certificate has expired"):
        call(create())


def test_the_bundle_is_loaded_when_the_client_is_created_and_not_per_connection(
    run: Run, create: Create, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = run()
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    client = create()
    bundle.unlink()

    for _ in range(2):
        call(client)
        client.close()

    assert database.connections == 2


@pytest.mark.parametrize(("content", "reason"), [(None, "No such file or directory"), ("", "no certificate")])
def test_an_unusable_bundle_is_reported_when_the_client_is_created(
    run: Run, create: Create, bundle: Path, monkeypatch: pytest.MonkeyPatch, content: str | None, reason: str
) -> None:
    run()
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    bundle.unlink() if content is None else bundle.write_text(content)

    with pytest.raises(OSError, match=rf"(?i)The CA bundle {bundle} cannot be used: .*{reason}"):
        create()


class Proxy(socketserver.ThreadingTCPServer):
    """Opens a tunnel for each CONNECT, and records the addresses."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.asked: list[str] = []


class _Tunnel(socketserver.StreamRequestHandler):
    server: Proxy
    rbufsize = 0

    def handle(self) -> None:
        address = self.rfile.readline().split()[1].decode()
        self.server.asked.append(address)
        while self.rfile.readline().strip():
            pass
        host, _, port = address.rpartition(":")
        with socket.create_connection((host, int(port))) as server:
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            threading.Thread(target=_pass_on, args=[server, self.connection], daemon=True).start()
            _pass_on(self.connection, server)


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):  # when the other end has hung up
        while content := source.recv(65536):
            target.sendall(content)
        target.shutdown(socket.SHUT_WR)


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    with Proxy() as proxy:
        threading.Thread(target=proxy.serve_forever, args=[0.01], daemon=True).start()
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        yield proxy
        proxy.shutdown()


def test_the_proxy_of_the_environment_is_used(
    run: Run, create: Create, bundle: Path, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = run()
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    client = create()
    bundle.unlink()

    call(client)

    assert proxy.asked == [database.url.removeprefix("https://")]


def test_a_server_behind_a_proxy_is_verified(run: Run, create: Create, proxy: Proxy) -> None:
    run()

    with pytest.raises((SSLError, ProxyConnectionError), match="CERTIFICATE_VERIFY_FAILED"):
        call(create())

    assert proxy.asked


def test_hosts_without_a_proxy_are_called_directly(
    run: Run, create: Create, bundle: Path, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    run()
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    call(create())

    assert proxy.asked == []
