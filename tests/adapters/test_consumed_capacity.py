"""The capacity units that requests consume, as DynamoDB reports them. docs/cost.md multiplies these numbers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from leads_admin.keys import generate_secret
from leads_admin.workspaces import Workspaces
from leads_api.wiring import create_handler
from leads_core.plans import Plan
from leads_core.rate_limit import RateLimit
from leads_core.settings import Settings
from support.api import LEADS_PATH, DirectApi
from support.clock import SetClock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOW = 1_795_420_800_000  # 2026-11-23T08:00:00Z
TICK_SECONDS = 5
KB = 1024

BAD_LEAD = {"email": "x" * 125}

# moto's units are invented: an update costs half a unit, and a batch of any size one unit.
pytestmark = pytest.mark.usefixtures("not_moto")


@dataclass(frozen=True)
class Units:
    """The units that a request consumed.

    For a write whose condition failed, no response reports units. DynamoDB bills it by the size of the item, and all
    these items are smaller than 1 KB: so each counts as one unit.
    """

    access_writes: float = 0
    lead_writes: float = 0
    reads: float = 0
    refused_writes: int = 0


class Meter:
    """Requests the units of each call, and adds them up."""

    def __init__(self, client: "DynamoDBClient", settings: Settings) -> None:
        self._access_table = settings.access_table
        self._consumed: list[Units] = []
        client.meta.events.register("provide-client-params.dynamodb", self._ask)
        client.meta.events.register("after-call.dynamodb", self._add)

    def take(self) -> Units:
        """The units since the last call of this method."""
        consumed, self._consumed = self._consumed, []
        return Units(
            access_writes=sum(units.access_writes for units in consumed),
            lead_writes=sum(units.lead_writes for units in consumed),
            reads=sum(units.reads for units in consumed),
            refused_writes=sum(units.refused_writes for units in consumed),
        )

    def _ask(self, params: dict[str, Any], **_: Any) -> None:  # noqa: ANN401
        params["ReturnConsumedCapacity"] = "TOTAL"

    def _add(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:  # noqa: ANN401
        if "Error" in parsed:
            assert parsed["Error"]["Code"] == "ConditionalCheckFailedException"
            self._consumed.append(Units(refused_writes=1))
            return
        tables = parsed["ConsumedCapacity"]
        for table in tables if isinstance(tables, list) else [tables]:
            units = table["CapacityUnits"]
            if model.name == "GetItem":
                self._consumed.append(Units(reads=units))
            elif table["TableName"] == self._access_table:
                self._consumed.append(Units(access_writes=units))
            else:
                self._consumed.append(Units(lead_writes=units))


class Deployment:
    """Workspaces, and the function, on a clock that stands still."""

    def __init__(self, client: "DynamoDBClient", settings: Settings, workspaces: Workspaces) -> None:
        self.clock = SetClock(NOW)
        self.key_of = {plan: workspaces.create_key(workspaces.create_workspace("Acme", plan)) for plan in Plan}
        self._client = client
        self._settings = settings
        self._meter = Meter(client, settings)

    def new_instance(self, **changed_settings: Any) -> DirectApi:  # noqa: ANN401 - those of Settings
        """An instance of the function that has seen no request yet."""
        settings = self._settings._replace(**changed_settings)
        return DirectApi(create_handler(settings, self._client, self.clock), self.clock, self._client)

    def instance(self, **changed_settings: Any) -> DirectApi:  # noqa: ANN401 - those of Settings
        """An instance that knows both keys, and has begun the current tick."""
        instance = self.new_instance(**changed_settings)
        for key in self.key_of.values():
            self.units_of(instance, key, [BAD_LEAD], status=400)
        return instance

    def units_of(
        self,
        instance: DirectApi,
        key: str,
        leads: Sequence[Mapping[str, Any]],
        *,
        status: int = 200,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Units:
        """Send a request, and check the status of its response."""
        self._meter.take()
        answer = instance.send(
            {
                "httpMethod": "POST",
                "path": LEADS_PATH,
                "headers": {"X-API-Key": key, **(headers or {})},
                "queryStringParameters": query,
                "body": json.dumps(leads),
                "requestContext": {"requestId": "test"},
            }
        )
        assert answer["statusCode"] == status, answer["body"]
        return self._meter.take()


@pytest.fixture
def deployment(dynamodb: "DynamoDBClient", settings: Settings, workspaces: Workspaces) -> Deployment:
    return Deployment(dynamodb, settings, workspaces)


@pytest.fixture
def basic(deployment: Deployment) -> str:
    """A key on the basic plan."""
    return deployment.key_of[Plan.BASIC]


@pytest.fixture
def free(deployment: Deployment) -> str:
    """A key on the free plan."""
    return deployment.key_of[Plan.FREE]


@pytest.fixture
def counts_transactions(database: str) -> None:
    """DynamoDB bills each item of a transaction at twice the units of its write, as its documentation states."""
    if database == "dynamodb-local":
        pytest.skip(
            "DynamoDB Local reports 4 units a KB, and items of the same size in a transaction once; MiniStack 2"
        )


def lead_of(size: int) -> dict[str, str]:
    """A lead of so many stored bytes: 102 of them are its keys, its date and its employeeCount."""
    return {"notes": "x" * (size - 102 - len("notes"))}


LEAD = lead_of(640)


def test_a_request_with_a_lead_costs_one_unit_for_the_request_and_one_for_the_lead(
    deployment: Deployment, basic: str
) -> None:
    assert deployment.units_of(deployment.instance(), basic, [LEAD]) == Units(access_writes=1, lead_writes=1)


@pytest.mark.parametrize("count", [25, 26, 100])
def test_the_leads_of_a_request_share_the_requests_unit(deployment: Deployment, basic: str, count: int) -> None:
    units = deployment.units_of(deployment.instance(), basic, [LEAD] * count)

    assert units == Units(access_writes=1, lead_writes=count)


@pytest.mark.parametrize(
    ("size", "kb_begun"), [(110, 1), (400, 1), (KB, 1), (KB + 1, 2), (2 * KB, 2), (2 * KB + 1, 3), (7000, 7)]
)
def test_a_lead_costs_one_unit_per_started_kb(deployment: Deployment, basic: str, size: int, kb_begun: int) -> None:
    units = deployment.units_of(deployment.instance(), basic, [lead_of(size)])

    assert units == Units(access_writes=1, lead_writes=kb_begun)


def test_an_instance_that_knows_the_key_begins_a_tick_for_one_unit(deployment: Deployment, basic: str) -> None:
    instance = deployment.instance()
    instance.wait(TICK_SECONDS)

    assert deployment.units_of(instance, basic, [LEAD]) == Units(access_writes=1, lead_writes=1)


def test_an_instance_that_does_not_know_the_key_joins_a_tick_for_one_unit(deployment: Deployment, basic: str) -> None:
    deployment.instance()

    assert deployment.units_of(deployment.new_instance(), basic, [LEAD]) == Units(access_writes=1, lead_writes=1)


def test_an_instance_that_does_not_know_the_key_begins_a_tick_with_a_refused_count(
    deployment: Deployment, basic: str
) -> None:
    deployment.instance()
    newcomer = deployment.new_instance()
    newcomer.wait(TICK_SECONDS)

    units = deployment.units_of(newcomer, basic, [LEAD])

    assert units == Units(access_writes=1, refused_writes=1, lead_writes=1)


def test_an_idempotency_key_costs_two_units_more(deployment: Deployment, basic: str) -> None:
    units = deployment.units_of(deployment.instance(), basic, [LEAD] * 100, headers={"Idempotency-Key": "order 1"})

    assert units == Units(access_writes=1 + 2, lead_writes=100)


def test_a_repeat_costs_the_requests_unit_and_one_for_its_record(deployment: Deployment, basic: str) -> None:
    instance, headers = deployment.instance(), {"Idempotency-Key": "order 1"}
    deployment.units_of(instance, basic, [LEAD] * 100, headers=headers)

    units = deployment.units_of(instance, basic, [LEAD] * 100, headers=headers)

    assert units == Units(access_writes=2)


def test_another_body_under_an_idempotency_key_costs_the_requests_unit_and_a_refused_one(
    deployment: Deployment, basic: str
) -> None:
    instance, headers = deployment.instance(), {"Idempotency-Key": "order 1"}
    deployment.units_of(instance, basic, [LEAD], headers=headers)

    units = deployment.units_of(instance, basic, [LEAD] * 2, headers=headers, status=422)

    assert units == Units(access_writes=1, refused_writes=1)


@pytest.mark.usefixtures("counts_transactions")
@pytest.mark.parametrize(("count", "size", "lead_units"), [(1, 640, 2), (5, 640, 10), (2, KB, 4), (2, KB + 1, 8)])
def test_on_the_free_plan_leads_cost_twice_as_much_and_their_count_two_units(
    deployment: Deployment, free: str, count: int, size: int, lead_units: int
) -> None:
    units = deployment.units_of(deployment.instance(), free, [lead_of(size)] * count)

    assert units == Units(access_writes=1 + 2, lead_writes=lead_units)


@pytest.mark.usefixtures("counts_transactions")
def test_on_the_free_plan_an_idempotency_key_costs_two_units_and_a_read_more(deployment: Deployment, free: str) -> None:
    units = deployment.units_of(deployment.instance(), free, [LEAD], headers={"Idempotency-Key": "order 1"})

    assert units == Units(access_writes=1 + 2 + 2, lead_writes=2, reads=1)


@pytest.mark.usefixtures("counts_transactions")
def test_a_repeat_on_the_free_plan_costs_a_read_more(deployment: Deployment, free: str) -> None:
    instance, headers = deployment.instance(), {"Idempotency-Key": "order 1"}
    deployment.units_of(instance, free, [LEAD], headers=headers)

    assert deployment.units_of(instance, free, [LEAD], headers=headers) == Units(access_writes=2, reads=1)


@pytest.mark.parametrize(("plan", "reads"), [(Plan.BASIC, 0), (Plan.FREE, 1)])
@pytest.mark.parametrize(("headers", "more_reads"), [({}, 0), ({"Idempotency-Key": "order 1"}, 1)])
def test_a_dry_run_costs_the_requests_unit_and_its_reads(
    deployment: Deployment, plan: Plan, reads: int, headers: Mapping[str, str], more_reads: int
) -> None:
    key, query = deployment.key_of[plan], {"dryRun": "true"}

    units = deployment.units_of(deployment.instance(), key, [LEAD], query=query, headers=headers)

    assert units == Units(access_writes=1, reads=reads + more_reads)


def test_a_refused_body_costs_the_requests_unit(deployment: Deployment, basic: str) -> None:
    units = deployment.units_of(deployment.instance(), basic, [LEAD, BAD_LEAD], status=400)

    assert units == Units(access_writes=1)


def test_an_unknown_key_costs_a_refused_count(deployment: Deployment) -> None:
    units = deployment.units_of(deployment.instance(), generate_secret(), [LEAD], status=401)

    assert units == Units(refused_writes=1)


def test_a_malformed_key_costs_nothing(deployment: Deployment) -> None:
    assert deployment.units_of(deployment.instance(), "guess", [LEAD], status=401) == Units()


def test_a_key_over_its_limit_costs_one_refused_count_per_tick(deployment: Deployment, basic: str) -> None:
    instance = deployment.instance(rate_limit=RateLimit(requests=1, window_seconds=300))

    def units() -> list[Units]:
        return [deployment.units_of(instance, basic, [LEAD], status=429) for _ in range(3)]

    assert units() == [Units()] * 3
    instance.wait(TICK_SECONDS)
    assert units() == [Units(refused_writes=1), Units(), Units()]
