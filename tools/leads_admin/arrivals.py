"""Leads of a workspace as they come in."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from leads_admin.in_flight import CLOCK_MARGIN_SECONDS
from leads_admin.lead_times import received_at_ms
from leads_admin.newest_leads import NewestLeads
from leads_admin.stored_leads import Selection
from leads_admin.template import function_timeout_seconds
from leads_core.leads import Lead

if TYPE_CHECKING:
    from leads_admin.overviews import Overviews

_LEADS_PER_SHARD = 100

Clock = Callable[[], float]


def overlap_seconds() -> float:
    """How much older a new lead may be than leads that are already stored.

    A lead's id has the time at which its request came. It is stored within the function's timeout, and clocks differ.
    """
    return function_timeout_seconds() + CLOCK_MARGIN_SECONDS


@dataclass(frozen=True, slots=True)
class Activity:
    """The counters of a workspace's keys, as a hash, and when a change of them was seen (seconds of a clock).

    Only a request of a key brings leads, and it is counted before it stores any. So while the counters stay the same
    for longer than a request can take, nobody has to look at the 48 shards of the leads.
    """

    counters: str
    changed_at: float

    def is_recent(self, now: float) -> bool:
        """Whether leads can still come in of the requests that changed the counters."""
        return now - self.changed_at <= overlap_seconds()


def activity(
    overviews: "Overviews", workspace_id: str, before: Activity | None = None, *, clock: Clock = time.monotonic
) -> Activity:
    """The activity of a workspace now; ``before`` is what it was when new leads were last looked for."""
    counters = sha256(repr(overviews.counters(workspace_id)).encode()).hexdigest()[:16]
    return before if before and before.counters == counters else Activity(counters, clock())


class Arrivals:
    """The selected leads that come in from now on, each of them once.

    A retry with an ``Idempotency-Key`` gives its leads the time of the first attempt. Such leads are not among them
    when that was longer ago than a request can take.
    """

    def __init__(
        self,
        newest: NewestLeads,
        overviews: "Overviews",
        workspace_id: str,
        selection: Selection,
        *,
        clock: Clock = time.monotonic,
    ) -> None:
        self._newest = newest
        self._overviews = overviews
        self._workspace_id = workspace_id
        self._selection = selection
        self._clock = clock
        self._activity = activity(overviews, workspace_id, clock=clock)
        there = newest.look(workspace_id, selection, per_shard=1, ids_alone=True).leads
        self._last_id = there[0]["id"] if there else None
        self._seen = {lead["id"] for lead in self._recent()}

    def new(self) -> list[Lead]:
        """Those that have come in since the last call, the oldest first. After an error, the next call has them.

        Raises AdministrationError if the workspace does not exist.
        """
        self._overviews.workspace(self._workspace_id)
        seen = activity(self._overviews, self._workspace_id, self._activity, clock=self._clock)
        if not seen.is_recent(self._clock()):
            return []
        recent = self._recent()
        leads = [lead for lead in recent if lead["id"] not in self._seen]
        self._activity = seen
        self._seen = {lead["id"] for lead in recent}
        if recent:
            self._last_id = recent[0]["id"]
        return leads[::-1]

    def _recent(self) -> list[Lead]:
        """All leads that are hardly older than the newest one that is known, the newest first."""
        selection = self._selection
        if self._last_id is not None:
            since = max(0, received_at_ms(self._last_id) - int(overlap_seconds() * 1000))
            selection = replace(selection, since=max(since, selection.since or 0))
        leads: list[Lead] = []
        while True:
            look = self._newest.look(self._workspace_id, selection, per_shard=_LEADS_PER_SHARD)
            leads += look.leads
            if look.reached is None:
                return leads
            selection = replace(selection, before=look.reached)
