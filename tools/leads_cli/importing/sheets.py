"""Which sheet of a workbook has the table: the others are cover sheets, notes and lists of choices."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from leads_cli.importing.errors import ColumnsError, UnreadableFileError
from leads_cli.importing.imported_table import NumberedRow
from leads_cli.importing.layout import Layout, find_layout

# A sheet with so many known headings is the one that is meant: those behind it are not looked at.
_ENOUGH_FIELDS = 3


class ChosenSheet(NamedTuple):
    """The sheet that is read, where its table is, None if it is empty, and how many others there are, in words."""

    name: str
    layout: Layout | None
    not_read: str


def choose_sheet(
    names: Sequence[str],
    rows_of: Callable[[str], Iterable[NumberedRow]],
    chosen: str | None = None,
    header_row: int | None = None,
) -> ChosenSheet:
    """The sheet that is called as chosen, or else the first of those whose headings name the most fields.

    Raises UnreadableFileError if none is called so, and ColumnsError if no sheet has headings.
    """
    others = len(names) - 1
    not_read = f" ({others} other {'sheet is' if others == 1 else 'sheets are'} not read)" if others else ""
    if chosen is not None:
        name = _called(chosen, names)
        return ChosenSheet(name, find_layout(_with_gaps(rows_of(name)), header_row), not_read)
    best = ChosenSheet(names[0], None, not_read)
    refusal: ColumnsError | None = None
    for name in names:
        try:
            layout = find_layout(_with_gaps(rows_of(name)), header_row)
        except ColumnsError as exc:
            refusal = refusal or exc
            continue
        if layout and (best.layout is None or layout.fields > best.layout.fields):
            best = ChosenSheet(name, layout, not_read)
            if layout.fields >= _ENOUGH_FIELDS:
                break
    if refusal and (best.layout is None or not best.layout.fields):
        raise refusal
    return best


def _with_gaps(rows: Iterable[NumberedRow]) -> Iterator[NumberedRow]:
    """The rows with an empty one where numbers are left out, because a reader may skip those."""
    last = 0
    for number, cells in rows:
        if number > last + 1 and last:
            yield number - 1, ()
        yield number, cells
        last = number


def _called(chosen: str, names: Sequence[str]) -> str:
    for name in names:
        if name.strip().casefold() == chosen.strip().casefold():
            return name
    shown = ", ".join(f'"{name}"' for name in names)
    raise UnreadableFileError(f'--sheet "{chosen}": there is no such visible sheet. There are {shown}.')
