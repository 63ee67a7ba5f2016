"""Creating and listing workspaces."""

from typing import TYPE_CHECKING, Any

import pytest

from leads_admin.workspaces import AdministrationError
from leads_core.plans import Plan
from leads_core.rate_limit import RateLimit

if TYPE_CHECKING:
    pass

from support.operators import A_LEAD, RATE_LIMIT, Operator


def test_a_new_workspace_holds_no_leads_and_has_no_keys(operator: Operator) -> None:
    free, basic = operator.workspace(Plan.FREE), operator.workspace(Plan.BASIC)

    assert operator.workspace_item(free).items() >= {"name": "Acme", "plan": "free", "lead_count": "0"}.items()
    assert operator.workspace_item(basic).items() >= {"name": "Acme", "plan": "basic", "key_count": "0"}.items()
    assert "lead_count" not in operator.workspace_item(basic)
    assert list(operator.workspaces.leads(basic, page_size=5)) == []
    assert free != basic


def test_every_operation_reports_an_unknown_workspace(operator: Operator) -> None:
    for operate in (
        lambda: operator.workspaces.create_key("nowhere"),
        lambda: operator.workspaces.revoke_key("nowhere", "cdz_AAAA"),
        lambda: operator.workspaces.set_plan("nowhere", Plan.FREE),
        lambda: operator.workspaces.set_plan("nowhere", Plan.BASIC),
        lambda: list(operator.workspaces.leads("nowhere", page_size=1)),
        lambda: operator.workspaces.lead("nowhere", A_LEAD),
        lambda: operator.workspaces.delete_leads("nowhere", [A_LEAD]),
        lambda: sum(operator.workspaces.lead_counts("nowhere")),
        lambda: operator.workspaces.get("nowhere"),
        lambda: operator.workspaces.keys("nowhere"),
        lambda: operator.workspaces.rotate_key("nowhere", "cdz_AAAA", grace=0),
        lambda: operator.workspaces.delete_workspace("nowhere", lambda _: None),
    ):
        with pytest.raises(AdministrationError, match="There is no workspace nowhere"):
            operate()
    assert operator.client.scan(TableName=operator.settings.access_table)["Items"] == []


def test_an_operation_gives_up_if_the_workspace_keeps_changing(operator: Operator, other: Operator) -> None:
    workspace = operator.workspace(Plan.FREE)

    def interfere(**_: Any) -> None:  # noqa: ANN401
        other.workspaces.create_key(workspace)

    operator.client.meta.events.register("before-call.dynamodb.TransactWriteItems", interfere)

    with pytest.raises(AdministrationError, match="try again"):
        operator.workspaces.set_plan(workspace, Plan.BASIC)

    assert operator.workspace_item(workspace)["plan"] == "free"
    assert 0 < sum(operator.slept) < 60


def test_all_workspaces_are_listed_the_oldest_first(operator: Operator) -> None:
    assert operator.workspaces.all() == []
    ids = sorted(operator.workspace(plan) for plan in (Plan.FREE, Plan.BASIC, Plan.FREE))
    operator.workspaces.create_key(ids[1])

    listed = operator.workspaces.all()

    assert [workspace.id for workspace in listed] == ids
    assert [workspace.key_count for workspace in listed] == [0, 1, 0]
    assert listed[1] == operator.workspaces.get(ids[1])


def test_the_counted_requests_of_a_key_match_the_quota_that_its_clients_see(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secret = operator.workspaces.create_key(workspace)
    for _ in range(7):
        remaining = operator.admit(secret).quota.remaining
    (key,) = operator.workspaces.keys(workspace)

    assert operator.workspaces.requests_counted(key, RATE_LIMIT) == 7 == RATE_LIMIT.requests - remaining
    assert operator.workspaces.requests_counted(key, RateLimit(3, 300)) == 3
