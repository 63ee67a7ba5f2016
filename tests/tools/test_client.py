"""The client as a program uses it: on the local server, and on servers that fail as a script says."""

import json
import logging
import os
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads_api.outcomes import Outcome
from leads_cli.local_state import LocalState
from leads_client import (
    Accepted,
    AcceptedLead,
    BadLeadsError,
    IdempotencyKeyReusedError,
    InvalidKeyError,
    LeadsClient,
    LeadsClientError,
    PlanLimitError,
    Problem,
    RateLimitedError,
    RefusedError,
    ServiceError,
    UnavailableError,
    UnexpectedResponseError,
)
from leads_core.plans import Plan
from support.api import CreateWorkspace, Workspace, create_workspace, workspaces_in
from support.clock import VirtualClock
from support.server import running_server, server_command

KEY = "cdz_NotForAnybodysEyes"
LEAD = {"company": "Open AI"}
TIMEOUT = 0.2
"""Seconds; only what never answers takes as long."""


# The local server.


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalState]:
    directory = tmp_path_factory.mktemp("server")
    with running_server(server_command(directory), directory) as running:
        yield running.state


@pytest.fixture
def workspace_on(server: LocalState) -> CreateWorkspace:
    return partial(create_workspace, workspaces_in(server))


@pytest.fixture
def workspace(workspace_on: CreateWorkspace) -> Workspace:
    return workspace_on(Plan.BASIC)


@pytest.fixture
def client(server: LocalState, workspace: Workspace) -> Iterator[LeadsClient]:
    with LeadsClient(server.url, workspace.key, sleep=_never_wait) as client:
        yield client


def _never_wait(seconds: float) -> None:
    raise AssertionError(f"it waits {seconds} seconds")


# Servers that follow a script.


Step = Callable[[bytes], bytes | None]
"""What to answer to a request; None is to drop the connection."""


def drop(_request: bytes) -> None:
    """Drop the connection when the request is there."""


def answer(status: int = 200, body: object = None, **headers: str) -> Step:
    """An answer; of the API unless there is a body."""
    if body is None:
        body = {"succeeded": status == 200, "statusCode": status, "statusCodeDescription": "NONE", "message": "Said."}
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"Content-Type": "application/json", "Content-Length": str(len(content))}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
    return lambda _request: f"HTTP/1.1 {status} Any\r\n{head}\r\n".encode("latin-1") + content


def unavailable(code: str = "unknown_to_this_client") -> Step:
    return answer(503, Retry_After="5", X_Error_Code=code)


NOTHING_STORED = unavailable(Outcome.UNAVAILABLE.code)
MAYBE_STORED = unavailable(Outcome.UNAVAILABLE_MAY_BE_STORED.code)
RETRY_FINISHES = unavailable(Outcome.UNAVAILABLE_RETRY_FINISHES.code)


@dataclass
class ScriptedServer:
    """Answers each request with the next step of its script, and the last step for ever after."""

    url: str
    script: deque[Step]
    requests: list[bytes] = field(default_factory=list)
    connection_count: int = 0

    def header(self, name: str) -> list[str]:
        """What the requests had as a header."""
        return [_headers(request)[name.lower()] for request in self.requests]

    def bodies(self) -> list[bytes]:
        return [request.partition(b"\r\n\r\n")[2] for request in self.requests]

    def serve(self, connection: socket.socket) -> None:
        self.connection_count += 1
        with suppress(OSError), connection, connection.makefile("rb") as stream:
            while request := _read_message(stream):
                self.requests.append(request)
                step = self.script.popleft() if len(self.script) > 1 else self.script[0]
                response = step(request)
                if response is None:
                    return
                connection.sendall(response)


def _read_message(stream: BinaryIO) -> bytes:
    head = b""
    while line := stream.readline():
        head += line
        if line == b"\r\n":
            return head + stream.read(int(_headers(head)["content-length"]))
    return b""


def _headers(message: bytes) -> dict[str, str]:
    lines = message.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")[1:]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


