import httpx
import pytest

from leads_admin.keys import generate_secret
from support.api import AssertEnvelope, Post, ScannedWorkspaces, Workspace


@pytest.mark.parametrize(
    "key",
    [
        "",
        "your_api_key_here",
        "cdz_" + "A" * 49,
        generate_secret(),
        generate_secret()[:-1],
        generate_secret() + ", " + generate_secret(),
        "k" * 4096,
        "cdz_\t" + "A" * 48,
        "cdz_" + "\u00e5" * 49,
    ],
    ids=["empty", "placeholder", "wrong checksum", "unknown", "cut", "twice", "4 KB", "control character", "latin-1"],
)
def test_an_invalid_key_is_refused_with_the_documented_message(
    post: Post, workspace: Workspace, assert_envelope: AssertEnvelope, key: str
) -> None:
    response = post(workspace, [{}], X_API_Key=key)
    assert_envelope(response, 401, "Invalid API key.")
    assert "RateLimit" not in response.headers


def test_a_missing_key_is_refused(http: httpx.Client, assert_envelope: AssertEnvelope) -> None:
    assert_envelope(http.post("/api/v1/leads", json=[{}]), 401, "Invalid API key.")


def test_a_revoked_key_is_refused_from_the_next_request_on(
    post: Post, workspace: Workspace, assert_envelope: AssertEnvelope
) -> None:
    assert post(workspace, [{}]).status_code == 200
    workspace.revoke_key()
    assert_envelope(post(workspace, [{}]), 401, "Invalid API key.")
    assert len(workspace.leads()) == 1


def test_the_key_is_checked_before_the_body(post: Post, workspace: Workspace) -> None:
    assert post(workspace, b"not json", X_API_Key="wrong", Content_Type="text/plain").status_code == 401


def test_header_names_match_in_any_case(http: httpx.Client, workspace: Workspace) -> None:
    for name in ("x-api-key", "X-API-KEY", "X-Api-Key"):
        assert http.post("/api/v1/leads", json=[{}], headers={name: workspace.key}).status_code == 200


def test_all_keys_of_a_workspace_share_its_plan(
    post: Post, free_workspace: Workspace, workspaces: ScannedWorkspaces
) -> None:
    other = Workspace(free_workspace.workspace_id, workspaces.create_key(free_workspace.workspace_id), workspaces)
    assert post(free_workspace, [{}] * 3).status_code == 200
    assert post(other, [{}] * 3).status_code == 400
