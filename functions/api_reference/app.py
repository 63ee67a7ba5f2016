"""The Lambda function's entry point: answers the routes of the reference."""

import base64
import secrets
from collections.abc import Mapping
from typing import Any

from api_reference import description, page, renderer

PAGE, DESCRIPTION, SCRIPT = ROUTES = ("/", "/openapi.json", "/reference.js")

_ALWAYS = {
    "Access-Control-Allow-Origin": "*",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# The page and the description change with the deployment, and so does the script at all addresses but its version's:
# kept there, what is asked for in the middle of a deployment would be the wrong one for a year.
_CHANGES = "no-cache"
_NEVER_CHANGES = "public, max-age=31536000, immutable"


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """The answer to GET or HEAD of one of ``ROUTES``, as API Gateway passes it on (a proxy event, version 1.0)."""
    resource = event["resource"]
    # What stands before the routes, the name of the stage or of a domain's base path, the gateway alone knows.
    api = event["requestContext"]["path"].removesuffix(resource).rstrip("/")
    if resource == SCRIPT:
        version = (event.get("queryStringParameters") or {}).get("version")
        return {
            "statusCode": 200,
            "headers": {
                **_ALWAYS,
                "Content-Type": "text/javascript; charset=utf-8",
                "Cache-Control": _NEVER_CHANGES if version == renderer.script_version() else _CHANGES,
                # Whatever the client accepts: as it is, it would be more than Lambda may answer with.
                "Content-Encoding": "gzip",
            },
            "body": base64.b64encode(renderer.compressed_script()).decode(),
            "isBase64Encoded": True,
        }
    if resource == DESCRIPTION:
        return _text(description.description(api), "application/json", {})
    address = f"{api}{SCRIPT}?version={renderer.script_version()}"
    nonce = secrets.token_urlsafe(16)
    return _text(page.html(api, address, nonce), "text/html; charset=utf-8", page.security_headers(nonce))


def _text(body: str, media_type: str, headers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "statusCode": 200,
        "headers": {**_ALWAYS, "Content-Type": media_type, "Cache-Control": _CHANGES, **headers},
        "body": body,
        "isBase64Encoded": False,
    }
