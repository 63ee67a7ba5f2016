"""The console's responses to a browser: who has access, what is shown, and how many reads it takes."""

import csv
import io
import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError

from leads_admin.newest_leads import Look
from leads_admin.workspaces import Workspaces
from leads_console.charts import charts_of
from leads_console.failures import explained
from leads_core.dynamodb.schema import LEAD_SHARDS
from leads_core.plans import Plan
from leads_core.ulids import new_ulid
from support.clock import PATIENT_HTTP
from support.console import RunningConsole, running_console
from support.databases import moto

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Post = Callable[..., list[str]]


@pytest.fixture(scope="module")
def dynamodb_url() -> Iterator[str]:
    """A moto server, which shares its memory with the console's database. Other databases are tested elsewhere."""
    with moto() as url:
        yield url


@pytest.fixture
def console(stack: str, dynamodb: "DynamoDBClient") -> Iterator[RunningConsole]:
    assert dynamodb
    with running_console(stack) as running:
        yield running


@pytest.fixture
def browser(console: RunningConsole) -> Iterator[httpx.Client]:
    with closing(console.client()) as client:
        yield client


@pytest.fixture
def acme(workspaces: Workspaces) -> str:
    return workspaces.create_workspace("Acme", Plan.BASIC)


def client_error(code: str, status: int) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "Query")


def texts(page: httpx.Response, tag: str) -> list[str]:
    """The texts of elements without child elements."""
    return re.findall(rf"<{tag}[^>]*>([^<]*)</{tag}>", page.text)


def shown_ids(page: httpx.Response) -> list[str]:
    return re.findall(r'<li id="lead-([^"]*)"', page.text)


def test_the_link_works_for_one_browser_and_leaves_no_token_in_the_address(console: RunningConsole) -> None:
    link = console.console.link
    with httpx.Client(timeout=PATIENT_HTTP) as first, httpx.Client(timeout=PATIENT_HTTP) as second:
        opened = first.get(link)
        assert (opened.status_code, opened.headers["Location"]) == (303, "/")
        assert re.search(r"HttpOnly; Path=/; SameSite=Strict", opened.headers["Set-Cookie"])
        assert first.get(console.url).status_code == 200
        assert first.get(link).status_code == 303, "who has it open may follow the link again"

        assert second.get(link).status_code == 403
        [printed] = console.printed
        assert second.get(printed.rpartition(" ")[2]).status_code == 303


@pytest.mark.parametrize("path", ["/", "/?token=", "/?token=%C3%A9", "/workspaces/x/leads", "/events", "/nothing"])
def test_without_a_cookie_nothing_is_shown(console: RunningConsole, path: str) -> None:
    refused = httpx.get(console.url + path, cookies={"leads_console_80": "x"}, timeout=PATIENT_HTTP)

    assert refused.status_code == 403
    assert "This console is locked" in refused.text
    assert "Workspaces" not in refused.text


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "192.0.2.1", ""])
def test_a_name_of_another_machine_is_refused(browser: httpx.Client, host: str) -> None:
    for path in ("/", "/static/console.js"):
        refused = browser.get(path, headers={"Host": host})
        assert (refused.status_code, refused.text[:38]) == (403, "This console is for this machine alone")


def test_only_opening_the_link_on_this_machine_uses_it_up(console: RunningConsole) -> None:
    link = console.console.link

    for host in ("evil.example", "[::1]", "a b"):
        refused = httpx.get(link, headers={"Host": host}, timeout=PATIENT_HTTP)
        assert (refused.status_code, refused.text[:38]) == (403, "This console is for this machine alone")
        assert refused.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert httpx.head(link, timeout=PATIENT_HTTP).status_code == 403

    assert console.printed == []
    assert httpx.get(link, timeout=PATIENT_HTTP).status_code == 303


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_than_reading_are_refused(browser: httpx.Client, method: str) -> None:
    assert browser.request(method, "/").status_code == 405


