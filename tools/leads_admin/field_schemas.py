"""Descriptions of the fields, from the models, for tools: JSON schemas, and kinds of fields."""

from enum import Enum
from typing import Any

from leads_core.model_schemas import LEAD_REQUEST

JsonSchema = dict[str, Any]


class FieldKind(Enum):
    """The value names what a client sends."""

    TEXT = "text"
    WHOLE_NUMBER = "whole number"
    BOOLEAN = "true or false"
    DATE_TIME = "ISO 8601 date-time"
    TEXTS = "array of text"
    CONTACTS = "array of contacts"
    MEMBERS = "object of text, numbers, true or false"


def request_schemas() -> dict[str, JsonSchema]:
    """JSON schemas of the models by their names; references are to ``#/$defs/``."""
    lead = LEAD_REQUEST.json_schema()
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


def kinds_of_lead() -> dict[str, FieldKind]:
    """The kind of each field of a stored lead."""
    return _kinds("LeadRequest")


def kinds_of_contact() -> dict[str, FieldKind]:
    """The kind of each field of a stored contact."""
    return _kinds("ContactRequest")


def kind_of(schema: JsonSchema) -> FieldKind:
    """The kind of a field, by its schema when stored. Raises TypeError if no kind has such a schema."""
    match schema:
        case {"format": "date-time"}:
            return FieldKind.DATE_TIME
        case {"type": "string"}:
            return FieldKind.TEXT
        case {"type": "integer"}:
            return FieldKind.WHOLE_NUMBER
        case {"type": "boolean"}:
            return FieldKind.BOOLEAN
        case {"type": "array", "items": {"type": "string"}}:
            return FieldKind.TEXTS
        case {"type": "array", "items": {"$ref": "#/$defs/ContactRequest"}}:
            return FieldKind.CONTACTS
        case {"type": "object"}:
            return FieldKind.MEMBERS
        case _:
            raise TypeError(f"No kind of field has this schema; add one to leads_admin/field_schemas.py: {schema}")


def _kinds(model: str) -> dict[str, FieldKind]:
    return {name: kind_of(field) for name, field in stored_schemas()[model]["properties"].items()}
