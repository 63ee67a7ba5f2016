"""A pair of empty tables in each of the databases, and ways to disturb the calls to it."""

import io
import itertools
import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError

from leads_admin.local_client import CREDENTIALS
from leads_admin.stack import stack_settings
from leads_admin.workspaces import Workspaces
from leads_core.dynamodb.client import create_client
from leads_core.dynamodb.lead_store import DynamoDBLeadStore
from leads_core.plans import Plan
from leads_core.settings import Settings
from leads_dev.local.moto_dynamodb import create_tables
from support.clock import PATIENT, VirtualClock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def not_moto(database: str) -> None:
    """Skip a test where moto differs from DynamoDB."""
    if database == "moto":
        pytest.skip("moto is no judge of this; the other databases are")


@pytest.fixture
def stack() -> str:
    """A stack of the test's own."""
    return f"test-{uuid.uuid4().hex}"


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def dynamodb(dynamodb_url: str, stack: str, monkeypatch: pytest.MonkeyPatch) -> Iterator["DynamoDBClient"]:
    """The function's own client, on a pair of empty tables."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_url}.items():
        monkeypatch.setenv(name, value)
    with closing(create_client(PATIENT)) as client:
        create_tables(client, stack)
        yield client


@pytest.fixture
def settings(stack: str) -> Settings:
    """Names of the tables."""
    return stack_settings(stack)


@pytest.fixture
def workspaces(dynamodb: "DynamoDBClient", settings: Settings) -> Workspaces:
    return Workspaces(
        dynamodb,
        access_table=settings.access_table,
        leads_table=settings.leads_table,
        sleep=lambda _: None,
    )


@pytest.fixture
def store(dynamodb: "DynamoDBClient", settings: Settings) -> DynamoDBLeadStore:
    return DynamoDBLeadStore(dynamodb, access_table=settings.access_table, leads_table=settings.leads_table)


@pytest.fixture
def free_workspace(workspaces: Workspaces) -> str:
    return workspaces.create_workspace("Acme", Plan.FREE)


class _Body(io.BytesIO):
    def stream(self) -> Iterator[bytes]:
        yield self.read()


@pytest.fixture
def refuse(dynamodb: "DynamoDBClient") -> Callable[..., None]:
    """Make calls of an operation fail before they have an effect: the first ``times`` of them, or all.

    ``when`` selects them by the text of their body. ``members`` are further members of the error.
    """

    def refuse(
        operation: str,
        code: str,
        *,
        status: int = 400,
        times: float = float("inf"),
        when: Callable[[str], bool] = lambda _: True,
        **members: object,
    ) -> None:
        refused = 0

        def respond(request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:  # noqa: ANN401
            nonlocal refused
            if refused >= times or not when(_text(request.body)):
                return None
            refused += 1
            error = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "Injected."}
            body = json.dumps(error | members).encode()
            return AWSResponse(request.url, status, HTTPHeaders(), _Body(body))

        # The stubs know no handlers that return a response.
        dynamodb.meta.events.register(f"before-send.dynamodb.{operation}", respond)  # type: ignore[arg-type]

    return refuse


@pytest.fixture
def lose_responses(dynamodb: "DynamoDBClient") -> Callable[..., None]:
    """Drop the connection after each of the first ``times`` calls of an operation took effect."""

    def lose_responses(operation: str, *, times: float = 1) -> None:
        turn = itertools.count()

        def drop(**_: Any) -> None:  # noqa: ANN401
            if next(turn) < times:
                raise ConnectionClosedError(endpoint_url=dynamodb.meta.endpoint_url)

        dynamodb.meta.events.register(f"after-call.dynamodb.{operation}", drop)

    return lose_responses


@pytest.fixture
def calls(dynamodb: "DynamoDBClient") -> list[tuple[str, dict[str, Any]]]:
    """Every call from now on, as operation and arguments."""
    made: list[tuple[str, dict[str, Any]]] = []

    def record(request: AWSRequest, operation_name: str, **_: Any) -> None:  # noqa: ANN401
        made.append((operation_name, json.loads(_text(request.data))))

    dynamodb.meta.events.register("request-created.dynamodb", record)
    return made


def _text(body: object) -> str:
    return body.decode() if isinstance(body, bytes) else str(body)
