"""The log line of a request has the metrics for CloudWatch."""

import io
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import urllib3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HTTPHeaders

from support.api import LEADS_PATH, CreateDirectApi, DirectApi, Workspace

LEAD = {"company": "zzprivate company", "email": "zzprivate@example.com", "labels": ["zzprivate"]}
COUNTED = {"LeadsStored", "RequestsRefused", "BatchRetries", "Rollbacks"}


@pytest.fixture
def measured(direct_api: CreateDirectApi) -> DirectApi:
    """The handler with metrics turned on."""
    return direct_api(metrics_namespace="test")


@pytest.fixture
def lines(log: io.StringIO) -> Callable[[], list[dict[str, Any]]]:
    """The log, one JSON document per line."""
    return lambda: [json.loads(line) for line in log.getvalue().splitlines()]


def event(
    workspace: Workspace, leads: object, *, query: dict[str, str] | None = None, **headers: str
) -> dict[str, Any]:
    return {
        "httpMethod": "POST",
        "path": LEADS_PATH,
        "headers": {"X-API-Key": workspace.key, **{name.replace("_", "-"): value for name, value in headers.items()}},
        "queryStringParameters": query,
        "body": json.dumps(leads),
        "requestContext": {"requestId": "test"},
    }


def counts(line: dict[str, Any]) -> dict[str, float]:
    """What a line adds to each metric, as CloudWatch reads it."""
    directives = line.get("_aws", {"CloudWatchMetrics": []})["CloudWatchMetrics"]
    assert all(directive["Namespace"] == "test" for directive in directives)
    return {metric["Name"]: sum(line[metric["Name"]]) for directive in directives for metric in directive["Metrics"]}


def test_a_stored_request_counts_its_leads(
    measured: DirectApi, workspace: Workspace, free_workspace: Workspace, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    measured.post(workspace, [LEAD] * 30)
    measured.post(free_workspace, [LEAD] * 2)

    assert [counts(line) for line in lines()] == [{"LeadsStored": 30}, {"LeadsStored": 2}]


def test_a_repeat_is_not_counted_again(
    measured: DirectApi, workspace: Workspace, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    for _ in range(2):
        assert measured.send(event(workspace, [LEAD], Idempotency_Key="key"))["statusCode"] == 200

    assert [(line["message"], counts(line)) for line in lines()] == [("stored", {"LeadsStored": 1}), ("replayed", {})]


def test_a_dry_run_counts_nothing(
    measured: DirectApi, workspace: Workspace, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    assert measured.send(event(workspace, [LEAD], query={"dryRun": "true"}))["statusCode"] == 200

    assert [counts(line) for line in lines()] == [{}]
    assert not COUNTED & lines()[0].keys()


def test_a_refused_request_names_its_reason(
    measured: DirectApi, workspace: Workspace, free_workspace: Workspace, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    measured.send(event(workspace, [LEAD], X_API_Key="no key"))
    measured.post(workspace, [{"email": "x" * 125}])
    measured.post(free_workspace, [LEAD] * 6)

    assert [line["reason"] for line in lines()] == ["invalid_key", "bad_leads", "plan_limit_exceeded"]
    assert [line["reason"] for line in lines()] == [line["message"] for line in lines()]
    assert [counts(line) for line in lines()] == [{"RequestsRefused": 1}] * 3


def test_a_failed_request_counts_its_rollback_and_retries_and_the_next_one_does_not(
    measured: DirectApi,
    workspace: Workspace,
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    refused = 0

    def refuse(request: AWSPreparedRequest, **_: object) -> Any:  # noqa: ANN401 - the stubs say None
        nonlocal refused
        if "PutRequest" not in str(request.body):
            return None
        refused += 1
        body = b'{"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": "Injected."}'
        return AWSResponse("", 400, HTTPHeaders(), urllib3.HTTPResponse(io.BytesIO(body), preload_content=False))

    operation = "before-send.dynamodb.BatchWriteItem"
    measured.client.meta.events.register(operation, refuse)
    measured.milliseconds = 6_000  # a second of it for trying
    assert measured.post(workspace, [LEAD])["statusCode"] == 503
    measured.client.meta.events.unregister(operation, refuse)
    assert measured.post(workspace, [LEAD])["statusCode"] == 200

    assert [counts(line) for line in lines()] == [
        {"RequestsRefused": 1, "BatchRetries": refused - 1, "Rollbacks": 1},
        {"LeadsStored": 1},
    ]
    assert refused > 1


def test_each_request_is_one_line_that_can_be_searched_by_level_and_message(
    measured: DirectApi, workspace: Workspace, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    measured.post(workspace, [{**LEAD, "notes": "one\ntwo\r\nthree\u2028four"}])
    measured.post(workspace, "{")

    assert [(line["level"], line["message"], line["status"]) for line in lines()] == [
        ("INFO", "stored", 200),
        ("INFO", "malformed_body", 400),
    ]


def test_a_line_has_its_time_in_a_standard_format(
    measured: DirectApi, workspace: Workspace, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    measured.post(workspace, [LEAD])

    [line] = lines()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+[+-]\d\d:\d\d", line["timestamp"]), "RFC 3339"


def test_nothing_in_a_line_is_personal(measured: DirectApi, workspace: Workspace, log: io.StringIO) -> None:
    measured.send(event(workspace, [LEAD], Idempotency_Key="zzprivate"))
    measured.post(workspace, [{**LEAD, "zzprivate": "zzprivate", "email": "zzprivate" * 50}])
    measured.send(event(workspace, [LEAD], X_API_Key=workspace.key[:-1]))

    assert "LeadsStored" in log.getvalue()
    assert "zzprivate" not in log.getvalue()
    assert workspace.key[4:20] not in log.getvalue()


def test_without_a_namespace_nothing_is_counted(
    direct_api: CreateDirectApi, workspace: Workspace, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    direct_api().post(workspace, [LEAD])
    direct_api().post(workspace, [])

    assert [line["message"] for line in lines()] == ["stored", "malformed_body"]
    assert not any({"_aws", *COUNTED} & line.keys() for line in lines())
