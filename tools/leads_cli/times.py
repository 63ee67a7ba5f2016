"""Spans and points of time as operators type them."""

import typer

from leads_admin import moments


def span(text: str) -> int:
    """``90d``, ``12h``, ``2w`` or ``30m`` in milliseconds; raises BadParameter."""
    try:
        return moments.span(text)
    except ValueError as exc:
        raise typer.BadParameter(str(exc)) from exc


def lasting_span(text: str) -> int:
    """The same, but at least a minute."""
    milliseconds = span(text)
    if not milliseconds:
        raise typer.BadParameter(f"{text!r} is over at once.")
    return milliseconds


def moment(text: str) -> int:
    """``2026-11-01``, any ISO 8601 date-time, or how long ago, in milliseconds since the epoch; raises BadParameter."""
    try:
        return moments.moment(text)
    except ValueError as exc:
        raise typer.BadParameter(str(exc)) from exc
