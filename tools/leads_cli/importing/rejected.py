"""The file of rows that were not imported: their columns as they were, the row's number, and the reason."""

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from leads_cli.atomic_write import atomic_write
from leads_cli.importing.checking import BadRow
from leads_cli.importing.errors import RejectedFileError


class RejectedFile(AbstractContextManager["RejectedFile"]):
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

    def __exit__(self, *_: object) -> None:
        """Drop what is not written."""
        self._text.close()

    def add(self, bad: BadRow) -> None:
        """Take down a row."""
        cells = [_cell(cell) for cell in bad.row.cells]
        padding = [""] * (self._width - len(cells))
        with self._errors_named():
            self._writer.writerow([*cells, *padding, bad.row.number, bad.reason])
        self.count += 1

    def write(self) -> None:
        """Write all rows that were added so far, if there are any."""
        if not self.count:
            return
        with self._errors_named():
            self._text.flush()
            self._collected.seek(0)
            with atomic_write(self.path) as file:
                shutil.copyfileobj(self._collected, file)

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
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
