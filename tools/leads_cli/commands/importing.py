"""``leads import``: a file of leads into a workspace, through the API."""

import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from leads_cli.api_access import ApiUrl, api_access, one_line_client_errors, tell_wait
from leads_cli.console import TRY_AGAIN_LATER, WRONG_USAGE, as_sent, fail, messages
from leads_cli.import_display import sending_progress, show_bad_rows, show_understanding
from leads_cli.importing.checking import MOST_LEADS_PER_ARRAY, BadRow, Checked, RowChecker
from leads_cli.importing.columns import ColumnMapping, map_columns, parse_map_options
from leads_cli.importing.errors import BadRowsError, ImportingError, MapOptionError
from leads_cli.importing.journal import Journal
from leads_cli.importing.journal_content import Identity
from leads_cli.importing.rejected import RejectedFile
from leads_cli.importing.rows import lead_builder
from leads_cli.importing.sending import ArrayStored, ImportSender, RowsRejected, Unconfirmed
from leads_cli.importing.source import Format, Source
from leads_cli.importing.tables import Row
from leads_client import InvalidKeyError, LeadsClient, RateLimitedError, RefusedError, ServiceError

_REFUSED, _BAD_ROWS, _INTERRUPTED = 1, 3, 130
_SAMPLE_ROWS = 3
_SHOWN_BAD_ROWS = 20
# Whoever begins wants to know at once that nothing answers; an import in flight waits for what comes back.
_PING_GIVES_UP_AFTER_SECONDS = 10
_SENDING_GIVES_UP_AFTER_SECONDS = 600


@dataclass(frozen=True, slots=True)
class _Options:
    """What the user decides, but for where the leads come from and go to."""

    yes: bool
    dry_run: bool
    skip_bad_rows: bool
    batch_size: int
    restart: bool
    unconfirmed: Unconfirmed | None


@dataclass(slots=True)
class _Progress:
    """What has become of the rows of a file, by all runs together.

    ``to_import`` is how many leads there are, 0 as long as sending has not begun. ``replayed`` ones turned out to have
    been stored before.
    """

    how_to_continue: str
    rows: int = 0
    to_import: int = 0
    imported: int = 0
    imported_before: int = 0
    rejected: int = 0
    skipped_empty: int = 0
    replayed: int = 0
    has_counts: bool = False
    started: float = field(default_factory=time.monotonic)

    def so_far(self) -> str:
        """How far it is, and how to go on."""
        if not self.to_import:
            return "Nothing was sent."
        return f"{self.imported:,} of {self.to_import:,} leads are imported. {self.how_to_continue}"

    def summary(self) -> dict[str, int | float]:
        """As programs read it."""
        return {
            "rows": self.rows,
            "imported": self.imported,
            "importedBefore": self.imported_before,
            "rejected": self.rejected,
            "skippedEmpty": self.skipped_empty,
            "replayed": self.replayed,
            "seconds": round(time.monotonic() - self.started, 3),
        }


