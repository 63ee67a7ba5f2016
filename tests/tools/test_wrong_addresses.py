"""Wrong addresses of the API are reported immediately, without retries."""

import json
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from leads_cli.local_state import LocalState
from leads_client import LeadsClient, LeadsClientError
from leads_client.connections import timeout
from leads_client.unreachable import no_response
from support.apis import in_process

Leads = Callable[..., subprocess.CompletedProcess[str]]

KEY = "cdz_" + "0" * 49


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LocalState]:
    with in_process(tmp_path) as state:
        yield state


def errors_of(leads: Leads, url: str) -> list[str]:
    """The error of each command that uses the API, for an address."""
    variables = {"LEADS_URL": url, "LEADS_API_KEY": KEY}
    lines = []
    for arguments in (["ping"], ["send", "--company", "X"]):
        result = leads(*arguments, **variables)
        assert result.returncode != 0
        assert (result.stdout, result.stderr.count("\n")) == ("", 1), result.stderr
        lines.append(result.stderr)
    findings = [json.loads(line) for line in leads("doctor", "--json", **variables).stdout.splitlines()]
    [finding] = [finding for finding in findings if finding["check"] == "API"]
    assert finding["ok"] is False
    return [*lines, finding["detail"]]


def error_of(url: str) -> LeadsClientError:
    """The error of a client that never waits, and so cannot retry."""

    def never(_seconds: float) -> None:
        raise AssertionError("it is tried again")

    with LeadsClient(url, KEY, timeout_seconds=0.2, sleep=never) as client, pytest.raises(LeadsClientError) as raised:
        client.ping()
    return raised.value


@pytest.mark.usefixtures("dynamodb")
def test_an_invalid_port_is_reported(leads: Leads) -> None:
    for line in errors_of(leads, "http://127.0.0.1:99999"):
        assert "The address of the lead API has the port 99999: a port is 1 to 65535." in line


@pytest.mark.usefixtures("dynamodb")
@pytest.mark.parametrize("path", ["/api/v1", "/foo"])
def test_a_wrong_path_is_reported(leads: Leads, server: LocalState, path: str) -> None:
    for line in errors_of(leads, server.url + path):
        assert "the part before /api" in line
        assert f"{server.url}{path}/api/v1/leads" in line


@pytest.mark.usefixtures("dynamodb")
def test_an_unknown_host_is_reported(leads: Leads, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = socket.getaddrinfo

    def resolve_this_machine(host: str, *arguments: object, **options: object) -> object:
        if host == "leads.invalid":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, *arguments, **options)  # type: ignore[arg-type]  # what it was called with

    monkeypatch.setattr(socket, "getaddrinfo", resolve_this_machine)

    for line in errors_of(leads, "https://leads.invalid"):
        assert "There is no host leads.invalid: check the address of the lead API" in line


def test_tls_with_an_http_server_is_reported(server: LocalState) -> None:
    at_once = str(error_of(server.url.replace("http:", "https:")))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        after_a_wait = str(error_of(f"https://127.0.0.1:{silent.getsockname()[1]}"))

    expected = "What answers at 127.0.0.1 does not speak TLS: should the address begin with http://?"
    assert at_once == after_a_wait == expected


def test_a_host_that_was_reached_before_is_retried() -> None:
    unresolved = httpx.ConnectError("Name or service not known")
    unresolved.__cause__ = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    url = httpx.URL("https://leads.invalid")

    assert no_response(unresolved, url, was_reached=False).most_tries == 1
    assert no_response(unresolved, url, was_reached=True).most_tries > 1


def test_a_connection_to_this_machine_has_a_shorter_timeout() -> None:
    here, elsewhere = (timeout(15, httpx.URL(f"https://{host}")) for host in ("127.0.0.1", "leads.example.com"))

    assert (here.read, elsewhere.read, elsewhere.connect) == (15, 15, 15)
    assert (here.connect or 15) < 15
