"""What happens in an import, in the order in which it does, and the counts of it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from leads_cli.importing.checking import BadRow, RowAndLead
from leads_cli.importing.columns import ColumnMapping
from leads_cli.importing.journal_content import ArrayEntry
from leads_cli.importing.source_file import SourceFile


@dataclass(frozen=True, slots=True)
class AlreadyImported:
    """According to the journal, an earlier run has imported all of the file. No other event follows."""

    file: Path
    journal: Path


@dataclass(frozen=True, slots=True)
class FileUnderstood:
    """How the file is understood, with the leads of its first rows. All rows are checked next."""

    source: SourceFile
    mapping: ColumnMapping
    sample: Sequence[RowAndLead]


@dataclass(frozen=True, slots=True)
class RowsChecked:
    """All rows are checked, and the bad ones are in the rejected file; ``first_bad`` are a few of them.

    ``doubts`` are sentences about cells that are imported, but may stand for nothing.
    """

    bad: int
    first_bad: Sequence[BadRow]
    doubts: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class DryRunFinished:
    """There was no bad row: so many leads can be imported."""

    leads: int


@dataclass(frozen=True, slots=True)
class JournalReliedOn:
    """Only the journal knows what was sent before: the server cannot recognise it.

    ``last`` is what was sent last, None if nothing was.
    """

    journal: Path
    last: ArrayEntry | None


@dataclass(frozen=True, slots=True)
class ReadyToSend:
    """``leads`` are to be stored in all; ``stored_before`` of them are already. To cancel, stop iterating."""

    leads: int
    stored_before: int
    url: str


@dataclass(frozen=True, slots=True)
class ArrayStored:
    """So many leads of an array are stored; ``is_replay`` if it turned out that they had been before."""

    leads: int
    is_replay: bool


@dataclass(frozen=True, slots=True)
class RowsRejected:
    """The server rejects these rows. The others of their array are stored, or will be when the import is continued."""

    bad_rows: Sequence[BadRow]


@dataclass(frozen=True, slots=True)
class Finished:
    """All leads that can be stored are; ``rejected`` says where the other rows are, if there are any."""

    rejected: Path | None


Event = (
    AlreadyImported
    | FileUnderstood
    | RowsChecked
    | DryRunFinished
    | JournalReliedOn
    | ReadyToSend
    | ArrayStored
    | RowsRejected
    | Finished
)


@dataclass(slots=True)
class Counts:
    """The outcomes of the rows of a file, of all runs together.

    ``to_import`` is how many leads there are, 0 as long as sending has not begun. ``replayed`` ones turned out to have
    been stored before. ``left_out`` are rows that are no leads, as those of a footer: they do not count as rows.
    ``are_known`` is false until all rows are checked.
    """

    rows: int = 0
    to_import: int = 0
    imported: int = 0
    imported_before: int = 0
    rejected: int = 0
    skipped_empty: int = 0
    replayed: int = 0
    left_out: int = 0
    are_known: bool = False
    started: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """How long this run takes so far."""
        return round(time.monotonic() - self.started, 3)

    def of_file(self) -> dict[str, int]:
        """What the journal keeps when all is done."""
        return {
            "rows": self.rows,
            "imported": self.imported,
            "rejected": self.rejected,
            "skippedEmpty": self.skipped_empty,
        }

    def take_over(self, of_file: Mapping[str, int]) -> None:
        """Count what an earlier run has done, which has finished."""
        self.rows, self.rejected, self.skipped_empty = of_file["rows"], of_file["rejected"], of_file["skippedEmpty"]
        self.imported = self.imported_before = of_file["imported"]
        self.are_known = True

    def summary(self) -> dict[str, int | float]:
        """All of them, as programs read it."""
        before = {"importedBefore": self.imported_before, "replayed": self.replayed}
        return {**self.of_file(), "leftOut": self.left_out, **before, "seconds": self.seconds}
