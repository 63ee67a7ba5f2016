import io
import itertools
import json
from typing import Any

import pytest
import urllib3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse, HTTPHeaders

from leads_core.settings import Settings
from support.api import CreateDirectApi, Workspace

PRIVATE = {"company": "Private Company", "email": "private@example.com", "notes": "private notes"}
# Milliseconds: enough for one attempt at each call, but not for two.
SHORT = 3_600


def refusal(status: int, code: str) -> AWSResponse:
    """DynamoDB's response when it refuses a call."""
    body = json.dumps({"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "Injected."}).encode()
    raw = urllib3.HTTPResponse(io.BytesIO(body), preload_content=False)
    return AWSResponse("", status, HTTPHeaders(), raw)


@pytest.mark.parametrize(("status", "code"), [(400, "ThrottlingException"), (500, "InternalServerError")])
def test_if_no_request_can_be_admitted_the_client_gets_503_and_retry_after(
    workspace: Workspace, direct_api: CreateDirectApi, status: int, code: str
) -> None:
    def refuse(**_: object) -> Any:  # noqa: ANN401 - the stubs say None, but a response is accepted
        return refusal(status, code)

    api = direct_api()
    api.client.meta.events.register("before-send.dynamodb.UpdateItem", refuse)
    api.milliseconds = SHORT
    response = api.post(workspace, [PRIVATE])
    assert json.loads(response["body"]) == {
        "succeeded": False,
        "statusCode": 503,
        "statusCodeDescription": "NONE",
        "message": "The service is temporarily unavailable. Nothing was stored. Please try again later.",
    }
    assert response["headers"]["Retry-After"] == "5"


@pytest.mark.parametrize(
    ("status", "code", "what_to_expect"),
    [
        (400, "ThrottlingException", "Nothing was stored."),
        # It may carry it out later.
        (500, "InternalServerError", "Some leads of this request may be stored."),
    ],
)
def test_a_failed_write_is_rolled_back_and_the_message_claims_only_what_is_certain(
    workspace: Workspace, direct_api: CreateDirectApi, status: int, code: str, what_to_expect: str
) -> None:
    api = direct_api()
    puts = itertools.count(1)

    def refuse_one_of_four(request: AWSPreparedRequest, **_: object) -> Any:  # noqa: ANN401 - as above
        is_put = "PutRequest" in str(request.body)
        return refusal(status, code) if is_put and next(puts) >= 4 else None

    api.client.meta.events.register("before-send.dynamodb.BatchWriteItem", refuse_one_of_four)
    api.milliseconds = 6_000
    response = api.post(workspace, [PRIVATE] * 100)
    assert response["statusCode"] == 503
    message = f"The service is temporarily unavailable. {what_to_expect} Please try again later."
    assert json.loads(response["body"])["message"] == message
    assert response["headers"]["Retry-After"] == "5"
    assert "RateLimit" in response["headers"]
    assert workspace.leads() == []


def test_a_bug_reveals_no_details(
    free_workspace: Workspace, direct_api: CreateDirectApi, settings: Settings, log: io.StringIO
) -> None:
    api = direct_api()
    # A workspace that was removed by hand: its keys still lead to it.
    api.client.delete_item(
        TableName=settings.access_table, Key={"pk": {"S": f"WORKSPACE#{free_workspace.workspace_id}"}}
    )
    response = api.post(free_workspace, [PRIVATE])
    assert json.loads(response["body"]) == {
        "succeeded": False,
        "statusCode": 500,
        "statusCodeDescription": "NONE",
        "message": "An unexpected error occurred.",
    }
    (line,) = map(json.loads, log.getvalue().splitlines())
    assert line["level"] == "ERROR"
    assert "KeyError at lead_store.py" in line["cause"]


def test_the_log_has_ids_and_counts_but_nothing_private(
    workspace: Workspace, direct_api: CreateDirectApi, log: io.StringIO
) -> None:
    api = direct_api()
    api.post(workspace, [PRIVATE])
    api.post(workspace, [PRIVATE, {**PRIVATE, "email": "private" * 100}])
    api.post(workspace, json.dumps(PRIVATE))
    output = log.getvalue()
    lines = [json.loads(line) for line in output.splitlines()]
    assert [(line["message"], line["status"], line.get("lead_count")) for line in lines] == [
        ("stored", 200, 1),
        ("bad_leads", 400, None),
        ("malformed_body", 400, None),
    ]
    assert {line["workspace_id"] for line in lines} == {workspace.workspace_id}
    assert {line["request_id"] for line in lines} == {"test"}
    assert "private" not in output.lower()
    assert workspace.key[4:] not in output
