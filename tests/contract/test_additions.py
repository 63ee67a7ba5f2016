"""Features of the API beyond the original contract."""

import httpx
import pytest

from support.api import AssertEnvelope, Post, Workspace


def test_the_created_leads_are_returned_on_request(post: Post, workspace: Workspace) -> None:
    leads = [{"company": "A", "Foo": 1, "contacts": [{"zip": 1}]}, {"COMPANY": "B", "b/r": 2}, {}]
    response = post(workspace, leads, Prefer='return="representation", wait=10')
    assert response.headers["Preference-Applied"] == "return=representation"
    body = response.json()
    assert list(body) == ["succeeded", "statusCode", "statusCodeDescription", "message", "data"]
    batch_id = body["data"]["batchId"]
    assert body["data"]["leads"] == [
        {"index": 0, "id": f"{batch_id}-000", "ignored": ["Foo", "contacts/0/zip"]},
        {"index": 1, "id": f"{batch_id}-001", "ignored": ["b/r"]},
        {"index": 2, "id": f"{batch_id}-002", "ignored": []},
    ]


@pytest.mark.parametrize("prefer", ["return=minimal", "respond-async", "", "return=minimal, return=representation"])
def test_other_preferences_change_nothing(
    post: Post, workspace: Workspace, assert_envelope: AssertEnvelope, prefer: str
) -> None:
    response = post(workspace, [{}], Prefer=prefer)
    assert_envelope(response, 200, None)
    assert "Preference-Applied" not in response.headers


def test_a_dry_run_stores_nothing_and_counts_as_a_request(
    post: Post, workspace: Workspace, assert_envelope: AssertEnvelope
) -> None:
    for left in (999, 998):
        response = post(workspace, [{}] * 10, query="?dryRun=true")
        assert_envelope(response, 200, None)
        assert response.headers["RateLimit"].startswith(f'"default";r={left};')
    assert workspace.leads() == []
    assert post(workspace, [{}]).headers["RateLimit"].startswith('"default";r=997;')


def test_a_dry_run_gets_the_response_that_the_request_would_get(
    post: Post, free_workspace: Workspace, assert_envelope: AssertEnvelope
) -> None:
    query = "?dryrun=TRUE"
    assert post(free_workspace, [{}] * 4).status_code == 200
    assert_envelope(post(free_workspace, [{}], query=query), 200, None)
    assert_envelope(
        post(free_workspace, [{}] * 2, query=query), 400, "Can not have more than 5 leads on the free plan."
    )
    assert post(free_workspace, [{"employeeCount": 0}], query=query).json()["errors"]
    assert post(free_workspace, b"{", query=query).status_code == 400
    assert post(free_workspace, [{}], query=query, Content_Type="text/plain").status_code == 415
    assert post(free_workspace, [{}], query=query, X_API_Key="wrong").status_code == 401
    assert post(free_workspace, [{}]).status_code == 200
    used_up = "Reached the maximum limit of leads on the free plan."
    assert_envelope(post(free_workspace, [{}], query=query), 400, used_up)


def test_a_dry_run_returns_no_ids(post: Post, workspace: Workspace) -> None:
    data = post(workspace, [{"Foo": 1, "company": "A"}], query="?dryRun=true", Prefer="return=representation").json()[
        "data"
    ]
    assert data == {"batchId": None, "leads": [{"index": 0, "id": None, "ignored": ["Foo"]}]}


def test_an_unclear_dry_run_is_refused(post: Post, workspace: Workspace, assert_envelope: AssertEnvelope) -> None:
    response = post(workspace, [{}], query="?dryRun=yes")
    assert_envelope(response, 400, "The query parameter dryRun must be true or false.")
    assert workspace.leads() == []
    assert post(workspace, [{}], query="?dryRun=false").status_code == 200


@pytest.mark.not_on("sam-local", because="SAM gives all requests the same id")
@pytest.mark.not_on("deployed", because="MiniStack does not import the gateway's own answers")
def test_every_response_has_its_own_request_id(http: httpx.Client, post: Post, workspace: Workspace) -> None:
    responses = [
        post(workspace, [{}]),
        post(workspace, b"{"),
        post(workspace, [{}], X_API_Key="wrong"),
        http.get("/api"),
        http.get("/api/v1/leads"),
        post(workspace, [{}], X_Request_Id="chosen-by-the-client"),
    ]
    ids = {response.headers["X-Request-Id"] for response in responses}
    assert len(ids) == len(responses)
    assert "chosen-by-the-client" not in ids
