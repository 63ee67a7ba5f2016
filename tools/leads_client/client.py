"""The client itself: sends requests with an API key, and retries them until there is a response."""

import json
import re
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from types import TracebackType
from typing import Any, Self

import httpx

from leads_client.connections import http_client, leads_url, timeout
from leads_client.errors import (
    BadLeadsError,
    IdempotencyKeyReusedError,
    InvalidKeyError,
    LeadsClientError,
    PlanLimitError,
    ServiceError,
    UnavailableError,
    UnexpectedResponseError,
)
from leads_client.responses import outcome_of
from leads_client.results import Accepted, Quota
from leads_client.retrying import Effect, FailedAttempt, try_until_done
from leads_client.unreachable import no_response
from leads_core.idempotency import MOST_KEY_CHARACTERS, is_idempotency_key

_VISIBLE = re.compile(r"[!-~]+")
# With these the API refuses only what no attempt has stored. After other refusals, an attempt without a response may
# still have stored the leads.
_CONCLUSIVE = (BadLeadsError, PlanLimitError, IdempotencyKeyReusedError)
# An API that was set back to a version without the preference refuses leads of which it has stored the good ones.
_CONCLUSIVE_IF_LENIENT = (PlanLimitError, IdempotencyKeyReusedError)


@dataclass(frozen=True, slots=True)
class _Request:
    body: bytes
    lead_count: int
    idempotency_key: str
    dry_run: bool
    lenient: bool


class LeadsClient:
    """Sends leads to a lead API, over one connection that is kept. Not for use by several threads at once.

    ``url`` is where the API is, with or without ``/api/v1/leads``. An attempt waits ``timeout_seconds`` for the
    connection and for each part of the response. Transient failures are retried, with an idempotency key, so that no
    lead is stored twice; no attempt begins later than ``give_up_after_seconds`` after the first. ``on_wait`` is called
    before each wait, with the seconds and with the reason as a part of a sentence.

    Raises ValueError for an address that cannot be one, or if the environment has no usable proxy or certificates, and
    InvalidKeyError for a key that cannot be one.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout_seconds: float = 15,
        give_up_after_seconds: float = 120,
        sleep: Callable[[float], None] = time.sleep,
        on_wait: Callable[[float, str], None] | None = None,
    ) -> None:
        self._url = leads_url(url)
        if not _VISIBLE.fullmatch(key):
            raise InvalidKeyError("The API key is empty, or has characters that no API key has.")
        self._give_up_after_seconds = give_up_after_seconds
        self._sleep = sleep
        self._was_reached = False
        self._on_wait = on_wait or (lambda _seconds, _reason: None)
        self._http = http_client(
            headers={
                "X-API-Key": key,
                "Content-Type": "application/json",
                "User-Agent": f"lead-intake-client/{version('lead-intake')}",
            },
            timeout=timeout(timeout_seconds, self._url),
            limits=httpx.Limits(max_connections=1),
        )

    def __enter__(self) -> Self:
        """Use it in a ``with`` statement, which closes it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def __repr__(self) -> str:
        """Where it sends leads; not with which key."""
        return f"LeadsClient({str(self._url)!r})"

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def send(
        self,
        leads: Sequence[Mapping[str, Any]],
        *,
        idempotency_key: str | None = None,
        dry_run: bool = False,
        lenient: bool = False,
    ) -> Accepted:
        """Have all of these leads stored, exactly once, or none.

        If ``lenient``, the good ones are stored though others are bad, which are then in ``rejected``. BadLeadsError is
        still raised if no lead is good, and if the API's version does not have this option: it then stores no lead.

        Without an ``idempotency_key`` the request gets one of its own. With one, it can be sent again by a later call,
        within 24 hours: the same leads, with their fields in the same order. A dry run is handled in the same way,
        but stores nothing.

        Raises LeadsClientError, and ValueError for leads or a key that no request could carry.
        """
        # HTTP drops spaces at the ends of a header.
        if idempotency_key is not None and not (
            is_idempotency_key(idempotency_key) and idempotency_key == idempotency_key.strip()
        ):
            raise ValueError(
                f"The idempotency key must have 1 to {MOST_KEY_CHARACTERS} printable ASCII characters, without spaces "
                "at its ends."
            )
        body = json.dumps([dict(lead) for lead in leads], allow_nan=False, ensure_ascii=False, separators=(",", ":"))
        request = _Request(body.encode(), len(leads), idempotency_key or str(uuid.uuid4()), dry_run, lenient)
        outcome = try_until_done(
            lambda: self._attempt(request),
            give_up_after_seconds=self._give_up_after_seconds,
            sleep=self._sleep,
            on_wait=self._on_wait,
        )
        if isinstance(outcome, Accepted):
            return outcome
        raise _error(outcome, request, is_repeatable=idempotency_key is not None)

    def ping(self) -> Quota:
        """Return the key's workspace and what is left of its rate limit. The dry run for this counts as a request.

        Raises LeadsClientError.
        """
        try:
            quota = self.send([{}], dry_run=True).quota
        except PlanLimitError as full:  # the key is valid
            quota = full.quota
        if quota is None:
            raise UnexpectedResponseError("The response does not show how much of the rate limit is left.")
        return quota

    def _attempt(self, request: _Request) -> Accepted | FailedAttempt:
        try:
            response = self._http.post(
                self._url,
                params={"dryRun": "true"} if request.dry_run else None,
                headers={
                    "Idempotency-Key": request.idempotency_key,
                    "Prefer": f"return=representation{', handling=lenient' if request.lenient else ''}",
                },
                content=request.body,
            )
        except (httpx.TransportError, httpx.DecodingError) as exc:
            return no_response(exc, self._url, was_reached=self._was_reached)
        self._was_reached = True
        return outcome_of(response, request.lead_count)


def _error(failed: list[FailedAttempt], request: _Request, *, is_repeatable: bool) -> LeadsClientError:
    error = failed[-1].error
    effects = {attempt.effect for attempt in failed}
    if not isinstance(error, ServiceError):
        conclusive = _CONCLUSIVE_IF_LENIENT if request.lenient else _CONCLUSIVE
        if request.dry_run or effects == {Effect.NONE} or isinstance(error, conclusive):
            return error
        error = UnavailableError(f"An attempt got no response, and its retry was refused: {error}")
    may_be_stored = Effect.REPORTED_POSSIBLE in effects or (Effect.UNKNOWN in effects and not is_repeatable)
    error.leads_may_be_stored = may_be_stored and not request.dry_run
    error.idempotency_key = request.idempotency_key
    return error
