"""The headers of responses, and which responses have them."""

from http import HTTPStatus
from typing import Any

_SECONDS = {"type": "integer", "minimum": 0}

RESPONSE_HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-Id": {
        "description": "Id of the request, the one that is in the logs.",
        "required": True,
        "schema": {"type": "string"},
        "example": "0f2c1f5e-6b0d-4a53-8f6e-3f1b7a9c2d10",
    },
    "X-Error-Code": {
        "description": "The reason of a refusal as one of a fixed set of words, for programs.",
        "required": True,
        "schema": {"type": "string"},
        "example": "bad_leads",
    },
    "RateLimit-Policy": {
        "description": "The key's limit: `q` requests in any `w` seconds (draft-ietf-httpapi-ratelimit-headers-11).",
        "schema": {"type": "string"},
        "example": '"default";q=1000;w=300',
    },
    "RateLimit": {
        "description": "What is left of the limit: `r` requests, and more again in `t` seconds.",
        "schema": {"type": "string"},
        "example": '"default";r=997;t=212',
    },
    "X-Workspace-Id": {
        "description": "The workspace that the key belongs to.",
        "schema": {"type": "string"},
        "example": "01M6DWCPDGP7DKK1RX7DV6Q8DA",
    },
    "Retry-After": {
        "description": "Wait so many seconds, and not one more, before the request is sent again.",
        "required": True,
        "schema": _SECONDS,
        "example": 276,
    },
    "Idempotent-Replayed": {
        "description": "`true` when an earlier request with the same `Idempotency-Key` has stored the leads.",
        "schema": {"type": "string", "const": "true"},
    },
    "Preference-Applied": {
        "description": "The preference that was followed.",
        "schema": {"type": "string"},
        "example": "return=representation",
    },
    "Allow": {
        "description": "The method to use.",
        "required": True,
        "schema": {"type": "string"},
        "example": "POST",
    },
}

# Before the key is known there is no limit to report. The gateway's own responses are made without the key.
_WITHOUT_QUOTA = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.GATEWAY_TIMEOUT,
}
_OF_STATUS = {
    HTTPStatus.OK: ["Idempotent-Replayed", "Preference-Applied"],
    HTTPStatus.METHOD_NOT_ALLOWED: ["Allow"],
    HTTPStatus.TOO_MANY_REQUESTS: ["Retry-After"],
    HTTPStatus.SERVICE_UNAVAILABLE: ["Retry-After"],
}


def response_header_names(status: HTTPStatus) -> list[str]:
    """Names of the headers that responses with a status may have."""
    quota = [] if status in _WITHOUT_QUOTA else ["RateLimit-Policy", "RateLimit"]
    workspace = [] if status in {*_WITHOUT_QUOTA, HTTPStatus.TOO_MANY_REQUESTS} else ["X-Workspace-Id"]
    code = [] if status is HTTPStatus.OK else ["X-Error-Code"]
    return ["X-Request-Id", *code, *quota, *workspace, *_OF_STATUS.get(status, [])]
