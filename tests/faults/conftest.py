"""Worlds for faults: each has a handler with the function's own client, and a proxy in front of the database."""

import logging
import os
import secrets
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import pytest
from faults.ground import Ground, Route, Routes
from faults.proxy import Proxy
from faults.world import Case, CreateWorld, World, environment

from leads_admin.local_client import local_client
from leads_admin.stack import stack_settings
from leads_api.wiring import create_handler
from leads_core.deadlines import Clock
from leads_core.dynamodb.client import create_client
from leads_core.settings import Settings
from leads_dev.local.moto_dynamodb import create_tables
from support.api import ScannedWorkspaces
from support.clock import RunningClock, RunningTime

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


# The faults are on the way to the database, so one database is enough: the strictest one available.
@pytest.fixture(scope="session", params=["dynamodb-local" if os.environ.get("DYNAMODB_LOCAL_URL") else "moto"])
def database(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def settings() -> Settings:
    return stack_settings(f"faults-{uuid.uuid4().hex}")


@pytest.fixture
def tables(dynamodb_url: str, settings: Settings) -> Iterator["DynamoDBClient"]:
    with closing(local_client(dynamodb_url)) as client:
        create_tables(client, settings.access_table.removesuffix("-access"))
        yield client


@pytest.fixture(scope="session")
def running_time() -> RunningTime:
    return RunningTime()


@pytest.fixture(autouse=True)
def no_logs() -> Iterator[None]:
    """Thousands of lines would hide what failed."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def create_world(
    database: str,
    dynamodb_url: str,
    tables: "DynamoDBClient",
    settings: Settings,
    running_time: RunningTime,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[CreateWorld]:
    environment_lock = threading.Lock()
    with ExitStack() as stack:

        def create(case: Case, **changed_settings: Any) -> World:  # noqa: ANN401 - those of Settings
            changed = settings._replace(**changed_settings)
            proxy = stack.enter_context(Proxy(dynamodb_url, keeps_tokens=database == "moto").running())
            with environment_lock:  # repeated drills create their worlds at the same time
                for name, value in environment(proxy.url).items():
                    monkeypatch.setenv(name, value)
                client = stack.enter_context(closing(create_client()))
            clock = RunningClock(Clock().now_ms(), running_time)
            workspaces = ScannedWorkspaces(tables, settings)
            workspace_id = workspaces.create_workspace("Test", case.plan)
            key = workspaces.create_key(workspace_id)
            handler = create_handler(changed, client, clock)
            world = World(case, handler, proxy, clock, workspaces, workspace_id, key, tables, changed)
            world.warm_up()
            return world

        yield create


@pytest.fixture(scope="session")
def fault_seed() -> str:
    """The seed of all randomness. A test that fails prints it, and FAULT_SEED repeats the run."""
    return os.environ.get("FAULT_SEED") or str(secrets.randbelow(1_000_000))


@pytest.fixture(scope="session")
def routes(database: str, dynamodb_url: str) -> Iterator[Routes]:
    """Clients like the function's, each behind a proxy, for all instances that run in parallel."""
    if database != "dynamodb-local":
        pytest.skip("attempts that overlap: only DynamoDB Local can judge (set DYNAMODB_LOCAL_URL)")
    with ExitStack() as stack:

        def create() -> Route:
            proxy = stack.enter_context(Proxy(dynamodb_url, keeps_tokens=False).running())
            with pytest.MonkeyPatch.context() as patch:
                for name, value in environment(proxy.url).items():
                    patch.setenv(name, value)
                return Route(proxy, stack.enter_context(closing(create_client())))

        yield Routes(create)


@pytest.fixture
def ground(routes: Routes, tables: "DynamoDBClient", settings: Settings, fault_seed: str) -> Iterator[Ground]:
    ground = Ground(settings, tables, routes, fault_seed)
    with ground.attempts:
        yield ground
