"""What is refused, by the API or before any request."""

from typing import Any

import pytest

from leads_cli.local_state import LocalState
from leads_client import (
    BadLeadsError,
    IdempotencyKeyReusedError,
    InvalidKeyError,
    LeadsClient,
    PlanLimitError,
    Problem,
    RefusedError,
)
from leads_core.plans import Plan
from support.api import CreateWorkspace, Workspace
from support.scripted_server import KEY, LEAD, Waits, client_of, never_wait, respond, scripted_server


def test_an_unknown_key_is_refused(server: LocalState) -> None:
    with LeadsClient(server.url, KEY, sleep=never_wait) as client:
        for use in (lambda: client.send([LEAD]), client.ping):
            with pytest.raises(InvalidKeyError, match=r"^Invalid API key\.$"):
                use()


@pytest.mark.parametrize("key", ["", " ", "cdz_ä", "cdz_☃", "cdz_1\r\nX-Other: 2", "cdz_1 2", "cdz_1\n", "\x00"])
def test_a_key_that_no_header_can_carry_is_refused_before_any_request(key: str) -> None:
    with pytest.raises(InvalidKeyError) as refused:
        LeadsClient("http://127.0.0.1", key)
    assert key.strip() not in str(refused.value) or not key.strip()


def test_bad_leads_are_reported(client: LeadsClient, workspace: Workspace) -> None:
    with pytest.raises(BadLeadsError) as refused:
        client.send([LEAD, {"Email": "x" * 125}, {"contacts": [{}, {"role": "y" * 65}]}])

    assert refused.value.problems == (
        Problem(1, "email", "/1/Email", "string_too_long", "must have at most 124 characters, but has 125"),
        Problem(
            2, "contacts.role", "/2/contacts/1/role", "string_too_long", "must have at most 64 characters, but has 65"
        ),
    )
    assert refused.value.status == 400
    assert refused.value.message.startswith("The Email of the lead at index 1 ")
    assert refused.value.request_id
    assert workspace.leads() == []


def test_the_free_plan_refuses_too_many_leads_and_any_when_it_is_full(
    server: LocalState, workspace_on: CreateWorkspace
) -> None:
    with LeadsClient(server.url, workspace_on(Plan.FREE).key, sleep=never_wait) as client:
        with pytest.raises(PlanLimitError, match="more than 5 leads"):
            client.send([LEAD] * 6)
        client.send([LEAD] * 5)
        with pytest.raises(PlanLimitError, match="Reached") as refused:
            client.send([LEAD])
    assert refused.value.quota
    assert refused.value.quota.remaining == 997


def test_an_idempotency_key_cannot_be_used_for_other_leads(client: LeadsClient) -> None:
    client.send([LEAD], idempotency_key="taken")
    with pytest.raises(IdempotencyKeyReusedError) as refused:
        client.send([{"company": "Another"}], idempotency_key="taken")
    assert (refused.value.status, refused.value.code) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(("leads", "words"), [([], "at least one"), ([LEAD] * 101, "100, but was 101")])
def test_other_refusals_have_the_message_of_the_api(client: LeadsClient, leads: list[Any], words: str) -> None:
    with pytest.raises(RefusedError, match=words) as refused:
        client.send(leads)
    assert type(refused.value) is RefusedError


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 415, 422])
def test_a_refused_request_is_not_retried(waits: Waits, status: int) -> None:
    with scripted_server(respond(status)) as server, client_of(server.url, waits) as client:
        with pytest.raises(InvalidKeyError if status == 401 else RefusedError):
            client.send([LEAD])
        assert len(server.requests) == 1
    assert waits.seconds == []


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_are_not_json_are_never_sent(waits: Waits, number: float) -> None:
    with scripted_server(respond()) as server, client_of(server.url, waits) as client:
        with pytest.raises(ValueError, match="JSON"):
            client.send([{"employeeCount": number}])
        assert server.connection_count == 0


@pytest.mark.parametrize("key", ["", "a\nb", " a", "é", "x" * 256])
def test_an_idempotency_key_that_no_header_can_carry_is_never_sent(waits: Waits, key: str) -> None:
    with scripted_server(respond()) as server, client_of(server.url, waits) as client:
        with pytest.raises(ValueError, match="1 to 255 printable ASCII"):
            client.send([LEAD], idempotency_key=key)
        assert server.connection_count == 0


@pytest.mark.parametrize(
    "url",
    [
        "",
        "leads.example.com",
        "ftp://leads.example.com",
        "http://",
        "https:///api/v1/leads",
        "http://127.0.0.1:port",
        "http://user:secret@127.0.0.1",
        "http://127.0.0.1/api/v1/leads?dryRun=true",
        "http://127.0.0.1/#leads",
    ],
)
def test_an_invalid_address_is_a_value_error(url: str) -> None:
    with pytest.raises(ValueError, match=r"^The address of the lead API ") as refused:
        LeadsClient(url, KEY)
    assert "secret" not in str(refused.value)
