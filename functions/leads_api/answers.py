"""Every answer of the API: the envelope, and each refusal with its status and message."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, NamedTuple

from leads_core.intake import Stored
from leads_core.parsing import BadLeads, MalformedBody, ParsedLeads, TooManyLeads
from leads_core.rate_limit import Quota
from leads_core.settings import Settings

# Nobody can know when a store comes back; clients should neither hammer it nor give up.
_RETRY_UNAVAILABLE_AFTER_SECONDS = 5


class Answer(NamedTuple):
    """An answer in the documented envelope; ``extra`` members come behind its four.

    ``outcome`` names the case for logs.
    """

    outcome: str
    status: HTTPStatus
    message: str | None
    headers: Mapping[str, str] = MappingProxyType({})
    extra: Mapping[str, Any] = MappingProxyType({})

    @property
    def is_success(self) -> bool:
        """Whether the request did what it was meant to do."""
        return self.status is HTTPStatus.OK

    def to_event(self, headers: Mapping[str, str]) -> dict[str, Any]:
        """The answer as API Gateway's proxy integration takes it, with ``headers`` that do not depend on the answer."""
        envelope = {
            "succeeded": self.is_success,
            "statusCode": self.status,
            "statusCodeDescription": "NONE",
            "message": self.message,
            **self.extra,
        }
        return {
            "statusCode": self.status,
            "headers": {"Content-Type": "application/json", **headers, **self.headers},
            "body": json.dumps(envelope),
            "isBase64Encoded": False,
        }


NOT_FOUND = Answer("not_found", HTTPStatus.NOT_FOUND, "Not found.")
METHOD_NOT_ALLOWED = Answer(
    "method_not_allowed", HTTPStatus.METHOD_NOT_ALLOWED, "Method not allowed.", headers={"Allow": "POST"}
)
INVALID_KEY = Answer("invalid_key", HTTPStatus.UNAUTHORIZED, "Invalid API key.")
NOT_JSON = Answer(
    "unsupported_media_type", HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The Content-Type must be application/json."
)
UNCLEAR_DRY_RUN = Answer("unclear_dry_run", HTTPStatus.BAD_REQUEST, "The query parameter dryRun must be true or false.")
INVALID_IDEMPOTENCY_KEY = Answer(
    "invalid_idempotency_key",
    HTTPStatus.BAD_REQUEST,
    "The Idempotency-Key must have 1 to 255 printable characters.",
)
IDEMPOTENCY_KEY_REUSED = Answer(
    "idempotency_key_reused",
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "The Idempotency-Key was already used with another body.",
)
UNEXPECTED_ERROR = Answer("unexpected_error", HTTPStatus.INTERNAL_SERVER_ERROR, "An unexpected error occurred.")


def stored(outcome: Stored, parsed: ParsedLeads, *, with_representation: bool) -> Answer:
    """Stored, now or by an earlier attempt, or in a dry run fit to be stored."""
    headers = {"Idempotent-Replayed": "true"} if outcome.is_retry else {}
    extra = {}
    if with_representation:
        headers["Preference-Applied"] = "return=representation"
        leads = [
            {"index": index, "id": lead_id, "ignored": ignored}
            for index, (lead_id, ignored) in enumerate(zip(outcome.lead_ids, parsed.ignored, strict=True))
        ]
        extra["data"] = {"batchId": outcome.batch_id, "leads": leads}
    return Answer("replayed" if outcome.was_stored else "stored", HTTPStatus.OK, None, headers=headers, extra=extra)


def rate_limited(retry_after: int) -> Answer:
    """Over the rate limit; ``retry_after`` in seconds."""
    return Answer(
        "rate_limited",
        HTTPStatus.TOO_MANY_REQUESTS,
        "Too many requests. Please try again later.",
        headers={"Retry-After": str(retry_after)},
    )


def unreadable(parsed: MalformedBody | TooManyLeads | BadLeads, settings: Settings) -> Answer:
    """The body is not an array of good leads."""
    match parsed:
        case MalformedBody(reason):
            return Answer("malformed_body", HTTPStatus.BAD_REQUEST, reason)
        case TooManyLeads(lead_count):
            most = settings.max_leads_per_request
            message = f"The maximum amount of leads to create at once is {most}, but was {lead_count}."
            return Answer("too_many_leads", HTTPStatus.BAD_REQUEST, message)
        case BadLeads(problems, bad_rows, lead_count):
            first = problems[0]
            _, _, place = first.pointer[1:].partition("/")
            subject = f"The {place} of the lead" if place else "The lead"
            message = (
                f"{subject} at index {first.index} {first.message}. "
                f"Nothing was stored: {bad_rows} of {lead_count} leads must be corrected."
            )
            extra = {"errors": [asdict(problem) for problem in problems]}
            return Answer("bad_leads", HTTPStatus.BAD_REQUEST, message, extra=extra)


def free_plan_used_up() -> Answer:
    """The workspace holds all the leads that the free plan allows, or more."""
    message = "Reached the maximum limit of leads on the free plan."
    return Answer("free_plan_used_up", HTTPStatus.BAD_REQUEST, message)


def free_plan_exceeded(settings: Settings) -> Answer:
    """The workspace would hold more leads than the free plan allows."""
    message = f"Can not have more than {settings.free_plan_max_leads} leads on the free plan."
    return Answer("free_plan_exceeded", HTTPStatus.BAD_REQUEST, message)


def unavailable(*, leads_may_be_stored: bool) -> Answer:
    """The store stayed unavailable."""
    effect = "Some leads of this request may be stored" if leads_may_be_stored else "Nothing was stored"
    return _unavailable(f"{effect}. Please try again later.")


def _unavailable(what_to_expect: str) -> Answer:
    return Answer(
        "unavailable",
        HTTPStatus.SERVICE_UNAVAILABLE,
        f"The service is temporarily unavailable. {what_to_expect}",
        headers={"Retry-After": str(_RETRY_UNAVAILABLE_AFTER_SECONDS)},
    )


UNAVAILABLE_BUT_RETRY_FINISHES = _unavailable(
    "Leads of this request may be stored: send it again with the same Idempotency-Key, and each is stored once."
)


def rate_limit_headers(quota: Quota) -> dict[str, str]:
    """The fields of draft-ietf-httpapi-ratelimit-headers-11; ``t`` is when there is more quota again."""
    return {
        "RateLimit-Policy": f'"default";q={quota.limit.requests};w={quota.limit.window_seconds}',
        "RateLimit": f'"default";r={quota.remaining};t={quota.reset_seconds}',
    }
