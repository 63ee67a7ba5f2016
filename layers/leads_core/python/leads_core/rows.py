"""Reads the rows of a request: each as a lead, or as what is wrong with it.

A row is folded to our names, validated and cleaned. The client's own spelling is looked up again only to report a
problem.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic_core import SchemaValidator, ValidationError

from leads_core.lead_schema import LEAD, LIST_FIELDS
from leads_core.leads import MAX_STORED_BYTES, Lead, Path, complete, stored_bytes
from leads_core.newer_shape import as_older
from leads_core.problems import MAX_PROBLEMS, Problem, no_known_field, problems_of, too_large
from leads_core.spelling import fold_lead, has_only_unknown_names

_ANY_TIME = "0000-00-00T00:00:00Z"
# At four bytes a character, a lead's fields take at most 50 KB, a contact 13 KB, and a label 257 bytes.
_FEW_CONTACTS = 20
_FEW_LABELS = 200

_validator = SchemaValidator(LEAD)


class ParsedLeads(NamedTuple):
    """The good leads of a request, in order: for each lead its row, and its ignored names in alphabetical order."""

    leads: list[Lead]
    ignored: list[list[str]]
    rows: list[int]


class BadLeads(NamedTuple):
    """Some leads are not valid; ``good`` has the others.

    ``problems`` are in the order of the rows: at least one for each bad row, more only up to ``MAX_PROBLEMS`` in all.
    """

    problems: list[Problem]
    bad_rows: int
    lead_count: int
    good: ParsedLeads


def read_rows(rows: list[Any]) -> ParsedLeads | BadLeads:
    """Read all rows; a row is any JSON."""
    good = ParsedLeads([], [], [])
    problems: list[Problem] = []
    for index, row in enumerate(rows):
        folded = fold_lead(row) if isinstance(row, dict) else (row, [])
        fields, ignored = folded
        try:
            # A row with unknown names may have the newer shape.
            read = _read_either_shape(index, row, folded, problems) if ignored else (_validated(fields), ignored)
        except ValidationError:
            read = _read_either_shape(index, row, folded, problems)
        if read is None:
            continue
        lead, ignored = read
        if (size := _size(lead)) > MAX_STORED_BYTES:
            problems.append(too_large(index, size))
            continue
        good.leads.append(lead)
        good.ignored.append(ignored)
        good.rows.append(index)
    return BadLeads(problems, len(rows) - len(good.rows), len(rows), good) if problems else good


def _read_either_shape(
    index: int,
    row: Any,  # noqa: ANN401 - any JSON
    folded: tuple[Any, list[str]],
    problems: list[Problem],
) -> tuple[Lead, list[str]] | None:
    """The lead of a row in either shape, and its ignored names. If it is not valid, None, and problems are added."""
    fields, ignored = folded
    sources: Mapping[Path, Path] = {}
    if isinstance(row, dict):
        if older := as_older(row):
            row, sources = older.members, older.sources
            fields, ignored = fold_lead(row, older.ignored)
        if ignored and has_only_unknown_names(row):
            problems.append(no_known_field(index, ignored))
            return None
    try:
        return _validated(fields), ignored
    except ValidationError as exc:
        most = max(1, MAX_PROBLEMS - len(problems))
        problems += problems_of(index, row, exc.errors(include_url=False)[:most], sources)
        return None


def _validated(fields: Any) -> Lead:  # noqa: ANN401 - any JSON
    return cleaned(_validator.validate_python(fields))


def cleaned(fields: Mapping[str, Any]) -> Lead:
    """A lead without empty elements and lists, and with its contacts in one list."""
    lead = dict(fields)
    if type(lead.get("contactPerson")) is list:
        lead["contacts"] = lead.pop("contactPerson") + lead.get("contacts", [])
    for name in LIST_FIELDS:
        if name in lead:
            lead[name] = [element for element in lead[name] if element]
            if not lead[name]:
                del lead[name]
    if "custom" in lead and not lead["custom"]:
        del lead["custom"]
    return lead


def _size(lead: Lead) -> int:
    """The stored size of a lead in bytes; 0 if it has too few contacts and labels to exceed the limit."""
    may_be_large = len(lead.get("contacts", ())) > _FEW_CONTACTS or len(lead.get("labels", ())) > _FEW_LABELS
    return stored_bytes(complete(lead, _ANY_TIME)) if may_be_large else 0
