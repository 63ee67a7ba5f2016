"""``leads export``."""

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from leads_admin.stored_leads import Selection
from leads_admin.workspaces import Workspaces
from leads_cli.connection import WorkspaceId, workspaces_of
from leads_cli.console import messages
from leads_cli.errors import CommandError, WrongUsageError
from leads_cli.exporting import ExportError
from leads_cli.exporting.parquet import ParquetFile
from leads_cli.exporting.partial_file import PartialFile, partial_file
from leads_cli.exporting.text import csv_header, csv_line, json_line, raw_csv_line
from leads_cli.progress import count_leads, lead_progress
from leads_core.leads import Lead

_LEADS_PER_PAGE = 500
# As many are handed on at a time: of the largest, ten megabytes.
_LEADS_PER_STEP = 25
_STANDARD_OUTPUT = Path("-")


class Format(StrEnum):
    """How leads are written."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


class _Source(NamedTuple):
    """The leads to export; ``total`` is None when nobody watches how far it is."""

    workspaces: Workspaces
    workspace: str
    total: int | None

    def steps(self, after: str | None = None) -> Iterator[list[Lead]]:
        leads = self.workspaces.leads(
            self.workspace, Selection(after=after), page_size=_LEADS_PER_PAGE, newest_first=False
        )
        return iter(lambda: list(islice(leads, _LEADS_PER_STEP)), [])


class _TextFormat(NamedTuple):
    """A format of lines."""

    name: str
    header: bytes
    line: Callable[[Lead], bytes]

    def lines(self, leads: Iterable[Lead]) -> bytes:
        return b"".join(map(self.line, leads))


def export_leads(
    context: typer.Context,
    workspace: WorkspaceId,
    *,
    file_format: Annotated[Format, typer.Option("--format", help="How to write them.", show_default=False)],
    path: Annotated[
        Path,
        typer.Option(
            "--output", allow_dash=True, metavar="FILE", help="Where to; - is standard output.", show_default=False
        ),
    ],
    force: Annotated[bool, typer.Option("--force", help="Replace FILE if it exists.")] = False,
    raw: Annotated[bool, typer.Option("--raw", help="CSV: leave formulas as they are.")] = False,
) -> None:
    """Write all leads of a workspace to a file, the oldest first.

    FILE appears when it is complete. Until then it is FILE.partial, and
    with csv and jsonl an export that was interrupted, however it was, goes
    on with the same command. With parquet it begins anew. Leads that are
    received meanwhile may be missing.

    CSV has a column for each field: labels are joined by "; ", contacts are
    JSON. Leads come from anywhere, and a cell that begins with = + - @ is a
    formula to a spreadsheet: it gets an apostrophe in front, unless you say
    --raw. The other formats have every text as it is stored. Parquet needs
    the package pyarrow.

    leads export 01M6DWCPDGP7DKK1RX7DV6Q8DA --format csv --output leads.csv

    leads export 01M6DWCPDGP7DKK1RX7DV6Q8DA --format jsonl --output -
    """
    to_stdout = path == _STANDARD_OUTPUT
    if to_stdout and file_format is Format.PARQUET:
        raise WrongUsageError("Parquet cannot be written to standard output: name a file with --output.")
    if path.is_dir():
        raise WrongUsageError(f"{path} is a directory: name a file with --output.")
    if not to_stdout and path.exists() and not force:
        raise CommandError(f"{path} exists: choose another --output, or replace it with --force.")
    text_format = _TextFormat("jsonl", b"", json_line)
    if file_format is Format.CSV:
        text_format = _TextFormat("raw csv" if raw else "csv", csv_header(), raw_csv_line if raw else csv_line)
    with _file_errors_named(path):
        workspaces = workspaces_of(context)
        workspaces.get(workspace)
        total = count_leads(workspaces, workspace) if messages.is_terminal else None
        source = _Source(workspaces, workspace, total)
        if to_stdout:
            _to_standard_output(source, text_format)
            return
        exported = _to_parquet(source, path) if file_format is Format.PARQUET else _to_file(source, text_format, path)
    messages.print(f"Exported {exported:,} leads to {path}.", markup=False)


def _to_file(source: _Source, text_format: _TextFormat, path: Path) -> int:
    export = {"workspace": source.workspace, "format": text_format.name}
    with partial_file(path) as file:
        partial = PartialFile(path, file, export)
        if partial.leads:
            messages.print(f"Going on after {partial.leads:,} leads.")
        else:
            partial.write(text_format.header)
        goes_on = "The same command goes on from there."
        with lead_progress("Exporting", source.total, done=partial.leads, when_interrupted=goes_on) as progress:
            for leads in source.steps(after=partial.last_id):
                partial.write(text_format.lines(leads), leads=len(leads), last_id=leads[-1]["id"])
                progress.advance(len(leads))
        partial.finish()
        return partial.leads


def _to_parquet(source: _Source, path: Path) -> int:
    with (
        partial_file(path) as file,
        lead_progress("Exporting", source.total, when_interrupted="The same command begins anew.") as progress,
    ):
        partial = PartialFile(path, file, {})
        # It is closed even when something went wrong: it would do that by itself, when the file is closed already.
        with closing(ParquetFile(file)) as parquet:
            for leads in source.steps():
                parquet.write(leads)
                progress.advance(len(leads))
        partial.finish()
        return progress.leads


def _to_standard_output(source: _Source, text_format: _TextFormat) -> None:
    with lead_progress("Exporting", source.total, when_interrupted="What was written is not complete.") as progress:
        sys.stdout.buffer.write(text_format.header)
        for leads in source.steps():
            sys.stdout.buffer.write(text_format.lines(leads))
            progress.advance(len(leads))
        sys.stdout.buffer.flush()


@contextmanager
def _file_errors_named(path: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise  # whoever read standard output has had enough
    except OSError as exc:
        raise ExportError(f"{path} cannot be written: {exc.strerror or exc}.") from exc
