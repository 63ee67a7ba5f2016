"""The table of responses in docs/api.md: each outcome with its status, code, message and cause."""

from leads_api.outcomes import Outcome
from leads_dev.openapi.described_responses import described_responses


def response_table() -> str:
    """A row for each code, in the order of the checks, in Markdown."""
    causes: dict[str | None, list[str]] = {}
    for response in described_responses():
        causes.setdefault(response.code, []).append(response.cause)
    rows = (
        f"| {outcome.status.value} | `{outcome.code}` | `{outcome.message}` | {' '.join(causes[outcome.code])} |\n"
        for outcome in Outcome
        if outcome.code in causes
    )
    return "| status | `X-Error-Code` | message | when |\n|---|---|---|---|\n" + "".join(rows)
