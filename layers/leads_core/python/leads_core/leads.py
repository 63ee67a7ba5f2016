"""What a lead is: the fields and limits of a request, and the lead as it is stored.

Field names and limits are those of the ClosingDealz lead and contact request objects. Lengths are Unicode code points.
"""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasGenerator,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
)
from pydantic_core import PydanticCustomError

# The standard library's is not understood by pydantic before Python 3.12.
from typing_extensions import TypedDict

from leads_core import timestamps

DEFAULT_EMPLOYEE_COUNT = 1

# DynamoDB's limit for an item, less room for the two key attributes.
MAX_STORED_BYTES = 400 * 1024 - 256
# Ours, not the contract's: far beyond what clients send, and a bound for what a request can take in memory and time.
_MAX_CONTACTS = 1000
_MAX_LABELS = 1000

Lead = dict[str, Any]
"""A lead as it is stored: the fields it has, by camelCase name; text, a number, a list of labels or of contacts."""


class NumberText(str):
    """A JSON number as the client wrote it: what is stored where a field holds text."""

    __slots__ = ()


def _whole_number(value: object) -> object:
    """Accept numeric text, and 50.0 for 50: spreadsheets write it so when other rows are empty."""
    if value is None or type(value) is int:
        return value
    if isinstance(value, NumberText):
        value = float(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?\d{1,20}(\.0*)?\s*", value, re.ASCII):
        return int(value.partition(".")[0])
    raise PydanticCustomError("int_type", "must be a whole number")


def _utc(text: str) -> str:
    try:
        return timestamps.from_iso_8601(text)
    except ValueError as exc:
        raise PydanticCustomError(
            "datetime_parsing", "must be an ISO 8601 date-time such as 2026-11-23T08:15:00Z"
        ) from exc


_Text64 = Annotated[str, Field(max_length=64)]
_Text124 = Annotated[str, Field(max_length=124)]
_Text256 = Annotated[str, Field(max_length=256)]
_Text512 = Annotated[str, Field(max_length=512)]
_Notes = Annotated[str, Field(max_length=6942)]
_EmployeeCount = Annotated[int | None, Field(ge=1, le=5_000_000), BeforeValidator(_whole_number)]
_DateTime = Annotated[str, AfterValidator(_utc)]

_REQUEST_OBJECT = ConfigDict(
    # Unknown members are kept so that the answer can name them; they go no further than the parser.
    extra="allow",
    # The two spellings that clients use. The parser folds all others to the first.
    alias_generator=AliasGenerator(validation_alias=lambda name: AliasChoices(name, name[0].upper() + name[1:])),
)


class ContactFields(TypedDict, total=False):
    """A contact in a request."""

    __pydantic_config__ = _REQUEST_OBJECT  # type: ignore[misc]  # how pydantic configures a TypedDict

    name: _Text256 | None
    lastName: _Text256 | None
    email: _Text124 | None
    phoneNumber: _Text64 | None
    address: _Text256 | None
    website: _Text512 | None
    linkedIn: _Text512 | None
    twitter: _Text512 | None
    facebook: _Text512 | None
    role: _Text64 | None
    dateCreated: _DateTime | None


_Contacts = Annotated[list[ContactFields | None], Field(max_length=_MAX_CONTACTS)]


def _shape(contact_person: object) -> str:
    return "array" if isinstance(contact_person, list) else "text"


class LeadFields(TypedDict, total=False):
    """A lead in a request."""

    __pydantic_config__ = _REQUEST_OBJECT  # type: ignore[misc]  # how pydantic configures a TypedDict

    company: _Text256 | None
    # The endpoint's page shows text, the object's page an array.
    contactPerson: (
        Annotated[Annotated[_Text256, Tag("text")] | Annotated[_Contacts, Tag("array")], Discriminator(_shape)] | None
    )
    contacts: _Contacts | None
    jobTitle: _Text256 | None
    industry: _Text256 | None
    employeeCount: _EmployeeCount
    website: _Text512 | None
    linkedIn: _Text512 | None
    twitter: _Text512 | None
    facebook: _Text512 | None
    email: _Text124 | None
    phoneNumber: _Text64 | None
    address: _Text256 | None
    notes: _Notes | None
    labels: Annotated[list[_Text64 | None], Field(max_length=_MAX_LABELS)] | None
    date: _DateTime | None


LEAD_FIELDS = frozenset(LeadFields.__annotations__)
CONTACT_FIELDS = frozenset(ContactFields.__annotations__)
_LEAD_TEXTS = tuple(
    name for name in LeadFields.__annotations__ if name not in {"contacts", "employeeCount", "labels", "date"}
)
_CONTACT_TEXTS = tuple(name for name in ContactFields.__annotations__ if name != "dateCreated")


def complete(fields: Mapping[str, Any], received_at: str) -> Lead:
    """The lead to store: without what is absent (null and empty text are), defaults filled in, contacts in one list.

    ``received_at`` is the time of the request as ISO 8601 text in UTC.
    """
    lead: Lead = {name: value for name in _LEAD_TEXTS if (value := fields.get(name))}
    contacts = fields.get("contacts") or []
    if isinstance(lead.get("contactPerson"), list):
        contacts = lead.pop("contactPerson") + contacts
    if contacts := [_complete_contact(contact, received_at) for contact in contacts if _says_anything(contact)]:
        lead["contacts"] = contacts
    if labels := [label for label in fields.get("labels") or () if label]:
        lead["labels"] = labels
    lead["employeeCount"] = fields.get("employeeCount") or DEFAULT_EMPLOYEE_COUNT
    lead["date"] = fields.get("date") or received_at
    return lead


def _says_anything(contact: Mapping[str, Any] | None) -> bool:
    return contact is not None and any(contact.get(name) for name in CONTACT_FIELDS)


def _complete_contact(fields: Mapping[str, Any], received_at: str) -> dict[str, str]:
    contact = {name: value for name in _CONTACT_TEXTS if (value := fields.get(name))}
    contact["dateCreated"] = fields.get("dateCreated") or received_at
    return contact


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
