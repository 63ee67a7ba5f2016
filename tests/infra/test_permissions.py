"""Each part of the stack has exactly the permissions that it needs."""

import ast
import itertools
import json
import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from botocore.awsrequest import AWSRequest

from leads_admin.local_client import CREDENTIALS, local_client
from leads_admin.stack import stack_settings
from leads_admin.workspaces import Workspaces
from leads_api.api import LeadsApi
from leads_api.wiring import create_handler
from leads_core.dynamodb.client import create_client
from leads_core.plans import Plan
from leads_dev.local.moto_dynamodb import create_tables
from support.api import LEADS_PATH, Context
from support.clock import PATIENT, SkewedClock
from support.databases import moto
from support.stack_template import FUNCTIONS, PIPE, ROLES, ROOT, TABLES, resolved


def statements(role: str, **parameters: str) -> list[dict[str, Any]]:
    """The statements of a role's own policies."""
    policies = ROLES[role]["Properties"].get("Policies", [])
    found = [resolved(entry, **parameters) for policy in policies for entry in policy["PolicyDocument"]["Statement"]]
    return [statement for statement in found if statement != {"Ref": "AWS::NoValue"}]


def actions(statement: Mapping[str, Any]) -> list[str]:
    return [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]


# A transaction needs the permissions of its parts.
ACTIONS_OF_PARTS = {
    "ConditionCheck": "ConditionCheckItem",
    "Delete": "DeleteItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
}


@dataclass
class Recording:
    """The function's calls to the database, and the lines of its code that made them.

    They are recorded and not read from the code, because there tables and arguments come from other places. Only the
    places of the calls are read from the code, to check that the recording has all of them.
    """

    needed: set[tuple[str, str]] = field(default_factory=set)
    lines: set[tuple[Path, int]] = field(default_factory=set)

    def note(self, request: AWSRequest, operation_name: str, **_: object) -> None:
        body = json.loads(request.data or b"")
        if operation_name == "TransactWriteItems":
            parts = [part for item in body["TransactItems"] for part in item.items()]
            asked = {(arguments["TableName"], ACTIONS_OF_PARTS[part]) for part, arguments in parts}
        else:
            asked = {(table, operation_name) for table in body.get("RequestItems", [body.get("TableName")])}
        self.needed |= {(table, f"dynamodb:{action}") for table, action in asked}
        self.lines |= {(Path(frame.f_code.co_filename), line) for frame, line in traceback.walk_stack(None)}


def status_of(handler: LeadsApi, key: str, headers: Mapping[str, str], query: Mapping[str, str] | None = None) -> int:
    event = {
        "httpMethod": "POST",
        "path": LEADS_PATH,
        "headers": {"X-API-Key": key, **headers},
        "queryStringParameters": query,
        "body": "[{}]",
        "requestContext": {"requestId": "test"},
    }
    status: int = handler(event, Context(10_000))["statusCode"]
    return status


def fail(**_: object) -> None:
    raise RuntimeError


@pytest.fixture(scope="module")
def recording() -> Recording:
    """Requests of each kind to the deployed handler: on both plans, and begun on one plan and finished on the other."""
    recording, settings = Recording(), stack_settings("recorded")
    with pytest.MonkeyPatch.context() as environment, moto() as dynamodb_url:
        for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_url}.items():
            environment.setenv(name, value)
        operator, client = local_client(dynamodb_url), create_client(PATIENT)
        create_tables(operator, "recorded")
        workspaces = Workspaces(
            operator,
            access_table=settings.access_table,
            leads_table=settings.leads_table,
            sleep=lambda _: None,
        )
        client.meta.events.register("request-created.dynamodb", recording.note)
        handler = create_handler(settings, client)
        for plan in Plan:
            key = workspaces.create_key(workspaces.create_workspace("Acme", plan))
            for headers, query in itertools.product(({}, {"Idempotency-Key": "1"}), ({}, {"dryRun": "true"})):
                assert status_of(handler, key, headers, query) == 200
            tomorrow = create_handler(settings, client, SkewedClock(25 * 60 * 60 * 1000))
            assert status_of(tomorrow, key, {"Idempotency-Key": "1"}) == 200
        downgraded = workspaces.create_workspace("Acme", Plan.BASIC)
        key = workspaces.create_key(downgraded)
        client.meta.events.register("before-call.dynamodb.BatchWriteItem", fail)
        assert status_of(handler, key, {"Idempotency-Key": "1"}) == 500
        client.meta.events.unregister("before-call.dynamodb.BatchWriteItem", fail)
        workspaces.set_plan(downgraded, Plan.FREE)
        assert status_of(handler, key, {"Idempotency-Key": "1"}) == 200
    return recording


