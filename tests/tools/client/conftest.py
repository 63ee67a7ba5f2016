"""The local server, a workspace on it, and a client with the workspace's key."""

from collections.abc import Iterator
from functools import partial

import pytest

from leads_cli.local_state import LocalState
from leads_client import LeadsClient
from leads_core.plans import Plan
from support.api import CreateWorkspace, Workspace, create_workspace, workspaces_in
from support.scripted_server import Waits, never_wait
from support.server import running_server, server_command


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalState]:
    directory = tmp_path_factory.mktemp("server")
    with running_server(server_command(directory), directory) as running:
        yield running.state


@pytest.fixture
def workspace_on(server: LocalState) -> CreateWorkspace:
    return partial(create_workspace, workspaces_in(server))


@pytest.fixture
def workspace(workspace_on: CreateWorkspace) -> Workspace:
    return workspace_on(Plan.BASIC)


@pytest.fixture
def client(server: LocalState, workspace: Workspace) -> Iterator[LeadsClient]:
    with LeadsClient(server.url, workspace.key, sleep=never_wait) as client:
        yield client


@pytest.fixture
def waits() -> Waits:
    return Waits()
