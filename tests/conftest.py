"""What several folders of tests share: a DynamoDB to work on."""

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from leads_dev.local.dynamodb_local import URL_VARIABLE
from support.apis import APIS
from support.databases import DATABASES, MINISTACK_PYTHON

_NO_MINISTACK = pytest.mark.skipif(
    not MINISTACK_PYTHON.exists(), reason="MiniStack is not installed: `make test` does that"
)
_RUN = ["dynamodb-local"] if os.environ.get(URL_VARIABLE) else ["moto", pytest.param("ministack", marks=_NO_MINISTACK)]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--api", choices=tuple(APIS), default="serve", help="Where tests/contract sends its requests.")


@pytest.fixture(scope="session", params=_RUN)
def database(request: pytest.FixtureRequest) -> str:
    """Name of the database that a test runs on."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def url_of() -> Iterator[Callable[[str], str]]:
    """Start a database when it is asked for, once, and end it with the tests."""
    with ExitStack() as running:
        yield functools.cache(lambda name: running.enter_context(DATABASES[name]()))


@pytest.fixture(scope="session")
def dynamodb_url(database: str, url_of: Callable[[str], str]) -> str:
    """Where a DynamoDB answers. It is shared by all tests: take tables of your own, under a stack of your own."""
    return url_of(database)
