"""What a caller of the store learns when a call is tried again and fails after all."""

import time
from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError

from leads_core.dynamodb.retry import retry
from leads_core.errors import StoreUnavailableError

DENIED = ClientError(
    {"Error": {"Code": "AccessDeniedException"}, "ResponseMetadata": {"HTTPStatusCode": 400}},  # type: ignore[typeddict-item]
    "UpdateItem",
)
LOST = ReadTimeoutError(endpoint_url="http://127.0.0.1")
NOT_SENT = ConnectTimeoutError(endpoint_url="http://127.0.0.1")


def failing_with(*failures: Exception) -> Callable[[], None]:
    left = list(failures)

    def call() -> None:
        raise left.pop(0)

    return call


def soon() -> float:
    return time.monotonic() + 20


def test_a_refusal_behind_a_lost_answer_leaves_it_open_whether_leads_are_stored() -> None:
    with pytest.raises(StoreUnavailableError, match="AccessDeniedException") as failure:
        retry(failing_with(LOST, DENIED), deadline=soon(), stores_leads=True)
    assert failure.value.leads_may_be_stored


@pytest.mark.parametrize("stores_leads", [True, False])
def test_a_refusal_of_what_never_was_sent_is_just_that(*, stores_leads: bool) -> None:
    with pytest.raises(ClientError):
        retry(failing_with(NOT_SENT, DENIED), deadline=soon(), stores_leads=stores_leads)


def test_a_refusal_of_what_stores_no_leads_is_just_that() -> None:
    with pytest.raises(ClientError):
        retry(failing_with(LOST, DENIED), deadline=soon())
