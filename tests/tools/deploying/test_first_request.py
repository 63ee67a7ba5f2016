"""The requests that `make deploy` sends to what it has deployed."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from botocore.exceptions import ClientError

from leads_admin.workspaces import Workspaces
from leads_cli.local_state import LocalState
from leads_dev.deploying.first_request import (
    PATIENCE_SECONDS,
    NotServedError,
    refuses_without_key,
    takes_a_dry_run,
)
from support.api import workspaces_in
from support.apis import in_process
from support.clock import PATIENT_HTTP


@pytest.fixture
def api(tmp_path: Path) -> Iterator[LocalState]:
    with in_process(tmp_path) as state:
        yield state


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=PATIENT_HTTP) as http:
        yield http


def answering(*answers: httpx.Response | Exception) -> httpx.Client:
    """A client whose requests get these responses, and then the last one repeatedly."""
    left = list(answers)

    def answer(_request: httpx.Request) -> httpx.Response:
        now = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(now, Exception):
            raise now
        return now

    return httpx.Client(transport=httpx.MockTransport(answer))


def test_a_working_api_passes_and_nothing_is_left_behind(api: LocalState, http: httpx.Client) -> None:
    workspaces = workspaces_in(api)
    before = workspaces.all()

    refuses_without_key(http, f"{api.url}/api/v1/leads")

    assert takes_a_dry_run(http, f"{api.url}/api/v1/leads", workspaces)
    assert workspaces.all() == before


REFUSED = httpx.Response(401, json={"statusCode": 401}, headers={"X-Request-Id": "1"})


@pytest.mark.parametrize(
    "not_yet",
    [
        httpx.Response(403, json={"message": "Forbidden"}),
        httpx.Response(500, json={"statusCode": 500}, headers={"X-Request-Id": "1"}),
        httpx.Response(401, text="<html>"),
        httpx.Response(401, json={"statusCode": 401}),
        httpx.Response(401, json=["statusCode"], headers={"X-Request-Id": "1"}),
        httpx.ConnectError("Name or service not known"),
    ],
    ids=["forbidden", "error", "page", "no-id", "array", "no-name"],
)
def test_it_waits_until_the_deployment_has_taken_effect(not_yet: httpx.Response | Exception) -> None:
    waited: list[float] = []

    refuses_without_key(answering(not_yet, not_yet, REFUSED), "https://api.example.com", waited.append)

    assert len(waited) == 2


def test_an_api_that_keeps_failing_is_reported_with_its_response() -> None:
    waited: list[float] = []

    with pytest.raises(NotServedError, match="should be answered with 401, but: 502 bad gateway"):
        refuses_without_key(answering(httpx.Response(502, text="bad gateway")), "https://x.example.com", waited.append)

    assert sum(waited) == PATIENCE_SECONDS


def test_a_failed_dry_run_leaves_nothing_behind(api: LocalState) -> None:
    workspaces = workspaces_in(api)
    before = workspaces.all()

    with pytest.raises(NotServedError, match="should be answered with 200"):
        takes_a_dry_run(answering(REFUSED), "https://x.example.com", workspaces, lambda _: None)

    assert workspaces.all() == before


def test_without_permission_to_create_a_key_the_deployment_continues(
    api: LocalState, monkeypatch: pytest.MonkeyPatch, http: httpx.Client
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "PutItem")

    monkeypatch.setattr(Workspaces, "create_workspace", refuse)

    assert not takes_a_dry_run(http, f"{api.url}/api/v1/leads", workspaces_in(api))
