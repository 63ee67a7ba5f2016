"""Tables that fit a terminal of 80 columns, without cutting what people copy."""

from rich import box
from rich.table import Table
from rich.text import Text

from leads_cli.terminal import as_sent
from leads_core.plans import Plan

_STYLES = {
    **{plan.value: "green" if plan.most_leads is None else "yellow" for plan in Plan},
    "valid": "green",
    "expired": "yellow",
    "revoked": "red",
}
"""Colours of plans and states, by their names."""
_SHORT = ("plan", "state", "keys", "used")


def listing(*columns: str, copied: str) -> Table:
    """An empty table. What stands in the column ``copied`` is never folded or cut; long texts and times make room."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(column, no_wrap=column in {copied, *_SHORT}, overflow="fold")
    return table


def status(text: str) -> Text:
    """A plan or a state, coloured by its first word."""
    return Text(text, style=_STYLES.get(text.partition(",")[0], ""))


def moment(text: str | None) -> Text:
    """A time in UTC to the minute, which may be folded at the space."""
    return as_sent((text or "")[:16].replace("T", " "))