@contextmanager
def scripted_server(*script: Step) -> Iterator[ScriptedServer]:
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as connections:
        server = ScriptedServer(f"http://127.0.0.1:{listener.getsockname()[1]}", deque(script))
        threads = []

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                connections.callback(_hang_up, connection)
                threads.append(threading.Thread(target=server.serve, args=[connection]))
                threads[-1].start()

        acceptor = threading.Thread(target=accept)
        acceptor.start()
        try:
            yield server
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            acceptor.join()
            connections.close()
            for thread in threads:
                thread.join()


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


@dataclass
class Waits:
    """Records what would have been waited for, and why."""

    seconds: list[float] = field(default_factory=list)
    told: list[tuple[float, str]] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)

    def tell(self, seconds: float, reason: str) -> None:
        self.told.append((seconds, reason))


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port where nothing listens: it is bound, so that nobody else can."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def client_of(url: str, waits: Waits, *, give_up_after_seconds: float = 120) -> LeadsClient:
    return LeadsClient(
        url,
        KEY,
        timeout_seconds=TIMEOUT,
        give_up_after_seconds=give_up_after_seconds,
        sleep=waits.sleep,
        on_wait=waits.tell,
    )


# What is accepted.


def test_sent_leads_are_stored_and_have_their_ids(client: LeadsClient, workspace: Workspace) -> None:
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
def test_the_address_may_have_the_path_or_not(server: LocalState, workspace: Workspace, path: str) -> None:
    with LeadsClient(server.url + path, workspace.key) as client:
        assert client.send([LEAD]).leads[0].id


def test_a_stage_in_the_address_is_kept() -> None:
    with scripted_server(answer()) as server, client_of(f"{server.url}/prod", Waits()) as client:
        client.send([LEAD])
        assert server.requests[0].startswith(b"POST /prod/api/v1/leads HTTP/1.1")


def test_a_dry_run_stores_nothing(client: LeadsClient, workspace: Workspace) -> None:
    accepted = client.send([{**LEAD, "foo": 1}], dry_run=True)

    assert accepted.leads == (AcceptedLead(0, None, ("foo",)),)
    assert accepted.batch_id is None
    assert workspace.leads() == []


def test_the_same_idempotency_key_stores_once_and_says_so(client: LeadsClient, workspace: Workspace) -> None:
    first, again = client.send([LEAD], idempotency_key="once"), client.send([LEAD], idempotency_key="once")

    assert (first.is_replay, again.is_replay) == (False, True)
    assert first.leads == again.leads
    assert len(workspace.leads()) == 1


def test_calls_without_an_idempotency_key_are_requests_of_their_own(client: LeadsClient, workspace: Workspace) -> None:
    assert client.send([LEAD]).leads != client.send([LEAD]).leads
    assert len(workspace.leads()) == 2


def test_a_server_that_does_not_tell_ids_accepts_leads_no_less(waits: Waits) -> None:
    with scripted_server(answer()) as server, client_of(server.url, waits) as client:
        unknown = (AcceptedLead(0, None, ()), AcceptedLead(1, None, ()))
        assert client.send([LEAD, LEAD]) == Accepted(None, unknown, is_replay=False, quota=None, request_id=None)


BAD = {"email": "x" * 125}


