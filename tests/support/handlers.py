"""The function's handler on tables in memory, on a clock that runs only while a call is made."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from leads_api.api import LeadsApi
from leads_api.wiring import create_handler
from leads_core import keys
from leads_core.dynamodb.schema import api_key_key, workspace_key
from leads_core.plans import Plan
from leads_core.settings import Settings
from support.api import LEADS_PATH, Context
from support.clock import VirtualClock
from support.tables import Item, Kind, Tables, TablesClient

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEY = keys.with_checksum("cdz_" + "0123456789" * 4 + "abc")
SETTINGS = Settings(access_table="access", leads_table="leads")


class TimedClient(TablesClient):
    """A client whose calls take time. It records when they began."""

    def __init__(self, tables: Tables, clock: VirtualClock) -> None:
        super().__init__(tables)
        self.clock = clock
        self.begun: list[tuple[Kind, float]] = []
        # How long the next call takes, and its error.
        self.next_call: Callable[[Kind], tuple[float, Exception | None]] = lambda _kind: (0, None)

    def call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        kind = Kind.of(operation, arguments)
        self.begun.append((kind, self.clock.seconds))
        seconds, failure = self.next_call(kind)
        self.clock.seconds += seconds
        if failure:
            raise failure
        return super().call(operation, arguments)

    def kinds(self) -> list[Kind]:
        return [kind for kind, _ in self.begun]


class Api:
    """Its own workspace with an API key, and the handler."""

    def __init__(self, plan: Plan) -> None:
        self.clock = VirtualClock()
        self.tables = Tables()
        self.client = TimedClient(self.tables, self.clock)
        self._workspace = {**workspace_key("workspace"), "plan": {"S": plan}, "lead_count": {"N": "0"}}
        self._key = {
            **api_key_key(keys.hash_secret(KEY)),
            "workspace_id": {"S": "workspace"},
            "plan": {"S": plan},
            "tick": {"N": "0"},
            "used": {"N": "0"},
        }
        for item in (self._workspace, self._key):
            self.tables.put(SETTINGS.access_table, item)
        self._handler: LeadsApi = create_handler(SETTINGS, cast("DynamoDBClient", self.client), self.clock)

    def send(
        self,
        body: str = "[{}]",
        *,
        milliseconds: int = 10_000,
        headers: Mapping[str, str] | None = None,
        **event: object,
    ) -> tuple[int, str | None]:
        """Status and message of the response."""
        response = self._handler(
            {
                "httpMethod": "POST",
                "path": LEADS_PATH,
                "headers": {"X-API-Key": KEY, **(headers or {})},
                "body": body,
                "requestContext": {"requestId": "test"},
                **event,
            },
            Context(milliseconds),
        )
        return response["statusCode"], json.loads(response["body"])["message"]

    def leads(self) -> list[Item]:
        return self.tables.items(SETTINGS.leads_table)

    def records(self) -> list[Item]:
        return [item for item in self.tables.items(SETTINGS.access_table) if "batch_id" in item]
