"""The page that shows the events of new leads."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from leads_console.event_log import EventLog


def pages(events: EventLog) -> Blueprint:
    """The page of a log, and its newest events for the page's script."""
    blueprint = Blueprint("events", __name__)

    @blueprint.get("/events")
    def some() -> ResponseReturnValue:
        return render_template("events.html", events=events.newest(), tab="events")

    @blueprint.get("/events/new")
    def new() -> ResponseReturnValue:
        return render_template("_event_rows.html", events=events.newest())

    return blueprint
