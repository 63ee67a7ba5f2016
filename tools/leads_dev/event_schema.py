"""The schema of the event ``lead.created``, from the models: docs/lead-created.schema.json."""

from typing import Any

from lead_events.lead_created import SCHEMA_VERSION
from leads_admin.field_schemas import JsonSchema, stored_schemas
from leads_core.leads import complete

_DEFINITIONS = {"LeadRequest": "lead", "ContactRequest": "contact"}
_BATCH_ID = "^[0-9A-HJKMNP-TV-Z]{26}$"
_LEAD_ID = "^[0-9A-HJKMNP-TV-Z]{26}-[0-9]{3}$"
_TIME_IN_UTC = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$"


def event_schema() -> JsonSchema:
    """JSON schema (2020-12) of the event's detail."""
    definitions = {_DEFINITIONS[name]: _definition(schema) for name, schema in stored_schemas().items()}
    lead, contact = definitions["lead"], definitions["contact"]
    lists = [name for name, field in lead["properties"].items() if field["type"] == "array"]
    lead["description"] = "The lead as it is stored. A field that it does not have is absent: neither null nor empty."
    lead["properties"] = {
        "id": {
            "description": "The same in every event of the lead. The batch's id, and the lead's row in its request.",
            "type": "string",
            "pattern": _LEAD_ID,
        },
        **lead["properties"],
    }
    # Stored leads always have these fields.
    stored = complete({"contacts": [{}]}, "")
    lead["required"] = ["id", *(name for name in stored if name != "contacts")]
    contact["required"] = list(stored["contacts"][0])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "lead.created",
        "description": (
            f"Detail of the event lead.created, schema version {SCHEMA_VERSION}. Fields may be added to any object of "
            "it: ignore those that you do not know."
        ),
        "type": "object",
        "required": ["schemaVersion", "workspaceId", "batchId", "lead", "omitted"],
        "additionalProperties": True,
        "properties": {
            "schemaVersion": {
                "description": "Raised when a field is removed or changes its meaning.",
                "type": "integer",
                "const": SCHEMA_VERSION,
            },
            "workspaceId": {
                "description": "The workspace that the lead belongs to: that of the API key it was sent with.",
                "type": "string",
                "minLength": 1,
            },
            "batchId": {
                "description": (
                    "The request that the lead came with: the same for all its leads. A ULID, which begins with the "
                    "time of the request."
                ),
                "type": "string",
                "pattern": _BATCH_ID,
            },
            "lead": {"$ref": "#/$defs/lead"},
            "omitted": {
                "description": (
                    "Names of the lead's fields that are not in the event because it would be too large. They are "
                    "stored with the lead."
                ),
                "type": "array",
                "items": {"type": "string", "enum": lists},
                "uniqueItems": True,
            },
        },
        "$defs": definitions,
    }


def _definition(model: JsonSchema) -> JsonSchema:
    fields = {name: _field(field) for name, field in model["properties"].items()}
    return {
        "description": model["description"],
        "type": "object",
        "required": [],
        "additionalProperties": True,
        "properties": fields,
    }


def _field(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    match schema:
        case {"format": "date-time", "description": description}:
            return {"description": description, "type": "string", "pattern": _TIME_IN_UTC}
        case {"$ref": str(ref)}:
            return {"$ref": f"#/$defs/{_DEFINITIONS[ref.rpartition('/')[2]]}"}
        case dict():
            return {name: _field(part) for name, part in schema.items() if name not in {"title", "examples"}}
        case _:
            return schema
