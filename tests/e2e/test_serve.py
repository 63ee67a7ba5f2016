"""`make serve` as a person at a terminal sees it."""

import html
import json
import os
import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from leads_admin.local_client import local_client
from leads_admin.stack import DEFAULT_STACK, stack_settings
from leads_cli import local_state
from leads_cli.errors import TryAgainLaterError
from leads_cli.local_state import LocalState, NoLocalServerError
from leads_dev.local.options import USUAL_PORTS
from leads_dev.local.ports import is_taken
from support.clock import PATIENT_HTTP
from support.server import Server, running_server, server_command

ROOT = Path(__file__).parents[2]
CURL_TEMPLATE = (
    "curl -X POST {url}/api/v1/leads \\\n"
    "     -H 'X-API-Key: {key}' \\\n"
    "     -H 'Content-Type: application/json' \\\n"
    '     -d \'[{{ "Company": "Open AI", "Notes": "Interested in API integration" }}]\'\n'
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server that the test may stop."""
    # Many environments set a proxy, which cannot reach servers on this machine, and an AWS profile.
    proxy = {"HTTP_PROXY": "http://127.0.0.1:9", "http_proxy": "http://127.0.0.1:9"}
    environment = {**os.environ, **proxy, "AWS_PROFILE": "of-somebody-else"}
    with running_server(server_command(tmp_path), tmp_path, cwd=ROOT, environment=environment) as server:
        yield server


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("local")


@pytest.fixture(scope="module")
def lasting_server(directory: Path) -> Iterator[Server]:
    """A server that all tests share."""
    with running_server(server_command(directory), directory, cwd=ROOT) as server:
        yield server


def test_the_printed_commands_work_when_pasted(lasting_server: Server) -> None:
    printed = "".join(lasting_server.output)
    curl = CURL_TEMPLATE.format(url=lasting_server.state.url, key=lasting_server.state.basic.key)
    assert curl in printed
    response = subprocess.run(["bash", "-c", curl], check=True, capture_output=True, text=True)
    assert response.stdout == '{"succeeded": true, "statusCode": 200, "statusCodeDescription": "NONE", "message": null}'


def test_it_states_that_nothing_is_kept(lasting_server: Server) -> None:
    assert any("Nothing is kept" in line for line in lasting_server.output)


@pytest.mark.usefixtures("lasting_server")
def test_programs_find_addresses_and_keys_in_a_file(directory: Path) -> None:
    [file] = directory.glob("*/demo.json")
    demo = json.loads(file.read_text())
    assert demo["url"] == f"http://127.0.0.1:{file.parent.name}"
    assert list(demo) == ["url", "dynamodb", "basic", "free", "command"]
    assert list(demo["basic"]) == list(demo["free"]) == ["workspace", "key"]
    for plan, leads, status in (("basic", 6, 200), ("free", 6, 400), ("free", 5, 200)):
        headers = {"X-API-Key": demo[plan]["key"]}
        assert (
            httpx.post(
                demo["url"] + "/api/v1/leads", json=[{}] * leads, headers=headers, timeout=PATIENT_HTTP
            ).status_code
            == status
        )
    assert httpx.get(demo["dynamodb"], timeout=PATIENT_HTTP).status_code < 500


def test_the_console_shows_leads_and_their_events_as_they_come(server: Server) -> None:
    [link] = [line.split()[1] for line in server.output if line.startswith("Console ")]
    workspace, url = server.state.basic.workspace, httpx.URL(link).copy_with(query=None)
    with httpx.Client(base_url=url, follow_redirects=True, timeout=PATIENT_HTTP) as browser:
        assert "Demo (basic)" in browser.get(link).text
        headers = {"X-API-Key": server.state.basic.key}
        lead = {"company": "Open AI", "labels": ["fair"]}
        httpx.post(server.state.url + "/api/v1/leads", json=[lead], headers=headers, timeout=PATIENT_HTTP)
        assert "Open AI" in browser.get(f"/workspaces/{workspace}/leads").text
        while "<pre" not in (events := browser.get("/events").text):
            pass
    event = json.loads(html.unescape(re.findall("<pre[^>]*>(.*?)</pre>", events, re.DOTALL)[0]))
    assert {name: event[name] for name in ("detail-type", "source")} == {
        "detail-type": "lead.created",
        "source": "lead-intake",
    }
    assert event["detail"]["workspaceId"] == workspace
    assert event["detail"]["lead"].items() >= lead.items()
    lead_id = event["detail"]["lead"]["id"]
    server.stop(signal.SIGTERM)
    assert [line.split()[1:] for line in server.output if "lead.created" in line] == [["lead.created", lead_id]]


def test_a_request_is_one_line_of_log_without_its_key(server: Server) -> None:
    ready = len(server.output)
    headers = {"X-API-Key": server.state.basic.key}
    httpx.post(
        server.state.url + "/api/v1/leads?dryRun=true",
        json=[{"company": "Private"}],
        headers=headers,
        timeout=PATIENT_HTTP,
    )
    httpx.post(
        server.state.url + "/%0Aforged%1b[0m", json=[{"company": "Private"}], headers=headers, timeout=PATIENT_HTTP
    )
    server.stop(signal.SIGTERM)
    first, second = (line for line in server.output[ready:] if "POST" in line)
    assert "POST /api/v1/leads 200" in first
    assert "POST /%0Aforged%1B%5B0m 404" in second
    assert "Private" not in "".join(server.output[ready:])
    assert server.state.basic.key not in first + second


def status_and_text(url: str, **headers: str) -> tuple[int, str]:
    response = httpx.post(url, headers=headers, content=b"{}", timeout=PATIENT_HTTP)
    return response.status_code, response.text


def test_requests_to_a_host_name_of_another_machine_are_refused(lasting_server: Server) -> None:
    for url in (lasting_server.state.url, lasting_server.state.dynamodb):
        port = url.rpartition(":")[2]
        for name in ("localhost", "LOCALHOST", "leads.localhost", "127.0.0.1", "[::1]"):
            for host in (name, f"{name}:{port}"):
                assert status_and_text(url, Host=host)[0] != 403, host
        for host in (
            "",
            "evil.example",
            f"evil.example:{port}",
            "localhost.evil.example",
            "192.0.2.1",
            "evil@localhost",
        ):
            status, body = status_and_text(url, Host=host)
            assert (status, json.loads(body)["message"]) == (
                403,
                "This server is for this machine alone: use localhost or 127.0.0.1.",
            ), host


def test_pages_of_other_sites_reach_the_api_and_not_its_database(lasting_server: Server) -> None:
    assert status_and_text(lasting_server.state.url, Origin="https://site.example")[0] != 403
    for origin in ("https://site.example", "null", "http://localhost.site.example"):
        status, body = status_and_text(lasting_server.state.dynamodb, Origin=origin)
        assert status == 403
        assert "pages of other sites" in body
    for origin in (lasting_server.state.url, "http://localhost:5173"):
        assert status_and_text(lasting_server.state.dynamodb, Origin=origin)[0] != 403


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_when_interrupted(server: Server, tmp_path: Path, how: signal.Signals) -> None:
    assert server.stop(how) == 0
    assert server.output[-1] == "Stopped; nothing was kept.\n"
    assert "Traceback" not in "".join(server.output)
    assert not [*tmp_path.iterdir()]


def test_two_servers_have_their_own_state_and_a_command_can_select_one(server: Server, tmp_path: Path) -> None:
    first = server
    with running_server(server_command(tmp_path), tmp_path) as second:
        ports = sorted(int(urlsplit(one.state.url).port or 0) for one in (first, second))
        with pytest.raises(NoLocalServerError, match=f"on the ports {ports[0]} and {ports[1]}: .* PORT={ports[0]}"):
            local_state.read(tmp_path)
        with pytest.MonkeyPatch.context() as patch:
            for one in (first, second):
                patch.setenv("PORT", str(urlsplit(one.state.url).port))
                assert local_state.read(tmp_path) == one.state
        second.stop(signal.SIGKILL)

        assert local_state.read(tmp_path) == first.state
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PORT", str(urlsplit(second.state.url).port))
            with pytest.raises(TryAgainLaterError, match=f"at {second.state.url} is not running any more"):
                local_state.read(tmp_path)


def test_after_a_server_was_killed_the_command_to_restart_it_is_shown(tmp_path: Path) -> None:
    with running_server(keeping(tmp_path), tmp_path) as server:
        server.stop(signal.SIGKILL)
    restart = "`make serve PORT=0 DYNAMODB_PORT=0 CONSOLE_PORT=0 KEEP=1`"
    with pytest.raises(
        TryAgainLaterError, match=f"at {server.state.url} is not running any more: start it with {restart}"
    ):
        local_state.read(tmp_path)


def keeping(directory: Path) -> list[str]:
    return [*server_command(directory), "--keep"]


def outcome(state: LocalState, leads: list[dict[str, str]], plan: str = "basic", **headers: str) -> tuple[int, str]:
    headers = {"X-API-Key": getattr(state, plan).key, "Prefer": "return=representation", **headers}
    response = httpx.post(state.url + "/api/v1/leads", json=leads, headers=headers, timeout=PATIENT_HTTP)
    return response.status_code, response.text


def stored(state: LocalState) -> list[object]:
    client, settings = local_client(state.dynamodb), stack_settings(DEFAULT_STACK)
    items = [client.scan(TableName=table)["Items"] for table in (settings.access_table, settings.leads_table)]
    return sorted((item for table in items for item in table), key=str)


@pytest.mark.slow
def test_kept_data_survives_any_end_of_the_server(tmp_path: Path) -> None:
    same = {"Idempotency-Key": "import-1"}
    with running_server(keeping(tmp_path), tmp_path) as server:
        first, before = outcome(server.state, [{"company": "Åsa"}, {}], **same), server.state
        assert outcome(server.state, [{}] * 5, plan="free")[0] == 200
        assert any(f"The data is kept in {tmp_path}/0/kept.jsonl." in line for line in server.output)
        held = stored(server.state)
        server.stop(signal.SIGKILL)

    for end in (signal.SIGTERM, signal.SIGKILL):
        with running_server(keeping(tmp_path), tmp_path) as server:
            assert (server.state.basic, server.state.free) == (before.basic, before.free)
            assert stored(server.state) == held
            assert outcome(server.state, [{"company": "Åsa"}, {}], **same) == first
            assert outcome(server.state, [{}], plan="free")[0] == 400
            held = stored(server.state)
            server.stop(end)
    with running_server(server_command(tmp_path), tmp_path) as server:
        assert server.state.basic.workspace != before.basic.workspace


def test_a_second_server_cannot_use_the_same_data_file(tmp_path: Path) -> None:
    with running_server(keeping(tmp_path), tmp_path):
        ended = subprocess.run(keeping(tmp_path), check=False, capture_output=True, text=True)
    assert ended.returncode == 1
    assert ended.stderr.startswith("Another server keeps its data in ")
    assert ended.stderr.count("\n") == 1


def ended(*command: str) -> tuple[int, str]:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return done.returncode, done.stderr


@contextmanager
def taken_ports(count: int) -> Iterator[list[int]]:
    with ExitStack() as stack:
        yield [stack.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1] for _ in range(count)]


def test_all_taken_ports_are_named_with_a_command_that_works(tmp_path: Path) -> None:
    names = ("PORT", "DYNAMODB_PORT", "CONSOLE_PORT")
    with taken_ports(3) as ports:
        given = [f"--{name.lower().replace('_', '-')}={port}" for name, port in zip(names, ports, strict=True)]
        exit_code, message = ended(*server_command(tmp_path), *given, "--keep")
        which, _, command = message.partition(" are taken: ")
        suggested = dict(word.split("=") for word in command.split()[2:])

        assert exit_code == 1
        assert which == "Ports {} (PORT), {} (DYNAMODB_PORT) and {} (CONSOLE_PORT)".format(*ports)
        assert command.startswith("make serve PORT=")
        assert list(suggested) == [*names, "KEEP"]
        assert not [name for name in names if is_taken(int(suggested[name]))]
        assert len(set(suggested.values())) == 4
    assert not [*tmp_path.iterdir()], "nothing is left behind"


def test_a_port_that_is_used_for_two_services_is_reported_as_taken(tmp_path: Path) -> None:
    with taken_ports(1) as [port]:
        pass
    exit_code, message = ended(*server_command(tmp_path), f"--port={port}", f"--console-port={port}")

    assert exit_code == 1
    assert message.startswith(
        f"Port {port} (CONSOLE_PORT) is taken: make serve PORT={port} DYNAMODB_PORT=0 CONSOLE_PORT="
    )


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("PORT", "abc", "PORT is wrong. It must be a whole number."),
        ("CONSOLE_PORT", "70000", "CONSOLE_PORT is wrong. It must be less than or equal to 65535."),
    ],
)
def test_an_invalid_variable_is_reported_in_one_line(tmp_path: Path, variable: str, value: str, expected: str) -> None:
    option = variable.lower().replace("_", "-")
    assert ended(*server_command(tmp_path), f"--{option}={value}") == (1, f"{expected}\n")


def test_the_usual_ports_are_those_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert {name: int(port) for name, port in re.findall(r"export (\w*PORT) \?= (\d+)", makefile)} == USUAL_PORTS


def test_limits_are_settings(tmp_path: Path) -> None:
    limits = {"RATE_LIMIT_REQUESTS": "2", "RATE_LIMIT_WINDOW_SECONDS": "60", "MAX_LEADS_PER_REQUEST": "3"}
    with running_server(server_command(tmp_path), tmp_path, environment={**os.environ, **limits}) as server:
        url, headers = server.state.url + "/api/v1/leads", {"X-API-Key": server.state.basic.key}
        too_many = httpx.post(url, json=[{}] * 4, headers=headers, timeout=PATIENT_HTTP)
        assert too_many.json()["message"] == "The maximum amount of leads to create at once is 3, but was 4."
        assert too_many.headers["RateLimit-Policy"] == '"default";q=2;w=60'
        assert [httpx.post(url, json=[{}], headers=headers, timeout=PATIENT_HTTP).status_code for _ in range(2)] == [
            200,
            429,
        ]


@pytest.mark.parametrize("value", ["0", "many", "-1", "1.5", "99999999999"])
def test_an_invalid_limit_is_reported_in_one_line(tmp_path: Path, value: str) -> None:
    environment = {**os.environ, "RATE_LIMIT_REQUESTS": value}
    ended = subprocess.run(server_command(tmp_path), check=False, capture_output=True, text=True, env=environment)
    assert ended.returncode == 1
    assert ended.stderr == f"RATE_LIMIT_REQUESTS must be a whole number from 1 to 1000000, but is {value!r}.\n"
