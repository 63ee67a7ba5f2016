"""Stores the leads of an admitted request if the workspace's plan allows it: all of them or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from leads_core import timestamps
from leads_core.deadlines import Deadline
from leads_core.idempotency import (
    CountedLeads,
    IdempotencyKeyReused,
    IdempotencyRecord,
    IdempotencyRecords,
    RequestFingerprint,
)
from leads_core.leads import Lead
from leads_core.plans import Plan
from leads_core.ulids import new_ulid


class Submission(NamedTuple):
    """Leads that were sent to a workspace, and when.

    ``fingerprint`` is set if the client sent an Idempotency-Key. ``rows`` are the leads' rows in the request; None
    means that the leads are all of its rows.
    """

    workspace_id: str
    plan: Plan
    leads: Sequence[Lead]
    received_ms: int
    fingerprint: RequestFingerprint | None = None
    rows: Sequence[int] | None = None


class Batch(NamedTuple):
    """The leads of one request. Their ids are the same at every write. Leads without a date get ``received_at``."""

    workspace_id: str
    batch_id: str
    received_at: str
    leads: Sequence[Lead]
    rows: Sequence[int] | None = None

    def lead_ids(self) -> list[str]:
        """An id for each lead: the id of the batch, which begins with its time, and the lead's row in the request."""
        rows = range(len(self.leads)) if self.rows is None else self.rows
        return [f"{self.batch_id}-{row:03d}" for row in rows]


class NewRecord(NamedTuple):
    """An idempotency record to create, for a request received at ``now_ms``."""

    fingerprint: RequestFingerprint
    record: IdempotencyRecord
    now_ms: int


class Stored(NamedTuple):
    """All leads are stored or, in a dry run, would be.

    ``is_retry``: an earlier attempt had begun. ``was_stored``: an earlier attempt had stored all leads.
    """

    batch_id: str | None
    lead_ids: Sequence[str | None]
    is_retry: bool = False
    was_stored: bool = False


class PlanLimitReached(NamedTuple):
    """The workspace already held as many leads as its plan allows, or more."""

    plan: Plan


class PlanLimitExceeded(NamedTuple):
    """The workspace would hold more leads than its plan allows."""

    plan: Plan
    most_leads: int


class PlanUse(NamedTuple):
    """The plan of a workspace, and how many leads it holds; None if the plan does not count leads."""

    plan: Plan
    lead_count: int | None


IntakeResult = Stored | PlanLimitReached | PlanLimitExceeded | IdempotencyKeyReused


@dataclass(slots=True)
class StoreActivity:
    """How often a store retried and rolled back. The reader of the counts resets them to zero."""

    retried_calls: int = 0
    rollbacks: int = 0


class RecordExistsError(Exception):
    """Another attempt of the same request has created the record."""


class LeadStore(Protocol):
    """Stores leads. Raises StoreUnavailableError when it stays unavailable until the deadline."""

    def put(self, batch: Batch, deadline: Deadline) -> None:
        """Store a batch of any size. On failure, leads that were written stay."""

    def put_or_roll_back(self, batch: Batch, deadline: Deadline) -> None:
        """Store a batch of any size, or none of it. The error shows if that is not certain."""

    def put_counted(
        self, batch: Batch, plan: Plan, most_leads: int, deadline: Deadline, new_record: NewRecord | None = None
    ) -> PlanUse | None:
        """Store a small batch, count its leads and create its record, in one transaction.

        Stores nothing and returns the plan's use if the workspace would hold more than ``most_leads``, or if it is now
        on another plan. Raises RecordExistsError if the record exists.
        """

    def plan_use(self, workspace_id: str, deadline: Deadline) -> PlanUse:
        """The plan of a workspace, and how many leads it holds."""


