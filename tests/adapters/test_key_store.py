"""The rate limit and the keys in DynamoDB. The arithmetic has its own tests."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from leads_admin.key_items import displayable_start
from leads_admin.keys import generate_secret
from leads_admin.workspaces import Workspaces
from leads_core import keys
from leads_core.admission import Admission, Admitted, InvalidKey, RateLimited
from leads_core.deadlines import TimeBudget
from leads_core.dynamodb.key_store import DynamoDBKeyStore
from leads_core.dynamodb.schema import api_key_key
from leads_core.errors import StoreUnavailableError
from leads_core.plans import Plan
from leads_core.rate_limit import RateLimit
from leads_core.settings import Settings
from support.clock import VirtualClock, soon, within

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Calls = list[tuple[str, dict[str, Any]]]
Outcome = Admitted | InvalidKey | RateLimited

# A tick is a second.
THREE_A_MINUTE = RateLimit(requests=3, window_seconds=60)
NOW = 1_795_420_800_000  # 2026-11-23T08:00:00Z
SECOND = 1000
HOUR = 3600 * SECOND


class Api:
    """Instances of the function in front of one pair of tables, and a key to use."""

    def __init__(self, client: "DynamoDBClient", settings: Settings, workspaces: Workspaces) -> None:
        self.client = client
        self.table = settings.access_table
        self.workspaces = workspaces
        self.workspace = workspaces.create_workspace("Acme", Plan.BASIC)
        self.secret = workspaces.create_key(self.workspace, label="CRM")

    def instance(self, limit: RateLimit = THREE_A_MINUTE) -> Admission:
        """An instance that has just started, with an empty cache."""
        return Admission(DynamoDBKeyStore(self.client, self.table), limit)

    def admit(self, now: int, *, limit: RateLimit = THREE_A_MINUTE) -> Outcome:
        """A request to an instance that has just started."""
        return admit(self.instance(limit), self.secret, now)

    def item(self) -> dict[str, Any]:
        """The stored key."""
        key = api_key_key(keys.hash_secret(self.secret))
        return self.client.get_item(TableName=self.table, Key=key, ConsistentRead=True)["Item"]

    def set(self, name: str, text: str) -> None:
        """Change an attribute of the key."""
        self.client.update_item(
            TableName=self.table,
            Key=api_key_key(keys.hash_secret(self.secret)),
            UpdateExpression="SET #name = :text",
            ExpressionAttributeNames={"#name": name},
            ExpressionAttributeValues={":text": {"S": text}},
        )


@pytest.fixture
def api(dynamodb: "DynamoDBClient", settings: Settings, workspaces: Workspaces) -> Api:
    return Api(dynamodb, settings, workspaces)


def admit(instance: Admission, secret: str, now: int) -> Outcome:
    return instance.admit(secret, now_ms=now, deadline=soon())


def slots(item: dict[str, Any]) -> dict[str, int]:
    return {name: int(value["N"]) for name, value in item.items() if name[0] == "s" and name[1:].isdigit()}


def size_of(item: dict[str, Any]) -> int:
    """Bytes as DynamoDB counts them: UTF-8 for names and text; numbers a byte for two digits, and one more."""

    def value_size(value: dict[str, str]) -> int:
        ((kind, text),) = value.items()
        return (len(text.strip("0")) + 1) // 2 + 1 if kind == "N" else len(text.encode())

    return sum(len(name.encode()) + value_size(value) for name, value in item.items())


def test_a_request_is_admitted_with_the_workspace_and_plan_of_its_key(api: Api) -> None:
    outcome = api.admit(NOW)

    assert isinstance(outcome, Admitted)
    assert (outcome.workspace_id, outcome.plan, outcome.quota.remaining) == (api.workspace, Plan.BASIC, 2)


def test_a_change_of_plan_holds_from_the_next_request_on(api: Api) -> None:
    instance = api.instance()
    admit(instance, api.secret, NOW)

    api.workspaces.set_plan(api.workspace, Plan.FREE)
    outcome = admit(instance, api.secret, NOW)

    assert isinstance(outcome, Admitted)
    assert outcome.plan is Plan.FREE


def test_a_usual_request_takes_one_call_for_key_plan_and_workspace(api: Api, calls: Calls) -> None:
    api.admit(NOW)
    calls.clear()

    outcome = api.admit(NOW + 999)

    assert isinstance(outcome, Admitted)
    assert (outcome.workspace_id, outcome.plan) == (api.workspace, Plan.BASIC)
    assert [operation for operation, _ in calls] == ["UpdateItem"]


def test_an_instance_that_knows_the_key_starts_a_new_tick_in_one_call(api: Api, calls: Calls) -> None:
    instance = api.instance()
    admit(instance, api.secret, NOW)
    calls.clear()

    assert isinstance(admit(instance, api.secret, NOW + 5 * SECOND), Admitted)
    assert [operation for operation, _ in calls] == ["UpdateItem"]


def test_exactly_as_many_requests_as_the_limit_allows_are_admitted(api: Api) -> None:
    outcomes = [api.admit(NOW) for _ in range(5)]

    assert [type(outcome) for outcome in outcomes] == [Admitted] * 3 + [RateLimited] * 2


@pytest.mark.parametrize("offset", [0, 1, 500, 999])
def test_a_client_is_admitted_after_retry_after_and_not_a_second_earlier(api: Api, offset: int) -> None:
    for _ in range(3):
        api.admit(NOW + offset)
    now = NOW + 20 * SECOND + offset
    refused = api.admit(now)

    assert isinstance(refused, RateLimited)
    assert 40 <= refused.retry_after_seconds <= 41
    assert isinstance(api.admit(now + (refused.retry_after_seconds - 1) * SECOND), RateLimited)
    assert isinstance(api.admit(now + refused.retry_after_seconds * SECOND), Admitted)


def test_the_instance_that_refused_a_client_admits_it_when_the_wait_is_over(api: Api) -> None:
    instance = api.instance()
    for _ in range(3):
        admit(instance, api.secret, NOW)
    refused = admit(instance, api.secret, NOW)

    assert isinstance(refused, RateLimited)
    assert isinstance(admit(instance, api.secret, NOW + (refused.retry_after_seconds - 1) * SECOND), RateLimited)
    assert isinstance(admit(instance, api.secret, NOW + refused.retry_after_seconds * SECOND), Admitted)


def test_a_refused_request_counts_nothing(api: Api) -> None:
    for _ in range(3):
        api.admit(NOW)
    before = api.item()

    api.admit(NOW)
    api.admit(NOW + SECOND)

    assert api.item() == before


def test_an_instance_checks_an_exhausted_key_once_per_tick(api: Api, calls: Calls) -> None:
    instance = api.instance()
    for _ in range(4):
        admit(instance, api.secret, NOW)
    calls.clear()

    asked = []
    for now in (NOW, NOW + 999, NOW + SECOND, NOW + SECOND, NOW + 2 * SECOND - 1, NOW + 2 * SECOND):
        assert isinstance(admit(instance, api.secret, now), RateLimited)
        asked.append(len(calls))
    assert asked == [0, 0, 1, 1, 1, 2]


def test_instances_admit_an_exhausted_key_one_tick_after_its_limit_is_reset(
    api: Api,
) -> None:
    instance = api.instance()
    for _ in range(4):
        admit(instance, api.secret, NOW)
    key = api_key_key(keys.hash_secret(api.secret))
    slot = next(iter(slots(api.item())))
    api.client.update_item(
        TableName=api.table,
        Key=key,
        UpdateExpression=f"SET used = :none REMOVE {slot}",
        ExpressionAttributeValues={":none": {"N": "0"}},
    )

    outcomes = [type(admit(instance, api.secret, NOW + at)) for at in (999, SECOND, SECOND, SECOND, SECOND)]

    assert outcomes == [RateLimited, Admitted, Admitted, Admitted, RateLimited]


def test_the_limit_holds_in_a_window_across_full_minutes(api: Api) -> None:
    for now in (NOW + 58 * SECOND, NOW + 59 * SECOND, NOW + 61 * SECOND):
        assert isinstance(api.admit(now), Admitted)

    assert isinstance(api.admit(NOW + 62 * SECOND), RateLimited)
    assert isinstance(api.admit(NOW + 118 * SECOND), RateLimited)
    assert isinstance(api.admit(NOW + 119 * SECOND), Admitted)  # the first left
    assert isinstance(api.admit(NOW + 119 * SECOND), RateLimited)


def test_counts_are_kept_per_tick_and_their_sum_is_correct(api: Api) -> None:
    for second in (0, 0, 3, 7, 7, 7, 30):
        assert isinstance(api.admit(NOW + second * SECOND, limit=RateLimit(10, 60)), Admitted)

    item = api.item()
    assert sorted(slots(item).values()) == [1, 1, 2, 3]
    assert item["used"] == {"N": "7"}
    assert item["tick"] == {"N": str(NOW + 30 * SECOND)}


def test_ticks_that_left_the_window_are_emptied_and_the_others_kept(api: Api) -> None:
    limit = RateLimit(10, 60)
    for second in (0, 0, 1, 40, 40, 40):
        api.admit(NOW + second * SECOND, limit=limit)

    outcome = api.admit(NOW + 62 * SECOND, limit=limit)

    assert isinstance(outcome, Admitted)
    assert outcome.quota.remaining == 6
    assert sorted(slots(api.item()).values()) == [1, 3]
    assert api.item()["used"] == {"N": "4"}


@pytest.mark.parametrize("idle", [61 * SECOND, 62 * SECOND, HOUR, 7 * HOUR + 123])
def test_a_key_that_was_idle_for_longer_than_the_window_has_its_whole_limit_again(api: Api, idle: int) -> None:
    for _ in range(3):
        api.admit(NOW)

    outcomes = [api.admit(NOW + idle) for _ in range(4)]

    assert [type(outcome) for outcome in outcomes] == [Admitted] * 3 + [RateLimited]
    assert list(slots(api.item()).values()) == [3]
    assert api.item()["used"] == {"N": "3"}


def test_an_instance_whose_clock_is_behind_counts_with_the_others(api: Api) -> None:
    api.admit(NOW)

    outcomes = [api.admit(NOW - 5 * SECOND) for _ in range(3)]

    assert [type(outcome) for outcome in outcomes] == [Admitted, Admitted, RateLimited]
    assert list(slots(api.item()).values()) == [3]


def test_an_instance_that_was_frozen_does_not_use_stale_counters(api: Api) -> None:
    frozen = api.instance()
    admit(frozen, api.secret, NOW)
    for second in (61, 62, 63):  # meanwhile another instance used the key up
        api.admit(NOW + second * SECOND)

    assert isinstance(admit(frozen, api.secret, NOW + 64 * SECOND), RateLimited)
    assert isinstance(admit(frozen, api.secret, NOW + 3 * HOUR), Admitted)


def test_an_unknown_key_is_refused_and_nothing_is_stored_for_it(api: Api) -> None:
    unknown = generate_secret()

    assert admit(api.instance(), unknown, NOW) == InvalidKey()
    assert "Item" not in api.client.get_item(TableName=api.table, Key=api_key_key(keys.hash_secret(unknown)))


def test_a_malformed_key_is_refused_without_a_call(api: Api, calls: Calls) -> None:
    typo = api.secret[:-1] + ("0" if api.secret[-1] != "0" else "1")

    assert admit(api.instance(), typo, NOW) == InvalidKey()
    assert calls == []


@pytest.mark.parametrize("knows_the_key", [True, False])
def test_a_revoked_key_is_refused_from_the_next_request_on(api: Api, *, knows_the_key: bool) -> None:
    instance = api.instance()
    if knows_the_key:
        admit(instance, api.secret, NOW)

    api.workspaces.revoke_key(api.workspace, displayable_start(api.secret))
    before = api.item()

    assert admit(instance, api.secret, NOW) == InvalidKey()
    assert api.item() == before


def test_a_key_is_valid_until_the_moment_it_expires(api: Api) -> None:
    api.set("expires_at", "2026-11-23T08:00:05Z")
    instance = api.instance()

    assert isinstance(admit(instance, api.secret, NOW + 4999), Admitted)
    for refused in (admit(instance, api.secret, NOW + 5 * SECOND), api.admit(NOW + 5 * SECOND), api.admit(NOW + HOUR)):
        assert refused == InvalidKey()
    assert api.item()["used"] == {"N": "1"}


def test_an_expired_key_is_refused_by_new_instances(api: Api) -> None:
    api.admit(NOW)
    api.set("expires_at", "2026-11-23T08:00:00Z")

    assert api.admit(NOW) == InvalidKey()
    assert api.item()["used"] == {"N": "1"}


def test_a_count_by_a_slow_clock_is_not_lost_when_another_instance_starts_a_new_window(api: Api) -> None:
    api.admit(NOW)
    turn = itertools.count(1)

    def interfere(**_: Any) -> None:  # noqa: ANN401
        if next(turn) == 2:  # the first call reads the counters
            assert isinstance(api.admit(NOW), Admitted)

    api.client.meta.events.register("before-call.dynamodb.UpdateItem", interfere)

    assert isinstance(api.admit(NOW + HOUR), Admitted)
    assert list(slots(api.item()).values()) == [1]
    assert api.item()["used"] == {"N": "1"}


@pytest.mark.slow
def test_a_busy_key_stays_small_enough_for_one_write_unit(api: Api) -> None:
    api.secret = api.workspaces.create_key(api.workspace, label="🗝" * 64)
    limit = RateLimit(requests=1000, window_seconds=300)
    instance = api.instance(limit)
    for tick in range(130):  # the ring goes round twice
        assert isinstance(admit(instance, api.secret, NOW + tick * limit.tick_ms), Admitted)

    item = api.item()
    assert list(slots(item).values()) == [1] * 61
    assert size_of(item) + 61 <= 1024  # in a busy key's slots there may be two more digits


@pytest.mark.usefixtures("not_moto")
def test_counting_a_request_costs_one_write_unit(api: Api) -> None:
    units: list[float] = []

    def ask(params: dict[str, Any], **_: Any) -> None:  # noqa: ANN401
        params["ReturnConsumedCapacity"] = "TOTAL"

    def note(parsed: dict[str, Any], **_: Any) -> None:  # noqa: ANN401
        units.append(parsed["ConsumedCapacity"]["CapacityUnits"])

    instance = api.instance(RateLimit(1000, 60))
    for tick in range(61):
        admit(instance, api.secret, NOW + tick * SECOND)
    api.client.meta.events.register("provide-client-params.dynamodb.UpdateItem", ask)
    api.client.meta.events.register("after-call.dynamodb.UpdateItem", note)

    admit(instance, api.secret, NOW + 60 * SECOND)  # counts
    admit(instance, api.secret, NOW + 62 * SECOND)  # empties slots and counts

    assert units == [1.0, 1.0]


@pytest.mark.usefixtures("not_moto")
@pytest.mark.parametrize("ticks", [1, 3], ids=["in one tick", "while ticks turn"])
def test_exactly_the_limit_of_simultaneous_requests_is_admitted(api: Api, ticks: int) -> None:
    limit = RateLimit(requests=100, window_seconds=60)
    start = threading.Barrier(8)

    def requests(thread: int) -> list[Outcome]:
        instance = api.instance(limit)
        start.wait()
        return [
            admit(instance if thread % 2 else api.instance(limit), api.secret, NOW + n * ticks // 40 * SECOND)
            for n in range(40)
        ]

    with ThreadPoolExecutor(8) as pool:
        outcomes = [outcome for answers in pool.map(requests, range(8)) for outcome in answers]

    assert sum(isinstance(outcome, Admitted) for outcome in outcomes) == limit.requests
    assert sum(isinstance(outcome, RateLimited) for outcome in outcomes) == 8 * 40 - limit.requests
    assert sum(slots(api.item()).values()) == limit.requests
    assert api.item()["used"] == {"N": str(limit.requests)}


@pytest.mark.usefixtures("not_moto")
def test_simultaneous_requests_after_an_idle_hour_share_one_limit(api: Api) -> None:
    limit = RateLimit(requests=20, window_seconds=60)
    for _ in range(20):
        api.admit(NOW, limit=limit)
    start = threading.Barrier(8)

    def requests(_: int) -> list[Outcome]:
        start.wait()
        return [api.admit(NOW + HOUR, limit=limit) for _ in range(10)]

    with ThreadPoolExecutor(8) as pool:
        outcomes = [outcome for answers in pool.map(requests, range(8)) for outcome in answers]

    assert sum(isinstance(outcome, Admitted) for outcome in outcomes) == limit.requests
    assert api.item()["used"] == {"N": str(limit.requests)}


@pytest.mark.parametrize(
    ("code", "status"),
    [("ProvisionedThroughputExceededException", 400), ("ThrottlingException", 400), ("InternalServerError", 500)],
)
def test_a_count_is_retried_after_a_transient_error(
    api: Api, refuse: Callable[..., None], code: str, status: int
) -> None:
    refuse("UpdateItem", code, status=status, times=2)

    assert isinstance(api.admit(NOW), Admitted)
    assert api.item()["used"] == {"N": "1"}


def test_a_database_that_stays_unavailable_is_reported_before_the_time_is_up(
    api: Api, refuse: Callable[..., None]
) -> None:
    refuse("UpdateItem", "ThrottlingException")
    clock = VirtualClock()

    with pytest.raises(StoreUnavailableError, match="ThrottlingException"):
        api.instance().admit(api.secret, now_ms=NOW, deadline=within(3.3, clock))
    assert 0 < clock.seconds <= 3.3 - TimeBudget().call_seconds, "time for one more call must be left"


def test_a_bug_is_not_mistaken_for_an_unavailable_database(api: Api, refuse: Callable[..., None], calls: Calls) -> None:
    refuse("UpdateItem", "ValidationException")

    with pytest.raises(api.client.exceptions.ClientError, match="ValidationException"):
        api.admit(NOW)
    assert len(calls) == 1
