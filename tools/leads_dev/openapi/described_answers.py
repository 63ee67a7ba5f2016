"""Every answer that a client may get: from the handler's own table, from its parser, and from the gateway's template.

Each comes with its cause and its cure in the words of the reference page.
"""

import json
from dataclasses import dataclass
from http import HTTPStatus

from leads_admin.template import TEMPLATE, load_template
from leads_api import answers
from leads_api.answers import Answer
from leads_core.intake import Stored
from leads_core.parsing import MAX_DEPTH, MAX_VALUES, ParsedLeads, parse_leads
from leads_core.settings import Settings

_SETTINGS = Settings(access_table="access", leads_table="leads")


@dataclass(frozen=True, slots=True)
class DescribedAnswer:
    """An answer as an example: ``name`` is its key, ``cause`` says when it is given, ``cure`` what to do."""

    name: str
    answer: Answer
    cause: str
    cure: str


def described_answers() -> list[DescribedAnswer]:
    """All of them; those of a status in the order of the handler's checks."""
    return [*_accepted(), *_refusals(), *_refused_bodies(), *_refusals_of_leads(), *_failures(), *_from_the_gateway()]


def _accepted() -> list[DescribedAnswer]:
    parsed = ParsedLeads([{"company": "Open AI"}], [["Source"]])
    batch_id = "01KAQJ8VXG3M5T8R0Q6Z1W9C4E"
    stored = Stored(batch_id, [f"{batch_id}-000"])
    replay = Stored(batch_id, [f"{batch_id}-000"], is_retry=True, was_stored=True)
    dry_run = Stored(None, [None])
    return [
        DescribedAnswer(
            "stored",
            answers.stored(stored, parsed, with_representation=False),
            "All leads of the request are stored.",
            "Nothing is left to do.",
        ),
        DescribedAnswer(
            "stored_with_representation",
            answers.stored(stored, parsed, with_representation=True),
            "All leads are stored, and `Prefer: return=representation` asked for their ids and for what was ignored.",
            "Look at `ignored`: a name there is not a field of a lead, perhaps a typing error.",
        ),
        DescribedAnswer(
            "replayed",
            answers.stored(replay, parsed, with_representation=False),
            "The same request with the same `Idempotency-Key` has come in before.",
            "Nothing is left to do: no lead was stored twice.",
        ),
        DescribedAnswer(
            "dry_run_with_representation",
            answers.stored(dry_run, parsed, with_representation=True),
            "A dry run of a request that would be accepted: nothing is stored, so there are no ids.",
            "Send it without `dryRun`.",
        ),
    ]


def _refusals() -> list[DescribedAnswer]:
    return [
        DescribedAnswer(
            "not_found",
            answers.NOT_FOUND,
            "The path is another one.",
            "Post to `/api/v1/leads`, without a slash behind.",
        ),
        DescribedAnswer(
            "method_not_allowed",
            answers.METHOD_NOT_ALLOWED,
            "The method is another one. A redirect from http to https makes some clients turn POST into GET.",
            "Use POST, and the address with https.",
        ),
        DescribedAnswer(
            "invalid_key",
            answers.INVALID_KEY,
            "The API key is missing, mistyped, unknown, revoked or expired; the answer is the same for all of them.",
            "Send the key in the header `X-API-Key`, whole and without quotes, or ask the operator for a new one.",
        ),
        DescribedAnswer(
            "rate_limited",
            answers.rate_limited(276),
            f"The key has made {_SETTINGS.rate_limit.requests} requests in {_SETTINGS.rate_limit.window_seconds} "
            "seconds. This request did not count.",
            "Wait as many seconds as `Retry-After` says, not one more is needed, and send it again. "
            "Send up to 100 leads in a request.",
        ),
        DescribedAnswer(
            "unsupported_media_type",
            answers.NOT_JSON,
            "The `Content-Type` is not JSON. Some clients send forms by default.",
            "Send JSON with `Content-Type: application/json`.",
        ),
        DescribedAnswer(
            "unclear_dry_run",
            answers.UNCLEAR_DRY_RUN,
            "`dryRun` has another value, or several that differ.",
            "Write `?dryRun=true`, or leave it out.",
        ),
        DescribedAnswer(
            "invalid_idempotency_key",
            answers.INVALID_IDEMPOTENCY_KEY,
            "The `Idempotency-Key` is empty, too long, or has characters that cannot be printed.",
            "Use a UUID.",
        ),
    ]


