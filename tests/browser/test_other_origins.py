"""Pages of another origin and browser extensions use the API in a real Chromium."""

import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, Worker

from browser.conftest import LAUNCH
from leads_cli.local_state import LocalState
from leads_core.plans import Plan
from support.api import LEADS_PATH, Workspace, create_workspace, workspaces_in
from support.pages import blocks_of_code
from support.server import running_server, server_command

CLIENTS = Path(__file__).parents[2] / "docs" / "clients.md"
# One folder contains a page, and an extension with the page as its popup.
UPLOADER = Path(__file__).with_name("uploader")
# A domain name that resolves to this machine, as any owner of a domain can set it up.
REBOUND = "rebound.example"

# Leads as an extension makes them from a table on a page: with empty cells, and NaN instead of a number.
LEADS = [
    {"company": "Open AI", "labels": ["Fair"], "email": "", "employeeCount": None, "notes": "Stage\nSeed\n\n"},
    {"company": "Ångström", "labels": ["Fair"], "email": "a@example.com", "employeeCount": 12, "notes": ""},
]

Place = Page | Worker
Upload = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalState]:
    """A server on which each key has two requests."""
    directory = tmp_path_factory.mktemp("api")
    environment = os.environ | {"RATE_LIMIT_REQUESTS": "2"}
    with running_server(server_command(directory), directory, environment=environment) as server:
        yield server.state


@pytest.fixture
def workspace(api: LocalState) -> Workspace:
    return create_workspace(workspaces_in(api), Plan.BASIC)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """The origin of another server, which has the uploader's page."""
    handler = partial(SimpleHTTPRequestHandler, directory=UPLOADER)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[BrowserContext]:
    """A browser with the uploader as an extension, which needs a profile."""
    arguments = [
        f"--disable-extensions-except={UPLOADER}",
        f"--load-extension={UPLOADER}",
        f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1",
    ]
    with playwright.chromium.launch_persistent_context("", args=arguments, **LAUNCH) as context:
        yield context


@pytest.fixture(scope="module")
def service_worker(chromium: BrowserContext) -> Worker:
    """The extension's service worker. Google Chrome ignores the option to load an extension."""
    return chromium.service_workers[0] if chromium.service_workers else chromium.wait_for_event("serviceworker")


@pytest.fixture(params=["page", "extension's page", "extension's service worker"])
def place(
    request: pytest.FixtureRequest, chromium: BrowserContext, service_worker: Worker, elsewhere: str
) -> Iterator[Place]:
    """The place where the uploader's script runs."""
    if request.param == "extension's service worker":
        yield service_worker
        return
    origin = elsewhere if request.param == "page" else service_worker.url.removesuffix("/upload.js")
    with chromium.new_page() as page:
        page.goto(f"{origin}/upload.html")
        yield page