def test_a_lenient_request_stores_the_good_leads_and_tells_of_the_others(
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


def test_a_lenient_request_is_repeated_with_the_same_split(client: LeadsClient, workspace: Workspace) -> None:
    first, again = (client.send([BAD, LEAD], lenient=True, idempotency_key="once") for _ in range(2))

    assert (first.is_replay, again.is_replay) == (False, True)
    assert (first.leads, first.rejected) == (again.leads, again.rejected)
    assert len(workspace.leads()) == 1


@pytest.mark.parametrize("lenient", [False, True])
def test_leads_of_which_none_is_good_are_refused(client: LeadsClient, *, lenient: bool) -> None:
    with pytest.raises(BadLeadsError) as refused:
        client.send([BAD, BAD], lenient=lenient)
    assert [problem.index for problem in refused.value.problems] == [0, 1]
    assert client.send([LEAD], lenient=lenient).rejected == ()


def test_leads_that_say_an_earlier_one_again_are_told(client: LeadsClient) -> None:
    accepted = client.send([LEAD, {"company": "B"}, LEAD])

    assert [lead.duplicate_of for lead in accepted.leads] == [None, None, 0]


def test_a_server_that_stores_in_part_and_tells_no_ids_names_the_good_leads(waits: Waits) -> None:
    problem = {"index": 0, "field": "email", "pointer": "/0/email", "code": "x", "message": "is bad"}
    body = {"succeeded": True, "statusCode": 200, "statusCodeDescription": "NONE", "message": "1 of 2."}
    with scripted_server(answer(200, {**body, "errors": [problem]})) as server, client_of(server.url, waits) as client:
        accepted = client.send([BAD, LEAD], lenient=True)
    assert accepted.leads == (AcceptedLead(1, None, ()),)
    assert accepted.rejected == (Problem(0, "email", "/0/email", "x", "is bad"),)


def test_bad_leads_say_nothing_of_a_lenient_attempt_whose_answer_was_lost(waits: Waits) -> None:
    problem = {"index": 0, "field": "email", "pointer": "/0/email", "code": "x", "message": "is bad"}
    body = {"succeeded": False, "statusCode": 400, "statusCodeDescription": "NONE", "message": "Bad."}
    script = [drop, answer(400, {**body, "errors": [problem]})]
    for lenient, error in ((True, UnavailableError), (False, BadLeadsError)):
        with (
            scripted_server(*script) as server,
            client_of(server.url, waits) as client,
            pytest.raises(error) as refused,
        ):
            client.send([BAD, LEAD], lenient=lenient)
        assert getattr(refused.value, "leads_may_be_stored", False) is lenient


def test_the_connection_is_kept(waits: Waits) -> None:
    with scripted_server(answer()) as server, client_of(server.url, waits) as client:
        for _ in range(3):
            client.send([LEAD])
        assert (len(server.requests), server.connection_count) == (3, 1)


def test_requests_say_who_sends_them_and_ask_for_ids(waits: Waits) -> None:
    with scripted_server(answer()) as server, client_of(server.url, waits) as client:
        client.send([LEAD])
        client.send([LEAD], lenient=True)
        assert server.header("User-Agent")[0].startswith("lead-intake-client/")
        assert server.header("Prefer") == ["return=representation", "return=representation, handling=lenient"]
        assert server.header("X-API-Key") == [KEY, KEY]


# Ping.


def test_a_ping_tells_the_quota_that_it_leaves(client: LeadsClient, workspace: Workspace) -> None:
    first = client.ping()
    assert (first.limit, first.window_seconds, first.remaining) == (1000, 300, 999)
    assert 290 <= first.reset_seconds <= 305
    client.send([LEAD])
    assert client.ping().remaining == 997
    assert len(workspace.leads()) == 1


def test_the_key_of_a_full_workspace_is_valid(server: LocalState, workspace_on: CreateWorkspace) -> None:
    with LeadsClient(server.url, workspace_on(Plan.FREE).key) as client:
        client.send([LEAD] * 5)
        assert client.ping().remaining == 998


def test_a_ping_does_not_take_a_server_without_a_quota_for_the_api(waits: Waits) -> None:
    with (
        scripted_server(answer()) as server,
        client_of(server.url, waits) as client,
        pytest.raises(UnexpectedResponseError, match="rate limit"),
    ):
        client.ping()


# What is refused, at once.


def test_an_unknown_key_is_refused(server: LocalState) -> None:
    with LeadsClient(server.url, KEY, sleep=_never_wait) as client:
        for use in (lambda: client.send([LEAD]), client.ping):
            with pytest.raises(InvalidKeyError, match=r"^Invalid API key\.$"):
                use()


@pytest.mark.parametrize("key", ["", " ", "cdz_ä", "cdz_☃", "cdz_1\r\nX-Other: 2", "cdz_1 2", "cdz_1\n", "\x00"])
def test_a_key_that_no_header_can_carry_is_refused_before_any_request(key: str) -> None:
    with pytest.raises(InvalidKeyError) as refused:
        LeadsClient("http://127.0.0.1", key)
    assert key.strip() not in str(refused.value) or not key.strip()


def test_bad_leads_are_named(client: LeadsClient, workspace: Workspace) -> None:
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
    with LeadsClient(server.url, workspace_on(Plan.FREE).key, sleep=_never_wait) as client:
        with pytest.raises(PlanLimitError, match="more than 5 leads"):
            client.send([LEAD] * 6)
        client.send([LEAD] * 5)
        with pytest.raises(PlanLimitError, match="Reached") as refused:
            client.send([LEAD])
    assert refused.value.quota
    assert refused.value.quota.remaining == 997


def test_an_idempotency_key_belongs_to_its_leads(client: LeadsClient) -> None:
    client.send([LEAD], idempotency_key="taken")
    with pytest.raises(IdempotencyKeyReusedError) as refused:
        client.send([{"company": "Another"}], idempotency_key="taken")
    assert (refused.value.status, refused.value.code) == (422, "idempotency_key_reused")


@pytest.mark.parametrize(("leads", "words"), [([], "at least one"), ([LEAD] * 101, "100, but was 101")])
def test_other_refusals_have_the_words_of_the_api(client: LeadsClient, leads: list[Any], words: str) -> None:
    with pytest.raises(RefusedError, match=words) as refused:
        client.send(leads)
    assert type(refused.value) is RefusedError


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 415, 422])
def test_what_is_refused_is_not_sent_again(waits: Waits, status: int) -> None:
    with scripted_server(answer(status)) as server, client_of(server.url, waits) as client:
        with pytest.raises(InvalidKeyError if status == 401 else RefusedError):
            client.send([LEAD])
        assert len(server.requests) == 1
    assert waits.seconds == []


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_numbers_that_json_has_not_are_never_sent(waits: Waits, number: float) -> None:
    with scripted_server(answer()) as server, client_of(server.url, waits) as client:
        with pytest.raises(ValueError, match="JSON"):
            client.send([{"employeeCount": number}])
        assert server.connection_count == 0


