"""What the user of an import decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from leads_cli.importing.checking import MOST_LEADS_PER_ARRAY
from leads_cli.importing.imported_table import ReadOptions
from leads_cli.importing.source_file import ImportFormat


class Unconfirmed(StrEnum):
    """What the user found out about leads in doubt, if the server can no longer tell whether they are stored."""

    STORED = "stored"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What is imported, and how.

    ``encoding``, ``sheet`` and ``header_row`` are as in ReadOptions. ``mapped`` has texts of the form ``Column=field``;
    ``keep_unmatched`` makes custom members of columns that are no field; ``date_format`` is how dates are written;
    ``empty`` are texts that mean an empty cell, ``text`` those that are values as they are; ``rejected`` is where
    bad rows are written, beside the file if not given, and so is ``journal``; ``batch_size`` is how many leads are sent
    at a time; ``restart`` forgets what was sent before.
    """

    file: Path
    file_format: ImportFormat | None = None
    encoding: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    mapped: Sequence[str] | None = None
    keep_unmatched: bool = False
    skip_bad_rows: bool = False
    rejected: Path | None = None
    batch_size: int = MOST_LEADS_PER_ARRAY
    restart: bool = False
    unconfirmed: Unconfirmed | None = None
    journal: Path | None = None
    date_format: str | None = None
    empty: Sequence[str] | None = None
    text: Sequence[str] | None = None

    @property
    def read_options(self) -> ReadOptions:
        """How the file is to be read."""
        return ReadOptions(self.encoding, self.sheet, self.header_row)

    @property
    def journal_path(self) -> Path:
        """Where it is recorded what was sent."""
        return self.journal or Path(f"{self.file}.journal")
