"""The ways to run the API. Each is a context manager that returns its URL and what is needed to use it."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from api_reference import app as api_reference
from leads_admin.local_client import CREDENTIALS, local_client
from leads_admin.stack import DEFAULT_STACK, stack_settings
from leads_api.wiring import create_handler
from leads_cli.local_state import LocalState
from leads_core.dynamodb.client import create_client
from leads_dev.local.demo import create_demo
from leads_dev.local.gateway import LocalGateway
from support.api import Context
from support.aws import emulated_aws
from support.clock import PATIENT
from support.databases import moto, serving
from support.server import options, running_server, server_command

ROOT = Path(__file__).parents[2]
# On a busy machine a request takes longer than Lambda allows.
_UNHURRIED = Context(milliseconds=300_000)


@contextmanager
def serve(directory: Path) -> Iterator[LocalState]:
    """What `make serve` starts."""
    with running_server(server_command(directory), directory) as server:
        yield server.state


@contextmanager
def in_process(_directory: Path) -> Iterator[LocalState]:
    """The functions in the test's own process, behind a server, so that their coverage can be measured."""
    with moto() as dynamodb_url, pytest.MonkeyPatch.context() as environment:
        for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_url}.items():
            environment.setenv(name, value)
        leads_api = create_handler(stack_settings(DEFAULT_STACK), create_client(PATIENT))
        client = local_client(dynamodb_url)
        settings = stack_settings(DEFAULT_STACK)
        for table in (settings.access_table, settings.leads_table):
            with suppress(client.exceptions.ResourceNotFoundException):
                client.delete_table(TableName=table)  # from another test: moto's servers in a process share tables
        basic, free = create_demo(client, DEFAULT_STACK)

        def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 - Lambda's
            if event["httpMethod"] in {"GET", "HEAD"} and event["resource"] in api_reference.ROUTES:
                return api_reference.handler(event, context)
            return leads_api(event, _UNHURRIED)

        with serving(LocalGateway(handler, log=lambda _line: None)) as url:
            yield LocalState(url, dynamodb_url, basic, free)


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
    "in-process": in_process,
    "sam-local": sam_local,
    "deployed": deployed,
}
