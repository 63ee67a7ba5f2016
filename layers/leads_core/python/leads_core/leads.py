"""A lead as it is stored."""

from typing import Any

DEFAULT_EMPLOYEE_COUNT = 1

# DynamoDB's limit for an item, less room for the two key attributes.
MAX_STORED_BYTES = 400 * 1024 - 256

# Our limits, not the contract's: far above what clients send. They limit the memory and time that a request can take.
MAX_CONTACTS = 1000
MAX_LABELS = 1000

MAX_CUSTOM_MEMBERS = 50
MAX_CUSTOM_NAME_LENGTH = 64
MAX_CUSTOM_TEXT_LENGTH = 1024

Path = tuple[str | int, ...]
"""Where a value is in a lead: names of members, and positions in lists."""

Lead = dict[str, Any]
"""Fields of a lead by camelCase name: text, a number, a list of texts or contacts, a map of custom members."""


def complete(lead: Lead, received_at: str) -> Lead:
    """The lead to store, with defaults for absent fields; ``received_at`` is ISO 8601 text in UTC."""
    completed = {**lead, "employeeCount": lead.get("employeeCount", DEFAULT_EMPLOYEE_COUNT)}
    completed["date"] = lead.get("date", received_at)
    if contacts := lead.get("contacts"):
        completed["contacts"] = [{**each, "dateCreated": each.get("dateCreated", received_at)} for each in contacts]
    return completed


def stored_bytes(value: Any) -> int:  # noqa: ANN401 - any part of a lead
    """The size of a lead, or of a part of it, as DynamoDB counts it.

    Source: "DynamoDB item sizes and formats" in the developer guide. Names and texts: their UTF-8 bytes. Numbers: one
    byte for two digits, plus one. Lists and maps: 3 bytes, plus one for each element.
    """
    match value:
        case str():
            return len(value.encode())
        case bool():
            return 1
        case int() | float():
            return len(str(value)) // 2 + 2
        case list():
            return 3 + sum(1 + stored_bytes(element) for element in value)
        case dict():
            return 3 + sum(1 + len(name.encode()) + stored_bytes(element) for name, element in value.items())
        case _:
            raise TypeError(f"a lead holds no {type(value).__name__}")
