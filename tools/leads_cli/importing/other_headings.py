"""Finds headings further down in a file: those of the table again, or those of another table."""

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from leads_cli.importing.headings import letters_and_digits, meaning_of
from leads_cli.importing.imported_table import NumberedRow, stripped_headings
from leads_cli.importing.placeholders import is_placeholder

_LEAST_FIELDS = 3
_IN_NO_HEADING = re.compile(r"[\d@]")
# What a text in a column of a field has in it.
_TYPICAL = {
    "email": re.compile("@"),
    "phoneNumber": re.compile(r"\d"),
    "employeeCount": re.compile(r"\d"),
    "date": re.compile(r"\d"),
    "website": re.compile("[./]"),
    "linkedIn": re.compile("[./]"),
}


class OtherHeadings:
    """Looks for headings below those of a table, and remembers from which row on there is another table."""

    def __init__(self, headings: Sequence[str]) -> None:
        headings = stripped_headings(headings)
        self._headings = list(map(_folded, headings))
        self._written = list(map(str.strip, headings))
        self._known = set(filter(None, self._headings))
        fields = [(at, meaning.field) for at, heading in enumerate(headings) if (meaning := meaning_of(heading))]
        self._emails = [at for at, field in fields if field == "email"]
        self._typical = {at: _TYPICAL[field] for at, field in fields if field in _TYPICAL}
        self._repeated_first, self._repeated = 0, 0
        # From these rows on the headings are in those rows: in 0 if they are the table's own.
        self._starts = array("Q")
        self._rows = array("Q")

    def above(self, number: int) -> int:
        """The row of the other headings that a row is below, 0 if it is one of the table."""
        if not self._starts:
            return 0
        at = bisect_right(self._starts, number)
        return self._rows[at - 1] if at else 0

    def repeated_in(self, cells: Sequence[str]) -> bool:
        """Whether a row is the headings again, in any letter case and spacing."""
        width = len(self._headings)
        if (
            not width
            or len(cells) < width
            or _folded(cells[0]) != self._headings[0]
            or any(map(str.strip, cells[width:]))
        ):
            return False
        if len(self._known) == 1:  # as a cell that is written differently may be
            return [cell.strip() for cell in cells[:width]] == self._written
        return [_folded(cell) for cell in cells[:width]] == self._headings

    @property
    def note(self) -> str | None:
        """Which rows are no leads because they repeat the headings, after ``watch`` has seen them."""
        if self._repeated < 2:  # noqa: PLR2004 - one or more
            return f"Row {self._repeated_first} repeats the headings, and is not imported." if self._repeated else None
        return (
            f"{self._repeated} rows repeat the headings, the first of them is row {self._repeated_first}: they are not "
            "imported."
        )

    def watch(self, rows: Iterable[NumberedRow]) -> Iterator[NumberedRow]:
        """The rows of the table as they are, and remember where other tables begin."""
        gap = 0  # where whatever stands apart from the row above it begins
        doubtful: tuple[int, int, Sequence[str]] | None = None
        for number, cells in rows:
            filled = sum(1 for cell in cells if cell and not cell.isspace())
            if not filled:
                gap = number + 1
            elif self.repeated_in(cells):
                doubtful = None
                self._repeated += 1
                self._repeated_first = self._repeated_first or number
                if self.above(number):
                    self._begin(number, 0)
            elif filled > 1:
                if doubtful and self._are_both_untypical(doubtful[2], cells):
                    self._begin(*doubtful[:2])
                doubtful = None
                if self._has_others(cells, apart=bool(gap)):
                    self._begin(gap or number, number)
                elif gap and (self._may_have_others(cells) or self._does_not_fit(cells)):
                    doubtful = (gap, number, cells)
                gap = 0
            yield number, cells
        if doubtful and self._does_not_fit(doubtful[2]):
            self._begin(*doubtful[:2])

    def _begin(self, start: int, row: int) -> None:
        self._starts.append(start)
        self._rows.append(row)

    def _has_others(self, cells: Sequence[str], *, apart: bool) -> bool:
        """Whether a row has headings: those of the table in another order, or others, which may stand apart."""
        first = next(cell for cell in cells if cell and not cell.isspace())
        has_digits = any(map(_IN_NO_HEADING.search, cells))
        if has_digits and _folded(first) not in self._known:
            return False
        folded = [text for cell in cells if (text := _folded(cell))]
        known = len(self._known.intersection(folded))
        if known * 4 >= len(folded) * 3 and known >= min(_LEAST_FIELDS, len(self._known)) > 1:
            return True
        if has_digits or len(set(folded)) < len(folded):
            return False
        # The shortest first: it is the one that is most likely to be known already, such as a country.
        if not self._untypical(cells) and not all(map(meaning_of, sorted(filter(None, cells), key=len))):
            return False
        meanings = [meaning.field for cell in cells if cell and (meaning := meaning_of(cell))]
        return len(set(meanings)) >= (2 if apart else _LEAST_FIELDS) and len(meanings) * 2 >= len(folded)

    def _may_have_others(self, cells: Sequence[str]) -> bool:
        """Whether the row below decides if a row that stands apart has headings."""
        is_known = any(meaning_of(cell) for cell in cells if cell)
        return len(self._untypical(cells)) + is_known > 1 and not any(map(_IN_NO_HEADING.search, cells))

    def _does_not_fit(self, cells: Sequence[str]) -> bool:
        """Whether a row has a text for an e-mail address that is neither an address nor a placeholder."""
        texts = [cell for at in self._emails if at < len(cells) and (cell := cells[at].strip())]
        return bool(texts) and not any("@" in cell for cell in cells) and not is_placeholder(texts[0], "email")

    def _untypical(self, cells: Sequence[str]) -> set[int]:
        """In which columns a text is not what such a column has."""
        width = len(cells)
        return {
            at
            for at, pattern in self._typical.items()
            if at < width and cells[at] and not cells[at].isspace() and not pattern.search(cells[at])
        }

    def _are_both_untypical(self, headings: Sequence[str], cells: Sequence[str]) -> bool:
        """Whether a row below what may be headings has other texts that are untypical of their columns."""
        return any(cells[at] != headings[at] for at in self._untypical(headings) & self._untypical(cells))


def _folded(cell: str) -> str:
    return letters_and_digits(cell) or cell.strip()
