"""The peers' store in DynamoDB, with boto3's resource: separate look-ups, and the batch writer."""

import os
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, cast
from zlib import crc32

import boto3

from .models import Lead

_SHARDS = 48
_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LIMIT, WINDOW_SECONDS = 1000, 300
MAX_LEADS = 100

_dynamodb = boto3.resource("dynamodb")
_access = _dynamodb.Table(os.environ["ACCESS_TABLE"])
_leads = _dynamodb.Table(os.environ["LEADS_TABLE"])


@dataclass
class Workspace:
    """The workspace of a request, and what is left of the rate limit."""

    workspace_id: str
    plan: str
    remaining: int
    reset_seconds: int


def find_workspace(api_key: str) -> Workspace | None:
    """Look up a key and its workspace, and count the request."""
    key_hash = sha256(api_key.encode()).hexdigest()
    key = _access.get_item(Key={"pk": f"KEY#{key_hash}"}).get("Item")
    if key is None or "revoked_at" in key:
        return None
    workspace_id = cast("str", key["workspace_id"])
    workspace = _access.get_item(Key={"pk": f"WORKSPACE#{workspace_id}"})["Item"]
    window, into_window = divmod(int(time.time()), WINDOW_SECONDS)
    counted = _access.update_item(
        Key={"pk": f"RATE#{key_hash}#{window}"},
        UpdateExpression="ADD used :one",
        ExpressionAttributeValues={":one": 1},
        ReturnValues="UPDATED_NEW",
    )
    used = int(cast("int", counted["Attributes"]["used"]))
    return Workspace(workspace_id, cast("str", workspace["plan"]), LIMIT - used, WINDOW_SECONDS - into_window)


def rate_limit_headers(workspace: Workspace) -> dict[str, str]:
    """The headers about the rate limit."""
    return {
        "RateLimit-Policy": f'"default";q={LIMIT};w={WINDOW_SECONDS}',
        "RateLimit": f'"default";r={max(0, workspace.remaining)};t={workspace.reset_seconds}',
    }


def store_leads(workspace: Workspace, leads: list[Lead], received_at: datetime) -> None:
    """Store the leads of a request."""
    batch_id = _new_batch_id()
    with _leads.batch_writer() as batch:
        for row, lead in enumerate(leads):
            lead_id = f"{batch_id}-{row:03d}"
            shard = crc32(lead_id.encode()) % _SHARDS
            keys = {"pk": f"{workspace.workspace_id}#{shard:02d}", "sk": lead_id}
            batch.put_item(Item=keys | lead.attributes(received_at))


def envelope(status: int, message: str | None) -> dict[str, Any]:
    """The body of every response."""
    return {"succeeded": status == 200, "statusCode": status, "statusCodeDescription": "NONE", "message": message}  # noqa: PLR2004 - OK


def _new_batch_id() -> str:
    number = time.time_ns() // 1_000_000 << 80 | secrets.randbits(80)
    return "".join(_BASE32[number >> shift & 31] for shift in range(125, -1, -5))
