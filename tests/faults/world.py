"""A handler behind the proxy, its own workspace, and what must be true after each response."""

import json
import os
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from faults.proxy import Proxy, Step

from leads_admin.template import function_timeout_seconds
from leads_core.deadlines import Clock
from leads_core.dynamodb.schema import api_key_key, workspace_key
from leads_core.keys import hash_secret
from leads_core.plans import Plan
from leads_core.settings import Settings
from support.api import LEADS_PATH, ScannedWorkspaces
from support.clock import RunningClock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LIMIT_MS = function_timeout_seconds() * 1000
NOTHING = "The service is temporarily unavailable. Nothing was stored. Please try again later."
PERHAPS = "The service is temporarily unavailable. Some leads of this request may be stored. Please try again later."
RETRY_FINISHES = (
    "The service is temporarily unavailable. Leads of this request may be stored: send it again with the same "
    "Idempotency-Key, and each is stored once."
)
_MEMBERS = ["succeeded", "statusCode", "statusCodeDescription", "message"]
_FREE_PLAN = {
    "Reached the maximum limit of leads on the free plan.",
    "Can not have more than 5 leads on the free plan.",
}


class UnplannedError(AssertionError):
    """The request took another course than the test needs, which is not necessarily wrong."""


@dataclass(frozen=True)
class Case:
    """A request: the workspace's plan, how many leads, and whether with an Idempotency-Key."""

    plan: Plan
    lead_count: int
    has_key: bool

    def __str__(self) -> str:
        return f"{self.plan} {self.lead_count}{' once' if self.has_key else ''}"

    def companies(self) -> list[str]:
        return [f"Company {row:03d}" for row in range(self.lead_count)]

    def event(self, key: str, idempotency_key: str) -> dict[str, Any]:
        headers = {"X-API-Key": key, "Content-Type": "application/json", "Prefer": "return=representation"}
        if self.has_key:
            headers["Idempotency-Key"] = idempotency_key
        return {
            "httpMethod": "POST",
            "path": LEADS_PATH,
            "headers": headers,
            "body": json.dumps([{"company": name} for name in self.companies()]),
            "requestContext": {"requestId": "test"},
        }


CASES = [
    Case(plan, lead_count, has_key)
    for plan, lead_count in ((Plan.BASIC, 1), (Plan.BASIC, 100), (Plan.FREE, 3))
    for has_key in (False, True)
]
REPEATABLE = [case for case in CASES if case.has_key]


@dataclass
class Context:
    """Lambda's context of an invocation that ends in so many milliseconds."""

    milliseconds: int
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self._started = self.clock.monotonic()

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self.milliseconds - int((self.clock.monotonic() - self._started) * 1000))


@dataclass(frozen=True)
class Response:
    status: int
    message: str | None
    headers: Mapping[str, str]


@dataclass
class World:
    """One workspace, one handler, and a proxy between them."""

    case: Case
    handler: Callable[[Mapping[str, Any], Any], dict[str, Any]]
    proxy: Proxy
    clock: RunningClock
    workspaces: ScannedWorkspaces
    workspace_id: str
    key: str
    database: "DynamoDBClient"
    settings: Settings
    more_milliseconds: int = 0
    idempotency_key: str = field(default_factory=lambda: uuid.uuid4().hex)

    def warm_up(self) -> None:
        """Use the key once: from now on counting a request takes one call."""
        response = self.handler({**self.event(), "body": ""}, Context(LIMIT_MS, self.clock))
        if response["statusCode"] != 400:
            raise UnplannedError(f"{response} before the drill has begun")
        self.proxy.heal()

    def event(self) -> dict[str, Any]:
        return self.case.event(self.key, self.idempotency_key)

    def companies(self) -> list[str]:
        return self.case.companies()

    def held(self) -> list[str]:
        """The leads that the workspace holds, read without the proxy."""
        return sorted(str(lead["company"]) for lead in self.workspaces.scanned_leads(self.workspace_id))

    def lead_count(self) -> int:
        item = self.database.get_item(
            TableName=self.settings.access_table, Key=workspace_key(self.workspace_id), ConsistentRead=True
        )["Item"]
        return int(item["lead_count"]["N"])

    def used(self) -> int:
        """The number of requests that the key's rate limit has counted."""
        item = self.database.get_item(
            TableName=self.settings.access_table, Key=api_key_key(hash_secret(self.key)), ConsistentRead=True
        )["Item"]
        return int(item["used"]["N"])

    def send(self, milliseconds: int = LIMIT_MS) -> Response:
        """Send the request, and check what must be true of every response."""
        started = self.clock.monotonic()
        response = self.handler(self.event(), Context(milliseconds, self.clock))
        seconds = self.clock.monotonic() - started
        assert seconds < milliseconds / 1000, f"response after {seconds:.2f} s of {milliseconds} ms"
        body = json.loads(response["body"])
        status, message = body["statusCode"], body["message"]
        assert list(body) == ([*_MEMBERS, "data"] if status == 200 else _MEMBERS)
        assert response["statusCode"] == status
        assert body["succeeded"] is (status == 200)
        assert body["statusCodeDescription"] == "NONE"
        assert status in {200, 400, 401, 429, 503}, body
        if status == 503:
            assert message in ({RETRY_FINISHES} if self.case.has_key else {NOTHING, PERHAPS})
            assert int(response["headers"]["Retry-After"]) > 0
        elif status == 400:
            assert message in _FREE_PLAN
        else:
            assert message == {200: None, 401: "Invalid API key."}.get(status, message)
        self.proxy.settle()
        return Response(status, message, response["headers"])

    def check(self, response: Response, *, held_before: int = 0) -> None:
        """Check that all leads are there once, or none, or some if the response states that."""
        held = self.held()
        if response.status == 200:
            assert held == self.companies()
        elif response.message in {PERHAPS, RETRY_FINISHES}:
            assert len(held) == len(set(held))
            assert set(held) <= set(self.companies())
        else:
            assert len(held) == held_before, f"{len(held)} leads are held after {response}"
        self.check_count()

    def check_count(self) -> None:
        if self.case.plan is Plan.FREE:
            assert self.lead_count() == len(self.held())

    def expect(self, response: Response, status: int, message: str | None, *, step: Step | None = None) -> None:
        """Check that the response is this one, and that the request reached this step."""
        if (response.status, response.message) != (status, message) or step not in {None, *self.proxy.steps()}:
            raise UnplannedError(f"{response} after {self.proxy.steps()}")

    def expect_calls(self, step: Step, count: int) -> None:
        """Check how many calls this step took since the last ``heal``."""
        if self.proxy.steps().count(step) != count:
            raise UnplannedError(f"expected {count} calls of {step}: {self.proxy.steps()}")

    def try_again(self) -> Response:
        """Send the request again when the store has recovered."""
        self.proxy.heal()
        response = self.send()
        self.expect(response, 200, None)
        self.check(response)
        return response


CreateWorld = Callable[..., World]


def environment(endpoint: str) -> dict[str, str]:
    """The variables that Lambda and the template set for the function's client."""
    return {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
    }


def set_environment(endpoint: str) -> None:
    os.environ |= environment(endpoint)
