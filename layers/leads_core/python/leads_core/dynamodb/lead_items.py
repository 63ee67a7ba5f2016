"""Leads as items of the leads table, and back, with the standard library alone: any function can read leads."""

from typing import Any

from leads_core.dynamodb.attribute_values import attribute_values, plain_value
from leads_core.dynamodb.schema import Item, lead_key, workspace_of_partition


def lead_item(workspace_id: str, lead_id: str, lead: dict[str, Any]) -> Item:
    """The item of a lead."""
    return lead_key(workspace_id, lead_id) | attribute_values(lead)


def identified_lead(item: Item) -> dict[str, Any]:
    """The lead of an item, with its ``id`` before its fields."""
    fields = {name: plain_value(value) for name, value in item.items() if name not in {"pk", "sk"}}
    return {"id": item["sk"]["S"], **fields}


def workspace_of(item: Item) -> str:
    """Id of the workspace that the lead of an item belongs to."""
    return workspace_of_partition(item["pk"]["S"])
