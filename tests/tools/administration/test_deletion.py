"""Deleting workspaces with all their content."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from leads_admin.workspaces import AdministrationError
from leads_core.admission import Admitted, InvalidKey
from leads_core.dynamodb.schema import LEAD_SHARDS
from leads_core.plans import Plan
from support.operators import A_LEAD, LONGEST_WAIT, SHORTEST_WAIT, KilledError, Operator, once


@pytest.mark.parametrize("plan", Plan)
def test_a_deleted_workspace_is_gone_and_others_are_unchanged(operator: Operator, plan: Plan) -> None:
    other = operator.workspace(Plan.BASIC, leads=3)
    other_key = operator.workspaces.create_key(other)
    before = operator.everything()
    workspace = operator.workspace(plan)
    secrets = [operator.workspaces.create_key(workspace, label="CRM") for _ in range(3)]
    operator.workspaces.revoke_key(workspace, secrets[0][:12])
    for _ in range(2):
        operator.post(workspace, 100)
    deleted: list[int] = []

    operator.workspaces.delete_workspace(workspace, deleted.append)

    assert sum(deleted) == 200
    assert operator.everything() == before
    assert [operator.admit(secret) for secret in secrets] == [InvalidKey()] * 3
    assert isinstance(operator.admit(other_key), Admitted)
    with pytest.raises(AdministrationError, match="There is no workspace"):
        operator.workspaces.delete_workspace(workspace, deleted.append)


def test_a_deletion_waits_for_requests_in_flight_and_deletes_what_they_store(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secret = operator.workspaces.create_key(workspace)
    assert isinstance(operator.admit(secret), Admitted)
    refusals: list[object] = []

    def meanwhile() -> None:
        refusals.append(operator.admit(secret))
        operator.post(workspace, 3)

    operator.meanwhile = meanwhile
    deleted: list[int] = []

    operator.workspaces.delete_workspace(workspace, deleted.append)

    (waited,) = operator.slept
    assert SHORTEST_WAIT <= waited <= LONGEST_WAIT
    assert refusals == [InvalidKey()]
    assert sum(deleted) == 3
    assert operator.everything() == "[[], []]"


def test_a_workspace_cannot_be_changed_during_its_deletion(operator: Operator) -> None:
    workspace = operator.workspace(Plan.FREE)
    operator.admit(operator.workspaces.create_key(workspace))
    for change in (
        lambda: operator.workspaces.create_key(workspace),
        lambda: operator.workspaces.rotate_key(workspace, "cdz_AAAA", grace=0),
        lambda: operator.workspaces.revoke_key(workspace, "cdz_AAAA"),
        lambda: operator.workspaces.set_plan(workspace, Plan.FREE),
        lambda: operator.workspaces.set_plan(workspace, Plan.BASIC),
        lambda: operator.workspaces.delete_leads(workspace, [A_LEAD]),
    ):

        def meanwhile(change: Callable[[], object] = change) -> None:
            with pytest.raises(AdministrationError, match="is being deleted"):
                change()
            raise KilledError

        operator.meanwhile = meanwhile
        with pytest.raises(KilledError):
            operator.workspaces.delete_workspace(workspace, lambda _: None)
    assert operator.workspaces.get(workspace).deletion_began_at


def test_a_key_that_is_created_while_the_workspace_is_closed_is_revoked_too(
    operator: Operator, other: Operator
) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secrets: list[str] = []
    once(operator, "TransactWriteItems", lambda: secrets.append(other.workspaces.create_key(workspace)))

    operator.workspaces.delete_workspace(workspace, lambda _: None)

    assert operator.admit(secrets[0]) == InvalidKey()
    assert operator.everything() == "[[], []]"


def test_a_workspace_that_is_closed_while_its_first_key_is_created_gets_no_key(
    operator: Operator, other: Operator
) -> None:
    workspace = operator.workspace(Plan.BASIC)

    def killed(**_: Any) -> None:  # noqa: ANN401
        raise KilledError

    def close() -> None:
        with pytest.raises(KilledError):
            other.workspaces.delete_workspace(workspace, lambda _: None)

    other.client.meta.events.register("before-call.dynamodb.DeleteItem", killed)
    once(operator, "TransactWriteItems", close)

    with pytest.raises(AdministrationError, match="is being deleted"):
        operator.workspaces.create_key(workspace)
    assert operator.workspaces.keys(workspace) == []


@pytest.mark.slow
@pytest.mark.parametrize("plan", Plan)
def test_a_deletion_that_is_killed_at_any_call_is_finished_by_the_next(operator: Operator, plan: Plan) -> None:
    calls = itertools.count()
    doomed = [0]

    def kill(**_: Any) -> None:  # noqa: ANN401
        if next(calls) == doomed[0]:
            raise KilledError

    def delete_and_be_killed(workspace: str, call: int) -> bool:
        nonlocal calls
        calls, doomed[0] = itertools.count(), call
        operator.client.meta.events.register("before-call.dynamodb", kill)
        try:
            operator.workspaces.delete_workspace(workspace, lambda _: None)
        except KilledError:
            return True
        finally:
            operator.client.meta.events.unregister("before-call.dynamodb", kill)
        return False

    def filled_workspace() -> tuple[str, list[str]]:
        workspace = operator.workspace(plan)
        secrets = [operator.workspaces.create_key(workspace) for _ in range(2)]
        operator.post(workspace, 30)
        return workspace, secrets

    workspace, _ = filled_workspace()
    assert not delete_and_be_killed(workspace, -1)
    all_calls = next(calls)
    # Between them are the shards of the leads, which are all alike.
    for call in sorted({*range(10), *range(10, all_calls - 10, 4), *range(all_calls - 10, all_calls)}):
        workspace, secrets = filled_workspace()
        if not delete_and_be_killed(workspace, call):
            break  # fewer shards have leads than before
        operator.workspaces.delete_workspace(workspace, lambda _: None)
        assert operator.everything() == "[[], []]"
        assert [operator.admit(secret) for secret in secrets] == [InvalidKey()] * 2
    assert call > LEAD_SHARDS
