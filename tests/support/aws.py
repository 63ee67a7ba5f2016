"""An emulated AWS to deploy to: MiniStack with all its services, in Lambda's version of Python."""

import functools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx

from leads_admin.local_client import CREDENTIALS
from leads_admin.template import load_template, tables_alone
from leads_cli.local_state import DemoWorkspace, LocalState
from support.clock import PATIENT_HTTP
from support.databases import running_ministack

ROOT = Path(__file__).parents[2]
# `make test-deploy` installs both, and builds what is deployed.
AWS_PYTHON = Path(sys.prefix) / "aws" / "bin" / "python"
SAM = Path(sys.prefix) / "sam" / "bin" / "sam"
BUILD = ROOT / ".aws-sam" / "build"
LEADS = Path(sys.executable).with_name("leads")


class DeploymentRefusedError(Exception):
    """The output of a failed `sam deploy`."""


@dataclass(frozen=True)
class Stack:
    """A deployed stack."""

    name: str
    aws: "EmulatedAws"
    outputs: Mapping[str, str]

    @property
    def api_url(self) -> str:
        """Where the emulator serves the stage that the stack's own URL names."""
        match = re.fullmatch(r"https://(\w+)\.execute-api\.[^/]+/(\w+)/api/v1/leads", self.outputs["LeadsUrl"])
        assert match, self.outputs
        return f"{self.aws.url}/_aws/execute-api/{match[1]}/{match[2]}"

    def leads(self, *arguments: str) -> str:
        """Run the `leads` command on the stack, and return its output."""
        environment = {"PATH": os.environ["PATH"], **CREDENTIALS, "AWS_ENDPOINT_URL": self.aws.url}
        done = subprocess.run(
            [LEADS, "--stack", self.name, *arguments], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def create_workspace(self, plan: str) -> DemoWorkspace:
        workspace = self.leads("workspace", "create", "Test", "--plan", plan, "--yes")
        return DemoWorkspace(workspace, self.leads("key", "create", workspace))

    def post(self, workspace: DemoWorkspace, leads: object) -> httpx.Response:
        return httpx.post(
            f"{self.api_url}/api/v1/leads", json=leads, headers={"X-API-Key": workspace.key}, timeout=PATIENT_HTTP
        )

    def count_leads(self, workspace: DemoWorkspace) -> int:
        return len(self.leads("list", workspace.workspace, "--limit", "1000").splitlines())

    def state(self) -> LocalState:
        return LocalState(self.api_url, self.aws.url, self.create_workspace("basic"), self.create_workspace("free"))

    def physical_id(self, logical_id: str) -> str:
        resource = self.aws.client("cloudformation").describe_stack_resource(
            StackName=self.name, LogicalResourceId=logical_id
        )
        physical_id: str = resource["StackResourceDetail"]["PhysicalResourceId"]
        return physical_id


@dataclass(frozen=True)
class EmulatedAws:
    """An AWS that nobody else uses."""

    url: str

    def client(self, service: str) -> Any:  # noqa: ANN401 - as boto3 itself: each service has another type
        return _client(service, self.url)

    def gateway(self) -> httpx.Client:
        """A client that reaches the emulator's stages at the URLs that they would have on AWS."""
        return httpx.Client(transport=_Gateway(self.url), timeout=PATIENT_HTTP)

    def deploy(self, stack: str, build: Path = BUILD, /, **parameters: str) -> Stack:
        """Create or update a stack from the build; raises DeploymentRefusedError."""
        overrides = [f"{name}={value}" for name, value in parameters.items()]
        environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "SAM_CLI_TELEMETRY": "0"}
        done = subprocess.run(
            [
                *(SAM, "deploy", "--template", build / "template.yaml", "--stack-name", stack),
                *("--config-file", ROOT / "samconfig.toml", "--no-progressbar"),
                *(["--parameter-overrides", *overrides] if overrides else []),
            ],
            cwd=ROOT,
            env={**environment, **CREDENTIALS, "AWS_ENDPOINT_URL": self.url, "COLUMNS": "400"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DeploymentRefusedError(done.stdout)
        [description] = self.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
        return Stack(
            stack, self, {output["OutputKey"]: output["OutputValue"] for output in description.get("Outputs", [])}
        )

    def delete(self, stack: str) -> None:
        cloudformation = self.client("cloudformation")
        cloudformation.delete_stack(StackName=stack)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack, WaiterConfig={"Delay": 1})

    def import_tables(self, stack: str) -> None:
        """Create a stack that consists only of existing tables, as in docs/runbook.md."""
        tables = {"AccessTable": f"{stack}-access", "LeadsTable": f"{stack}-leads"}
        change = {"StackName": stack, "ChangeSetName": "take-over"}
        cloudformation = self.client("cloudformation")
        cloudformation.create_change_set(
            **change,
            ChangeSetType="IMPORT",
            TemplateBody=json.dumps(tables_alone(load_template(ROOT / "template.yaml"))),
            ResourcesToImport=[
                {
                    "ResourceType": "AWS::DynamoDB::Table",
                    "LogicalResourceId": name,
                    "ResourceIdentifier": {"TableName": table},
                }
                for name, table in tables.items()
            ],
        )
        cloudformation.get_waiter("change_set_create_complete").wait(**change, WaiterConfig={"Delay": 1})
        cloudformation.execute_change_set(**change)
        cloudformation.get_waiter("stack_import_complete").wait(StackName=stack, WaiterConfig={"Delay": 1})

    def tables_of(self, stack: str) -> list[str]:
        """Names of the existing tables of a stack, whether or not the stack exists."""
        names = self.client("dynamodb").list_tables()["TableNames"]
        return [name for name in names if name.startswith(f"{stack}-")]


class _Gateway(httpx.HTTPTransport):
    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        match = re.fullmatch(r"https://(\w+)\.execute-api\.[^/]+/(.*)", str(request.url))
        assert match, request.url
        request.url = httpx.URL(f"{self._url}/_aws/execute-api/{match[1]}/{match[2]}")
        return super().handle_request(request)


@contextmanager
def emulated_aws() -> Iterator[EmulatedAws]:
    """Run an emulated AWS during the block."""
    with running_ministack(AWS_PYTHON, services="") as url:
        yield EmulatedAws(url)


@functools.cache
def _client(service: str, url: str) -> Any:  # noqa: ANN401 - see above
    return boto3.client(
        service,  # type: ignore[call-overload]  # the stubs know only the one in use elsewhere
        endpoint_url=url,
        region_name=CREDENTIALS["AWS_REGION"],
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    )
