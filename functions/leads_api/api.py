"""Handles one request of the lead API, from event to response: the checks in their order, and one log line."""

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import PurePath
from typing import Any, Protocol

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from leads_api import responses
from leads_api.metrics import metrics_of
from leads_api.outcomes import Outcome
from leads_api.requests import Request
from leads_api.responses import Preferences, Response
from leads_core.admission import Admission, Admitted, InvalidKey, RateLimited
from leads_core.deadlines import Deadline
from leads_core.errors import StoreUnavailableError
from leads_core.idempotency import IdempotencyKeyReused, RequestFingerprint, is_idempotency_key
from leads_core.intake import Intake, PlanLimitExceeded, PlanLimitReached, StoreActivity, Stored, Submission
from leads_core.parsing import parse_leads
from leads_core.rate_limit import Quota
from leads_core.rows import BadLeads, ParsedLeads
from leads_core.settings import Settings

LEADS_PATH = "/api/v1/leads"


class LambdaContext(Protocol):
    """The part of Lambda's context that is used."""

    def get_remaining_time_in_millis(self) -> int:
        """How many milliseconds the invocation may still take."""


@dataclass(slots=True)
class _Progress:
    """What is known about a request when its response is made, even after an error."""

    quota: Quota | None = None
    workspace_id: str | None = None
    lead_count: int | None = None
    dry_run: bool = False
    cause: str | None = None


