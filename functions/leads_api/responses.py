"""The response for each outcome: the documented envelope and its headers."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, NamedTuple

from leads_api.outcomes import Outcome
from leads_api.requests import MOST_BODY_BYTES
from leads_core.duplicates import duplicates
from leads_core.idempotency import MOST_KEY_CHARACTERS
from leads_core.intake import PlanLimitExceeded, PlanLimitReached, Stored
from leads_core.parsing import MalformedBody, TooManyLeads
from leads_core.problems import MAX_PROBLEMS, Problem
from leads_core.rate_limit import Quota
from leads_core.rows import BadLeads, ParsedLeads

# It is not known when the store will be available again. Clients should retry, but not too often.
_RETRY_UNAVAILABLE_AFTER_SECONDS = 5

# What pages of other origins may read. That is safe: the secret is a key that a page must send itself, not a cookie.
_FOR_ALL_ORIGINS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, X-Error-Code, Idempotent-Replayed, "
        "Preference-Applied, X-Workspace-Id"
    ),
}
_ANY_PAGE_MAY_POST = {
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Content-Type, X-API-Key, Idempotency-Key, Prefer, *",
    # Chrome's maximum; Firefox would allow a day.
    "Access-Control-Max-Age": "7200",
}

_EMPTY: Mapping[str, Any] = MappingProxyType({})


class Response(NamedTuple):
    """The response for an outcome.

    ``message_values`` fill the placeholders of its message; ``extra`` has further members of the envelope.
    """

    outcome: Outcome
    message_values: Mapping[str, Any] = _EMPTY
    headers: Mapping[str, str] = _EMPTY
    extra: Mapping[str, Any] = _EMPTY

    @property
    def message(self) -> str | None:
        """The message for people."""
        return self.outcome.message and self.outcome.message.format_map(self.message_values)

    def to_event(self, headers: Mapping[str, str]) -> dict[str, Any]:
        """The response in the format of API Gateway's proxy integration; ``headers`` are added to its own."""
        code = {} if self.outcome.is_success else {"X-Error-Code": self.outcome.code}
        has_body = self.outcome.status is not HTTPStatus.NO_CONTENT
        content_type = {"Content-Type": "application/json"} if has_body else {}
        return {
            "statusCode": self.outcome.status,
            "headers": {**content_type, **code, **_FOR_ALL_ORIGINS, **headers, **self.headers},
            "body": json.dumps(self._envelope()) if has_body else "",
            "isBase64Encoded": False,
        }

    def _envelope(self) -> dict[str, Any]:
        return {
            "succeeded": self.outcome.is_success,
            "statusCode": self.outcome.status,
            "statusCodeDescription": "NONE",
            "message": self.message,
            **self.extra,
        }


