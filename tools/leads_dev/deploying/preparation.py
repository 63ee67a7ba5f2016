"""Finds out what is to be deployed where, and everything that prevents it."""

from collections.abc import Mapping

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from leads_admin.stack import DEFAULT_STACK
from leads_admin.template import TEMPLATE, load_template
from leads_cli.aws_errors import explained, wrong_configuration
from leads_dev.deploying.checks import Finding, check_account, check_machine, check_name
from leads_dev.deploying.parameters import problems_of, read_parameters
from leads_dev.deploying.target import Clients, Target, describe_stack

_QUICKLY = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 2})


def prepare(environment: Mapping[str, str]) -> tuple[Target | None, list[Finding]]:
    """The target that STACK and PARAMETERS name, and the findings about it.

    None if the account cannot be reached; then there is a problem among the findings.
    """
    stack = environment.get("STACK") or DEFAULT_STACK
    declared = load_template(TEMPLATE)["Parameters"]
    findings = [*check_machine(), *check_name(stack)]
    try:
        parameters = read_parameters(environment.get("PARAMETERS", ""))
    except ValueError as exc:
        findings.append(Finding(f"PARAMETERS cannot be read: {exc}"))
        parameters = {}
    wrong = list(problems_of(parameters, declared))
    findings += map(Finding, wrong)

    try:
        session = boto3.Session(region_name=environment.get("AWS_REGION") or None)
        in_the_way = list(_no_access(session))
        if in_the_way or any(finding.is_problem for finding in check_name(stack)):
            return None, findings + in_the_way
        clients: Clients = lambda service: session.client(service, config=_QUICKLY)  # type: ignore[call-overload]  # noqa: E731 - as the stubs know one service
        account = clients("sts").get_caller_identity()
        existing = describe_stack(clients, stack)
    except ClientError as exc:
        return None, [*findings, Finding(f"AWS does not take the credentials: {exc}")]
    except BotoCoreError as exc:
        return None, [*findings, Finding(explained(exc)[0])]
    except ValueError as exc:  # such as an endpoint that is no URL
        return None, [*findings, Finding(wrong_configuration(exc))]
    usable = {} if wrong else parameters
    target = Target(stack, account["Account"], session.region_name, clients, usable, declared, existing)
    return target, findings + list(check_account(target))


def _no_access(session: boto3.Session) -> list[Finding]:
    findings = []
    if not session.region_name:
        findings.append(
            Finding("No region is set: set AWS_REGION, as in AWS_REGION=eu-central-1, or run aws configure.")
        )
    if session.get_credentials() is None:
        findings.append(
            Finding("There are no AWS credentials: run aws configure or aws sso login, or set AWS_PROFILE.")
        )
    return findings
