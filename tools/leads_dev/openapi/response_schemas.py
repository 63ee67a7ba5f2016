"""Schemas of responses: the envelope with its four members, and the further members of some responses."""

import json
from typing import Any

from pydantic import TypeAdapter

from leads_core.problems import MAX_PROBLEMS, Problem

Schema = dict[str, Any]

_PROBLEM_DESCRIPTIONS = {
    "index": "Index of the lead in the request, from 0.",
    "field": "The field by its documented name, such as `email` or `contacts.email`; empty for the lead as a whole.",
    "pointer": "JSON pointer (RFC 6901) into the body, with the client's own spelling.",
    "code": "What is wrong, for programs.",
    "message": "What is wrong, for people; it follows the name of the field.",
}


def response_schemas(max_leads: int) -> dict[str, Schema]:
    """The components ``Accepted``, ``AcceptedLeads``, ``Refused``, ``RefusedLeads`` and ``Problem``."""
    problems: Schema = {
        "type": "array",
        "items": {"$ref": "#/components/schemas/Problem"},
        "minItems": 1,
        "maxItems": MAX_PROBLEMS,
    }
    return {
        "Accepted": _envelope(
            "All leads are stored, or in a dry run fit to be stored; with `Prefer: handling=lenient`, all good ones.",
            succeeded=True,
            message={"type": ["string", "null"]},
            extra={
                "data": {"$ref": "#/components/schemas/AcceptedLeads"},
                "errors": {
                    **problems,
                    "description": (
                        "What is wrong with the leads that are not stored, in the order of the leads; only with "
                        "`Prefer: handling=lenient`. Each of them has a problem here."
                    ),
                },
            },
        ),
        "AcceptedLeads": _object(
            "What became of the leads; only with `Prefer: return=representation`.",
            {
                "batchId": {
                    "description": "Id of what was stored together; null after a dry run.",
                    "type": ["string", "null"],
                },
                "leads": {
                    "description": "The leads in the order of the request.",
                    "type": "array",
                    "items": {"$ref": "#/components/schemas/AcceptedLead"},
                    "minItems": 1,
                    "maxItems": max_leads,
                },
            },
        ),
        "AcceptedLead": _object(
            "What became of one lead.",
            optional={
                "duplicateOf": {
                    "description": (
                        "Index of the first lead of the request with the same e-mail address, or, if this one has "
                        "none, with the same content. Both are stored."
                    ),
                    "type": "integer",
                    "minimum": 0,
                }
            },
            members={
                "index": {"description": "Index of the lead in the request, from 0.", "type": "integer", "minimum": 0},
                "id": {"description": "Id of the lead; null after a dry run.", "type": ["string", "null"]},
                "ignored": {
                    "description": "Names in the lead that are not fields of one.",
                    "type": "array",
                    "items": {"type": "string"},
                },
            },
        ),
        "Refused": _envelope(
            "The request was refused as a whole, and nothing of it is stored unless the message says otherwise.",
            succeeded=False,
            message={"type": "string"},
        ),
        "RefusedLeads": _envelope(
            "The request was refused as a whole. `errors` is there when leads break a limit.",
            succeeded=False,
            message={"type": "string"},
            extra={
                "errors": {
                    **problems,
                    "description": f"The first {MAX_PROBLEMS} problems, in the order of the leads.",
                }
            },
        ),
        "Problem": _problem(),
    }


def _envelope(description: str, *, succeeded: bool, message: Schema, extra: dict[str, Schema] | None = None) -> Schema:
    members: dict[str, Schema] = {
        "succeeded": {
            "description": f"Whether the request did what it was meant to do; here always `{json.dumps(succeeded)}`.",
            "type": "boolean",
        },
        "statusCode": {"description": "The HTTP status.", "type": "integer"},
        "statusCodeDescription": {"description": "Always `NONE`.", "type": "string", "const": "NONE"},
        "message": {"description": "What is wrong and what to do, for people; null when nothing is.", **message},
    }
    schema = _object(description, members)
    schema["properties"] |= extra or {}
    # Its value stands apart: beside the type, generators make an enum of it that is not valid PHP, C# or Ruby.
    schema["allOf"] = [{"properties": {"succeeded": {"type": "boolean", "const": succeeded}}}]
    return schema


def _problem() -> Schema:
    generated = TypeAdapter(Problem).json_schema()
    members: dict[str, Schema] = {
        name: {"description": _PROBLEM_DESCRIPTIONS[name], "type": schema["type"]}
        for name, schema in generated["properties"].items()
    }
    return _object("What is wrong with one field of one lead.", members)


def _object(description: str, members: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    return {
        "description": description,
        "type": "object",
        "properties": {**members, **(optional or {})},
        "required": list(members),
    }
