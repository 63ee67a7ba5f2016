"""Schemas of the models: pydantic-core's, to validate requests; and JSON schemas, for descriptions of leads."""

from typing import Any

from pydantic import TypeAdapter
from pydantic_core import CoreSchema

from leads_core.models import LeadRequest

JsonSchema = dict[str, Any]

_REQUEST = TypeAdapter(LeadRequest)
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
    schema: CoreSchema = _plain(_REQUEST.core_schema)
    return schema


def request_schemas() -> dict[str, JsonSchema]:
    """JSON schemas of the models by their names; references are to ``#/$defs/``."""
    lead = _REQUEST.json_schema()
    return {"LeadRequest": lead, **lead.pop("$defs")}


def stored_schemas() -> dict[str, JsonSchema]:
    """JSON schemas of stored leads: no value is empty or null, and a field has only the first of its shapes."""
    return {name: stored_schema(schema) for name, schema in request_schemas().items()}


def stored_schema(schema: JsonSchema) -> JsonSchema:
    """The JSON schema of a model, or of a part of one, when stored."""
    match schema:
        case {"properties": fields, **others}:
            return {**others, "properties": {name: stored_schema(field) for name, field in fields.items()}}
        case {"oneOf": [first, *_], **others} | {"anyOf": [first, {"type": "null"}], **others}:
            return {**others, **stored_schema(first)}
        case {"type": "string", **others}:
            return {"type": "string", "minLength": 1, **others}
        case {"type": "array", "items": items, **others}:
            return {"type": "array", "minItems": 1, "items": stored_schema(items), **others}
        case _:
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
