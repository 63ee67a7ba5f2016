"""The Lambda function's entry point: serves the routes of the reference."""

import base64
import secrets
from collections.abc import Mapping
from typing import Any

from api_reference import description, page, renderer

PAGE, DESCRIPTION, SCRIPT = ROUTES = ("/", "/openapi.json", "/reference.js")

_ALWAYS = {
    "Access-Control-Allow-Origin": "*",
    # The same as on responses of the API; a test compares them. This function is deployed without the layers, so there
    # is no module that both could import.
    "Access-Control-Expose-Headers": (
        "RateLimit, RateLimit-Policy, Retry-After, X-Request-Id, X-Error-Code, Idempotent-Replayed, "
        "Preference-Applied, X-Workspace-Id"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# The page and the description change with a deployment. So does the script, except at the address of its own version:
# otherwise a script that was loaded during a deployment could be cached for a year at the wrong address.
_CHANGES = "no-cache"
_NEVER_CHANGES = "public, max-age=31536000, immutable"


def handler(event: Mapping[str, Any], _context: object, *, demo_key: str = "") -> dict[str, Any]:
    """The response to GET or HEAD of one of ``ROUTES``; the event is API Gateway's proxy event, version 1.0.

    ``demo_key`` is an API key that everyone may use, which the page then fills in.
    """
    response = _response(event, demo_key)
    response["headers"]["X-Request-Id"] = event["requestContext"]["requestId"]
    return response


def _response(event: Mapping[str, Any], demo_key: str) -> dict[str, Any]:
    resource = event["resource"]
    # Only the gateway knows the prefix of the routes: the stage, or the base path of a custom domain.
    api = event["requestContext"]["path"].removesuffix(resource).rstrip("/")
    if resource == SCRIPT:
        version = (event.get("queryStringParameters") or {}).get("version")
        return {
            "statusCode": 200,
            "headers": {
                **_ALWAYS,
                "Content-Type": "text/javascript; charset=utf-8",
                "Cache-Control": _NEVER_CHANGES if version == renderer.script_version() else _CHANGES,
                # Whatever the client accepts: uncompressed, the script is larger than a response of Lambda may be.
                "Content-Encoding": "gzip",
            },
            "body": base64.b64encode(renderer.compressed_script()).decode(),
            "isBase64Encoded": True,
        }
    if resource == DESCRIPTION:
        return _text(description.description(api), "application/json", {})
    address = f"{api}{SCRIPT}?version={renderer.script_version()}"
    nonce = secrets.token_urlsafe(16)
    return _text(page.html(api, address, nonce, demo_key), "text/html; charset=utf-8", page.security_headers(nonce))


def _text(body: str, media_type: str, headers: Mapping[str, str]) -> dict[str, Any]:
    return {
        "statusCode": 200,
        "headers": {**_ALWAYS, "Content-Type": media_type, "Cache-Control": _CHANGES, **headers},
        "body": body,
        "isBase64Encoded": False,
    }
