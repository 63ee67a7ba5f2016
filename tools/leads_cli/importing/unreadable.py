"""Cells that hold no value which could be imported: errors of a spreadsheet, and what stands for nothing."""

import re
from collections.abc import Sequence

from leads_cli.importing.columns import CUSTOM, ColumnMapping

# What programs write where there is no value. Each may be a value, of a person who is called Null for one: who does not
# say so with --empty has the row reported.
_PLACEHOLDERS = frozenset(
    "NULL null (null) <null> NaN nan NAN NaT None N/A n/a N.A. n.a. undefined - -- \u2013 \u2014".split()
)
_ERRORS = frozenset(
    "#N/A #N/V #REF! #VALUE! #NAME? #DIV/0! #NUM! #NULL! #SPILL! #CALC! #FIELD! #BLOCKED! #GETTING_DATA".split()
)
_ERRORS_OF_LIBREOFFICE = re.compile(r"Err:\d{3}")
_ROUNDED = re.compile(r"[+-]?\d([.,]\d+)?[Ee]\+?\d+", re.ASCII)
# Members of one's own and notes may say anything.
_FREE_TEXT = frozenset({"notes", "custom"})


class UnreadableText(str):
    """A cell whose value is not in the file; its text is what stands there instead."""

    __slots__ = ("problem",)

    problem: str

    def __new__(cls, text: str, problem: str) -> "UnreadableText":
        """Of the text, and the rest of a sentence that begins with the column."""
        cell = super().__new__(cls, text)
        cell.problem = problem
        return cell


def problem_of(cells: Sequence[object], mapping: ColumnMapping) -> str | None:
    """Why a row cannot be read, by the cells that are imported; None if it can."""
    reasons = [
        f"{mapping.columns[position]} {problem}"
        for position, (field, cell) in enumerate(zip(mapping.fields, cells, strict=False))
        if field is not None and isinstance(cell, str) and (problem := _problem(cell, field))
    ]
    return "; ".join(reasons) + "." if reasons else None


def _problem(cell: str, field: str) -> str | None:
    if isinstance(cell, UnreadableText):
        return cell.problem
    text = cell.strip()
    if text in _ERRORS or _ERRORS_OF_LIBREOFFICE.fullmatch(text):
        return f"is an error of a spreadsheet, {text}"
    if text in _PLACEHOLDERS and field not in _FREE_TEXT and not field.startswith(CUSTOM):
        return f'is "{text}", which may stand for nothing: if it does, say --empty "{text}"'
    if field == "phoneNumber" and _ROUNDED.fullmatch(text):
        return f"is {text}: a spreadsheet has rounded the number, and its last digits are lost"
    return None
