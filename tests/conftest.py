"""What several folders of tests share: a DynamoDB to work on."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from waitress.server import create_server

from leads_tools.local.dynamodb import emulated_dynamodb


@contextmanager
def _moto() -> Iterator[str]:
    """Moto behind a server with one thread, which makes each of its calls atomic; it ends with the process."""
    server = create_server(emulated_dynamodb(), map={}, host="127.0.0.1", port=0, threads=1, ident=None)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"  # type: ignore[union-attr]  # the stubs lack it


@contextmanager
def _dynamodb_local() -> Iterator[str]:
    yield os.environ["DYNAMODB_LOCAL_URL"]


# A further database is one more entry, and a condition for running it in the list below.
_DATABASES: dict[str, Callable[[], AbstractContextManager[str]]] = {"moto": _moto, "dynamodb-local": _dynamodb_local}
_RUN = ["dynamodb-local"] if os.environ.get("DYNAMODB_LOCAL_URL") else ["moto"]


@pytest.fixture(scope="session", params=_RUN)
def database(request: pytest.FixtureRequest) -> str:
    """Name of the database that a test runs on."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def dynamodb_url(database: str) -> Iterator[str]:
    """Where a DynamoDB answers. It is shared by all tests: take tables of your own, under a stack of your own."""
    with _DATABASES[database]() as url:
        yield url