def _refused_bodies() -> list[DescribedAnswer]:
    too_many = json.dumps([{}] * (_SETTINGS.max_leads_per_request + 1)).encode()
    too_long = json.dumps(
        [{"Company": "Open AI", "Email": f"{'x' * 118}@example.com", "employeeCount": "many"}]
    ).encode()
    return [
        DescribedAnswer(
            "empty_body",
            _refusal_of(b""),
            "There is no body. A redirect, or a `Content-Length` of 0, loses it.",
            "Send a JSON array of leads.",
        ),
        DescribedAnswer(
            "malformed_json",
            _refusal_of(b'[{"company": "Open AI",}]'),
            "The body is not JSON; the message says where it stops being so.",
            "Let a JSON library write the body. `NaN` and single quotes are not JSON.",
        ),
        DescribedAnswer(
            "nested_too_deeply",
            _refusal_of(b'[{"source": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}]"),
            f"Arrays and objects are nested deeper than {MAX_DEPTH} levels; the array of leads is the first of them.",
            "Send what is nested deeper as text, or leave it out: no field of a lead needs more than four levels.",
        ),
        DescribedAnswer(
            "too_many_values",
            _refusal_of(b'[{"source": [' + b"1," * MAX_VALUES + b"1]}]"),
            f"The body has more than {MAX_VALUES} values, those of fields that are ignored among them.",
            "Send fewer leads at a time, and leave out what is no field of a lead.",
        ),
        DescribedAnswer(
            "not_an_array",
            _refusal_of(b'{"company": "Open AI"}'),
            "The body is JSON, but not an array.",
            "Put even a single lead into an array.",
        ),
        DescribedAnswer("no_leads", _refusal_of(b"[]"), "The array has no element.", "Send at least one lead."),
        DescribedAnswer(
            "too_many_leads",
            _refusal_of(too_many),
            "The array has too many leads.",
            "Send several arrays of up to 100.",
        ),
        DescribedAnswer(
            "bad_leads",
            _refusal_of(too_long),
            "Some leads break a limit. `errors` has up to 100 of the problems, each with the lead's index and field.",
            "Correct the leads in `errors`, or leave them out, and send the array again: nothing of it was stored.",
        ),
    ]


def _refusals_of_leads() -> list[DescribedAnswer]:
    return [
        DescribedAnswer(
            "free_plan_used_up",
            answers.free_plan_used_up(),
            "The workspace is on the free plan and holds as many leads as it allows, or more.",
            "Change the plan, or delete leads.",
        ),
        DescribedAnswer(
            "free_plan_exceeded",
            answers.free_plan_exceeded(_SETTINGS),
            "The workspace is on the free plan and would hold more leads than it allows.",
            "Send fewer leads, or change the plan.",
        ),
        DescribedAnswer(
            "idempotency_key_reused",
            answers.IDEMPOTENCY_KEY_REUSED,
            "A request with another body has used this `Idempotency-Key` in the last 24 hours.",
            "Take a new key for every new request, and the old one only to send the very same body again.",
        ),
    ]


def _failures() -> list[DescribedAnswer]:
    return [
        DescribedAnswer(
            "unexpected_error",
            answers.UNEXPECTED_ERROR,
            "A bug in this API.",
            "Tell the operator the `X-Request-Id`. With an `Idempotency-Key` the request can be sent again safely.",
        ),
        DescribedAnswer(
            "unavailable",
            answers.unavailable(leads_may_be_stored=False),
            "The database did not answer in time. What was written is rolled back.",
            "Send it again after `Retry-After`.",
        ),
        DescribedAnswer(
            "unavailable_and_uncertain",
            answers.unavailable(leads_may_be_stored=True),
            "The database did not answer in time, and it is not known whether it stored leads. There was no "
            "`Idempotency-Key`.",
            "Sent again, leads may be stored twice. Send the next request with an `Idempotency-Key`.",
        ),
        DescribedAnswer(
            "unavailable_with_idempotency_key",
            answers.UNAVAILABLE_BUT_RETRY_FINISHES,
            "The database did not answer in time. What was written stays, for the retry to finish.",
            "Send it again after `Retry-After`, with the same body and `Idempotency-Key`: each lead is stored once.",
        ),
    ]


def _from_the_gateway() -> list[DescribedAnswer]:
    return [
        DescribedAnswer(
            "refused_by_the_gateway",
            _gateway_response("DEFAULT_4XX"),
            "The gateway or its firewall refused the request before it reached the API.",
            "Ask the operator, with the `X-Request-Id`.",
        ),
        DescribedAnswer(
            "too_large", _gateway_response("REQUEST_TOO_LARGE"), "The body is too large.", "Send fewer leads at a time."
        ),
        DescribedAnswer(
            "throttled",
            _gateway_response("THROTTLED"),
            "All keys together make more requests a second than the operator allows. This request did not count.",
            "Wait as many seconds as `Retry-After` says, and send it again.",
        ),
        DescribedAnswer(
            "gateway_failed",
            _gateway_response("DEFAULT_5XX"),
            "The gateway could not hand the request to the API, or not read its answer.",
            "Send it again after some seconds, with the `Idempotency-Key` that it had.",
        ),
        DescribedAnswer(
            "timed_out",
            _gateway_response("INTEGRATION_TIMEOUT"),
            "The API did not answer in time. The leads may be stored.",
            "Send it again after some seconds: with the `Idempotency-Key` that it had, no lead is stored twice.",
        ),
    ]


def _refusal_of(body: bytes) -> Answer:
    parsed = parse_leads(body, max_leads=_SETTINGS.max_leads_per_request)
    if isinstance(parsed, ParsedLeads):
        raise TypeError("an example of a refused body was accepted")
    return answers.unreadable(parsed, _SETTINGS)


def _gateway_response(name: str) -> Answer:
    """What the gateway answers by itself: from the template that is deployed."""
    response = load_template(TEMPLATE)["Resources"]["LeadsApi"]["Properties"]["GatewayResponses"][name]
    envelope = json.loads(response["ResponseTemplates"]["application/json"])
    # API Gateway's way to write a constant is to put it into quotes; anything else is taken from the request.
    headers = {
        header: value[1:-1]
        for header, value in response["ResponseParameters"]["Headers"].items()
        if value.startswith("'")
    }
    return Answer(name.lower(), HTTPStatus(envelope["statusCode"]), envelope["message"], headers=headers)
