"""A client with the key of the test's workspace."""

from collections.abc import Iterator

import pytest

from leads_cli.local_state import LocalState
from leads_client import LeadsClient
from support.api import Workspace
from support.scripted_server import Waits, never_wait


@pytest.fixture
def client(server: LocalState, workspace: Workspace) -> Iterator[LeadsClient]:
    with LeadsClient(server.url, workspace.key, sleep=never_wait) as client:
        yield client


@pytest.fixture
def waits() -> Waits:
    return Waits()
