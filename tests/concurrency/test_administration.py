"""Changes by operators take effect in processes that serve requests and have cached the keys."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from concurrency.instances import (
    Attempt,
    Instance,
    Post,
    Setup,
    admit,
    all_of,
    hammer,
    hammer_on,
    post,
    revoke_key,
    set_plan_of_idle,
)

from leads_admin.workspaces import MOST_KEYS_PER_WORKSPACE, Workspaces
from leads_core import keys, timestamps
from leads_core.admission import Admitted, InvalidKey
from leads_core.deadlines import Clock
from leads_core.dynamodb.schema import api_key_key
from leads_core.intake import PlanLimitExceeded, PlanLimitReached, Stored
from leads_core.plans import Plan
from leads_core.rate_limit import RateLimit
from leads_core.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOON = 1_795_435_200_000


def admittances(instances: list[Instance], setups: list[Setup], secret: str, now: int) -> list[Any]:
    """The result of a request to each process, at a moment of its own clock."""
    return [
        result
        for several in all_of(
            instance.start(admit, setup, secret, now + setup.skew)
            for instance, setup in zip(instances, setups, strict=True)
        )
        for result in several
    ]


def test_a_revoked_key_is_refused_by_every_process_from_the_next_request_on(
    instances: list[Instance], operator: Instance, setups: list[Setup], workspaces: Workspaces
) -> None:
    workspace_id = workspaces.create_workspace("Acme", Plan.BASIC)
    leaked, other = workspaces.create_key(workspace_id), workspaces.create_key(workspace_id)
    for _ in range(2):
        assert all(isinstance(result, Admitted) for result in admittances(instances, setups, leaked, NOON))

    operator.do(revoke_key, setups[0], workspace_id, leaked)

    assert admittances(instances, setups, leaked, NOON) == [InvalidKey()] * len(instances)
    assert all(isinstance(result, Admitted) for result in admittances(instances, setups, other, NOON))


def test_an_expiry_takes_effect_to_the_second_in_every_process_even_if_it_is_set_later(
    instances: list[Instance], setups: list[Setup], workspaces: Workspaces, client: "DynamoDBClient", settings: Settings
) -> None:
    secret = workspaces.create_key(workspaces.create_workspace("Acme", Plan.BASIC))
    assert all(isinstance(result, Admitted) for result in admittances(instances, setups, secret, NOON))

    client.update_item(
        TableName=settings.access_table,
        Key=api_key_key(keys.hash_secret(secret)),
        UpdateExpression="SET expires_at = :time",
        ExpressionAttributeValues={":time": {"S": timestamps.from_epoch_ms(NOON + 10_000)}},
    )

    same_clock = [replace(setup, skew=0) for setup in setups]
    assert all(isinstance(result, Admitted) for result in admittances(instances, same_clock, secret, NOON + 9_999))
    assert admittances(instances, same_clock, secret, NOON + 10_000) == [InvalidKey()] * len(instances)
    assert admittances(instances, setups, secret, NOON + 10_000) == [InvalidKey()] * len(instances)


def test_a_changed_plan_holds_from_the_next_request_in_a_process_that_knows_the_key(
    instances: list[Instance],
    operator: Instance,
    setups: list[Setup],
    workspaces: Workspaces,
    workspace_item: Callable[[str], dict[str, Any]],
) -> None:
    workspace_id = workspaces.create_workspace("Acme", Plan.BASIC)
    secret = workspaces.create_key(workspace_id)

    def outcomes(size: int, label: str) -> list[Any]:
        return [
            instance.do(post, setup, Post(secret, f"{label} {index}", size)).outcome
            for index, (instance, setup) in enumerate(zip(instances, setups, strict=True))
        ]

    assert {type(outcome) for outcome in outcomes(1, "basic")} == {Stored}
    assert operator.do(set_plan_of_idle, setups[0], workspace_id, Plan.FREE) == 4
    assert {type(outcome) for outcome in outcomes(2, "free, too many")} == {PlanLimitExceeded}
    assert [type(outcome) for outcome in outcomes(1, "free")] == [Stored] + [PlanLimitReached] * 3
    assert workspace_item(workspace_id)["lead_count"] == "5"
    operator.do(set_plan_of_idle, setups[0], workspace_id, Plan.BASIC)
    assert {type(outcome) for outcome in outcomes(100, "basic again")} == {Stored}
    assert operator.do(set_plan_of_idle, setups[0], workspace_id, Plan.FREE) == 10
    assert {type(outcome) for outcome in outcomes(1, "free again")} == {PlanLimitReached}
    assert len(list(workspaces.leads(workspace_id, page_size=1000))) == 405


@pytest.fixture
def wait_for_attempts(client: "DynamoDBClient", settings: Settings, setups: list[Setup]) -> Callable[[], None]:
    """Wait until so many requests were counted that one process has begun and ended a request since the call."""

    def counted() -> int:
        answer = client.scan(
            TableName=settings.access_table, FilterExpression="attribute_exists(used)", ConsistentRead=True
        )
        return sum(int(key["used"]["N"]) for key in answer["Items"])

    def wait() -> None:
        before = counted()
        # Each process has one request in flight at most, and may be counting it right now.
        while counted() <= before + 2 * len(setups):
            pass

    return wait


def test_90_keys_in_use_change_their_plan_simultaneously(
    instances: list[Instance],
    operator: Instance,
    setups: list[Setup],
    workspaces: Workspaces,
    wait_for_attempts: Callable[[], None],
) -> None:
    # Counts that stay as long as they are watched.
    setups = [
        replace(setup, settings=setup.settings._replace(rate_limit=RateLimit(1_000_000, 3600))) for setup in setups
    ]
    workspace_id = workspaces.create_workspace("Acme", Plan.FREE)
    secrets = [workspaces.create_key(workspace_id) for _ in range(MOST_KEYS_PER_WORKSPACE)]
    under_way = [
        instance.start(hammer_on, setup, secrets[index:] + secrets[:index], pause=0.005)
        for index, (instance, setup) in enumerate(zip(instances, setups, strict=True))
    ]
    changes = []
    for plan in (Plan.BASIC, Plan.FREE, Plan.BASIC):
        wait_for_attempts()
        begun = Clock().now_ms()
        operator.do(set_plan_of_idle, setups[0], workspace_id, plan)
        changes.append((begun, Clock().now_ms() + 1, plan))

    wait_for_attempts()
    for instance in instances:
        instance.enough()
    attempts = [attempt for several in all_of(under_way) for attempt in several]
    for attempt in attempts:
        assert isinstance(attempt.admittance, Admitted)
    assert {plan_of(attempt) for attempt in attempts if attempt.end < changes[0][0]} == {Plan.FREE}
    for (_, end, plan_then), (next_begin, _, _) in zip(
        changes, [*changes[1:], (Clock().now_ms(), 0, plan)], strict=True
    ):
        between = [attempt for attempt in attempts if end < attempt.start and attempt.end < next_begin]
        assert {plan_of(attempt) for attempt in between} <= {plan_then}
    # As soon as one key is on the first new plan in one process, every key is, in all processes.
    during = [attempt for attempt in attempts if attempt.end < changes[1][0]]
    seen_at = min(attempt.end for attempt in during if plan_of(attempt) is Plan.BASIC)
    assert all(plan_of(attempt) is Plan.BASIC for attempt in during if attempt.start > seen_at)
    last = all_of(instance.start(hammer, setup, secrets) for instance, setup in zip(instances, setups, strict=True))
    assert [len(several) for several in last] == [MOST_KEYS_PER_WORKSPACE] * len(instances)
    assert {plan_of(attempt) for several in last for attempt in several} == {Plan.BASIC}


def plan_of(attempt: Attempt) -> Plan | None:
    return attempt.admittance.plan if isinstance(attempt.admittance, Admitted) else None
