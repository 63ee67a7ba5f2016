"""The file of rows that were not imported: the row's number, the reason, and what was in it.

It can be corrected and imported: of a table it is a table with the same columns, and of JSON it is JSON.
"""

import csv
import io
import json
import math
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

from leads_admin.formulas import without_formula
from leads_cli.atomic_write import atomic_write
from leads_cli.importing.checking import BadRow
from leads_cli.importing.errors import RejectedFileError
from leads_cli.importing.imported_table import EmptyText
from leads_cli.importing.json_objects import DecimalText
from leads_cli.importing.rejected_columns import REJECTED_COLUMNS


class RejectedFormat(StrEnum):
    """How bad rows are written, and how the file's name ends."""

    CSV = "csv"
    TSV = "tsv"
    JSONL = "jsonl"
    JSON = "json"


class RejectedFile(AbstractContextManager["RejectedFile"]):
    """Collects bad rows, and writes them at once: a reader of the file sees all of them, or the previous ones.

    A table has the given separator. Nothing is written while there are no rows. Raises RejectedFileError.
    """

    def __init__(
        self, path: Path, columns: Sequence[str], file_format: RejectedFormat, separator: str | None = None
    ) -> None:
        self.path = path
        self.count = 0
        # The added columns of an earlier file of rejected rows are written anew.
        self._columns = [column for column in columns if column not in REJECTED_COLUMNS]
        self._added_before = frozenset(at for at, column in enumerate(columns) if column in REJECTED_COLUMNS)
        self._format = file_format
        self._is_table = file_format in {RejectedFormat.CSV, RejectedFormat.TSV}
        # Without a name, so that nothing is left behind however the process ends.
        self._collected = tempfile.TemporaryFile()  # noqa: SIM115 - closed with this
        # By the mark, spreadsheet programs and the next import recognise UTF-8. JSON has none, but may hold half of a
        # surrogate pair, which no encoding has.
        encoding = "utf-8-sig" if self._is_table else "utf-8"
        self._text = io.TextIOWrapper(self._collected, encoding=encoding, errors="backslashreplace", newline="")
        self._writer = csv.writer(self._text, delimiter=separator or ",")
        if self._is_table:
            self._write_row([*REJECTED_COLUMNS, *self._columns])

    def __exit__(self, *_: object) -> None:
        """Drop the rows that are not written."""
        self._text.close()

    def add(self, bad: BadRow) -> None:
        """Add a row."""
        with self._errors_named():
            if self._is_table:
                cells = list(map(_cell, self._own_cells(bad)))
                padding = [""] * (len(self._columns) - len(cells))
                self._write_row([str(bad.row.number), bad.reason, *cells, *padding])
            else:
                separator = ",\n" if self.count and self._format is RejectedFormat.JSON else ""
                ending = "" if self._format is RejectedFormat.JSON else "\n"
                self._text.write(separator + json.dumps(self._object(bad), ensure_ascii=False) + ending)
        self.count += 1

    def write(self) -> None:
        """Write all rows that were added so far, if there are any."""
        if not self.count:
            return
        with self._errors_named():
            self._text.flush()
            self._collected.seek(0)
            is_array = self._format is RejectedFormat.JSON
            with atomic_write(self.path) as file:
                file.write(b"[\n" if is_array else b"")
                shutil.copyfileobj(self._collected, file)
                file.write(b"\n]\n" if is_array else b"")

    def _own_cells(self, bad: BadRow) -> list[Any]:
        before = bad.row.before or {}
        return [before.get(at, cell) for at, cell in enumerate(bad.row.cells) if at not in self._added_before]

    def _write_row(self, cells: Sequence[str]) -> None:
        self._writer.writerow(map(without_formula, cells))

    def _object(self, bad: BadRow) -> Any:  # noqa: ANN401 - any JSON
        """The object of a row. What was not an object becomes an array, so that an import does not take it for one."""
        if bad.row.raw is not None:
            return [bad.row.number, bad.reason, _json(bad.row.raw)]
        members = zip(self._columns, self._own_cells(bad), strict=False)
        added = dict(zip(REJECTED_COLUMNS, (bad.row.number, bad.reason), strict=True))
        return added | {name: _json(value) for name, value in members if value is not None}

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            raise RejectedFileError(
                f"The rejected rows cannot be written to {self.path}: {exc.strerror}. "
                "Make room, or choose another file with --rejected."
            ) from exc


def _cell(value: Any) -> str:  # noqa: ANN401 - any cell
    match value:
        case None:
            return ""
        case EmptyText():
            return value.written
        case str():
            return value
        case _:
            return json.dumps(value, ensure_ascii=False)


def _json(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """A value as it stood in the file: a number that was read as text is one again."""
    match value:
        case EmptyText():
            return value.written
        case DecimalText():
            return float(value) if math.isfinite(float(value)) else str(value)
        case dict():
            return {name: _json(member) for name, member in value.items()}
        case list():
            return [_json(element) for element in value]
        case _:
            return value
