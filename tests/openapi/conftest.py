"""The description of the API, the programs that read it, and an API to compare it with."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from leads_cli.local_state import LocalState
from leads_dev.generate import OPENAPI_JSON
from support.server import running_server, server_command

VENV = Path(__file__).parents[2] / ".venv"
PROGRAMS = f"{VENV}/openapi/bin:{VENV}/node/node_modules/.bin"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a program in a folder with a copy of the description, ``openapi.json``. All its output is in ``stdout``.

    `make test-openapi` has installed the program, or it is one of this machine.
    """
    shutil.copy(OPENAPI_JSON, tmp_path)
    path = f"{PROGRAMS}:{os.environ['PATH']}"

    def run(name: str | Path, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        program = shutil.which(name, path=path)
        assert program, f"{name} is not there: make test-openapi installs it."
        return subprocess.run(
            [program, *arguments],
            cwd=tmp_path,
            env={"PATH": path, "HOME": str(tmp_path), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    return run


@pytest.fixture
def api(tmp_path: Path) -> Iterator[LocalState]:
    """A local server with a rate limit that tests do not reach."""
    environment = os.environ | {"RATE_LIMIT_REQUESTS": "1000000"}
    with running_server(server_command(tmp_path), tmp_path, environment=environment) as server:
        yield server.state