@pytest.mark.parametrize("key", ["", "a\nb", " a", "é", "x" * 256])
def test_an_invalid_idempotency_key_is_never_sent(waits: Waits, key: str) -> None:
    with scripted_server(answer()) as server, client_of(server.url, waits) as client:
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
def test_an_address_that_cannot_be_the_apis_is_a_value_error(url: str) -> None:
    with pytest.raises(ValueError, match=r"^The address of the lead API ") as refused:
        LeadsClient(url, KEY)
    assert "secret" not in str(refused.value)


# What passes.


def test_after_a_429_it_waits_exactly_as_long_as_it_is_told(waits: Waits) -> None:
    with (
        scripted_server(answer(429, Retry_After="37"), answer(429, Retry_After="1"), answer()) as server,
        client_of(server.url, waits) as client,
    ):
        client.send([LEAD])
        assert len(server.requests) == 3
    assert waits.seconds == [37, 1]
    assert waits.told == [(37, "too many requests"), (1, "too many requests")]


def test_a_limit_that_lasts_longer_than_its_patience_is_an_error_at_once(tmp_path: Path) -> None:
    limits = {"RATE_LIMIT_REQUESTS": "1", "RATE_LIMIT_WINDOW_SECONDS": "300"}
    with running_server(server_command(tmp_path), tmp_path, environment={**os.environ, **limits}) as running:
        url, key, waits = running.state.url, running.state.basic.key, Waits()
        with LeadsClient(url, key, sleep=_never_wait) as client:
            client.send([LEAD])
            for use in (lambda: client.send([LEAD]), client.ping):
                with pytest.raises(RateLimitedError) as refused:
                    use()
                assert 290 <= refused.value.retry_after_seconds <= 305
                assert not refused.value.leads_may_be_stored
        with (
            LeadsClient(url, key, give_up_after_seconds=700, sleep=waits.sleep) as patient,
            pytest.raises(RateLimitedError),
        ):
            patient.send([LEAD])
    assert len(waits.seconds) == 2
    assert all(290 <= seconds <= 305 for seconds in waits.seconds)


