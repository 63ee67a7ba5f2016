"""The table of responses in docs/api.md: each outcome with its status, code, message and cause."""

from leads_api.outcomes import Outcome
from leads_dev.openapi.described_answers import described_answers


def answer_table() -> str:
    """A row for each code, in the order of the checks, in Markdown."""
    causes: dict[str | None, list[str]] = {}
    for answer in described_answers():
        causes.setdefault(answer.code, []).append(answer.cause)
    rows = (
        f"| {outcome.status.value} | `{outcome.code}` | `{outcome.message}` | {' '.join(causes[outcome.code])} |\n"
        for outcome in Outcome
        if outcome.code in causes
    )
    return "| status | `X-Error-Code` | message | when |\n|---|---|---|---|\n" + "".join(rows)
