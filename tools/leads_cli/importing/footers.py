"""Finds the rows at the end of a table that do not belong to it, as far as that can be known."""

import re
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import NamedTuple

from leads_cli.importing.headings import meaning_of
from leads_cli.importing.imported_table import NumberedRow, stripped_headings
from leads_cli.importing.notices import Notice, is_number, notice_in

_MOST_ROWS_BELOW = 50
_MOST_SHOWN_CHARACTERS = 100
_SHOWN = 5
_LEAST_DIGITS_OF_PHONE_NUMBER = 7
END_OF_FILE = "\x1a"
_EMAIL_ADDRESS = re.compile(r"[^@\s,;]+@[^@\s,;]+\.\w+")
_NO_LEAD = "It is not imported: delete the row, or fill in another cell of it if it is a lead."
_MAY_BE = "Delete it if it is one; if it is a lead, fill in another cell, or move the row up among the others."
_IF_TOTAL = "Delete it if it is one; if it is a lead, fill in another cell, such as the e-mail address."
_APART = "It stands apart from the table: delete the row if it is not a lead, or else the empty row above."


class _Other(Enum):
    """What else a row at the end may be."""

    EMPTY = auto()
    TEXT = auto()


class _Held(NamedTuple):
    number: int
    text: str
    kind: Notice | _Other


class Ending(NamedTuple):
    """The rows at the end of a table that are not leads, in ``footer``, or may not be, in ``problems``.

    Each has its number and a sentence: what it is, and what to do.
    """

    footer: dict[int, str]
    problems: dict[int, str]
    note: str | None
    columns: "_Columns"

    def problem_of(self, number: int, cells: Sequence[str]) -> str | None:
        """Why a row is not a lead, or may not be one. A total is never a lead, wherever it stands."""
        if number in self.problems:
            return self.problems[number]
        texts = [cell for cell in cells if cell and not cell.isspace()]
        if texts and notice_in(texts) is Notice.TOTAL and not self.columns.have_phone_number(cells):
            return f"The row seems to be a total. {_IF_TOTAL}"
        return None


def find_ending(rows: Iterable[NumberedRow], headings: Sequence[str]) -> Ending:
    """What stands at the end of the rows of a table, read to the last."""
    width = len(stripped_headings(headings))
    columns = _Columns(headings)
    held: list[_Held] = []
    least_filled, has_rows = width, False
    for number, cells in rows:
        texts = [cell for cell in cells if cell and not cell.isspace()]
        kind = _kind(cells, texts, columns)
        if kind is not None:
            held.append(_Held(number, " ".join(map(str.strip, texts)), kind))
            if len(held) <= _MOST_ROWS_BELOW:
                continue
        if any(row.kind is not _Other.EMPTY for row in held):
            least_filled = 1
        held.clear()
        has_rows = True
        least_filled = min(least_filled, len(texts))
    # Of two columns, one may be empty.
    are_leads_wide = has_rows and least_filled > 1 and width > 2  # noqa: PLR2004 - see above
    return _ending(held, columns, are_leads_wide=are_leads_wide)


def is_address(cell: str) -> bool:
    """Whether a cell has an e-mail address: neither headings nor notices have one."""
    return _EMAIL_ADDRESS.fullmatch(cell.strip()) is not None


class _Columns:
    """The columns by which a lead and a total differ."""

    def __init__(self, headings: Sequence[str]) -> None:
        fields = [meaning.field if (meaning := meaning_of(heading)) else None for heading in headings]
        self._phones = [at for at, field in enumerate(fields) if field == "phoneNumber"]
        self._counts = [at for at, field in enumerate(fields) if field == "employeeCount"]
        self._beside_counts = {at for at, field in enumerate(fields) if field in {"employeeCount", None}}

    def have_phone_number(self, cells: Sequence[str]) -> bool:
        """Whether a row has a telephone number, which is longer than what is counted."""
        digits = (sum(map(str.isdecimal, cells[at])) for at in self._phones if at < len(cells))
        return max(digits, default=0) >= _LEAST_DIGITS_OF_PHONE_NUMBER

    def have_sum(self, cells: Sequence[str]) -> bool:
        """Whether a row has a number of employees, and nothing else but numbers: it is a total without a label."""
        if not any(at < len(cells) and cells[at] and not cells[at].isspace() for at in self._counts):
            return False
        filled = [at for at, cell in enumerate(cells) if cell and not cell.isspace()]
        return self._beside_counts.issuperset(filled) and all(is_number(cells[at]) for at in filled)


def _kind(cells: Sequence[str], texts: Sequence[str], columns: _Columns) -> Notice | _Other | None:
    """What a row may be instead of a lead with several cells; None if it is such a lead."""
    if not texts or texts == [END_OF_FILE]:
        return _Other.EMPTY
    if any(map(is_address, texts)):
        return None
    if columns.have_sum(cells):
        return Notice.TOTAL
    if len(texts) == 1:
        return notice_in(texts) or _Other.TEXT
    return None if columns.have_phone_number(cells) else notice_in(texts)


def _ending(held: Sequence[_Held], columns: _Columns, *, are_leads_wide: bool) -> Ending:
    """Which of the last rows are a footer, and which ones may be leads."""
    footer: dict[int, str] = {}
    problems: dict[int, str] = {}
    shown = []
    for at in range(_begin(held), len(held)):
        number, text, kind = held[at]
        if kind is Notice.NOTICE or kind is Notice.TOTAL or (kind is not _Other.EMPTY and _beside_notice(held, at)):
            what = kind.value if kind is Notice.TOTAL else "a notice"
            footer[number] = f'The row is {what} below the table, "{_cut(text)}". {_NO_LEAD}'
            shown.append(f'"{_cut(text)}" (row {number})')
        elif kind is Notice.DOUBTFUL:
            problems[number] = f'The row seems to be {kind.value}, "{_cut(text)}". {_MAY_BE}'
        elif kind is _Other.TEXT and are_leads_wide:
            problems[number] = f'The row has a single cell, "{_cut(text)}". {_APART}'
    more = f" and {len(shown) - _SHOWN} more rows" if len(shown) > _SHOWN else ""
    note = f"Not imported, because it is a footer: {', '.join(shown[:_SHOWN])}{more}." if shown else None
    return Ending(footer, problems, note, columns)


def _begin(held: Sequence[_Held]) -> int:
    """Where the footer may begin: after the last lead. There may be leads below a name that looks like a notice."""
    begin = 0
    for at, row in enumerate(held):
        if row.kind is _Other.EMPTY:
            break
        if row.kind is _Other.TEXT:
            begin = at + 1
    return begin


def _beside_notice(held: Sequence[_Held], at: int) -> bool:
    """Whether a row is the title right above a notice, or is below one, with no empty row between."""
    below = at + 1 < len(held) and held[at + 1].kind is Notice.NOTICE
    if below and (not at or held[at - 1].kind is _Other.EMPTY):
        return True
    while at and held[at - 1].kind is not _Other.EMPTY:
        at -= 1
        if held[at].kind is Notice.NOTICE:
            return True
    return False


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN_CHARACTERS else f"{text[:_MOST_SHOWN_CHARACTERS]}…"
