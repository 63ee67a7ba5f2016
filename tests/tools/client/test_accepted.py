"""What the client returns for accepted leads, and what it sends to the API."""

import socket

import pytest

from leads_cli.local_state import LocalState
from leads_client import Accepted, AcceptedLead, BadLeadsError, LeadsClient, Problem, UnexpectedResponseError
from leads_core.plans import Plan
from support.api import CreateWorkspace, Workspace
from support.scripted_server import KEY, LEAD, Waits, client_of, read_message, respond, scripted_server


def test_sent_leads_are_stored_and_their_ids_are_returned(client: LeadsClient, workspace: Workspace) -> None:
    accepted = client.send([{"company": "Ä 🎉", "labels": ["a"]}, {"Email": "b@example.com", "foo": 1}])

    stored = workspace.leads()
    assert [lead["id"] for lead in stored] == [lead.id for lead in accepted.leads]
    assert [stored[0]["company"], stored[1]["email"]] == ["Ä 🎉", "b@example.com"]
    assert [(lead.index, lead.ignored) for lead in accepted.leads] == [(0, ()), (1, ("foo",))]
    assert accepted.batch_id
    assert accepted.request_id
    assert not accepted.is_replay
    assert accepted.quota
    assert (accepted.quota.limit, accepted.quota.window_seconds, accepted.quota.remaining) == (1000, 300, 999)
    assert 290 <= accepted.quota.reset_seconds <= 305


@pytest.mark.parametrize("path", ["", "/", "/api/v1/leads", "/api/v1/leads/"])
def test_the_address_may_include_the_path(server: LocalState, workspace: Workspace, path: str) -> None:
    with LeadsClient(server.url + path, workspace.key) as client:
        assert client.send([LEAD]).leads[0].id


def test_a_stage_in_the_address_is_kept() -> None:
    with scripted_server(respond()) as server, client_of(f"{server.url}/prod", Waits()) as client:
        client.send([LEAD])
        assert server.requests[0].startswith(b"POST /prod/api/v1/leads HTTP/1.1")


def test_a_dry_run_stores_nothing(client: LeadsClient, workspace: Workspace) -> None:
    accepted = client.send([{**LEAD, "foo": 1}], dry_run=True)

    assert accepted.leads == (AcceptedLead(0, None, ("foo",)),)
    assert accepted.batch_id is None
    assert workspace.leads() == []


def test_a_repeat_with_the_same_idempotency_key_is_stored_once_and_marked_as_a_replay(
    client: LeadsClient, workspace: Workspace
) -> None:
    first, again = client.send([LEAD], idempotency_key="once"), client.send([LEAD], idempotency_key="once")

    assert (first.is_replay, again.is_replay) == (False, True)
    assert first.leads == again.leads
    assert len(workspace.leads()) == 1


def test_calls_without_an_idempotency_key_are_separate_requests(client: LeadsClient, workspace: Workspace) -> None:
    assert client.send([LEAD]).leads != client.send([LEAD]).leads
    assert len(workspace.leads()) == 2


def test_leads_are_accepted_by_a_server_that_returns_no_ids(waits: Waits) -> None:
    with scripted_server(respond()) as server, client_of(server.url, waits) as client:
        unknown = (AcceptedLead(0, None, ()), AcceptedLead(1, None, ()))
        assert client.send([LEAD, LEAD]) == Accepted(None, unknown, is_replay=False, quota=None, request_id=None)


BAD = {"email": "x" * 125}


def test_a_lenient_request_stores_the_good_leads_and_reports_the_others(
    client: LeadsClient, workspace: Workspace
) -> None:
    accepted = client.send([BAD, LEAD, {"Foo": 1}, {"company": "B"}], lenient=True)

    assert [lead["company"] for lead in workspace.leads()] == ["Open AI", "B"]
    assert [lead.index for lead in accepted.leads] == [1, 3]
    assert [lead["id"] for lead in workspace.leads()] == [lead.id for lead in accepted.leads]
    assert [(problem.index, problem.field, problem.code) for problem in accepted.rejected] == [
        (0, "email", "string_too_long"),
        (2, "", "no_known_field"),
    ]


