"""Deletes single leads, and subtracts them from the count of their workspace."""

from collections.abc import Sequence

from leads_admin.access_table import AccessTable
from leads_admin.in_flight import RequestsInFlight
from leads_admin.plans import Plans
from leads_admin.stored_leads import key_of
from leads_core.dynamodb.schema import Item
from leads_core.plans import MOST_COUNTED_LEADS

_REFUSED = "ConditionalCheckFailed"


class LeadDeletion:
    """Deletes leads, each in one transaction with the count of its workspace."""

    def __init__(self, access: AccessTable, leads_table: str, plans: Plans, in_flight: RequestsInFlight) -> None:
        self._access = access
        self._leads_table = leads_table
        self._plans = plans
        self._in_flight = in_flight

    def delete(self, workspace_id: str, lead_ids: Sequence[str]) -> list[str]:
        """Delete leads of a workspace permanently. Returns the ids of those that did not exist.

        This first waits for requests in flight: one that did not get the response of an earlier try may write its leads
        again.

        Counts stop at the largest limit that a plan can have. A workspace with that count or more is counted again
        after the deletion. If this is interrupted, the workspace takes no leads until its plan is set again.
        """
        keys = [key_of(workspace_id, lead_id) for lead_id in lead_ids]
        self._access.open_workspace(workspace_id)
        self._in_flight.wait(workspace_id)
        deleted = [self._delete(workspace_id, key) for key in keys]
        workspace = self._access.workspace(workspace_id)
        if any(deleted) and _is_counted(workspace) and not _is_exact(workspace):
            self._plans.count_again(workspace_id)
        return [lead_id for lead_id, was_there in zip(lead_ids, deleted, strict=True) if not was_there]

    def _delete(self, workspace_id: str, key: Item) -> bool:
        """Delete a lead, and return whether it existed."""
        lead = {"TableName": self._leads_table, "Key": key, "ConditionExpression": "attribute_exists(pk)"}
        for _ in self._access.tries(workspace_id):
            workspace = self._access.open_workspace(workspace_id)
            refusals = self._access.refusals(self._count_decrement(workspace), {"Delete": lead})
            if refusals is None:
                break
            if refusals[1] == _REFUSED:
                return False
        return True

    def _count_decrement(self, workspace: Item) -> Item:
        """The action on a workspace when a lead is deleted: a condition and, if leads are counted, a change."""
        key = {"pk": workspace["pk"]}
        plan = {":plan": workspace["plan"]}
        if not _is_counted(workspace):
            return {
                "ConditionCheck": {
                    "TableName": self._access.name,
                    "Key": key,
                    "ConditionExpression": "#plan = :plan",
                    "ExpressionAttributeNames": {"#plan": "plan"},
                    "ExpressionAttributeValues": plan,
                }
            }
        one = {"N": "1"}
        most = str(MOST_COUNTED_LEADS)
        if not _is_exact(workspace):
            # The count stays. A concurrent counting of the leads sees that there was a change, and counts again.
            return self._access.update(
                key,
                "ADD count_changes :one",
                "#plan = :plan AND lead_count >= :most",
                {**plan, ":one": one, ":most": {"N": most}},
            )
        return self._access.update(
            key,
            "ADD lead_count :less, count_changes :one",
            "#plan = :plan AND lead_count >= :one AND lead_count < :most",
            {**plan, ":one": one, ":less": {"N": "-1"}, ":most": {"N": most}},
        )


def _is_counted(workspace: Item) -> bool:
    return "lead_count" in workspace


def _is_exact(workspace: Item) -> bool:
    """Whether the count of a workspace is exact.

    At the maximum the workspace may hold more leads, or a downgrade may not have counted them yet.
    """
    return int(workspace["lead_count"]["N"]) < MOST_COUNTED_LEADS