@pytest.mark.parametrize("asked", ["0", "soon", "Mon, 23 Nov 2026 21:54:36 GMT", "-1", "9" * 30, "²"])
def test_a_wait_that_is_not_in_seconds_is_a_backoff_that_ends(waits: Waits, asked: str) -> None:
    with scripted_server(answer(429, Retry_After=asked)) as server, client_of(server.url, waits) as client:
        with pytest.raises(RateLimitedError) as refused:
            client.send([LEAD])
        assert refused.value.retry_after_seconds == 1
        assert 5 < len(server.requests) < 100
    assert sum(waits.seconds) <= 120


def test_after_a_503_it_waits_as_long_as_it_is_told_until_its_time_is_up(waits: Waits) -> None:
    with scripted_server(NOTHING_STORED) as server, client_of(server.url, waits, give_up_after_seconds=60) as client:
        with pytest.raises(UnavailableError, match=r"unavailable: it answered 503\."):
            client.send([LEAD])
        assert len(server.requests) == 13
    assert waits.seconds == [5] * 12


@pytest.mark.parametrize("status", [500, 502, 504, 520])
def test_other_faults_are_tried_a_few_times_with_growing_and_random_pauses(waits: Waits, status: int) -> None:
    with scripted_server(answer(status)) as server, client_of(server.url, waits) as client:
        for _ in range(2):
            with pytest.raises(UnavailableError, match=f"it answered {status}"):
                client.send([LEAD])
        assert len(server.requests) == 10
    first, second = waits.seconds[:4], waits.seconds[4:]
    assert first != second
    for pauses in (first, second):
        assert all(pause <= longest for pause, longest in zip(pauses, [0.5, 1, 2, 4], strict=True))


@pytest.mark.parametrize(
    "fault",
    [drop, answer(500, b"<html>"), answer(502), MAYBE_STORED, answer(429, b"")],
    ids=["drop", "500", "502", "503", "429"],
)
def test_a_fault_that_passes_is_not_noticed(waits: Waits, fault: Step) -> None:
    with scripted_server(fault, fault, answer()) as server, client_of(server.url, waits) as client:
        client.send([LEAD])
        assert len(server.requests) == 3
    assert len(waits.seconds) == 2


def test_an_answer_that_is_cut_off_or_never_comes_is_asked_for_again(waits: Waits) -> None:
    over = threading.Event()

    def never(_request: bytes) -> None:
        over.wait()

    def cut(_request: bytes) -> bytes:
        over.set()
        return b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"

    with scripted_server(never, cut, answer()) as server, client_of(server.url, waits) as client:
        client.send([LEAD])
        assert len(server.requests) == 3
    assert "time" in waits.told[0][1]


def test_every_attempt_has_the_same_body_and_idempotency_key(waits: Waits) -> None:
    with scripted_server(drop, drop, answer()) as server, client_of(server.url, waits) as client:
        client.send([LEAD])
        client.send([LEAD], idempotency_key="mine")
        assert server.bodies() == [b'[{"company":"Open AI"}]'] * 4
        own = server.header("Idempotency-Key")
    assert len(set(own[:3])) == 1
    assert len(own[0]) > 30
    assert own[3] == "mine"


def test_a_lead_whose_answer_was_lost_is_stored_once(server: LocalState, workspace: Workspace, waits: Waits) -> None:
    host, port = server.url.removeprefix("http://").split(":")

    def forward(request: bytes) -> bytes:
        with socket.create_connection((host, int(port))) as api, api.makefile("rb") as stream:
            api.sendall(request)
            return _read_message(stream)

    def store_and_drop(request: bytes) -> None:
        forward(request)

    with (
        scripted_server(store_and_drop, store_and_drop, forward) as between,
        LeadsClient(between.url, workspace.key, sleep=waits.sleep) as client,
    ):
        accepted = client.send([LEAD, LEAD])
    assert accepted.is_replay
    assert [lead["id"] for lead in workspace.leads()] == [lead.id for lead in accepted.leads]