@pytest.fixture
def upload(place: Place, api: LocalState, workspace: Workspace) -> Upload:
    """Let the script upload leads. Return what it can read of the response, or why there is none."""

    def upload(leads: object, *, key: str = workspace.key, options: object = None, **headers: str) -> dict[str, Any]:
        sent = {"X-API-Key": key, "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        request = {"url": api.url + LEADS_PATH, "leads": leads, "headers": sent, "options": options}
        response: dict[str, Any] = place.evaluate("request => upload(request)", request)
        return response

    return upload


def test_leads_are_stored_once_and_the_uploader_gets_the_result(upload: Upload, workspace: Workspace) -> None:
    response = upload(LEADS)

    assert response["body"] == {
        "succeeded": True,
        "statusCode": 200,
        "statusCodeDescription": "NONE",
        "message": None,
    }
    assert [lead["company"] for lead in workspace.leads()] == ["Open AI", "Ångström"]


def test_the_uploader_can_read_which_rows_are_wrong(upload: Upload, workspace: Workspace) -> None:
    response = upload([*LEADS, {"email": "a" * 125}])

    assert (response["status"], response["headers"]["x-error-code"]) == (400, "bad_leads")
    assert [(problem["index"], problem["field"]) for problem in response["body"]["errors"]] == [(2, "email")]
    assert response["body"]["message"].startswith("The email of the lead at index 2 ")
    assert workspace.leads() == []


def test_the_uploader_can_read_when_to_retry(upload: Upload, workspace: Workspace) -> None:
    *_, refused = [upload([lead]) for lead in [*LEADS, {"company": "Too many"}]]

    assert (refused["status"], refused["headers"]["x-error-code"]) == (429, "rate_limited")
    assert 0 < int(refused["headers"]["retry-after"]) <= 305
    assert refused["body"]["message"] == "Too many requests. Please try again later."
    assert [lead["company"] for lead in workspace.leads()] == ["Open AI", "Ångström"]


def test_the_uploader_can_read_that_its_key_is_invalid(upload: Upload) -> None:
    response = upload(LEADS, key="cdz_wrong")

    assert (response["status"], response["headers"]["x-error-code"]) == (401, "invalid_key")
    assert response["body"]["message"] == "Invalid API key."


def test_the_uploader_may_send_and_read_every_header_of_the_api(upload: Upload, workspace: Workspace) -> None:
    first, repeat = (upload(LEADS, Idempotency_Key="k", Prefer="return=representation") for _ in range(2))

    assert first["headers"]["ratelimit"].startswith('"default";r=1;')
    assert first["headers"]["ratelimit-policy"] == '"default";q=2;w=300'
    assert first["headers"]["preference-applied"] == "return=representation"
    assert first["headers"]["x-request-id"] != repeat["headers"]["x-request-id"]
    assert "idempotent-replayed" not in first["headers"]
    assert repeat["headers"]["idempotent-replayed"] == "true"
    assert len(workspace.leads()) == len(LEADS)


@pytest.mark.parametrize("options", [{"credentials": "include"}, {"mode": "no-cors"}], ids=str)
def test_requests_with_cookies_or_without_cors_store_nothing(
    upload: Upload, workspace: Workspace, options: dict[str, str]
) -> None:
    assert "failed" in upload(LEADS, options=options)
    assert workspace.leads() == []


def test_the_description_can_be_read(place: Place, api: LocalState) -> None:
    title = place.evaluate("async url => (await (await fetch(url)).json()).info.title", f"{api.url}/openapi.json")

    assert title == "Lead intake API"


def test_a_page_whose_domain_resolves_to_this_machine_is_refused(
    chromium: BrowserContext, api: LocalState, workspace: Workspace
) -> None:
    with chromium.new_page() as page:
        page.goto(api.url.replace("127.0.0.1", REBOUND))
        request = {"method": "POST", "headers": {"X-API-Key": workspace.key}, "body": "[{}]"}
        status = page.evaluate("async ([url, request]) => (await fetch(url, request)).status", [LEADS_PATH, request])

    assert status == 403
    assert workspace.leads() == []


def test_the_documented_program_runs_in_a_page(
    chromium: BrowserContext, elsewhere: str, api: LocalState, workspace: Workspace
) -> None:
    (program,) = blocks_of_code(CLIENTS.read_text(encoding="utf-8"), "From a browser", "js")

    with chromium.new_page() as page:
        page.goto(f"{elsewhere}/upload.html")
        page.add_script_tag(content=program)
        stored, bad, too_many = (
            page.evaluate("sent => sendLeads(...sent)", [api.url, workspace.key, leads, idempotency_key])
            for leads, idempotency_key in ((LEADS, "a"), ([{"email": "a" * 125}], "b"), (LEADS, "c"))
        )

    assert (stored["succeeded"], stored["message"]) == (True, None)
    assert [problem["pointer"] for problem in bad["errors"]] == ["/0/email"]
    assert (too_many["succeeded"], int(too_many["retryAfter"]) > 0) == (False, True)
    assert len(workspace.leads()) == len(LEADS)
