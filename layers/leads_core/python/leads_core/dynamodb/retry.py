"""Trying again what failed for reasons that pass: throttling, server errors, lost connections."""

import random
import time
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

from leads_core import time_budget
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


def retry(call: Callable[[], T], *, deadline: float, stores_leads: bool = False) -> T:
    """Make a call until it succeeds or fails for good, with full-jitter backoff in between.

    ``deadline`` is in seconds of the monotonic clock. No try is begun that could outlast it; then
    StoreUnavailableError is raised, which for a call that ``stores_leads`` tells whether a try may have done so.
    """
    pause = 0.0
    backoff = _FIRST_BACKOFF_SECONDS
    failure: Exception | None = None
    may_have_had_effect = False
    while time.monotonic() + pause + time_budget.LONGEST_CALL <= deadline:
        if pause:
            time.sleep(pause)
        try:
            return call()
        except (PartlyDoneError, ClientError, HTTPClientError, IncompleteReadError, BotocoreConnectionError) as exc:
            if not _passes(exc):
                if stores_leads and may_have_had_effect:
                    # A refusal of this try says nothing of an earlier one whose answer was lost.
                    raise StoreUnavailableError(_name(exc), leads_may_be_stored=True) from exc
                raise
            failure = exc
            may_have_had_effect |= _may_have_had_effect(exc)
        pause = random.uniform(0, backoff)  # noqa: S311 - not for secrets
        backoff = min(2 * backoff, _LONGEST_BACKOFF_SECONDS)
    reason = _name(failure) if failure else "no time left"
    raise StoreUnavailableError(reason, leads_may_be_stored=stores_leads and may_have_had_effect) from failure


def cancellation_reasons(error: ClientError) -> list[dict[str, Any]]:
    """Why a transaction was cancelled, a reason for each of its actions; empty when it was not."""
    reasons: list[dict[str, Any]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
    return reasons


def _passes(error: Exception) -> bool:
    if not isinstance(error, ClientError):
        return True
    return (
        error.response["Error"]["Code"] in _REFUSED_FOR_NOW
        or not TRANSACTION_REFUSED_FOR_NOW.isdisjoint(reason["Code"] for reason in cancellation_reasons(error))
        or _is_server_error(error)
    )


def _may_have_had_effect(error: Exception) -> bool:
    if isinstance(error, ClientError):
        return _is_server_error(error) or error.response["Error"]["Code"] == "TransactionInProgressException"
    # Of botocore's connection errors only these mean that nothing was sent; TLS can fail while the answer is read, too.
    return not isinstance(error, ConnectTimeoutError | EndpointConnectionError)


def _is_server_error(error: ClientError) -> bool:
    return error.response["ResponseMetadata"]["HTTPStatusCode"] >= _FIRST_SERVER_ERROR


def _name(error: Exception) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
