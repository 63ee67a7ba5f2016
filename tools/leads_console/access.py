"""Access control: only the browser that opened the printed link, and no page of another site."""

import secrets
import threading
from collections.abc import Callable
from http import HTTPStatus

from flask import Flask, Response, abort, redirect, render_template, request, url_for
from werkzeug.exceptions import SecurityError
from werkzeug.wrappers import Response as AnyResponse

_BYTES = 24
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    # Personal data does not belong into a cache on disk.
    "Cache-Control": "no-store",
}


class Access:
    """A token that is good for one browser, and the cookie that this browser gets for it.

    ``announce`` is called with the next token when one was used. Both live as long as the process.
    """

    def __init__(self, announce: Callable[[str], None]) -> None:
        self._announce = announce
        self._token = secrets.token_urlsafe(_BYTES)
        self._session = secrets.token_urlsafe(_BYTES)
        self._lock = threading.Lock()

    @property
    def token(self) -> str:
        """The token that was not used yet."""
        return self._token

    def protect(self, app: Flask) -> None:
        """Check every request to an application, and send the headers that keep other sites out."""
        # Another site can point its host name here, but the browser sends that name.
        app.config["TRUSTED_HOSTS"] = ["127.0.0.1", "localhost"]
        app.before_request(self._check)
        app.after_request(_with_headers)

    def _check(self) -> AnyResponse | None:
        if isinstance(request.routing_exception, SecurityError):  # before a link of somebody else uses the token
            raise request.routing_exception
        if request.method not in {"GET", "HEAD"}:
            abort(HTTPStatus.METHOD_NOT_ALLOWED)
        if request.endpoint == "static":
            return None
        # Cookies are shared by all ports: another console on this machine has one of its own.
        cookie = f"leads_console_{request.environ['SERVER_PORT']}"
        is_known = secrets.compare_digest(request.cookies.get(cookie, "").encode(), self._session.encode())
        token = request.args.get("token")
        if token is None and is_known:
            return None
        # Link previews use HEAD, and must not use up the token.
        if is_known or (token is not None and request.method == "GET" and self._use(token)):
            response = redirect(url_for("workspaces.every"), HTTPStatus.SEE_OTHER)
            response.set_cookie(cookie, self._session, httponly=True, samesite="Strict")
            return response
        return Response(render_template("locked.html"), HTTPStatus.FORBIDDEN)

    def _use(self, token: str) -> bool:
        with self._lock:
            if not secrets.compare_digest(token.encode(), self._token.encode()):
                return False
            self._token = secrets.token_urlsafe(_BYTES)
        self._announce(self._token)
        return True


def _with_headers(response: Response) -> Response:
    response.headers.update(_HEADERS)
    return response
