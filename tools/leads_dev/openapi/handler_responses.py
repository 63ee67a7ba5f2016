"""Every response of the handler, from its own table and from its parser, with its cause and its cure."""

import json

from leads_api import responses
from leads_api.outcomes import Outcome
from leads_api.responses import Preferences, Response
from leads_core.intake import PlanLimitExceeded, PlanLimitReached, Stored
from leads_core.parsing import MAX_DEPTH, MAX_VALUES, parse_leads
from leads_core.plans import Plan
from leads_core.rows import BadLeads, ParsedLeads
from leads_core.settings import Settings
from leads_dev.openapi.response_description import DescribedResponse

_SETTINGS = Settings(access_table="access", leads_table="leads")


def handler_responses() -> list[DescribedResponse]:
    """All of them, in the order of the handler's checks."""
    return [*_accepted(), *_refusals(), *_refused_bodies(), *_refusals_of_leads(), *_failures()]


def _accepted() -> list[DescribedResponse]:
    parsed = ParsedLeads([{"company": "Open AI"}], [["Source"]], [0])
    batch_id = "01KAQJ8VXG3M5T8R0Q6Z1W9C4E"
    stored = Stored(batch_id, [f"{batch_id}-000"])
    replay = Stored(batch_id, [f"{batch_id}-000"], is_retry=True, was_stored=True)
    dry_run = Stored(None, [None])
    plain, represented = Preferences(False, False), Preferences(True, False)
    bad = parse_leads(b'[{"company": "Open AI", "Source": 1}, {"employeeCount": "many"}]', max_leads=2)
    if not isinstance(bad, BadLeads):
        raise TypeError("an example of a bad lead was accepted")
    return [
        _described(
            "stored",
            responses.stored(stored, parsed, plain),
            "All leads of the request are stored.",
            "Nothing is left to do.",
        ),
        _described(
            "stored_with_representation",
            responses.stored(stored, parsed, represented),
            "All leads are stored, and `Prefer: return=representation` asked for their ids and for what was ignored.",
            "Look at `ignored`: a name there is not a field of a lead, perhaps a typing error.",
        ),
        _described(
            "stored_partly",
            responses.stored(stored, bad.good, Preferences(True, True), bad),
            "`Prefer: handling=lenient` asked to store the good leads though others are bad.",
            "Correct the leads in `errors`, and send those alone.",
        ),
        _described(
            "replayed",
            responses.stored(replay, parsed, plain),
            "The same request with the same `Idempotency-Key` has come in before.",
            "Nothing is left to do: no lead was stored twice.",
        ),
        _described(
            "dry_run_with_representation",
            responses.stored(dry_run, parsed, represented),
            "A dry run of a request that would be accepted: nothing is stored, so there are no ids.",
            "Send it without `dryRun`.",
        ),
    ]


def _refusals() -> list[DescribedResponse]:
    return [
        _described(
            "not_found",
            Response(Outcome.NOT_FOUND),
            "The path is another one.",
            "Post to `/api/v1/leads`, without a slash behind.",
        ),
        _described(
            "method_not_allowed",
            responses.METHOD_NOT_ALLOWED,
            "The method is another one. A redirect from http to https makes some clients turn POST into GET.",
            "Use POST, and the address with https.",
        ),
        _described(
            "invalid_key",
            responses.INVALID_KEY,
            "The API key is missing, mistyped, unknown, revoked or expired; the response is the same for all of them.",
            "Send the key in the header `X-API-Key`, whole and without quotes, or ask the operator for a new one.",
        ),
        _described(
            "too_large",
            responses.TOO_LARGE,
            "The body has more bytes than that. Above about 4.7 MB the gateway refuses it, in words of its own.",
            "Send fewer leads at a time.",
        ),
        _described(
            "rate_limited",
            responses.rate_limited(276),
            f"The key has made {_SETTINGS.rate_limit.requests} requests in {_SETTINGS.rate_limit.window_seconds} "
            "seconds. This request did not count.",
            "Wait as many seconds as `Retry-After` says, not one more is needed, and send it again. "
            "Send up to 100 leads in a request.",
        ),
        _described(
            "unsupported_media_type",
            Response(Outcome.UNSUPPORTED_MEDIA_TYPE),
            "The `Content-Type` is not JSON. Some clients send forms by default.",
            "Send JSON with `Content-Type: application/json`.",
        ),
        _described(
            "unsupported_encoding",
            responses.unsupported_encoding("gzip"),
            "The body is compressed: it has a `Content-Encoding` other than `identity`.",
            "Turn the compression of requests off.",
        ),
        _described(
            "unclear_dry_run",
            Response(Outcome.UNCLEAR_DRY_RUN),
            "`dryRun` has another value than `true`, `false`, `1` or `0`, or several that differ.",
            "Write `?dryRun=true`, or leave it out.",
        ),
        _described(
            "invalid_idempotency_key",
            responses.INVALID_IDEMPOTENCY_KEY,
            "The `Idempotency-Key` is empty, too long, or has other characters.",
            "Use a UUID.",
        ),
        _described(
            "different_idempotency_keys",
            Response(Outcome.DIFFERENT_IDEMPOTENCY_KEYS),
            "The header `Idempotency-Key` came several times with different values. Equal ones count once.",
            "Set it in one place.",
        ),
    ]


