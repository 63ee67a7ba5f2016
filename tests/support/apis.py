"""The ways to run the API, each as a context that gives where it answers, and what to use it with."""

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from leads_admin.stack import DEFAULT_STACK
from leads_cli.local_state import LocalState
from support.aws import emulated_aws
from support.server import options, running_server, server_command

ROOT = Path(__file__).parents[2]


@contextmanager
def serve(directory: Path) -> Iterator[LocalState]:
    """What `make serve` starts."""
    with running_server(server_command(directory), directory) as server:
        yield server.state


def sam_local_command(directory: Path) -> list[str]:
    """What `make sam-local` runs, on free ports."""
    return [sys.executable, "-m", "leads_dev.local.sam", *options(directory)]


@contextmanager
def sam_local(directory: Path) -> Iterator[LocalState]:
    """What `make sam-local` starts, once it is built."""
    with running_server(sam_local_command(directory), directory, cwd=ROOT) as server:
        yield server.state


@contextmanager
def deployed(_directory: Path) -> Iterator[LocalState]:
    """A stack in an emulated AWS, with workspaces that the `leads` command has made."""
    with emulated_aws() as aws:
        yield aws.deploy(DEFAULT_STACK).state()


APIS: dict[str, Callable[[Path], AbstractContextManager[LocalState]]] = {
    "serve": serve,
    "sam-local": sam_local,
    "deployed": deployed,
}
