"""Deletes workspaces with all their data, in an order that allows an interrupted deletion to be continued."""

from collections.abc import Callable

from leads_admin.access_table import AccessTable, not_revoked
from leads_admin.in_flight import RequestsInFlight
from leads_admin.keys import revocation
from leads_admin.stored_leads import StoredLeads
from leads_core import timestamps
from leads_core.deadlines import Clock
from leads_core.dynamodb.schema import Item, workspace_key


class WorkspaceDeletion:
    """Deletes workspaces."""

    def __init__(self, access: AccessTable, leads: StoredLeads, in_flight: RequestsInFlight) -> None:
        self._access = access
        self._leads = leads
        self._in_flight = in_flight

    def delete(self, workspace_id: str, deleted: Callable[[int], object]) -> None:
        """Delete a workspace with its leads and keys. ``deleted`` is called with the number of leads of each page.

        The workspace is closed first: all its keys are revoked, new keys are refused, and the deletion waits for
        requests in flight. The workspace itself is deleted last, so an interrupted deletion can be run again. Raises
        StoreUnavailableError if DynamoDB does not delete leads for a minute.
        """
        self._close(workspace_id)
        self._in_flight.wait(workspace_id)
        self._leads.delete_all(workspace_id, deleted)
        for key in self._access.keys(workspace_id):
            self._delete({"pk": key["pk"]})
        self._delete(workspace_key(workspace_id))

    def _close(self, workspace_id: str) -> None:
        for _ in self._access.tries(workspace_id):
            workspace = self._access.workspace(workspace_id)
            if "deletion_began_at" in workspace:
                break
            keys = self._access.all_keys(workspace)
            if keys is not None and self._access.transact(
                self._access.workspace_change(
                    workspace,
                    "SET deletion_began_at = :now, key_count = :none",
                    {":now": {"S": timestamps.from_epoch_ms(Clock().now_ms())}, ":none": {"N": "0"}},
                ),
                *(revocation(self._access, key) for key in not_revoked(keys)),
            ):
                break

    def _delete(self, key: Item) -> None:
        self._access.client.delete_item(TableName=self._access.name, Key=key)