def test_nobody_there_is_tried_until_the_time_is_up(waits: Waits, closed_port: int) -> None:
    with client_of(f"http://127.0.0.1:{closed_port}", waits) as client, pytest.raises(UnavailableError) as refused:
        client.send([LEAD])
    assert f"127.0.0.1:{closed_port}" in str(refused.value)
    assert "refused" in str(refused.value)
    assert not refused.value.leads_may_be_stored
    assert 90 < sum(waits.seconds) <= 120


def test_time_that_attempts_take_counts_too(waits: Waits, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = VirtualClock()
    monkeypatch.setattr("tenacity.time", clock)

    def take_two_minutes(_request: bytes) -> None:
        clock.sleep(121)

    with scripted_server(take_two_minutes) as server, client_of(server.url, waits) as client:
        with pytest.raises(UnavailableError):
            client.send([LEAD])
        assert len(server.requests) == 1


def test_without_patience_there_is_one_attempt(waits: Waits) -> None:
    with scripted_server(drop) as server, client_of(server.url, waits, give_up_after_seconds=0) as client:
        with pytest.raises(UnavailableError):
            client.send([LEAD])
        assert len(server.requests) == 1


# Whether leads may be stored after all.


@pytest.mark.parametrize(
    ("script", "without_key", "with_key"),
    [
        ([NOTHING_STORED], False, False),
        ([drop], True, False),
        ([drop, NOTHING_STORED], True, False),
        ([answer(504)], True, False),
        ([answer(503, b"<html>")], True, False),
        ([MAYBE_STORED], True, True),
        ([RETRY_FINISHES], True, True),
        ([MAYBE_STORED, NOTHING_STORED], True, True),
        ([answer(429, Retry_After="300")], False, False),
        ([drop, answer(429, Retry_After="300")], True, False),
        ([answer(200, b"<html>")], True, False),
        ([answer(404, b"<html>")], False, False),
    ],
)
def test_a_failure_tells_whether_leads_may_be_stored(
    waits: Waits, script: list[Step], without_key: object, with_key: object
) -> None:
    for idempotency_key, expected in ((None, without_key), ("mine", with_key)):
        with (
            scripted_server(*script) as server,
            client_of(server.url, waits, give_up_after_seconds=10) as client,
        ):
            with pytest.raises(ServiceError) as failed:
                client.send([LEAD], idempotency_key=idempotency_key)
            assert failed.value.leads_may_be_stored is expected
            assert failed.value.idempotency_key == server.header("Idempotency-Key")[0]


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_repeat_leaves_open_what_became_of_the_first_attempt(waits: Waits, status: int) -> None:
    with scripted_server(drop, answer(status)) as server, client_of(server.url, waits) as client:
        with pytest.raises(UnavailableError, match=r"Said\.$") as failed:
            client.send([LEAD])
        assert failed.value.leads_may_be_stored
        with pytest.raises(InvalidKeyError if status == 401 else RefusedError):
            client.send([LEAD])


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_after_attempts_without_effect_is_just_that(waits: Waits, status: int) -> None:
    with scripted_server(NOTHING_STORED, answer(status)) as server, client_of(server.url, waits) as client:
        with pytest.raises(InvalidKeyError if status == 401 else RefusedError):
            client.send([LEAD])
        assert len(server.requests) == 2


def test_what_is_wrong_with_leads_is_told_after_any_attempt(waits: Waits) -> None:
    problem = {"index": 0, "field": "email", "pointer": "/0/email", "code": "string_too_long", "message": "is wrong"}
    envelope = {"succeeded": False, "statusCode": 400, "message": "Wrong.", "errors": [problem]}
    with (
        scripted_server(drop, answer(400, envelope)) as server,
        client_of(server.url, waits) as client,
        pytest.raises(BadLeadsError) as refused,
    ):
        client.send([LEAD])
    assert refused.value.problems == (Problem(**problem),)  # type: ignore[arg-type]


def test_a_dry_run_never_may_have_stored_anything(waits: Waits) -> None:
    with (
        scripted_server(MAYBE_STORED) as server,
        client_of(server.url, waits) as client,
        pytest.raises(UnavailableError) as failed,
    ):
        client.send([LEAD], dry_run=True)
    assert not failed.value.leads_may_be_stored


# Something else answers.


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_but_told(waits: Waits, status: int) -> None:
    with scripted_server(answer()) as elsewhere, scripted_server(answer(status, Location=elsewhere.url)) as server:
        with client_of(server.url, waits) as client, pytest.raises(UnexpectedResponseError) as failed:
            client.send([LEAD])
        assert elsewhere.url in str(failed.value)
        assert elsewhere.connection_count == 0
        assert len(server.requests) == 1


ENVELOPE = {"succeeded": True, "statusCode": 200, "statusCodeDescription": "NONE", "message": None}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>Welcome</html>"),
        (200, b""),
        (200, []),
        (200, {"message": "Hello"}),
        (200, {**ENVELOPE, "succeeded": False}),
        (200, {**ENVELOPE, "statusCode": 201}),
        (200, {**ENVELOPE, "data": {"leads": 3}}),
        (201, {**ENVELOPE, "statusCode": 201}),
        (204, b""),
        (304, b""),
        (400, ENVELOPE),
        (401, b"<html>Who are you?</html>"),
        (404, b"Not here."),
    ],
)
def test_what_is_not_the_apis_answer_is_not_taken_for_it(waits: Waits, status: int, body: object) -> None:
    with (
        scripted_server(answer(status, body, Content_Type="text/html")) as server,
        client_of(server.url, waits) as client,
        pytest.raises(UnexpectedResponseError) as failed,
    ):
        client.send([LEAD])
    assert f"There is no lead API at {server.url}/api/v1/leads" in str(failed.value)
    assert f"{status} with text/html" in str(failed.value)
    assert waits.seconds == []


