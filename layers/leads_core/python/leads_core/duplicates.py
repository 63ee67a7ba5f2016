"""Rows of a request that repeat an earlier row. They are reported, never dropped."""

import json

from leads_core.leads import Lead
from leads_core.rows import ParsedLeads


def duplicates(parsed: ParsedLeads) -> dict[int, int]:
    """For each repeated row, the first row with the same e-mail address or, without an address, the same content."""
    first: dict[str, int] = {}
    found = {}
    for row, lead in zip(parsed.rows, parsed.leads, strict=True):
        earlier = first.setdefault(_identity(lead), row)
        if earlier != row:
            found[row] = earlier
    return found


def _identity(lead: Lead) -> str:
    email = lead.get("email", "").strip().casefold()
    return f"email {email}" if email else json.dumps(lead, sort_keys=True)
