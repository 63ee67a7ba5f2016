"""What ``leads import`` shows: how a file is understood, which rows are bad, and how far it is."""

from collections.abc import Callable, Sequence

from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table as ShownTable
from rich.text import Text

from leads_cli.console import as_sent, messages
from leads_cli.importing.checking import BadRow
from leads_cli.importing.columns import ColumnMapping
from leads_cli.importing.rows import Lead
from leads_cli.importing.source import Source
from leads_cli.importing.tables import Row

_MOST_CELL_CHARACTERS = 30
_MOST_REASON_CHARACTERS = 300
# Characters that a column of the table takes beside its text, and that the first two and the edge take.
_BORDER, _BORDERS = 3, 7


def show_understanding(
    source: Source, mapping: ColumnMapping, sample: Sequence[Row], build: Callable[[Sequence[object]], Lead]
) -> None:
    """Show which column is which field, with the first rows as they will be sent, and what is left out."""
    messages.print(as_sent(f"{source.path} is read as {source.table.description}."))
    fields = ["contactPerson" if field in {"firstName", "lastName"} else field for field in mapping.fields]
    leads = [build(row.cells) for row in sample]
    lines = [(as_sent(mapping.heading(field)), field) for field in dict.fromkeys(filter(None, fields))]
    room = messages.width - sum(max(map(len, texts), default=0) for texts in zip(*lines, strict=True)) - _BORDERS
    widest = min(_MOST_CELL_CHARACTERS, room // max(len(sample), 1) - _BORDER)
    table = ShownTable("column", "field", *(f"row {row.number}" for row in sample))
    for heading, field in lines:
        table.add_row(heading, field, *(_shown(lead.get(field, ""), max(widest, 1)) for lead in leads))
    messages.print(table)
    if mapping.unknown:
        names = ", ".join(f'"{name}"' for name in mapping.unknown)
        example = f'--map "{mapping.unknown[0]}=notes"'
        messages.print(as_sent(f"Left out, because they are no field of a lead: {names}. {example} imports one."))


def show_bad_rows(first: Sequence[BadRow], count: int) -> None:
    """Show the first bad rows, a line for each, and how many more there are."""
    for bad in first:
        reason = bad.reason
        if len(reason) > _MOST_REASON_CHARACTERS:
            reason = f"{reason[:_MOST_REASON_CHARACTERS]}…"
        messages.print(as_sent(f"Row {bad.row.number}: {reason}"))
    if count > len(first):
        messages.print(f"And {count - len(first):,} more rows.")


def sending_progress() -> Progress:
    """A bar with the rate and the time left, on a terminal alone."""
    return Progress(
        TextColumn("Sending"),
        BarColumn(),
        MofNCompleteColumn(),
        _RateColumn(),
        TimeRemainingColumn(),
        console=messages,
        transient=True,
        disable=not messages.is_terminal,
    )


class _RateColumn(ProgressColumn):
    """Leads a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f} leads/s" if task.speed else "")


def _shown(value: object, widest: int) -> Text:
    text = as_sent(", ".join(map(str, value)) if isinstance(value, list) else str(value))
    text.truncate(widest, overflow="ellipsis")
    return text
