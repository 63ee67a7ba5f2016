"""The contract is tested over HTTP, on each way to run the API: `--api` names one. The default is this process.

Each test makes the workspaces it needs. Tests that need another clock or other settings call the handler directly.
They run only in this process and with `make serve`, because the handler is the same everywhere.
"""

import io
import json
import logging
from collections.abc import Iterator
from functools import partial
from typing import Any

import httpx
import pytest

from leads_admin.local_client import CREDENTIALS
from leads_admin.stack import DEFAULT_STACK, stack_settings
from leads_api.wiring import create_handler
from leads_cli.local_state import LocalState
from leads_core.deadlines import Clock
from leads_core.dynamodb.client import create_client
from leads_core.plans import Plan
from leads_core.settings import Settings
from support.api import (
    LEADS_PATH,
    AssertEnvelope,
    CreateDirectApi,
    CreateWorkspace,
    DirectApi,
    Post,
    ScannedWorkspaces,
    Workspace,
    create_workspace,
    workspaces_in,
)
from support.apis import APIS
from support.clock import PATIENT, PATIENT_HTTP, StandingClock


@pytest.fixture(scope="session")
def api(request: pytest.FixtureRequest) -> str:
    """How the API is run."""
    name: str = request.config.getoption("--api")
    return name


@pytest.fixture(scope="session")
def running(api: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalState]:
    with APIS[api](tmp_path_factory.mktemp("api")) as running:
        yield running


@pytest.fixture(autouse=True)
def _only_where_it_can_be_seen(request: pytest.FixtureRequest, api: str) -> None:
    for marker in request.node.iter_markers("not_on"):
        if api in marker.args:
            pytest.skip(marker.kwargs["because"])


@pytest.fixture(scope="session")
def settings() -> Settings:
    return stack_settings(DEFAULT_STACK)


@pytest.fixture(scope="session")
def workspaces(running: LocalState) -> ScannedWorkspaces:
    return workspaces_in(running)


@pytest.fixture(autouse=True)
def _remove_leads(workspaces: ScannedWorkspaces) -> Iterator[None]:
    yield
    workspaces.remove_leads()


@pytest.fixture
def workspace_on(workspaces: ScannedWorkspaces) -> CreateWorkspace:
    return partial(create_workspace, workspaces)


@pytest.fixture
def workspace(workspace_on: CreateWorkspace) -> Workspace:
    return workspace_on(Plan.BASIC)


@pytest.fixture
def free_workspace(workspace_on: CreateWorkspace) -> Workspace:
    return workspace_on(Plan.FREE)


@pytest.fixture(scope="session")
def http(running: LocalState) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running.url, timeout=PATIENT_HTTP) as client:
        yield client


@pytest.fixture
def post(http: httpx.Client) -> Post:
    def post(workspace: Workspace, body: object, *, query: str = "", **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent = {"X-API-Key": workspace.key, "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        encoded = {name.encode(): value.encode("latin-1") for name, value in sent.items()}
        return http.post(LEADS_PATH + query, content=content, headers=encoded)

    return post


@pytest.fixture
def direct_api(api: str, running: LocalState, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> CreateDirectApi:
    if api not in {"serve", "in-process"}:
        pytest.skip("it calls the handler directly")
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL_DYNAMODB": running.dynamodb}.items():
        monkeypatch.setenv(name, value)

    def create(**changed_settings: Any) -> DirectApi:  # noqa: ANN401 - those of Settings
        clock = StandingClock(Clock().now_ms())
        client = create_client(PATIENT)
        return DirectApi(create_handler(settings._replace(**changed_settings), client, clock), clock, client)

    return create


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the function logs, as text."""
    (handler,) = logging.getLogger("leads-api").handlers
    assert isinstance(handler, logging.StreamHandler)
    captured = io.StringIO()
    usual = handler.setStream(captured)
    yield captured
    handler.setStream(usual)


@pytest.fixture
def assert_envelope() -> AssertEnvelope:
    def check(response: httpx.Response, status: int, message: str | None, *, extra: tuple[str, ...] = ()) -> None:
        assert response.status_code == status
        assert response.headers["Content-Type"] == "application/json"
        body = response.json()
        assert list(body) == ["succeeded", "statusCode", "statusCodeDescription", "message", *extra]
        assert body["succeeded"] is (status == 200)
        assert body["statusCode"] == status
        assert body["statusCodeDescription"] == "NONE"
        assert body["message"] == message
        assert (status == 200) is ("X-Error-Code" not in response.headers)
        assert response.headers["Access-Control-Allow-Origin"] == "*"

    return check
