"""Several processes on one database, whose calls must be atomic."""

import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from concurrency.instances import Instance, Setup

from leads_admin.local_client import CREDENTIALS
from leads_admin.workspaces import Workspaces
from leads_core.dynamodb.schema import workspace_key
from leads_core.rate_limit import RateLimit
from leads_core.settings import Settings
from leads_dev.local.moto_dynamodb import create_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PROCESSES = 4
# A downgrade waits for ticks to end: those of this window are short, and its limit is never met.
SHORT_WINDOW = RateLimit(requests=1_000_000, window_seconds=3)


@pytest.fixture(scope="session")
def atomic_database(database: str, dynamodb_url: str) -> str:
    """The URL of a database whose calls are atomic across processes."""
    if database != "dynamodb-local":
        pytest.skip("several processes at once: only DynamoDB Local can judge (set DYNAMODB_LOCAL_URL)")
    return dynamodb_url


@pytest.fixture(scope="session")
def client(atomic_database: str) -> Iterator["DynamoDBClient"]:
    """The test's own client; it has time."""
    config = Config(connect_timeout=10, read_timeout=30)
    region, key, secret = (CREDENTIALS[name] for name in ("AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"))
    with closing(
        boto3.client(
            "dynamodb",
            endpoint_url=atomic_database,
            region_name=region,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=config,
        )
    ) as client:
        yield client


@pytest.fixture(scope="session")
def start_instance(atomic_database: str) -> Iterator[Callable[[], Instance]]:
    """Start another process. It ends with the tests at the latest."""
    with ExitStack() as started:

        def start() -> Instance:
            instance = Instance({**CREDENTIALS, "AWS_ENDPOINT_URL_DYNAMODB": atomic_database})
            started.callback(instance.end)
            return instance

        yield start


@pytest.fixture(scope="session")
def all_processes(start_instance: Callable[[], Instance]) -> list[Instance]:
    """Processes for all tests, because they start slowly: some that serve requests, and two more."""
    return [start_instance() for _ in range(PROCESSES + 2)]


@pytest.fixture
def processes(all_processes: list[Instance], start_instance: Callable[[], Instance]) -> list[Instance]:
    """The same processes, without anything that a failed test left in flight."""
    for index, instance in enumerate(all_processes):
        if instance.is_busy:
            all_processes[index] = start_instance()
    return all_processes


@pytest.fixture
def instances(processes: list[Instance]) -> list[Instance]:
    """Processes that serve requests."""
    return processes[:PROCESSES]


@pytest.fixture
def operator(processes: list[Instance]) -> Instance:
    """A process in which workspaces are administered."""
    return processes[PROCESSES]


@pytest.fixture
def victim(processes: list[Instance]) -> Instance:
    """A process to be killed."""
    return processes[PROCESSES + 1]


@pytest.fixture
def settings(client: "DynamoDBClient") -> Settings:
    """Empty tables of the test's own."""
    stack = f"test-{uuid.uuid4().hex}"
    create_tables(client, stack)
    return Settings(access_table=f"{stack}-access", leads_table=f"{stack}-leads", rate_limit=SHORT_WINDOW)


@pytest.fixture
def workspaces(client: "DynamoDBClient", settings: Settings) -> Workspaces:
    """For preparing a test: nothing else is in flight meanwhile."""
    return Workspaces(
        client,
        access_table=settings.access_table,
        leads_table=settings.leads_table,
    )


@pytest.fixture
def chance() -> random.Random:
    """Random numbers with a fixed seed. Only the order between processes is left to chance."""
    return random.Random(3)  # noqa: S311 - not for secrets


@pytest.fixture
def workspace_item(client: "DynamoDBClient", settings: Settings) -> Callable[[str], dict[str, Any]]:
    """A stored workspace, as plain values."""

    def read(workspace_id: str) -> dict[str, Any]:
        answer = client.get_item(TableName=settings.access_table, Key=workspace_key(workspace_id), ConsistentRead=True)
        return {name: value for name, typed in answer["Item"].items() for value in typed.values()}

    return read


@pytest.fixture
def setups(settings: Settings) -> list[Setup]:
    """An instance for each process, their clocks up to a second apart."""
    return [Setup(settings, skew=index * 1000 // (PROCESSES - 1)) for index in range(PROCESSES)]
