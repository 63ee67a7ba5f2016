"""Reads the values of cells that programs write in forms of their own."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from leads_admin.formulas import with_formula
from leads_cli.errors import WrongUsageError
from leads_cli.importing.columns import ColumnMapping
from leads_cli.importing.dates import DateColumn
from leads_cli.importing.doubts import Doubts
from leads_cli.importing.exported_text import is_export
from leads_cli.importing.imported_table import EmptyText, Row, UnreadableText
from leads_cli.importing.placeholders import may_be_doubtful
from leads_cli.importing.several_values import labels_of_google
from leads_cli.importing.shown_cells import ShownText
from leads_cli.importing.source_file import ImportFormat
from leads_cli.importing.time_zones import HeadingZone
from leads_cli.importing.unreadable import mark_unreadable, problem_of

# How text is kept from becoming a number in a spreadsheet.
_TEXT_FORMULA = re.compile(r'\s*="((?:[^"]|"")*)"\s*')
_TEXT_MARK = re.compile(r"['\u2018\u2019`](?=\+?\(?\d)")
# Prefixes that Facebook writes for the same reason, by the headings as letters and digits; ``tel:`` is of links.
_PHONE_PREFIX = re.compile(r"(?:p:|(?i:tel):|=)(?=\+?[\d(])")
_ID_PREFIXES = {
    "id": "l",
    "leadid": "l",
    "adid": "ag",
    "adsetid": "as",
    "campaignid": "c",
    "formid": "f",
    "zipcode": "z",
}
# Marks of width and direction, which are copied with visible text.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_WITHOUT_INVISIBLE = frozenset({"email", "website", "linkedIn", "twitter", "facebook"})


class CellReader:
    """Reads the values of cells. The texts ``empty`` mean an empty cell, the texts ``text`` are values.

    From a table that an export of leads has written, only the apostrophes before formulas are removed. JSON and Parquet
    have types for text and for absent values, so only their dates are converted. Raises WrongUsageError if a text is in
    both.
    """

    def __init__(
        self,
        mapping: ColumnMapping,
        dates: DateColumn,
        file_format: ImportFormat,
        *,
        empty: Iterable[str] = (),
        text: Iterable[str] = (),
    ) -> None:
        self._is_separated = file_format in {ImportFormat.CSV, ImportFormat.TSV}
        self._is_table = self._is_separated or file_format is ImportFormat.XLSX
        self._empty, self._text = frozenset(empty), frozenset(text)
        if both := self._empty & self._text:
            raise WrongUsageError(f'--empty and --text both name "{min(both)}": choose one of them.')
        self._dates = dates
        self._zone = HeadingZone(mapping.heading("date"))
        self._mapping = mapping
        self._doubts = Doubts()
        self._steps: list[tuple[int, str, Callable[[str], str]]] = []
        is_own = is_export(mapping.columns)
        if not is_own:
            self._steps = [
                (position, field, self._step(column, field))
                for position, (column, field) in enumerate(zip(mapping.columns, mapping.fields, strict=True))
                if field == "date" or (field is not None and self._is_table)
            ]
        self._looked_at = [
            (position, field if self._may_be_doubtful(field) else None)
            for position, field in enumerate(mapping.fields)
            if field and not is_own
        ]

    def see_dates(self, read_rows: Callable[[], Iterable[Row]]) -> None:
        """Find out how dates are written, from all rows."""
        for position, field, _ in self._steps:
            if field == "date":
                self._dates.see(row.cells[position] for row in read_rows() if len(row.cells) > position)

    def read(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows with the values of their cells. ``doubts`` are about the rows that were read last."""
        self._doubts.clear()
        return map(self._meant, rows)

    def doubts(self) -> tuple[str, ...]:
        """Sentences about cells that are imported, but may be meant otherwise."""
        return self._zone.doubts() + self._doubts.sentences()

    def _meant(self, row: Row) -> Row:
        cells = list(row.cells)
        if self._is_separated:
            cells = [_without_mark(cell) for cell in cells]
        for position, field, step in self._steps:
            if position >= len(cells) or not isinstance(cell := cells[position], str):
                continue
            if type(cell) is UnreadableText:
                cells[position] = EmptyText(cell) if cell.is_shown and cell.strip() in self._empty else cell
            elif type(cell) is ShownText and _counts_by_value(cell, field):
                cells[position] = step(cell.value)
            else:
                meant = EmptyText(cell) if cell.strip() in self._empty else step(cell)
                is_meant = not self._is_table or cell.strip() in self._text
                cells[position] = meant if is_meant else mark_unreadable(meant, field)
        if self._looked_at and not row.problem:
            self._see_doubts(cells)
        return row._replace(cells=cells)

    def _see_doubts(self, cells: Sequence[Any]) -> None:
        if UnreadableText in map(type, cells) and problem_of(cells, self._mapping):
            return  # it is not imported
        for position, field in self._looked_at:
            if position < len(cells) and (text := str(cells[position]).strip()) not in self._text:
                self._doubts.see(text, self._mapping.columns[position], field)

    def _may_be_doubtful(self, field: str) -> bool:
        """In JSON and Parquet, only employee counts are read differently from how they are written."""
        return field == "employeeCount" or (self._is_table and may_be_doubtful(field))

    def _step(self, column: str, field: str) -> Callable[[str], str]:
        if field == "date":
            return lambda text: self._zone.complete(self._dates.read(text))
        if field == "phoneNumber":
            return _phone_number
        if field == "labels":
            return labels_of_google
        if field in _WITHOUT_INVISIBLE:
            return _visible
        prefix = _ID_PREFIXES.get("".join(filter(str.isalnum, column.lower())))
        return _without_prefix(prefix) if prefix else str


def _counts_by_value(cell: ShownText, field: str) -> bool:
    """Whether the stored value counts, not the shown text. Not for ``2-10`` employees, which are stored as a day."""
    return field == "date" or (field == "employeeCount" and cell.value.isdecimal())


def _without_mark(cell: Any) -> Any:  # noqa: ANN401 - any cell
    if not isinstance(cell, str):
        return cell
    found = _TEXT_FORMULA.fullmatch(cell)
    return found[1].replace('""', '"') if found else with_formula(cell)


def _phone_number(text: str) -> str:
    text = _visible(text).strip()
    return _PHONE_PREFIX.sub("", _TEXT_MARK.sub("", text, count=1), count=1)


def _visible(text: str) -> str:
    return text if text.isascii() else _INVISIBLE.sub("", text)


def _without_prefix(prefix: str) -> Callable[[str], str]:
    pattern = re.compile(rf"{prefix}:(?=\d+$)")
    return lambda text: pattern.sub("", text, count=1)
