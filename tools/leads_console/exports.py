"""Leads of a page as files: CSV for spreadsheets, JSON Lines for programs, as ``leads export`` writes them."""

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from leads_admin.formulas import without_formula
from leads_core.lead_schema import LEAD_FIELDS
from leads_core.leads import Lead


def json_lines(leads: Sequence[Lead]) -> str:
    """A JSON object a line."""
    return "".join(f"{json.dumps(lead, ensure_ascii=False)}\n" for lead in leads)


def csv_text(leads: Sequence[Lead]) -> str:
    """A table. No cell is a formula to a spreadsheet: such texts get an apostrophe in front."""
    fields = ["id", *(field for field in LEAD_FIELDS if field != "custom")]
    names = sorted({name for lead in leads for name in lead.get("custom", ())})
    table = io.StringIO(newline="")
    writer = csv.writer(table, quoting=csv.QUOTE_ALL)
    writer.writerow([*fields, *map(without_formula, (f"custom.{name}" for name in names))])
    for lead in leads:
        custom = lead.get("custom", {})
        values = [*(lead.get(field, "") for field in fields), *(custom.get(name, "") for name in names)]
        writer.writerow([without_formula(_cell(value)) for value in values])
    return table.getvalue()


def _cell(value: Any) -> str:  # noqa: ANN401 - what a field may hold
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
