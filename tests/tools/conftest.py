"""Tables for the tools to work on, the ``leads`` command, and a local server."""

import subprocess
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from leads_admin.local_client import CREDENTIALS, local_client
from leads_admin.stack import stack_settings
from leads_admin.workspaces import Workspaces
from leads_cli.local_state import LocalState
from leads_core.deadlines import Clock
from leads_core.dynamodb.lead_store import DynamoDBLeadStore
from leads_core.intake import Batch
from leads_core.plans import Plan
from leads_core.settings import Settings
from leads_core.ulids import new_ulid
from leads_dev.local.moto_dynamodb import create_tables
from support.api import CreateWorkspace, Workspace, create_workspace, workspaces_in
from support.clock import soon
from support.command import run_leads
from support.databases import run_on
from support.server import running_server, server_command

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


# Differences between the databases matter to the stores, which are tested elsewhere. One is enough here.
@pytest.fixture(scope="session", params=run_on(pytest.mark.slow))
def database(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def stack() -> str:
    """A stack of the test's own."""
    return f"test-{uuid.uuid4().hex}"


@pytest.fixture
def settings(stack: str) -> Settings:
    """Names of the tables."""
    return stack_settings(stack)


@pytest.fixture
def dynamodb(dynamodb_url: str, stack: str) -> Iterator["DynamoDBClient"]:
    """A client of an emulator, on a pair of empty tables."""
    with closing(local_client(dynamodb_url)) as client:
        create_tables(client, stack)
        yield client


@pytest.fixture
def environment(dynamodb_url: str, stack: str, tmp_path: Path) -> dict[str, str]:
    """The complete environment of the command."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_url,
        "LEADS_STACK": stack,
        **CREDENTIALS,
    }


@pytest.fixture
def leads(environment: dict[str, str], tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command in an empty directory, on the test's tables; ``answer`` is what is typed."""

    def leads(
        *arguments: str, unset: Collection[str] = (), answer: str = "", **variables: str
    ) -> subprocess.CompletedProcess[str]:
        held = {name: value for name, value in {**environment, **variables}.items() if name not in unset}
        return run_leads(*arguments, environment=held, directory=tmp_path, answer=answer)

    return leads


@pytest.fixture
def workspaces(dynamodb: "DynamoDBClient", settings: Settings) -> Workspaces:
    """The workspaces in the test's tables."""
    return Workspaces(
        dynamodb,
        access_table=settings.access_table,
        leads_table=settings.leads_table,
        sleep=lambda _: None,
    )


@pytest.fixture
def post(dynamodb: "DynamoDBClient", settings: Settings) -> Callable[..., list[str]]:
    """Stores leads of some companies in a workspace, and returns their ids."""
    store = DynamoDBLeadStore(dynamodb, access_table=settings.access_table, leads_table=settings.leads_table)

    def post(workspace: str, *companies: str, **fields: object) -> list[str]:
        leads = [{"company": company, **fields} for company in companies]
        batch = Batch(workspace, new_ulid(Clock().now_ms()), "2026-11-23T08:00:00Z", leads)
        store.put(batch, soon())
        return batch.lead_ids()

    return post


@pytest.fixture(scope="session")
def server_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="session")
def server(server_directory: Path) -> Iterator[LocalState]:
    """A server that `--local` finds in its directory."""
    state_directory = server_directory / ".local"
    with running_server(server_command(state_directory), state_directory) as running:
        yield running.state


@pytest.fixture
def workspace_on(server: LocalState) -> CreateWorkspace:
    """Creates workspaces of a plan on the server."""
    return partial(create_workspace, workspaces_in(server))


@pytest.fixture
def workspace(workspace_on: CreateWorkspace) -> Workspace:
    """A new workspace on the server."""
    return workspace_on(Plan.BASIC)
