"""Changes the plans of workspaces."""

import secrets

from leads_admin.access_table import AccessTable, not_revoked
from leads_admin.errors import AdministrationError
from leads_admin.in_flight import RequestsInFlight
from leads_admin.stored_leads import StoredLeads
from leads_core.dynamodb.schema import Item
from leads_core.plans import MOST_COUNTED_LEADS, Plan


class Plans:
    """The plans of all workspaces."""

    def __init__(self, access: AccessTable, leads: StoredLeads, in_flight: RequestsInFlight) -> None:
        self._access = access
        self._leads = leads
        self._in_flight = in_flight

    def set(self, workspace_id: str, plan: Plan) -> int | None:
        """Put a workspace and all its keys on a plan, in one transaction.

        On a plan with a limit, a workspace keeps its leads, and takes no more while it holds as many as the plan
        allows. Returns how many it holds, counted up to the largest limit that a plan can have; None on a plan without
        a limit. If this is interrupted, the workspace takes no leads until it is run again. If the workspace is on the
        plan already, its leads are counted again.
        """
        if plan.most_leads is None:
            self._put_on_plan(workspace_id, plan, "SET #plan = :plan REMOVE lead_count, downgrade", {})
            return None
        workspace = self._access.open_workspace(workspace_id)
        if workspace["plan"]["S"] != plan:
            closed = {":closed": {"N": str(MOST_COUNTED_LEADS)}, ":downgrade": {"S": secrets.token_hex(8)}}
            change = "SET #plan = :plan, lead_count = :closed, downgrade = :downgrade"
            self._put_on_plan(workspace_id, plan, change, closed)
            workspace = self._access.open_workspace(workspace_id)
        if "downgrade" in workspace:
            self._in_flight.wait(workspace_id)
        held = self._count_leads_held(workspace_id, workspace.get("downgrade"))
        if held is None:
            raise AdministrationError(f"Workspace {workspace_id} was put on another plan meanwhile.")
        return held

    def count_again(self, workspace_id: str) -> None:
        """Count the leads of a workspace, if its plan has a limit and no downgrade is still to count them."""
        workspace = self._access.open_workspace(workspace_id)
        if "downgrade" not in workspace:
            self._count_leads_held(workspace_id, None)

    def _put_on_plan(self, workspace_id: str, plan: Plan, change: str, values: Item) -> None:
        new_plan = {":plan": {"S": plan}}
        for _ in self._access.tries(workspace_id):
            workspace = self._access.open_workspace(workspace_id)
            keys = self._access.all_keys(workspace)
            if keys is not None and self._access.transact(
                self._access.workspace_change(workspace, change, {**new_plan, **values}),
                *(
                    self._access.update({"pk": key["pk"]}, "SET #plan = :plan", "attribute_exists(pk)", new_plan)
                    for key in not_revoked(keys)
                ),
            ):
                break

    def _count_leads_held(self, workspace_id: str, downgrade: Item | None) -> int | None:
        """Count the leads and set the count, unless another downgrade has begun; None if there is no count.

        New leads increase the count, and every other change increases ``count_changes``. If neither has changed since
        the counting began, its result is right.
        """
        for _ in self._access.tries(workspace_id):
            workspace = self._access.open_workspace(workspace_id)
            if "lead_count" not in workspace:
                return None
            held = self._count_leads(workspace_id)
            conditions, values = ["lead_count = :seen_lead_count"], {":seen_lead_count": workspace["lead_count"]}
            for name, seen in {"downgrade": downgrade, "count_changes": workspace.get("count_changes")}.items():
                conditions.append(f"{name} = :seen_{name}" if seen else f"attribute_not_exists({name})")
                values |= {f":seen_{name}": seen} if seen else {}
            if self._access.transact(
                self._access.workspace_change(
                    workspace,
                    "SET lead_count = :held REMOVE downgrade ADD count_changes :one",
                    {":held": {"N": str(held)}, ":one": {"N": "1"}, **values},
                    " AND ".join(conditions),
                )
            ):
                break
        return held

    def _count_leads(self, workspace_id: str) -> int:
        """How many leads a workspace holds, counted up to the largest limit that a plan can have."""
        held = 0
        for count in self._leads.counts(workspace_id, page_size=MOST_COUNTED_LEADS):
            held += count
            if held >= MOST_COUNTED_LEADS:
                return MOST_COUNTED_LEADS
        return held
