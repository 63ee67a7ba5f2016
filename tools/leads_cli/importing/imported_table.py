"""What every format is read as: a table of rows, with names of columns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Self

from leads_admin.lead_table import CUSTOM
from leads_cli.importing.encodings import Encoding
from leads_cli.importing.errors import UnreadableFileError

SAMPLE_ROWS = 20
"""How many rows say what the columns have in them."""
_MOST_COLUMNS = 1000
NumberedRow = tuple[int, Sequence[str]]
"""Where people find a row, and its cells as text."""


class EmptyText(str):
    """An empty cell; ``written`` is the placeholder that stands there in the file."""

    __slots__ = ("written",)

    written: str

    def __new__(cls, written: str) -> Self:
        """A cell with this placeholder."""
        cell = super().__new__(cls)
        cell.written = written
        return cell


class UnreadableText(str):
    """A cell whose value cannot be read; its text is what the file shows there, if ``is_shown``."""

    __slots__ = ("is_shown", "problem")

    is_shown: bool
    problem: str

    def __new__(cls, text: str, problem: str, *, is_shown: bool = True) -> Self:
        """A cell with this text, and a problem: the rest of a sentence that begins with the column."""
        cell = super().__new__(cls, text)
        cell.problem, cell.is_shown = problem, is_shown
        return cell


class Row(NamedTuple):
    """A row below the headings.

    ``number`` is where people find it in the file, from 1: its first line, its row in the sheet, or its place in the
    array. There may be fewer cells than columns, and more only if there is a ``problem``, which says why the row could
    not be read. ``raw`` is the content of a row that has no cells; ``before`` are cells that those of other columns
    have replaced, by their positions.
    """

    number: int
    cells: Sequence[Any]
    problem: str | None = None
    raw: Any = None
    before: Mapping[int, Any] | None = None


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a file is to be read; what is None is detected.

    ``encoding`` is a Python codec, ``sheet`` the name of one, ``header_row`` the number of the row with the headings: 0
    if there are none.
    """

    encoding: str | None = None
    sheet: str | None = None
    header_row: int | None = None


AS_FOUND = ReadOptions()
"""Everything is detected."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file as a table. ``read_rows`` reads it from its first row, and may be called again.

    ``description`` says what the file was taken for, ``notes`` what of it is not read. ``left_out`` says why of each
    row that is no lead, by its number: one of a footer, or about the columns. ``encoding`` is that of a text.
    ``sample`` has the cells of a few rows, ``separator`` stands between those of a text, if it is a usual one. Reading
    raises UnreadableFileError.
    """

    description: str
    columns: tuple[str, ...]
    read_rows: Callable[[], Iterator[Row]]
    encoding: Encoding | None = None
    sample: Sequence[Sequence[Any]] = ()
    notes: tuple[str, ...] = ()
    separator: str | None = None
    left_out: Mapping[int, str] = field(default_factory=dict)


def stripped_headings(headings: Sequence[Any]) -> list[str]:
    """Headings without spaces around them, and without empty ones at the end."""
    # The name of a custom member may begin or end with a space.
    stripped = [heading if heading.startswith(CUSTOM) else heading.strip() for heading in map(str, headings)]
    while stripped and not stripped[-1]:
        stripped.pop()
    return stripped


def column_names(headings: Sequence[Any], path: Path) -> tuple[str, ...]:
    """Names of the columns, each a different one: ``Email`` and ``Email (2)``.

    One without a heading is ``column 7``, empty ones at the end are none.
    """
    names = stripped_headings(headings)
    if len(names) > _MOST_COLUMNS:
        raise UnreadableFileError(f"{path} has {len(names):,} columns, the most possible is {_MOST_COLUMNS:,}.")
    unique: dict[str, None] = {}
    for number, name in enumerate(names, start=1):
        called = name or f"column {number}"
        time = 2
        while called in unique or (time > 2 and called in names):  # noqa: PLR2004 - once it is changed
            called = f"{name or f'column {number}'} ({time})"
            time += 1
        unique[called] = None
    return tuple(unique)


def table_row(row: Row, width: int) -> Row:
    """A row as wide as its table; one with more text than that has a problem."""
    if row.problem or len(row.cells) <= width:
        return row
    if any(cell not in ("", None) for cell in row.cells[width:]):
        return row._replace(problem=f"The row has {len(row.cells)} cells, but there are {width} columns.")
    return row._replace(cells=row.cells[:width])
