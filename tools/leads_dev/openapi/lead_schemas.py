"""Schemas of what a client sends, from those that the handler reads leads with."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from leads_core.leads import DEFAULT_EMPLOYEE_COUNT, LEAD

Schema = dict[str, Any]

_WEB_PAGE = "Address of a web page. No syntax is enforced."
_DATE_TIME = "ISO 8601 date-time. Without an offset it is UTC; it is stored as UTC."

_DESCRIPTIONS = {
    "Lead": (
        "A sales lead. Every field is optional; `null` and empty text mean that it is absent. Names match in any "
        "letter case; when an object spells one several times, the last one counts. Unknown fields are ignored. A "
        "number where text is expected is taken as its text, and numeric text where a number is expected as the "
        "number. Lengths are Unicode code points. A lead takes at most 400 KB when stored, which only very many "
        "contacts can exceed."
    ),
    "Lead.company": "Name of the company.",
    "Lead.contactPerson": "The person to talk to: a name, or contacts.",
    "Lead.contacts": "Contacts; stored behind those of `contactPerson`.",
    "Lead.jobTitle": "What the contact person does.",
    "Lead.industry": "What the company does.",
    "Lead.employeeCount": f"How many people the company employs; {DEFAULT_EMPLOYEE_COUNT} when absent.",
    "Lead.website": _WEB_PAGE,
    "Lead.linkedIn": _WEB_PAGE,
    "Lead.twitter": _WEB_PAGE,
    "Lead.facebook": _WEB_PAGE,
    "Lead.email": "E-mail address. No syntax is enforced.",
    "Lead.phoneNumber": "Telephone number. No syntax is enforced.",
    "Lead.address": "Postal address.",
    "Lead.notes": "Anything else, on several lines if need be.",
    "Lead.labels": "Labels to find the lead by.",
    "Lead.date": f"{_DATE_TIME} The time of the request when absent.",
    "Contact": "A person. Every field is optional; one in which all are absent is not stored.",
    "Contact.name": "First name, or the whole name.",
    "Contact.lastName": "Last name.",
    "Contact.email": "E-mail address. No syntax is enforced.",
    "Contact.phoneNumber": "Telephone number. No syntax is enforced.",
    "Contact.address": "Postal address.",
    "Contact.website": _WEB_PAGE,
    "Contact.linkedIn": _WEB_PAGE,
    "Contact.twitter": _WEB_PAGE,
    "Contact.facebook": _WEB_PAGE,
    "Contact.role": "What the person does.",
    "Contact.dateCreated": f"{_DATE_TIME} The time of the request when absent.",
}
_DATE_TIMES = ("Lead.date", "Contact.dateCreated")


def lead_schemas() -> dict[str, Schema]:
    """The components ``Lead`` and ``Contact``."""
    lead = GenerateJsonSchema().generate(LEAD)
    contact = lead.pop("$defs")["Contact"]
    return {"Lead": _component("Lead", lead), "Contact": _component("Contact", contact)}


def _component(name: str, model: Schema) -> Schema:
    return {
        "description": _DESCRIPTIONS[name],
        "type": "object",
        "properties": {field: _field(f"{name}.{field}", schema) for field, schema in model["properties"].items()},
    }


def _field(path: str, generated: Schema) -> Schema:
    schema = _without_nesting(generated)
    if path in _DATE_TIMES:
        schema["format"] = "date-time"
    return {"description": _DESCRIPTIONS[path], **schema}


def _without_nesting(generated: Schema) -> Schema:
    """A schema without pydantic's titles; a type or null in one list, and unions of unions as one."""
    schema = {key: value for key, value in generated.items() if key not in {"title", "anyOf", "oneOf"}}
    if "items" in schema:
        schema["items"] = _without_nesting(schema["items"])
    if "$ref" in schema:
        schema["$ref"] = f"#/components/schemas/{schema['$ref'].rpartition('/')[2]}"
    choices = list(_choices(generated))
    match choices:
        case []:
            return schema
        case [{"type": str(kind)} as choice, {"type": "null"}]:
            return {**choice, "type": [kind, "null"]}
        case _:
            return {"anyOf": choices}


def _choices(generated: Schema) -> list[Schema]:
    flat: list[Schema] = []
    for choice in generated.get("anyOf") or generated.get("oneOf") or []:
        flat += _choices(choice) or [_without_nesting(choice)]
    return flat
