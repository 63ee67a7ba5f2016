"""The console as a WSGI application."""

from collections.abc import Callable
from http import HTTPStatus

from botocore.exceptions import BotoCoreError, ClientError
from flask import Flask, render_template
from werkzeug.exceptions import HTTPException, SecurityError

from leads_admin import lead_times
from leads_admin.errors import AdministrationError
from leads_console import event_pages, lead_pages, texts, workspace_pages
from leads_console.access import Access
from leads_console.failures import explained
from leads_console.source import Source
from leads_core.plans import Plan

_FOR_TEMPLATES = (
    *(lead_times.received_at_ms, texts.ago, texts.exact, texts.iso, texts.epoch_ms, texts.title_of, texts.pretty),
    *(texts.shown, texts.fields_of, texts.name_of, texts.person_of, texts.email_of),
)
_WHAT_TO_DO = {
    HTTPStatus.NOT_FOUND: "Start again from the list of workspaces.",
    HTTPStatus.METHOD_NOT_ALLOWED: "The console only reads: it accepts GET and HEAD alone.",
}


def create_app(source: Source, announce: Callable[[str], None]) -> tuple[Flask, Access]:
    """The console of a stack, and who may look at it. ``announce`` gets the next token when one was used."""
    app = Flask(__name__)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(source=source, plans=[*Plan], **{each.__name__: each for each in _FOR_TEMPLATES})
    access = Access(announce)
    access.protect(app)
    app.register_blueprint(workspace_pages.pages(source))
    app.register_blueprint(lead_pages.pages(source))
    if source.events is not None:
        app.register_blueprint(event_pages.pages(source.events))
    app.register_error_handler(SecurityError, _wrong_host)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(AdministrationError, _missing)
    for error in (BotoCoreError, ClientError):
        app.register_error_handler(error, _unavailable)
    return app, access


def _wrong_host(_error: SecurityError) -> tuple[str, int, dict[str, str]]:
    text = "This console is for this machine alone: use 127.0.0.1 or localhost.\n"
    return text, HTTPStatus.FORBIDDEN, {"Content-Type": "text/plain; charset=utf-8"}


def _refused(error: HTTPException) -> tuple[str, int]:
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    what_to_do = _WHAT_TO_DO.get(status, error.description or "")
    return render_template("message.html", title=status.phrase, text=what_to_do), status


def _missing(error: AdministrationError) -> tuple[str, int]:
    text = f"{error} It may have been deleted meanwhile."
    return render_template("message.html", title="Not there", text=text), HTTPStatus.NOT_FOUND


def _unavailable(error: Exception) -> tuple[str, int]:
    title, text = explained(error)
    page = render_template("message.html", title=title, text=text, is_to_be_retried=True)
    return page, HTTPStatus.SERVICE_UNAVAILABLE
