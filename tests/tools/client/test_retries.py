"""What is retried, for how long, and whether leads may be stored after a failure."""

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from leads_api.outcomes import Outcome
from leads_client import (
    BadLeadsError,
    InvalidKeyError,
    LeadsClient,
    Problem,
    RateLimitedError,
    RefusedError,
    ServiceError,
    UnavailableError,
)
from support.clock import VirtualClock
from support.scripted_server import LEAD, Step, Waits, client_of, drop, never_wait, respond, scripted_server
from support.server import running_server, server_command

BAD = {"email": "x" * 125}


def unavailable(code: str = "unknown_to_this_client") -> Step:
    return respond(503, Retry_After="5", X_Error_Code=code)


NOTHING_STORED = unavailable(Outcome.UNAVAILABLE.code)
MAYBE_STORED = unavailable(Outcome.UNAVAILABLE_MAY_BE_STORED.code)
RETRY_FINISHES = unavailable(Outcome.UNAVAILABLE_RETRY_FINISHES.code)


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port where nothing listens: it is bound, so that no other program can use it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


# Retries and their waits


def test_after_a_429_it_waits_exactly_as_long_as_retry_after_states(waits: Waits) -> None:
    with (
        scripted_server(respond(429, Retry_After="37"), respond(429, Retry_After="1"), respond()) as server,
        client_of(server.url, waits) as client,
    ):
        client.send([LEAD])
        assert len(server.requests) == 3
    assert waits.seconds == [37, 1]
    assert waits.reported == [(37, "too many requests"), (1, "too many requests")]


def test_a_limit_that_lasts_longer_than_the_time_for_retries_is_an_error_at_once(tmp_path: Path) -> None:
    limits = {"RATE_LIMIT_REQUESTS": "1", "RATE_LIMIT_WINDOW_SECONDS": "300"}
    with running_server(server_command(tmp_path), tmp_path, environment={**os.environ, **limits}) as running:
        url, key, waits = running.state.url, running.state.basic.key, Waits()
        with LeadsClient(url, key, sleep=never_wait) as client:
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
def test_without_seconds_in_retry_after_it_backs_off_and_gives_up(waits: Waits, asked: str) -> None:
    with scripted_server(respond(429, Retry_After=asked)) as server, client_of(server.url, waits) as client:
        with pytest.raises(RateLimitedError) as refused:
            client.send([LEAD])
        assert refused.value.retry_after_seconds == 1
        assert 5 < len(server.requests) < 100
    assert sum(waits.seconds) <= 120


def test_after_a_503_it_waits_as_long_as_retry_after_states_until_the_time_is_up(waits: Waits) -> None:
    with scripted_server(NOTHING_STORED) as server, client_of(server.url, waits, give_up_after_seconds=60) as client:
        with pytest.raises(UnavailableError, match=r"unavailable: it answered 503\."):
            client.send([LEAD])
        assert len(server.requests) == 13
    assert waits.seconds == [5] * 12


@pytest.mark.parametrize("status", [500, 502, 504, 520])
def test_other_faults_are_retried_a_few_times_with_growing_and_random_pauses(waits: Waits, status: int) -> None:
    with scripted_server(respond(status)) as server, client_of(server.url, waits) as client:
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
    [drop, respond(500, b"<html>"), respond(502), MAYBE_STORED, respond(429, b"")],
    ids=["drop", "500", "502", "503", "429"],
)
def test_a_transient_fault_does_not_fail_the_call(waits: Waits, fault: Step) -> None:
    with scripted_server(fault, fault, respond()) as server, client_of(server.url, waits) as client:
        client.send([LEAD])
        assert len(server.requests) == 3
    assert len(waits.seconds) == 2


def test_a_response_that_is_cut_off_or_never_comes_is_retried(waits: Waits) -> None:
    over = threading.Event()

    def never(_request: bytes) -> None:
        over.wait()

    def cut(_request: bytes) -> bytes:
        over.set()
        return b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"

    with (
        scripted_server(never, cut, respond()) as server,
        client_of(server.url, waits, timeout_seconds=0.2) as client,
    ):
        client.send([LEAD])
        assert len(server.requests) >= 3, "on a busy machine other responses may be late too"
    assert "time" in waits.reported[0][1]


def test_every_attempt_has_the_same_body_and_idempotency_key(waits: Waits) -> None:
    with scripted_server(drop, drop, respond()) as server, client_of(server.url, waits) as client:
        client.send([LEAD])
        client.send([LEAD], idempotency_key="mine")
        assert server.bodies() == [b'[{"company":"Open AI"}]'] * 4
        own = server.header("Idempotency-Key")
    assert len(set(own[:3])) == 1
    assert len(own[0]) > 30
    assert own[3] == "mine"


