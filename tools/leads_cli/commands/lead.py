"""The operators' commands on leads: ``leads list``, ``leads show`` and ``leads delete``."""

import json
from itertools import islice
from typing import Annotated, Any

import typer
from rich.table import Table

from leads_admin.lead_filter import LeadFilter
from leads_admin.stored_leads import Selection
from leads_cli.confirmation import confirm
from leads_cli.connection import WorkspaceId, complete_with, workspaces_of
from leads_cli.errors import CommandError
from leads_cli.following import arrivals_of, followed
from leads_cli.json_output import AsJson, is_for_programs, print_json
from leads_cli.lead_lines import LeadLines
from leads_cli.terminal import as_sent, counted, messages, output
from leads_cli.times import moment
from leads_core.leads import Lead

# Of leads that a filter looks through, most are not shown.
_PAGE_WHEN_FILTERED = 1000


def list_leads(  # noqa: PLR0913 - a filter more is an option more
    context: typer.Context,
    workspace: WorkspaceId,
    *,
    since: Annotated[
        int | None,
        typer.Option(
            parser=moment,
            metavar="WHEN",
            help="Received since 2026-11-01 (UTC), or in the last 7d.",
            show_default=False,
        ),
    ] = None,
    search: Annotated[
        str | None,
        typer.Option(metavar="TEXT", help="With this text in any field, in any letter case.", show_default=False),
    ] = None,
    email: Annotated[
        str | None, typer.Option(help="With this e-mail address, or a contact's.", show_default=False)
    ] = None,
    label: Annotated[str | None, typer.Option(help="With this label, to the letter.", show_default=False)] = None,
    batch: Annotated[
        str | None, typer.Option(help="Of one request: what ids have before the hyphen.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many to show.")] = 20,
    follow: Annotated[
        bool, typer.Option("--follow", help="Go on, and show new leads as they come in, until Ctrl-C.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the newest leads of a workspace, newest first; one JSON object a line when piped.

    All options combine. For --search, --email and --label leads are read
    from the newest on, until enough are found: perhaps all of them, so name
    --since or --batch too where there are many.

    With --follow the newest come last, and new leads below them within two
    seconds.

    leads list 01M6DWCPDGP7DKK1RX7DV6Q8DA --since 7d --label "web form"

    leads list 01M6DWCPDGP7DKK1RX7DV6Q8DA --email ada@example.com --search offer

    leads list 01M6DWCPDGP7DKK1RX7DV6Q8DA --batch 01M83QHZX06B68476KBMMNZ82K --limit 100 --json

    leads list 01M6DWCPDGP7DKK1RX7DV6Q8DA --follow --label fair
    """
    selection = Selection(since=since, batch=batch, label=label)
    wanted = LeadFilter(email=email, label=label, text=search)
    arrivals = arrivals_of(context, workspace, selection) if follow else None
    page_size = limit if wanted.is_empty() else _PAGE_WHEN_FILTERED
    leads = workspaces_of(context).leads(workspace, selection, page_size=page_size)
    newest = list(islice(filter(wanted.matches, leads), limit))
    lines = None if is_for_programs(as_json) else LeadLines(newest, output.width)
    if lines and not newest:
        messages.print("No leads.")
    if lines and (heading := lines.heading()):
        output.print(heading)
    for lead in newest[::-1] if follow else newest:
        _print(lead, lines)
    if arrivals:
        shown = {lead["id"] for lead in newest}
        for lead in followed(arrivals):
            if lead["id"] not in shown and wanted.matches(lead):
                _print(lead, lines)


def _print(lead: Lead, lines: LeadLines | None) -> None:
    if lines:
        output.print(lines.of(lead))
    else:
        print_json(lead)


def show_lead(
    context: typer.Context,
    workspace: WorkspaceId,
    lead: Annotated[
        str,
        typer.Argument(
            metavar="LEAD", help="The lead's id.", show_default=False, autocompletion=complete_with("lead_ids")
        ),
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Show all fields of a lead.

    leads show 01M6DWCPDGP7DKK1RX7DV6Q8DA 01M83QHZX06B68476KBMMNZ82K-000

    leads show 01M6DWCPDGP7DKK1RX7DV6Q8DA 01M83QHZX06B68476KBMMNZ82K-000 --json | jq .contacts
    """
    fields = workspaces_of(context).lead(workspace, lead)
    if is_for_programs(as_json):
        print_json(fields)
        return
    table = Table.grid(padding=(0, 2))
    for name, value in fields.items():
        match value:
            case list():
                lines = [_text(part) for part in value]
            case dict():
                lines = [f"{member}: {_text(part)}" for member, part in value.items()]
            case _:
                lines = str(value).splitlines()
        for number, line in enumerate(lines):
            table.add_row("" if number else name, as_sent(line))
    output.print(table)


def _text(part: Any) -> str:  # noqa: ANN401 - any JSON
    return part if isinstance(part, str) else json.dumps(part, ensure_ascii=False)


def delete_leads(
    context: typer.Context,
    workspace: WorkspaceId,
    leads: Annotated[
        list[str],
        typer.Argument(
            metavar="LEAD", help="The leads' ids.", show_default=False, autocompletion=complete_with("lead_ids")
        ),
    ],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete leads for good; under a plan with a limit, others can take their places.

    First, requests in flight are waited for, 12 seconds at most: one could
    write a lead again that it has written already, and so bring it back.

    If some are not there, they are named, the exit code is 1, and nothing
    is deleted; with --yes, the others are. The table's backups have what was
    deleted for 35 days more.

    leads delete 01M6DWCPDGP7DKK1RX7DV6Q8DA 01M83QHZX06B68476KBMMNZ82K-000 01M83QHZX06B68476KBMMNZ82K-001
    """
    leads = list(dict.fromkeys(leads))
    workspaces = workspaces_of(context)
    if not yes:
        if missing := workspaces.missing_leads(workspace, leads):
            raise CommandError(f"Nothing was deleted. Not there: {', '.join(missing)}")
        named = as_sent(f"{workspaces.get(workspace).name} ({workspace})")
        confirm(f"To delete {counted(len(leads), 'lead')} of workspace {named}, type yes:", "yes")
    missing = workspaces.delete_leads(workspace, leads)
    messages.print(f"Deleted {len(leads) - len(missing)} of {counted(len(leads), 'lead')}.")
    if missing:
        raise CommandError(f"Not there: {', '.join(missing)}")
