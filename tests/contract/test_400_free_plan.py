from leads_core.plans import Plan
from support.api import AssertEnvelope, CreateDirectApi, Post, Workspace

USED_UP = "Reached the maximum limit of leads on the free plan."
EXCEEDED = "Can not have more than 5 leads on the free plan."


def test_five_leads_fit_and_the_sixth_is_refused(
    post: Post, free_workspace: Workspace, assert_envelope: AssertEnvelope
) -> None:
    for _ in range(5):
        assert post(free_workspace, [{}]).status_code == 200
    assert_envelope(post(free_workspace, [{}]), 400, USED_UP)
    assert len(free_workspace.leads()) == 5


def test_a_request_that_would_exceed_five_stores_none_of_its_leads(
    post: Post, free_workspace: Workspace, assert_envelope: AssertEnvelope
) -> None:
    assert post(free_workspace, [{}] * 3).status_code == 200
    assert_envelope(post(free_workspace, [{}] * 3), 400, EXCEEDED)
    assert len(free_workspace.leads()) == 3
    assert post(free_workspace, [{}] * 2).status_code == 200


def test_the_message_depends_on_whether_the_plan_is_used_up(
    post: Post, free_workspace: Workspace, assert_envelope: AssertEnvelope
) -> None:
    assert_envelope(post(free_workspace, [{}] * 6), 400, EXCEEDED)
    assert post(free_workspace, [{}] * 5).status_code == 200
    assert_envelope(post(free_workspace, [{}] * 100), 400, USED_UP)


def test_a_downgraded_workspace_with_more_than_five_leads_takes_no_more(
    post: Post, workspace: Workspace, assert_envelope: AssertEnvelope
) -> None:
    assert post(workspace, [{}] * 7).status_code == 200
    workspace.set_plan(Plan.FREE)
    assert_envelope(post(workspace, [{}]), 400, USED_UP)
    assert len(workspace.leads()) == 7


def test_a_downgraded_workspace_with_fewer_leads_takes_up_to_five(
    post: Post, workspace: Workspace, assert_envelope: AssertEnvelope
) -> None:
    assert post(workspace, [{}] * 3).status_code == 200
    workspace.set_plan(Plan.FREE)
    assert_envelope(post(workspace, [{}] * 3), 400, EXCEEDED)
    assert post(workspace, [{}] * 2).status_code == 200
    assert_envelope(post(workspace, [{}]), 400, USED_UP)


def test_an_upgraded_workspace_has_no_limit(post: Post, free_workspace: Workspace) -> None:
    assert post(free_workspace, [{}] * 5).status_code == 200
    free_workspace.set_plan(Plan.BASIC)
    assert post(free_workspace, [{}] * 100).status_code == 200
    assert len(free_workspace.leads()) == 105


def test_the_message_follows_the_setting(free_workspace: Workspace, direct_api: CreateDirectApi) -> None:
    response = direct_api(free_plan_max_leads=3).post(free_workspace, [{}] * 4)
    assert "Can not have more than 3 leads on the free plan." in response["body"]
