"""The policies in docs/deploying.md for the deploying role: sufficient for the stack, and limited."""

import fnmatch
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from support.pages import json_files
from support.stack_template import RESOURCES, ROLES, ROOT, resolved

PAGE = (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")
FILES = {name: json.loads(document) for name, document in json_files(PAGE).items()}
BOUNDARY, POLICY = FILES["boundary.json"]["Statement"], FILES["policy.json"]["Statement"]
# The part of AWS's managed policy that API Gateway needs to write logs. The rest of it is for reading them.
OF_THE_GATEWAYS_POLICY = {
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
}
# The stack's resources as in the pages: named after the stack, by the template or by CloudFormation.
ARNS = {
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:REGION:ACCOUNT:table/{name}",
    "AWS::Events::EventBus": "arn:aws:events:REGION:ACCOUNT:event-bus/{name}",
    "AWS::Logs::LogGroup": "arn:aws:logs:REGION:ACCOUNT:log-group:{name}:*",
    "AWS::SQS::Queue": "arn:aws:sqs:REGION:ACCOUNT:{name}",
    "AWS::Serverless::Function": "arn:aws:lambda:REGION:ACCOUNT:function:{name}",
}
NAMES = {
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Events::EventBus": "Name",
    "AWS::Logs::LogGroup": "LogGroupName",
}


def listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def arn(resource: Any) -> str:  # noqa: ANN401 - any value of the template
    """The ARN of a resource in a statement, in a stack named lead-intake."""
    match resource:
        case str():
            return resource
        case {"Fn::GetAtt": [name, "StreamArn"]}:
            return arn({"Fn::GetAtt": [name, "Arn"]}) + "/stream/2026-11-26T00:00:00.000"
        case {"Fn::GetAtt": [name, "Arn"]}:
            kind = RESOURCES[name]["Type"]
            named = RESOURCES[name].get("Properties", {}).get(NAMES.get(kind, ""))
            match named:
                case {"Fn::Sub": text}:
                    given = text.replace("${AWS::StackName}", "lead-intake")
                case {"Ref": "AWS::StackName"}:
                    given = "lead-intake"
                case _:
                    given = f"lead-intake-{name}-1A2B"
            return ARNS[kind].format(name=given)
        case {"Fn::Sub": text}:
            name, rest = re.fullmatch(r"\$\{(\w+)\.Arn\}(.*)", text).groups()  # type: ignore[union-attr]
            return arn({"Fn::GetAtt": [name, "Arn"]}) + rest
        case _:
            raise AssertionError(resource)


def needed(role: str) -> Iterator[tuple[str, str]]:
    """Each action that the template allows a role, with its resource."""
    for policy in ROLES[role]["Properties"].get("Policies", []):
        for entry in policy["PolicyDocument"]["Statement"]:
            statement = resolved(entry, Tracing="Active")
            resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            for action in listed(statement["Action"]):
                yield from ((action, arn(resource)) for resource in resources)


def allows(statements: list[dict[str, Any]], action: str, resource: str) -> bool:
    return any(
        any(fnmatch.fnmatchcase(action, pattern) for pattern in listed(statement["Action"]))
        and any(fnmatch.fnmatchcase(resource, pattern) for pattern in listed(statement["Resource"]))
        for statement in statements
    )


@pytest.mark.parametrize("role", [name for name in ROLES if name != "GatewayAccountRole"])
def test_the_boundary_allows_all_that_a_role_of_the_stack_needs(role: str) -> None:
    assert [*needed(role)]
    assert [entry for entry in needed(role) if not allows(BOUNDARY, *entry)] == []


def test_the_boundary_lets_the_gateway_write_its_logs() -> None:
    logs = "arn:aws:logs:REGION:ACCOUNT:log-group:/aws/apigateway/lead-intake:*"

    assert all(allows(BOUNDARY, action, logs) for action in OF_THE_GATEWAYS_POLICY)


def test_the_boundary_allows_no_action_that_no_role_needs() -> None:
    allowed = {action for statement in BOUNDARY for action in listed(statement["Action"])}

    assert allowed == {action for role in ROLES for action, _ in needed(role)} | OF_THE_GATEWAYS_POLICY


def test_the_boundary_is_limited_to_the_stack_except_for_actions_without_resources() -> None:
    beyond = {
        statement["Sid"]
        for statement in BOUNDARY
        for resource in listed(statement["Resource"])
        if "lead-intake" not in resource
    }

    assert beyond == {"NotForSingleResources", "LogsOfAllGateways"}


def statements_with(action: str) -> list[dict[str, Any]]:
    return [statement for statement in POLICY if action in listed(statement["Action"])]


@pytest.mark.parametrize(
    "action", ["iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"]
)
def test_the_deploying_role_gives_permissions_only_to_roles_with_the_boundary(action: str) -> None:
    [statement] = statements_with(action)

    boundary = statement["Condition"]["StringEquals"]["iam:PermissionsBoundary"]
    assert boundary == "arn:aws:iam::ACCOUNT:policy/lead-intake-boundary"
    assert statement["Resource"] == "arn:aws:iam::ACCOUNT:role/lead-intake-*"


def test_the_deploying_role_cannot_change_the_boundary() -> None:
    actions = {action for statement in POLICY for action in listed(statement["Action"]) if action.startswith("iam:")}

    assert not any("*" in action for action in actions)
    assert not actions & {"iam:CreatePolicyVersion", "iam:DeleteRolePermissionsBoundary", "iam:SetDefaultPolicyVersion"}


def test_roles_are_passed_only_to_the_services_that_use_them() -> None:
    trusted = {
        statement["Principal"]["Service"]
        for role in ROLES.values()
        for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    }

    [statement] = statements_with("iam:PassRole")
    assert set(statement["Condition"]["StringEquals"]["iam:PassedToService"]) == trusted


def test_the_deploying_role_may_use_the_service_of_every_default_resource() -> None:
    services = {
        {"ApiGateway": "apigateway", "Serverless": "lambda"}.get(kind := resource["Type"].split("::")[1], kind.lower())
        for resource in RESOURCES.values()
        if not resource.get("Condition", "").startswith(("HasWaf", "HasHostedZone", "HasDomain"))
    }
    allowed = {action.split(":")[0] for statement in POLICY for action in listed(statement["Action"])}

    assert services <= allowed
