"""From the body of a request to the leads in it, or to what is wrong with them.

Most bodies are read in one pass by pydantic. A second, tolerant pass reads what that pass does not settle: names in
other spellings, a field spelled twice, numbers where text is expected, empty text where a list is expected - and
whatever is wrong, because it knows which row and which of the client's own names to blame. What the first pass accepts,
the second accepts with the same result; a property test holds the two together.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails, SchemaValidator, ValidationError, from_json

from leads_core.leads import (
    CONTACT_FIELDS,
    LEAD,
    LEAD_FIELDS,
    MAX_STORED_BYTES,
    Lead,
    NumberText,
    complete,
    stored_bytes,
    with_contacts,
)

MAX_PROBLEMS = 100
# An answer has a size limit too, so the names it repeats are cut.
_MAX_IGNORED_NAMES = 20
_MAX_IGNORED_NAME_LENGTH = 64

_LEAD_NAMES = {name.lower(): name for name in LEAD_FIELDS}
_CONTACT_NAMES = {name.lower(): name for name in CONTACT_FIELDS}
# Larger ones stay as they are: written out, a few bytes of a request would become thousands.
_EXPONENT_OF_UP_TO_TWO_DIGITS = re.compile(r"e[+-]?0*[0-9]{1,2}", re.IGNORECASE)

_Path = tuple[str | int, ...]
_CONTACT_LISTS = ("contactPerson", "contacts")

_one_lead = SchemaValidator(with_contacts(LEAD))
# What is wrong is for the second pass to say, so the first stops at the first error.
_all_leads = SchemaValidator(with_contacts({"type": "list", "items_schema": LEAD, "fail_fast": True}))


class ParsedLeads(NamedTuple):
    """The leads of a request, in its order, and for each the names of what was ignored, in order of the alphabet."""

    leads: list[Lead]
    ignored: list[list[str]]


class MalformedBody(NamedTuple):
    """The body is not a JSON array of at least one element; ``reason`` is a sentence for the client."""

    reason: str


class TooManyLeads(NamedTuple):
    """More leads than one request may hold."""

    lead_count: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field of one lead.

    ``pointer`` is a JSON pointer (RFC 6901) into the body as the client spelled it; ``field`` is the lead's field by
    its own name, empty when the lead as a whole is meant. No part of the client's data is repeated.
    """

    index: int
    field: str
    pointer: str
    code: str
    message: str


class BadLeads(NamedTuple):
    """Some leads break a limit: the first problems in order of the rows, and how many rows have one."""

    problems: list[Problem]
    bad_rows: int
    lead_count: int


def parse_leads(
    body: bytes, *, received_at: str, max_leads: int
) -> ParsedLeads | MalformedBody | TooManyLeads | BadLeads:
    """Read the leads of a request; ``received_at`` (ISO 8601 in UTC) is their date where they have none."""
    body = body.removeprefix(b"\xef\xbb\xbf")
    return _first_pass(body, received_at, max_leads) or _second_pass(body, received_at, max_leads)


def _first_pass(body: bytes, received_at: str, max_leads: int) -> ParsedLeads | None:
    if b"NaN" in body or b"Infinity" in body:  # pydantic takes them for numbers, JSON does not
        return None
    try:
        rows = _all_leads.validate_json(body)
    except ValidationError:
        return None
    if not 1 <= len(rows) <= max_leads:
        return None
    ignored = []
    for row in rows:
        unknown = _unknown_names(row)
        if unknown is None:
            return None
        ignored.append(_shown(unknown))
    leads = [complete(row, received_at) for row in rows]
    if any(_is_too_large(lead) for lead in leads):
        return None
    return ParsedLeads(leads, ignored)


def _unknown_names(row: Mapping[str, Any]) -> list[str] | None:
    """The names in a lead that mean nothing, or None when some are known names in another spelling."""
    unknown = [] if row.keys() <= LEAD_FIELDS.keys() else [name for name in row if name not in LEAD_FIELDS]
    if any(name.lower() in _LEAD_NAMES for name in unknown):
        return None
    for list_name in _CONTACT_LISTS:
        contacts = row.get(list_name)
        if not isinstance(contacts, list):
            continue
        for position, contact in enumerate(contacts):
            strange = [name for name in contact or () if name not in CONTACT_FIELDS]
            if any(name.lower() in _CONTACT_NAMES for name in strange):
                return None
            unknown += _contact_names(list_name, position, strange)
    return unknown


def _second_pass(
    body: bytes, received_at: str, max_leads: int
) -> ParsedLeads | MalformedBody | TooManyLeads | BadLeads:
    if not body.strip():
        return MalformedBody("The body is empty: send a JSON array of leads.")
    try:
        array = from_json(body, allow_inf_nan=False)
    except ValueError as exc:
        return _problems_of_what_is_not_json(body, received_at, max_leads) or MalformedBody(
            f"The body is not valid JSON: {exc}."
        )
    if not isinstance(array, list):
        return MalformedBody("The body must be a JSON array of leads, even for a single one: [{...}].")
    if not array:
        return MalformedBody("The array is empty: send at least one lead.")
    if len(array) > max_leads:
        return TooManyLeads(len(array))
    return _read_rows(_load_leniently(body), received_at)


