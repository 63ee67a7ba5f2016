"""Retries of calls: when, how often, and what is known after the last one failed."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore import exceptions
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from leads_core.deadlines import TimeBudget
from leads_core.dynamodb.retry import PartlyDoneError, leaves_in_doubt, retry
from leads_core.errors import StoreUnavailableError
from support.clock import VirtualClock, within

URL = "http://127.0.0.1"
CALL_SECONDS = TimeBudget().call_seconds
# A pause is between 0 and this, in seconds.
LONGEST_PAUSES = [0.05, 0.1, 0.2, 0.4, 0.8, 1, 1, 1]


def refused(code: str, status: int = 400, **members: Any) -> ClientError:  # noqa: ANN401 - the stubs lack some members
    response: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}, **members}
    return ClientError(response, "UpdateItem")


def cancelled(*codes: str) -> ClientError:
    return refused("TransactionCanceledException", CancellationReasons=[{"Code": code} for code in codes])


DENIED = refused("AccessDeniedException")
THROTTLED = refused("ThrottlingException")
LOST = ReadTimeoutError(endpoint_url=URL)
NOT_SENT = ConnectTimeoutError(endpoint_url=URL)


def name(value: object) -> str | None:
    """The test id of a failure."""
    if not isinstance(value, ClientError):
        return type(value).__name__ if isinstance(value, Exception) else None
    reasons: Any = value.response.get("CancellationReasons", [])
    return " ".join([value.response["Error"]["Code"], *(reason["Code"] for reason in reasons)])


def failing_with(*failures: Exception) -> Callable[[], str]:
    """A call that fails with each of these, and then succeeds."""
    left = list(failures)

    def call() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return call


def pauses_before_giving_up() -> list[float]:
    clock = VirtualClock()
    with pytest.raises(StoreUnavailableError):
        retry(failing_with(*[THROTTLED] * 1000), deadline=within(20, clock))
    return clock.sleeps[: len(LONGEST_PAUSES)]


@pytest.mark.parametrize(
    "failure",
    [
        THROTTLED,
        LOST,
        NOT_SENT,
        PartlyDoneError(),
        refused("InternalServerError", 500),
        refused("ServiceUnavailable", 503),
        refused("ProvisionedThroughputExceededException"),
        refused("RequestLimitExceeded"),
        refused("LimitExceededException"),
        refused("TransactionConflictException"),
        refused("TransactionInProgressException"),
        cancelled("None", "TransactionConflict"),
        cancelled("ThrottlingError"),
        cancelled("ProvisionedThroughputExceeded", "None"),
        exceptions.ConnectionClosedError(endpoint_url=URL),
        exceptions.EndpointConnectionError(endpoint_url=URL),
        exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2),
    ],
    ids=name,
)
def test_a_transient_failure_is_retried(failure: Exception) -> None:
    assert retry(failing_with(failure, failure), deadline=within(10, VirtualClock())) == "done"


@pytest.mark.parametrize(
    "failure",
    [DENIED, refused("ValidationException"), cancelled("None", "ConditionalCheckFailed"), ValueError("a bug")],
    ids=name,
)
def test_a_permanent_failure_is_not_retried(failure: Exception) -> None:
    clock = VirtualClock()
    with pytest.raises(type(failure)):
        retry(failing_with(failure), deadline=within(10, clock))
    assert clock.sleeps == []


def test_a_successful_call_is_made_once_without_a_pause() -> None:
    clock = VirtualClock()
    made: list[float] = []
    retry(lambda: made.append(clock.seconds), deadline=within(10, clock))
    assert made == [0]
    assert clock.sleeps == []


def test_pauses_are_random_below_a_bound_that_doubles_up_to_a_second() -> None:
    by_try = list(zip(*(pauses_before_giving_up() for _ in range(150)), strict=True))
    assert len(by_try) == len(LONGEST_PAUSES)
    for pauses, longest in zip(by_try, LONGEST_PAUSES, strict=True):
        assert 0 <= min(pauses) < 0.2 * longest
        assert 0.8 * longest < max(pauses) <= longest
        assert len(set(pauses)) > 100


@given(st.floats(0, 30), st.lists(st.floats(0, CALL_SECONDS), min_size=1, max_size=20))
def test_no_call_begins_that_could_exceed_the_deadline(limit: float, durations: list[float]) -> None:
    clock = VirtualClock()
    begun: list[float] = []

    def call() -> None:
        begun.append(clock.seconds)
        clock.seconds += durations[len(begun) % len(durations)]
        raise THROTTLED

    with pytest.raises(StoreUnavailableError) as failure:
        retry(call, deadline=within(limit, clock))
    assert all(at + CALL_SECONDS <= limit for at in begun)
    assert clock.seconds <= limit
    assert bool(begun) is (limit >= CALL_SECONDS)
    assert str(failure.value) == ("ThrottlingException" if begun else "no time left")


def test_a_call_that_just_fits_before_the_deadline_is_made() -> None:
    assert retry(failing_with(), deadline=within(CALL_SECONDS, VirtualClock())) == "done"


@pytest.mark.parametrize(
    ("failure", "is_in_doubt"),
    [
        (PartlyDoneError(), False),
        (DENIED, False),
        (THROTTLED, False),
        (refused("ConditionalCheckFailedException"), False),
        (cancelled("TransactionConflict"), False),
        (refused("TransactionInProgressException"), True),
        (refused("InternalServerError", 500), True),
        (refused("ServiceUnavailable", 503), True),
        (NOT_SENT, False),
        (exceptions.EndpointConnectionError(endpoint_url=URL), False),
        (LOST, True),
        (exceptions.ConnectionClosedError(endpoint_url=URL), True),
        (exceptions.HTTPClientError(error=OSError()), True),
        (exceptions.SSLError(endpoint_url=URL, error=OSError()), True),
        (exceptions.ProxyConnectionError(proxy_url=URL), True),
        (exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2), True),
    ],
    ids=name,
)
def test_a_failed_call_is_in_doubt_unless_it_was_refused_or_not_sent(failure: Exception, *, is_in_doubt: bool) -> None:
    assert leaves_in_doubt(failure) is is_in_doubt


@pytest.mark.parametrize(
    ("failures", "stores_leads", "may_be_stored"),
    [
        ([LOST], True, True),
        ([LOST, THROTTLED, NOT_SENT], True, True),
        ([THROTTLED, NOT_SENT, PartlyDoneError()], True, False),
        ([PartlyDoneError()], True, False),
        ([LOST], False, False),
    ],
)
def test_the_final_error_states_whether_an_attempt_may_have_stored_leads(
    failures: list[Exception], *, stores_leads: bool, may_be_stored: bool
) -> None:
    clock = VirtualClock()
    call = failing_with(*failures, *[THROTTLED] * 1000)
    with pytest.raises(StoreUnavailableError) as failure:
        retry(call, deadline=within(20, clock), stores_leads=stores_leads)
    assert failure.value.leads_may_be_stored is may_be_stored


def test_after_a_lost_response_a_refusal_leaves_the_outcome_in_doubt() -> None:
    with pytest.raises(StoreUnavailableError, match="AccessDeniedException") as failure:
        retry(failing_with(LOST, DENIED), deadline=within(10, VirtualClock()), stores_leads=True)
    assert failure.value.leads_may_be_stored


@pytest.mark.parametrize("first", [NOT_SENT, PartlyDoneError(), THROTTLED], ids=name)
@pytest.mark.parametrize("stores_leads", [True, False])
def test_a_refusal_after_attempts_without_effect_is_raised_unchanged(first: Exception, *, stores_leads: bool) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        retry(failing_with(first, DENIED), deadline=within(10, VirtualClock()), stores_leads=stores_leads)


def test_a_refusal_of_a_call_that_stores_no_leads_is_raised_unchanged() -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        retry(failing_with(LOST, DENIED), deadline=within(10, VirtualClock()))
