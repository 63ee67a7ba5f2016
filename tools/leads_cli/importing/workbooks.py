"""Spreadsheets: the cells of an XLSX file."""

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from leads_cli.importing.errors import UnreadableFileError
from leads_cli.importing.sheets import choose_sheet
from leads_cli.importing.tables import Reading, Row, Table, column_names, table_row


def open_workbook(path: Path, reading: Reading) -> Table:
    """Find the table in a spreadsheet, which is read into memory sheet by sheet: about a kilobyte a row.

    Raises UnreadableFileError, and ColumnsError if it has no headings.
    """
    if not path.stat().st_size:
        raise UnreadableFileError(f"{path} is empty.")
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            names = _visible_sheets(workbook, path)
            sheet = choose_sheet(
                names, lambda name: _text_rows(workbook.get_sheet_by_name(name)), reading.sheet, reading.header_row
            )
            cells = workbook.get_sheet_by_name(sheet.name)
    except CalamineError as exc:
        raise UnreadableFileError(f"{path} cannot be read as a spreadsheet (XLSX): {exc}.") from exc
    layout = sheet.layout
    if layout is None:
        raise UnreadableFileError(f"The sheet {sheet.name} of {path} is empty.")
    columns = column_names(layout.headings, path)

    def read_rows() -> Iterator[Row]:
        for number, values in layout.cells(_text_rows(cells)):
            yield table_row(number, values, len(columns))

    description = f"the sheet {sheet.name} of a spreadsheet{sheet.not_read}, {layout.place}"
    return Table(description, columns, read_rows, sample=layout.sample, notes=layout.notes)


def _visible_sheets(workbook: CalamineWorkbook, path: Path) -> list[str]:
    visible = [
        sheet.name
        for sheet in workbook.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    if not visible:
        raise UnreadableFileError(f"{path} has no sheet that can be seen.")
    return visible


def _text_rows(sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield number, _values(cells)


def _values(cells: Sequence[Any]) -> list[Any]:
    return [cell if type(cell) is str else _value(cell) for cell in cells]


def _value(cell: Any) -> str:  # noqa: ANN401 - anything that a sheet has in a cell
    """A cell as text: a whole number without ``.0``, a date in ISO 8601."""
    match cell:
        case bool():
            return str(cell).upper()
        case float():
            return str(int(cell)) if cell.is_integer() else str(cell)
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return str(cell)
