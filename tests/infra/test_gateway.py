"""API Gateway's own responses, limits, and log."""

import json
import re
from typing import Any

import botocore.session
import pytest

from api_reference.app import ROUTES
from leads_api import responses
from support.stack_template import (
    FUNCTION,
    FUNCTIONS,
    GATEWAY,
    GATEWAY_RESPONSES,
    PARAMETERS,
    RESOURCES,
    TEMPLATE,
    resolved,
)

# API Gateway's default statuses, from "Gateway response types" in the developer guide.
# It can be set, but is not used, according to the "important notes" on REST APIs in the developer guide.
NOT_OURS_TO_SAY = "REQUEST_TOO_LARGE"
OWN_STATUS = {
    "ACCESS_DENIED": 403,
    "API_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_CONFIGURATION_ERROR": 500,
    "AUTHORIZER_FAILURE": 500,
    "BAD_REQUEST_BODY": 400,
    "BAD_REQUEST_PARAMETERS": 400,
    "EXPIRED_TOKEN": 403,
    "INTEGRATION_FAILURE": 504,
    "INTEGRATION_TIMEOUT": 504,
    "INVALID_API_KEY": 403,
    "INVALID_SIGNATURE": 403,
    "MISSING_AUTHENTICATION_TOKEN": 403,
    "QUOTA_EXCEEDED": 429,
    "RESOURCE_NOT_FOUND": 404,
    "THROTTLED": 429,
    "UNAUTHORIZED": 401,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "WAF_FILTERED": 403,
}


def entry_for(response_type: str) -> tuple[int, dict[str, Any]]:
    """API Gateway's HTTP status and entry for a type."""
    if response_type in GATEWAY_RESPONSES:
        entry = GATEWAY_RESPONSES[response_type]
        return entry["StatusCode"], entry
    status = OWN_STATUS[response_type]
    return status, GATEWAY_RESPONSES[f"DEFAULT_{status // 100}XX"]


def gateway_response_types() -> list[str]:
    """Every type in the SDK's model."""
    model = botocore.session.get_session().get_service_model("apigateway")
    types: list[str] = model.shape_for("GatewayResponseType").enum  # type: ignore[attr-defined]
    return sorted({*types} - {NOT_OURS_TO_SAY})


@pytest.mark.parametrize("response_type", gateway_response_types())
def test_the_gateways_responses_have_the_envelope(response_type: str) -> None:
    status, entry = entry_for(response_type)
    template = entry["ResponseTemplates"]["application/json"]

    body = json.loads(template)

    assert list(body) == ["succeeded", "statusCode", "statusCodeDescription", "message"]
    assert body["succeeded"] is False
    assert body["statusCode"] == status == entry["StatusCode"]
    assert body["statusCodeDescription"] == "NONE"
    assert body["message"]
    assert "$" not in template, "a variable could repeat what the client sent"


@pytest.mark.parametrize("response_type", gateway_response_types())
def test_the_gateways_responses_are_json_with_a_request_id(response_type: str) -> None:
    _, entry = entry_for(response_type)

    assert list(entry["ResponseTemplates"]) == ["application/json"]
    assert entry["ResponseParameters"]["Headers"]["X-Request-Id"] == "context.requestId"
    assert re.fullmatch("'[a-z_]+'", entry["ResponseParameters"]["Headers"]["X-Error-Code"])


@pytest.mark.parametrize("response_type", gateway_response_types())
def test_pages_of_any_origin_may_read_the_gateways_responses(response_type: str) -> None:
    _, entry = entry_for(response_type)
    headers = entry["ResponseParameters"]["Headers"]
    exposed = headers["Access-Control-Expose-Headers"].strip("'").split(", ")

    assert headers["Access-Control-Allow-Origin"] == "'*'"
    function = responses.PREFLIGHT.to_event({})["headers"]["Access-Control-Expose-Headers"]
    assert exposed == function.split(", ")
    assert {*exposed} >= {*headers} - {"Access-Control-Allow-Origin", "Access-Control-Expose-Headers"}


@pytest.mark.parametrize(
    ("response_type", "status", "message"),
    [
        ("ACCESS_DENIED", 403, "The request was refused."),
        ("WAF_FILTERED", 403, "The request was refused."),
        ("MISSING_AUTHENTICATION_TOKEN", 404, "Not found."),
        ("RESOURCE_NOT_FOUND", 404, "Not found."),
        ("UNSUPPORTED_MEDIA_TYPE", 415, "The Content-Type must be application/json."),
        ("THROTTLED", 429, "Too many requests. Please try again later."),
        ("QUOTA_EXCEEDED", 429, "Too many requests. Please try again later."),
        ("API_CONFIGURATION_ERROR", 500, "An unexpected error occurred."),
        ("INTEGRATION_FAILURE", 504, "An unexpected error occurred."),
        ("INTEGRATION_TIMEOUT", 504, "An unexpected error occurred."),
    ],
)
def test_the_gateways_messages_match_the_functions(response_type: str, status: int, message: str) -> None:
    default_status, entry = entry_for(response_type)
    body = json.loads(entry["ResponseTemplates"]["application/json"])

    assert (default_status, body["message"]) == (status, message)


