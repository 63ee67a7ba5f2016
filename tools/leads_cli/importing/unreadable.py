"""Recognises cells without a value that could be imported: errors of a spreadsheet, and placeholders."""

import re
from collections.abc import Sequence

from leads_cli.importing.columns import ColumnMapping
from leads_cli.importing.imported_table import UnreadableText
from leads_cli.importing.placeholders import is_placeholder

# In any language: a word in capitals with a mark behind, as "#VALEUR!", "#DIV/0!" and Spanish ones, or as "#N/A".
_ERROR = re.compile(r"#[\u00a1\u00bf]?[^\W\d_]{2,}(?:/0)?[!?]|#[^\W\d_]/[^\W\d_]{1,4}!?")
_OTHER_ERRORS = frozenset(["#NV", "#YOK", "#PUUTTUU", "#GETTING_DATA", "#Loading..."])
_ERROR_OF_LIBREOFFICE = re.compile(r"Err:\d{3}")
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
    """The text of a cell whose value a spreadsheet could not calculate."""
    error = text.strip()
    return UnreadableText(text, f'is an error of a spreadsheet, {error}: correct it, or use --empty "{error}"')


def mark_unreadable(text: str, field: str) -> str:
    """The text of a field as it is, or as UnreadableText if it stands there instead of a value."""
    if type(text) is UnreadableText:
        return text
    stripped = text.strip()
    if _is_error(stripped):
        return spreadsheet_error(text)
    if is_placeholder(stripped, field):
        remedy = f'use --empty "{stripped}", or --text "{stripped}" if it is meant'
        return UnreadableText(text, f'is "{stripped}", which may stand for nothing: {remedy}')
    if field == "phoneNumber" and _ROUNDED.fullmatch(stripped):
        return UnreadableText(
            text, f"is {stripped}: a spreadsheet has rounded the number, and its last digits are lost"
        )
    return text


def _is_error(text: str) -> bool:
    if text.startswith("#"):
        return text in _OTHER_ERRORS or (text.isupper() and _ERROR.fullmatch(text) is not None)
    return _ERROR_OF_LIBREOFFICE.fullmatch(text) is not None
