"""What must be right before a deployment begins. Each check reports what is wrong and what to do about it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import botocore.exceptions

from leads_dev import artifacts
from leads_dev.deploying.target import Target

# The pipe has the longest name: that of the stack and "-lead-events", 64 characters at most.
MOST_CHARACTERS = 52
# What AWS keeps for functions that reserve nothing.
_UNRESERVED = 100
_RUNBOOK = "docs/runbook.md"
_FAILED = {"CREATE_FAILED", "DELETE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should know. A deployment with a problem would fail; a warning is only information."""

    text: str
    is_problem: bool = True


def check_machine() -> Iterator[Finding]:
    """Whether this machine can build what Lambda runs."""
    try:
        artifacts.find_lambda_python()
    except SystemExit as exc:
        yield Finding(str(exc.code))


def check_name(stack: str) -> Iterator[Finding]:
    """Whether a stack may have this name."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", stack):
        yield Finding(f'STACK may have letters, digits and hyphens, and begins with a letter, but is "{stack}".')
    if len(stack) > MOST_CHARACTERS:
        yield Finding(
            f"STACK may have {MOST_CHARACTERS} characters, but has {len(stack)}: other names are made by adding to it."
        )


def check_account(target: Target) -> Iterator[Finding]:
    """Whether the account and what is in it are ready for the stack."""
    checks: dict[str, Callable[[Target], Iterator[Finding]]] = {
        "the stack": _check_stack,
        "the tables": _check_tables,
        "Lambda's limit of concurrent executions": _check_concurrency,
        "the role for API Gateway's logs": _check_gateway_logs,
    }
    for subject, check in checks.items():
        try:
            yield from check(target)
        except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as exc:
            yield Finding(f"Could not check {subject}: {exc}", is_problem=False)


def _check_stack(target: Target) -> Iterator[Finding]:
    status = (target.existing or {}).get("StackStatus", "")
    if status in _FAILED:
        yield Finding(
            f"The stack {target.stack} is in the state {status}, in which it cannot be updated. "
            f'See "A first deployment that failed" in {_RUNBOOK}.'
        )
    elif status == "UPDATE_ROLLBACK_FAILED":
        yield Finding(
            f"An update of the stack {target.stack} failed, and so did rolling it back. Its events say why: remove the "
            f"cause, then run aws cloudformation continue-update-rollback --stack-name {target.stack}"
        )
    elif status.endswith("_IN_PROGRESS") and status != "REVIEW_IN_PROGRESS":
        yield Finding(f"The stack {target.stack} is being changed ({status}). Wait until that is done.")


def _check_tables(target: Target) -> Iterator[Finding]:
    if target.existing is None or target.existing["StackStatus"] == "REVIEW_IN_PROGRESS":
        tables = target.tables()
        if tables:
            yield Finding(
                f"There is no stack {target.stack}, but its tables exist: {', '.join(tables)}. If they are left from a "
                f'first deployment that failed, see "A first deployment that failed" in {_RUNBOOK}. If they have '
                f'leads, see "Deleting the stack, and creating it again" there.'
            )


def _check_concurrency(target: Target) -> Iterator[Finding]:
    limit = target.clients("lambda").get_account_settings()["AccountLimit"]
    reservations = ("ReservedConcurrency", "ReferencePageConcurrency")
    wanted = sum(int(target.wanted(name) or 0) for name in reservations)
    possible = limit["UnreservedConcurrentExecutions"] - _UNRESERVED
    possible += sum(int(target.present(name) or 0) for name in reservations if target.existing)
    if wanted > max(0, possible):
        yield Finding(
            f"{' and '.join(reservations)} reserve {wanted} concurrent executions, but the account has "
            f"{max(0, possible)} to reserve: AWS keeps {_UNRESERVED} of its limit of {limit['ConcurrentExecutions']} "
            f"unreserved. Leave the parameters empty, or ask AWS for a higher limit."
        )
    if limit["ConcurrentExecutions"] < 1000:  # noqa: PLR2004 - what AWS grants by default
        yield Finding(
            f"All functions of this account together handle {limit['ConcurrentExecutions']} requests at the same time; "
            "others get a 5xx. AWS raises this to 1000 on request: aws service-quotas request-service-quota-increase "
            "--service-code lambda --quota-code L-B99A9384 --desired-value 1000",
            is_problem=False,
        )


def _check_gateway_logs(target: Target) -> Iterator[Finding]:
    wanted = target.wanted("AccessLogs")
    if wanted == "Off" or wanted == target.present("AccessLogs"):
        return
    role = target.clients("apigateway").get_account().get("cloudwatchRoleArn")
    if wanted == "Existing" and not role:
        yield Finding(
            "AccessLogs=Existing needs a role for API Gateway's logs, which this account and region do not have. "
            "AccessLogs=Create creates it."
        )
    if wanted == "Create" and role:
        yield Finding(
            f"AccessLogs=Create would replace the role with which all APIs of this account and region log: {role}. "
            "Use it with AccessLogs=Existing."
        )
