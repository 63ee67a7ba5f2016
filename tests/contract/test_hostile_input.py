"""No input makes the API return 500, or an undocumented response."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leads_core.rate_limit import RateLimit
from support.api import LEADS_PATH, CreateDirectApi, Workspace

DOCUMENTED = {200, 400, 401, 415}

NAMES = st.sampled_from(
    ["company", "Company", "NOTES", "employeeCount", "contactPerson", "contacts", "labels", "date", "email", "name"]
) | st.text(max_size=20)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(), max_size=300)
    | st.datetimes().map(str),
    lambda children: st.lists(children, max_size=5) | st.dictionaries(NAMES, children, max_size=5),
    max_leaves=20,
)
LEADS = st.lists(st.dictionaries(NAMES, VALUES, max_size=8) | VALUES, max_size=4)
BODIES = st.none() | st.text() | LEADS.map(json.dumps) | LEADS.map(lambda leads: json.dumps(leads)[:-1])
# Hypothesis also draws constants from the tests' source, and some of these are leads.
NO_ARRAYS = st.binary().filter(lambda body: b"[" not in body)
HEADERS = st.dictionaries(
    st.sampled_from(["Content-Type", "Prefer", "Idempotency-Key", "X-Request-Id", "Accept"]) | st.text(max_size=10),
    st.sampled_from(["application/json", "text/plain", "return=representation", "=;,=", ""]) | st.text(max_size=40),
    max_size=4,
)
# All examples of a test share a workspace: they do not influence each other.
fuzzed = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@pytest.fixture
def send(direct_api: CreateDirectApi, workspace: Workspace) -> Callable[..., int]:
    """Send an event with some members changed, check that the response has the envelope, and return its status."""
    api = direct_api(rate_limit=RateLimit(requests=1_000_000, window_seconds=300))
    event = {
        "httpMethod": "POST",
        "path": LEADS_PATH,
        "headers": {"X-API-Key": workspace.key},
        "body": "[{}]",
        "requestContext": {"requestId": "test"},
    }

    def send(**changes: Any) -> int:  # noqa: ANN401 - members of an event
        response = api.send({**event, **changes})
        body = json.loads(response["body"])
        assert list(body)[:4] == ["succeeded", "statusCode", "statusCodeDescription", "message"]
        assert body["statusCode"] == response["statusCode"]
        status: int = response["statusCode"]
        return status

    return send


@fuzzed
@given(BODIES)
def test_no_body_breaks_it(send: Callable[..., int], body: str | None) -> None:
    assert send(body=body) in {200, 400}


@fuzzed
@given(NO_ARRAYS | NO_ARRAYS.map(base64.b64encode))
def test_no_binary_body_breaks_it(send: Callable[..., int], body: bytes) -> None:
    assert send(body=body.decode("latin-1"), isBase64Encoded=True) == 400


@fuzzed
@given(HEADERS, st.dictionaries(st.just("dryRun") | st.text(max_size=10), st.text(max_size=10), max_size=3))
def test_no_header_and_no_parameter_breaks_it(
    send: Callable[..., int], workspace: Workspace, headers: dict[str, str], query: dict[str, str]
) -> None:
    assert send(headers={"X-API-Key": workspace.key, **headers}, queryStringParameters=query) in DOCUMENTED


@fuzzed
@given(
    st.text(),
    st.text(max_size=20).filter(lambda path: path != LEADS_PATH),
    st.text(max_size=20).filter(lambda method: method != "POST"),
)
def test_no_key_path_or_method_breaks_it(send: Callable[..., int], key: str, path: str, method: str) -> None:
    assert send(headers={"X-API-Key": key}) == 401
    assert send(path=path) == 404
    assert send(httpMethod=method) == 405
