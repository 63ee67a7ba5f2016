"""Leads of a page as files: CSV for spreadsheets, JSON Lines for programs, as ``leads export`` writes them."""

import json
from collections.abc import Sequence

from leads_admin.formulas import without_formula
from leads_admin.lead_table import csv_line, custom_names, table_rows
from leads_core.leads import Lead


def json_lines(leads: Sequence[Lead]) -> str:
    """A JSON object a line."""
    return "".join(f"{json.dumps(lead, ensure_ascii=False)}\n" for lead in leads)


def csv_text(leads: Sequence[Lead]) -> str:
    """A table. No cell is a formula to a spreadsheet: such texts get an apostrophe in front."""
    rows = table_rows(leads, custom_names(leads))
    return "".join(csv_line(map(without_formula, cells)) for cells in rows)
