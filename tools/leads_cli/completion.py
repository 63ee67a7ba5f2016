"""Shell completion of ids, each with a name that people recognise."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

import typer

from leads_cli.connection import connection_before, workspaces_of
from leads_cli.workspace_lookup import id_of_workspace

_NEWEST = 20
# Shells execute what is in completions, Typer parses it as markup, and anybody may send a lead.
_UNSAFE = re.compile(r"[^\w .,@-]")

Completions = Iterator[tuple[str, str]]


def workspace_ids(context: typer.Context, incomplete: str) -> Completions:
    """The ids of workspaces; if there is only one, which may be left out, also those of its keys or leads."""
    return _completions(_workspaces, context, incomplete)


def key_starts(context: typer.Context, incomplete: str) -> Completions:
    """The first characters of a workspace's keys that are not revoked."""
    return _completions(_keys, context, incomplete)


def lead_ids(context: typer.Context, incomplete: str) -> Completions:
    """The ids of a workspace's newest leads."""
    return _completions(_leads, context, incomplete)


def _completions(
    of: Callable[[typer.Context, str | None], Iterable[tuple[str, str]]], context: typer.Context, incomplete: str
) -> Completions:
    try:
        context.obj = replace(connection_before(context), gives_up_soon=True)
        named = context.params.get("workspace")
        found = list(of(context, id_of_workspace(context, named) if named else None))
    except Exception:  # noqa: BLE001 - completion has no way to report an error
        return
    for text, name in found:
        if text.startswith(incomplete):
            yield text, _UNSAFE.sub(" ", name)


def _workspaces(context: typer.Context, _workspace: str | None) -> Completions:
    found = workspaces_of(context).all()
    yield from ((workspace.id, workspace.name) for workspace in found)
    if len(found) == 1:
        behind = {"start": _keys, "lead": _leads, "leads": _leads}
        for parameter in context.command.params:
            if of := behind.get(str(parameter.name)):
                yield from of(context, found[0].id)


def _keys(context: typer.Context, workspace: str | None) -> Completions:
    for key in workspaces_of(context).keys(workspace) if workspace else ():
        if key.state != "revoked":
            yield key.start, key.label or ""


def _leads(context: typer.Context, workspace: str | None) -> Completions:
    leads = workspaces_of(context).leads(workspace, page_size=_NEWEST) if workspace else iter(())
    yield from ((lead["id"], lead.get("company", "")) for lead in islice(leads, _NEWEST))
