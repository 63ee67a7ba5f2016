"""Leads as lines of text: CSV for spreadsheets, JSON Lines for programs. All of it is UTF-8."""

import codecs
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from leads_admin.formulas import without_formula
from leads_cli.lead_columns import COLUMNS
from leads_core.leads import Lead

# As many as an import takes, less those of the fields. All of a workspace may have any number.
_MOST_CUSTOM_COLUMNS = 950
# What would be taken for something else if several such labels stood beside each other.
_NOT_A_PLAIN_LABEL = re.compile(r"[,;]|^[\s\[\"]|\s$")


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
    table.writelines(_row(cells if raw else map(without_formula, cells)) for cells in table_rows(lines))


def table_rows(lines: BinaryIO) -> Iterator[list[str]]:
    """The cells of each row for the leads in a file of their JSON lines, the names of the columns first.

    Custom members have a column each, or if they have too many names, one for all of them, as JSON.
    """
    names = _custom_names(lines)
    yield [*COLUMNS, "custom"] if names is None else [*COLUMNS, *(f"custom.{name}" for name in names)]
    lines.seek(0)
    for line in lines:
        lead = json.loads(line)
        custom: Mapping[str, Any] = lead.get("custom", {})
        cells = [_cell(lead.get(column, "")) for column in COLUMNS]
        if names is None:
            yield [*cells, json.dumps(custom, ensure_ascii=False) if custom else ""]
        else:
            yield [*cells, *(custom_text(custom.get(name, "")) for name in names)]


def custom_text(value: Any) -> str:  # noqa: ANN401 - text, a number or a truth value
    """The value of a custom member as text: that of JSON if it is something else."""
    return value if isinstance(value, str) else json.dumps(value)


def _custom_names(lines: BinaryIO) -> list[str] | None:
    """The names of all custom members in alphabetical order; None if they are too many for a table."""
    names: set[str] = set()
    lines.seek(0)
    for line in lines:
        if b'"custom": {' in line:
            names.update(json.loads(line).get("custom", ()))
            if len(names) > _MOST_CUSTOM_COLUMNS:
                return None
    return sorted(names)


def _cell(value: Any) -> str:  # noqa: ANN401 - what a field may hold
    match value:
        case [str(), *_] as labels if not any(map(_NOT_A_PLAIN_LABEL.search, labels)):
            return "; ".join(labels)
        case list():
            return json.dumps(value, ensure_ascii=False)
        case _:
            return str(value)


def _row(cells: Iterable[str]) -> bytes:
    row = io.StringIO(newline="")
    # With quotes around all of them, cells stay apart too where a semicolon is what separates them.
    csv.writer(row, quoting=csv.QUOTE_ALL).writerow(cells)
    return row.getvalue().encode()
