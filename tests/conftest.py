"""What several folders of tests share: a DynamoDB to work on, and how many examples properties are held to."""

import functools
import gc
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from botocore.loaders import create_loader
from hypothesis import HealthCheck, settings

from support.apis import APIS
from support.databases import DATABASES, run_on

# How fast the machine is decides nothing: examples have no deadline, and may be slow to draw.
settings.register_profile(
    "quick", max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("full", settings.get_profile("quick"), max_examples=300, stateful_step_count=40)
settings.load_profile("full" if os.environ.get("CI") else "quick")

# To `leads --local` it names a server, and tests have servers of their own.
os.environ.pop("PORT", None)

# What is started in the background ignores Ctrl-C, and so does all that it starts; a handler is not handed on.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, lambda *_: None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--api", choices=tuple(APIS), default="in-process", help="Where tests/contract sends its requests."
    )


def pytest_collection_finish() -> None:
    """Keep what was imported out of garbage collections: it stays, and is most of what they would look through."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _model_read_once() -> Iterator[None]:
    """Reading DynamoDB's model is most of the work of making a client: it is read for all of them."""
    loader = create_loader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botocore.session.create_loader", lambda *_: loader)
        yield


@pytest.fixture(scope="session", params=run_on())
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
