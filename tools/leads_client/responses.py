"""What an HTTP response means: accepted leads, or a failed attempt."""

import re
from http import HTTPStatus

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from leads_client.errors import (
    BadLeadsError,
    IdempotencyKeyReusedError,
    InvalidKeyError,
    LeadsClientError,
    PlanLimitError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
    UnexpectedResponseError,
)
from leads_client.results import Accepted, AcceptedLead, Problem, Quota
from leads_client.retrying import Effect, FailedAttempt

_MOST_QUOTED_CHARACTERS = 80
# For faults that may not be transient.
_FEW_TRIES = 5
WRONG_PATH = "The path is wrong: the address of the lead API is the part before /api."
_POLICY = re.compile(r'"default";q=(\d+);w=(\d+)', re.ASCII)
_LEFT = re.compile(r'"default";r=(\d+);t=(\d+)', re.ASCII)
# By the code of a 503: whether it has stored leads.
_EFFECTS = {
    "unavailable": Effect.NONE,
    "unavailable_may_be_stored": Effect.REPORTED_POSSIBLE,
    "unavailable_retry_finishes": Effect.REPORTED_POSSIBLE,
}
_REFUSALS = {
    "idempotency_key_reused": IdempotencyKeyReusedError,
    "plan_limit_reached": PlanLimitError,
    "plan_limit_exceeded": PlanLimitError,
}


class _Data(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)

    batch_id: str | None
    leads: tuple[AcceptedLead, ...]


class _Envelope(BaseModel):
    """The body of every response of the API; ``data`` comes with leads that are stored, ``errors`` with bad ones."""

    model_config = ConfigDict(alias_generator=to_camel, strict=True)

    succeeded: bool
    status_code: int
    message: str | None
    data: _Data | None = None
    errors: tuple[Problem, ...] = ()


def outcome_of(response: httpx.Response, lead_count: int) -> Accepted | FailedAttempt:
    """What the response means for a request with so many leads."""
    envelope = _envelope_of(response)
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS or response.is_server_error:
        return _transient_failure(response)
    if envelope is None:
        error = UnexpectedResponseError(f"There is no lead API at {_address(response)}. {_description(response)}")
        effect = Effect.UNKNOWN if response.is_success else Effect.NONE
        return FailedAttempt(error, "it did not answer as the lead API does", effect, most_tries=1)
    if envelope.succeeded:
        return _accepted(response, envelope, lead_count)
    return FailedAttempt(_refusal(response, envelope), "it refused", Effect.NONE, most_tries=1)


def quoted(text: str) -> str:
    """A piece of text from elsewhere that can be shown: short, and nothing that could control a terminal."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return printable if len(printable) <= _MOST_QUOTED_CHARACTERS else printable[: _MOST_QUOTED_CHARACTERS - 1] + "…"


def _envelope_of(response: httpx.Response) -> _Envelope | None:
    """The envelope of a response; None if it is not a response of the API."""
    try:
        envelope = _Envelope.model_validate_json(response.content)
    except ValidationError:
        return None
    is_success = response.status_code == HTTPStatus.OK
    is_coherent = envelope.status_code == response.status_code and envelope.succeeded is is_success
    return envelope if is_coherent and (is_success or response.is_error) else None


def _accepted(response: httpx.Response, envelope: _Envelope, lead_count: int) -> Accepted:
    """The result of a request with so many leads that succeeded."""
    data = envelope.data
    bad = {problem.index for problem in envelope.errors}
    good = [index for index in range(lead_count) if index not in bad]
    return Accepted(
        batch_id=data.batch_id if data else None,
        # An API without the preference for a representation accepts the leads, but does not return their ids.
        leads=data.leads if data else tuple(AcceptedLead(index, None, ()) for index in good),
        is_replay=response.headers.get("Idempotent-Replayed") == "true",
        quota=_quota_of(response),
        request_id=_request_id(response),
        rejected=envelope.errors,
    )


def _refusal(response: httpx.Response, envelope: _Envelope) -> LeadsClientError:
    """The error for a response with a status of 400 to 499."""
    message = envelope.message or f"The request was refused with status {response.status_code}."
    code = _code(response)
    if response.status_code == HTTPStatus.NOT_FOUND:
        message = f"{message} {WRONG_PATH} It was sent to {_address(response)}."
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        return InvalidKeyError(message)
    why = (response.status_code, code, message, _request_id(response), _quota_of(response))
    if envelope.errors:
        return BadLeadsError(*why, problems=envelope.errors)
    return _REFUSALS.get(code, RefusedError)(*why)


def _quota_of(response: httpx.Response) -> Quota | None:
    """What the response shows of the key's rate limit; None if the key is not valid."""
    policy = _POLICY.fullmatch(response.headers.get("RateLimit-Policy", ""))
    left = _LEFT.fullmatch(response.headers.get("RateLimit", ""))
    if not policy or not left:
        return None
    limit, window, remaining, reset = map(int, policy.groups() + left.groups())
    return Quota(limit, window, remaining, reset, response.headers.get("X-Workspace-Id"))


def _transient_failure(response: httpx.Response) -> FailedAttempt:
    """The failure for a status of 429, or of 500 and more; the response need not be from the API."""
    wait = _retry_after_seconds(response)
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        return FailedAttempt(RateLimitedError(max(wait, 1)), "too many requests", Effect.NONE, wait)
    reason = f"it answered {response.status_code}"
    error = UnavailableError(f"The lead API at {_address(response)} is unavailable: {reason}.")
    if response.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
        return FailedAttempt(error, reason, Effect.UNKNOWN, wait, most_tries=_FEW_TRIES)
    return FailedAttempt(error, reason, _EFFECTS.get(_code(response), Effect.UNKNOWN), wait)


def _description(response: httpx.Response) -> str:
    """What came instead of a response of the API, in one sentence."""
    if response.has_redirect_location:
        return f"It redirects ({response.status_code}) to {quoted(response.headers['Location'])}."
    content_type = quoted(response.headers.get("Content-Type", ""))
    return f"It answered {response.status_code} with {content_type or 'no content type'}."


def _code(response: httpx.Response) -> str:
    """The API's word for the reason of a refusal; empty if the response is not from the API."""
    code: str = response.headers.get("X-Error-Code", "")
    return code


def _request_id(response: httpx.Response) -> str | None:
    request_id: str | None = response.headers.get("X-Request-Id")
    return request_id


def _retry_after_seconds(response: httpx.Response) -> int:
    """How long the response asks to wait; 0 if it does not name seconds."""
    value = response.headers.get("Retry-After", "")
    return int(value) if re.fullmatch(r"\d{1,9}", value, re.ASCII) else 0


def _address(response: httpx.Response) -> httpx.URL:
    return response.url.copy_with(query=None)
