"""Where in a sheet or a text the table is: programs write titles and notes above it, and totals and notices below."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from leads_cli.importing.errors import ColumnsError
from leads_cli.importing.headings import meaning_of
from leads_cli.importing.meanings import CUSTOM
from leads_cli.importing.tables import SAMPLE_ROWS

NumberedRow = tuple[int, Sequence[str]]
"""Where people find a row, and its cells as text."""

_MOST_ROWS_ABOVE = 100
_MOST_ROWS_BELOW = 50
# A heading that is the only one known could as well be a cell, further down.
_MOST_ROWS_ABOVE_A_SINGLE_HEADING = 5
_END_OF_FILE = "\x1a"
_EMAIL_ADDRESS = re.compile(r"[^@\s,;]+@[^@\s,;]+\.\w+")
_NOTICE = re.compile(
    r"copyright\b|©|\(c\) |.*all rights reserved|.*alle rechte vorbehalten|.*tous droits reserves|"
    r"(strictly |private and )?confidential( information| -|:|$)|vertraulich\b|"
    r"(report |list |file )?(generated|exported|printed|created|downloaded) (by|on|at|from|with)\b|"
    r"(erstellt|exportiert|gedruckt) (von|am|mit)\b|page \d+ (of|/) \d+|seite \d+ von \d+|end of (report|file|list)\b|"
    r"(record|row|lead|contact) count\b|\d+ (records?|rows?|leads|contacts|datensatze|zeilen)$|"
    r"(grand |sub)?totals?( records| rows| leads| contacts| count)?[:\s\d.,]*$|"
    r"(end|gesamt)?summe[:\s\d.,]*$|gesamt[:\s\d.,]*$|totale?[:\s\d.,]*$|totaal[:\s\d.,]*$|summa[:\s\d.,]*$",
    re.IGNORECASE,
)
_TOTALS = ("total", "grand", "sub", "summe", "endsumme", "gesamt", "totaal", "summa")
_NUMBER = re.compile(r"[\d\s.,'%€$£+-]+")


class Layout(NamedTuple):
    """A table in its surroundings.

    ``heading`` is the number of the row with the headings, 0 if there is none; ``end`` of the first row that is not of
    the table any more, if any. ``fields`` is how many fields the headings name. ``notes`` say what is not read.
    """

    heading: int
    headings: tuple[str, ...]
    end: int | None
    fields: int
    sample: tuple[Sequence[str], ...]
    notes: tuple[str, ...]

    @property
    def place(self) -> str:
        """Where the headings are, in words."""
        return f"headings in row {self.heading}" if self.heading else "without headings"

    def cells(self, rows: Iterable[NumberedRow]) -> Iterator[NumberedRow]:
        """The rows of the table below its headings; one that only repeats these is empty."""
        for number, cells in rows:
            if number <= self.heading:
                continue
            if self.end is not None and number >= self.end:
                return
            yield number, () if self._is_none(cells) else cells

    def _is_none(self, cells: Sequence[str]) -> bool:
        """Whether a row is the headings again, or the character with which DOS ended files."""
        return bool(cells) and (
            (cells[0] == self.headings[0] and _stripped(cells) == _stripped(self.headings))
            or (cells[0] == _END_OF_FILE and not any(cells[1:]))
        )


def find_layout(rows: Iterable[NumberedRow], header_row: int | None = None) -> Layout | None:
    """Find the row of headings, by what of it is known, and the end; None if all rows are empty.

    ``header_row`` says where the headings are, 0 that there are none. Raises ColumnsError if there is nothing.
    """
    rows = iter(rows)
    start = list(islice(rows, max(_MOST_ROWS_ABOVE, header_row or 0)))
    if not any(_filled(cells, most=1) for _, cells in start):
        return None
    at = heading_at([cells for _, cells in start]) if header_row is None else _chosen_at(start, header_row)
    heading, headings = start[at] if at >= 0 else (0, _numbered_columns(start))
    above = [number for number, cells in start[: max(at, 0)] if _filled(cells, most=1)]
    below = start[at + 1 :]
    sample = tuple(cells for _, cells in below[:SAMPLE_ROWS])
    footer, stands_apart = _footer(chain(below, rows), len(_stripped(headings)))
    notes = []
    if above:
        notes.append(f"{_rows_are(above)} above the headings, and not imported.")
    if footer:
        texts = ", ".join(f'"{" ".join(map(str.strip, texts))}"' for _, texts in footer)
        remedy = " If these are leads, delete the empty row above them." if stands_apart else ""
        notes.append(f"{_rows_are([number for number, _ in footer])} a footer, and not imported: {texts}.{remedy}")
    end = footer[0][0] if footer else None
    return Layout(heading, tuple(headings), end, len(_fields(headings)), sample, tuple(notes))


def heading_at(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows has the headings: the one that names the most fields, or else the first with text."""
    best = next(at for at, cells in enumerate(rows) if _filled(cells, most=1))
    most, filled = len(_fields(rows[best])), _filled(rows[best])
    first = best
    for at in range(first + 1, len(rows)):
        fields = len(_fields(rows[at])) if any(rows[at]) else 0
        if fields <= most or (fields == 1 and not _may_be_alone(rows[first : at + 1])):
            continue
        width = _filled(rows[at])
        # As wide a row before is rather the headings, of a row with such words in its cells.
        if 1 < width <= filled and (fields < most + 2 or fields * 3 < width):
            continue
        best, most, filled = at, fields, width
    if not most and any(map(_is_address, rows[best])):
        raise ColumnsError(
            "There are no headings: the first row has an e-mail address. Add names of columns above it, or use "
            '--header-row 0 and say what the columns are, such as --map "column 1=company".'
        )
    return best


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


