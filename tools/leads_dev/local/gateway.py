"""Replaces API Gateway: turns an HTTP request into a proxy event, and the handler's result into an HTTP response."""

import base64
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote

from leads_admin.template import function_timeout_seconds

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    from leads_api.api import LambdaContext

Handler = Callable[[Mapping[str, Any], "LambdaContext"], dict[str, Any]]


# Lambda takes events of 6 MiB. Part of an event is about the request itself, and base64 turns three bytes into four.
# API Gateway's response for larger requests cannot be configured.
_MOST_BODY_BYTES = 4_710_000
_TOO_LARGE: dict[str, Any] = {
    "statusCode": 413,
    "headers": {"Content-Type": "application/json"},
    "body": '{"message": "Request Too Long"}',
}


class _Context:
    """Lambda's context of an invocation that starts now."""

    def __init__(self) -> None:
        self._ends = time.monotonic() + function_timeout_seconds()

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._ends - time.monotonic()) * 1000))


class LocalGateway:
    """A WSGI application around a Lambda handler. ``log`` is called with one line for each request."""

    def __init__(self, handler: Handler, log: Callable[[str], None]) -> None:
        self._handler = handler
        self._log = log

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Handle a request."""
        started = time.monotonic()
        event = proxy_event(environ)
        is_too_large = int(environ.get("CONTENT_LENGTH") or 0) > _MOST_BODY_BYTES
        result = _TOO_LARGE if is_too_large else self._handler(event, _Context())
        status = HTTPStatus(result["statusCode"])
        body = base64.b64decode(result["body"]) if result.get("isBase64Encoded") else result["body"].encode()
        start_response(
            f"{status.value} {status.phrase}", [*result["headers"].items(), ("Content-Length", str(len(body)))]
        )
        milliseconds = (time.monotonic() - started) * 1000
        clock = time.strftime("%H:%M:%S")
        self._log(f"{clock} {event['httpMethod']} {quote(event['path'])} {status.value} in {milliseconds:.0f} ms")
        return [] if event["httpMethod"] == "HEAD" else [body]


def proxy_event(environ: "WSGIEnvironment") -> dict[str, Any]:
    """The proxy event (payload version 1.0) that API Gateway makes of a request."""
    headers = {
        name.removeprefix("HTTP_").replace("_", "-").title(): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or (name in {"CONTENT_TYPE", "CONTENT_LENGTH"} and value)
    }
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    path = environ["PATH_INFO"].encode("latin-1").decode(errors="replace")
    body = environ["wsgi.input"].read()
    return {
        "resource": path,
        "path": path,
        "httpMethod": environ["REQUEST_METHOD"],
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in query.items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "requestId": str(uuid.uuid4()),
            "stage": "local",
            "httpMethod": environ["REQUEST_METHOD"],
            "path": path,
            "identity": {"sourceIp": environ.get("REMOTE_ADDR", "")},
        },
        "body": base64.b64encode(body).decode() or None,
        "isBase64Encoded": bool(body),
    }