def import_leads(  # noqa: PLR0913 - an option is a parameter
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV, TSV, JSONL, JSON or XLSX.", show_default=False)],
    *,
    url: ApiUrl = None,
    file_format: Annotated[
        Format | None, typer.Option("--format", help="What the file is; its name tells if not given.")
    ] = None,
    mapped: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="COLUMN=FIELD",
            help='Which field a column is, as "Org.=company"; nothing behind = leaves it out. May be repeated.',
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before sending.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check the rows; needs neither API nor key.")] = False,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Send the good rows even if there are bad ones.")
    ] = False,
    rejected: Annotated[
        Path | None, typer.Option(help="Where bad rows are written, instead of FILE.rejected.csv.", show_default=False)
    ] = None,
    batch_size: Annotated[
        int, typer.Option(min=1, max=MOST_LEADS_PER_ARRAY, help="How many leads to send at a time.")
    ] = MOST_LEADS_PER_ARRAY,
    restart: Annotated[
        bool, typer.Option("--restart", help="Forget what was sent before: send all rows, even if stored already.")
    ] = False,
    unconfirmed: Annotated[
        Unconfirmed | None,
        typer.Option(help="What became of leads that were sent more than 23 hours ago without an answer."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the counts as one JSON object.")] = False,
) -> None:
    """Import a file of leads: each row once, however often it is interrupted and run again.

    The first row has the names of the columns. All rows are checked before the first is sent. What was sent is noted in
    FILE.journal. The API key is read from LEADS_API_KEY, or asked for.

    leads import leads.csv --url https://leads.example.com

    leads import fair.xlsx --dry-run --map "Firma=company" --map "Mobile="

    leads --local import leads.jsonl --yes --skip-bad-rows --json

    Exit codes: 0 all rows are imported, 1 refused, 2 wrong usage, 3 some rows were rejected, 4 unavailable: try again
    later, 130 interrupted.
    """
    options = _Options(yes, dry_run, skip_bad_rows, batch_size, restart, unconfirmed)
    rejected_path = rejected or Path(f"{file}.rejected.csv")
    if rejected_path.resolve() == file.resolve():
        fail("--rejected names the file itself: choose another one.", WRONG_USAGE)
    progress = _Progress(
        f"Run the {'command again without --restart' if restart else 'same command again'} to continue."
    )
    with _ends_in_one_line(progress, as_json=as_json):
        source = Source.open(file, file_format)
        mapping = map_columns(source.table.columns, parse_map_options(mapped or []))
        with RejectedFile(rejected_path, mapping.columns) as rejected_file:
            run = _Import(source, mapping, options, rejected_file, progress)
            if dry_run:
                run.check({})
            else:
                run.run(*api_access(context, url))


class _Import:
    """One run of the command on a file that was understood."""

    def __init__(
        self, source: Source, mapping: ColumnMapping, options: _Options, rejected: RejectedFile, progress: _Progress
    ) -> None:
        self._source = source
        self._mapping = mapping
        self._options = options
        self._rejected = rejected
        self._progress = progress
        self._build = lead_builder(mapping)
        self._checker = RowChecker(mapping, self._build)

    def run(self, url: str, key: str) -> None:
        """Import what is not imported yet."""
        path = Path(f"{self._source.path}.journal")
        identity = self._identity(url, key)
        with Journal.open(path, identity, restart=self._options.restart, clock=time.time) as journal:
            if journal.summary is not None:
                self._tell_that_it_is_done(journal.summary, path)
                return
            with (
                one_line_client_errors(),
                suppress(RateLimitedError),
                LeadsClient(url, key, give_up_after_seconds=_PING_GIVES_UP_AFTER_SECONDS) as client,
            ):
                client.ping()
            checked = self.check(journal.rejected)
            to_import = checked.good - len(journal.rejected)
            if to_import:
                self._progress.imported = self._progress.imported_before = journal.stored_leads
                self._confirm(to_import, url)
                self._progress.to_import = to_import
                with LeadsClient(
                    url, key, give_up_after_seconds=_SENDING_GIVES_UP_AFTER_SECONDS, on_wait=tell_wait
                ) as client:
                    sender = ImportSender(
                        client,
                        journal,
                        self._source,
                        self._checker,
                        clock=time.time,
                        unconfirmed=self._options.unconfirmed,
                    )
                    self._send(sender, checked)
                journal.write_finished(self._counts())
        self._tell_result()

    def check(self, rejected_before: Mapping[int, str]) -> Checked:
        """Show how the file is understood, and check all its rows; ``rejected_before`` has reasons of the server."""
        rows = self._source.table.read_rows
        sample = [row for row in islice(rows(), _SAMPLE_ROWS) if not row.problem]
        show_understanding(self._source, self._mapping, sample, self._build)
        first_bad: list[BadRow] = []

        def take_down(bad: BadRow) -> None:
            self._rejected.add(bad)
            if len(first_bad) < _SHOWN_BAD_ROWS:
                first_bad.append(bad)

        def tell_rejected_before() -> Iterator[Row]:
            for row in rows():
                if row.number in rejected_before:
                    take_down(BadRow(row, rejected_before[row.number]))
                yield row

        with messages.status("Checking the rows"):
            checked = self._checker.check(tell_rejected_before(), take_down)
        self._rejected.write()
        self._progress.rows = checked.rows
        self._progress.rejected = self._rejected.count
        self._progress.skipped_empty = checked.empty
        self._progress.has_counts = True
        show_bad_rows(first_bad, self._rejected.count)
        if checked.bad and not (self._options.skip_bad_rows and not self._options.dry_run):
            raise BadRowsError(
                f"{len(checked.bad):,} of {checked.rows:,} rows cannot be imported as they are: all of them are in "
                f"{self._rejected.path}. Correct them, or import the others with --skip-bad-rows."
            )
        if self._options.dry_run:
            messages.print(f"All {checked.good:,} leads can be imported. Nothing was sent.")
        return checked

    def _identity(self, url: str, key: str) -> Identity:
        fields = zip(self._mapping.columns, self._mapping.fields, strict=True)
        return {
            "content of the file": self._source.sha256,
            "format": self._source.format,
            "mapping of columns": json.dumps(list(fields)),
            "batch size": str(self._options.batch_size),
            "address of the API": url.rstrip("/"),
            "API key": sha256(key.encode()).hexdigest(),
        }

    def _confirm(self, to_import: int, url: str) -> None:
        before = self._progress.imported_before
        leads = f"the remaining {to_import - before:,} of {to_import:,} leads" if before else f"{to_import:,} leads"
        if before:
            messages.print(f"{before:,} leads are imported already.")
        is_asked = sys.stdin.isatty() and messages.is_terminal and not self._options.yes
        if is_asked and not typer.confirm(f"Send {leads} to {url}?", err=True):
            fail("Nothing was sent.")

    def _send(self, sender: ImportSender, checked: Checked) -> None:
        leads = self._checker.good_leads(self._source.table.read_rows(), checked)
        progress = self._progress
        with sending_progress() as bar:
            task = bar.add_task("", total=progress.to_import, completed=progress.imported)
            for outcome in sender.send(leads, self._options.batch_size):
                match outcome:
                    case ArrayStored(lead_count, is_replay):
                        progress.imported += lead_count
                        progress.replayed += lead_count if is_replay else 0
                    case RowsRejected(bad_rows):
                        self._take_down(bad_rows)
                        progress.to_import -= len(bad_rows)
                bar.update(task, completed=progress.imported, total=progress.to_import)

    def _take_down(self, bad_rows: Sequence[BadRow]) -> None:
        """Report rows that were good by our rules, but not by the server's."""
        for bad in bad_rows:
            self._rejected.add(bad)
        self._rejected.write()
        self._progress.rejected = self._rejected.count
        show_bad_rows(bad_rows[:_SHOWN_BAD_ROWS], len(bad_rows))
        if not self._options.skip_bad_rows:
            raise BadRowsError(
                f"The server refused {len(bad_rows):,} rows: they are in {self._rejected.path}. Import the others with "
                f"--skip-bad-rows. {self._progress.so_far()}"
            )

    def _counts(self) -> dict[str, int]:
        progress = self._progress
        return {
            "rows": progress.rows,
            "imported": progress.imported,
            "rejected": progress.rejected,
            "skippedEmpty": progress.skipped_empty,
        }

    def _tell_that_it_is_done(self, counts: Mapping[str, int], path: Path) -> None:
        progress = self._progress
        progress.rows, progress.rejected = counts["rows"], counts["rejected"]
        progress.imported = progress.imported_before = counts["imported"]
        progress.skipped_empty = counts["skippedEmpty"]
        progress.has_counts = True
        text = f"{self._source.path} is imported already: {progress.imported:,} leads, says {path}."
        messages.print(as_sent(f"{text} --restart imports it once more."))

    def _tell_result(self) -> None:
        progress = self._progress
        parts = [f"{progress.imported:,} leads imported in {time.monotonic() - progress.started:.0f} s"]
        if progress.replayed:
            parts.append(f"{progress.replayed:,} of them had been stored before")
        if progress.skipped_empty:
            parts.append(f"{progress.skipped_empty:,} empty rows skipped")
        if progress.rejected:
            parts.append(f"rejected rows: {progress.rejected:,}, in {self._rejected.path}")
        messages.print(as_sent("; ".join(parts) + "."))
        if progress.rejected:
            raise typer.Exit(_BAD_ROWS)


@contextmanager
def _ends_in_one_line(progress: _Progress, *, as_json: bool) -> Iterator[None]:
    """End the command with one line when it cannot go on; with the counts on standard output, as far as there are."""
    try:
        yield
    except BadRowsError as exc:
        _fail(str(exc), _BAD_ROWS)
    except MapOptionError as exc:
        _fail(str(exc), WRONG_USAGE)
    except (ImportingError, RefusedError, InvalidKeyError) as exc:
        _fail(f"{exc} {progress.so_far()}" if progress.to_import else str(exc), _REFUSED)
    except ServiceError as exc:
        _fail(f"{exc} {progress.so_far()}", TRY_AGAIN_LATER)
    except (KeyboardInterrupt, typer.Abort):
        _fail(f"Interrupted. {progress.so_far()}", _INTERRUPTED)
    finally:
        if as_json and progress.has_counts:
            typer.echo(json.dumps(progress.summary()))


def _fail(message: str, exit_code: int) -> NoReturn:
    fail(as_sent(message).plain, exit_code)
