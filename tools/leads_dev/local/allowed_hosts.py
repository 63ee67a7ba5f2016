"""Keeps web pages from elsewhere away from a local server.

A page can have its own host name lead to 127.0.0.1, and the browser then lets it read all that a server there answers
(DNS rebinding). But the browser says in ``Host`` which name it was, and no page can change that.
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
    """The application for requests that are addressed to a name of this machine; others are answered 403."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if not _LOCAL_HOST.fullmatch(environ.get("HTTP_HOST", "")):
            return _refuse(start_response, "This server is for this machine alone: use localhost or 127.0.0.1.")
        answered: Iterable[bytes] = application(environ, start_response)
        return answered

    return answer


def only_local_pages(application: Application) -> Application:
    """The application for requests that no page of another site sends; such are answered 403."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        origin = environ.get("HTTP_ORIGIN")
        if origin is not None and not _LOCAL_ORIGIN.fullmatch(origin):
            return _refuse(start_response, "This server is not for pages of other sites.")
        answered: Iterable[bytes] = application(environ, start_response)
        return answered

    return answer


def _refuse(start_response: "StartResponse", message: str) -> list[bytes]:
    """The envelope of the API, whose ``message`` DynamoDB's clients show, too."""
    status = HTTPStatus.FORBIDDEN
    envelope = {"succeeded": False, "statusCode": status, "statusCodeDescription": "NONE", "message": message}
    body = json.dumps(envelope).encode()
    start_response(
        f"{status.value} {status.phrase}",
        [("Content-Type", "application/json"), ("Content-Length", str(len(body)))],
    )
    return [body]
