"""What programs write below a table: totals and notices."""

import re
from collections.abc import Iterable, Sequence

from leads_cli.importing.headings import meaning_of
from leads_cli.importing.tables import NumberedRow

_MOST_ROWS_BELOW = 50
END_OF_FILE = "\x1a"
_EMAIL_ADDRESS = re.compile(r"[^@\s,;]+@[^@\s,;]+\.\w+")
_NOTICE = re.compile(
    r"copyright\b|©|\(c\) |.*all rights reserved|.*alle rechte vorbehalten|.*tous droits reserves|"
    r"(strictly |private and )?confidential( information| -|:|$)|vertraulich\b|"
    r"(report |list |file )?(generated|exported|printed|created|downloaded) (by|on|at|from|with)\b|"
    r"(erstellt|exportiert|gedruckt) (von|am|mit)\b|page \d+ (of|/) \d+|seite \d+ von \d+|end of (report|file|list)\b|"
    r"(record|row|lead|contact) count\b|\(?\d+ (records?|rows?|leads|contacts|datensatze|zeilen)\)?$",
    re.IGNORECASE,
)
_TOTAL = re.compile(
    r"(grand |sub)?totals?( records| rows| leads| contacts| count)?[:\s\d.,]*$|"
    r"(end|gesamt)?summe[:\s\d.,]*$|gesamt[:\s\d.,]*$|totale?[:\s\d.,]*$|totaal[:\s\d.,]*$|summa[:\s\d.,]*$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[\d\s.,'%€$£+-]+")
# No table has as many rows to count.
_LEAST_DIGITS_OF_A_TELEPHONE_NUMBER = 7


def find_footer(rows: Iterable[NumberedRow], headings: Sequence[str]) -> list[NumberedRow]:
    """The rows at the end that are none of the table: notices and totals, or whatever stands apart from the table.

    No heading is empty at the end.
    """
    width = len(headings)
    meanings = [meaning_of(heading) for heading in headings]
    of_phone_numbers = [at for at, meaning in enumerate(meanings) if meaning and meaning.field == "phoneNumber"]
    held: list[tuple[int, list[str]]] = []
    least_filled, has_rows = width, False
    for number, cells in rows:
        texts = [cell for cell in cells if cell and not cell.isspace()]
        may_be_below = len(texts) <= 1 or (_is_notice(texts) and not _has_phone_number(cells, of_phone_numbers))
        if may_be_below and not any(map(is_address, texts)):
            held.append((number, [] if texts == [END_OF_FILE] else texts))
            if len(held) <= _MOST_ROWS_BELOW:
                continue
        if any(texts for _, texts in held):
            least_filled = 1
        held.clear()
        has_rows = True
        least_filled = min(least_filled, len(texts))
    empty = [at for at, (_, texts) in enumerate(held) if not texts]
    notices = [at for at, (_, texts) in enumerate(held) if _is_notice(texts)]
    if notices:
        # What follows a notice right below the table may be rows again, of a company that is called like one.
        others = (at + 1 for at, (_, texts) in enumerate(held) if texts and at not in notices)
        begin = max((at + 1 for at in empty if at < notices[0]), default=max((notices[0], *others)))
    elif empty and has_rows and least_filled > 1 and width > 2:  # noqa: PLR2004 - of two columns, one may be empty
        begin = empty[0]
    else:
        begin = len(held)
    return [(number, texts) for number, texts in held[begin:] if texts]


def is_address(cell: str) -> bool:
    """Whether a cell has an e-mail address: neither headings nor notices have one."""
    return _EMAIL_ADDRESS.fullmatch(cell.strip()) is not None


def _is_notice(texts: Sequence[str]) -> bool:
    """Whether a row is a notice in one cell or two, or a total with numbers."""
    first, others = (texts[0].strip(), texts[1:]) if texts else ("", ())
    if _TOTAL.match(first):
        return len(others) <= 1 or all(map(_NUMBER.fullmatch, others))
    return len(others) <= 1 and _NOTICE.match(first) is not None


def _has_phone_number(cells: Sequence[str], columns: Iterable[int]) -> bool:
    digits = (sum(map(str.isdecimal, cells[at])) for at in columns if at < len(cells))
    return max(digits, default=0) >= _LEAST_DIGITS_OF_A_TELEPHONE_NUMBER
