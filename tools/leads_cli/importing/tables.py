"""What every format is read as: a table of rows, with names of columns."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from leads_cli.importing.columns import CUSTOM
from leads_cli.importing.errors import UnreadableFileError

_MOST_COLUMNS = 1000


class Row(NamedTuple):
    """A row below the headings.

    ``number`` is where people find it in the file, from 1: its first line, its row in the sheet, or its place in the
    array. There may be fewer cells than columns, and more only if there is a ``problem``, which says why the row could
    not be read. ``raw`` is what stood there if it is no cells.
    """

    number: int
    cells: Sequence[Any]
    problem: str | None = None
    raw: Any = None


@dataclass(frozen=True, slots=True)
class Table:
    """A file as a table. ``read_rows`` reads it from its first row, and may be called again.

    ``description`` says what the file was taken for. Reading raises UnreadableFileError.
    """

    description: str
    columns: tuple[str, ...]
    read_rows: Callable[[], Iterator[Row]]


def column_names(headings: Sequence[Any], path: Path) -> tuple[str, ...]:
    """Names of the columns: one without a heading is ``column 7``, empty ones at the end are none."""
    # The name of a custom member may begin or end with a space.
    names = [name if name.startswith(CUSTOM) else name.strip() for name in map(str, headings)]
    while names and not names[-1]:
        names.pop()
    if len(names) > _MOST_COLUMNS:
        raise UnreadableFileError(f"{path} has {len(names):,} columns, the most possible is {_MOST_COLUMNS:,}.")
    return tuple(name or f"column {number}" for number, name in enumerate(names, start=1))


def table_row(number: int, cells: Sequence[Any], width: int) -> Row:
    """A row as wide as its table; one with more in it is one that was not understood."""
    if any(cell not in ("", None) for cell in cells[width:]):
        return Row(number, cells, f"The row has {len(cells)} cells, but there are {width} columns.")
    return Row(number, cells[:width] if len(cells) > width else cells)
