"""How the two tables are keyed. The template declares them; nothing else knows these names.

The access table (key: ``pk``) holds workspaces, API keys and idempotency records, with an index of the keys of a
workspace. The leads table (key: ``pk``, ``sk``) holds the leads, those of a workspace spread over partitions: one takes
1000 write units a second, a single API key may send several thousand, and a time-ordered sort key is never split under
heat by DynamoDB itself.
"""

from hashlib import sha256
from typing import Any
from zlib import crc32

from leads_core.idempotency import RequestFingerprint

KEYS_BY_WORKSPACE = "keys_by_workspace"
# Part of every lead's address: never to be changed for a table that holds leads (docs/decisions/15-lead-addresses.md).
LEAD_SHARDS = 48

Item = dict[str, Any]
"""An item as DynamoDB's API writes it: AttributeValues by attribute name."""


def workspace_key(workspace_id: str) -> Item:
    """Key of a workspace: name, plan, created_at, key_count, and lead_count where leads are counted."""
    return {"pk": {"S": f"WORKSPACE#{workspace_id}"}}


def api_key_key(key_hash: str) -> Item:
    """Key of an API key: workspace_id, plan (a copy), label, start, its times, and the rate limit's counters."""
    return {"pk": {"S": f"KEY#{key_hash}"}}


def idempotency_record_key(fingerprint: RequestFingerprint) -> Item:
    """Key of the record of a request; of its Idempotency-Key a hash is kept, as it may be private text."""
    text = fingerprint.idempotency_key.encode()
    return {"pk": {"S": f"BATCH#{fingerprint.key_hash}#{sha256(text).hexdigest()}"}}


def lead_partition(workspace_id: str, shard: int) -> str:
    """Partition of the leads table that holds one shard of a workspace's leads."""
    return f"{workspace_id}#{shard:02d}"


def workspace_of_partition(partition: str) -> str:
    """The workspace that a partition of the leads table belongs to."""
    return partition.rpartition("#")[0]


def lead_key(workspace_id: str, lead_id: str) -> Item:
    """Key of a lead. Its shard follows from its whole id, so that leads sent one by one are spread too."""
    return {"pk": {"S": lead_partition(workspace_id, crc32(lead_id.encode()) % LEAD_SHARDS)}, "sk": {"S": lead_id}}
