"""One request of the lead API from event to answer: the order of the checks, and one log line."""

import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import PurePath
from typing import Any, Protocol

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from leads_api import answers
from leads_api.answers import Answer
from leads_api.metrics import metrics_of
from leads_api.requests import Request
from leads_core import time_budget, timestamps
from leads_core.admission import Admission, Admitted, InvalidKey, RateLimited
from leads_core.errors import StoreUnavailableError
from leads_core.idempotency import IdempotencyKeyReused, Once
from leads_core.intake import FreePlanExceeded, FreePlanUsedUp, Intake, StoreActivity, Stored
from leads_core.leads import Lead, complete
from leads_core.parsing import BadLeads, MalformedBody, ParsedLeads, TooManyLeads, parse_leads
from leads_core.rate_limit import Quota
from leads_core.settings import Settings

LEADS_PATH = "/api/v1/leads"


class LambdaContext(Protocol):
    """The part of Lambda's context that is used."""

    def get_remaining_time_in_millis(self) -> int:
        """How long the invocation may still take."""


@dataclass(slots=True)
class _Progress:
    """What is known of a request by the time it is answered, whatever happened in between."""

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
        clock: Callable[[], int],
    ) -> None:
        self._admission = admission
        self._intake = intake
        self._store_activity = store_activity
        self._settings = settings
        self._logger = logger
        self._clock = clock

    def __call__(self, event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        """Answer a proxy event of API Gateway."""
        started = time.monotonic()
        deadline = started + context.get_remaining_time_in_millis() / 1000 - time_budget.TO_ANSWER
        request = Request.from_event(event)
        progress = _Progress()
        try:
            answer = self._answer(request, progress, deadline)
        except StoreUnavailableError as exc:
            progress.cause = str(exc)
            answer = answers.unavailable(leads_may_be_stored=exc.leads_may_be_stored)
        except Exception as exc:  # noqa: BLE001 - the one place where a bug becomes an answer
            progress.cause = _describe(exc)
            answer = answers.UNEXPECTED_ERROR
        self._log(request, progress, answer, time.monotonic() - started)
        headers = {"X-Request-Id": request.request_id}
        if progress.quota:
            headers |= answers.rate_limit_headers(progress.quota)
        return answer.to_event(headers)

    def _answer(self, request: Request, progress: _Progress, deadline: float) -> Answer:
        if request.path != LEADS_PATH:
            return answers.NOT_FOUND
        if request.method != "POST":
            return answers.METHOD_NOT_ALLOWED
        now = self._clock()
        # A dry run that is not clear is refused further down, and counts like every refused request.
        progress.dry_run = request.dry_run or False
        admit = self._admission.admit_uncounted if progress.dry_run else self._admission.admit
        match admit(request.api_key, now=now, deadline=deadline):
            case InvalidKey():
                return answers.INVALID_KEY
            case RateLimited(quota, retry_after):
                progress.quota = quota
                return answers.rate_limited(retry_after)
            case Admitted() as admitted:
                progress.quota = admitted.quota
                progress.workspace_id = admitted.workspace_id
                return self._take_in(request, admitted, progress, now, deadline)

    def _take_in(self, request: Request, admitted: Admitted, progress: _Progress, now: int, deadline: float) -> Answer:
        if not request.is_json:
            return answers.NOT_JSON
        if request.dry_run is None:
            return answers.UNCLEAR_DRY_RUN
        if not request.has_usable_idempotency_key:
            return answers.INVALID_IDEMPOTENCY_KEY
        parsed, once = self._read(request, admitted, now)
        if not isinstance(parsed, ParsedLeads):
            return answers.unreadable(parsed, self._settings)
        progress.lead_count = len(parsed.leads)
        if progress.dry_run:
            outcome: Stored | FreePlanUsedUp | FreePlanExceeded | IdempotencyKeyReused = self._intake.try_out(
                parsed.leads, workspace_id=admitted.workspace_id, plan=admitted.plan, deadline=deadline
            )
        else:
            outcome = self._intake.take_in(
                parsed.leads,
                workspace_id=admitted.workspace_id,
                plan=admitted.plan,
                now=now,
                deadline=deadline,
                once=once,
            )
        match outcome:
            case IdempotencyKeyReused():
                return answers.IDEMPOTENCY_KEY_REUSED
            case FreePlanUsedUp():
                return answers.free_plan_used_up()
            case FreePlanExceeded():
                return answers.free_plan_exceeded(self._settings)
            case Stored():
                return answers.stored(outcome, parsed, with_representation=request.prefers_representation)

    def _read(
        self, request: Request, admitted: Admitted, now: int
    ) -> tuple[ParsedLeads | MalformedBody | TooManyLeads | BadLeads, Once | None]:
        """The leads of a request, and what is to be done once, if it asks for that; else its content is let go of."""
        content = request.content()
        parsed = parse_leads(content, max_leads=self._settings.max_leads_per_request)
        if not isinstance(parsed, ParsedLeads):
            return parsed, None
        leads_as_of = partial(_completed, parsed.leads)
        completed = parsed._replace(leads=leads_as_of(timestamps.from_epoch_ms(now)))
        if request.idempotency_key is None:
            return completed, None
        once = Once(admitted.key_hash, request.idempotency_key, sha256(content).hexdigest(), leads_as_of)
        return completed, once

    def _log(self, request: Request, progress: _Progress, answer: Answer, seconds: float) -> None:
        level = self._logger.error if answer.status >= 500 else self._logger.info  # noqa: PLR2004 - server errors
        level(
            answer.outcome,
            request_id=request.request_id,
            status=answer.status,
            workspace_id=progress.workspace_id,
            lead_count=progress.lead_count,
            dry_run=progress.dry_run,
            cause=progress.cause,
            milliseconds=round(seconds * 1000),
            **self._metrics(progress, answer),
        )

    def _metrics(self, progress: _Progress, answer: Answer) -> dict[str, Any]:
        activity = replace(self._store_activity)
        self._store_activity.retried_calls = self._store_activity.batches_taken_back = 0
        if not self._settings.metrics_namespace:
            return {}
        has_stored = answer.outcome == "stored" and not progress.dry_run
        stored_leads = (progress.lead_count or 0) if has_stored else 0
        return metrics_of(answer, stored_leads, activity, namespace=self._settings.metrics_namespace)


def _completed(leads: Sequence[Lead], received_at: str) -> list[Lead]:
    return [complete(lead, received_at) for lead in leads]


def _describe(error: Exception) -> str:
    """An error's type and where it was raised. Not its text: that may quote a lead or a key."""
    frames = [
        f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__, limit=-8)
    ]
    code = f" {error.response['Error']['Code']} in {error.operation_name}" if isinstance(error, ClientError) else ""
    return f"{type(error).__name__}{code} at {' < '.join(reversed(frames))}"
