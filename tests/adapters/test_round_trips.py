"""How often a request waits for DynamoDB: at most twice, and not at all where the answer is known."""

import threading
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from leads_api.api import LeadsApi
from leads_api.wiring import create_handler
from leads_core.dynamodb.client import create_client
from leads_core.rate_limit import RateLimit
from leads_core.settings import Settings
from leads_tools.bench.events import API_KEY, UNKNOWN_API_KEY, ordinary_lead, post
from leads_tools.bench.stub import StubDynamoDB, stub_dynamodb

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BATCH = "BatchWriteItem"


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
def settings() -> Settings:
    return Settings(access_table="access", leads_table="leads")


@pytest.fixture
def handler(client: "DynamoDBClient", settings: Settings) -> LeadsApi:
    return create_handler(settings, client)


def send(handler: LeadsApi, count: int = 1, api_key: str = API_KEY) -> int:
    event = post([ordinary_lead(number) for number in range(count)], api_key)
    status: int = handler(event, Context())["statusCode"]
    return status


def operations(stub: StubDynamoDB) -> list[str]:
    return [operation for operation, _ in stub.calls]


def test_an_accepted_lead_takes_two(stub: StubDynamoDB, handler: LeadsApi) -> None:
    assert send(handler) == 200
    assert operations(stub) == ["UpdateItem", BATCH]


def test_a_hundred_leads_take_no_more_one_after_the_other(
    stub: StubDynamoDB, client: "DynamoDBClient", handler: LeadsApi
) -> None:
    together = threading.Barrier(4)

    def wait_for_the_others(**_: Any) -> None:  # noqa: ANN401
        together.wait(timeout=20)  # one that comes when another has ended would never be joined

    client.meta.events.register(f"before-send.dynamodb.{BATCH}", wait_for_the_others)

    assert send(handler, 100) == 200
    assert operations(stub) == ["UpdateItem", BATCH, BATCH, BATCH, BATCH]


def test_an_unknown_key_takes_one(stub: StubDynamoDB, handler: LeadsApi) -> None:
    assert send(handler, api_key=UNKNOWN_API_KEY) == 401
    assert operations(stub) == ["UpdateItem"]


@pytest.mark.parametrize("api_key", ["", "cdz_", API_KEY[:-1] + "?", API_KEY[:-1] + "0"])
def test_an_impossible_key_takes_none(stub: StubDynamoDB, handler: LeadsApi, api_key: str) -> None:
    assert send(handler, api_key=api_key) == 401
    assert operations(stub) == []


def test_a_limit_that_is_known_to_be_reached_takes_none(
    stub: StubDynamoDB, client: "DynamoDBClient", settings: Settings
) -> None:
    limited = Settings(settings.access_table, settings.leads_table, rate_limit=RateLimit(1, 300))
    handler = create_handler(limited, client)
    assert send(handler) == 200
    stub.calls.clear()

    assert send(handler) == 429
    assert operations(stub) == []
