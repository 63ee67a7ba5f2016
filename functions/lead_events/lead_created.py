"""The detail of the event ``lead.created``: docs/events.md describes it, docs/lead-created.schema.json defines it."""

import json
from collections.abc import Mapping
from typing import Any

from leads_core.dynamodb.lead_items import identified_lead, workspace_of

SCHEMA_VERSION = 1

# A bus takes 1 MB, but much of what events are sent to takes no more than 256 KB, with what EventBridge adds.
_MOST_DETAIL_BYTES = 240 * 1024
# Lists: without them, the limits of all other fields together are far below that.
_LARGE_FIELDS = ("contacts", "labels")


def lead_created(record: Mapping[str, Any]) -> dict[str, Any]:
    """The detail for a record of the leads table's stream.

    A lead that is too large for an event comes without its lists; ``omitted`` names them.
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
    return {
        **detail,
        "lead": {name: value for name, value in lead.items() if name not in _LARGE_FIELDS},
        "omitted": [name for name in _LARGE_FIELDS if name in lead],
    }
