"""The minimum work of any implementation: the same requests to DynamoDB, signed and sent with the standard library.

It validates nothing, retries nothing, and makes one call after the other. It is not meant as a real implementation.
"""

import hmac
import json
import os
import secrets
import time
from base64 import b64decode
from hashlib import sha256
from http.client import HTTPConnection, HTTPSConnection
from ssl import create_default_context
from typing import Any
from zlib import crc32

_SHARDS = 48
_BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LIMIT, _WINDOW_SECONDS, _TICK_MS, _SLOTS = 1000, 300, 5000, 61
_REGION = os.environ["AWS_REGION"]
_SCHEME, _, _HOST = os.environ["AWS_ENDPOINT_URL_DYNAMODB"].partition("://")
_ACCESS_TABLE, _LEADS_TABLE = os.environ["ACCESS_TABLE"], os.environ["LEADS_TABLE"]
_connection = (
    HTTPSConnection(_HOST, context=create_default_context(cafile=os.environ["AWS_CA_BUNDLE"]))
    if _SCHEME == "https"
    else HTTPConnection(_HOST)
)


def sign(target: str, content: bytes, moment: time.struct_time) -> dict[str, str]:
    """The headers of a call, signed (AWS Signature Version 4)."""
    timestamp = time.strftime("%Y%m%dT%H%M%SZ", moment)
    day = timestamp[:8]
    headers = {
        "content-type": "application/x-amz-json-1.0",
        "host": _HOST,
        "x-amz-date": timestamp,
        "x-amz-target": f"DynamoDB_20120810.{target}",
    }
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    request = f"POST\n/\n\n{lines}\n{names}\n{sha256(content).hexdigest()}"
    scope = f"{day}/{_REGION}/dynamodb/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n{timestamp}\n{scope}\n{sha256(request.encode()).hexdigest()}"
    key = f"AWS4{os.environ['AWS_SECRET_ACCESS_KEY']}".encode()
    for part in (*scope.split("/"), to_sign):
        key = hmac.digest(key, part.encode(), "sha256")
    credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/{scope}"
    headers["authorization"] = f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={key.hex()}"
    return headers


def _call(target: str, request: dict[str, Any]) -> dict[str, Any]:
    content = json.dumps(request, ensure_ascii=False).encode()
    _connection.request("POST", "/", content, sign(target, content, time.gmtime()))
    response = json.loads(_connection.getresponse().read())
    assert isinstance(response, dict)  # noqa: S101 - DynamoDB's responses are
    return response


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Handle an event of API Gateway."""
    now = time.time_ns() // 1_000_000
    now_text = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now // 1000))
    tick = now // _TICK_MS
    slot = f"s{tick % _SLOTS}"
    key = _call(
        "UpdateItem",
        {
            "TableName": _ACCESS_TABLE,
            "Key": {"pk": {"S": f"KEY#{sha256(event['headers']['X-API-Key'].encode()).hexdigest()}"}},
            "UpdateExpression": f"SET last_used_at = :now ADD used :one, {slot} :one",
            "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(revoked_at)"
            " AND (attribute_not_exists(expires_at) OR expires_at > :now) AND tick = :seen_tick AND used < :limit",
            "ExpressionAttributeValues": {
                ":one": {"N": "1"},
                ":seen_tick": {"N": str(tick * _TICK_MS)},
                ":limit": {"N": str(_LIMIT)},
                ":now": {"S": now_text},
            },
            "ReturnValues": "ALL_NEW",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        },
    )
    if "Attributes" not in key:
        return _response(event, 401, "Invalid API key.", {})
    workspace_id, used = key["Attributes"]["workspace_id"]["S"], int(key["Attributes"]["used"]["N"])
    leads = json.loads(b64decode(event["body"]))
    number = now << 80 | secrets.randbits(80)
    batch_id = "".join(_BASE32[number >> shift & 31] for shift in range(125, -1, -5))
    writes = [
        {
            "PutRequest": {
                "Item": {
                    "pk": {"S": f"{workspace_id}#{crc32(lead_id.encode()) % _SHARDS:02d}"},
                    "sk": {"S": lead_id},
                    "employeeCount": {"N": "1"},
                    "date": {"S": now_text},
                    **{
                        name: {"S": value} if isinstance(value, str) else {"N": str(value)}
                        for name, value in lead.items()
                    },
                }
            }
        }
        for lead_id, lead in ((f"{batch_id}-{row:03d}", lead) for row, lead in enumerate(leads))
    ]
    for start in range(0, len(writes), 25):
        _call("BatchWriteItem", {"RequestItems": {_LEADS_TABLE: writes[start : start + 25]}})
    print(json.dumps({"message": "stored", "workspace_id": workspace_id, "lead_count": len(leads)}))  # noqa: T201 - its log
    more_in = ((tick + _SLOTS) * _TICK_MS - now + 999) // 1000
    rate_limit = {
        "RateLimit-Policy": f'"default";q={_LIMIT};w={_WINDOW_SECONDS}',
        "RateLimit": f'"default";r={_LIMIT - used};t={more_in}',
    }
    return _response(event, 200, None, rate_limit)


def _response(event: dict[str, Any], status: int, message: str | None, headers: dict[str, str]) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {
            "Content-Type": "application/json",
            "X-Request-Id": event["requestContext"]["requestId"],
            **headers,
        },
        "body": json.dumps(
            {"succeeded": status == 200, "statusCode": status, "statusCodeDescription": "NONE", "message": message}  # noqa: PLR2004 - OK
        ),
        "isBase64Encoded": False,
    }
