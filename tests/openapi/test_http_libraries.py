"""The programs of docs/clients.md, with a proxy that loses responses."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from leads_cli.local_state import LocalState
from leads_dev.local.ports import free_port, responds
from support.api import workspaces_in
from support.clock import PATIENT_HTTP
from support.pages import blocks_of_code
from support.unreliable import Trouble, unreliable_way

ROOT = Path(__file__).parents[2]
VENV = ROOT / ".venv"
PAGE = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
CODE = partial(blocks_of_code, PAGE)

PYTHON = ["urllib3", "requests", "httpx", "tenacity", "stamina", "aiohttp"]
NODE = ["axios", "got", "ky"]
UNAVAILABLE_SECONDS, TOO_MANY_SECONDS = 2, 1
LOST = Trouble(reaches_the_api=True)
UNAVAILABLE = Trouble(reaches_the_api=True, status=503, retry_after=UNAVAILABLE_SECONDS)
TOO_MANY = Trouble(reaches_the_api=False, status=429, retry_after=TOO_MANY_SECONDS)
FORM = {"company": "Müller & Söhne", "notes": "Zwei\nZeilen", "plan": "gold", "labels": "x"}

Program = Callable[[str], list[str]]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """The command that runs a library's program."""

    def command(library: str) -> list[str]:
        language = "python" if library in PYTHON else "js"
        [code] = CODE(library, language)
        if language == "python":
            return [str(VENV / "openapi" / "bin" / "python"), "-c", code]
        (tmp_path / "node_modules").symlink_to(VENV / "node" / "node_modules")
        return ["node", "--input-type=module", "--eval", code]

    return command


def environment(url: str, key: str) -> Mapping[str, str]:
    return os.environ | {"LEADS_URL": url, "LEADS_API_KEY": key}


def run(command: list[str], directory: Path, url: str, key: str) -> str:
    return subprocess.run(
        command,
        cwd=directory,
        env=environment(url, key),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    ).stdout


def leads(api: LocalState) -> list[dict[str, Any]]:
    return list(workspaces_in(api).leads(api.basic.workspace, page_size=100))


def test_the_table_and_the_tests_have_the_same_libraries() -> None:
    in_table = re.findall(r"^\| \[(\w+)\]\(#\1\) ", PAGE, re.MULTILINE)

    assert in_table == PYTHON + NODE


@pytest.mark.parametrize("library", PYTHON + NODE)
def test_a_library_retries_after_the_given_time_and_stores_the_lead_once(
    api: LocalState, program: Program, tmp_path: Path, library: str
) -> None:
    with unreliable_way(api.url, UNAVAILABLE, LOST, TOO_MANY) as way:
        printed = run(program(library), tmp_path, way.url, api.basic.key)

    assert printed.splitlines()[-1].startswith("200 "), printed
    waits = [after.came - before.responded for before, after in pairwise(way.attempts)]
    assert len(waits) == 3
    assert waits[0] >= UNAVAILABLE_SECONDS, "longer than the library's own first pause"
    assert waits[2] >= TOO_MANY_SECONDS
    assert len({attempt.idempotency_key for attempt in way.attempts}) == 1
    assert len({attempt.body for attempt in way.attempts}) == 1
    assert [lead["company"] for lead in leads(api)] == ["Open AI"]


@pytest.mark.parametrize("library", PYTHON + NODE)
def test_a_library_gives_up_immediately_if_a_retry_is_useless(
    api: LocalState, program: Program, tmp_path: Path, library: str
) -> None:
    with unreliable_way(api.url) as way:
        printed = run(program(library), tmp_path, way.url, "cdz_wrong")

    assert "401" in printed
    assert len(way.attempts) == 1


@contextmanager
def serving(command: list[str], directory: Path, url: str, api: LocalState, port: int) -> Iterator[str]:
    variables = {**environment(url, api.basic.key), "PORT": str(port)}
    with subprocess.Popen(command, cwd=directory, env=variables, stderr=subprocess.DEVNULL) as process:
        relay = f"http://127.0.0.1:{port}"
        try:
            while not responds(relay):
                assert process.poll() is None
            yield relay
        finally:
            process.terminate()


@pytest.fixture(params=["js", "php"])
def relay_command(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[list[str], int]:
    """A relay from the page, and its port."""
    program = {"js": "node", "php": "php"}[request.param]
    if shutil.which(program) is None:
        pytest.skip(f"{program} was not found, which the relay is written for")
    [code] = CODE("A web form", request.param)
    path = tmp_path / f"relay.{'mjs' if program == 'node' else 'php'}"
    path.write_text(code, encoding="utf-8")
    port = free_port()
    return (["node", str(path)] if program == "node" else ["php", "-S", f"127.0.0.1:{port}", str(path)]), port


@pytest.mark.parametrize("trouble", [None, LOST, UNAVAILABLE])
def test_a_relay_forwards_its_listed_fields_and_stores_one_lead(
    api: LocalState, relay_command: tuple[list[str], int], tmp_path: Path, trouble: Trouble | None
) -> None:
    command, port = relay_command
    with (
        unreliable_way(api.url, *[trouble] if trouble else []) as way,
        serving(command, tmp_path, way.url, api, port) as relay,
    ):
        response = httpx.post(relay, data=FORM, timeout=PATIENT_HTTP)

    assert (response.status_code, response.text) == (200, "Thank you.")
    [lead] = leads(api)
    assert (lead["company"], lead["notes"].split()) == ("Müller & Söhne", ["Zwei", "Zeilen"])
    assert not lead.get("labels")


def test_a_relay_shows_the_visitor_the_error(
    api: LocalState, relay_command: tuple[list[str], int], tmp_path: Path
) -> None:
    command, port = relay_command
    with (
        unreliable_way(api.url) as way,
        serving(command, tmp_path, way.url, api, port) as relay,
    ):
        with socket.create_connection(("127.0.0.1", port)) as who_goes_away:
            who_goes_away.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\ncomp")
        response = httpx.post(relay, data={"company": "x" * 257}, timeout=PATIENT_HTTP)
        nothing = [httpx.post(relay, data=form, timeout=PATIENT_HTTP) for form in ({}, {"firma": "A"}, {"company": ""})]
        way.troubles += [UNAVAILABLE] * 3
        unavailable = httpx.post(relay, data=FORM, timeout=PATIENT_HTTP)

    assert (response.status_code, response.text) == (400, "Please check what you wrote.")
    assert [response.status_code for response in nothing] == [400] * 3
    assert (unavailable.status_code, unavailable.text) == (503, "Please try again later.")
