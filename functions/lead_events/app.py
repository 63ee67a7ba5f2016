"""The Lambda function's entry point: the enrichment of the pipe from the leads table to the event bus."""

from collections.abc import Mapping, Sequence
from typing import Any

from lead_events.lead_created import lead_created


def handler(records: Sequence[Mapping[str, Any]], _context: object) -> list[dict[str, Any]]:
    """A ``lead.created`` detail for each stream record, in the same order. The pipe's filter passes only new leads.

    ``eventID`` tells the pipe which records to retry if the bus does not accept all of them; the pipe sends ``detail``.
    """
    return [{"eventID": record["eventID"], "detail": lead_created(record)} for record in records]
