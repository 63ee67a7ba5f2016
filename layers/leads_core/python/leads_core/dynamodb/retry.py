"""Retrying what failed for transient reasons: throttling, server errors, lost connections."""

import random
from collections.abc import Callable
from typing import Any, TypeVar

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
)
from botocore.exceptions import ConnectionError as BotocoreConnectionError

from leads_core.deadlines import Deadline
from leads_core.errors import StoreUnavailableError

_FIRST_BACKOFF_SECONDS = 0.05
_LONGEST_BACKOFF_SECONDS = 1.0
_FIRST_SERVER_ERROR = 500

# DynamoDB does it a moment later.
_REFUSED_FOR_NOW = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
TRANSACTION_REFUSED_FOR_NOW = frozenset({"ThrottlingError", "ProvisionedThroughputExceeded", "TransactionConflict"})

T = TypeVar("T")


class PartlyDoneError(Exception):
    """Raised by a call to be made again: DynamoDB answered, but left a part of it undone."""


def retry(
    call: Callable[[], T],
    *,
    deadline: Deadline,
    stores_leads: bool = False,
    on_retry: Callable[[], None] = lambda: None,
) -> T:
    """Make a call until it succeeds or fails for good, with full-jitter backoff in between.

    No try is begun that could outlast the deadline; then StoreUnavailableError is raised, which for a call that
    ``stores_leads`` tells whether a try may have done so.
    """
    pause = 0.0
    backoff = _FIRST_BACKOFF_SECONDS
    failure: Exception | None = None
    is_in_doubt = False
    while deadline.allows_call(after_seconds=pause):
        if failure:
            deadline.clock.sleep(pause)
            on_retry()
        try:
            return call()
        except (PartlyDoneError, ClientError, HTTPClientError, IncompleteReadError, BotocoreConnectionError) as exc:
            if not _is_transient(exc):
                if stores_leads and is_in_doubt:
                    # A refusal of this try says nothing of an earlier one whose answer was lost.
                    raise StoreUnavailableError(_name(exc), leads_may_be_stored=True) from exc
                raise
            failure = exc
            is_in_doubt |= leaves_in_doubt(exc)
        pause = random.uniform(0, backoff)  # noqa: S311 - not for secrets
        backoff = min(2 * backoff, _LONGEST_BACKOFF_SECONDS)
    reason = _name(failure) if failure else "no time left"
    raise StoreUnavailableError(reason, leads_may_be_stored=stores_leads and is_in_doubt) from failure


def leaves_in_doubt(error: Exception) -> bool:
    """Whether a call that failed like this may have had an effect, or have it yet: it can be carried out later."""
    if isinstance(error, PartlyDoneError):
        return False
    if isinstance(error, ClientError):
        return _is_server_error(error) or error.response["Error"]["Code"] == "TransactionInProgressException"
    # Of botocore's connection errors only these mean that nothing was sent; TLS can fail while the answer is read, too.
    return not isinstance(error, ConnectTimeoutError | EndpointConnectionError)


def cancellation_reasons(error: ClientError) -> list[dict[str, Any]]:
    """Why a transaction was cancelled, a reason for each of its actions; empty when it was not."""
    reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    return reasons


def _is_transient(error: Exception) -> bool:
    if not isinstance(error, ClientError):
        return True
    return (
        error.response["Error"]["Code"] in _REFUSED_FOR_NOW
        or not TRANSACTION_REFUSED_FOR_NOW.isdisjoint(reason["Code"] for reason in cancellation_reasons(error))
        or _is_server_error(error)
    )


def _is_server_error(error: ClientError) -> bool:
    return error.response["ResponseMetadata"]["HTTPStatusCode"] >= _FIRST_SERVER_ERROR


def _name(error: Exception) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
