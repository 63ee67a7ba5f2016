"""The commands in the README, and in the pages for operators and developers, work as documented."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import httpx
import pytest

from support.clock import PATIENT_HTTP
from support.pages import blocks_of_code
from support.server import Server, running_server

ROOT = Path(__file__).parents[2]
README, HOME, QUICK_START, OPERATING, DEVELOPING = (
    (ROOT / page).read_text(encoding="utf-8")
    for page in ("README.md", "docs/index.md", "docs/quick-start.md", "docs/operating.md", "docs/developing.md")
)
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]

blocks = partial(blocks_of_code, README)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory with the server's state: not that of a developer's own server."""
    return tmp_path_factory.mktemp("readme")


@pytest.fixture(scope="module")
def server(directory: Path) -> Iterator[Server]:
    make_serve, *_ = blocks("Try it", "sh")
    command = ["bash", "-c", f"{make_serve.strip()} PORT=0 DYNAMODB_PORT=0 CONSOLE_PORT=0"]
    state_directory = directory / ".local"
    environment = {**os.environ, "LEADS_LOCAL_DIRECTORY": str(state_directory)}
    with running_server(command, state_directory, cwd=ROOT, environment=environment) as server:
        yield server


def run(commands: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{ROOT / '.venv/bin'}:{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", "-euc", commands], cwd=cwd, env=environment, check=True, capture_output=True, text=True
    )


@pytest.mark.parametrize("page", [README, HOME], ids=["README", "home"])
def test_the_curl_line_returns_the_response_that_is_shown(server: Server, directory: Path, page: str) -> None:
    [curl] = re.findall(r"```sh\n(curl .*?)```", page, re.DOTALL)
    [response] = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    assert run(curl.replace("http://127.0.0.1:3000", server.state.url), directory).stdout == response.strip()


@pytest.mark.usefixtures("server")
def test_the_operators_commands_work_one_after_the_other(directory: Path) -> None:
    [administration] = blocks_of_code(OPERATING, "Workspaces, keys and plans", "sh")
    [leads] = blocks_of_code(OPERATING, "Leads", "sh")

    output = run(administration + leads, directory).stderr

    for words in ("Created workspace Acme", "cannot be shown again", "is on the free plan", "Revoked the key cdz_"):
        assert words in output
    assert (directory / "acme.csv").exists()


@pytest.mark.usefixtures("server")
def test_the_commands_for_troubleshooting_find_no_problem_here(directory: Path) -> None:
    doctor, key_check = blocks_of_code(OPERATING, "When something does not work", "sh")

    assert "clock" in run(doctor, directory).stdout.lower()
    assert "The key is accepted." in run(key_check, directory).stdout


@pytest.mark.usefixtures("server")
def test_leads_can_be_sent_and_imported_as_shown(directory: Path) -> None:
    make_serve, commands = blocks_of_code(DEVELOPING, "The server on your machine", "sh")

    done = run(commands, directory)

    assert make_serve == "make serve\n"
    assert "1 lead" in done.stderr
    assert "imported" in done.stderr
    assert '"ada@example.com"' in done.stdout


def test_every_link_has_a_target() -> None:
    links = [(page, link) for page in PAGES for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))]
    broken = [(page.name, link) for page, link in links if "://" not in link and not (page.parent / link).exists()]
    assert links
    assert broken == []


def test_every_target_of_make_help_is_documented() -> None:
    listed = re.findall(r"(?m)^make ([a-z-]+) ", run("make help", ROOT).stdout)
    assert [target for target in listed if f"make {target}" not in README + DEVELOPING] == []


def test_make_help_lists_every_target() -> None:
    listed = run("make help", ROOT).stdout
    for target in ("help", "serve", "build", "sam-local", "test", "test-deploy", "check", "format", "lock", "clean"):
        assert f"make {target} " in listed


def test_the_messages_in_the_table_are_those_of_the_api(server: Server) -> None:
    def message(leads: object, *, free: bool = False, **headers: str) -> tuple[str, str]:
        key = server.state.free.key if free else server.state.basic.key
        sent = {"X-API-Key": key, **{name.replace("_", "-"): value for name, value in headers.items()}}
        response = httpx.post(server.state.url + "/api/v1/leads", json=leads, headers=sent, timeout=PATIENT_HTTP)
        return str(response.status_code), json.dumps(response.json()["message"]).strip('"')

    given = [
        message([{}]),
        message([{}, {}, {}, {"email": "x" * 130}]),
        message([{}] * 101),
        message([{}] * 6, free=True),
        message([{}] * 5, free=True),
        message([{}], free=True),
        message([{}], X_API_Key="wrong"),
        message([{}], Content_Type="text/plain"),
        message([{}], Idempotency_Key="readme"),
        message([{}, {}], Idempotency_Key="readme"),
    ]
    documented = re.findall(r"^\| (\d{3}) \| `(.+?)` \|", QUICK_START, re.MULTILINE)
    # The contract tests check the other two, which need a thousand requests, and a store that fails.
    for status, text in documented[:-2]:
        assert any(status == code and words.startswith(text.removesuffix(" ...")) for code, words in given), text
    assert [status for status, _ in documented[-2:]] == ["429", "503"]
