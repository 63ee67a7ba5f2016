"""What cells mean that a program has written in a form of its own."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from leads_admin.formulas import with_formula
from leads_cli.importing.columns import ColumnMapping
from leads_cli.importing.dates import DateColumn
from leads_cli.importing.doubts import Doubts
from leads_cli.importing.exported_text import is_export
from leads_cli.importing.placeholders import may_be_doubtful
from leads_cli.importing.shown_cells import ShownText
from leads_cli.importing.source import Format
from leads_cli.importing.tables import EmptyText, Row, UnreadableText
from leads_cli.importing.unreadable import mark_unreadable, problem_of

Lead = dict[str, Any]

# How text is kept from becoming a number in a spreadsheet.
_TEXT_FORMULA = re.compile(r'\s*="((?:[^"]|"")*)"\s*')
_TEXT_MARK = re.compile(r"'(?=\(?\d)")
# What Facebook puts in front of numbers for the same reason, by the headings as letters and digits.
_PHONE_PREFIX = re.compile(r"p:(?=\+?[\d(])")
_ID_PREFIXES = {
    "id": "l",
    "leadid": "l",
    "adid": "ag",
    "adsetid": "as",
    "campaignid": "c",
    "formid": "f",
    "zipcode": "z",
}
# What Google writes between several values.
_BETWEEN_VALUES = ":::"
_SEVERAL = ("email", "phoneNumber", "website", "address")


class CellReader:
    """Reads cells as they are meant; ``empty`` are texts that stand for nothing.

    Nothing but the apostrophes of formulas is taken away from a table that an export of leads has written: what is in
    it is meant as it is. JSON and Parquet have a form for text and for nothing, and so only their dates are looked at.
    """

    def __init__(self, mapping: ColumnMapping, dates: DateColumn, file_format: Format, empty: Iterable[str]) -> None:
        self._is_separated = file_format in {Format.CSV, Format.TSV}
        self._is_table = self._is_separated or file_format is Format.XLSX
        self._empty = frozenset(empty)
        self._dates = dates
        self._mapping = mapping
        self._doubts = Doubts()
        self._steps: list[tuple[int, str, Callable[[str], str]]] = []
        if not is_export(mapping.columns):
            self._steps = [
                (position, field, self._step(column, field))
                for position, (column, field) in enumerate(zip(mapping.columns, mapping.fields, strict=True))
                if field == "date" or (field is not None and self._is_table)
            ]
        self._doubtful = [(position, field) for position, field, _ in self._steps if may_be_doubtful(field)]

    def see_dates(self, read_rows: Callable[[], Iterable[Row]]) -> None:
        """Find out how dates are written, from all rows."""
        for position, field, _ in self._steps:
            if field == "date":
                self._dates.see(row.cells[position] for row in read_rows() if len(row.cells) > position)

    def read(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows with their cells as they are meant. Doubts are of the rows that were read last."""
        self._doubts.clear()
        return map(self._meant, rows)

    def doubts(self) -> tuple[str, ...]:
        """Sentences about cells that are imported, but may stand for nothing."""
        return self._doubts.sentences()

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
                cells[position] = cell.value
            else:
                meant = EmptyText(cell) if cell.strip() in self._empty else step(cell)
                cells[position] = mark_unreadable(meant, field) if self._is_table else meant
        if self._is_table and not row.problem:
            self._see_doubts(cells)
        return row._replace(cells=cells)

    def _see_doubts(self, cells: Sequence[Any]) -> None:
        if UnreadableText in map(type, cells) and problem_of(cells, self._mapping):
            return  # it is not imported
        for position, field in self._doubtful:
            if position < len(cells):
                self._doubts.see(cells[position], self._mapping.columns[position], field)

    def _step(self, column: str, field: str) -> Callable[[str], str]:
        if field == "date":
            return self._dates.read
        if field == "phoneNumber":
            return _phone_number
        if field == "labels":
            return _labels
        prefix = _ID_PREFIXES.get("".join(filter(str.isalnum, column.lower())))
        return _without_prefix(prefix) if prefix else str


def with_further_values(lead: Lead) -> Lead:
    """The lead with the first of several values in a field; each further one is in a contact of its own."""
    further: list[dict[str, str]] = []
    for field in _SEVERAL:
        value = lead.get(field)
        if isinstance(value, str) and _BETWEEN_VALUES in value:
            lead[field], *others = [part for part in _values(value) if part] or [""]
            further += [{} for _ in range(len(others) - len(further))]
            for contact, other in zip(further, others, strict=False):
                contact[field] = other
    contacts = lead.get("contacts", [])
    if further and isinstance(contacts, list):
        lead["contacts"] = contacts + further
    return lead


def _counts_by_value(cell: ShownText, field: str) -> bool:
    """Whether it does not matter how a spreadsheet shows it; it shows ``2-10`` employees as a day, which is none."""
    return field == "date" or (field == "employeeCount" and cell.value.isdecimal())


def _without_mark(cell: Any) -> Any:  # noqa: ANN401 - any cell
    if not isinstance(cell, str):
        return cell
    found = _TEXT_FORMULA.fullmatch(cell)
    return found[1].replace('""', '"') if found else with_formula(cell)


def _phone_number(text: str) -> str:
    return _PHONE_PREFIX.sub("", _TEXT_MARK.sub("", text.strip(), count=1), count=1)


def _labels(text: str) -> str:
    """Google's labels, which begin with a star if they are the program's own."""
    if _BETWEEN_VALUES not in text and not text.startswith("* "):
        return text
    return "; ".join(label.removeprefix("* ") for label in _values(text))


def _values(text: str) -> list[str]:
    return [value.strip() for value in text.split(_BETWEEN_VALUES)]


def _without_prefix(prefix: str) -> Callable[[str], str]:
    pattern = re.compile(rf"{prefix}:(?=\d+$)")
    return lambda text: pattern.sub("", text, count=1)
