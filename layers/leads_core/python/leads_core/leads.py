"""What a lead is: the fields and limits of a request, and the lead as it is stored.

Field names and limits are those of the ClosingDealz lead and contact request objects. Lengths are Unicode code points.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic_core import CoreSchema, PydanticCustomError

from leads_core import timestamps

DEFAULT_EMPLOYEE_COUNT = 1

# DynamoDB's limit for an item, less room for the two key attributes.
MAX_STORED_BYTES = 400 * 1024 - 256
# Ours, not the contract's: far beyond what clients send, and a bound for what a request can take in memory and time.
_MAX_CONTACTS = 1000
_MAX_LABELS = 1000
# Longer ones are beyond every limit, and the time to convert one grows with the square of its length.
_WHOLE_NUMBER = re.compile(r"\s*([+-]?\d{1,400})(\.0*)?\s*", re.ASCII)

Lead = dict[str, Any]
"""A lead as it is stored: the fields it has, by camelCase name; text, a number, a list of labels or of contacts."""


class NumberText(str):
    """A JSON number as the client wrote it: what is stored where a field holds text."""

    __slots__ = ()


def _whole_number(value: object) -> object:
    """Accept numeric text, and 50.0 for 50: spreadsheets write it so when other rows are empty."""
    if isinstance(value, str) and (whole := _WHOLE_NUMBER.fullmatch(value)):
        return int(whole[1])
    raise PydanticCustomError("int_type", "must be a whole number")


def _utc(text: str) -> str:
    try:
        return timestamps.from_iso_8601(text)
    except ValueError as exc:
        raise PydanticCustomError(
            "datetime_parsing", "must be an ISO 8601 date-time such as 2026-11-23T08:15:00Z"
        ) from exc


def _shape(contact_person: object) -> str:
    return "array" if isinstance(contact_person, list) else "text"


def _text(max_length: int) -> CoreSchema:
    return {"type": "str", "max_length": max_length}


def _request_object(fields: Mapping[str, CoreSchema], ref: str) -> CoreSchema:
    """An object of a request: any of these fields, each of them or null."""
    return {
        "type": "typed-dict",
        "ref": ref,
        "fields": {
            name: {
                "type": "typed-dict-field",
                "schema": {"type": "nullable", "schema": field},
                "required": False,
            }
            for name, field in fields.items()
        },
    }


# Schemas of pydantic's core are written down here instead of being derived from annotated classes: importing pydantic,
# and deriving them, would take as long as all else that a cold start imports of ours.
_date_time: CoreSchema = {
    "type": "function-after",
    "function": {"type": "no-info", "function": _utc},
    "schema": {"type": "str"},
}

CONTACT_FIELDS: Mapping[str, CoreSchema] = {
    "name": _text(256),
    "lastName": _text(256),
    "email": _text(124),
    "phoneNumber": _text(64),
    "address": _text(256),
    "website": _text(512),
    "linkedIn": _text(512),
    "twitter": _text(512),
    "facebook": _text(512),
    "role": _text(64),
    "dateCreated": _date_time,
}
"""What a contact in a request may have, by name."""

_contacts: CoreSchema = {
    "type": "list",
    "items_schema": {"type": "nullable", "schema": {"type": "definition-ref", "schema_ref": "Contact"}},
    "max_length": _MAX_CONTACTS,
}

LEAD_FIELDS: Mapping[str, CoreSchema] = {
    "company": _text(256),
    # The endpoint's page shows text, the object's page an array.
    "contactPerson": {
        "type": "tagged-union",
        "choices": {"text": _text(256), "array": _contacts},
        "discriminator": _shape,
    },
    "contacts": _contacts,
    "jobTitle": _text(256),
    "industry": _text(256),
    "employeeCount": {
        "type": "function-before",
        "function": {"type": "no-info", "function": _whole_number},
        "schema": {"type": "int", "ge": 1, "le": 5_000_000},
    },
    "website": _text(512),
    "linkedIn": _text(512),
    "twitter": _text(512),
    "facebook": _text(512),
    "email": _text(124),
    "phoneNumber": _text(64),
    "address": _text(256),
    "notes": _text(6942),
    "labels": {
        "type": "list",
        "items_schema": {"type": "nullable", "schema": _text(64)},
        "max_length": _MAX_LABELS,
    },
    "date": _date_time,
}
"""What a lead in a request may have, by name."""


LEAD: CoreSchema = {
    "type": "definitions",
    "schema": _request_object(LEAD_FIELDS, "Lead"),
    "definitions": [_request_object(CONTACT_FIELDS, "Contact")],
}
"""Schema of a lead in a request, its names spelled like ours."""


def cleaned(fields: Mapping[str, Any]) -> Lead:
    """A lead without what is absent, and with its contacts in one list."""
    lead = dict(fields)
    if isinstance(lead.get("contactPerson"), list):
        lead["contacts"] = lead.pop("contactPerson") + lead.get("contacts", [])
    for name in ("contacts", "labels"):
        if name in lead:
            lead[name] = [element for element in lead[name] if element]
            if not lead[name]:
                del lead[name]
    return lead


def complete(lead: Lead, received_at: str) -> Lead:
    """The lead to store: with defaults for what it does not say; ``received_at`` is ISO 8601 text in UTC."""
    completed = {**lead, "employeeCount": lead.get("employeeCount", DEFAULT_EMPLOYEE_COUNT)}
    completed["date"] = lead.get("date", received_at)
    if contacts := lead.get("contacts"):
        completed["contacts"] = [{**each, "dateCreated": each.get("dateCreated", received_at)} for each in contacts]
    return completed


def stored_bytes(value: Any) -> int:  # noqa: ANN401 - any part of a lead
    """How large DynamoDB takes a lead, or a part of it, to be.

    Source: "DynamoDB item sizes and formats" in the developer guide: UTF-8 bytes of names and texts; numbers a byte for
    two digits and one more; lists and maps 3 bytes and one for each element.
    """
    match value:
        case str():
            return len(value.encode())
        case int():
            return len(str(value)) // 2 + 2
        case list():
            return 3 + sum(1 + stored_bytes(element) for element in value)
        case dict():
            return 3 + sum(1 + len(name.encode()) + stored_bytes(element) for name, element in value.items())
        case _:
            raise TypeError(f"a lead holds no {type(value).__name__}")
