"""Changes of plans, and their effect on simultaneous requests."""

import itertools
from typing import TYPE_CHECKING, Any

import pytest

from leads_admin.errors import AdministrationError
from leads_admin.workspaces import Workspaces
from leads_core.admission import Admission, InvalidKey
from leads_core.deadlines import Clock
from leads_core.dynamodb.key_store import DynamoDBKeyStore
from leads_core.intake import PlanUse
from leads_core.plans import Plan

if TYPE_CHECKING:
    pass

from leads_admin.in_flight import CLOCK_MARGIN_SECONDS
from support.clock import soon
from support.operators import LONGEST_WAIT, RATE_LIMIT, SHORTEST_WAIT, KilledError, Operator, once


def test_leads_of_any_size_are_counted(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    for _ in range(6):  # each request begins with row 0, so all are in one partition, of more than a page
        operator.post(workspace, 1, notes="x" * 300_000)

    assert operator.workspaces.set_plan(workspace, Plan.FREE) == 6


@pytest.mark.parametrize(("leads", "held"), [(0, 0), (1, 1), (3, 3), (5, 5), (10, 10), (12, 10)])
def test_a_downgraded_workspace_keeps_its_leads_and_its_remaining_places(
    operator: Operator, leads: int, held: int
) -> None:
    workspace = operator.workspace(Plan.BASIC, leads=leads)

    assert operator.workspaces.set_plan(workspace, Plan.FREE) == held

    left = max(0, 5 - leads)
    assert operator.post_on_free_plan(workspace, left + 1) == PlanUse(Plan.FREE, held)
    if left:
        assert operator.post_on_free_plan(workspace, left) is None
    assert operator.post_on_free_plan(workspace, 1) == PlanUse(Plan.FREE, max(5, held))
    assert len(list(operator.workspaces.leads(workspace, page_size=100))) == leads + left


def test_leads_are_counted_in_all_shards(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    for _ in range(4):
        operator.post(workspace, 1)
    operator.post(operator.workspace(Plan.BASIC), 3)

    assert operator.workspaces.set_plan(workspace, Plan.FREE) == 4


def test_an_upgraded_workspace_has_no_lead_count(operator: Operator) -> None:
    workspace = operator.workspace(Plan.FREE)
    secret = operator.workspaces.create_key(workspace)
    operator.post_on_free_plan(workspace, 5)

    assert operator.workspaces.set_plan(workspace, Plan.BASIC) is None

    assert "lead_count" not in operator.workspace_item(workspace)
    assert operator.post_on_free_plan(workspace, 1) == PlanUse(Plan.BASIC, None)
    assert operator.admit(secret).plan is Plan.BASIC
    assert operator.slept == []


def test_a_plan_that_is_set_again_changes_nothing(operator: Operator) -> None:
    free, basic = operator.workspace(Plan.FREE), operator.workspace(Plan.BASIC, leads=7)
    operator.post_on_free_plan(free, 2)

    assert operator.workspaces.set_plan(free, Plan.FREE) == 2
    assert operator.workspaces.set_plan(basic, Plan.BASIC) is None

    assert operator.workspace_item(free)["lead_count"] == "2"
    assert "lead_count" not in operator.workspace_item(basic)


def test_the_keys_follow_their_workspace_down_and_up(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secrets = [operator.workspaces.create_key(workspace) for _ in range(3)]
    operator.workspaces.revoke_key(workspace, secrets[0][:12])

    for plan in (Plan.FREE, Plan.BASIC):
        operator.workspaces.set_plan(workspace, plan)
        assert [operator.admit(secret).plan for secret in secrets[1:]] == [plan, plan]
        assert operator.admit(secrets[0]) == InvalidKey()


def test_a_downgrade_waits_for_requests_in_flight_and_counts_what_they_store(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC, leads=1)
    secret = operator.workspaces.create_key(workspace)
    assert operator.admit(secret).plan is Plan.BASIC
    refused: list[object] = []

    def meanwhile() -> None:
        operator.post(workspace, 2)
        assert operator.admit(secret).plan is Plan.FREE
        refused.append(operator.post_on_free_plan(workspace, 1))

    operator.meanwhile = meanwhile

    assert operator.workspaces.set_plan(workspace, Plan.FREE) == 3

    (waited,) = operator.slept
    assert SHORTEST_WAIT <= waited <= LONGEST_WAIT
    assert refused == [PlanUse(Plan.FREE, 10)]  # closed until all is counted
    assert operator.post_on_free_plan(workspace, 3) == PlanUse(Plan.FREE, 3)
    assert operator.post_on_free_plan(workspace, 2) is None


def test_a_downgrade_waits_by_the_last_use_of_any_key(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secrets = [operator.workspaces.create_key(workspace) for _ in range(3)]
    operator.admit(secrets[1])

    operator.workspaces.set_plan(workspace, Plan.FREE)

    (waited,) = operator.slept
    assert SHORTEST_WAIT <= waited <= LONGEST_WAIT


def test_a_fast_clock_does_not_extend_the_wait(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secret = operator.workspaces.create_key(workspace)
    operator.admit(secret, after=3_600_000)

    operator.workspaces.set_plan(workspace, Plan.FREE)

    (waited,) = operator.slept
    assert waited == LONGEST_WAIT


def test_a_downgrade_waits_for_the_configured_duration_of_requests(operator: Operator) -> None:
    settings = operator.settings
    slept: list[float] = []
    workspaces = Workspaces(
        operator.client,
        access_table=settings.access_table,
        leads_table=settings.leads_table,
        sleep=slept.append,
        function_timeout_seconds=600,
    )
    workspace = operator.workspace(Plan.BASIC)
    operator.admit(operator.workspaces.create_key(workspace), after=3_600_000)

    workspaces.set_plan(workspace, Plan.FREE)

    assert slept == [600 + CLOCK_MARGIN_SECONDS]


def test_a_downgrade_of_an_unused_workspace_does_not_wait(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC, leads=2)
    secret = operator.workspaces.create_key(workspace)
    long_ago = Clock().now_ms() - 60_000
    Admission(DynamoDBKeyStore(operator.client, operator.settings.access_table), RATE_LIMIT).admit(
        secret, now_ms=long_ago, deadline=soon()
    )

    assert operator.workspaces.set_plan(workspace, Plan.FREE) == 2
    assert operator.slept == []


def test_a_downgrade_waits_for_a_request_that_was_admitted_just_before(operator: Operator, other: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secret = operator.workspaces.create_key(workspace)
    admitted: list[Any] = []
    once(operator, "TransactWriteItems", lambda: admitted.append(other.admit(secret)))
    operator.meanwhile = lambda: operator.post(workspace, 3)

    held = operator.workspaces.set_plan(workspace, Plan.FREE)

    assert [outcome.plan for outcome in admitted] == [Plan.BASIC]
    assert sum(operator.slept) >= SHORTEST_WAIT
    assert held == 3


def test_a_downgrade_waits_for_a_request_whose_key_was_revoked(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secret = operator.workspaces.create_key(workspace)
    assert operator.admit(secret).plan is Plan.BASIC
    operator.workspaces.revoke_key(workspace, secret[:12])
    operator.meanwhile = lambda: operator.post(workspace, 3)

    held = operator.workspaces.set_plan(workspace, Plan.FREE)

    assert sum(operator.slept) >= SHORTEST_WAIT
    assert held == 3


def test_an_interrupted_downgrade_leaves_the_workspace_closed_until_it_is_repeated(
    operator: Operator,
) -> None:
    workspace = operator.workspace(Plan.BASIC, leads=3)
    secret = operator.workspaces.create_key(workspace)
    operator.admit(secret)

    def killed() -> None:
        raise KilledError

    operator.meanwhile = killed
    with pytest.raises(KilledError):
        operator.workspaces.set_plan(workspace, Plan.FREE)

    assert operator.admit(secret).plan is Plan.FREE
    assert operator.post_on_free_plan(workspace, 1) == PlanUse(Plan.FREE, 10)

    operator.meanwhile = lambda: None
    assert operator.workspaces.set_plan(workspace, Plan.FREE) == 3
    assert operator.post_on_free_plan(workspace, 3) == PlanUse(Plan.FREE, 3)
    assert operator.post_on_free_plan(workspace, 2) is None


def test_a_repeated_downgrade_waits_for_requests_in_flight(
    operator: Operator,
) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secret = operator.workspaces.create_key(workspace)
    assert operator.admit(secret).plan is Plan.BASIC

    def killed() -> None:
        raise KilledError

    operator.meanwhile = killed
    with pytest.raises(KilledError):
        operator.workspaces.set_plan(workspace, Plan.FREE)
    operator.slept.clear()

    operator.meanwhile = lambda: operator.post(workspace, 3)
    held = operator.workspaces.set_plan(workspace, Plan.FREE)

    assert sum(operator.slept) >= SHORTEST_WAIT
    assert held == 3


@pytest.mark.parametrize(("held", "deleted"), [(10, 1), (12, 1), (12, 3), (12, 9), (12, 12), (11, 7)])
def test_a_downgraded_workspace_has_places_when_enough_leads_are_deleted(
    operator: Operator, held: int, deleted: int
) -> None:
    workspace = operator.workspace(Plan.BASIC)
    ids = operator.post(workspace, held)
    operator.workspaces.set_plan(workspace, Plan.FREE)

    assert operator.workspaces.delete_leads(workspace, ids[:deleted]) == []

    left = held - deleted
    assert operator.workspace_item(workspace)["lead_count"] == str(min(left, 10))
    for _ in range(left, 5):
        assert operator.post_on_free_plan(workspace, 1) is None
    assert operator.post_on_free_plan(workspace, 1) == PlanUse(Plan.FREE, min(max(left, 5), 10))


def test_leads_deleted_during_a_downgrade_are_not_counted(operator: Operator, other: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    ids = operator.post(workspace, 4)
    operator.admit(operator.workspaces.create_key(workspace))

    def delete() -> None:
        operator.meanwhile = lambda: None
        other.workspaces.delete_leads(workspace, ids[:1])
        assert operator.post_on_free_plan(workspace, 1) == PlanUse(Plan.FREE, 10)  # still closed
        turns = itertools.count()

        def just_before_the_count_is_set(**_: Any) -> None:  # noqa: ANN401
            if next(turns) == 0:
                other.workspaces.delete_leads(workspace, ids[1:2])

        operator.client.meta.events.register("before-call.dynamodb.TransactWriteItems", just_before_the_count_is_set)

    operator.meanwhile = delete

    assert operator.workspaces.set_plan(workspace, Plan.FREE) == 2
    assert operator.workspace_item(workspace)["lead_count"] == "2"


def test_a_count_includes_a_lead_that_is_stored_after_another_was_deleted_meanwhile(
    operator: Operator, other: Operator
) -> None:
    workspace = operator.workspace(Plan.FREE)
    other.post_on_free_plan(workspace, 3)
    ids = [lead["id"] for lead in operator.workspaces.leads(workspace, page_size=5)]

    # In the end the count is as before. But a count that is written from an earlier read would be one too low.
    once(operator, "Query", lambda: other.workspaces.delete_leads(workspace, ids[:1]))
    once(operator, "TransactWriteItems", lambda: other.post_on_free_plan(workspace, 1))

    assert operator.workspaces.set_plan(workspace, Plan.FREE) == 3
    assert operator.workspace_item(workspace)["lead_count"] == "3"


def test_a_downgrade_waits_for_the_newest_request_even_if_an_older_one_is_counted_later(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secret = operator.workspaces.create_key(workspace)
    operator.admit(secret)
    operator.admit(secret, after=-7_400)  # it was received earlier, and counting it took long

    operator.workspaces.set_plan(workspace, Plan.FREE)

    (waited,) = operator.slept
    assert SHORTEST_WAIT <= waited <= LONGEST_WAIT


def test_a_downgrade_that_is_undone_meanwhile_fails_and_counts_nothing(operator: Operator, other: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC, leads=3)
    operator.admit(operator.workspaces.create_key(workspace))
    operator.meanwhile = lambda: other.workspaces.set_plan(workspace, Plan.BASIC)

    with pytest.raises(AdministrationError, match="another plan meanwhile"):
        operator.workspaces.set_plan(workspace, Plan.FREE)

    assert operator.workspace_item(workspace)["plan"] == Plan.BASIC
    assert "lead_count" not in operator.workspace_item(workspace)