@pytest.mark.parametrize("response_type", gateway_response_types())
def test_the_gateway_sends_retry_after_when_it_throttles(response_type: str) -> None:
    status, entry = entry_for(response_type)
    too_much = status == 429

    assert entry["ResponseParameters"]["Headers"].get("Retry-After") == ("'1'" if too_much else None)


def test_the_function_handles_every_method_on_the_published_path() -> None:
    events = [event["Properties"] for event in FUNCTION["Events"].values()]
    [path] = {event["Path"] for event in events}
    url = TEMPLATE["Outputs"]["LeadsUrl"]["Value"]

    assert "ANY" in {event["Method"] for event in events}
    assert resolved(url)["Fn::Sub"].endswith("${LeadsApi.Stage}" + path)
    assert resolved(url, DomainName="leads.example.com")["Fn::Sub"] == "https://${DomainName}" + path


def test_the_gateway_forwards_exactly_the_routes_of_the_reference() -> None:
    events = [event["Properties"] for event in FUNCTIONS["ApiReferenceFunction"]["Properties"]["Events"].values()]

    assert [(event["Method"], event["Path"]) for event in events] == [
        (method, route) for route in ROUTES for method in ("GET", "HEAD")
    ]


@pytest.mark.parametrize("part", ["ApiReferenceFunction", "ApiReferenceRole", "ApiReferenceLogGroup"])
def test_the_reference_can_be_switched_off(part: str) -> None:
    condition = TEMPLATE["Conditions"][RESOURCES[part]["Condition"]]

    assert resolved(condition) is True
    assert resolved(condition, ReferencePage="false") is False


def test_the_gateways_limits_allow_one_key_its_whole_limit_as_a_burst_and_constantly() -> None:
    settings = GATEWAY["MethodSettings"][0]
    burst = resolved(settings["ThrottlingBurstLimit"])
    a_second = resolved(settings["ThrottlingRateLimit"])
    requests, seconds = (PARAMETERS[name]["Default"] for name in ("RateLimitRequests", "RateLimitWindowSeconds"))

    assert (settings["ResourcePath"], settings["HttpMethod"]) == ("/*", "*")
    assert burst > requests
    assert a_second * seconds > requests


def test_the_request_rate_of_the_public_pages_is_limited() -> None:
    settings = [resolved(setting) for setting in GATEWAY["MethodSettings"][1:]]
    limited = {
        (setting["ResourcePath"].replace("~1", ""), setting["HttpMethod"]): setting["ThrottlingRateLimit"]
        for setting in settings
    }

    assert limited == {(route, "GET"): 2 for route in ROUTES}
    assert all(
        resolved(setting, ReferencePage="false") == {"Ref": "AWS::NoValue"} for setting in GATEWAY["MethodSettings"][1:]
    ), "API Gateway refuses settings of methods that are not there"


def test_only_a_gateway_that_writes_a_log_changes_the_role_of_the_account() -> None:
    for value, has_log, sets_role in (("Off", False, False), ("Existing", True, False), ("Create", True, True)):
        setting = resolved(GATEWAY["AccessLogSetting"], AccessLogs=value)
        conditions = {
            name: resolved(TEMPLATE["Conditions"][RESOURCES[name]["Condition"]], AccessLogs=value)
            for name in ("AccessLogGroup", "GatewayAccount", "GatewayAccountRole")
        }

        assert (setting != {"Ref": "AWS::NoValue"}) is has_log
        assert conditions == {"AccessLogGroup": has_log, "GatewayAccount": sets_role, "GatewayAccountRole": sets_role}
    assert PARAMETERS["AccessLogs"]["Default"] == "Off"


def test_the_log_separates_the_functions_status_from_lambdas() -> None:
    line = json.loads(resolved(GATEWAY["AccessLogSetting"], AccessLogs="Existing")["Format"])

    assert line["functionStatus"] == "$context.integration.status"
    assert line["lambdaStatus"] == "$context.integrationStatus"


def test_with_a_custom_domain_the_api_has_no_other_address() -> None:
    assert resolved(GATEWAY["DisableExecuteApiEndpoint"]) is False
    assert resolved(GATEWAY["DisableExecuteApiEndpoint"], DomainName="leads.example.com") is True


def test_every_body_reaches_the_function_byte_by_byte() -> None:
    assert GATEWAY["BinaryMediaTypes"] == ["*~1*"], "what SAM writes */* as"


def test_a_line_of_the_access_log_is_json() -> None:
    log_format = resolved(GATEWAY["AccessLogSetting"], AccessLogs="Existing")["Format"]

    line = json.loads(re.sub(r"\$context\.[\w.]+", "-", log_format))

    assert "requestId" in line
    assert "\n" not in log_format
    assert "$" not in json.dumps(line)


def test_the_access_log_has_no_text_of_clients_and_no_personal_data() -> None:
    log_format = resolved(GATEWAY["AccessLogSetting"], AccessLogs="Existing")["Format"]
    variables = re.findall(r"\$(?:context\.)?([\w.]+)", log_format)
    # The client's address and agent, values of authorizers, and variables that quote its path, query, headers or body.
    private = {"identity", "authorizer", "authorize", "authenticate", "path", "requestOverride", "input"}

    assert variables
    assert not private & {variable.partition(".")[0] for variable in variables}
    assert "error.validationErrorString" not in variables
    assert GATEWAY["MethodSettings"][0]["DataTraceEnabled"] is False, "it would log whole requests"
