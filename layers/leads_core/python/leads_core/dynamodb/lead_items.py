"""Converts leads to items of the leads table, and back. It needs only the standard library, so any function can use it.

Boto3's serializer supports all types, and takes several times as long.
"""

from typing import Any

from leads_core.dynamodb.schema import Item, lead_key, workspace_of_partition


def lead_item(workspace_id: str, lead_id: str, lead: dict[str, Any]) -> Item:
    """The item of a lead."""
    return lead_key(workspace_id, lead_id) | _attribute_values(lead)


def identified_lead(item: Item) -> dict[str, Any]:
    """The lead of an item, with its ``id`` before its fields."""
    fields = {name: _plain_value(value) for name, value in item.items() if name not in {"pk", "sk"}}
    return {"id": item["sk"]["S"], **fields}


def workspace_of(item: Item) -> str:
    """The id of the workspace that an item's lead belongs to."""
    return workspace_of_partition(item["pk"]["S"])


def _attribute_value(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any part of a lead
    """Text, a boolean, a number, or a list or dictionary of these, as an AttributeValue."""
    match value:
        case str():
            return {"S": value}
        case bool():
            return {"BOOL": value}
        case int() | float():
            return {"N": str(value)}
        case list():
            return {"L": [_attribute_value(element) for element in value]}
        case dict():
            return {"M": _attribute_values(value)}
        case _:
            raise TypeError(f"a lead holds no {type(value).__name__}")


def _attribute_values(values: dict[str, Any]) -> dict[str, Any]:
    """The values of a dictionary as AttributeValues."""
    return {name: {"S": value} if type(value) is str else _attribute_value(value) for name, value in values.items()}


def _plain_value(attribute: dict[str, Any]) -> Any:  # noqa: ANN401 - any part of a lead
    """An AttributeValue as a plain value."""
    ((kind, value),) = attribute.items()
    match kind:
        case "S" | "BOOL":
            return value
        case "N":
            return int(value) if value.lstrip("-").isdecimal() else float(value)
        case "L":
            return [_plain_value(element) for element in value]
        case "M":
            return {name: _plain_value(element) for name, element in value.items()}
        case _:
            raise TypeError(f"a lead holds no attribute of type {kind}")
