import json

import pytest

from leads_core.rate_limit import RateLimit
from support.api import CreateDirectApi, Post, Workspace

MESSAGE = "Too many requests. Please try again later."


@pytest.mark.slow
def test_a_thousand_requests_are_admitted_and_the_next_one_after_retry_after(
    workspace: Workspace, direct_api: CreateDirectApi
) -> None:
    api = direct_api()
    for request in range(1000):
        assert api.post(workspace, [{"company": str(request)}])["statusCode"] == 200
        api.wait(0.2)
    refused = api.post(workspace, [{}])
    assert refused["statusCode"] == 429
    assert json.loads(refused["body"]) == {
        "succeeded": False,
        "statusCode": 429,
        "statusCodeDescription": "NONE",
        "message": MESSAGE,
    }
    retry_after = int(refused["headers"]["Retry-After"])
    # The first request was made 200 seconds ago and counts for 300, or up to a tick of 5 seconds longer.
    assert 100 <= retry_after <= 105

    api.wait(retry_after - 1)
    assert api.post(workspace, [{}])["statusCode"] == 429
    api.wait(1)
    assert api.post(workspace, [{}])["statusCode"] == 200
    assert len(workspace.leads()) == 1001


def test_refused_requests_do_not_count_and_bad_ones_and_dry_runs_do(
    workspace: Workspace, direct_api: CreateDirectApi
) -> None:
    api = direct_api(rate_limit=RateLimit(requests=3, window_seconds=300))
    assert api.post(workspace, "not json")["statusCode"] == 400
    assert api.post(workspace, [{}], dryRun="true")["statusCode"] == 200
    assert api.post(workspace, [{}])["statusCode"] == 200
    for dry_run in ("true", "false") * 5:
        assert api.post(workspace, [{}], dryRun=dry_run)["statusCode"] == 429
    api.wait(305)
    assert api.post(workspace, [{}])["statusCode"] == 200


def test_the_limit_holds_across_the_clocks_five_minute_marks(workspace: Workspace, direct_api: CreateDirectApi) -> None:
    api = direct_api(rate_limit=RateLimit(requests=10, window_seconds=300))
    api.clock.ms = (api.clock.ms // 300_000 + 1) * 300_000 - 1_000
    statuses = []
    for _ in range(20):
        statuses.append(api.post(workspace, [{}])["statusCode"])
        api.wait(0.1)
    assert statuses == [200] * 10 + [429] * 10


def test_the_limit_is_checked_before_the_body_and_after_the_key(
    workspace: Workspace, direct_api: CreateDirectApi
) -> None:
    api = direct_api(rate_limit=RateLimit(requests=1, window_seconds=300))
    assert api.post(workspace, [{}])["statusCode"] == 200
    assert api.post(workspace, "not json")["statusCode"] == 429
    workspace.revoke_key()
    assert direct_api(rate_limit=RateLimit(requests=1, window_seconds=300)).post(workspace, [{}])["statusCode"] == 401


def test_every_key_has_its_own_limit(
    workspace: Workspace, free_workspace: Workspace, direct_api: CreateDirectApi
) -> None:
    api = direct_api(rate_limit=RateLimit(requests=1, window_seconds=300))
    assert [api.post(workspace, [{}])["statusCode"] for _ in range(2)] == [200, 429]
    assert api.post(free_workspace, [{}])["statusCode"] == 200


def test_clients_see_how_much_is_left(post: Post, workspace: Workspace) -> None:
    for left in (999, 998):
        response = post(workspace, [{}])
        assert response.headers["RateLimit-Policy"] == '"default";q=1000;w=300'
        quota, remaining, reset = response.headers["RateLimit"].split(";")
        assert (quota, remaining) == ('"default"', f"r={left}")
        assert 290 <= int(reset.removeprefix("t=")) <= 305


def test_an_exhausted_limit_is_reported_with_the_time_to_wait(
    workspace: Workspace, direct_api: CreateDirectApi
) -> None:
    api = direct_api(rate_limit=RateLimit(requests=1, window_seconds=60))
    assert api.post(workspace, [{}])["headers"]["RateLimit-Policy"] == '"default";q=1;w=60'
    headers = api.post(workspace, [{}])["headers"]
    assert headers["RateLimit"] == f'"default";r=0;t={headers["Retry-After"]}'
