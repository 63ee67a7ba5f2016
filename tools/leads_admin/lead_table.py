"""Leads as a table of text: the columns and cells that exports have."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from leads_core.lead_schema import LEAD_FIELDS
from leads_core.leads import Lead

COLUMNS = ("id", *(field for field in LEAD_FIELDS if field != "custom"))
"""Names of the columns that every table has, as the API spells the fields; those of custom members come after them."""

CUSTOM = "custom."
"""Prefix of a custom member's name, in the heading of its column and as a target of a column."""

# An import takes a thousand columns. The leads of a workspace may have members of any number of names.
_MOST_CUSTOM_COLUMNS = 950
# A label that would be read as several labels, or as JSON, when it is joined to others.
_NOT_A_PLAIN_LABEL = re.compile(r"[,;]|^[\s\[\"]|\s$")


def custom_names(leads: Iterable[Lead]) -> list[str] | None:
    """The names of all custom members in alphabetical order; None if they are too many for columns of their own."""
    names: set[str] = set()
    for lead in leads:
        names.update(lead.get("custom", ()))
        if len(names) > _MOST_CUSTOM_COLUMNS:
            return None
    return sorted(names)


def table_rows(leads: Iterable[Lead], names: Sequence[str] | None) -> Iterator[list[str]]:
    """The cells of each row, the names of the columns first.

    ``names`` are those of custom members, which have a column each; without them, one column has all members as JSON.
    """
    yield [*COLUMNS, "custom"] if names is None else [*COLUMNS, *(f"{CUSTOM}{name}" for name in names)]
    for lead in leads:
        custom = lead.get("custom", {})
        cells = [_cell(lead.get(column, "")) for column in COLUMNS]
        if names is None:
            yield [*cells, json.dumps(custom, ensure_ascii=False) if custom else ""]
        else:
            yield [*cells, *(custom_text(custom.get(name, "")) for name in names)]


def custom_text(value: Any) -> str:  # noqa: ANN401 - text, a number or a boolean
    """The value of a custom member as text: as JSON unless it is text."""
    return value if isinstance(value, str) else json.dumps(value)


def csv_line(cells: Iterable[str]) -> str:
    """A row as a line of CSV. All cells have quotes, so that they stay apart where a semicolon separates them."""
    line = io.StringIO(newline="")
    csv.writer(line, quoting=csv.QUOTE_ALL).writerow(cells)
    return line.getvalue()


def _cell(value: Any) -> str:  # noqa: ANN401 - what a field may hold
    match value:
        case str():
            return value
        case [str(), *_] as labels if not any(map(_NOT_A_PLAIN_LABEL.search, labels)):
            return "; ".join(labels)
        case _:
            return json.dumps(value, ensure_ascii=False)