def test_a_refused_connection_is_retried_until_the_time_is_up(waits: Waits, closed_port: int) -> None:
    with client_of(f"http://127.0.0.1:{closed_port}", waits) as client, pytest.raises(UnavailableError) as refused:
        client.send([LEAD])
    assert f"127.0.0.1:{closed_port}" in str(refused.value)
    assert "refused" in str(refused.value)
    assert not refused.value.leads_may_be_stored
    assert 90 < sum(waits.seconds) <= 120


def test_the_time_that_attempts_take_counts_too(waits: Waits, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = VirtualClock()
    monkeypatch.setattr("tenacity.time", clock)

    def take_two_minutes(_request: bytes) -> None:
        clock.sleep(121)

    with scripted_server(take_two_minutes) as server, client_of(server.url, waits) as client:
        with pytest.raises(UnavailableError):
            client.send([LEAD])
        assert len(server.requests) == 1


def test_without_time_for_retries_there_is_one_attempt(waits: Waits) -> None:
    with scripted_server(drop) as server, client_of(server.url, waits, give_up_after_seconds=0) as client:
        with pytest.raises(UnavailableError):
            client.send([LEAD])
        assert len(server.requests) == 1


# Whether leads may be stored


@pytest.mark.parametrize(
    ("script", "without_key", "with_key"),
    [
        ([NOTHING_STORED], False, False),
        ([drop], True, False),
        ([drop, NOTHING_STORED], True, False),
        ([respond(504)], True, False),
        ([respond(503, b"<html>")], True, False),
        ([MAYBE_STORED], True, True),
        ([RETRY_FINISHES], True, True),
        ([MAYBE_STORED, NOTHING_STORED], True, True),
        ([respond(429, Retry_After="300")], False, False),
        ([drop, respond(429, Retry_After="300")], True, False),
        ([respond(200, b"<html>")], True, False),
        ([respond(404, b"<html>")], False, False),
    ],
)
def test_a_failure_shows_whether_leads_may_be_stored(
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
def test_a_refused_retry_leaves_open_what_the_first_attempt_stored(waits: Waits, status: int) -> None:
    with scripted_server(drop, respond(status)) as server, client_of(server.url, waits) as client:
        with pytest.raises(UnavailableError, match=r"As scripted\.$") as failed:
            client.send([LEAD])
        assert failed.value.leads_may_be_stored
        with pytest.raises(InvalidKeyError if status == 401 else RefusedError):
            client.send([LEAD])


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_after_attempts_without_effect_is_raised_as_it_is(waits: Waits, status: int) -> None:
    with scripted_server(NOTHING_STORED, respond(status)) as server, client_of(server.url, waits) as client:
        with pytest.raises(InvalidKeyError if status == 401 else RefusedError):
            client.send([LEAD])
        assert len(server.requests) == 2


def test_bad_leads_are_reported_after_any_attempt(waits: Waits) -> None:
    problem = {"index": 0, "field": "email", "pointer": "/0/email", "code": "string_too_long", "message": "is wrong"}
    envelope = {"succeeded": False, "statusCode": 400, "message": "Wrong.", "errors": [problem]}
    with (
        scripted_server(drop, respond(400, envelope)) as server,
        client_of(server.url, waits) as client,
        pytest.raises(BadLeadsError) as refused,
    ):
        client.send([LEAD])
    assert refused.value.problems == (Problem(**problem),)  # type: ignore[arg-type]


def test_a_dry_run_cannot_have_stored_leads(waits: Waits) -> None:
    with (
        scripted_server(MAYBE_STORED) as server,
        client_of(server.url, waits) as client,
        pytest.raises(UnavailableError) as failed,
    ):
        client.send([LEAD], dry_run=True)
    assert not failed.value.leads_may_be_stored


def test_bad_leads_do_not_settle_a_lenient_request_whose_response_was_lost(waits: Waits) -> None:
    problem = {"index": 0, "field": "email", "pointer": "/0/email", "code": "x", "message": "is bad"}
    body = {"succeeded": False, "statusCode": 400, "statusCodeDescription": "NONE", "message": "Bad."}
    script = [drop, respond(400, {**body, "errors": [problem]})]
    for lenient, error in ((True, UnavailableError), (False, BadLeadsError)):
        with (
            scripted_server(*script) as server,
            client_of(server.url, waits) as client,
            pytest.raises(error) as refused,
        ):
            client.send([BAD, LEAD], lenient=lenient)
        assert getattr(refused.value, "leads_may_be_stored", False) is lenient
