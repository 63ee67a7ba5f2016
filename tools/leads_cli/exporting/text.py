"""Leads as lines of text: CSV for spreadsheets, JSON Lines for programs. All of it is UTF-8."""

import codecs
import json
from collections.abc import Iterator
from typing import BinaryIO

from leads_admin.formulas import without_formula
from leads_admin.lead_table import csv_line, custom_names, table_rows
from leads_core.leads import Lead


def json_line(lead: Lead) -> bytes:
    """A lead as a JSON object."""
    return json.dumps(lead, ensure_ascii=False).encode() + b"\n"


def write_csv(lines: BinaryIO, table: BinaryIO, *, raw: bool = False, for_excel: bool = False) -> None:
    """Write a table of the leads in a file of their JSON lines.

    Unless it is ``raw``, no cell is a formula to a spreadsheet: such texts get an apostrophe in front. ``for_excel`` it
    begins with a byte order mark, without which Excel takes UTF-8 for something else.
    """
    if for_excel:
        table.write(codecs.BOM_UTF8)
    rows = table_of(lines)
    table.writelines(csv_line(cells if raw else map(without_formula, cells)).encode() for cells in rows)


def table_of(lines: BinaryIO) -> Iterator[list[str]]:
    """The rows of a table of the leads in a file of their JSON lines, which is read twice."""
    lines.seek(0)
    names = custom_names(json.loads(line) for line in lines if b'"custom": {' in line)
    lines.seek(0)
    return table_rows(map(json.loads, lines), names)
