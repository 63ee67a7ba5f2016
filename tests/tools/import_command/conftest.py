"""The command, with the key of the test's workspace."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from leads_cli.local_state import LocalState
from support.api import Workspace
from support.import_command import Leads, Proxy


@pytest.fixture
def proxy(server: LocalState) -> Iterator[Proxy]:
    proxy = Proxy(server.url)
    yield proxy
    proxy.close()


@pytest.fixture
def leads(proxy: Proxy, workspace: Workspace, tmp_path: Path) -> Leads:
    return Leads(tmp_path, proxy, workspace)
