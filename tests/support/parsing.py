"""Bodies of requests, and what the parser makes of them."""

import json
from typing import Any

import pytest

from leads_core.leads import complete
from leads_core.parsing import MalformedBody, TooManyLeads, parse_leads
from leads_core.problems import Problem
from leads_core.rows import BadLeads, ParsedLeads
from support.fields import CONTACT_TEXTS, LEAD_TEXTS

RECEIVED = "2026-11-23T08:15:00Z"
EMOJI = "\N{GRINNING FACE}"
LEAD_NAMES = [*LEAD_TEXTS, "contacts", "employeeCount", "labels", "date"]
CONTACT_NAMES = [*CONTACT_TEXTS, "dateCreated"]
Result = ParsedLeads | MalformedBody | TooManyLeads | BadLeads


def as_pascal(name: str) -> str:
    return name[0].upper() + name[1:]


SPELLINGS = [
    pytest.param(str, id="camelCase"),
    pytest.param(as_pascal, id="PascalCase"),
    pytest.param(str.lower, id="lowercase"),
    pytest.param(str.upper, id="UPPERCASE"),
]


def parse(body: bytes | str) -> Result:
    return parse_leads(body.encode() if isinstance(body, str) else body, max_leads=100)


def leads(rows: object) -> list[dict[str, Any]]:
    """The leads of a body that has to be accepted, as they are stored."""
    parsed = parse(rows if isinstance(rows, str) else json.dumps(rows))
    assert isinstance(parsed, ParsedLeads), parsed
    return [complete(lead, RECEIVED) for lead in parsed.leads]


def lead(members: dict[str, Any] | str) -> dict[str, Any]:
    """The one lead of a body that has to be accepted."""
    (only,) = leads(f"[{members}]" if isinstance(members, str) else [members])
    return only


def ignored(rows: object) -> list[list[str]]:
    parsed = parse(rows if isinstance(rows, str) else json.dumps(rows))
    assert isinstance(parsed, ParsedLeads), parsed
    return parsed.ignored


def refusal(rows: object) -> BadLeads:
    """The problems of a body that has to be refused for its leads."""
    parsed = parse(rows if isinstance(rows, str) else json.dumps(rows))
    assert isinstance(parsed, BadLeads), parsed
    return parsed


def problem(members: dict[str, Any] | str) -> Problem:
    """The only problem of a body of one bad lead."""
    bad = refusal(f"[{members}]" if isinstance(members, str) else [members])
    assert (bad.bad_rows, bad.lead_count) == (1, 1)
    (only,) = bad.problems
    assert only.index == 0
    return only


def reason(body: bytes | str) -> str:
    """The reason why a body has to be refused as a whole."""
    parsed = parse(body)
    assert isinstance(parsed, MalformedBody), parsed
    return parsed.reason
