"""The file that is imported: what it is read as, and whether it is still the same."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from leads_cli.errors import WrongUsageError
from leads_cli.importing.errors import UnreadableFileError
from leads_cli.importing.file_kinds import (
    PARQUET,
    is_json,
    is_workbook,
    kind_of_no_table,
    kind_of_no_workbook,
    start_of,
)
from leads_cli.importing.imported_table import AS_FOUND, ReadOptions, Table
from leads_cli.importing.json_objects import open_json_array, open_json_lines
from leads_cli.importing.parquet import open_parquet
from leads_cli.importing.separated import TAB, open_separated
from leads_cli.importing.workbooks import open_workbook


class ImportFormat(StrEnum):
    """What can be imported."""

    CSV = "csv"
    TSV = "tsv"
    JSONL = "jsonl"
    JSON = "json"
    XLSX = "xlsx"
    PARQUET = "parquet"


_FORMATS = {
    ".csv": ImportFormat.CSV,
    ".tsv": ImportFormat.TSV,
    ".tab": ImportFormat.TSV,
    ".txt": ImportFormat.CSV,
    ".jsonl": ImportFormat.JSONL,
    ".ndjson": ImportFormat.JSONL,
    ".json": ImportFormat.JSON,
    ".xlsx": ImportFormat.XLSX,
    ".xlsm": ImportFormat.XLSX,
    # Some of these are XLSX all the same.
    ".xls": ImportFormat.XLSX,
    ".parquet": ImportFormat.PARQUET,
}

_OPEN: dict[ImportFormat, Callable[[Path, ReadOptions], Table]] = {
    ImportFormat.CSV: open_separated,
    ImportFormat.TSV: partial(open_separated, separator=TAB),
    ImportFormat.JSONL: open_json_lines,
    ImportFormat.JSON: open_json_array,
    ImportFormat.XLSX: open_workbook,
    ImportFormat.PARQUET: open_parquet,
}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file as it was when it was opened; ``sha256`` is of its content, in hexadecimal."""

    path: Path
    format: ImportFormat
    table: Table
    sha256: str
    _state: tuple[int, int, int]

    @classmethod
    def open(cls, path: Path, chosen: ImportFormat | None, options: ReadOptions = AS_FOUND) -> "SourceFile":
        """Open a file in the chosen format, or in the one of its content or its name.

        Raises UnreadableFileError, ColumnsError if a table has no headings, and WrongUsageError if an
        option does not apply to the format.
        """
        try:
            _require_file(path)
            file_format = _format_of(path, chosen)
            _require_in_format(options, file_format)
            state = _state(path)
            with path.open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            return cls(path, file_format, _OPEN[file_format](path, options), sha256, state)
        except OSError as exc:
            raise UnreadableFileError(f"{path} cannot be read: {exc.strerror or exc}.") from exc

    def has_changed(self) -> bool:
        """Whether somebody wrote to the file since it was opened."""
        try:
            return _state(self.path) != self._state
        except OSError:
            return True


def _require_file(path: Path) -> None:
    if not path.exists():
        raise UnreadableFileError(f"There is no file {path}.")
    if path.is_dir():
        raise UnreadableFileError(f"{path} is a folder: name a file in it.")
    if not path.is_file():
        raise UnreadableFileError(f"{path} is not a file: it is read several times, so save it as one first.")


def _format_of(path: Path, chosen: ImportFormat | None) -> ImportFormat:
    """The chosen format, or that of the file's content if that is not text, or that of its name."""
    start = start_of(path)
    content = (
        ImportFormat.XLSX if is_workbook(path, start) else ImportFormat.PARQUET if start.startswith(PARQUET) else None
    )
    file_format = chosen or content or _FORMATS.get(path.suffix.lower())
    if file_format is ImportFormat.XLSX and content is not ImportFormat.XLSX:
        raise UnreadableFileError(f"{path} is not an XLSX spreadsheet, {kind_of_no_workbook(path, start)}.")
    if file_format not in {ImportFormat.XLSX, ImportFormat.PARQUET}:
        if content:
            raise UnreadableFileError(f"{path} is {content}, not {file_format}: leave out --format.")
        if kind := kind_of_no_table(path, start):
            raise UnreadableFileError(f"{path} is not a table, but {kind}.")
    if chosen is None and file_format in {ImportFormat.CSV, ImportFormat.TSV} and is_json(start):
        raise UnreadableFileError(
            f"{path} is not a table, but JSON: use --format json, or jsonl if each line is an object."
        )
    if file_format is None:
        raise UnreadableFileError(
            f"The format of {path} is not clear: name it with --format ({', '.join(ImportFormat)})."
        )
    return file_format


def _require_in_format(options: ReadOptions, file_format: ImportFormat) -> None:
    """Refuse options that would have no effect."""
    if options.sheet is not None and file_format is not ImportFormat.XLSX:
        raise WrongUsageError(f"--sheet is for spreadsheets, and the file is read as {file_format}.")
    if options.encoding is not None and file_format in {ImportFormat.XLSX, ImportFormat.PARQUET}:
        raise WrongUsageError(f"--encoding is for text, and the file is read as {file_format}, which says its own.")
    if options.header_row is not None and file_format in {ImportFormat.JSON, ImportFormat.JSONL, ImportFormat.PARQUET}:
        raise WrongUsageError(f"--header-row is for tables, and the file is read as {file_format}.")


def _state(path: Path) -> tuple[int, int, int]:
    state = path.stat()
    return state.st_ino, state.st_size, state.st_mtime_ns
