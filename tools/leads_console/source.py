"""What a console shows: the tables of a stack, and events where they are known."""

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leads_admin.newest_leads import NewestLeads
from leads_admin.overviews import Overviews
from leads_console.event_log import EventLog
from leads_core.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@dataclass(frozen=True, slots=True)
class Source:
    """A stack as people know it.

    ``arguments`` are those of the ``leads`` command that name the stack. ``api_url`` is where it takes leads, if that
    is known; ``events`` are None where nobody receives any.
    """

    title: str
    arguments: tuple[str, ...]
    settings: Settings
    overviews: Overviews
    newest: NewestLeads
    api_url: str | None = None
    events: EventLog | None = None

    def command(self, *arguments: str) -> str:
        """A ``leads`` command for this stack, ready to be pasted into a shell."""
        return shlex.join(["leads", *self.arguments, *arguments])


def source_of(
    client: "DynamoDBClient",
    settings: Settings,
    *,
    title: str,
    arguments: tuple[str, ...],
    api_url: str | None = None,
    events: EventLog | None = None,
) -> Source:
    """The source that a client of DynamoDB reads; ``leads_admin.interactive_reads`` has settings for the client."""
    overviews = Overviews(client, settings.access_table, settings.rate_limit)
    newest = NewestLeads(client, settings.leads_table)
    return Source(title, arguments, settings, overviews, newest, api_url, events)
