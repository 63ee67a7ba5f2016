"""The pages about workspaces: all of them, and one with its keys and how many leads came in."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, redirect, render_template, request, stream_template, url_for
from flask.typing import ResponseReturnValue

from leads_admin.newest_leads import PartialCount
from leads_console.charts import charts_of
from leads_console.failures import attempt
from leads_console.source import Source
from leads_core.deadlines import Clock

# Megabytes of the access table that one view reads.
_MOST_SCANNED_PAGES = 4
# Megabytes of leads that one step of a count reads, about.
_MOST_COUNTED_PAGES = 64
# Of the newest 10,000 leads: those of the charts.
_IDS_PER_SHARD = 208


def pages(source: Source) -> Blueprint:
    """The pages of a source."""
    blueprint = Blueprint("workspaces", __name__)

    @blueprint.get("/")
    def every() -> ResponseReturnValue:
        wanted = request.args.get("workspace", "").strip()
        if wanted:
            return redirect(url_for("workspaces.one", workspace_id=wanted))
        page = source.overviews.page(request.args.get("from"), most_pages=_MOST_SCANNED_PAGES)
        return render_template("workspaces.html", page=page, is_first="from" not in request.args)

    @blueprint.get("/workspaces/<workspace_id>")
    def one(workspace_id: str) -> ResponseReturnValue:
        overview = source.overviews.of(workspace_id)
        read_charts = partial(source.newest.look, workspace_id, per_shard=_IDS_PER_SHARD, ids_alone=True)
        return stream_template(
            "workspace.html",
            overview=overview,
            workspace=overview.workspace,
            tab="workspace",
            counted=_count(source, workspace_id)() if "shards" in request.args else None,
            look=lambda: attempt(read_charts),
            charts_of=lambda look: charts_of(look, Clock().now_ms()),
        )

    return blueprint


def _count(source: Source, workspace_id: str) -> Callable[[], PartialCount]:
    counted = PartialCount(
        max(0, request.args.get("counted", 0, type=int)), min(max(0, request.args.get("shards", 0, type=int)), 48)
    )
    return partial(source.newest.count_on, workspace_id, counted, most_pages=_MOST_COUNTED_PAGES)
