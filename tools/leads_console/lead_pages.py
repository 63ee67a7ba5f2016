"""The pages about the leads of a workspace: the list, a lead beside it, new ones, and files."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus

from flask import Blueprint, Response, abort, render_template, request, stream_template
from flask.typing import ResponseReturnValue

from leads_admin.arrivals import Activity, activity, overlap_seconds
from leads_admin.errors import AdministrationError
from leads_admin.lead_times import received_at_ms
from leads_admin.newest_leads import Look
from leads_console.criteria import Criteria
from leads_console.exports import csv_text, json_lines
from leads_console.failures import attempt
from leads_console.source import Source
from leads_core.leads import Lead

# A page has about 55 leads: they end where the first of the shards has no more of them read.
_PER_SHARD = 5
# A search looks at 1,000 to 2,000 leads at a time.
_PER_SHARD_SEARCHED = 42
_PER_SHARD_NEW = 20
_ROWS_SHOWN = 24
_MOST_ROWS = 1000
_LEAD_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}-[0-9]{3}")
_FILES = {"csv": ("text/csv", csv_text), "jsonl": ("application/jsonl", json_lines)}


@dataclass(frozen=True, slots=True)
class Found:
    """The leads of a look that match, how many were looked at, and the first and last of these."""

    leads: list[Lead]
    looked_at: int
    newest: str | None
    reached: str | None


@dataclass(frozen=True, slots=True)
class RequestRows:
    """Some leads of one request by their ids, in the order of its rows."""

    batch: str
    leads: Mapping[str, Lead]


def pages(source: Source) -> Blueprint:
    """The pages of a source."""
    views = _LeadPages(source)
    blueprint = Blueprint("leads", __name__, url_prefix="/workspaces/<workspace_id>")
    blueprint.add_url_rule("/leads", "some", views.some)
    blueprint.add_url_rule("/leads/<lead_id>", "one", views.one)
    blueprint.add_url_rule("/arrivals", "new", views.new)
    blueprint.add_url_rule("/leads.<ending>", "file", views.file)
    return blueprint


class _LeadPages:
    def __init__(self, source: Source) -> None:
        self._source = source

    def some(self, workspace_id: str) -> ResponseReturnValue:
        """The list, and a lead beside it. Its beginning is sent before the leads are read."""
        workspace = self._source.overviews.workspace(workspace_id)
        criteria, before, lead_id = Criteria.of(request.args), _lead_id("before"), _lead_id("lead")
        problem = None
        try:
            criteria.selection()
        except ValueError as exc:
            problem, criteria = str(exc), replace(criteria, since="")
        # Read before the leads: requests that are counted in between are then looked for again, and not missed.
        seen = activity(self._source.overviews, workspace_id)
        page = stream_template(
            "leads.html",
            workspace=workspace,
            tab="leads",
            criteria=criteria,
            problem=problem,
            before=before,
            activity=_token(seen),
            look=lambda: attempt(lambda: self._find(workspace_id, criteria, before)),
            selected=attempt(lambda: self._one(workspace_id, lead_id)).found if lead_id else None,
            lead_id=lead_id,
        )
        return page, HTTPStatus.BAD_REQUEST if problem else HTTPStatus.OK

    def one(self, workspace_id: str, lead_id: str) -> ResponseReturnValue:
        """A lead alone, for the page's script."""
        workspace = self._source.overviews.workspace(workspace_id)
        lead, rows = self._one(workspace_id, lead_id)
        if lead is None:
            raise AdministrationError(f"Workspace {workspace_id} has no lead {lead_id}.")
        return render_template(
            "_lead.html", workspace=workspace, lead=lead, rows=rows, criteria=Criteria.of(request.args)
        )

    def new(self, workspace_id: str) -> ResponseReturnValue:
        """Leads that have come in, for the page's script, which knows some of them already."""
        workspace = self._source.overviews.workspace(workspace_id)
        criteria, after = _criteria(), _lead_id("after")
        seen = activity(self._source.overviews, workspace_id, _seen(request.args.get("activity", "")))
        if not seen.is_recent(time.monotonic()):
            return "", HTTPStatus.NO_CONTENT
        selection = criteria.selection()
        if after:
            since = max(0, received_at_ms(after) - int(overlap_seconds() * 1000))
            selection = replace(selection, since=max(since, selection.since or 0))
        look = self._source.newest.look(workspace_id, selection, per_shard=_PER_SHARD_NEW)
        found = _matching(look, criteria)
        return render_template(
            "_new_rows.html",
            workspace=workspace,
            criteria=criteria,
            found=found,
            after=found.newest or after,
            activity=_token(seen),
        )

    def file(self, workspace_id: str, ending: str) -> ResponseReturnValue:
        """What a list shows, as a file."""
        if ending not in _FILES:
            abort(HTTPStatus.NOT_FOUND)
        workspace = self._source.overviews.workspace(workspace_id)
        media_type, written = _FILES[ending]
        found = self._find(workspace_id, _criteria(), _lead_id("before"))
        return Response(
            written(found.leads),
            content_type=f"{media_type}; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="leads-{workspace.id}.{ending}"'},
        )

    def _find(self, workspace_id: str, criteria: Criteria, before: str | None) -> Found:
        per_shard = _PER_SHARD if criteria.filter().is_empty() else _PER_SHARD_SEARCHED
        look = self._source.newest.look(workspace_id, criteria.selection(before), per_shard=per_shard)
        return _matching(look, criteria)

    def _one(self, workspace_id: str, lead_id: str) -> tuple[Lead | None, RequestRows]:
        """A lead, and those of its request around it: one call, because a lead's address follows from its id."""
        batch, _, row = lead_id.partition("-")
        first = int(row) // _ROWS_SHOWN * _ROWS_SHOWN if row.isdecimal() else 0
        ids = [f"{batch}-{number:03d}" for number in range(first, min(first + _ROWS_SHOWN, _MOST_ROWS))]
        found = self._source.newest.some(workspace_id, ids)
        return found.get(lead_id), RequestRows(batch, {each: found[each] for each in ids if each in found})


def _matching(look: Look, criteria: Criteria) -> Found:
    matching = list(filter(criteria.filter().matches, look.leads))
    newest = look.leads[0]["id"] if look.leads else None
    return Found(matching, len(look.leads), newest, look.reached)


def _criteria() -> Criteria:
    criteria = Criteria.of(request.args)
    try:
        criteria.selection()
    except ValueError as exc:
        abort(HTTPStatus.BAD_REQUEST, str(exc))
    return criteria


def _lead_id(name: str) -> str | None:
    lead_id = request.args.get(name)
    if lead_id and not _LEAD_ID.fullmatch(lead_id):
        abort(HTTPStatus.BAD_REQUEST, f"{name} must be a lead's id.")
    return lead_id or None


def _token(seen: Activity) -> str:
    return f"{seen.counters}.{int(seen.changed_at * 1000)}"


def _seen(token: str) -> Activity | None:
    counters, _, changed_at = token.partition(".")
    return Activity(counters, int(changed_at) / 1000) if changed_at.isdecimal() else None
