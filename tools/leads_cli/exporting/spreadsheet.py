"""Leads as a spreadsheet (XLSX), in which every text is text: none is a formula, and no number is rounded."""

import json
import re
from contextlib import closing
from typing import Any, BinaryIO

from leads_admin.field_schemas import FieldKind, kinds_of_lead
from leads_admin.lead_table import COLUMNS
from leads_cli.exporting import ExportError
from leads_cli.exporting.text import table_of

# What Excel has, and truncates without a word.
_MOST_ROWS = 1 << 20
_MOST_CHARACTERS = 32_767
_OTHER_FORMATS = "export them as csv or jsonl"
_TYPED = {
    COLUMNS.index(field)
    for field, kind in kinds_of_lead().items()
    if kind in {FieldKind.WHOLE_NUMBER, FieldKind.BOOLEAN}
}
# XML does not have these, and makes a line feed of a carriage return; an underscore may look like the escape of one.
_TO_ESCAPE = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def write_xlsx(lines: BinaryIO, table: BinaryIO) -> None:
    """Write a spreadsheet of the leads in a file of their JSON lines. Raises ExportError if it cannot hold them."""
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Leads")
    with closing(sheet):
        for number, cells in enumerate(table_of(lines), start=1):
            if number > _MOST_ROWS:
                raise ExportError(f"A sheet holds {_MOST_ROWS - 1:,} leads, and there are more: {_OTHER_FORMATS}.")
            if any(len(cell) > _MOST_CHARACTERS for cell in map(_escaped, cells)):
                raise ExportError(
                    f"The lead {cells[0]} has a field of more than {_MOST_CHARACTERS:,} characters, which no cell of a "
                    f"spreadsheet holds: {_OTHER_FORMATS}."
                )
            sheet.append([_cell(sheet, position, cell, number) for position, cell in enumerate(cells)])
    workbook.save(table)


def _cell(sheet: Any, position: int, text: str, row: int) -> Any:  # noqa: ANN401 - of openpyxl
    from openpyxl.cell import WriteOnlyCell

    if not text:
        return None
    if position in _TYPED and row > 1:
        return json.loads(text)
    cell = WriteOnlyCell(sheet, _escaped(text))
    # Text, also when somebody edits the cell.
    cell.data_type, cell.number_format = "s", "@"
    return cell


def _escaped(text: str) -> str:
    return _TO_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
