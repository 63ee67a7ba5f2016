"""Rows right below the headings that are about the columns: labels, hints and ids of questions of forms."""

import re
from collections.abc import Sequence

from leads_cli.importing.headings import meaning_of
from leads_cli.importing.imported_table import NumberedRow

_MOST_ROWS = 3
_ID_OF_QUESTION = '{"ImportId":'
_ANSWERS = frozenset(("Open-Ended Response", "Response"))
_HINT = re.compile(
    r"\(?(?:(?:please|bitte|veuillez) \w|(?:enter|insert|type|fill in|choose|select|pick|geben sie|saisissez|saisir|"
    r"entrez|ingrese|escriba|inserire|ange) \w|(?:must|should|has to|may|can) (?:be|have|contain|not|start|begin)\b|"
    r"muss \w|darf \w|doit \w|debe \w|e\.g\.|z\. ?b\.|p\. ?ex\.|for example|par exemple|por ejemplo|example:|format:|"
    r"max\.? \d|up to \d|(?:with|mit|avec|con|med) \+\d|(?:required|optional|mandatory|pflichtfeld|obligatoire|"
    r"facultatif|obligatorio|obbligatorio|verplicht|text|string|number|date)\)?$)",
    re.IGNORECASE,
)
_LEAST_CELLS = 2
_SHOWN = 3


def rows_about_columns(rows: Sequence[NumberedRow], headings: Sequence[str]) -> dict[int, str]:
    """Which of the rows below headings are about the columns, and why, by their numbers."""
    first = rows[:_MOST_ROWS]
    ids = next((at for at, (_, cells) in enumerate(first) if _are_ids(cells)), -1)
    others = (at for at, (_, cells) in enumerate(first) if not _is_about(cells, headings))
    last = ids if ids >= 0 else next(others, len(first)) - 1
    reason = "The row is about the columns, not a lead: {}. It is not imported: delete it, or correct it if it is one."
    return {
        number: reason.format(", ".join([f'"{cell.strip()[:30]}"' for cell in cells if cell.strip()][:_SHOWN]))
        for number, cells in first[: last + 1]
    }


def _are_ids(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and all(cell.startswith(_ID_OF_QUESTION) for cell in filled)


def _is_about(cells: Sequence[str], headings: Sequence[str]) -> bool:
    """Whether a row has labels of its columns, kinds of answers or hints, and nothing of a lead."""
    filled = [(cell.strip(), heading) for cell, heading in zip(cells, headings, strict=False) if cell.strip()]
    if not filled or any("@" in cell for cell, _ in filled):
        return False
    if not cells[0].strip() and any(cell in _ANSWERS for cell, _ in filled):
        return True
    hints = sum(1 for cell, _ in filled if _HINT.match(cell))
    if hints >= _LEAST_CELLS and hints * 2 >= len(filled):
        return True
    same = sum(1 for cell, heading in filled if _mean_the_same(cell, heading))
    return same >= _LEAST_CELLS and same * 4 >= len(filled) * 3


def _mean_the_same(cell: str, heading: str) -> bool:
    meaning, of_heading = meaning_of(cell), meaning_of(heading)
    return meaning is not None and of_heading is not None and meaning.field == of_heading.field
