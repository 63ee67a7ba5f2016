"""``leads --local`` selects one of this machine's servers, independently of the environment."""

import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from leads_admin.stack import DEFAULT_STACK
from leads_cli import local_state
from leads_dev.local.moto_dynamodb import create_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Leads = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def known_servers(tmp_path: Path, dynamodb: "DynamoDBClient", dynamodb_url: str) -> Iterator[Callable[[], str]]:
    """Starts one more server, whose API only accepts connections, and returns its port."""
    with suppress(dynamodb.exceptions.ResourceInUseException):  # by an earlier test
        create_tables(dynamodb, DEFAULT_STACK)
    demo = local_state.DemoWorkspace("", "")
    with ExitStack() as running:

        def run() -> str:
            listener = running.enter_context(socket.create_server(("127.0.0.1", 0)))
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            local_state.write(local_state.LocalState(url, dynamodb_url, demo, demo), tmp_path / ".local")
            return str(urlsplit(url).port)

        yield run


def test_a_port_without_a_server_is_reported_and_no_other_server_is_used(
    leads: Leads, known_servers: Callable[[], str]
) -> None:
    first = known_servers()
    create = ("--local", "workspace", "create", "X", "--plan", "basic", "--yes")

    wrong = leads(*create, PORT="9")
    unset, right = leads(*create, PORT=""), leads(*create, PORT=first)
    ports = sorted([first, known_servers()], key=int)
    wrong_of_two, none_of_two = leads(*create, PORT="9"), leads(*create)

    nothing_there = "PORT is 9, and no local server that is known here runs there."
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr == f"{nothing_there} One runs on the port {first}: unset PORT, or PORT={first}.\n"
    assert unset.returncode == right.returncode == 0, unset.stderr + right.stderr
    of_two = f"Local servers run here on the ports {ports[0]} and {ports[1]}: choose one, as in PORT={ports[0]} "
    assert wrong_of_two.stderr.startswith(f"{nothing_there} {of_two}")
    assert none_of_two.stderr.startswith(of_two)


def test_suggested_commands_name_the_port_if_it_selects_the_server(
    leads: Leads, known_servers: Callable[[], str]
) -> None:
    port = known_servers()
    create = ("--local", "workspace", "create", "X", "--plan", "basic", "--yes")
    alone = leads(*create, PORT=port)
    known_servers()
    one_of_two = leads(*create, PORT=port)

    assert f"Next: leads --local key create {alone.stdout}" in alone.stderr
    assert f"Next: PORT={port} leads --local key create {one_of_two.stdout}" in one_of_two.stderr


def test_aws_profiles_and_configuration_are_ignored(
    leads: Leads, known_servers: Callable[[], str], tmp_path: Path
) -> None:
    known_servers()
    (tmp_path / ".aws").mkdir()
    for name in ("config", "credentials"):
        (tmp_path / ".aws" / name).write_text("[default")

    result = leads("--local", "workspace", "list", AWS_PROFILE="nobody", AWS_DEFAULT_PROFILE="nobody")

    assert (result.returncode, result.stderr) == (0, "")
