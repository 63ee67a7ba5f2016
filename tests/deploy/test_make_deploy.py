"""`make deploy` in an AWS account, from the first check to the final request."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping

import pytest

from leads_admin.local_client import CREDENTIALS
from leads_dev.deploying.parameters import for_sam
from support.aws import ROOT, SAM, EmulatedAws

Deploy = Callable[..., str]


# Skips the build, which `make test-deploy` has made, and uses the emulator's gateway instead of AWS's.
MAKE_DEPLOY = """
import sys
from leads_dev.deploying.__main__ import main
from support.aws import EmulatedAws
with EmulatedAws(sys.argv[1]).gateway() as http:
    main(http, build=lambda _target: None)
"""


@pytest.fixture
def deploy(aws: EmulatedAws, stack_name: str) -> Deploy:
    """Runs `make deploy`, and returns its output."""

    def deploy(parameters: str = "") -> str:
        environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "SAM_CLI_TELEMETRY": "0"}
        done = subprocess.run(
            [sys.executable, "-c", MAKE_DEPLOY, aws.url],
            env={
                **environment,
                **CREDENTIALS,
                "AWS_ENDPOINT_URL": aws.url,
                "PYTHONPATH": str(ROOT / "tests"),
                "STACK": stack_name,
                "PARAMETERS": parameters,
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.stdout

    return deploy


def test_a_first_deployment_asks_nothing_and_ends_with_a_working_api(
    aws: EmulatedAws, stack_name: str, deploy: Deploy
) -> None:
    printed = deploy("RateLimitRequests=7")

    assert f"Creating the stack {stack_name} in us-east-1, account" in printed
    assert re.search(r"LeadsUrl +\nDescription", printed)
    assert "Checked: the API refuses a request without a key.\nChecked: it accepts a dry run" in printed
    assert f'.venv/bin/leads --stack {stack_name} workspace create "Acme" --plan basic' in printed
    assert not aws.client("dynamodb").scan(TableName=f"{stack_name}-access")["Items"]


def test_parameters_keep_their_values_until_they_are_changed_or_emptied(
    aws: EmulatedAws, stack_name: str, deploy: Deploy
) -> None:
    def parameters() -> dict[str, str]:
        [stack] = aws.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"]
        return {value["ParameterKey"]: value["ParameterValue"] for value in stack["Parameters"]}

    deploy("AlarmEmail=ops@example.com LeadEvents=false")
    printed = deploy('AlarmEmail=""')

    assert f"Updating the stack {stack_name}" in printed
    assert (parameters()["AlarmEmail"], parameters()["LeadEvents"]) == ("", "false")


def test_after_a_failed_first_deployment_it_names_the_runbook(
    aws: EmulatedAws, stack_name: str, deploy: Deploy
) -> None:
    aws.client("events").create_event_bus(Name=stack_name)  # so the stack cannot create its own
    assert "ROLLBACK" in deploy()

    with_the_stack = deploy()
    aws.delete(stack_name)
    without_it = deploy()

    assert f"Problem: The stack {stack_name} is in the state ROLLBACK_COMPLETE" in with_the_stack
    assert f"Problem: There is no stack {stack_name}, but its tables exist" in without_it
    assert '"A first deployment that failed" in docs/runbook.md' in with_the_stack + without_it


READ_BY_SAM = """
import json, sys
from samcli.cli.types import CfnParameterOverridesType
print(json.dumps(CfnParameterOverridesType().convert(tuple(json.loads(sys.argv[1])), None, None)))
"""


def read_by_sam(*overrides: str) -> Mapping[str, str]:
    done = subprocess.run(
        [SAM.with_name("python"), "-c", READ_BY_SAM, json.dumps(overrides)], capture_output=True, text=True, check=True
    )
    values: dict[str, str] = json.loads(done.stdout)
    return values


@pytest.mark.parametrize("value", ["", "90", "two words", 'with "quotes"', "it's", "a=b", "ops@example.com"])
def test_sam_reads_the_intended_values(value: str) -> None:
    assert read_by_sam(*for_sam({"First": value, "Second": "2"})) == {"First": value, "Second": "2"}


def test_sam_ignores_an_emptied_parameter_without_quotes() -> None:
    assert read_by_sam("AlarmEmail= Waf=true") == {"Waf": "true"}
    assert read_by_sam('AlarmEmail="" Waf=true') == {"AlarmEmail": "", "Waf": "true"}