class LeadsApi:
    """The Lambda handler."""

    def __init__(
        self,
        admission: Admission,
        intake: Intake,
        store_activity: StoreActivity,
        settings: Settings,
        logger: Logger,
        deadline_after: Callable[[float], Deadline],
    ) -> None:
        self._admission = admission
        self._intake = intake
        self._store_activity = store_activity
        self._settings = settings
        self._logger = logger
        self._deadline_after = deadline_after

    def __call__(self, event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        """Handle a proxy event of API Gateway."""
        end = self._deadline_after(context.get_remaining_time_in_millis() / 1000)
        deadline = end.keeping_back(end.budget.response_seconds)
        started = end.clock.monotonic()
        request = Request.from_event(event)
        progress = _Progress()
        try:
            response = self._respond(request, progress, deadline)
        except StoreUnavailableError as exc:
            progress.cause = str(exc)
            response = self._unavailable(request, exc)
        except Exception as exc:  # noqa: BLE001 - the one place where a bug becomes a response
            progress.cause = _describe(exc)
            response = Response(Outcome.UNEXPECTED_ERROR)
        self._log(request, progress, response.outcome, end.clock.monotonic() - started)
        headers = {"X-Request-Id": request.request_id}
        if progress.quota:
            headers |= responses.rate_limit_headers(progress.quota)
        if progress.workspace_id:
            headers["X-Workspace-Id"] = progress.workspace_id
        return response.to_event(headers)

    def _respond(self, request: Request, progress: _Progress, deadline: Deadline) -> Response:
        if request.path != LEADS_PATH:
            return Response(Outcome.NOT_FOUND)
        if request.is_preflight:
            return responses.PREFLIGHT
        if request.method != "POST":
            return responses.METHOD_NOT_ALLOWED
        now_ms = deadline.clock.now_ms()
        progress.dry_run = request.dry_run or False
        match self._admission.admit(request.api_key, now_ms=now_ms, deadline=deadline):
            case InvalidKey():
                return responses.INVALID_KEY
            case RateLimited(quota, retry_after_seconds):
                progress.quota = quota
                return responses.TOO_LARGE if request.is_too_large else responses.rate_limited(retry_after_seconds)
            case Admitted() as admitted:
                progress.quota = admitted.quota
                progress.workspace_id = admitted.workspace_id
                return self._take_in(request, admitted, progress, now_ms, deadline)

    def _take_in(
        self, request: Request, admitted: Admitted, progress: _Progress, now_ms: int, deadline: Deadline
    ) -> Response:
        if refusal := _refusal_before_reading(request):
            return refusal
        content = request.content()
        max_leads = self._settings.max_leads_per_request
        parsed = parse_leads(content, max_leads=max_leads)
        fingerprint = None
        if request.idempotency_keys:
            fingerprint = RequestFingerprint(
                admitted.key_hash, request.idempotency_keys[0], sha256(content).hexdigest()
            )
        del content  # it may be large, and is not needed while the leads are written
        bad = None
        if isinstance(parsed, BadLeads) and parsed.good.leads:
            # Good leads that an earlier attempt has stored stay stored, whatever this one prefers.
            is_lenient = request.is_lenient or (fingerprint and self._intake.was_begun(fingerprint, now_ms, deadline))
            bad = parsed if is_lenient else None
        good = bad.good if bad else parsed
        if not isinstance(good, ParsedLeads):
            return responses.unreadable(good, max_leads)
        progress.lead_count = len(good.leads)
        submission = Submission(admitted.workspace_id, admitted.plan, good.leads, now_ms, fingerprint, good.rows)
        take_in = self._intake.dry_run if request.dry_run else self._intake.take_in
        outcome = take_in(submission, deadline)
        match outcome:
            case IdempotencyKeyReused():
                return Response(Outcome.IDEMPOTENCY_KEY_REUSED)
            case PlanLimitReached() | PlanLimitExceeded():
                return responses.beyond_the_plan(outcome)
            case Stored():
                preferences = Preferences(request.prefers_representation, request.is_lenient or bad is not None)
                return responses.stored(outcome, good, preferences, bad, dry_run=bool(request.dry_run))

    @staticmethod
    def _unavailable(request: Request, failure: StoreUnavailableError) -> Response:
        if request.dry_run:
            return responses.unavailable(Outcome.UNAVAILABLE)
        if request.idempotency_keys:
            # Even if this attempt stored nothing, an earlier one, or one in flight, may have stored them.
            return responses.unavailable(Outcome.UNAVAILABLE_RETRY_FINISHES)
        return responses.unavailable(
            Outcome.UNAVAILABLE_MAY_BE_STORED if failure.leads_may_be_stored else Outcome.UNAVAILABLE
        )

    def _log(self, request: Request, progress: _Progress, outcome: Outcome, seconds: float) -> None:
        level = self._logger.error if outcome.status >= 500 else self._logger.info  # noqa: PLR2004 - server errors
        level(
            outcome.code,
            request_id=request.request_id,
            status=outcome.status,
            workspace_id=progress.workspace_id,
            lead_count=progress.lead_count,
            dry_run=progress.dry_run,
            cause=progress.cause,
            milliseconds=round(seconds * 1000),
            **self._metrics(progress, outcome),
        )

    def _metrics(self, progress: _Progress, outcome: Outcome) -> dict[str, Any]:
        activity = replace(self._store_activity)
        self._store_activity.retried_calls = self._store_activity.rollbacks = 0
        if not self._settings.metrics_namespace:
            return {}
        has_stored = outcome in {Outcome.STORED, Outcome.STORED_PARTLY} and not progress.dry_run
        stored_leads = (progress.lead_count or 0) if has_stored else 0
        return metrics_of(outcome, stored_leads, activity, namespace=self._settings.metrics_namespace)


def _refusal_before_reading(request: Request) -> Response | None:
    """What is wrong with a request, apart from its body; None if nothing is."""
    if request.is_too_large:
        return responses.TOO_LARGE
    if not request.is_json:
        return Response(Outcome.UNSUPPORTED_MEDIA_TYPE)
    if request.content_encoding is not None:
        return responses.unsupported_encoding(request.content_encoding)
    if request.dry_run is None:
        return Response(Outcome.UNCLEAR_DRY_RUN)
    if len(request.idempotency_keys) > 1:
        return Response(Outcome.DIFFERENT_IDEMPOTENCY_KEYS)
    if not all(map(is_idempotency_key, request.idempotency_keys)):
        return responses.INVALID_IDEMPOTENCY_KEY
    return None


def _describe(error: Exception) -> str:
    """An error's type and where it was raised, without its text, which may quote a lead or a key."""
    frames = [
        f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__, limit=-8)
    ]
    code = f" {error.response['Error']['Code']} in {error.operation_name}" if isinstance(error, ClientError) else ""
    return f"{type(error).__name__}{code} at {' < '.join(reversed(frames))}"
