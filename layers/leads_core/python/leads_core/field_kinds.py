"""Kinds of fields: what exports, commands and pages need to know of a field to treat it by its type."""

from enum import Enum

from leads_core.model_schemas import JsonSchema, stored_schemas


class FieldKind(Enum):
    """The value names what a client sends."""

    TEXT = "text"
    WHOLE_NUMBER = "whole number"
    BOOLEAN = "true or false"
    DATE_TIME = "ISO 8601 date-time"
    TEXTS = "array of text"
    CONTACTS = "array of contacts"
    MEMBERS = "object of text, numbers, true or false"


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
            raise TypeError(f"no kind of field has this schema, add one to leads_core/field_kinds.py: {schema}")


def _kinds(model: str) -> dict[str, FieldKind]:
    return {name: kind_of(field) for name, field in stored_schemas()[model]["properties"].items()}
