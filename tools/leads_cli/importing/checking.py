"""Checks rows by the API's own rules, before anything is sent."""

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple, Protocol

from leads_admin.lead_table import CUSTOM
from leads_cli.importing.columns import ColumnMapping
from leads_cli.importing.imported_table import Row
from leads_cli.importing.unreadable import problem_of
from leads_core.leads import Lead
from leads_core.parsing import MalformedBody, parse_leads
from leads_core.rows import BadLeads
from leads_core.settings import Settings

MOST_LEADS_PER_ARRAY = Settings(access_table="", leads_table="").max_leads_per_request
"""What the API accepts in a request with its default settings."""


class BadRow(NamedTuple):
    """A row that cannot be imported as it is, and why: in one line, by the user's own headings."""

    row: Row
    reason: str


class RowAndLead(NamedTuple):
    """A row and what is sent of it."""

    row: Row
    lead: Lead


class FieldProblem(Protocol):
    """A field that breaks the API's rules: its JSON pointer into the array, and the rest of the sentence."""

    @property
    def index(self) -> int: ...  # noqa: D102
    @property
    def pointer(self) -> str: ...  # noqa: D102
    @property
    def message(self) -> str: ...  # noqa: D102


@dataclass(slots=True)
class Checked:
    """How many rows there are of each kind, and the numbers of the bad ones in the order of the file."""

    good: int = 0
    empty: int = 0
    bad: "array[int]" = field(default_factory=lambda: array("Q"))

    @property
    def rows(self) -> int:
        """All rows."""
        return self.good + self.empty + len(self.bad)


class RowChecker:
    """Checks the rows of a file; ``build`` makes the lead of a row."""

    def __init__(self, mapping: ColumnMapping, build: Callable[[Sequence[object]], Lead]) -> None:
        self._mapping = mapping
        self._build = build

    def check(self, rows: Iterable[Row], on_bad: Callable[[BadRow], None]) -> Checked:
        """Check all rows, and call ``on_bad`` for each bad one in the order of the file."""
        checked = Checked()
        rows = iter(rows)
        while chunk := list(islice(rows, MOST_LEADS_PER_ARRAY)):
            bad = {row.number: BadRow(row, problem) for row in chunk if (problem := self._unreadable(row))}
            leads = [RowAndLead(row, self._build(row.cells)) for row in chunk if row.number not in bad]
            to_send = [pair for pair in leads if pair.lead]
            bad |= {bad_row.row.number: bad_row for bad_row in self._refused(to_send)}
            checked.empty += len(leads) - len(to_send)
            checked.good += len(chunk) - len(bad) - (len(leads) - len(to_send))
            for number in sorted(bad):
                checked.bad.append(number)
                on_bad(bad[number])
        return checked

    def good_leads(self, rows: Iterable[Row], checked: Checked) -> Iterator[RowAndLead]:
        """The leads of the rows that were found to be good, in the order of the file."""
        bad = iter(checked.bad)
        next_bad = next(bad, None)
        for row in rows:
            if row.number == next_bad:
                next_bad = next(bad, None)
            elif lead := self._build(row.cells):
                yield RowAndLead(row, lead)

    def bad_rows(self, leads: Sequence[RowAndLead], problems: Iterable[FieldProblem]) -> list[BadRow]:
        """The rows that problems of their leads are about."""
        reasons: dict[int, list[str]] = {}
        for problem in problems:
            if 0 <= problem.index < len(leads):
                reasons.setdefault(problem.index, []).append(self._reason(problem))
        return [BadRow(leads[index].row, in_one_line("; ".join(reasons[index]) + ".")) for index in sorted(reasons)]

    def _unreadable(self, row: Row) -> str | None:
        problem = row.problem or problem_of(row.cells, self._mapping)
        return problem and in_one_line(problem)

    def _refused(self, leads: Sequence[RowAndLead]) -> Iterator[BadRow]:
        while leads:
            body = json.dumps([lead for _, lead in leads]).encode()
            parsed = parse_leads(body, max_leads=MOST_LEADS_PER_ARRAY)
            if isinstance(parsed, MalformedBody):
                yield from self._malformed(leads, parsed.reason)
            if not isinstance(parsed, BadLeads):
                return
            yield from self.bad_rows(leads, parsed.problems)
            # Only so many problems are listed, in the order of the rows.
            leads = leads[parsed.problems[-1].index + 1 :]

    def _malformed(self, leads: Sequence[RowAndLead], reason: str) -> Iterator[BadRow]:
        """The bad rows of an array that the API cannot read as a whole, such as one that is nested too deeply."""
        if len(leads) == 1:
            yield BadRow(leads[0].row, reason)
            return
        for lead in leads:
            yield from self._refused([lead])

    def _reason(self, problem: FieldProblem) -> str:
        _, _, *path = problem.pointer.split("/")
        if not path:
            return f"The lead {problem.message}"
        return f"{'/'.join(self._by_headings(path))} {problem.message}"

    def _by_headings(self, path: list[str]) -> list[str]:
        """The parts of a JSON pointer, the column first."""
        if path[0] == "custom" and path[1:]:
            member = CUSTOM + path[1].replace("~1", "/").replace("~0", "~")
            if member in self._mapping.fields:
                return [self._mapping.heading(member)]
        return [self._mapping.heading(path[0]), *path[1:]]


def in_one_line(reason: str) -> str:
    """Replace line breaks, which headings, cells and names in nested values may contain, by spaces."""
    return " ".join(reason.splitlines())
