"""What `make deploy` does with an AWS account, from the first check to the request that it sends at the end."""

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress

import httpx
import pytest

from leads_admin.local_client import CREDENTIALS
from leads_dev.deploying.__main__ import main
from leads_dev.deploying.parameters import for_sam
from support.aws import SAM, EmulatedAws

Deploy = Callable[..., str]


class Gateway(httpx.BaseTransport):
    """Finds the emulator's stage where the stack's own address says that AWS's is."""

    def __init__(self, aws: EmulatedAws) -> None:
        self._url = aws.url
        self._transport = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        match = re.fullmatch(r"https://(\w+)\.execute-api\.[^/]+/(.*)", str(request.url))
        assert match, request.url
        request.url = httpx.URL(f"{self._url}/_aws/execute-api/{match[1]}/{match[2]}")
        return self._transport.handle_request(request)


@pytest.fixture
def deploy(
    aws: EmulatedAws, stack_name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Deploy:
    """Runs it, and returns what it prints."""
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": aws.url, "STACK": stack_name}.items():
        monkeypatch.setenv(name, value)

    def deploy(parameters: str = "") -> str:
        monkeypatch.setenv("PARAMETERS", parameters)
        with suppress(SystemExit):
            main(httpx.Client(transport=Gateway(aws)), build=lambda _target: None)  # `make test-deploy` built it
        printed = capfd.readouterr()
        return printed.out + printed.err

    return deploy


def test_a_first_deployment_asks_nothing_and_ends_with_an_api_that_answers(
    aws: EmulatedAws, stack_name: str, deploy: Deploy
) -> None:
    printed = deploy("RateLimitRequests=7")

    assert f"Creating the stack {stack_name} in us-east-1, account" in printed
    assert re.search(r"LeadsUrl +\nDescription", printed)
    assert "Checked: the API refuses a request without a key.\nChecked: it accepts a dry run" in printed
    assert f'.venv/bin/leads --stack {stack_name} workspace create "Acme" --plan basic' in printed
    assert not aws.client("dynamodb").scan(TableName=f"{stack_name}-access")["Items"]


def test_parameters_stay_until_they_are_changed_and_can_be_emptied(
    aws: EmulatedAws, stack_name: str, deploy: Deploy
) -> None:
    def parameters() -> dict[str, str]:
        [stack] = aws.client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"]
        return {value["ParameterKey"]: value["ParameterValue"] for value in stack["Parameters"]}

    deploy("AlarmEmail=ops@example.com LeadEvents=false")
    printed = deploy('AlarmEmail=""')

    assert f"Updating the stack {stack_name}" in printed
    assert (parameters()["AlarmEmail"], parameters()["LeadEvents"]) == ("", "false")


def test_after_a_first_deployment_that_failed_it_says_where_to_read_on(
    aws: EmulatedAws, stack_name: str, deploy: Deploy
) -> None:
    aws.client("events").create_event_bus(Name=stack_name)  # now the stack cannot create its own
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
def test_sam_reads_what_was_meant(value: str) -> None:
    assert read_by_sam(*for_sam({"First": value, "Second": "2"})) == {"First": value, "Second": "2"}


def test_sam_ignores_an_emptied_parameter_without_quotes() -> None:
    assert read_by_sam("AlarmEmail= Waf=true") == {"Waf": "true"}
    assert read_by_sam('AlarmEmail="" Waf=true') == {"AlarmEmail": "", "Waf": "true"}
