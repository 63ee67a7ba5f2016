"""DynamoDB Local as this project starts it: who can reach it."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import pytest

from leads_dev.local.dynamodb_local import URL_VARIABLE, dynamodb_local, missing_tools
from support.clock import PATIENT_HTTP

pytestmark = pytest.mark.skipif(URL_VARIABLE not in os.environ, reason="`make test-dynamodb-local` runs these")


@pytest.fixture(scope="module")
def own_address() -> str:
    """An address of this machine that others may reach."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # which sends nothing, but finds the sender's address
        except OSError:
            pytest.skip("this machine has no address but 127.0.0.1")
        address: str = probe.getsockname()[0]
    if address.startswith("127."):
        pytest.skip("this machine has no address but 127.0.0.1")
    return address


@contextmanager
def started(containers_host: str | None = None) -> Iterator[int]:
    """Its port."""
    if missing := list(missing_tools()):  # with the variable set, it may run elsewhere
        pytest.skip(" ".join(missing))
    with dynamodb_local(containers_host=containers_host) as url:
        yield urlsplit(url).port or 0


def status(address: str, port: int, host: str) -> int:
    return httpx.get(f"http://{address}:{port}/", headers={"Host": host}, timeout=PATIENT_HTTP).status_code


def test_it_responds_only_to_this_machine_and_to_this_machines_names(own_address: str) -> None:
    with started() as port:
        for host in ("localhost", "127.0.0.1", f"127.0.0.1:{port}", "db.localhost"):
            assert status("127.0.0.1", port, host) == 400, "it asks for a signature"
        for host in ("evil.example", own_address, "host.docker.internal"):
            assert status("127.0.0.1", port, host) == 404
        with pytest.raises(httpx.ConnectError):
            status(own_address, port, "localhost")


def test_containers_reach_it_at_the_address_that_they_are_given(own_address: str) -> None:
    with started(containers_host=own_address) as port:
        assert status(own_address, port, f"host.docker.internal:{port}") == 400
        assert status("127.0.0.1", port, "127.0.0.1") == 400
        assert status(own_address, port, "evil.example") == 404
