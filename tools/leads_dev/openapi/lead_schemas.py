"""Schemas of what a client sends, from the models with which the handler reads leads."""

from typing import Any

from leads_admin.field_schemas import JsonSchema, request_schemas

_COMPONENTS = {"LeadRequest": "Lead", "ContactRequest": "Contact"}
_TOLERANCE = (
    "`null` and empty text mean that a field is absent; `null` among contacts or labels is left out. Names match in "
    "any letter case; when an object spells one several times, the last one counts. Unknown fields are ignored. A "
    "number where text is expected is taken as its text, and numeric text where a number is expected as the number. A "
    "date without an offset is UTC; all are stored as UTC. Lengths are Unicode code points. A lead takes at most 400 "
    "KB when stored, which only very many contacts can exceed."
)


def lead_schemas() -> dict[str, JsonSchema]:
    """The components ``Lead`` and ``Contact``."""
    schemas = {_COMPONENTS[name]: _component(schema) for name, schema in request_schemas().items()}
    schemas["Lead"]["description"] += f" {_TOLERANCE}"
    return schemas


def _component(model: JsonSchema) -> JsonSchema:
    return {
        "description": model["description"],
        "type": "object",
        "properties": {name: _or_null(_with_our_references(field)) for name, field in model["properties"].items()},
    }


def _or_null(schema: JsonSchema) -> JsonSchema:
    match schema:
        case {"anyOf": choices}:
            return {**schema, "anyOf": [*choices, {"type": "null"}]}
        case {"type": kind}:
            return {**schema, "type": [kind, "null"]}
        case _:
            raise ValueError(f"a field is neither of one type nor of several: {schema}")


def _with_our_references(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """A schema without pydantic's titles, whose references are to components of the description."""
    match schema:
        case {"$ref": str(ref)}:
            return {"$ref": f"#/components/schemas/{_COMPONENTS[ref.rpartition('/')[2]]}"}
        case {"anyOf": [{"type": str(kind), **choice}, {"type": "null"}], **others}:
            return {**others, "type": [kind, "null"], **choice}
        case {"oneOf": choices, **others}:
            return {**_with_our_references(others), "anyOf": [_one_of_several(choice) for choice in choices]}
        case dict():
            return {name: _with_our_references(part) for name, part in schema.items() if name != "title"}
        case list():
            return [_with_our_references(part) for part in schema]
        case _:
            return schema


def _one_of_several(choice: JsonSchema) -> JsonSchema:
    """One of the shapes of a field.

    The lead's description states what may be ``null`` in an array: generators for Go name a member after
    the type of the array's elements, and ``*Contact`` is no name.
    """
    schema: JsonSchema = _with_our_references(choice)
    match schema:
        case {"items": {"anyOf": [items, {"type": "null"}]}}:
            return {**schema, "items": items}
        case _:
            return schema
