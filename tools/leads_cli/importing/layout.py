"""Where in a sheet or a text the table is: programs write titles and notes above it, and totals and notices below."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import NamedTuple

from leads_cli.importing.about_columns import rows_about_columns
from leads_cli.importing.errors import ColumnsError
from leads_cli.importing.footers import END_OF_FILE, Ending, find_ending, is_address
from leads_cli.importing.headings import meaning_of
from leads_cli.importing.imported_table import SAMPLE_ROWS, NumberedRow, Row
from leads_cli.importing.other_headings import OtherHeadings
from leads_cli.importing.rejected_columns import REJECTED_COLUMNS

_MOST_ROWS_ABOVE = 100
# What some programs draw between the headings and the rows.
_LINE = re.compile(r"[-=_+:| ]{3,}|")
# A heading that is the only one known could as well be a cell, further down.
_MOST_ROWS_ABOVE_A_SINGLE_HEADING = 5


class Layout(NamedTuple):
    """A table in its surroundings.

    ``heading`` is the number of the row with the headings, 0 if there is none. ``fields`` is how many fields the
    headings name. ``notes`` say what is not read; ``left_out`` says why of each row that is no lead, by its number.
    ``ending`` is of the last rows, ``others`` knows of other tables below the headings.
    """

    heading: int
    headings: tuple[str, ...]
    fields: int
    sample: tuple[Sequence[str], ...]
    notes: tuple[str, ...]
    left_out: Mapping[int, str]
    ending: Ending
    others: OtherHeadings

    @property
    def place(self) -> str:
        """Where the headings are, in words."""
        return f"headings in row {self.heading}" if self.heading else "without headings"

    def rows(self, rows: Iterable[NumberedRow]) -> Iterator[Row]:
        """The rows of the table below its headings, without those that repeat these and those of a footer.

        Those of another table are problems, and so are those of which it is not known whether they are leads.
        """
        for number, cells in rows:
            if number <= self.heading or number in self.left_out or self._is_none(number, cells):
                continue
            if (other := self.others.above(number)) and _filled(cells, most=1):
                yield Row(number, cells, _of_another_table(number, other))
            else:
                yield Row(number, cells, self.ending.problem_of(number, cells))

    def _is_none(self, number: int, cells: Sequence[str]) -> bool:
        """Whether a row is the headings again, a line below them, or the character with which DOS ended files."""
        return bool(cells) and (
            self.others.repeated_in(cells)
            or (number == self.heading + 1 and any(cells) and all(map(_LINE.fullmatch, cells)))
            or (cells[0] == END_OF_FILE and not any(cells[1:]))
        )


def _of_another_table(number: int, heading: int) -> str:
    remedy = f"with --header-row {heading}, or split the file"
    if number == heading:
        return f"The row has the headings of another table: import that {remedy}."
    return f"The row is of another table, with the headings in row {heading}: import that {remedy}."


def find_layout(rows: Iterable[NumberedRow], header_row: int | None = None) -> Layout | None:
    """Find the row of headings, by the names that are known, and the end; None if all rows are empty.

    ``header_row`` is the number of the row with the headings, 0 for none; it is ignored for a file of rejected rows.
    Raises ColumnsError if that row is empty.
    """
    rows = iter(rows)
    start = list(islice(rows, max(_MOST_ROWS_ABOVE, header_row or 0)))
    if not any(_filled(cells, most=1) for _, cells in start):
        return None
    if tuple(start[0][1][: len(REJECTED_COLUMNS)]) == REJECTED_COLUMNS:
        at = 0  # also if the file that the rows are of has its headings elsewhere, or none
    else:
        at = heading_at([cells for _, cells in start]) if header_row is None else _chosen_at(start, header_row)
    heading, headings = start[at] if at >= 0 else (0, _numbered_columns(start))
    above = [number for number, cells in start[: max(at, 0)] if _filled(cells, most=1)]
    below = start[at + 1 :]
    about_columns = rows_about_columns(below, headings) if heading else {}
    below = [row for row in below if row[0] not in about_columns]
    sample = tuple(cells for _, cells in below[:SAMPLE_ROWS])
    others = OtherHeadings(headings if heading else ())
    ending = find_ending(others.watch(chain(below, rows)), headings)
    notes = []
    if above:
        notes.append(f"{_rows_are(above)} above the headings, and not imported.")
    if about_columns:
        notes.append(f"{_rows_are(list(about_columns))} about the columns, and not imported.")
    notes += filter(None, (ending.note, others.note))
    left_out = about_columns | ending.footer
    fields = len(fields_named(headings))
    return Layout(heading, tuple(headings), fields, sample, tuple(notes), left_out, ending, others)


def heading_at(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows has the headings: the one that names the most fields, or else the first with text."""
    best = next(at for at, cells in enumerate(rows) if _filled(cells, most=1))
    most, filled = len(fields_named(rows[best])), _filled(rows[best])
    first = best
    for at in range(first + 1, len(rows)):
        fields = len(fields_named(rows[at])) if any(rows[at]) else 0
        if fields <= most or (fields == 1 and not _may_be_alone(rows[first : at + 1])):
            continue
        width = _filled(rows[at])
        if most > 1 and any(_filled(cells, most=2) > 1 for cells in rows[best + 1 : at]) and _are_headings(rows[best]):
            break
        # An earlier row that is as wide is more likely the headings, and this one a row with such words in it.
        if 1 < width <= filled and (fields < most + 2 or fields * 3 < width):
            continue
        best, most, filled = at, fields, width
    if not most and any(map(is_address, rows[best])):
        raise ColumnsError(
            "There are no headings: the first row has an e-mail address. Add names of columns above it, or use "
            '--header-row 0 and name the fields of the columns, such as --map "column 1=company".'
        )
    return best


def _are_headings(cells: Sequence[str]) -> bool:
    """Whether most of a row is known, so that the rows below belong to its table."""
    return sum(1 for cell in cells if cell and meaning_of(cell)) * 4 >= _filled(cells) * 3


def _may_be_alone(rows: Sequence[Sequence[str]]) -> bool:
    return len(rows) <= _MOST_ROWS_ABOVE_A_SINGLE_HEADING and all(_filled(cells) <= 1 for cells in rows)


def _chosen_at(rows: Sequence[NumberedRow], header_row: int) -> int:
    if not header_row:
        return -1
    for at, (number, cells) in enumerate(rows):
        if number == header_row and _filled(cells, most=1):
            return at
    raise ColumnsError(f"--header-row {header_row}: there is no row with text that begins at {header_row}.")


def _numbered_columns(rows: Sequence[NumberedRow]) -> tuple[str, ...]:
    return tuple(f"column {number}" for number in range(1, max(len(cells) for _, cells in rows) + 1))


def fields_named(cells: Sequence[str]) -> set[str]:
    """The fields that headings name."""
    return {meaning.field for cell in cells if cell and (meaning := meaning_of(cell))}


def _filled(cells: Sequence[str], most: int | None = None) -> int:
    """How many cells have text; counted up to ``most``."""
    return sum(1 for _ in islice((cell for cell in cells if cell and not cell.isspace()), most))


def _rows_are(numbers: Sequence[int]) -> str:
    return f"Row {numbers[0]} is" if len(numbers) == 1 else f"Rows {numbers[0]} to {numbers[-1]} are"