def test_every_response_forbids_what_the_page_does_not_need(browser: httpx.Client) -> None:
    for path in ("/", "/workspaces/nobody", "/static/console.css", "/events"):
        headers = browser.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"


def test_a_missing_page_or_lead_is_reported(browser: httpx.Client, acme: str) -> None:
    for path, text in {
        "/workspaces/nobody": "There is no workspace nobody.",
        "/workspaces/nobody/leads": "There is no workspace nobody.",
        f"/workspaces/{acme}/leads/01M83QHZX06B68476KBMMNZ82K-000": "has no lead",
        f"/workspaces/{acme}/leads/<b>": "is not a lead&#39;s id",
        f"/workspaces/{acme}/leads.xlsx": "Start again",
    }.items():
        page = browser.get(path)
        assert page.status_code == 404, path
        assert text in page.text


def test_wrong_criteria_are_reported_and_the_others_apply(browser: httpx.Client, acme: str, post: Post) -> None:
    post(acme, "A", labels=["fair"])
    fair = post(acme, "B", labels=["fair", "<b>"])

    page = browser.get(f"/workspaces/{acme}/leads", params={"since": "yesterday", "label": "<b>"})
    assert page.status_code == 400
    assert "&#39;yesterday&#39; is neither a date such as 2026-11-01 nor an age such as 7d." in page.text
    assert shown_ids(page) == fair
    for path in ("leads.csv?since=x", "arrivals?since=x", "leads?before=x", "leads?lead=x", "arrivals?after=x"):
        assert browser.get(f"/workspaces/{acme}/{path}").status_code == 400, path


def test_criteria_combine_and_stay_in_the_links(browser: httpx.Client, acme: str, post: Post) -> None:
    post(acme, "Other", email="ada@example.com", labels=["fair"])
    post(acme, "Open AI", email="ada@example.com")
    [wanted] = post(acme, "Open AI", email="Ada@example.com", labels=["fair"])

    criteria = {"q": "open ai", "email": "ada@EXAMPLE.com", "label": "fair", "since": "1h", "batch": wanted[:26]}
    page = browser.get(f"/workspaces/{acme}/leads", params=criteria)

    assert shown_ids(page) == [wanted]
    assert "Looked at 1 leads" in page.text
    [row] = re.findall(r'<a class="row" href="([^"]*)"', page.text)
    opened = browser.get(row.replace("&amp;", "&"))
    assert shown_ids(opened) == [wanted]
    assert "Open AI" in texts(opened, "bdi")
    assert (
        f"list {acme} &#39;--search=open ai&#39; --email=ada@EXAMPLE.com --label=fair --batch={wanted[:26]} --since=1h"
        in page.text
    )


def test_a_page_of_the_list_takes_48_calls_and_links_to_the_next(browser: httpx.Client, acme: str, post: Post) -> None:
    stored = [lead_id for _ in range(3) for lead_id in post(acme, *map(str, range(50)))]

    seen: list[str] = []
    address = f"/workspaces/{acme}/leads"
    while address:
        page = browser.get(address)
        seen += shown_ids(page)
        older = re.search(r'id="older" class="button" href="([^"]*)">', page.text)
        address = older[1] if older else ""

    assert seen == sorted(stored, reverse=True)


