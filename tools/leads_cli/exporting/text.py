"""Leads as lines of text: CSV for spreadsheets, JSON Lines for programs. All of it is UTF-8."""

import csv
import io
import json
import re
from collections.abc import Iterable

from leads_core.lead_schema import LEAD_FIELDS
from leads_core.leads import Lead

COLUMNS = ("id", *LEAD_FIELDS)

# What spreadsheets take for the start of a formula, and the full-width forms, which some take for the same. See OWASP's
# page on CSV injection.
_FORMULA = re.compile(r"\s*[-=+@\uff0d\uff1d\uff0b\uff20]|[\t\r\n]")


def csv_header() -> bytes:
    """The names of the columns, as the API spells the fields."""
    return _row(COLUMNS)


def csv_line(lead: Lead) -> bytes:
    """A lead as a row in which no cell is a formula to a spreadsheet: such texts get an apostrophe in front."""
    return _row(_without_formula(cell) for cell in _cells(lead))


def raw_csv_line(lead: Lead) -> bytes:
    """A lead as a row, every text as it is stored."""
    return _row(_cells(lead))


def json_line(lead: Lead) -> bytes:
    """A lead as a JSON object."""
    return json.dumps(lead, ensure_ascii=False).encode() + b"\n"


def _cells(lead: Lead) -> Iterable[str]:
    for column in COLUMNS:
        match lead.get(column, ""):
            case [str(), *_] as texts:
                yield "; ".join(texts)
            case list() as objects:
                yield json.dumps(objects, ensure_ascii=False)
            case value:
                yield str(value)


def _without_formula(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _row(cells: Iterable[str]) -> bytes:
    row = io.StringIO(newline="")
    # With quotes around all of them, cells stay apart too where a semicolon is what separates them.
    csv.writer(row, quoting=csv.QUOTE_ALL).writerow(cells)
    return row.getvalue().encode()
