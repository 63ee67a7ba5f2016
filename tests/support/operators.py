"""An operator of the tables that a service uses, with hooks for tests."""

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from leads_admin.in_flight import CLOCK_MARGIN_SECONDS
from leads_admin.template import function_timeout_seconds
from leads_admin.workspaces import Workspaces
from leads_core import keys
from leads_core.admission import Admission
from leads_core.deadlines import Clock
from leads_core.dynamodb.key_store import DynamoDBKeyStore
from leads_core.dynamodb.lead_store import DynamoDBLeadStore
from leads_core.dynamodb.schema import api_key_key, workspace_key
from leads_core.intake import Batch, PlanUse
from leads_core.plans import Plan
from leads_core.rate_limit import RateLimit
from leads_core.settings import Settings
from leads_core.ulids import new_ulid
from support.clock import soon

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# A request may take so long after the last use of its key, which is recorded in whole seconds. No wait is longer.
SHORTEST_WAIT = function_timeout_seconds() - 0.5
LONGEST_WAIT = function_timeout_seconds() + CLOCK_MARGIN_SECONDS
RATE_LIMIT = RateLimit(requests=1000, window_seconds=300)
A_LEAD = "01M83QHZX06B68476KBMMNZ82K-000"
ULID_TIMES = itertools.count(1_795_420_800_000)


class Operator:
    """The administration of workspaces, and a service that uses the same tables."""

    def __init__(self, client: "DynamoDBClient", settings: Settings) -> None:
        self.client = client
        self.settings = settings
        self.slept: list[float] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.leads = DynamoDBLeadStore(client, access_table=settings.access_table, leads_table=settings.leads_table)
        self.workspaces = Workspaces(
            client,
            access_table=settings.access_table,
            leads_table=settings.leads_table,
            sleep=self._sleep,
        )

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.meanwhile()

    def workspace(self, plan: Plan, *, leads: int = 0) -> str:
        """A workspace that holds some leads."""
        workspace_id = self.workspaces.create_workspace("Acme", plan)
        if leads:
            self.post(workspace_id, leads)
        return workspace_id

    def post(self, workspace_id: str, count: int, **fields: Any) -> list[str]:  # noqa: ANN401 - those of a lead
        """Store leads with a request that was admitted on the basic plan."""
        batch = self._batch(workspace_id, count, **fields)
        self.leads.put(batch, soon())
        return batch.lead_ids()

    def post_on_free_plan(self, workspace_id: str, count: int) -> PlanUse | None:
        """Store leads with a request that was admitted on the free plan."""
        return self.leads.put_counted(self._batch(workspace_id, count), Plan.FREE, 5, soon())

    def admit(self, secret: str, *, after: int = 0) -> Any:  # noqa: ANN401
        """The result of a request with a key now, or so many milliseconds later."""
        admission = Admission(DynamoDBKeyStore(self.client, self.settings.access_table), RATE_LIMIT)
        return admission.admit(secret, now_ms=Clock().now_ms() + after, deadline=soon())

    def everything(self) -> str:
        """The content of both tables."""
        tables = (self.settings.access_table, self.settings.leads_table)
        return str([self.client.scan(TableName=table, ConsistentRead=True)["Items"] for table in tables])

    def item(self, key: dict[str, Any]) -> dict[str, Any]:
        """An item of the access table, as plain values."""
        item = self.client.get_item(TableName=self.settings.access_table, Key=key, ConsistentRead=True)["Item"]
        return {name: value for name, typed in item.items() for value in typed.values()}

    def workspace_item(self, workspace_id: str) -> dict[str, Any]:
        return self.item(workspace_key(workspace_id))

    def key_item(self, secret: str) -> dict[str, Any]:
        return self.item(api_key_key(keys.hash_secret(secret)))

    @staticmethod
    def _batch(workspace_id: str, count: int, **fields: Any) -> Batch:  # noqa: ANN401 - those of a lead
        leads = [{"company": f"Company {row}", **fields} for row in range(count)]
        return Batch(workspace_id, new_ulid(next(ULID_TIMES)), "2026-11-23T08:00:00Z", leads)


class KilledError(BaseException):
    """Ends an operation immediately."""


def once(operator: Operator, operation: str, act: Callable[[], object]) -> None:
    """Run an action just before the operator's next call of an operation."""
    turn = itertools.count()

    def before_call(**_: Any) -> None:  # noqa: ANN401
        if next(turn) == 0:
            act()

    operator.client.meta.events.register(f"before-call.dynamodb.{operation}", before_call)
