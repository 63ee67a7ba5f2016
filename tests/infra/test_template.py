"""What the template promises to those who deploy it and to those who call it."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from leads_core.dynamodb.client import create_client
from leads_core.settings import Settings
from leads_tools.template import load_template

PATH = Path(__file__).parents[2] / "template.yaml"
TEMPLATE = load_template(PATH)
PARAMETERS = TEMPLATE["Parameters"]
RESOURCES = TEMPLATE["Resources"]
FUNCTION = RESOURCES["LeadsApiFunction"]["Properties"]
VARIABLES = FUNCTION["Environment"]["Variables"]
TABLES = [resource for resource in RESOURCES.values() if resource["Type"] == "AWS::DynamoDB::Table"]
GATEWAY_RESPONSES = RESOURCES["LeadsApi"]["Properties"]["GatewayResponses"]

LIMITS = ("RATE_LIMIT_REQUESTS", "RATE_LIMIT_WINDOW_SECONDS", "MAX_LEADS_PER_REQUEST", "FREE_PLAN_MAX_LEADS")

# What API Gateway answers with when an entry does not say otherwise: the developer guide's "Gateway response types".
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
    "REQUEST_TOO_LARGE": 413,
    "RESOURCE_NOT_FOUND": 404,
    "THROTTLED": 429,
    "UNAUTHORIZED": 401,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "WAF_FILTERED": 403,
}


class RecordingEnvironment(Mapping[str, str]):
    """An environment that knows which variables were asked for."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self.asked_for: set[str] = set()

    def __getitem__(self, name: str) -> str:
        self.asked_for.add(name)
        return self._variables[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._variables)

    def __len__(self) -> int:
        return len(self._variables)


def deployed_environment() -> dict[str, str]:
    """The function's variables if no parameter is set, with logical names for references to resources."""
    values = {variable: value["Ref"] if isinstance(value, dict) else value for variable, value in VARIABLES.items()}
    return {variable: str(PARAMETERS.get(value, {"Default": value})["Default"]) for variable, value in values.items()}


def entry_for(response_type: str) -> tuple[int, dict[str, Any]]:
    """HTTP status and entry that API Gateway answers with for a type."""
    if response_type in GATEWAY_RESPONSES:
        entry = GATEWAY_RESPONSES[response_type]
        return entry["StatusCode"], entry
    status = OWN_STATUS[response_type]
    return status, GATEWAY_RESPONSES[f"DEFAULT_{status // 100}XX"]


def gateway_response_types() -> list[str]:
    """Every type that the SDK knows."""
    model = botocore.session.get_session().get_service_model("apigateway")
    return sorted(model.shape_for("GatewayResponseType").enum)  # type: ignore[attr-defined]


def statements() -> Iterator[dict[str, Any]]:
    for policy in FUNCTION["Policies"]:
        yield from policy["Statement"]


def test_every_setting_can_be_deployed() -> None:
    environment = RecordingEnvironment({"ACCESS_TABLE": "access", "LEADS_TABLE": "leads"})

    Settings.from_environment(environment)

    assert environment.asked_for <= VARIABLES.keys()


def test_a_deployment_without_parameters_has_the_default_settings() -> None:
    settings = Settings.from_environment(deployed_environment())

    assert settings == Settings(access_table="AccessTable", leads_table="LeadsTable")


@pytest.mark.parametrize("variable", LIMITS)
def test_a_limit_may_be_set_as_far_as_the_code_accepts_it_and_no_further(variable: str) -> None:
    parameter = PARAMETERS[VARIABLES[variable]["Ref"]]
    least, most = parameter["MinValue"], parameter["MaxValue"]

    for accepted in (least, most):
        Settings.from_environment({**deployed_environment(), variable: str(accepted)})
    for refused in (least - 1, most + 1):
        with pytest.raises(ValueError, match=variable):
            Settings.from_environment({**deployed_environment(), variable: str(refused)})


def test_a_deployment_without_parameters_uses_the_regions_dynamodb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", deployed_environment()["AWS_ENDPOINT_URL_DYNAMODB"])

    assert create_client().meta.endpoint_url == "https://dynamodb.eu-north-1.amazonaws.com"


