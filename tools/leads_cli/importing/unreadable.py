"""Cells that hold no value which could be imported: errors of a spreadsheet, and what stands for nothing."""

import re
from collections.abc import Sequence

from leads_cli.importing.columns import ColumnMapping
from leads_cli.importing.placeholders import is_placeholder
from leads_cli.importing.tables import UnreadableText

_ERRORS = frozenset(
    [
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#NAME?",
        "#DIV/0!",
        "#NUM!",
        "#NULL!",
        "#SPILL!",
        "#CALC!",
        "#NV",
        "#WERT!",
        "#BEZUG!",
    ]
)
_ERRORS_OF_LIBREOFFICE = re.compile(r"Err:\d{3}")
_ROUNDED = re.compile(r"[+-]?\d([.,]\d+)?[Ee]\+?\d+", re.ASCII)


def problem_of(cells: Sequence[object], mapping: ColumnMapping) -> str | None:
    """Why a row cannot be read, by the cells that are imported; None if it can."""
    reasons = [
        f"{mapping.columns[position]} {cell.problem}"
        for position, cell in enumerate(cells)
        if type(cell) is UnreadableText and mapping.fields[position] is not None
    ]
    return "; ".join(reasons) + "." if reasons else None


def spreadsheet_error(text: str) -> UnreadableText:
    """What stands in a cell whose value a spreadsheet could not find out."""
    error = text.strip()
    return UnreadableText(text, f'is an error of a spreadsheet, {error}: correct it, or say --empty "{error}"')


def mark_unreadable(text: str, field: str) -> str:
    """The text of a field as it is, or as UnreadableText if it stands there instead of a value."""
    if type(text) is UnreadableText:
        return text
    stripped = text.strip()
    if stripped in _ERRORS or _ERRORS_OF_LIBREOFFICE.fullmatch(stripped):
        return spreadsheet_error(text)
    if is_placeholder(stripped, field):
        return UnreadableText(
            text, f'is "{stripped}", which may stand for nothing: if it does, say --empty "{stripped}"'
        )
    if field == "phoneNumber" and _ROUNDED.fullmatch(stripped):
        return UnreadableText(
            text, f"is {stripped}: a spreadsheet has rounded the number, and its last digits are lost"
        )
    return text
