"""Protects a local server from pages of other sites.

A site can resolve its own host name to 127.0.0.1. The browser then lets its pages read the responses of a server there
(DNS rebinding). But the browser sends that name in ``Host``, and pages cannot change this header.
"""

import json
import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

Application = Callable[..., Any]

_HOST = r"(localhost|[\w.-]+\.localhost|127\.0\.0\.1|\[::1\])(:\d+)?"
_LOCAL_HOST = re.compile(_HOST, re.ASCII | re.IGNORECASE)
_LOCAL_ORIGIN = re.compile(rf"https?://{_HOST}", re.ASCII | re.IGNORECASE)


def only_local_hosts(application: Application) -> Application:
    """Wrap an application: requests to names of other machines get a 403."""

    def respond(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not _LOCAL_HOST.fullmatch(environ.get("HTTP_HOST", "")):
            return _refuse(start_response, "This server is for this machine alone: use localhost or 127.0.0.1.")
        body: Iterable[bytes] = application(environ, start_response)
        return body

    return respond


def only_local_pages(application: Application) -> Application:
    """Wrap an application: requests from pages of other sites get a 403."""

    def respond(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None and not _LOCAL_ORIGIN.fullmatch(origin):
            return _refuse(start_response, "This server is not for pages of other sites.")
        body: Iterable[bytes] = application(environ, start_response)
        return body

    return respond


def _refuse(start_response: "StartResponse", message: str) -> list[bytes]:
    """Respond with the envelope of the API. DynamoDB's clients show its ``message``, too."""
    status = HTTPStatus.FORBIDDEN
    envelope = {"succeeded": False, "statusCode": status, "statusCodeDescription": "NONE", "message": message}
    body = json.dumps(envelope).encode()
    start_response(
        f"{status.value} {status.phrase}",
        [("Content-Type", "application/json"), ("Content-Length", str(len(body)))],
    )
    return [body]
