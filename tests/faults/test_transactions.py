"""The free plan's transaction, cancelled for each reason."""

import pytest
from faults.drills import enough_for
from faults.faulty import FAILED, after, cancelled, failed_behind, refused
from faults.proxy import Fault, Step
from faults.world import CASES, NOTHING, RETRY_FINISHES, Case, CreateWorld, World

from leads_core.plans import Plan

FREE = [case for case in CASES if case.plan is Plan.FREE]
PASSING = {
    "conflict": cancelled("TransactionConflict"),
    "conflict over a lead": cancelled("None", "None", "TransactionConflict"),
    "throttled": cancelled("ThrottlingError"),
    "throughput": cancelled("ProvisionedThroughputExceeded"),
    "several": cancelled("TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"),
    "conflict outside": refused("TransactionConflictException"),
}


@pytest.mark.parametrize("case", FREE, ids=str)
@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_transaction_is_retried_after_a_transient_cancellation(
    create_world: CreateWorld, case: Case, fault: Fault
) -> None:
    world = create_world(case)
    world.proxy.inject(Step.TRANSACT, fault, {1, 2})
    response = world.send()
    world.check(response)
    world.expect(response, 200, None)


@pytest.mark.parametrize("case", FREE, ids=str)
@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_transaction_that_is_always_cancelled_stores_nothing(
    create_world: CreateWorld, case: Case, fault: Fault
) -> None:
    world = create_world(case)
    world.proxy.inject(Step.TRANSACT, fault)
    response = world.send(enough_for(world, Step.TRANSACT))
    assert world.held() == []
    world.expect(response, 503, RETRY_FINISHES if case.has_key else NOTHING)
    world.try_again()


@pytest.mark.parametrize("case", FREE, ids=str)
def test_a_transaction_that_is_retried_after_its_effect_counts_once(create_world: CreateWorld, case: Case) -> None:
    world = create_world(case)
    world.proxy.inject(Step.TRANSACT, failed_behind, {1})
    world.proxy.inject(Step.TRANSACT, refused("TransactionInProgressException"), {2})
    response = world.send()
    world.check(response)
    world.expect(response, 200, None)
    tokens = {call.body["ClientRequestToken"] for call in world.proxy.calls if call.step is Step.TRANSACT}
    assert len(tokens) == 1


@pytest.mark.parametrize("case", FREE, ids=str)
def test_if_the_plan_is_used_up_meanwhile_nothing_is_stored(create_world: CreateWorld, case: Case) -> None:
    world = create_world(case)
    world.proxy.inject(Step.TRANSACT, FAILED, {1})
    world.proxy.inject(Step.TRANSACT, after(lambda: _hold(world, 4)), {2})
    response = world.send()
    world.expect(response, 400, "Can not have more than 5 leads on the free plan.")
    assert world.held() == []
    assert world.lead_count() == 4


@pytest.mark.parametrize("case", FREE, ids=str)
def test_if_the_plan_changes_meanwhile_leads_are_stored_without_counting(create_world: CreateWorld, case: Case) -> None:
    world = create_world(case)
    world.proxy.inject(Step.TRANSACT, after(lambda: world.workspaces.set_plan(world.workspace_id, Plan.BASIC)), {1})
    assert world.send().status == 200
    assert world.held() == world.companies()


def test_if_a_duplicate_is_faster_its_response_is_returned(create_world: CreateWorld) -> None:
    case = FREE[1]
    world = create_world(case)
    duplicate_statuses = []

    def duplicate() -> None:
        duplicate_statuses.append(world.handler(world.event(), _Hurried())["statusCode"])

    world.proxy.inject(Step.TRANSACT, after(duplicate), {1})
    response = world.send()
    assert duplicate_statuses == [200]
    assert response.status == 200
    assert response.headers["Idempotent-Replayed"] == "true"
    world.check(response)


def test_a_retry_after_a_transaction_in_doubt_is_a_replay(create_world: CreateWorld) -> None:
    world = create_world(FREE[1])
    world.proxy.inject(Step.TRANSACT, failed_behind)
    assert world.send(enough_for(world, Step.TRANSACT)).message == RETRY_FINISHES
    assert world.try_again().headers["Idempotent-Replayed"] == "true"


class _Hurried:
    def get_remaining_time_in_millis(self) -> int:
        return 5_000


def _hold(world: World, lead_count: int) -> None:
    world.database.update_item(
        TableName=world.settings.access_table,
        Key={"pk": {"S": f"WORKSPACE#{world.workspace_id}"}},
        UpdateExpression="SET lead_count = :count",
        ExpressionAttributeValues={":count": {"N": str(lead_count)}},
    )
