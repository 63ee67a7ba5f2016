"""Waits for requests in flight: those that were admitted before a change."""

from collections.abc import Mapping
from typing import Any

from leads_admin.access_table import AccessTable
from leads_admin.template import function_timeout_seconds
from leads_core import timestamps
from leads_core.deadlines import Clock

# Times are stored in whole seconds, and clocks differ.
CLOCK_MARGIN_SECONDS = 2


class RequestsInFlight:
    """Requests in flight, which take at most ``timeout_seconds``; None means the template's timeout."""

    def __init__(self, access: AccessTable, timeout_seconds: float | None) -> None:
        self._access = access
        self._timeout_seconds = timeout_seconds

    def wait(self, workspace_id: str) -> None:
        """Wait until every request that a workspace's keys have admitted before now has ended.

        Each key, even a revoked one, stores when it was last used, in whole seconds. A request that is counted late
        can overwrite a later time with its own, which is earlier by at most the timeout.
        """
        last_used = max(filter(None, map(_last_used_at, self._access.keys(workspace_id))), default=None)
        if last_used is None:
            return
        timeout = function_timeout_seconds() if self._timeout_seconds is None else self._timeout_seconds
        since = (Clock().now_ms() - last_used) / 1000
        # A last use in the future comes from a clock that is ahead: it was before now in any case.
        left = min(2 * timeout - since, timeout) + CLOCK_MARGIN_SECONDS
        if left > 0:
            self._access.sleep(left)


def _last_used_at(key: Mapping[str, Any]) -> int | None:
    used = key.get("last_used_at")
    return timestamps.to_epoch_ms(used["S"]) if used else None