def test_a_search_in_a_large_workspace_reports_how_many_leads_it_read(
    browser: httpx.Client, acme: str, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("leads_console.lead_pages._PER_SHARD_SEARCHED", 1)
    post(acme, "Wanted")
    post(acme, *map(str, range(100)))

    page = browser.get(f"/workspaces/{acme}/leads", params={"q": "wanted"})

    looked_at = int(re.findall(r"No lead matches among the (\d+)", page.text)[0])
    assert 1 <= looked_at <= LEAD_SHARDS
    assert "Look further" in page.text


def test_a_page_is_downloaded_as_it_is_shown_without_formulas(browser: httpx.Client, acme: str, post: Post) -> None:
    post(acme, "Other")
    [lead_id] = post(acme, "=1+1", labels=["fair", "a;b"], contacts=[{"name": "Ada"}], custom={"@x": "+1", "n": 1})

    table = browser.get(f"/workspaces/{acme}/leads.csv", params={"label": "fair"})
    lines = browser.get(f"/workspaces/{acme}/leads.jsonl", params={"label": "fair"})

    [row] = csv.DictReader(io.StringIO(table.text))
    expected = {"id": lead_id, "company": "'=1+1", "labels": '["fair", "a;b"]', "custom.@x": "'+1", "custom.n": "1"}
    assert row.items() >= expected.items()
    assert json.loads(row["contacts"]) == [{"name": "Ada", "dateCreated": "2026-11-23T08:00:00Z"}]
    assert json.loads(lines.text)["company"] == "=1+1"
    assert table.headers["Content-Disposition"] == f'attachment; filename="leads-{acme}.csv"'


def test_a_count_runs_on_request_and_in_steps(
    browser: httpx.Client, acme: str, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(acme, *map(str, range(100)))
    assert "Count them" in browser.get(f"/workspaces/{acme}").text

    monkeypatch.setattr("leads_console.workspace_pages._MOST_COUNTED_PAGES", 30)
    page = browser.get(f"/workspaces/{acme}?shards=0")
    assert re.search("about [0-9]+", page.text)
    while further := re.search(r'href="([^"]*)">Count further', page.text):
        page = browser.get(further[1].replace("&amp;", "&"))
    assert texts(page, "p")[1] == "100"


def test_wrong_parameters_of_a_count_are_ignored(browser: httpx.Client, acme: str) -> None:
    for query in ("shards=49", "shards=-1&counted=-5", "shards=x"):
        assert browser.get(f"/workspaces/{acme}?{query}").status_code == 200


def look_of(times: dict[int, int], reached: int | None = None) -> Look:
    leads = [{"id": f"{new_ulid(time)}-{row:03d}"} for time, count in times.items() for row in range(count)]
    return Look(leads, f"{new_ulid(reached)}-000" if reached else None)


def test_charts_count_by_hour_and_day_and_state_what_was_not_read() -> None:
    hour, day = 3_600_000, 86_400_000
    noon = 1_795_694_400_000
    hours, days = charts_of(
        look_of({noon: 3, noon + hour - 1: 1, noon - hour: 2, noon - 3 * day: 5}, noon - 3 * day), noon + hour - 1
    )

    assert [(bar.name, bar.leads) for bar in hours.bars if bar.leads] == [("26 Nov, 11:00", 2), ("26 Nov, 12:00", 4)]
    assert [(bar.name, bar.leads, bar.is_known) for bar in days.bars if bar.leads] == [
        ("23 Nov", 5, False),
        ("26 Nov", 6, True),
    ]
    assert (len(hours.bars), len(days.bars), hours.most, days.total) == (48, 30, 4, 11)
    assert all(bar.is_known for bar in hours.bars)
    assert [bar.is_known for bar in days.bars] == [False] * 27 + [True] * 3


def test_the_page_of_an_empty_workspace_shows_the_next_step(browser: httpx.Client, acme: str) -> None:
    page = browser.get(f"/workspaces/{acme}/leads")
    assert f"key create {acme}" in page.text
    assert "curl -X POST https://YOUR-API/api/v1/leads" in page.text
    assert "No leads yet." in browser.get(f"/workspaces/{acme}").text


def test_without_workspaces_the_first_command_is_shown(browser: httpx.Client) -> None:
    assert "workspace create Acme --plan basic" in browser.get("/").text


def test_workspaces_are_listed_with_the_use_of_their_keys(
    browser: httpx.Client, workspaces: Workspaces, acme: str
) -> None:
    workspaces.create_key(acme, label="<form>")
    workspaces.create_workspace("Free & co", Plan.FREE)

    page = browser.get("/")
    assert {"Acme", "Free &amp; co"} <= {*texts(page, "bdi")}
    assert '0 <span class="muted">of 5' in page.text
    assert browser.get("/", params={"workspace": f" {acme} "}).url.path == f"/workspaces/{acme}"
    keys = browser.get(f"/workspaces/{acme}")
    assert "&lt;form&gt;" in texts(keys, "bdi")
    assert "of 1,000" in keys.text


def test_a_large_access_table_is_shown_in_parts(
    browser: httpx.Client, workspaces: Workspaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {f"Workspace {number}" for number in range(5)}
    for name in names:
        workspaces.create_workspace(name, Plan.BASIC)
    called = BaseClient._make_api_call  # type: ignore[attr-defined]  # noqa: SLF001 - what every call goes through

    def call(self: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - botocore's
        # Let a scan end after a few items, as it would after a megabyte.
        return called(self, operation, arguments | ({"Limit": 1} if operation == "Scan" else {}))

    monkeypatch.setattr(BaseClient, "_make_api_call", call)

    seen: set[str] = set()
    page = browser.get("/")
    assert "Look further" in page.text
    while True:
        seen |= {*texts(page, "bdi")}
        further = re.search(r'href="([^"]*)">Look further', page.text)
        if not further:
            break
        page = browser.get(further[1])

    assert seen == names


def test_an_unavailable_database_is_reported(console: RunningConsole, browser: httpx.Client, acme: str) -> None:
    console.database.go_away()
    try:
        for path in ("/", f"/workspaces/{acme}", f"/workspaces/{acme}/leads", f"/workspaces/{acme}/arrivals"):
            page = browser.get(path)
            assert page.status_code == 503
            assert "The database does not answer" in page.text
            assert "data-retry" in page.text
    finally:
        console.database.come()
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize(
    ("error", "title"),
    [
        (EndpointConnectionError(endpoint_url="http://127.0.0.1:1"), "The database does not answer"),
        (ReadTimeoutError(endpoint_url="http://127.0.0.1:1"), "The database does not answer"),
        (NoCredentialsError(), "DynamoDB cannot be asked"),
        (client_error("InternalServerError", 500), "The database does not answer"),
        (client_error("ThrottlingException", 400), "The database does not answer"),
        (client_error("AccessDeniedException", 400), "DynamoDB refused"),
    ],
)
def test_an_error_has_a_matching_title(error: Exception, title: str) -> None:
    assert explained(error) == (title, str(error))


def test_missing_tables_are_reported(dynamodb_url: str) -> None:
    assert dynamodb_url
    with running_console("nobodys") as console, httpx.Client(timeout=PATIENT_HTTP, follow_redirects=True) as client:
        page = client.get(console.console.link)
    assert page.status_code == 503
    assert "The stack&#39;s tables are not there" in page.text


def test_the_command_prints_a_link_and_serves_until_it_is_interrupted(
    environment: dict[str, str], stack: str, tmp_path: Path, acme: str, post: Post
) -> None:
    post(acme, "Open AI")
    command = [str(Path(sys.executable).with_name("leads")), "console"]
    with subprocess.Popen(
        command, env=environment, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stderr
        link = process.stdout.readline().strip()
        with httpx.Client(timeout=PATIENT_HTTP, follow_redirects=True) as client:
            client.get(link).raise_for_status()
            page = client.get(link.partition("/?")[0] + f"/workspaces/{acme}/leads")
        process.send_signal(signal.SIGINT)
        assert process.wait() == 0
        printed = process.stderr.read()
    assert "Open AI" in page.text
    assert f"leads --stack {stack} list {acme}" in page.text
    assert printed.startswith(f"The console of {stack}, for one browser; Ctrl-C ends it:\n")
    assert "Traceback" not in printed


def test_without_its_packages_the_command_explains_what_to_install(
    leads: Callable[..., subprocess.CompletedProcess[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("leads_console")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "flask", None)

    result = leads("console")

    assert result.returncode == 1
    assert result.stderr == (
        "The console needs the package flask: pip install 'lead-intake[console]' installs what it needs.\n"
    )


def test_a_taken_port_is_one_line(leads: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = leads("console", "--port", str(port))

    assert result.returncode == 1
    assert result.stderr == f"Port {port} cannot be used (Address already in use): choose another --port.\n"
