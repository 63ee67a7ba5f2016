"""Spreadsheets: the first sheet of an XLSX file that can be seen."""

from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from leads_cli.importing.errors import UnreadableFileError
from leads_cli.importing.tables import Row, Table, column_names, table_row


def open_workbook(path: Path) -> Table:
    """Read a spreadsheet, all of it into memory: about a kilobyte a row. Raises UnreadableFileError."""
    if not path.stat().st_size:
        raise UnreadableFileError(f"{path} is empty.")
    try:
        sheet, others = _first_visible_sheet(path)
    except CalamineError as exc:
        raise UnreadableFileError(f"{path} cannot be read as a spreadsheet (XLSX): {exc}.") from exc
    rows = enumerate(sheet.iter_rows(), start=1)
    header_number, headings = next(((number, cells) for number, cells in rows if any(cells)), (0, []))
    columns = column_names([_value(heading) for heading in headings], path)
    if not columns:
        raise UnreadableFileError(f"The sheet {sheet.name} of {path} is empty.")

    def read_rows() -> Iterator[Row]:
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            if number > header_number:
                yield table_row(number, _values(cells), len(columns))

    not_read = f" ({others} not read)" if others else ""
    return Table(f"the sheet {sheet.name} of a spreadsheet{not_read}", columns, read_rows)


def _first_visible_sheet(path: Path) -> tuple[CalamineSheet, str]:
    """The sheet, and how many others there are."""
    with CalamineWorkbook.from_path(path) as workbook:
        visible = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        if not visible:
            raise UnreadableFileError(f"{path} has no sheet that can be seen.")
        others = len(visible) - 1
        name = "1 other sheet is" if others == 1 else f"{others} other sheets are" if others else ""
        return workbook.get_sheet_by_name(visible[0]), name


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