def _footer(rows: Iterable[NumberedRow], width: int) -> tuple[list[NumberedRow], bool]:
    """The rows at the end that are none of the table: notices and totals, or whatever stands apart from the table.

    With it, whether they only stand apart.
    """
    held: list[tuple[int, list[str]]] = []
    least_filled, has_rows = width, False
    for number, cells in rows:
        texts = [cell for cell in cells if cell and not cell.isspace()]
        if (len(texts) <= 1 or _is_notice(texts)) and not any(map(_is_address, texts)):
            held.append((number, [] if texts == [_END_OF_FILE] else texts))
            if len(held) <= _MOST_ROWS_BELOW:
                continue
        if any(texts for _, texts in held):
            least_filled = 1
        held.clear()
        has_rows = True
        least_filled = min(least_filled, len(texts))
    empty = [at for at, (_, texts) in enumerate(held) if not texts]
    notices = [at for at, (_, texts) in enumerate(held) if _is_notice(texts)]
    if notices:
        # What follows a notice right below the table may be rows again, of a company that is called like one.
        others = (at + 1 for at, (_, texts) in enumerate(held) if texts and at not in notices)
        begin = max((at + 1 for at in empty if at < notices[0]), default=max((notices[0], *others)))
    elif empty and has_rows and least_filled > 1 and width > 2:  # noqa: PLR2004 - of two columns, one may be empty
        begin = empty[0]
    else:
        begin = len(held)
    return [(number, texts) for number, texts in held[begin:] if texts], not notices


def _is_address(cell: str) -> bool:
    return _EMAIL_ADDRESS.fullmatch(cell.strip()) is not None


def _is_notice(texts: Sequence[str]) -> bool:
    """Whether a row is a notice in one cell or two, or a total with numbers."""
    if not texts or (len(texts) > 2 and not texts[0].lstrip().lower().startswith(_TOTALS)):  # noqa: PLR2004 - see above
        return False
    others = texts[1:]
    return (len(others) <= 1 or all(map(_NUMBER.fullmatch, others))) and _NOTICE.match(texts[0].strip()) is not None


def _fields(cells: Sequence[str]) -> set[str]:
    return {meaning.field for cell in cells if cell and (meaning := meaning_of(cell))}


def _filled(cells: Sequence[str], most: int | None = None) -> int:
    """How many cells have text; counted up to ``most``."""
    return sum(1 for _ in islice((cell for cell in cells if cell and not cell.isspace()), most))


def _stripped(cells: Sequence[str]) -> tuple[str, ...]:
    # The name of a custom member may begin or end with a space.
    stripped = [cell if cell.startswith(CUSTOM) else cell.strip() for cell in cells]
    while stripped and not stripped[-1]:
        stripped.pop()
    return tuple(stripped)


def _rows_are(numbers: Sequence[int]) -> str:
    return f"Row {numbers[0]} is" if len(numbers) == 1 else f"Rows {numbers[0]} to {numbers[-1]} are"
