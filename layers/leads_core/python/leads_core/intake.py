"""Storing the leads of an admitted request, as far as the workspace's plan allows: all of them or none."""

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
    """Leads that were sent to a workspace, and when; the fingerprint is there if the client sent an Idempotency-Key.

    ``rows`` says which rows of the request they are, if not all.
    """

    workspace_id: str
    plan: Plan
    leads: Sequence[Lead]
    received_ms: int
    fingerprint: RequestFingerprint | None = None
    rows: Sequence[int] | None = None


class Batch(NamedTuple):
    """The leads of one request, under ids that are the same whenever it is written; the undated get ``received_at``."""

    workspace_id: str
    batch_id: str
    received_at: str
    leads: Sequence[Lead]
    rows: Sequence[int] | None = None

    def lead_ids(self) -> list[str]:
        """An id for each lead: the batch's, which begins with its time, and the lead's row in the request."""
        rows = range(len(self.leads)) if self.rows is None else self.rows
        return [f"{self.batch_id}-{row:03d}" for row in rows]


class NewRecord(NamedTuple):
    """A record that is to be created for a request that came in ``now_ms``."""

    fingerprint: RequestFingerprint
    record: IdempotencyRecord
    now_ms: int


class Stored(NamedTuple):
    """All leads are stored, or would be; an earlier attempt had begun (``is_retry``) or ended (``was_stored``) it."""

    batch_id: str | None
    lead_ids: Sequence[str | None]
    is_retry: bool = False
    was_stored: bool = False


class PlanLimitReached(NamedTuple):
    """The workspace held as many leads as its plan allows, or more, before the request."""

    plan: Plan


class PlanLimitExceeded(NamedTuple):
    """The workspace would hold more leads than its plan allows."""

    plan: Plan
    most_leads: int


class PlanUse(NamedTuple):
    """The plan that a workspace is on, and how many leads it holds, if the plan's leads are counted."""

    plan: Plan
    lead_count: int | None


Outcome = Stored | PlanLimitReached | PlanLimitExceeded | IdempotencyKeyReused


@dataclass(slots=True)
class StoreActivity:
    """What a store did beyond doing everything once: counts for whoever watches over it, who sets them to zero."""

    retried_calls: int = 0
    roll_backs: int = 0


class RecordExistsError(Exception):
    """Another attempt at the same request has created its record."""


class LeadStore(Protocol):
    """Where leads are kept. Raises StoreUnavailableError when it stays unavailable until the deadline."""

    def put(self, batch: Batch, deadline: Deadline) -> None:
        """Store a batch of any size; what was written when that fails stays."""

    def put_or_roll_back(self, batch: Batch, deadline: Deadline) -> None:
        """Store a batch of any size, or nothing of it; the error says when that is not certain."""

    def put_counted(
        self, batch: Batch, plan: Plan, most_leads: int, deadline: Deadline, new_record: NewRecord | None = None
    ) -> PlanUse | None:
        """Store a batch of a few leads, count them and create their record, in one transaction.

        Stores nothing and returns what the workspace holds when it would be more than ``most_leads``, or when the
        workspace is on another plan by now; raises RecordExistsError when the record is there.
        """

    def plan_use(self, workspace_id: str, deadline: Deadline) -> PlanUse:
        """What plan a workspace is on, and what it holds."""


class Intake:
    """Takes leads in."""

    def __init__(self, store: LeadStore, records: IdempotencyRecords, most_leads: Mapping[Plan, int | None]) -> None:
        self._store = store
        self._records = records
        self._most_leads = most_leads

    def dry_run(self, submission: Submission, deadline: Deadline) -> Outcome:
        """What ``take_in`` would return; nothing is stored, and leads that would be have no ids."""
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

    def take_in(self, submission: Submission, deadline: Deadline) -> Outcome:
        """Store what was sent; a retry of a request is answered like the first attempt, which it finishes if need be.

        Raises StoreUnavailableError, and then leads of a request with a fingerprint may be stored, whatever it says.
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

    def _take_in_counted(self, submission: Submission, batch: Batch, deadline: Deadline) -> Outcome | None:
        """Store what the plan allows, or None: leads are not counted any more, or the request has a record."""
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
            # It was begun on a plan without a count: on one with a count, a record is created with all leads stored.
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