INVALID_KEY = Response(Outcome.INVALID_KEY, headers={"WWW-Authenticate": 'ApiKey realm="leads"'})
PREFLIGHT = Response(Outcome.PREFLIGHT, headers=_ANY_PAGE_MAY_POST)
METHOD_NOT_ALLOWED = Response(Outcome.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
TOO_LARGE = Response(Outcome.TOO_LARGE, {"most_bytes": f"{MOST_BODY_BYTES:,}"})
INVALID_IDEMPOTENCY_KEY = Response(Outcome.INVALID_IDEMPOTENCY_KEY, {"most_characters": MOST_KEY_CHARACTERS})


class Preferences(NamedTuple):
    """What the client prefers (RFC 7240): the leads in the response; good leads stored even if others are bad."""

    representation: bool
    lenient: bool

    def headers(self) -> dict[str, str]:
        """The header that names the preferences that were applied."""
        followed = {"return=representation": self.representation, "handling=lenient": self.lenient}
        applied = ", ".join(preference for preference, is_followed in followed.items() if is_followed)
        return {"Preference-Applied": applied} if applied else {}


def stored(
    stored: Stored, good: ParsedLeads, preferences: Preferences, bad: BadLeads | None = None, *, dry_run: bool = False
) -> Response:
    """Good leads are stored, now or by an earlier attempt; in a dry run they would be. ``bad`` has the other leads."""
    headers = {"Idempotent-Replayed": "true"} if stored.is_retry else {}
    extra: dict[str, Any] = {}
    if preferences.representation:
        extra["data"] = {"batchId": stored.batch_id, "leads": _representation(stored, good)}
    if bad is None:
        outcome, message_values = Outcome.REPLAYED if stored.was_stored else Outcome.STORED, _EMPTY
    else:
        outcome = Outcome.REPLAYED_PARTLY if stored.was_stored else Outcome.STORED_PARTLY
        were = "would be" if dry_run and not stored.was_stored else "were"
        message_values = {"good_rows": len(good.rows), "lead_count": bad.lead_count, "were": were}
        extra["errors"] = [asdict(problem) for problem in _of_every_row(bad)]
    return Response(outcome, message_values, {**headers, **preferences.headers()}, extra)


def _representation(stored: Stored, good: ParsedLeads) -> list[dict[str, Any]]:
    repeated = duplicates(good)
    return [
        {"index": row, "id": lead_id, "ignored": ignored} | ({"duplicateOf": repeated[row]} if row in repeated else {})
        for row, lead_id, ignored in zip(good.rows, stored.lead_ids, good.ignored, strict=True)
    ]


def _of_every_row(bad: BadLeads) -> list[Problem]:
    """The first problem of every bad row, and further problems up to the limit."""
    first = {problem.index: number for number, problem in reversed(list(enumerate(bad.problems)))}
    others = [number for number in range(len(bad.problems)) if number not in first.values()]
    chosen = {*first.values(), *others[: max(0, MAX_PROBLEMS - len(first))]}
    return [bad.problems[number] for number in sorted(chosen)]


def unsupported_encoding(encoding: str) -> Response:
    """The body has an unsupported encoding: it is compressed, for example."""
    return Response(Outcome.UNSUPPORTED_ENCODING, {"encoding": encoding})


def rate_limited(retry_after_seconds: int) -> Response:
    """Over the rate limit."""
    return Response(Outcome.RATE_LIMITED, headers={"Retry-After": str(retry_after_seconds)})


def unreadable(parsed: MalformedBody | TooManyLeads | BadLeads, max_leads: int) -> Response:
    """The body is not an array of good leads."""
    match parsed:
        case MalformedBody(reason):
            return Response(Outcome.MALFORMED_BODY, {"reason": reason})
        case TooManyLeads(lead_count):
            return Response(Outcome.TOO_MANY_LEADS, {"most_leads": max_leads, "lead_count": lead_count})
        case BadLeads(problems, bad_rows, lead_count, _):
            first = problems[0]
            _, _, place = first.pointer[1:].partition("/")
            subject = f"The {place} of the lead" if place else "The lead"
            message_values = {
                "first_problem": f"{subject} at index {first.index} {first.message}",
                "bad_rows": bad_rows,
                "lead_count": lead_count,
            }
            extra = {"errors": [asdict(problem) for problem in problems[:MAX_PROBLEMS]]}
            return Response(Outcome.BAD_LEADS, message_values, extra=extra)


def beyond_the_plan(refusal: PlanLimitReached | PlanLimitExceeded) -> Response:
    """The workspace's plan has no room for the leads."""
    match refusal:
        case PlanLimitReached(plan):
            return Response(Outcome.PLAN_LIMIT_REACHED, {"plan": plan})
        case PlanLimitExceeded(plan, most_leads):
            return Response(Outcome.PLAN_LIMIT_EXCEEDED, {"plan": plan, "most_leads": most_leads})


def unavailable(outcome: Outcome) -> Response:
    """The store stayed unavailable."""
    return Response(outcome, headers={"Retry-After": str(_RETRY_UNAVAILABLE_AFTER_SECONDS)})


def rate_limit_headers(quota: Quota) -> dict[str, str]:
    """The headers of draft-ietf-httpapi-ratelimit-headers-11; ``t`` is the seconds until there is more quota."""
    return {
        "RateLimit-Policy": f'"default";q={quota.limit.requests};w={quota.limit.window_seconds}',
        "RateLimit": f'"default";r={quota.remaining};t={quota.reset_seconds}',
    }
