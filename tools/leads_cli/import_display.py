"""What ``leads import`` shows: which rows are bad, and how far it is."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from leads_cli.errors import CommandError
from leads_cli.importing.checking import BadRow
from leads_cli.importing.errors import UncertainEncodingError
from leads_cli.importing.import_events import (
    AlreadyImported,
    ArrayStored,
    Counts,
    DryRunFinished,
    Event,
    FileUnderstood,
    Finished,
    JournalReliedOn,
    ReadyToSend,
    RowsChecked,
    RowsRejected,
)
from leads_cli.importing.source_file import SourceFile
from leads_cli.terminal import as_sent, counted, messages
from leads_cli.understanding_display import show_understanding, uncertain_encoding

_SHOWN_BAD_ROWS = 20
_MOST_REASON_CHARACTERS = 300


class ImportDisplay(ExitStack):
    """Shows the events of an import, which update its counts. The progress bar disappears when this is closed.

    A person is asked before anything is sent, unless ``is_sent_unasked``. Nobody but a person can confirm an encoding.
    """

    def __init__(self, counts: Counts, *, is_sent_unasked: bool, is_dry_run: bool = False) -> None:
        super().__init__()
        self._is_dry_run = is_dry_run
        self._source: SourceFile | None = None
        self._counts = counts
        self._is_sent_unasked = is_sent_unasked
        self._bar = _sending_progress()

    def show(self, event: Event) -> None:
        """Show what has happened; raises CommandError when the person does not want that anything is sent."""
        match event:
            case AlreadyImported():
                imported = counted(self._counts.imported, "lead")
                text = f"{event.file} is imported already: {imported}, according to {event.journal}."
                messages.print(as_sent(f"{text} --restart imports it again."))
            case FileUnderstood():
                self._show_file(event)
            case RowsChecked():
                self.close()
                _show_checked(event)
            case DryRunFinished(leads):
                self._confirm_encoding()
                left_out = f" {counted(self._counts.left_out, 'row')} left out." if self._counts.left_out else ""
                messages.print(f"{counted(leads, 'lead')} can be imported.{left_out} Nothing was sent.")
            case JournalReliedOn():
                _show_what_is_relied_on(event)
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
                self._show_result()

    def _ask(self, ready: ReadyToSend) -> None:
        leads = counted(ready.leads, "lead")
        if ready.stored_before:
            messages.print(f"{counted(ready.stored_before, 'lead')} imported already.")
            leads = f"the remaining {ready.leads - ready.stored_before:,} of {leads}"
        if self._is_sent_unasked or not (sys.stdin.isatty() and messages.is_terminal):
            return
        if not typer.confirm(f"Send {leads} to {ready.url}?", err=True):
            raise CommandError("Nothing was sent.")

    def _show_file(self, understood: FileUnderstood) -> None:
        show_understanding(understood)
        self._source = understood.source
        if not self._is_dry_run:
            self._confirm_encoding()
        self.enter_context(messages.status("Checking the rows"))

    def _confirm_encoding(self) -> None:
        source = self._source
        encoding = source.table.encoding if source else None
        if source is None or encoding is None or encoding.is_certain:
            return
        if self._is_sent_unasked or self._is_dry_run or not (sys.stdin.isatty() and messages.is_terminal):
            raise UncertainEncodingError(uncertain_encoding(source.path, encoding))
        if not typer.confirm(f"Is the text right with --encoding {encoding.codec}?", err=True):
            raise UncertainEncodingError("Nothing was sent: run the command again with the --encoding that is right.")

    def _show_result(self) -> None:
        counts = self._counts
        parts = [f"{counted(counts.imported, 'lead')} imported in {counts.seconds:.0f} s"]
        if counts.replayed:
            parts.append(f"{counts.replayed:,} of them had been stored before")
        if counts.skipped_empty:
            parts.append(f"{counted(counts.skipped_empty, 'empty row')} skipped")
        if counts.left_out:
            parts.append(f"{counted(counts.left_out, 'row')} left out, because they are not leads")
        messages.print(as_sent("; ".join(parts) + "."))


def _show_checked(checked: RowsChecked) -> None:
    _show_bad_rows(checked.first_bad, checked.bad)
    for doubt in checked.doubts:
        messages.print(as_sent(doubt))


def _show_bad_rows(first: Sequence[BadRow], count: int) -> None:
    """Show the first bad rows, a line for each, and how many more there are."""
    for bad in first:
        reason = bad.reason
        if len(reason) > _MOST_REASON_CHARACTERS:
            reason = f"{reason[:_MOST_REASON_CHARACTERS]}…"
        messages.print(as_sent(f"Row {bad.row.number}: {reason}"))
    if count > len(first):
        messages.print(f"And {count - len(first):,} more rows.")


def _show_what_is_relied_on(relied_on: JournalReliedOn) -> None:
    last = "no row"
    if relied_on.last:
        sent_at = datetime.fromtimestamp(relied_on.last.sent_at, UTC)
        last = f"rows up to {relied_on.last.rows[1]:,}, the last at {sent_at:%Y-%m-%d %H:%M} UTC"
    text = f"What was sent before is known from {relied_on.journal} alone: {last}."
    messages.print(as_sent(f"{text} If it is an older copy of the journal, stop: leads would be stored twice."))


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
