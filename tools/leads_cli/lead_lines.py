"""Leads as lines that fit a terminal: in columns where all of them fit, or else in blocks. No text is cut or folded."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from leads_cli.tables import moment
from leads_cli.terminal import as_sent
from leads_core.leads import Lead

_COLUMNS = ("id", "date", "company", "contact", "email", "phone")
_IN_FIRST_LINE = 3
_GAP = "  "
_INDENT = "    "


class LeadLines:
    """Formats these leads, and others that come later in the same columns."""

    def __init__(self, leads: Iterable[Lead], width: int) -> None:
        self._width = width
        rows = [_cells(lead) for lead in leads]
        longest = [max((cell_len(row[place]) for row in rows), default=0) for place, _ in enumerate(_COLUMNS)]
        # A column without a text is left out.
        self._widths = [most and max(most, len(name)) for most, name in zip(longest, _COLUMNS, strict=True)]
        self._fits = sum(most + len(_GAP) for most in self._widths if most) - len(_GAP) <= width

    def heading(self) -> Text | None:
        """The names of the columns, if there are some."""
        return Text(self._in_columns(_COLUMNS), style="bold") if self._fits and any(self._widths) else None

    def of(self, lead: Lead) -> Text:
        """The lines of a lead, without the last one's end."""
        cells = _cells(lead)
        if self._fits and all(cell_len(cell) <= width for cell, width in zip(cells, self._widths, strict=True)):
            return Text(self._in_columns(cells))
        return Text("\n".join([*self._filled(cells[:_IN_FIRST_LINE]), *self._filled(cells[_IN_FIRST_LINE:], _INDENT)]))

    def _in_columns(self, cells: Sequence[str]) -> str:
        shown = [set_cell_size(cell, width) for cell, width in zip(cells, self._widths, strict=True) if width]
        return _GAP.join(shown).rstrip()

    def _filled(self, cells: Sequence[str], indent: str = "") -> list[str]:
        """As few lines as hold the cells, none of which is broken."""
        lines: list[str] = []
        for cell in filter(None, cells):
            if lines and cell_len(longer := lines[-1] + _GAP + cell) <= self._width:
                lines[-1] = longer
            else:
                lines.append((_INDENT if lines else indent) + cell)
        return lines


def _cells(lead: Lead) -> list[str]:
    contact = lead.get("contactPerson") or next((c["name"] for c in lead.get("contacts", []) if "name" in c), "")
    of_client = (lead.get("company"), contact, lead.get("email"), lead.get("phoneNumber"))
    return [lead["id"], moment(lead["date"]).plain, *(as_sent(cell or "").plain for cell in of_client)]
