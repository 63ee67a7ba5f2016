"""Workspaces as people name them: by id, by name, or not at all where there is only one."""

import re
import shlex
from difflib import get_close_matches
from typing import TYPE_CHECKING

import typer

from leads_admin.workspace_names import WORKSPACE_ID
from leads_cli.connection import Connection, workspaces_of
from leads_cli.errors import CommandError, WrongUsageError
from leads_cli.terminal import messages

if TYPE_CHECKING:
    from leads_admin.workspaces import Workspace

THE_ONLY_ONE = "\0"
"""Stands for a workspace that was left out: a text that nobody can type."""

_MOST_NAMES = 3
LEAD_ID = re.compile(r"[0-9A-Z]{26}-\d{3}")


def id_of_workspace(context: typer.Context, named: str) -> str:
    """The id of a workspace. A name, or none, is looked up, for which the whole access table is read."""
    if WORKSPACE_ID.fullmatch(named):
        return named
    if not named.strip():
        raise WrongUsageError("The workspace is empty text: give its id or its name.")
    if LEAD_ID.fullmatch(named):
        raise WrongUsageError(f"{named} is a lead's id, and the workspace comes first: are the two swapped?")
    chosen: Connection = context.obj
    found = workspaces_of(context).all()
    if named == THE_ONLY_ONE:
        return _only_one(found, chosen.command)
    matching = [workspace for workspace in found if workspace.name == named]
    if not matching:
        all_of_them = f" All of them: {chosen.command} workspace list" if found else ""
        raise CommandError(f"There is no workspace {named}.{_similar(named, found)}{all_of_them}")
    if len(matching) > 1:
        ids = " or ".join(f"{workspace.id} ({workspace.plan}, {workspace.created_at})" for workspace in matching)
        raise CommandError(f"{len(matching)} workspaces are called {named}. Give the id of one: {ids}")
    return matching[0].id


def _similar(named: str, found: list["Workspace"]) -> str:
    """A question for the workspace that is perhaps meant, or nothing."""
    names = {workspace.name.casefold(): workspace.name for workspace in found}
    close = get_close_matches(named.casefold(), names, n=1, cutoff=0.75)
    return f" Is it {shlex.quote(names[close[0]])}?" if close else ""


def _only_one(found: list["Workspace"], command: str) -> str:
    if not found:
        raise CommandError(f"There is no workspace yet. Create one: {command} workspace create NAME --plan basic")
    if len(found) > 1:
        names = ", ".join(shlex.quote(workspace.name) for workspace in found[:_MOST_NAMES])
        more = ", ..." if len(found) > _MOST_NAMES else ""
        how = f"name one ({names}{more}). All of them: {command} workspace list"
        raise WrongUsageError(f"There are {len(found)} workspaces: {how}")
    [workspace] = found
    messages.print(f"Workspace {workspace.name} ({workspace.id})", markup=False)
    return workspace.id