def deployed_code() -> Iterator[tuple[Path, ast.AST]]:
    """Each piece of the functions' own code, and the file that it is in."""
    for folder in ("functions", "layers/leads_core/python"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                yield path, node


def calls_of_the_database() -> Iterator[tuple[Path, int, int]]:
    """Where the code calls a method of the client: file, first and last line."""
    model = botocore.session.get_session().get_service_model("dynamodb")
    methods = {xform_name(operation) for operation in model.operation_names} | {"get_paginator", "get_waiter"}
    for path, node in deployed_code():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods:
            yield path, node.lineno, node.end_lineno or node.lineno


def test_the_function_may_make_exactly_the_calls_that_it_makes(recording: Recording) -> None:
    settings = stack_settings("recorded")
    names = {"AccessTable": settings.access_table, "LeadsTable": settings.leads_table}
    allowed = {
        (names[statement["Resource"]["Fn::GetAtt"][0]], action)
        for statement in statements("LeadsApiRole")
        for action in actions(statement)
        if action.startswith("dynamodb:")
    }

    assert allowed == recording.needed


def test_the_recording_has_every_call_to_the_database(recording: Recording) -> None:
    calls = list(calls_of_the_database())
    left_out = [
        f"{path}:{first}"
        for path, first, last in calls
        if not any((path, line) in recording.lines for line in range(first, last + 1))
    ]
    parts = {
        f"dynamodb:{ACTIONS_OF_PARTS[key.value]}"
        for _, node in deployed_code()
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and key.value in ACTIONS_OF_PARTS
    }

    assert calls
    assert left_out == []
    assert parts <= {action for _, action in recording.needed}


def test_the_function_may_neither_read_leads_nor_delete_single_items() -> None:
    allowed = {action for statement in statements("LeadsApiRole") for action in actions(statement)}
    on_leads = {
        action
        for statement in statements("LeadsApiRole")
        if statement["Resource"]["Fn::GetAtt"][0] == "LeadsTable"
        for action in actions(statement)
    }

    assert not allowed & {"dynamodb:DeleteItem", "dynamodb:Scan", "dynamodb:Query", "dynamodb:BatchGetItem"}
    assert "dynamodb:GetItem" not in on_leads


def test_the_function_may_only_use_named_actions_on_named_tables() -> None:
    for statement in statements("LeadsApiRole"):
        resource, attribute = statement["Resource"]["Fn::GetAtt"]
        on_tables = any(action.startswith("dynamodb:") for action in actions(statement))
        assert (resource in TABLES, attribute) == (on_tables, "Arn")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_allows_actions_by_name(role: str) -> None:
    allowed = [action for statement in statements(role, Tracing="Active") for action in actions(statement)]

    assert all(re.fullmatch(r"[a-z]+:[A-Za-z]+", action) for action in allowed)


def test_a_role_is_limited_to_named_resources_if_the_action_has_any() -> None:
    everywhere = {
        (role, action)
        for role in ROLES
        for statement in statements(role, Tracing="Active")
        if "*" in json.dumps(statement["Resource"])
        for action in actions(statement)
    }

    assert everywhere == {
        ("LeadsApiRole", "xray:PutTraceSegments"),
        ("LeadsApiRole", "xray:PutTelemetryRecords"),
        ("LeadEventsPipeRole", "dynamodb:ListStreams"),
        ("GradualDeploymentRole", "cloudwatch:DescribeAlarms"),
        # All versions of the one function.
        ("GradualDeploymentRole", "lambda:GetAlias"),
        ("GradualDeploymentRole", "lambda:GetProvisionedConcurrencyConfig"),
        ("GradualDeploymentRole", "lambda:UpdateAlias"),
    }


def test_traces_may_be_sent_only_if_requests_are_traced() -> None:
    assert not any(action.startswith("xray:") for entry in statements("LeadsApiRole") for action in actions(entry))


def test_only_the_gateways_role_has_a_managed_policy() -> None:
    assert [role for role in ROLES if "ManagedPolicyArns" in ROLES[role]["Properties"]] == ["GatewayAccountRole"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_write_only_to_its_own_log(function: str) -> None:
    properties = FUNCTIONS[function]["Properties"]
    role = properties["Role"]["Fn::GetAtt"][0]
    log_group = properties["LoggingConfig"]["LogGroup"]["Ref"]
    logs = [entry for entry in statements(role) if any(action.startswith("logs:") for action in actions(entry))]

    assert [entry["Resource"] for entry in logs] == [{"Fn::GetAtt": [log_group, "Arn"]}]


@pytest.mark.parametrize("role", ["LeadEventsRole", "ApiReferenceRole"])
def test_the_other_functions_may_only_log(role: str) -> None:
    allowed = {action for statement in statements(role) for action in actions(statement)}

    assert allowed == {"logs:CreateLogStream", "logs:PutLogEvents"}


@pytest.mark.parametrize(
    ("role", "service"),
    [
        ("LeadsApiRole", "lambda.amazonaws.com"),
        ("LeadEventsRole", "lambda.amazonaws.com"),
        ("ApiReferenceRole", "lambda.amazonaws.com"),
        ("LeadEventsPipeRole", "pipes.amazonaws.com"),
        ("GatewayAccountRole", "apigateway.amazonaws.com"),
        ("GradualDeploymentRole", "codedeploy.amazonaws.com"),
    ],
)
def test_only_its_service_may_assume_a_role(role: str, service: str) -> None:
    trust = ROLES[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    assert [entry["Principal"] for entry in trust] == [{"Service": service}]


def test_only_the_stacks_own_pipe_may_assume_the_pipes_role() -> None:
    [trust] = ROLES["LeadEventsPipeRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    condition = trust["Condition"]["StringEquals"]

    assert condition["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert condition["aws:SourceArn"]["Fn::Sub"].endswith(":pipe/" + PIPE["Name"]["Fn::Sub"])


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_the_boundary_that_the_account_requires(role: str) -> None:
    boundary = ROLES[role]["Properties"]["PermissionsBoundary"]

    assert resolved(boundary) == {"Ref": "AWS::NoValue"}
    assert resolved(boundary, PermissionsBoundary="arn:aws:iam::123456789012:policy/b").endswith(":policy/b")