class Intake:
    """Stores leads, within the limits of plans; ``most_leads`` has the limit of each plan."""

    def __init__(self, store: LeadStore, records: IdempotencyRecords, most_leads: Mapping[Plan, int | None]) -> None:
        self._store = store
        self._records = records
        self._most_leads = most_leads

    def was_begun(self, fingerprint: RequestFingerprint, now_ms: int, deadline: Deadline) -> bool:
        """Whether leads of a request are stored, or were about to be, by an earlier attempt."""
        record = self._records.read(fingerprint, now_ms, deadline)
        return record is not None and record.body_hash == fingerprint.body_hash

    def dry_run(self, submission: Submission, deadline: Deadline) -> IntakeResult:
        """What ``take_in`` would return. Nothing is stored, and new leads have no ids."""
        record = None
        if submission.fingerprint is not None:
            record = self._records.read(submission.fingerprint, submission.received_ms, deadline)
            if record and record.body_hash != submission.fingerprint.body_hash:
                return IdempotencyKeyReused()
        if record and record.is_stored:
            return _stored(_recorded(submission, record), is_retry=True, was_stored=True)
        if record is None and self._most_leads[submission.plan] is not None:
            use = self._store.plan_use(submission.workspace_id, deadline)
            if refusal := self._refusal(use, len(submission.leads)):
                return refusal
        return Stored(batch_id=None, lead_ids=[None] * len(submission.leads), is_retry=record is not None)

    def take_in(self, submission: Submission, deadline: Deadline) -> IntakeResult:
        """Store the leads. A retry finishes the first attempt if necessary and returns the same result.

        Raises StoreUnavailableError. If the submission has a fingerprint, leads may then be stored even if the error
        reports that none are.
        """
        batch = Batch(
            submission.workspace_id,
            new_ulid(submission.received_ms),
            timestamps.from_epoch_ms(submission.received_ms),
            submission.leads,
            submission.rows,
        )
        if self._most_leads[submission.plan] is not None:
            outcome = self._take_in_counted(submission, batch, deadline)
            if outcome is not None:
                return outcome
        if submission.fingerprint is not None:
            return self._take_in_idempotently(submission, submission.fingerprint, batch, deadline)
        self._store.put_or_roll_back(batch, deadline)
        return _stored(batch)

    def _take_in_counted(self, submission: Submission, batch: Batch, deadline: Deadline) -> IntakeResult | None:
        """Store the leads in a transaction; None if the plan no longer counts leads or the request has a record."""
        new_record = None
        if submission.fingerprint is not None:
            if self._records.read(submission.fingerprint, submission.received_ms, deadline):
                return None
            record = _record_of(batch, submission.fingerprint)._replace(is_stored=True)
            new_record = NewRecord(submission.fingerprint, record, submission.received_ms)
        plan = submission.plan
        while (most_leads := self._most_leads[plan]) is not None:
            use: PlanUse | None
            if len(batch.leads) > most_leads:
                use = self._store.plan_use(batch.workspace_id, deadline)
            else:
                try:
                    use = self._store.put_counted(batch, plan, most_leads, deadline, new_record)
                except RecordExistsError:
                    return None
            if use is None:
                return _stored(batch)
            if refusal := self._refusal(use, len(batch.leads)):
                return refusal
            plan = use.plan
        return None

    def _take_in_idempotently(
        self, submission: Submission, fingerprint: RequestFingerprint, batch: Batch, deadline: Deadline
    ) -> Stored | IdempotencyKeyReused:
        record = self._records.claim(fingerprint, _record_of(batch, fingerprint), submission.received_ms, deadline)
        if record.body_hash != fingerprint.body_hash:
            return IdempotencyKeyReused()
        is_retry = record.batch_id != batch.batch_id
        batch = _recorded(submission, record)
        if not record.is_stored:
            self._store.put(batch, deadline.keeping_back(deadline.budget.call_seconds))
            # The batch was begun on a plan that does not count leads: on others, a record is created already marked.
            is_counted = self._most_leads[submission.plan] is not None
            counted = CountedLeads(batch.workspace_id, len(batch.leads)) if is_counted else None
            self._records.mark_stored(fingerprint, record, deadline, counted)
        return _stored(batch, is_retry=is_retry, was_stored=record.is_stored)

    def _refusal(self, use: PlanUse, lead_count: int) -> PlanLimitReached | PlanLimitExceeded | None:
        most_leads = self._most_leads[use.plan]
        if most_leads is None or use.lead_count is None or use.lead_count + lead_count <= most_leads:
            return None
        if use.lead_count >= most_leads:
            return PlanLimitReached(use.plan)
        return PlanLimitExceeded(use.plan, most_leads)


def _recorded(submission: Submission, record: IdempotencyRecord) -> Batch:
    return Batch(submission.workspace_id, record.batch_id, record.received_at, submission.leads, submission.rows)


def _record_of(batch: Batch, fingerprint: RequestFingerprint) -> IdempotencyRecord:
    return IdempotencyRecord(batch.batch_id, batch.received_at, fingerprint.body_hash)


def _stored(batch: Batch, *, is_retry: bool = False, was_stored: bool = False) -> Stored:
    return Stored(batch.batch_id, batch.lead_ids(), is_retry, was_stored)
