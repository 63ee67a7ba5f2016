"""Waiting for requests that were admitted before something was changed."""

from collections.abc import Mapping
from typing import Any

from leads_core import timestamps
from leads_tools.administration.access_table import AccessTable

# The template's setting.
FUNCTION_TIMEOUT_SECONDS = 10
# Times are stored in whole seconds, and clocks differ.
_CLOCK_MARGIN_SECONDS = 2


def wait_for_requests_under_way(access: AccessTable, workspace_id: str) -> None:
    """Wait until every request that was admitted to a workspace before now has ended.

    The keys tell when the last one was admitted, to the second. Those that are revoked meanwhile tell too.
    """
    last_used = max((_last_used_at(key) for key in access.keys(workspace_id)), default=0)
    ends_at = last_used + (FUNCTION_TIMEOUT_SECONDS + _CLOCK_MARGIN_SECONDS) * 1000
    if ends_at > timestamps.now():
        access.sleep((ends_at - timestamps.now()) / 1000)


def _last_used_at(key: Mapping[str, Any]) -> int:
    used = key.get("last_used_at")
    return timestamps.to_epoch_ms(used["S"]) if used else 0
