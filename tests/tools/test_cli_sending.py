"""``leads send`` and ``leads ping`` as people and scripts run them."""

import json
import os
import pty
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from leads_cli import api_access, local_state
from leads_cli.local_state import DemoWorkspace, LocalState
from leads_cli.main import app
from leads_client import LeadsClient
from leads_core.lead_schema import LEAD_FIELDS
from leads_core.plans import Plan
from support.api import CreateWorkspace, Workspace

NO_KEY = "cdz_NotForAnybodysEyes"
ALL_OPTIONS = {
    "--company": "Open AI",
    "--contact-person": "Ada",
    "--job-title": "Engineer",
    "--industry": "Software",
    "--employee-count": "50",
    "--website": "https://example.com",
    "--linked-in": "in/ada",
    "--twitter": "@ada",
    "--facebook": "fb/ada",
    "--email": "ada@example.com",
    "--phone-number": "+46701234567",
    "--address": "Street 1",
    "--notes": "Ä 🎉 [b]x[/x]",
    "--label": "web",
    "--date": "2026-11-23T08:15:00Z",
    "--custom": "utm_source=ads",
}
ON_ITS_TERMINAL = """
import fcntl
import sys
import termios

from leads_cli.main import app

fcntl.ioctl(0, termios.TIOCSCTTY, 0)
app(["ping", *sys.argv[1:]])
"""

Leads = Callable[..., Result]


@pytest.fixture
def leads(server_directory: Path, monkeypatch: pytest.MonkeyPatch) -> Leads:
    """Runs the command in the server's directory, without waiting. Environment variables are keyword arguments."""
    monkeypatch.setattr(api_access, "LeadsClient", partial(LeadsClient, sleep=lambda _seconds: None))
    monkeypatch.chdir(server_directory)

    def leads(*arguments: str, **variables: str) -> Result:
        environment = {"LEADS_API_KEY": None, "LEADS_URL": None, **variables}
        return CliRunner().invoke(app, arguments, env=environment)

    return leads


@pytest.fixture
def send(leads: Leads, server: LocalState, workspace: Workspace) -> Leads:
    """Runs `leads send` with the key of the test's workspace."""
    return partial(leads, "send", LEADS_URL=server.url, LEADS_API_KEY=workspace.key)


