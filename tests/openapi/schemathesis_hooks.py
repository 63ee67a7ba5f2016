"""What Schemathesis must know of the API besides its description; loaded by its command line.

The description states how a lead should be written. The API also accepts other forms, which real clients send. Bodies
in these forms are invalid by the description, but not for the API, so they are removed from the invalid cases.
"""

import json
from datetime import datetime
from typing import Any

import schemathesis
from jsonschema import Draft202012Validator, FormatChecker

dates = FormatChecker(formats=())


@dates.checks("date-time", raises=ValueError)
def _is_iso_8601(text: object) -> bool:
    return not isinstance(text, str) or bool(datetime.fromisoformat(text))


@schemathesis.hook
def filter_case(_context: schemathesis.HookContext, case: schemathesis.Case) -> bool:
    """Keep a valid case, or one that the API must refuse."""
    if case.meta is None or not isinstance(case.body, list):
        return True
    document = case.operation.schema.raw_schema
    lead, contact = (document["components"]["schemas"][name]["properties"] for name in ("Lead", "Contact"))
    if not case.meta.generation.mode.is_negative:
        return not any(_has_only_unknown_names(each, lead) or _has_a_tiny_number(each) for each in case.body)
    if any(_may_be_of_the_newer_shape(each) for each in case.body):
        return False
    leads = [_as_documented(each, lead, contact) for each in case.body]
    return leads == case.body or not _validator(document).is_valid(leads)


def _has_only_unknown_names(members: Any, fields: dict[str, Any]) -> bool:  # noqa: ANN401 - any JSON
    """Whether a lead is refused because it has only unknown fields."""
    return isinstance(members, dict) and bool(members) and fields.keys().isdisjoint(members)


def _has_a_tiny_number(members: Any) -> bool:  # noqa: ANN401 - any JSON
    """Whether a lead has a number that the database cannot hold, which no schema can express."""
    custom = members.get("custom") if isinstance(members, dict) else None
    numbers = [value for value in custom.values() if type(value) is float] if isinstance(custom, dict) else []
    return any(0 < abs(number) < 1e-130 for number in numbers)


def _may_be_of_the_newer_shape(members: Any) -> bool:  # noqa: ANN401 - any JSON
    """Whether a lead, or a contact of it, has an array where the description has a single text."""
    if not isinstance(members, dict):
        return False
    arrays = any(isinstance(members.get(name), list) for name in ("email", "phoneNumber", "address"))
    contacts = members.get("contacts")
    return arrays or (isinstance(contacts, list) and any(_may_be_of_the_newer_shape(each) for each in contacts))


def _as_documented(members: Any, fields: dict[str, Any], contact_fields: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    """The object in its documented form, if the API accepts it."""
    if not isinstance(members, dict):
        return members

    def contact(each: Any) -> Any:  # noqa: ANN401 - any JSON
        return {} if each in ("", None) else _as_documented(each, contact_fields, {})

    written = {}
    for name, value in members.items():
        if name not in fields or value == "":
            continue  # unknown fields are ignored, and empty text is absent
        if name == "employeeCount":
            written[name] = _number(value)
        elif name == "labels" and isinstance(value, list):
            written[name] = [_text(label) for label in value]
        elif name in {"contacts", "contactPerson"} and isinstance(value, list):
            written[name] = [contact(each) for each in value]
        elif name in {"labels", "contacts", "date", "dateCreated"}:
            written[name] = value
        else:
            written[name] = _text(value)
    return written


def _text(value: object) -> object:
    """Numbers are accepted as text."""
    return json.dumps(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _number(value: object) -> object:
    """Numeric text is accepted as a number."""
    try:
        return int(float(value)) if isinstance(value, str) and float(value).is_integer() else value
    except (ValueError, OverflowError):
        return value


def _validator(document: dict[str, Any]) -> Draft202012Validator:
    body = document["paths"]["/api/v1/leads"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return Draft202012Validator({**body, "components": document["components"]}, format_checker=dates)