def test_a_repeated_lenient_request_has_the_same_split(client: LeadsClient, workspace: Workspace) -> None:
    first, again = (client.send([BAD, LEAD], lenient=True, idempotency_key="once") for _ in range(2))

    assert (first.is_replay, again.is_replay) == (False, True)
    assert (first.leads, first.rejected) == (again.leads, again.rejected)
    assert len(workspace.leads()) == 1


@pytest.mark.parametrize("lenient", [False, True])
def test_a_request_without_a_good_lead_is_refused(client: LeadsClient, *, lenient: bool) -> None:
    with pytest.raises(BadLeadsError) as refused:
        client.send([BAD, BAD], lenient=lenient)
    assert [problem.index for problem in refused.value.problems] == [0, 1]
    assert client.send([LEAD], lenient=lenient).rejected == ()


def test_a_duplicate_of_an_earlier_lead_is_reported(client: LeadsClient) -> None:
    accepted = client.send([LEAD, {"company": "B"}, LEAD])

    assert [lead.duplicate_of for lead in accepted.leads] == [None, None, 0]


def test_a_lenient_request_returns_the_good_leads_of_a_server_without_ids(waits: Waits) -> None:
    problem = {"index": 0, "field": "email", "pointer": "/0/email", "code": "x", "message": "is bad"}
    body = {"succeeded": True, "statusCode": 200, "statusCodeDescription": "NONE", "message": "1 of 2."}
    with scripted_server(respond(200, {**body, "errors": [problem]})) as server, client_of(server.url, waits) as client:
        accepted = client.send([BAD, LEAD], lenient=True)
    assert accepted.leads == (AcceptedLead(1, None, ()),)
    assert accepted.rejected == (Problem(0, "email", "/0/email", "x", "is bad"),)


def test_requests_share_one_connection(waits: Waits) -> None:
    with scripted_server(respond()) as server, client_of(server.url, waits) as client:
        for _ in range(3):
            client.send([LEAD])
        assert (len(server.requests), server.connection_count) == (3, 1)


def test_requests_identify_the_client_and_ask_for_ids(waits: Waits) -> None:
    with scripted_server(respond()) as server, client_of(server.url, waits) as client:
        client.send([LEAD])
        client.send([LEAD], lenient=True)
        assert server.header("User-Agent")[0].startswith("lead-intake-client/")
        assert server.header("Prefer") == ["return=representation", "return=representation, handling=lenient"]
        assert server.header("X-API-Key") == [KEY, KEY]


def test_a_lead_whose_response_was_lost_is_stored_once(server: LocalState, workspace: Workspace, waits: Waits) -> None:
    host, port = server.url.removeprefix("http://").split(":")

    def forward(request: bytes) -> bytes:
        with socket.create_connection((host, int(port))) as api, api.makefile("rb") as stream:
            api.sendall(request)
            return read_message(stream)

    def store_and_drop(request: bytes) -> None:
        forward(request)

    with (
        scripted_server(store_and_drop, store_and_drop, forward) as between,
        LeadsClient(between.url, workspace.key, sleep=waits.sleep) as client,
    ):
        accepted = client.send([LEAD, LEAD])
    assert accepted.is_replay
    assert [lead["id"] for lead in workspace.leads()] == [lead.id for lead in accepted.leads]


# Pings


def test_a_ping_returns_the_remaining_quota(client: LeadsClient, workspace: Workspace) -> None:
    first = client.ping()
    assert (first.limit, first.window_seconds, first.remaining) == (1000, 300, 999)
    assert 290 <= first.reset_seconds <= 305
    client.send([LEAD])
    assert client.ping().remaining == 997
    assert len(workspace.leads()) == 1


def test_a_ping_accepts_the_key_of_a_full_workspace(server: LocalState, workspace_on: CreateWorkspace) -> None:
    with LeadsClient(server.url, workspace_on(Plan.FREE).key) as client:
        client.send([LEAD] * 5)
        assert client.ping().remaining == 998


def test_a_ping_fails_on_a_server_that_returns_no_quota(waits: Waits) -> None:
    with (
        scripted_server(respond()) as server,
        client_of(server.url, waits) as client,
        pytest.raises(UnexpectedResponseError, match="rate limit"),
    ):
        client.ping()