@pytest.mark.parametrize(
    ("endpoint", "accepted"),
    [("", True), ("http://localhost:8000", True), ("https://dynamodb.test", True), ("localhost:8000", False)],
)
def test_an_endpoint_is_a_url_or_empty(endpoint: str, accepted: bool) -> None:  # noqa: FBT001 - a parameter of a test
    assert bool(re.fullmatch(PARAMETERS["DynamoDBEndpoint"]["AllowedPattern"], endpoint)) is accepted


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table["Properties"]["TableName"]["Fn::Sub"])
def test_a_table_survives_the_stack_and_mistakes(table: Mapping[str, Any]) -> None:
    assert table["DeletionPolicy"] == "Retain"
    assert table["UpdateReplacePolicy"] == "Retain"
    assert table["Properties"]["DeletionProtectionEnabled"] is True
    assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


@pytest.mark.parametrize("response_type", gateway_response_types())
def test_what_the_gateway_answers_is_the_envelope(response_type: str) -> None:
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
def test_what_the_gateway_answers_is_json_with_a_request_id(response_type: str) -> None:
    _, entry = entry_for(response_type)

    assert list(entry["ResponseTemplates"]) == ["application/json"]
    assert entry["ResponseParameters"]["Headers"]["X-Request-Id"] == "context.requestId"


@pytest.mark.parametrize(
    ("response_type", "status", "message"),
    [
        ("ACCESS_DENIED", 403, "The request was refused."),
        ("WAF_FILTERED", 403, "The request was refused."),
        ("MISSING_AUTHENTICATION_TOKEN", 404, "Not found."),
        ("RESOURCE_NOT_FOUND", 404, "Not found."),
        ("REQUEST_TOO_LARGE", 413, "The request is too large."),
        ("UNSUPPORTED_MEDIA_TYPE", 415, "The Content-Type must be application/json."),
        ("THROTTLED", 429, "Too many requests. Please try again later."),
        ("QUOTA_EXCEEDED", 429, "Too many requests. Please try again later."),
        ("API_CONFIGURATION_ERROR", 500, "An unexpected error occurred."),
        ("INTEGRATION_FAILURE", 504, "An unexpected error occurred."),
        ("INTEGRATION_TIMEOUT", 504, "An unexpected error occurred."),
    ],
)
def test_the_gateway_says_what_the_function_would(response_type: str, status: int, message: str) -> None:
    answered, entry = entry_for(response_type)
    body = json.loads(entry["ResponseTemplates"]["application/json"])

    assert (answered, body["message"]) == (status, message)


@pytest.mark.parametrize("response_type", gateway_response_types())
def test_the_gateway_says_when_to_retry_if_it_was_too_much(response_type: str) -> None:
    status, entry = entry_for(response_type)
    too_much = status == 429

    assert entry["ResponseParameters"]["Headers"].get("Retry-After") == ("'1'" if too_much else None)


def test_the_function_answers_every_method_on_the_published_path() -> None:
    events = [event["Properties"] for event in FUNCTION["Events"].values()]
    [path] = {event["Path"] for event in events}

    assert "ANY" in {event["Method"] for event in events}
    assert TEMPLATE["Outputs"]["LeadsUrl"]["Value"]["Fn::Sub"].endswith("${LeadsApi.Stage}" + path)


def test_the_function_may_only_do_named_actions_on_named_tables() -> None:
    tables = {name for name, resource in RESOURCES.items() if resource in TABLES}

    for statement in statements():
        assert "*" not in json.dumps(statement)
        resource, attribute = statement["Resource"]["Fn::GetAtt"]
        assert (resource in tables, attribute) == (True, "Arn")


def test_the_function_may_neither_read_leads_nor_delete_single_items() -> None:
    actions = {action for statement in statements() for action in statement["Action"]}
    lead_actions = {
        action
        for statement in statements()
        if statement["Resource"]["Fn::GetAtt"][0] == "LeadsTable"
        for action in statement["Action"]
    }

    assert not actions & {"dynamodb:DeleteItem", "dynamodb:Scan", "dynamodb:Query", "dynamodb:BatchGetItem"}
    assert "dynamodb:GetItem" not in lead_actions


def test_cfn_lint_finds_nothing() -> None:
    command = Path(sys.executable).with_name("cfn-lint")

    lint = subprocess.run([command, PATH], capture_output=True, text=True, check=False)

    assert (lint.returncode, lint.stdout, lint.stderr) == (0, "", "")
