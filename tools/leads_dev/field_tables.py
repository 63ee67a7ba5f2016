"""The tables of fields in docs/api.md, from the models."""

from leads_admin.field_schemas import JsonSchema, kind_of, request_schemas, stored_schema

_NAMES = {"LeadRequest": "lead", "ContactRequest": "contact"}


def field_tables() -> str:
    """A table for a lead, and one for a contact, in Markdown."""
    return "\n".join(_table(_NAMES[name], schema["properties"]) for name, schema in request_schemas().items())


def _table(name: str, fields: dict[str, JsonSchema]) -> str:
    rows = (
        f"| `{field}` | {_kind(schema)} | {_limit(schema)} | {schema['description']} |\n"
        for field, schema in fields.items()
    )
    return f"| {name} | type | limit | |\n|---|---|---|---|\n" + "".join(rows)


def _kind(schema: JsonSchema) -> str:
    match schema:
        case {"oneOf": choices}:
            return ", or an ".join(map(_kind, choices))
        case _:
            return kind_of(stored_schema(schema)).value


def _limit(schema: JsonSchema) -> str:
    match schema:
        case {"oneOf": choices}:
            return "; ".join(map(_limit, choices))
        case {"maxItems": most, "items": {"anyOf": [{"maxLength": length}, _]}}:
            return f"{most}, of {length} each"
        case {"maxItems": most}:
            return f"{most} contacts"
        case {"maxProperties": most}:
            return f"{most} members"
        case {"minimum": least, "maximum": most}:
            return f"{least} to {most:,}"
        case _:
            return str(schema.get("maxLength", ""))
