"""What ``leads import`` shows: how a file is understood, which rows are bad, and how far it is."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.table import Table as ShownTable
from rich.text import Text

from leads_cli.console import as_sent, counted, messages
from leads_cli.errors import CommandError
from leads_cli.importing.checking import BadRow
from leads_cli.importing.columns import CUSTOM
from leads_cli.importing.events import (
    AlreadyImported,
    ArrayStored,
    Counts,
    DryRunFinished,
    Event,
    FileUnderstood,
    Finished,
    ReadyToSend,
    RowsChecked,
    RowsRejected,
)
from leads_cli.importing.rows import Lead

_SHOWN_BAD_ROWS = 20
_MOST_CELL_CHARACTERS = 30
_MOST_REASON_CHARACTERS = 300
# Characters that a column of the table takes beside its text, and that the first two and the edge take.
_BORDER, _BORDERS = 3, 7


class ImportDisplay(ExitStack):
    """Shows the events of an import, whose counts go on with them; what moves is gone when this is closed.

    A person is asked before anything is sent, unless ``is_sent_unasked``.
    """

    def __init__(self, counts: Counts, *, is_sent_unasked: bool) -> None:
        super().__init__()
        self._counts = counts
        self._is_sent_unasked = is_sent_unasked
        self._bar = _sending_progress()

    def show(self, event: Event) -> None:
        """Show what has happened; raises CommandError when the person does not want that anything is sent."""
        match event:
            case AlreadyImported():
                imported = counted(self._counts.imported, "lead")
                text = f"{event.file} is imported already: {imported}, says {event.journal}."
                messages.print(as_sent(f"{text} --restart imports it once more."))
            case FileUnderstood():
                _show_understanding(event)
                self.enter_context(messages.status("Checking the rows"))
            case RowsChecked(bad, first_bad):
                self.close()
                _show_bad_rows(first_bad, bad)
            case DryRunFinished(leads):
                messages.print(f"{counted(leads, 'lead')} can be imported. Nothing was sent.")
            case ReadyToSend():
                self._ask(event)
                self._bar.add_task("", completed=event.stored_before, total=event.leads)
                self.enter_context(self._bar)
            case ArrayStored():
                (task,) = self._bar.task_ids
                self._bar.update(task, completed=self._counts.imported, total=self._counts.to_import)
            case RowsRejected(bad_rows):
                _show_bad_rows(bad_rows[:_SHOWN_BAD_ROWS], len(bad_rows))
            case Finished():
                self.close()
                self._show_result(event)

    def _ask(self, ready: ReadyToSend) -> None:
        leads = counted(ready.leads, "lead")
        if ready.stored_before:
            messages.print(f"{counted(ready.stored_before, 'lead')} imported already.")
            leads = f"the remaining {ready.leads - ready.stored_before:,} of {leads}"
        if self._is_sent_unasked or not (sys.stdin.isatty() and messages.is_terminal):
            return
        if not typer.confirm(f"Send {leads} to {ready.url}?", err=True):
            raise CommandError("Nothing was sent.")

    def _show_result(self, finished: Finished) -> None:
        counts = self._counts
        parts = [f"{counted(counts.imported, 'lead')} imported in {counts.seconds:.0f} s"]
        if counts.replayed:
            parts.append(f"{counts.replayed:,} of them had been stored before")
        if counts.skipped_empty:
            parts.append(f"{counted(counts.skipped_empty, 'empty row')} skipped")
        if finished.rejected:
            parts.append(f"rejected rows: {counts.rejected:,}, in {finished.rejected}")
        messages.print(as_sent("; ".join(parts) + "."))


def _show_understanding(understood: FileUnderstood) -> None:
    """Show which column is which field, with the first rows as they will be sent, and what is left out."""
    source, mapping, sample = understood.source, understood.mapping, understood.sample
    messages.print(as_sent(f"{source.path} is read as {source.table.description}."))
    fields = ["contactPerson" if field in {"firstName", "lastName"} else field for field in mapping.fields]
    lines = [(as_sent(mapping.heading(field)), field) for field in dict.fromkeys(filter(None, fields))]
    room = messages.width - sum(max(map(len, texts), default=0) for texts in zip(*lines, strict=True)) - _BORDERS
    widest = min(_MOST_CELL_CHARACTERS, room // max(len(sample), 1) - _BORDER)
    table = ShownTable("column", "field", *(f"row {row.number}" for row, _ in sample))
    for heading, field in lines:
        table.add_row(heading, field, *(_shown(_sent(lead, field), max(widest, 1)) for _, lead in sample))
    messages.print(table)
    if mapping.unknown:
        names = ", ".join(f'"{name}"' for name in mapping.unknown)
        example = f'--map "{mapping.unknown[0]}=notes"'
        left_out = f"Left out, because they are no field of a lead: {names}."
        messages.print(as_sent(f"{left_out} {example} imports one, --keep-unmatched keeps all."))


def _sent(lead: Lead, field: str) -> object:
    """What is sent of a row in a field, or in a custom member."""
    custom = lead.get("custom")
    if field.startswith(CUSTOM) and isinstance(custom, dict):
        return custom.get(field.removeprefix(CUSTOM), "")
    return lead.get(field, "")


def _show_bad_rows(first: Sequence[BadRow], count: int) -> None:
    """Show the first bad rows, a line for each, and how many more there are."""
    for bad in first:
        reason = bad.reason
        if len(reason) > _MOST_REASON_CHARACTERS:
            reason = f"{reason[:_MOST_REASON_CHARACTERS]}…"
        messages.print(as_sent(f"Row {bad.row.number}: {reason}"))
    if count > len(first):
        messages.print(f"And {count - len(first):,} more rows.")


def _sending_progress() -> Progress:
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
