"""The schema of a lead for pydantic-core, from the models."""

from typing import Any

from pydantic import TypeAdapter
from pydantic_core import CoreSchema

from leads_core.models import LeadRequest

LEAD_REQUEST = TypeAdapter(LeadRequest)
"""What pydantic derives from the models."""

# What a schema needs only for Python classes. Without these members it is plain data and functions.
_OF_CLASSES = {
    "cls",
    "computed_fields",
    "config",
    "extra_behavior",
    "json_schema_input_schema",
    "metadata",
    "serialization",
}


def core_schema() -> CoreSchema:
    """Schema of a lead with our field names: plain data, and functions of ``conversions``."""
    schema: CoreSchema = _plain(LEAD_REQUEST.core_schema)
    return schema


def _plain(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    match schema:
        case {"fields": fields, **others}:
            return {**_plain(others), "fields": {name: _plain(field) for name, field in fields.items()}}
        case dict():
            return {
                name: _without_address(part) if name in {"ref", "schema_ref"} else _plain(part)
                for name, part in schema.items()
                if name not in _OF_CLASSES
            }
        case list():
            return [_plain(part) for part in schema]
        case _:
            return schema


def _without_address(ref: str) -> str:
    """A reference without the memory address of its class."""
    return ref.rpartition(":")[0].rpartition(".")[2]
