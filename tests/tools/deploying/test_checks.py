"""The checks of `make deploy` before it builds anything."""

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from leads_admin.local_client import CREDENTIALS
from leads_admin.template import TEMPLATE, load_template
from leads_dev.deploying.checks import MOST_CHARACTERS, Finding, check_account, check_name
from leads_dev.deploying.preparation import prepare
from leads_dev.deploying.target import Target, describe_stack
from support.stack_template import PIPE, ROOT

DECLARED = load_template(TEMPLATE)["Parameters"]
Stub = Callable[..., None]


class StubbedAws:
    """AWS clients with stubbed responses, which are validated by the model of each service."""

    def __init__(self, exit_stack: ExitStack) -> None:
        self._exit_stack = exit_stack
        self._stubbers: dict[str, Stubber] = {}

    def client(self, service: str) -> Any:  # noqa: ANN401 - each service has another type
        return self._stubber(service).client

    def respond(self, service: str, method: str, response: Mapping[str, Any]) -> None:
        self._stubber(service).add_response(method, dict(response))

    def refuse(self, service: str, method: str, code: str, message: str = "") -> None:
        self._stubber(service).add_client_error(method, code, message)

    def _stubber(self, service: str) -> Stubber:
        if service not in self._stubbers:
            client = boto3.client(
                service,  # type: ignore[call-overload]  # the stubs know only the one in use elsewhere
                region_name="eu-north-1",
                aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            )
            self._stubbers[service] = self._exit_stack.enter_context(Stubber(client))
        return self._stubbers[service]


@pytest.fixture
def aws() -> Iterator[StubbedAws]:
    with ExitStack() as exit_stack:
        yield StubbedAws(exit_stack)


def concurrency(aws: StubbedAws, limit: int = 1000, unreserved: int | None = None) -> None:
    aws.respond(
        "lambda",
        "get_account_settings",
        {"AccountLimit": {"ConcurrentExecutions": limit, "UnreservedConcurrentExecutions": unreserved or limit}},
    )


def no_tables(aws: StubbedAws) -> None:
    for _ in range(2):
        aws.refuse("dynamodb", "describe_table", "ResourceNotFoundException")


def target(aws: StubbedAws, existing: Mapping[str, Any] | None = None, **parameters: str) -> Target:
    return Target("leads", "123456789012", "eu-north-1", aws.client, parameters, DECLARED, existing)


def stack(status: str = "UPDATE_COMPLETE", **parameters: str) -> dict[str, Any]:
    present = [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()]
    return {"StackName": "leads", "StackStatus": status, "Parameters": present}


def problems(findings: Iterator[Finding]) -> list[str]:
    return [finding.text for finding in findings if finding.is_problem]


def test_a_complete_new_account_has_no_findings(aws: StubbedAws) -> None:
    no_tables(aws)
    concurrency(aws)

    assert list(check_account(target(aws))) == []


@pytest.mark.parametrize("name", ["", "1leads", "my_leads", "a" * (MOST_CHARACTERS + 1)])
def test_an_invalid_stack_name_is_a_problem(name: str) -> None:
    assert problems(check_name(name))


def test_the_longest_name_that_fits_the_pipe_is_no_problem() -> None:
    longest = "a" * MOST_CHARACTERS

    assert not problems(check_name(longest))
    assert len(PIPE["Name"]["Fn::Sub"].replace("${AWS::StackName}", longest)) == 64


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("ROLLBACK_COMPLETE", "A first deployment that failed"),
        ("ROLLBACK_FAILED", "A first deployment that failed"),
        ("DELETE_FAILED", "A first deployment that failed"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name leads"),
        ("UPDATE_IN_PROGRESS", "Wait until that is done"),
    ],
)
def test_a_stack_that_cannot_be_updated_is_a_problem(aws: StubbedAws, status: str, reason: str) -> None:
    concurrency(aws)

    [problem] = problems(check_account(target(aws, stack(status))))

    assert reason in problem


@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"])
def test_a_stack_that_can_be_updated_is_no_problem(aws: StubbedAws, status: str) -> None:
    concurrency(aws)

    assert not problems(check_account(target(aws, stack(status))))


def test_tables_without_a_stack_are_a_problem(aws: StubbedAws) -> None:
    for _ in range(2):
        aws.respond("dynamodb", "describe_table", {"Table": {"TableName": "leads-access"}})
    concurrency(aws)

    [problem] = problems(check_account(target(aws)))

    assert "leads-access, leads-leads" in problem
    assert "A first deployment that failed" in problem
    assert "Deleting the stack, and creating it again" in problem


