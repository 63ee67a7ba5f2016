"""The file of rows that were not imported: their columns as they were, the row's number, and the reason."""

import csv
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self

from leads_cli.importing.checking import BadRow
from leads_cli.importing.errors import RejectedFileError


class RejectedFile:
    """Collects bad rows, and writes them as a whole: whoever reads the file sees all of them, or those of before.

    Nothing is written while there are none. Raises RejectedFileError.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self.path = path
        self.count = 0
        # Without a name, so that nothing is left behind however the process ends.
        self._collected = tempfile.TemporaryFile()  # noqa: SIM115 - closed with this
        # JSON may hold half of a surrogate pair, which no encoding has.
        self._text = io.TextIOWrapper(self._collected, encoding="utf-8", errors="backslashreplace", newline="")
        self._writer = csv.writer(self._text)
        self._width = len(columns)
        self._writer.writerow([*columns, "row", "reason"])

    def __enter__(self) -> Self:
        """Use it in a ``with`` statement, which closes it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Drop what is not written."""
        self._text.close()

    def add(self, bad: BadRow) -> None:
        """Take down a row."""
        cells = [_cell(cell) for cell in bad.row.cells]
        padding = [""] * (self._width - len(cells))
        with self._one_line_errors():
            self._writer.writerow([*cells, *padding, bad.row.number, bad.reason])
        self.count += 1

    def write(self) -> None:
        """Write all rows that were added so far, if there are any."""
        if not self.count:
            return
        with self._one_line_errors():
            self._text.flush()
            if self.path.exists() and not self.path.is_file():  # such as a pipe, which nothing may take the place of
                with self.path.open("wb") as file:
                    self._copy_to(file)
                return
            unfinished = self.path.with_name(f".{self.path.name}.unfinished")
            try:
                with unfinished.open("wb") as file:
                    self._copy_to(file)
                    file.flush()
                    os.fsync(file.fileno())
                unfinished.replace(self.path)
            finally:
                unfinished.unlink(missing_ok=True)

    def _copy_to(self, file: BinaryIO) -> None:
        self._collected.seek(0)
        shutil.copyfileobj(self._collected, file)

    @contextmanager
    def _one_line_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            raise RejectedFileError(
                f"The rejected rows cannot be written to {self.path}: {exc.strerror}. "
                "Make room, or choose another file with --rejected."
            ) from exc


def _cell(value: Any) -> str:  # noqa: ANN401 - any cell
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
