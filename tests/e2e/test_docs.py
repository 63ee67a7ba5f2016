"""The code in the documentation works as documented."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from leads_cli.local_state import DemoWorkspace, LocalState
from leads_core.plans import Plan
from support.api import create_workspace, workspaces_in
from support.clock import PATIENT_HTTP
from support.pages import blocks_of_code
from support.server import running_server, server_command

ROOT = Path(__file__).parents[2]
QUICK_START, RETRIES, LIMITS, ROWS, FILES = (
    partial(blocks_of_code, (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8"))
    for page in ("quick-start", "errors-and-retries", "limits-and-plans", "rows", "files")
)
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="Node.js was not found, which the JavaScript needs")

BATCH_ID = re.compile("01[0-9A-Z]{24}")

Run = Callable[..., str]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalState]:
    """A server on which a key has a single request in two seconds."""
    directory = tmp_path_factory.mktemp("server")
    environment = os.environ | {"RATE_LIMIT_REQUESTS": "1", "RATE_LIMIT_WINDOW_SECONDS": "2"}
    with running_server(server_command(directory), directory, environment=environment) as running:
        yield running.state


@pytest.fixture
def api(server: LocalState) -> LocalState:
    """The server, with a workspace of the test's own."""
    own = create_workspace(workspaces_in(server), Plan.BASIC)
    return replace(server, basic=DemoWorkspace(own.workspace_id, own.key))


@pytest.fixture
def run(api: LocalState, tmp_path: Path) -> Run:
    """Run code in its own folder, and return its output."""

    def run(*command: str, key: str = api.basic.key) -> str:
        environment = os.environ | {
            "PATH": f"{ROOT / '.venv/bin'}:{os.environ['PATH']}",
            "LEADS_URL": api.url,
            "LEADS_API_KEY": key,
        }
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0 or "Invalid API key." in done.stdout, done.stdout
        return done.stdout

    return run


def leads(api: LocalState) -> list[dict[str, Any]]:
    return list(workspaces_in(api).leads(api.basic.workspace, page_size=100))


def test_the_curl_line_returns_the_response_that_is_shown(api: LocalState, run: Run) -> None:
    [curl] = QUICK_START("curl", "sh")
    [response] = QUICK_START("curl", "json")

    assert response.strip() in run("bash", "-euc", curl)
    assert [lead["company"] for lead in leads(api)] == ["Open AI"]


@pytest.mark.parametrize(("number", "printed"), [(0, "200 None"), (1, "stored 01")])
def test_the_programs_in_python_store_a_lead(api: LocalState, run: Run, number: int, printed: str) -> None:
    assert run("python", "-c", QUICK_START("Python", "python")[number]).startswith(printed)
    assert [lead["company"] for lead in leads(api)] == ["Open AI"]


@needs_node
def test_the_program_in_javascript_stores_a_lead(api: LocalState, run: Run) -> None:
    [program] = QUICK_START("JavaScript", "js")

    assert run("node", "--input-type=module", "--eval", program) == "200 stored\n"
    assert [lead["website"] for lead in leads(api)] == ["https://example.com"]


def test_a_lead_is_sent_and_the_spreadsheet_is_imported(api: LocalState, run: Run) -> None:
    [sending] = QUICK_START("The `leads` command", "sh")
    [importing] = QUICK_START("A spreadsheet", "sh")

    run("bash", "-euc", sending + importing)

    assert [lead["email"] for lead in leads(api)] == ["ada@example.com", "hello@example.com"]


RETRYING = [
    pytest.param("A loop in Python", "python", ("python", "-c"), id="python"),
    pytest.param("A loop in JavaScript", "js", ("node", "--input-type=module", "--eval"), marks=needs_node, id="js"),
]


@pytest.mark.parametrize(("heading", "language", "command"), RETRYING)
def test_a_loop_waits_if_necessary_and_stores_the_lead_once(
    api: LocalState, run: Run, heading: str, language: str, command: tuple[str, ...]
) -> None:
    [program] = RETRIES(heading, language)
    headers = {"X-API-Key": api.basic.key}
    while httpx.post(f"{api.url}/api/v1/leads", headers=headers, json=[], timeout=PATIENT_HTTP).status_code != 429:
        pass

    assert "succeeded" in run(*command, program)
    assert [lead["company"] for lead in leads(api)] == ["Open AI"]


@pytest.mark.parametrize(("heading", "language", "command"), RETRYING)
def test_a_loop_gives_up_immediately_if_a_retry_is_useless(
    run: Run, heading: str, language: str, command: tuple[str, ...]
) -> None:
    [program] = RETRIES(heading, language)

    printed = run(*command, program, key="cdz_wrong")

    assert "401: " in printed
    assert "Invalid API key." in printed


def test_checking_the_quota_uses_one_request_and_stores_nothing(api: LocalState, run: Run) -> None:
    ping, curl = LIMITS("Check a key and its limit", "sh")

    run("bash", "-euc", ping)
    assert "r=0;" in run("bash", "-euc", curl)
    assert leads(api) == []


def comparable(response: str) -> dict[str, Any]:
    """A response with a fixed batch id."""
    envelope: dict[str, Any] = json.loads(BATCH_ID.sub("01", response[response.index("{") : response.rindex("}") + 1]))
    return envelope


@pytest.mark.parametrize(
    ("heading", "stored"),
    [
        ("A bad row", []),
        ("Good rows beside bad ones", [{"company": "Open AI"}, {"company": "Bolt"}]),
        ("Rows that repeat another", [{"company": "Open AI"}, {"company": "OpenAI"}]),
        ("Members of your own", [{"custom": {"utm_source": "ads", "score": 12, "consent": True}}]),
        (
            "The newer shape",
            [{"contactPerson": "Ada Lovelace", "email": "ada@example.com", "custom": {"isContact": True}}],
        ),
    ],
)
def test_rows_get_the_responses_that_are_shown(
    api: LocalState, run: Run, heading: str, stored: list[dict[str, Any]]
) -> None:
    for line, response in zip(ROWS(heading, "sh"), ROWS(heading, "json"), strict=True):
        printed = run("bash", "-euc", line)
        while '"statusCode": 429' in printed:
            printed = run("bash", "-euc", line)
        assert comparable(printed) == comparable(response)

    oldest_first = leads(api)[::-1]
    assert [lead | shown for lead, shown in zip(oldest_first, stored, strict=True)] == oldest_first


def test_a_python_client_gets_both_lists(api: LocalState, run: Run) -> None:
    [program] = ROWS("Good rows beside bad ones", "python")

    printed = run("python", "-c", program)

    assert printed == "stored: ['Open AI']\nrejected: [('Acme', 'must be a whole number')]\n"
    assert [lead["company"] for lead in leads(api)] == ["Open AI"]


def test_columns_of_a_file_become_custom_members(api: LocalState, run: Run) -> None:
    [commands] = FILES("Import a file", "sh")

    run("bash", "-euc", commands)

    assert {lead["company"]: lead["custom"] for lead in leads(api)} == {
        "Open AI": {"utm_source": "ads", "Colour": "red"},
        "Acme": {"utm_source": "fair"},
    }