def _problems_of_what_is_not_json(body: bytes, received_at: str, max_leads: int) -> BadLeads | None:
    """What is wrong by row, when the standard library can read the body: it takes NaN and half surrogate pairs."""
    try:
        rows = _load_leniently(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(rows, list) or len(rows) > max_leads:
        return None
    parsed = _read_rows(rows, received_at)
    return parsed if isinstance(parsed, BadLeads) else None


def _load_leniently(body: bytes) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(body.decode(), object_pairs_hook=_members, parse_int=NumberText, parse_float=_decimal)


def _decimal(literal: str) -> NumberText:
    """A number as decimal text: as it was written, but for an exponent."""
    _, letter, exponent = literal.lower().partition("e")
    if _EXPONENT_OF_UP_TO_TWO_DIGITS.fullmatch(letter + exponent):
        return NumberText(format(Decimal(literal), "f"))
    return NumberText(literal)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object's members in the order of the last time each name is spelled."""
    members: dict[str, Any] = {}
    for name, value in pairs:
        members.pop(name, None)
        members[name] = value
    return members


def _read_rows(rows: list[Any], received_at: str) -> ParsedLeads | BadLeads:
    leads: list[Lead] = []
    ignored: list[list[str]] = []
    problems: list[Problem] = []
    bad_rows = 0
    for index, row in enumerate(rows):
        folded = _fold_lead(row) if isinstance(row, dict) else _Folded(row, {}, [])
        try:
            lead = complete(_one_lead.validate_python(folded.fields), received_at)
        except ValidationError as exc:
            bad_rows += 1
            room = MAX_PROBLEMS - len(problems)
            if room:
                problems += [_problem(index, error, folded.spelling) for error in exc.errors(include_url=False)[:room]]
            continue
        if _is_too_large(lead):
            bad_rows += 1
            if len(problems) < MAX_PROBLEMS:
                problems.append(_too_large(index, lead))
            continue
        leads.append(lead)
        ignored.append(_shown(folded.ignored))
    return BadLeads(problems, bad_rows, len(rows)) if problems else ParsedLeads(leads, ignored)


class _Folded(NamedTuple):
    """An object of a request with its known names folded to ours.

    ``spelling`` has the client's name for the path of each of ours, ``ignored`` the names that mean nothing.
    """

    fields: Any
    spelling: dict[_Path, str]
    ignored: list[str]


def _fold_lead(members: Mapping[str, Any]) -> _Folded:
    lead = _fold(members, _LEAD_NAMES)
    for list_name in _CONTACT_LISTS:
        contacts = lead.fields.get(list_name)
        if not isinstance(contacts, list):
            continue
        for position, members_of_contact in enumerate(contacts):
            if members_of_contact == "":
                contacts[position] = None
            if not isinstance(members_of_contact, dict):
                continue
            contact = _fold(members_of_contact, _CONTACT_NAMES)
            contacts[position] = contact.fields
            lead.spelling.update({(list_name, position, *path): name for path, name in contact.spelling.items()})
            lead.ignored.extend(_contact_names(list_name, position, contact.ignored))
    return lead


def _fold(members: Mapping[str, Any], names: Mapping[str, str]) -> _Folded:
    folded = _Folded({}, {}, [])
    for spelled, value in members.items():
        name = names.get(spelled.lower())
        if name is None:
            folded.ignored.append(spelled)
            continue
        folded.spelling[name,] = spelled
        # Empty text is absent whatever the field holds: spreadsheets have no other way to say so.
        folded.fields[name] = None if value == "" else value
    return folded


def _contact_names(list_name: str, position: int, names: Sequence[str]) -> list[str]:
    return [f"{list_name}/{position}/{name}" for name in names]


def _shown(ignored: Sequence[str]) -> list[str]:
    return [name[:_MAX_IGNORED_NAME_LENGTH] for name in sorted(ignored)[:_MAX_IGNORED_NAMES]]


def _problem(index: int, error: ErrorDetails, spelling: Mapping[_Path, str]) -> Problem:
    path = error["loc"]
    if path[:1] == ("contactPerson",):
        path = (*path[:1], *path[2:])  # without the name of the shape it has
    spelled = [spelling.get(path[: depth + 1], part) for depth, part in enumerate(path)]
    return Problem(
        index=index,
        field=".".join(part for part in path if isinstance(part, str)),
        pointer="/".join(map(str, ["", index, *spelled])),
        code=error["type"],
        message=_message(error),
    )


def _message(error: ErrorDetails) -> str:
    """What a client should do about an error, in words that fit behind the field's name."""
    context = error.get("ctx", {})
    match error["type"]:
        case "string_too_long":
            return f"must have at most {context['max_length']} characters, but has {len(error['input'])}"
        case "string_type" if error["loc"] == ("contactPerson", "text"):
            return "must be text or an array of contacts"
        case "string_type":
            return "must be text"
        case "string_unicode":
            return "must be valid Unicode, but holds half of a surrogate pair"
        case "list_type":
            return "must be an array"
        case "dict_type":
            return "must be an object"
        case "too_long":
            return f"must have at most {context['max_length']} elements"
        case "greater_than_equal":
            return f"must be at least {context['ge']}"
        case "less_than_equal":
            return f"must be at most {context['le']}"
        case _:
            return error["msg"]


def _is_too_large(lead: Lead) -> bool:
    # Without lists a lead stays below 50 KB whatever its texts are.
    return ("contacts" in lead or "labels" in lead) and stored_bytes(lead) > MAX_STORED_BYTES


def _too_large(index: int, lead: Lead) -> Problem:
    message = f"must take at most {MAX_STORED_BYTES} bytes when stored, but takes {stored_bytes(lead)}"
    return Problem(index=index, field="", pointer=f"/{index}", code="lead_too_large", message=message)
