"""Storing the leads of an admitted request, as far as the workspace's plan allows: all of them or none."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from leads_core import time_budget, timestamps
from leads_core.errors import StoreUnavailableError
from leads_core.idempotency import (
    AlreadyStored,
    BatchRecord,
    BatchRecords,
    IdempotencyKeyReused,
    Note,
    Once,
    claim_batch,
    first_claim,
)
from leads_core.leads import Lead
from leads_core.plans import Plan
from leads_core.ulids import new_ulid


class Batch(NamedTuple):
    """The leads of one request, under ids that are the same whenever the same batch is written again.

    ``note`` is to be made in the same transaction, where there is one.
    """

    workspace_id: str
    batch_id: str
    leads: Sequence[Lead]
    note: Note | None = None

    def lead_ids(self) -> list[str]:
        """An id for each lead: the batch's, which begins with its time, and the lead's row."""
        return [f"{self.batch_id}-{row:03d}" for row in range(len(self.leads))]


class Stored(NamedTuple):
    """All leads are stored, perhaps by an earlier attempt at the same request; after a dry run there are no ids."""

    batch_id: str | None
    lead_ids: Sequence[str | None]
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class FreePlanUsedUp:
    """The workspace held as many leads as the free plan allows, or more, before the request."""


@dataclass(frozen=True, slots=True)
class FreePlanExceeded:
    """The workspace would hold more leads than the free plan allows."""


class FreePlanUse(NamedTuple):
    """How many leads a workspace on the free plan holds."""

    lead_count: int


@dataclass(slots=True)
class StoreActivity:
    """What a store did beyond doing everything once: counts for whoever watches over it, who sets them to zero."""

    retried_calls: int = 0
    batches_taken_back: int = 0


class AlreadyNotedError(Exception):
    """Another attempt at the same request has made its note."""


class LeadStore(Protocol):
    """Where leads are kept. Raises StoreUnavailableError when it stays unavailable until ``deadline``."""

    def put(self, batch: Batch, deadline: float) -> None:
        """Store a batch of any size, or nothing of it."""

    def take_back(self, batch: Batch, deadline: float) -> None:
        """Delete whatever is stored of a batch; when that fails, the error says that leads may be stored."""

    def put_on_free_plan(self, batch: Batch, max_leads: int, deadline: float) -> Plan | FreePlanUse:
        """Store a batch, count its leads and make its note in one transaction, and return ``Plan.FREE``.

        Nothing is stored when the workspace would hold more than ``max_leads``: what it holds is returned; or when it
        is not on the free plan any more: ``Plan.BASIC`` is returned. Raises AlreadyNotedError when the note is there.
        """

    def free_plan_use(self, workspace_id: str, deadline: float) -> Plan | FreePlanUse:
        """What a workspace on the free plan holds, or ``Plan.BASIC``."""


class Intake:
    """Takes leads in."""

    def __init__(self, store: LeadStore, records: BatchRecords, free_plan_max_leads: int) -> None:
        self._store = store
        self._records = records
        self._free_plan_max_leads = free_plan_max_leads

    def try_out(
        self, leads: Sequence[Lead], *, workspace_id: str, plan: Plan, deadline: float
    ) -> Stored | FreePlanUsedUp | FreePlanExceeded:
        """What ``take_in`` would return for a request that is not a repeat; nothing is stored."""
        if plan is Plan.FREE:
            use = self._store.free_plan_use(workspace_id, deadline)
            if isinstance(use, FreePlanUse) and use.lead_count + len(leads) > self._free_plan_max_leads:
                return self._refusal(use)
        return Stored(batch_id=None, lead_ids=[None] * len(leads))

    def take_in(
        self,
        leads: Sequence[Lead],
        *,
        workspace_id: str,
        plan: Plan,
        now: int,
        deadline: float,
        once: Once | None = None,
    ) -> Stored | FreePlanUsedUp | FreePlanExceeded | IdempotencyKeyReused:
        """Store leads that came in ``now`` (milliseconds since the epoch) for a workspace.

        With ``once``, the repeat of a request is answered like the first, which it finishes if need be. Raises
        StoreUnavailableError when the store stays unavailable until ``deadline`` (seconds, monotonic clock).
        """
        if plan is Plan.FREE:
            outcome = self._take_in_on_free_plan(leads, workspace_id, now, deadline, once)
            if not isinstance(outcome, Plan):
                return outcome
        if once is not None:
            return self._take_in_once(leads, workspace_id, now, deadline, once)
        batch = Batch(workspace_id, new_ulid(now), leads)
        self._store.put(batch, deadline)
        return _stored(batch)

    def _take_in_on_free_plan(
        self, leads: Sequence[Lead], workspace_id: str, now: int, deadline: float, once: Once | None
    ) -> Stored | FreePlanUsedUp | FreePlanExceeded | IdempotencyKeyReused | Plan:
        """Store leads as far as the free plan allows; returns the plan when the workspace is on another one by now."""
        if once is None:
            return self._take_places(Batch(workspace_id, new_ulid(now), leads), deadline)
        if self._records.read(once, now, deadline) is None:
            record = first_claim(once, now, deadline)._replace(is_stored=True)
            try:
                return self._take_places(Batch(workspace_id, record.batch_id, leads, Note(once, record, now)), deadline)
            except AlreadyNotedError:
                pass  # a duplicate of this request was faster
        claim = claim_batch(self._records, once, now, deadline)
        if not isinstance(claim, BatchRecord):
            return _answer_of(claim, workspace_id, leads)
        batch = Batch(workspace_id, claim.batch_id, once.leads_as_of(claim.received_at))
        with self._released_on_failure(once, claim, deadline):
            # An attempt that began on the basic plan may have left some, and the free plan's limit holds for them too.
            self._store.take_back(batch, deadline - time_budget.LONGEST_CALL)
            note = Note(once, claim._replace(is_stored=True), now, is_claimed=True)
            outcome = self._take_places(batch._replace(note=note), deadline)
        if not isinstance(outcome, Stored):
            self._release(once, claim, deadline)
        return outcome

    def _take_places(self, batch: Batch, deadline: float) -> Stored | FreePlanUsedUp | FreePlanExceeded | Plan:
        if len(batch.leads) > self._free_plan_max_leads:
            use = self._store.free_plan_use(batch.workspace_id, deadline)
        else:
            use = self._store.put_on_free_plan(batch, self._free_plan_max_leads, deadline)
        if isinstance(use, FreePlanUse):
            return self._refusal(use)
        return _stored(batch) if use is Plan.FREE else use

    def _take_in_once(
        self, leads: Sequence[Lead], workspace_id: str, now: int, deadline: float, once: Once
    ) -> Stored | IdempotencyKeyReused:
        claim = claim_batch(self._records, once, now, deadline)
        if not isinstance(claim, BatchRecord):
            return _answer_of(claim, workspace_id, leads)
        if claim.received_at != timestamps.from_epoch_ms(now):
            leads = once.leads_as_of(claim.received_at)
        batch = Batch(workspace_id, claim.batch_id, leads)
        with self._released_on_failure(once, claim, deadline):
            self._store.put(batch, deadline - time_budget.TO_NOTE)
            self._note_stored(batch, once, claim, deadline)
        return _stored(batch)

    @contextmanager
    def _released_on_failure(self, once: Once, claim: BatchRecord, deadline: float) -> Iterator[None]:
        """End the lease of an attempt that fails, if it leaves nothing behind."""
        try:
            yield
        except Exception as exc:
            if not _may_have_stored(exc):
                self._release(once, claim, deadline)
            raise

    def _release(self, once: Once, claim: BatchRecord, deadline: float) -> None:
        with suppress(StoreUnavailableError):  # then the lease runs out by itself
            self._records.release(once, claim, deadline)

    def _note_stored(self, batch: Batch, once: Once, claim: BatchRecord, deadline: float) -> None:
        """Note that a batch is stored, before anybody is told: from then on no attempt takes it back any more."""
        try:
            self._records.note_stored(once, claim, deadline - time_budget.TO_TAKE_BACK)
        except Exception as exc:
            if not _may_have_stored(exc):
                self._store.take_back(batch, deadline)
            raise

    def _refusal(self, use: FreePlanUse) -> FreePlanUsedUp | FreePlanExceeded:
        return FreePlanUsedUp() if use.lead_count >= self._free_plan_max_leads else FreePlanExceeded()


def _answer_of(
    claim: AlreadyStored | IdempotencyKeyReused, workspace_id: str, leads: Sequence[Lead]
) -> Stored | IdempotencyKeyReused:
    if isinstance(claim, IdempotencyKeyReused):
        return claim
    return _stored(Batch(workspace_id, claim.batch_id, leads))._replace(is_replay=True)


def _may_have_stored(failure: Exception) -> bool:
    return isinstance(failure, StoreUnavailableError) and failure.leads_may_be_stored


def _stored(batch: Batch) -> Stored:
    return Stored(batch.batch_id, batch.lead_ids())
