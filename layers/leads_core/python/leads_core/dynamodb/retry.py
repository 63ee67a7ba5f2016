"""Retries calls that fail with transient errors: throttling, server errors, lost connections."""

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

# Errors of DynamoDB that a retry can get over.
_TRANSIENT_ERRORS = frozenset(
    {
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
TRANSIENT_CANCELLATIONS = frozenset({"ThrottlingError", "ProvisionedThroughputExceeded", "TransactionConflict"})

T = TypeVar("T")


class PartlyDoneError(Exception):
    """Raised by a call that must be retried although DynamoDB responded: items are unprocessed, for example."""


def retry(
    call: Callable[[], T],
    *,
    deadline: Deadline,
    stores_leads: bool = False,
    on_retry: Callable[[], None] = lambda: None,
) -> T:
    """Make a call until it succeeds or fails with an error that is not transient, with full-jitter backoff.

    No try is begun that could end after the deadline; StoreUnavailableError is raised instead. If the call
    ``stores_leads``, the error shows whether a try may have stored them.
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
                    # This try was refused, but an earlier one, whose response was lost, may have succeeded.
                    raise StoreUnavailableError(_name(exc), leads_may_be_stored=True) from exc
                raise
            failure = exc
            is_in_doubt |= leaves_in_doubt(exc)
        pause = random.uniform(0, backoff)  # noqa: S311 - not for secrets
        backoff = min(2 * backoff, _LONGEST_BACKOFF_SECONDS)
    reason = _name(failure) if failure else "no time left"
    raise StoreUnavailableError(reason, leads_may_be_stored=stores_leads and is_in_doubt) from failure


def leaves_in_doubt(error: Exception) -> bool:
    """Whether a call that failed with this error may have taken effect, or may still do so later."""
    if isinstance(error, PartlyDoneError):
        return False
    if isinstance(error, ClientError):
        return _is_server_error(error) or error.response["Error"]["Code"] == "TransactionInProgressException"
    # Only these connection errors of botocore mean that nothing was sent. TLS can also fail while reading the response.
    return not isinstance(error, ConnectTimeoutError | EndpointConnectionError)


def cancellation_reasons(error: ClientError) -> list[dict[str, Any]]:
    """The reasons why a transaction was cancelled, one for each action; empty if the error is another one."""
    reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    return reasons


def _is_transient(error: Exception) -> bool:
    if not isinstance(error, ClientError):
        return True
    return (
        error.response["Error"]["Code"] in _TRANSIENT_ERRORS
        or not TRANSIENT_CANCELLATIONS.isdisjoint(reason["Code"] for reason in cancellation_reasons(error))
        or _is_server_error(error)
    )


def _is_server_error(error: ClientError) -> bool:
    return error.response["ResponseMetadata"]["HTTPStatusCode"] >= _FIRST_SERVER_ERROR


def _name(error: Exception) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