def test_what_cannot_be_decompressed_is_no_answer(waits: Waits) -> None:
    with (
        scripted_server(answer(200, b"no gzip", Content_Encoding="gzip"), answer()) as server,
        client_of(server.url, waits) as client,
    ):
        client.send([LEAD])
    assert len(waits.seconds) == 1


@given(
    status=st.integers(200, 599),
    content_type=st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=300),
    location=st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=300),
    body=st.binary(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*ENVELOPE, "data", "errors"]), inner),
    ),
)
def test_whatever_else_answers_the_error_is_short_and_can_be_shown(
    status: int, content_type: str, location: str, body: object
) -> None:
    step = answer(status, body, Content_Type=content_type, Location=location)
    with (
        scripted_server(step) as server,
        client_of(server.url, Waits(), give_up_after_seconds=0) as client,
        pytest.raises(LeadsClientError) as failed,
    ):
        client.send([LEAD])
    assert str(failed.value).isprintable()
    assert len(str(failed.value)) <= 200


# Secrets.


@pytest.mark.parametrize(
    "step",
    [answer(), answer(401), answer(400), answer(500), answer(200, b"<html>"), drop],
    ids=["200", "401", "400", "500", "garbage", "drop"],
)
def test_the_key_is_in_no_text(waits: Waits, step: Step, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    texts = []
    with scripted_server(step) as server, client_of(server.url, waits) as client:
        texts.append(repr(client))
        try:
            texts.append(repr(client.send([LEAD])))
        except LeadsClientError as exc:
            error: BaseException | None = exc
            while error:
                texts += [str(error), repr(error), repr(vars(error))]
                error = error.__cause__ or error.__context__
    assert server.url in texts[0]
    assert KEY not in "".join(texts) + caplog.text + "".join(reason for _, reason in waits.told)