def test_a_low_limit_of_the_account_is_a_warning(aws: StubbedAws) -> None:
    no_tables(aws)
    concurrency(aws, 10)

    [finding] = check_account(target(aws))

    assert not finding.is_problem
    assert "10 requests at the same time" in finding.text


@pytest.mark.parametrize(
    ("limit", "unreserved", "present", "wanted", "is_problem"),
    [
        (10, 10, "", "1", True),
        (10, 10, "", "0", False),
        (1000, 1000, "", "900", False),
        (1000, 1000, "", "901", True),
        (1000, 500, "500", "900", False),
        (1000, 500, "500", "901", True),
    ],
)
def test_reserving_more_concurrency_than_the_account_has_is_a_problem(
    aws: StubbedAws, limit: int, unreserved: int, present: str, wanted: str, *, is_problem: bool
) -> None:
    concurrency(aws, limit, unreserved)

    found = problems(check_account(target(aws, stack(ReservedConcurrency=present), ReservedConcurrency=wanted)))

    assert bool(found) == is_problem


@pytest.mark.parametrize(
    ("present", "wanted", "role", "reason"),
    [
        ("Off", "Existing", None, "AccessLogs=Create creates it"),
        ("Off", "Existing", "arn:aws:iam::123456789012:role/logs", None),
        ("Off", "Create", None, None),
        ("Off", "Create", "arn:aws:iam::123456789012:role/logs", "would replace the role"),
        ("Existing", "Create", "arn:aws:iam::123456789012:role/logs", "would replace the role"),
    ],
)
def test_the_gateways_logs_need_a_role_and_must_not_replace_one(
    aws: StubbedAws, present: str, wanted: str, role: str | None, reason: str | None
) -> None:
    concurrency(aws)
    aws.respond("apigateway", "get_account", {"cloudwatchRoleArn": role} if role else {})

    found = problems(check_account(target(aws, stack(AccessLogs=present), AccessLogs=wanted)))

    assert [reason in problem for problem in found if reason] == ([True] if reason else [])
    assert bool(found) == bool(reason)


def test_a_role_that_the_stack_created_before_is_no_problem(aws: StubbedAws) -> None:
    concurrency(aws)

    assert not problems(check_account(target(aws, stack(AccessLogs="Create"))))


def test_a_check_without_permission_is_reported_and_does_not_stop_the_deployment(aws: StubbedAws) -> None:
    aws.refuse("lambda", "get_account_settings", "AccessDeniedException", "not authorized")

    [finding] = check_account(target(aws, stack()))

    assert not finding.is_problem
    assert "Lambda's limit of concurrent executions" in finding.text
    assert "not authorized" in finding.text


def test_a_missing_stack_is_none(aws: StubbedAws) -> None:
    aws.refuse("cloudformation", "describe_stacks", "ValidationError", "Stack with id leads does not exist")

    assert describe_stack(aws.client, "leads") is None


def test_all_problems_are_reported_together_before_the_build() -> None:
    # Nothing of the machine's own: neither credentials nor a Python.
    environment = {"PATH": "/usr/bin:/bin", "HOME": "/nowhere", "AWS_EC2_METADATA_DISABLED": "true"}
    program = "from leads_dev.deploying.__main__ import main; main()"

    done = subprocess.run(
        [ROOT / ".venv" / "bin" / "python", "-c", program],
        env={**environment, "LAMBDA_PYTHON": "/nowhere", "STACK": "1", "PARAMETERS": "AlarmMail=x Waf=maybe"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == "Nothing was built or deployed.\n"
    for missing in (
        "LAMBDA_PYTHON must be",
        "STACK may have letters",
        "Did you mean AlarmEmail?",
        "Waf must be one of true, false",
        "No region is set",
        "There are no AWS credentials",
    ):
        assert missing in done.stdout


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"AWS_PROFILE": "nope"}, "check AWS_PROFILE"),
        ({"AWS_ENDPOINT_URL": "foo", "AWS_REGION": "us-east-1"}, "Invalid endpoint: foo"),
        (
            {"AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_REGION": "us-east-1"},
            "Nothing answers at http://127.0.0.1:9",
        ),
    ],
    ids=["profile", "endpoint", "nobody"],
)
def test_a_wrong_aws_configuration_is_a_problem_and_no_traceback(
    monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str], expected: str
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", **variables}.items():
        monkeypatch.setenv(name, value)

    target, findings = prepare(os.environ)

    assert target is None
    assert any(expected in finding.text for finding in findings if finding.is_problem)