@contextmanager
def stand_in(answer: bytes) -> Iterator[str]:
    """The URL of a server that sends the same response to every connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def assert_one_clear_line(result: Result, exit_code: int, *parts: str) -> None:
    assert (result.exit_code, result.stdout) == (exit_code, ""), result.output
    assert result.stderr.count("\n") == 1, result.stderr
    for part in parts:
        assert part in result.stderr


# leads send


def test_an_invalid_address_is_reported_before_the_key_is_prompted_for(leads: Leads) -> None:
    for arguments, variables, source in (
        (["ping"], {"LEADS_URL": "nonsense"}, "LEADS_URL"),
        (["ping", "--url", "nonsense"], {}, "--url"),
    ):
        result = leads(*arguments, **variables)
        expected = f"The address of the lead API must begin with http:// or https:// and a host. Correct {source}."
        assert_one_clear_line(result, 2, expected)


def test_a_sent_lead_is_stored_and_its_id_printed_alone(send: Leads, workspace: Workspace) -> None:
    result = send("--company", "Open AI", "--label", "a", "--label", "b")

    assert (result.exit_code, result.stderr) == (0, "")
    (lead,) = workspace.leads()
    assert result.stdout == f"{lead['id']}\n"
    assert (lead["company"], lead["labels"]) == ("Open AI", ["a", "b"])


def test_every_field_of_a_lead_but_contacts_has_an_option(send: Leads, workspace: Workspace) -> None:
    result = send(*(word for option in ALL_OPTIONS.items() for word in option))

    assert result.exit_code == 0, result.output
    (lead,) = workspace.leads()
    assert set(lead) >= {*LEAD_FIELDS} - {"contacts"}
    sent = {**ALL_OPTIONS, "--employee-count": 50, "--label": ["web"], "--custom": {"utm_source": "ads"}}
    assert [lead[name] for name in {*LEAD_FIELDS} - {"contacts"}] == [
        sent[_option(name)] for name in {*LEAD_FIELDS} - {"contacts"}
    ]


def _option(field: str) -> str:
    words = "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in field)
    return f"--{words}".removesuffix("s") if field == "labels" else f"--{words}"


def test_custom_members_are_text_which_may_be_empty_or_contain_an_equals_sign(
    send: Leads, workspace: Workspace
) -> None:
    result = send("--custom", "score=12", "--custom", "click id=", "--custom", "query=a=b")

    assert result.exit_code == 0, result.output
    assert workspace.leads()[0]["custom"] == {"score": "12", "click id": "", "query": "a=b"}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--custom", "utm_source"], '"utm_source" is not of the form "name=text"'),
        (["--custom", "=ads"], '"=ads" is not of the form'),
        (["--custom", "a=1", "--custom", "a=2"], 'names "a" twice'),
    ],
)
def test_an_invalid_custom_member_is_wrong_usage(
    send: Leads, workspace: Workspace, options: list[str], words: str
) -> None:
    result = send(*options)

    assert result.exit_code == 2
    assert words in " ".join(result.stderr.replace("│", "").split())
    assert workspace.leads() == []


def test_with_json_the_whole_response_is_one_object(send: Leads, workspace: Workspace) -> None:
    result = send("--company", "Ä", "--json")

    answer = json.loads(result.stdout)
    assert list(answer) == ["batchId", "leads", "isReplay", "quota", "requestId", "rejected"]
    assert answer["leads"] == [{"index": 0, "id": workspace.leads()[0]["id"], "ignored": [], "duplicateOf": None}]
    assert answer["quota"] | {"resetSeconds": 0} == {
        "limit": 1000,
        "windowSeconds": 300,
        "remaining": 999,
        "resetSeconds": 0,
        "workspaceId": workspace.workspace_id,
    }
    assert result.stdout.count("\n") == 1


def test_a_dry_run_reports_that_nothing_was_stored(send: Leads, workspace: Workspace) -> None:
    result = send("--company", "Open AI", "--dry-run")

    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "The lead would be accepted. Nothing was stored.\n"
    assert workspace.leads() == []


def test_a_repeat_prints_the_same_id_and_reports_the_repeat(send: Leads, workspace: Workspace) -> None:
    first, repeat = (send("--company", "Open AI", "--idempotency-key", "once") for _ in range(2))

    assert first.stdout == repeat.stdout
    assert (first.stderr, repeat.stderr) == ("", "The lead was stored before, with the same --idempotency-key.\n")
    assert len(workspace.leads()) == 1
    assert_one_clear_line(send("--company", "X", "--idempotency-key", "once"), 1, "already used with another body")


def test_an_invalid_lead_is_reported_in_one_line(send: Leads, workspace: Workspace) -> None:
    result = send("--email", "x" * 125, "--employee-count", "0")

    assert_one_clear_line(
        result, 1, "Nothing was stored: ", "email must have at most 124 characters, but has 125", "employeeCount must"
    )
    assert workspace.leads() == []


def test_an_empty_lead_is_not_sent(send: Leads, workspace: Workspace) -> None:
    assert_one_clear_line(send(), 2, "--company")
    assert_one_clear_line(send("--company", ""), 2, "--company")
    assert workspace.leads() == []


def test_a_full_workspace_refuses_with_one_line(
    leads: Leads, server: LocalState, workspace_on: CreateWorkspace
) -> None:
    key = workspace_on(Plan.FREE).key
    results = [leads("send", "--company", "X", LEADS_URL=server.url, LEADS_API_KEY=key) for _ in range(6)]

    assert [result.exit_code for result in results] == [0] * 5 + [1]
    assert_one_clear_line(results[5], 1, "Reached the maximum limit of leads on the free plan.")


def test_without_a_response_the_message_explains_how_to_repeat(leads: Leads, send: Leads, workspace: Workspace) -> None:
    with stand_in(b"") as url:
        result = leads("send", "--company", "Open AI", LEADS_URL=url, LEADS_API_KEY=workspace.key)

    assert (result.exit_code, result.stdout) == (4, "")
    *waits, last = result.stderr.splitlines()
    assert waits
    assert all(line.startswith("Waiting ") for line in waits)
    assert "may be stored" in last
    repeat = last.partition("send it again with ")[2].split()
    assert [send("--company", "Open AI", *repeat).exit_code for _ in range(2)] == [0, 0]
    assert len(workspace.leads()) == 1


# leads ping


def test_a_ping_shows_the_quota_and_the_workspace(
    leads: Leads, send: Leads, server: LocalState, workspace: Workspace
) -> None:
    access = {"LEADS_URL": server.url, "LEADS_API_KEY": workspace.key}

    first = leads("ping", **access)
    send("--company", "Open AI")
    for_programs = leads("ping", "--json", **access)

    assert first.exit_code == for_programs.exit_code == 0
    assert first.stdout.startswith(
        "The key is valid: 999 of 1000 requests are left in this window of 300 seconds; there are more in "
    )
    assert first.stdout.endswith(f" seconds. It is of the workspace {workspace.workspace_id}.\n")
    quota = json.loads(for_programs.stdout)
    assert list(quota) == ["limit", "windowSeconds", "remaining", "resetSeconds", "workspaceId"]
    assert quota["workspaceId"] == workspace.workspace_id
    assert quota["remaining"] == 997  # a ping counts as a request
    assert first.stderr == for_programs.stderr == ""


PROXY = "http://127.0.0.1:9"


@pytest.mark.usefixtures("server")
def test_a_server_on_this_machine_is_reached_without_a_proxy(leads: Leads) -> None:
    for arguments in (["ping"], ["workspace", "list"], ["doctor"]):
        result = leads("--local", *arguments, HTTP_PROXY=PROXY, http_proxy=PROXY, ALL_PROXY=PROXY)
        assert result.exit_code == 0, result.output


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("SSL_CERT_FILE", "/nowhere", "check SSL_CERT_FILE"),
        ("HTTPS_PROXY", "nonsense:x", "A proxy cannot be used"),
        ("ALL_PROXY", "socks5://127.0.0.1:9", "pip install 'httpx[socks]'"),
    ],
)
def test_wrong_connection_settings_of_the_environment_are_named(
    leads: Leads, variable: str, value: str, expected: str
) -> None:
    result = leads("ping", LEADS_URL="https://leads.example.com", LEADS_API_KEY=NO_KEY, **{variable: value})

    assert_one_clear_line(result, 2, expected)


def test_an_invalid_key_is_one_line_without_the_key(leads: Leads, server: LocalState) -> None:
    for key in (NO_KEY, f"{NO_KEY} ä"):
        result = leads("ping", LEADS_URL=server.url, LEADS_API_KEY=key)
        assert_one_clear_line(result, 1, "API key")
        assert NO_KEY not in result.output


def test_a_refused_key_is_reported_with_its_source(leads: Leads, server: LocalState) -> None:
    wrong = leads("send", "--company", "X", LEADS_URL=server.url, LEADS_API_KEY=NO_KEY)
    with replace_demo_key(server, NO_KEY):
        demo = leads("--local", "ping")

    assert_one_clear_line(wrong, 1, "Invalid API key. The key is from LEADS_API_KEY;", " key check shows the reason.")
    assert_one_clear_line(demo, 1, "Invalid API key. The key is the demo's;", " --local key check shows the reason.")


@contextmanager
def replace_demo_key(server: LocalState, key: str) -> Iterator[None]:
    local_state.write(replace(server, basic=DemoWorkspace("", key)), Path(".local"))
    try:
        yield
    finally:
        local_state.write(server, Path(".local"))


def test_an_unreachable_api_has_the_exit_code_for_a_retry(
    leads: Leads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        result = leads("ping", "--url", url, LEADS_API_KEY=NO_KEY)
        monkeypatch.chdir(tmp_path)
        nobody = DemoWorkspace("", "")
        local_state.write(LocalState(url, url, nobody, nobody, "make serve KEEP=1"), tmp_path / ".local")
        killed = leads("ping", "--url", url, LEADS_API_KEY=NO_KEY)

    assert (result.exit_code, result.stdout) == (killed.exit_code, killed.stdout) == (4, "")
    assert result.stderr == f"Nothing runs at {url}: start the server there.\n"
    assert killed.stderr == f"Nothing runs at {url}: start the server with `make serve KEEP=1`.\n"


def test_another_server_is_recognised(leads: Leads, server: LocalState) -> None:
    result = leads("ping", "--url", server.dynamodb, LEADS_API_KEY=NO_KEY)

    assert_one_clear_line(result, 4, f"There is no lead API at {server.dynamodb}/api/v1/leads.")


def test_no_response_can_control_the_terminal(leads: Leads) -> None:
    message = "Go \x1b[2Jaway [red]now[/red]."
    body = json.dumps({"succeeded": False, "statusCode": 403, "statusCodeDescription": "NONE", "message": message})
    with stand_in(f"HTTP/1.1 403 No\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()) as url:
        result = leads("ping", "--url", url, LEADS_API_KEY=NO_KEY)

    assert_one_clear_line(result, 1, "Go  [2Jaway [red]now[/red].")


# The address of the API, and the key.


def test_the_local_server_needs_neither_address_nor_key(leads: Leads, server: LocalState) -> None:
    result = leads("--local", "ping", LEADS_URL="http://elsewhere.invalid")

    assert result.exit_code == 0, result.output
    assert server.basic.key not in result.output


def test_the_url_option_takes_precedence_over_the_local_server(leads: Leads, server: LocalState) -> None:
    assert leads("--local", "ping", "--url", server.url + "/api/v1/leads").exit_code == 0
    assert_one_clear_line(leads("--local", "ping", "--url", server.url + "/prod"), 1, "Not found.")


def test_a_key_in_the_environment_takes_precedence_over_the_local_one(
    leads: Leads, workspace: Workspace, server: LocalState
) -> None:
    assert leads("--local", "send", "--company", "Open AI", LEADS_API_KEY=f" {workspace.key}\n").exit_code == 0
    assert len(workspace.leads()) == 1
    assert_one_clear_line(leads("--local", "ping", LEADS_API_KEY=NO_KEY), 1, "Invalid API key.")
    assert server.basic.key != workspace.key


@pytest.mark.usefixtures("server")
def test_a_missing_setting_is_reported_in_one_line_with_its_remedy(
    leads: Leads, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_one_clear_line(leads("ping", LEADS_API_KEY=NO_KEY), 2, "--url", "LEADS_URL", "--local")
    assert_one_clear_line(leads("ping", "--url", "http://127.0.0.1"), 2, "LEADS_API_KEY")
    monkeypatch.chdir(tmp_path)
    assert_one_clear_line(leads("--local", "ping"), 1, "make serve")


@pytest.mark.parametrize("url", ["example.com", "ftp://example.com", "https://example.com/?dryRun=true"])
def test_an_invalid_address_is_wrong_usage(leads: Leads, url: str) -> None:
    assert_one_clear_line(leads("ping", "--url", url, LEADS_API_KEY=NO_KEY), 2, "The address of the lead API")


@pytest.mark.parametrize(("typed", "exit_code"), [("{key}\n", 0), ("\x03", 130)], ids=["key", "Ctrl-C"])
def test_on_a_terminal_the_key_is_prompted_for_and_not_shown(
    server: LocalState, workspace: Workspace, typed: str, exit_code: int
) -> None:
    shown, status = _ping_on_a_terminal(server.url, typed.format(key=workspace.key))

    assert status == exit_code
    assert shown.startswith("API key: ")
    assert workspace.key not in shown
    assert ("The key is valid" in shown) is (exit_code == 0)


def _ping_on_a_terminal(url: str, typed: str) -> tuple[str, int]:
    """Run `leads ping` on its own terminal, type at the prompt, and return what was shown and the exit code."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LEADS_")}
    ours, its = pty.openpty()
    try:
        process = subprocess.Popen(
            [sys.executable, "-c", ON_ITS_TERMINAL, "--url", url],
            env=environment,
            stdin=its,
            stdout=its,
            stderr=its,
            start_new_session=True,
        )
        os.close(its)
        shown = b""
        while chunk := _read(ours):
            shown += chunk
            if typed and b"API key: " in shown:
                os.write(ours, typed.encode())
                typed = ""
        return shown.decode(), process.wait()
    finally:
        os.close(ours)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # how Linux reports that the other end is closed
        return b""


@pytest.mark.parametrize("command", ["send", "ping"])
def test_help_has_examples(leads: Leads, command: str) -> None:
    result = leads(command, "--help")

    assert result.exit_code == 0
    assert f"leads {command} " in result.stdout
    assert f"leads --local {command} " in result.stdout
    assert "LEADS_API_KEY" in result.stdout
