"""Storing the leads of an admitted request, as far as the workspace's plan allows: all of them or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from leads_core.leads import Lead
from leads_core.plans import Plan
from leads_core.ulids import new_ulid


@dataclass(frozen=True, slots=True)
class Batch:
    """The leads of one request, under ids that are the same whenever the same batch is written again."""

    workspace_id: str
    batch_id: str
    leads: Sequence[Lead]

    def lead_ids(self) -> list[str]:
        """An id for each lead: the batch's, which begins with its time, and the lead's row."""
        return [f"{self.batch_id}-{row:03d}" for row in range(len(self.leads))]


@dataclass(frozen=True, slots=True)
class Stored:
    """All leads are stored; after a dry run there are no ids."""

    batch_id: str | None
    lead_ids: Sequence[str | None]


@dataclass(frozen=True, slots=True)
class FreePlanUsedUp:
    """The workspace held as many leads as the free plan allows, or more, before the request."""


@dataclass(frozen=True, slots=True)
class FreePlanExceeded:
    """The workspace would hold more leads than the free plan allows."""


@dataclass(frozen=True, slots=True)
class FreePlanUse:
    """How many leads a workspace on the free plan holds."""

    lead_count: int


class LeadStore(Protocol):
    """Where leads are kept. Raises StoreUnavailableError when it stays unavailable until ``deadline``."""

    def put(self, batch: Batch, deadline: float) -> None:
        """Store a batch of any size, or nothing of it."""

    def put_on_free_plan(self, batch: Batch, max_leads: int, deadline: float) -> Plan | FreePlanUse:
        """Store a batch and count its leads in one transaction, and return ``Plan.FREE``.

        Nothing is stored when the workspace would hold more than ``max_leads``: what it holds is returned; or when it
        is not on the free plan any more: ``Plan.BASIC`` is returned.
        """

    def free_plan_use(self, workspace_id: str, deadline: float) -> Plan | FreePlanUse:
        """What a workspace on the free plan holds, or ``Plan.BASIC``."""


class Intake:
    """Takes leads in."""

    def __init__(self, store: LeadStore, free_plan_max_leads: int) -> None:
        self._store = store
        self._free_plan_max_leads = free_plan_max_leads

    def take_in(
        self, leads: Sequence[Lead], *, workspace_id: str, plan: Plan, now: int, deadline: float, dry_run: bool = False
    ) -> Stored | FreePlanUsedUp | FreePlanExceeded:
        """Store leads that came in ``now`` (milliseconds since the epoch) for a workspace.

        A dry run checks the plan and stores nothing. Raises StoreUnavailableError when the store stays unavailable
        until ``deadline`` (seconds, monotonic clock).
        """
        batch = Batch(workspace_id, new_ulid(now), leads)
        if plan is Plan.FREE:
            use = self._take_places(batch, deadline, dry_run=dry_run)
            if isinstance(use, FreePlanUse):
                return FreePlanUsedUp() if use.lead_count >= self._free_plan_max_leads else FreePlanExceeded()
            plan = use
        if plan is Plan.BASIC and not dry_run:
            self._store.put(batch, deadline)
        return Stored(None, [None] * len(leads)) if dry_run else Stored(batch.batch_id, batch.lead_ids())

    def _take_places(self, batch: Batch, deadline: float, *, dry_run: bool) -> Plan | FreePlanUse:
        """Store a batch on the free plan, or in a dry run see whether it fits.

        Returns the plan that the workspace turned out to be on, or what it holds when the batch does not fit.
        """
        if not dry_run and len(batch.leads) <= self._free_plan_max_leads:
            return self._store.put_on_free_plan(batch, self._free_plan_max_leads, deadline)
        use = self._store.free_plan_use(batch.workspace_id, deadline)
        if isinstance(use, FreePlanUse) and use.lead_count + len(batch.leads) <= self._free_plan_max_leads:
            return Plan.FREE
        return use
