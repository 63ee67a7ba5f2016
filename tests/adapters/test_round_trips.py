"""How often a request waits for DynamoDB: usually twice, and not at all if the outcome is known."""

import threading
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from leads_admin.workspaces import Workspaces
from leads_api.api import LeadsApi
from leads_api.wiring import create_handler
from leads_bench.sample_requests import API_KEY, UNKNOWN_API_KEY, ordinary_lead, post
from leads_bench.stub import StubDynamoDB, stub_dynamodb
from leads_core.dynamodb.client import create_client
from leads_core.plans import Plan
from leads_core.rate_limit import RateLimit
from leads_core.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BATCH = "BatchWriteItem"
STUB_SETTINGS = Settings(access_table="access", leads_table="leads")


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 10_000


@pytest.fixture
def stub() -> Iterator[StubDynamoDB]:
    with stub_dynamodb(API_KEY, keeps_calls=True) as running:
        yield running


@pytest.fixture
def client(stub: StubDynamoDB, monkeypatch: pytest.MonkeyPatch) -> Iterator["DynamoDBClient"]:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", stub.url)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with closing(create_client()) as created:
        yield created


@pytest.fixture
def handler(client: "DynamoDBClient") -> LeadsApi:
    return create_handler(STUB_SETTINGS, client)


def send(handler: LeadsApi, count: int = 1, api_key: str = API_KEY, *, dry_run: bool = False, **headers: str) -> int:
    event = post([ordinary_lead(number) for number in range(count)], api_key)
    event["multiValueHeaders"] |= {name.replace("_", "-"): [value] for name, value in headers.items()}
    event["multiValueQueryStringParameters"] = {"dryRun": ["true"]} if dry_run else None
    status: int = handler(event, Context())["statusCode"]
    return status


def operations(stub: StubDynamoDB) -> list[str]:
    return [operation for operation, _ in stub.calls]


def test_an_accepted_lead_takes_two_round_trips(stub: StubDynamoDB, handler: LeadsApi) -> None:
    assert send(handler) == 200
    assert operations(stub) == ["UpdateItem", BATCH]


class CallsAnsweredTogether(list[tuple[str, dict[str, Any]]]):
    """Calls of a stub, which responds to four batches only when all four have arrived."""

    def __init__(self) -> None:
        super().__init__()
        self._together = threading.Barrier(4)

    def append(self, call: tuple[str, dict[str, Any]]) -> None:
        super().append(call)
        if call[0] == BATCH:
            self._together.wait(timeout=60)


def test_the_batches_of_a_hundred_leads_are_sent_in_parallel(stub: StubDynamoDB, handler: LeadsApi) -> None:
    stub.calls = CallsAnsweredTogether()

    assert send(handler, 100) == 200
    assert operations(stub) == ["UpdateItem", BATCH, BATCH, BATCH, BATCH]
    assert stub.connections == 4, "the first batch takes the connection that counted the request"


def test_an_unknown_key_takes_one_round_trip(stub: StubDynamoDB, handler: LeadsApi) -> None:
    assert send(handler, api_key=UNKNOWN_API_KEY) == 401
    assert operations(stub) == ["UpdateItem"]


@pytest.mark.parametrize("api_key", ["", "cdz_", API_KEY[:-1] + "?", API_KEY[:-1] + "0"])
def test_a_malformed_key_takes_no_round_trip(stub: StubDynamoDB, handler: LeadsApi, api_key: str) -> None:
    assert send(handler, api_key=api_key) == 401
    assert operations(stub) == []


def test_a_limit_that_is_known_to_be_reached_takes_no_round_trip(stub: StubDynamoDB, client: "DynamoDBClient") -> None:
    handler = create_handler(STUB_SETTINGS._replace(rate_limit=RateLimit(1, 300)), client)
    assert send(handler) == 200
    stub.calls.clear()

    assert send(handler) == 429
    assert operations(stub) == []


@pytest.mark.parametrize(
    ("plan", "first", "repeat", "dry_run"),
    [
        (Plan.BASIC, ["UpdateItem", BATCH, "UpdateItem"], ["UpdateItem"], ["GetItem"]),
        (Plan.FREE, ["GetItem", "TransactWriteItems"], ["GetItem", "UpdateItem"], ["GetItem", "GetItem"]),
    ],
)
def test_an_idempotency_key_takes_one_more_round_trip_and_two_on_the_basic_plan(  # noqa: PLR0913
    dynamodb: "DynamoDBClient",
    settings: Settings,
    workspaces: Workspaces,
    calls: list[tuple[str, dict[str, Any]]],
    *,
    plan: Plan,
    first: list[str],
    repeat: list[str],
    dry_run: list[str],
) -> None:
    key = workspaces.create_key(workspaces.create_workspace("Acme", plan))
    handler = create_handler(settings, dynamodb)

    def taken(*, dry_run: bool = False) -> list[str]:
        assert send(handler, 1, key) == 200  # so that the key's tick has begun
        calls.clear()
        assert send(handler, 1, key, dry_run=dry_run, Idempotency_Key="order 1") == 200
        return [operation for operation, _ in calls]

    assert taken(dry_run=True) == ["UpdateItem", *dry_run]
    assert taken() == ["UpdateItem", *first]
    assert taken() == ["UpdateItem", *repeat]
