"""The keys of the two tables. The template declares the tables; no other code knows these names.

The access table (key: ``pk``) holds workspaces, API keys and idempotency records, and has an index of the keys of a
workspace. The leads table (key: ``pk``, ``sk``) holds the leads. The leads of a workspace are spread over partitions: a
partition takes 1000 write units a second, a single API key may send several thousand, and DynamoDB never splits a hot
partition whose sort keys are in order of time.
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
    """Key of the idempotency record of a request. It has a hash of the Idempotency-Key, which may be private text."""
    text = fingerprint.idempotency_key.encode()
    return {"pk": {"S": f"BATCH#{fingerprint.key_hash}#{sha256(text).hexdigest()}"}}


def lead_partition(workspace_id: str, shard: int) -> str:
    """The partition of the leads table that holds one shard of a workspace's leads."""
    return f"{workspace_id}#{shard:02d}"


def workspace_of_partition(partition: str) -> str:
    """The workspace that a partition of the leads table belongs to."""
    return partition.rpartition("#")[0]


def lead_key(workspace_id: str, lead_id: str) -> Item:
    """Key of a lead. The shard depends on the whole id, so that leads sent one by one are spread too."""
    return {"pk": {"S": lead_partition(workspace_id, crc32(lead_id.encode()) % LEAD_SHARDS)}, "sk": {"S": lead_id}}
