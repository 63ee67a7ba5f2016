"""The detail of the event ``lead.created``: docs/events.md describes it, docs/lead-created.schema.json defines it."""

import json
from collections.abc import Mapping
from typing import Any

from leads_core.dynamodb.lead_items import identified_lead, workspace_of

SCHEMA_VERSION = 1

# A bus takes 1 MB, but many targets take at most 256 KB, including what EventBridge adds.
_MOST_DETAIL_BYTES = 240 * 1024


def lead_created(record: Mapping[str, Any]) -> dict[str, Any]:
    """The detail for a record of the leads table's stream.

    If a lead is too large for an event, its lists are left out; ``omitted`` names them.
    """
    item = record["dynamodb"]["NewImage"]
    lead = identified_lead(item)
    detail = {
        "schemaVersion": SCHEMA_VERSION,
        "workspaceId": workspace_of(item),
        "batchId": lead["id"].partition("-")[0],
        "lead": lead,
        "omitted": [],
    }
    if len(json.dumps(detail, ensure_ascii=False).encode()) <= _MOST_DETAIL_BYTES:
        return detail
    # All other fields together are far below the limit.
    lists = sorted(name for name, value in lead.items() if isinstance(value, list))
    return {
        **detail,
        "lead": {name: value for name, value in lead.items() if name not in lists},
        "omitted": lists,
    }
