"""``leads export``."""

import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, nullcontext
from enum import StrEnum
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, BinaryIO, NamedTuple

import typer

from leads_admin.stored_leads import Selection
from leads_admin.workspaces import Workspaces
from leads_cli.connection import WorkspaceId, workspaces_of
from leads_cli.errors import CommandError, WrongUsageError
from leads_cli.exporting import ExportError
from leads_cli.exporting.parquet import ParquetFile
from leads_cli.exporting.partial_file import PartialFile, partial_file
from leads_cli.exporting.spreadsheet import write_xlsx
from leads_cli.exporting.text import json_line, write_csv
from leads_cli.progress import count_leads, lead_progress
from leads_cli.terminal import TerminalOutput, counted, messages
from leads_core.leads import Lead

_LEADS_PER_PAGE = 500
# How many leads are processed at a time: ten megabytes of the largest.
_LEADS_PER_STEP = 25
_STANDARD_OUTPUT = Path("-")

_ToTable = Callable[[BinaryIO, Any], None]
"""Reads JSON lines from the one file and writes a table to the other."""


class ExportFormat(StrEnum):
    """How leads are written."""

    CSV = "csv"
    JSONL = "jsonl"
    XLSX = "xlsx"
    PARQUET = "parquet"


class _SelectedLeads(NamedTuple):
    """The leads to export; ``total`` is None when no progress is shown."""

    workspaces: Workspaces
    workspace: str
    total: int | None

    def steps(self, after: str | None = None) -> Iterator[list[Lead]]:
        leads = self.workspaces.leads(
            self.workspace, Selection(after=after), page_size=_LEADS_PER_PAGE, newest_first=False
        )
        return iter(lambda: list(islice(leads, _LEADS_PER_STEP)), [])


def export_leads(  # noqa: PLR0913 - one for each option
    context: typer.Context,
    workspace: WorkspaceId,
    *,
    file_format: Annotated[
        ExportFormat | None,
        typer.Option("--format", help="The file's format; by default that of FILE's name.", show_default=False),
    ] = None,
    path: Annotated[
        Path,
        typer.Option(
            "--output", allow_dash=True, metavar="FILE", help="Where to; - is standard output.", show_default=False
        ),
    ],
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it exists.")] = False,
    raw: Annotated[bool, typer.Option("--raw", help="CSV: leave formulas as they are.")] = False,
    for_excel: Annotated[
        bool, typer.Option("--excel", help="CSV: begin with a mark by which Excel recognises UTF-8.")
    ] = False,
) -> None:
    """Write all leads of a workspace to a file, the oldest first.

    FILE appears when it is complete. Until then it is FILE.partial. If an
    export is interrupted, run the same command again to resume it; only
    with parquet it starts over. Leads that are received meanwhile may be
    missing. Nobody else may read FILE.

    CSV has a column for each field, and for each custom member one such as
    custom.utm_source: labels are joined by "; ", contacts are JSON. Leads
    come from anywhere, and a cell that begins with = + - @ is a formula to a
    spreadsheet: it gets an apostrophe in front, unless you use --raw. XLSX
    has the same columns, in which such a text is text. The other formats
    have every text as it is stored. Parquet needs the package pyarrow.

    leads import reads all these formats, and removes the apostrophes.

    leads export 01M6DWCPDGP7DKK1RX7DV6Q8DA --output leads.csv

    leads export 01M6DWCPDGP7DKK1RX7DV6Q8DA --format jsonl --output -
    """
    to_stdout = path == _STANDARD_OUTPUT
    file_format = file_format or _format_by_name(path)
    if to_stdout and file_format in {ExportFormat.PARQUET, ExportFormat.XLSX}:
        raise WrongUsageError(f"{file_format} cannot be written to standard output: name a file with --output.")
    if for_excel and file_format is not ExportFormat.CSV:
        raise WrongUsageError("--excel is for csv: Excel reads xlsx as it is.")
    if path.is_dir():
        raise WrongUsageError(f"{path} is a directory: name a file with --output.")
    if not to_stdout and path.exists() and not force:
        raise CommandError(f"{path} exists: choose another --output, or replace it with --force.")
    to_table: _ToTable | None = None
    if file_format is ExportFormat.CSV:
        to_table = partial(write_csv, raw=raw, for_excel=for_excel)
    elif file_format is ExportFormat.XLSX:
        to_table = write_xlsx
    with _file_errors_named(path):
        workspaces = workspaces_of(context)
        workspaces.get(workspace)
        total = count_leads(workspaces, workspace) if messages.is_terminal else None
        source = _SelectedLeads(workspaces, workspace, total)
        if to_stdout:
            _to_standard_output(source, to_table)
            return
        exported = (
            _to_parquet(source, path) if file_format is ExportFormat.PARQUET else _to_file(source, to_table, path)
        )
    messages.print(f"Exported {counted(exported, 'lead')} to {path}.", markup=False)


def _format_by_name(path: Path) -> ExportFormat:
    try:
        return ExportFormat(path.suffix.lower().removeprefix("."))
    except ValueError as exc:
        formats = ", ".join(ExportFormat)
        raise WrongUsageError(f"The name {path} does not show the format: add --format ({formats}).") from exc


def _to_file(source: _SelectedLeads, to_table: _ToTable | None, path: Path) -> int:
    """Collect the leads as JSON lines, for a table too: its columns are known only in the end."""
    export = {"workspace": source.workspace, "format": "JSON lines for a table" if to_table else "jsonl"}
    with partial_file(path) as file:
        growing = PartialFile(path, file, export)
        if growing.leads:
            messages.print(f"Resuming after {counted(growing.leads, 'lead')}.")
        resumes = "Run the same command again to resume."
        with lead_progress("Exporting", source.total, done=growing.leads, when_interrupted=resumes) as progress:
            for leads in source.steps(after=growing.last_id):
                growing.write(_lines(leads), leads=len(leads), last_id=leads[-1]["id"])
                progress.advance(len(leads))
            if to_table:
                growing.finish_as(to_table)
            else:
                growing.finish()
        return growing.leads


def _to_parquet(source: _SelectedLeads, path: Path) -> int:
    with (
        partial_file(path) as file,
        lead_progress("Exporting", source.total, when_interrupted="The same command starts over.") as progress,
    ):
        growing = PartialFile(path, file, {})
        # Closed even after an error: otherwise it would close itself after the file is closed.
        with closing(ParquetFile(file)) as parquet:
            for leads in source.steps():
                parquet.write(leads)
                progress.advance(len(leads))
        growing.finish()
        return progress.leads


def _to_standard_output(source: _SelectedLeads, to_table: _ToTable | None) -> None:
    stdout: Any = TerminalOutput() if sys.stdout.isatty() else sys.stdout.buffer
    with (
        tempfile.TemporaryFile() if to_table else nullcontext(stdout) as lines,
        lead_progress("Exporting", source.total, when_interrupted="What was written is not complete.") as progress,
    ):
        for leads in source.steps():
            lines.write(_lines(leads))
            progress.advance(len(leads))
        if to_table:
            to_table(lines, stdout)
        stdout.flush()


def _lines(leads: Iterable[Lead]) -> bytes:
    return b"".join(map(json_line, leads))


@contextmanager
def _file_errors_named(path: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise  # the reader of standard output has closed it
    except OSError as exc:
        raise ExportError(f"{path} cannot be written: {exc.strerror or exc}.") from exc
