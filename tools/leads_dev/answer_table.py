"""The table of answers in docs/api.md: each outcome with its status, code, message and cause."""

from leads_api.outcomes import Outcome
from leads_dev.openapi.described_answers import described_answers


def answer_table() -> str:
    """A row for each code, in the order of the checks, in Markdown."""
    first = {answer.code: answer for answer in reversed(described_answers())}
    rows = (
        f"| {outcome.status.value} | `{outcome.code}` | {_message(outcome)} | {first[outcome.code].cause} |\n"
        for outcome in Outcome
        if outcome.code in first
    )
    return "| status | `X-Error-Code` | message | when |\n|---|---|---|---|\n" + "".join(rows)


def _message(outcome: Outcome) -> str:
    return f"`{outcome.message}`"