def _refused_bodies() -> list[DescribedResponse]:
    too_many = json.dumps([{}] * (_SETTINGS.max_leads_per_request + 1)).encode()
    too_long = json.dumps(
        [{"Company": "Open AI", "Email": f"{'x' * 118}@example.com", "employeeCount": "many"}]
    ).encode()
    return [
        _described(
            "empty_body",
            _refusal_of(b""),
            "There is no body. A redirect, or a `Content-Length` of 0, loses it.",
            "Send a JSON array of leads.",
        ),
        _described(
            "malformed_json",
            _refusal_of(b'[{"company": "Open AI",}]'),
            "The body is not JSON; the message shows where the error is.",
            "Let a JSON library write the body. `NaN` and single quotes are not JSON.",
        ),
        _described(
            "nested_too_deeply",
            _refusal_of(b'[{"source": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}]"),
            f"Arrays and objects are nested deeper than {MAX_DEPTH} levels; the array of leads is the first of them.",
            "Send what is nested deeper as text, or leave it out: no field of a lead needs more than four levels.",
        ),
        _described(
            "too_many_values",
            _refusal_of(b'[{"source": [' + b"1," * MAX_VALUES + b"1]}]"),
            f"The body has more than {MAX_VALUES} values, those of fields that are ignored among them.",
            "Send fewer leads at a time, and leave out what is not a field of a lead.",
        ),
        _described(
            "not_an_array",
            _refusal_of(b'{"company": "Open AI"}'),
            "The body is JSON, but not an array.",
            "Put even a single lead into an array.",
        ),
        _described("no_leads", _refusal_of(b"[]"), "The array has no element.", "Send at least one lead."),
        _described(
            "too_many_leads",
            _refusal_of(too_many),
            "The array has too many leads.",
            "Send several arrays of up to 100.",
        ),
        _described(
            "bad_leads",
            _refusal_of(too_long),
            "Some leads break a limit. `errors` has up to 100 of the problems, each with the lead's index and field.",
            "Correct the leads in `errors`, or leave them out, and send the array again: nothing of it was stored.",
        ),
    ]


def _refusals_of_leads() -> list[DescribedResponse]:
    return [
        _described(
            "plan_limit_reached",
            responses.beyond_the_plan(PlanLimitReached(Plan.FREE)),
            "The workspace holds as many leads as its plan allows, or more.",
            "Change the plan, or delete leads.",
        ),
        _described(
            "plan_limit_exceeded",
            responses.beyond_the_plan(PlanLimitExceeded(Plan.FREE, _SETTINGS.free_plan_max_leads)),
            "The workspace would hold more leads than its plan allows.",
            "Send fewer leads, or change the plan.",
        ),
        _described(
            "idempotency_key_reused",
            Response(Outcome.IDEMPOTENCY_KEY_REUSED),
            "A request with another body has used this `Idempotency-Key` in the last 24 hours.",
            "Take a new key for every new request, and the old one only to send the very same body again.",
        ),
    ]


def _failures() -> list[DescribedResponse]:
    return [
        _described(
            "unexpected_error",
            Response(Outcome.UNEXPECTED_ERROR),
            "A bug in this API.",
            "Tell the operator the `X-Request-Id`. With an `Idempotency-Key` the request can be sent again safely.",
        ),
        _described(
            "unavailable",
            responses.unavailable(Outcome.UNAVAILABLE),
            "The database did not respond in time. What was written is rolled back.",
            "Send it again after `Retry-After`.",
        ),
        _described(
            "unavailable_may_be_stored",
            responses.unavailable(Outcome.UNAVAILABLE_MAY_BE_STORED),
            "The database did not respond in time, and it is not known whether it stored leads. There was no "
            "`Idempotency-Key`.",
            "Sent again, leads may be stored twice. Send the next request with an `Idempotency-Key`.",
        ),
        _described(
            "unavailable_retry_finishes",
            responses.unavailable(Outcome.UNAVAILABLE_RETRY_FINISHES),
            "The database did not respond in time. What was written stays, for the retry to finish.",
            "Send it again after `Retry-After`, with the same body and `Idempotency-Key`: each lead is stored once.",
        ),
    ]


def _refusal_of(body: bytes) -> Response:
    parsed = parse_leads(body, max_leads=_SETTINGS.max_leads_per_request)
    if isinstance(parsed, ParsedLeads):
        raise TypeError("an example of a refused body was accepted")
    return responses.unreadable(parsed, _SETTINGS.max_leads_per_request)


def _described(name: str, response: Response, cause: str, cure: str) -> DescribedResponse:
    event = response.to_event({})
    code = event["headers"].get("X-Error-Code")
    return DescribedResponse(name, response.outcome.status, code, json.loads(event["body"]), cause, cure)
