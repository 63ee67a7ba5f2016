"""Deleting single leads, so that a workspace whose plan has a limit gets their places back."""

from collections.abc import Sequence

from leads_admin.access_table import AccessTable
from leads_admin.in_flight import RequestsInFlight
from leads_admin.plans import Plans
from leads_admin.stored_leads import key_of
from leads_core.dynamodb.schema import Item
from leads_core.plans import MOST_COUNTED_LEADS

_REFUSED = "ConditionalCheckFailed"


class LeadDeletion:
    """Deletes leads one by one, each in a transaction with the count of its workspace."""

    def __init__(self, access: AccessTable, leads_table: str, plans: Plans, in_flight: RequestsInFlight) -> None:
        self._access = access
        self._leads_table = leads_table
        self._plans = plans
        self._in_flight = in_flight

    def delete(self, workspace_id: str, lead_ids: Sequence[str]) -> list[str]:
        """Delete leads of a workspace for good, and return the ids of those that were not there.

        Requests in flight are waited for first: one of them may write a lead that is there again, as it does when it
        did not get the answer of an earlier try.

        The count of a workspace stops at the most that a plan can allow. A workspace that holds so many
        or more is counted anew in the end; if that is interrupted, it is closed for leads until its plan is set again.
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
        """Delete a lead, and return whether it was there."""
        lead = {"TableName": self._leads_table, "Key": key, "ConditionExpression": "attribute_exists(pk)"}
        for _ in self._access.tries(workspace_id):
            workspace = self._access.open_workspace(workspace_id)
            refusals = self._access.refusals(self._giving_back_a_place(workspace), {"Delete": lead})
            if refusals is None:
                break
            if refusals[1] == _REFUSED:
                return False
        return True

    def _giving_back_a_place(self, workspace: Item) -> Item:
        """What has to hold for a workspace, and to be changed in it, when it loses a lead."""
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
            # The count is left as it is; whoever is counting sees that something has changed, and counts again.
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
    """Whether the count of a workspace is how many leads it holds.

    From the most on that matter, it may hold more, or a downgrade may be about to count them.
    """
    return int(workspace["lead_count"]["N"]) < MOST_COUNTED_LEADS
