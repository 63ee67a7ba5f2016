"""Shared by several folders of tests: a DynamoDB, and the number of examples for property tests."""

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

# No test depends on the speed of the machine: examples have no deadline, and may be drawn slowly.
settings.register_profile(
    "quick", max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("full", settings.get_profile("quick"), max_examples=300, stateful_step_count=40)
settings.load_profile("full" if os.environ.get("CI") else "quick")

# Their checks are in modules that are not tests, and a failure shows what was compared.
pytest.register_assert_rewrite("concurrency", "faults")

# It selects a server for `leads --local`, but tests have their own servers.
os.environ.pop("PORT", None)

# Background processes and their children ignore Ctrl-C. A handler, unlike SIG_IGN, is not inherited.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, lambda *_: None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--api", choices=tuple(APIS), default="in-process", help="Where tests/contract sends its requests."
    )


def pytest_collection_finish() -> None:
    """Exclude imported modules from garbage collections: they stay, and would take most of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _model_read_once() -> Iterator[None]:
    """Read DynamoDB's model once for all clients, because that is most of the work of creating one."""
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
    """Start each database on first use, once, and stop it with the tests."""
    with ExitStack() as running:
        yield functools.cache(lambda name: running.enter_context(DATABASES[name]()))


@pytest.fixture(scope="session")
def dynamodb_url(database: str, url_of: Callable[[str], str]) -> str:
    """The URL of a DynamoDB. All tests share it: use your own tables, under your own stack."""
    return url_of(database)
