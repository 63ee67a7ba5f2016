"""Leads as they come in, for ``leads list --follow``."""

import time
from collections.abc import Iterator

import typer

from leads_admin.arrivals import Arrivals
from leads_admin.interactive_reads import CLIENT_CONFIG, is_transient
from leads_admin.newest_leads import NewestLeads
from leads_admin.overviews import Overviews
from leads_admin.stored_leads import Selection
from leads_cli.connection import client_of, settings_of
from leads_cli.terminal import messages
from leads_core.leads import Lead

_SECONDS_BETWEEN_LOOKS = 1.5


def arrivals_of(context: typer.Context, workspace: str, selection: Selection) -> Arrivals:
    """The selected leads of a workspace that come in from now on. Raises AdministrationError if it does not exist."""
    client, settings = client_of(context, CLIENT_CONFIG), settings_of(context)
    overviews = Overviews(client, settings.access_table, settings.rate_limit)
    return Arrivals(NewestLeads(client, settings.leads_table), overviews, workspace, selection)


def followed(arrivals: Arrivals) -> Iterator[Lead]:
    """New leads, forever. When the database is unavailable, this prints a message and retries."""
    is_unavailable = False
    while True:
        try:
            leads = arrivals.new()
        except Exception as exc:
            if not is_transient(exc):
                raise
            if not is_unavailable:
                messages.print("The database does not answer. Trying again until it does; Ctrl-C ends this.")
            is_unavailable = True
        else:
            if is_unavailable:
                messages.print("The database answers again.")
            is_unavailable = False
            yield from leads
        time.sleep(_SECONDS_BETWEEN_LOOKS)
