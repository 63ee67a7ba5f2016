import httpx
import pytest

from support.api import AssertEnvelope, Post, Workspace


@pytest.mark.not_on("sam-local", "deployed", because="the gateways that stand in have answers of their own")
@pytest.mark.parametrize("path", ["/", "/api/v1", "/api/v1/leads/", "/api/v1/leads/1", "/api/v2/leads", "/%0a%1b[31m"])
def test_another_path_is_not_found(http: httpx.Client, assert_envelope: AssertEnvelope, path: str) -> None:
    assert_envelope(http.post(path, json=[{}]), 404, "Not found.")


@pytest.mark.not_on("deployed", because="MiniStack does not import the method ANY")
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_another_method_is_not_allowed(http: httpx.Client, assert_envelope: AssertEnvelope, method: str) -> None:
    response = http.request(method, "/api/v1/leads")
    assert_envelope(response, 405, "Method not allowed.")
    assert response.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json"]
)
def test_a_body_of_another_content_type_is_refused(
    post: Post, workspace: Workspace, assert_envelope: AssertEnvelope, content_type: str
) -> None:
    response = post(workspace, [{}], Content_Type=content_type)
    assert_envelope(response, 415, "The Content-Type must be application/json.")
    assert workspace.leads() == []


def test_a_missing_content_type_means_json(http: httpx.Client, workspace: Workspace) -> None:
    response = http.post("/api/v1/leads", content=b"[{}]", headers={"X-API-Key": workspace.key})
    assert "content-type" not in response.request.headers
    assert response.status_code == 200


def test_the_content_type_is_checked_before_the_body(post: Post, workspace: Workspace) -> None:
    assert post(workspace, b"not json", Content_Type="text/plain").status_code == 415


def test_a_body_of_more_than_4500000_bytes_is_refused(
    post: Post, workspace: Workspace, assert_envelope: AssertEnvelope
) -> None:
    assert_envelope(post(workspace, b" " * 4_500_001), 413, "The request is too large: 4,500,000 bytes at most.")


@pytest.mark.not_on("sam-local", "deployed", because="the gateways that stand in let it pass")
def test_a_body_that_the_gateway_rejects_has_its_own_response(post: Post, workspace: Workspace) -> None:
    response = post(workspace, b" " * 4_800_000)

    assert (response.status_code, response.json()) == (413, {"message": "Request Too Long"})
