"""The description as a whole (OpenAPI 3.1): the one operation, its parameters, its body and its responses."""

import tomllib
from itertools import groupby
from pathlib import Path
from typing import Any

from leads_api.api import LEADS_PATH
from leads_core.idempotency import MOST_KEY_CHARACTERS
from leads_core.settings import Settings
from leads_dev.openapi.described_responses import described_responses
from leads_dev.openapi.headers import RESPONSE_HEADERS, response_header_names
from leads_dev.openapi.lead_schemas import lead_schemas
from leads_dev.openapi.response_description import DescribedResponse
from leads_dev.openapi.response_schemas import response_schemas

_PROJECT = Path(__file__).parents[3] / "pyproject.toml"
_SETTINGS = Settings(access_table="access", leads_table="leads")
# As RFC 9110 names them; Python does so from 3.13 on.
_PHRASES = {413: "Content Too Large", 422: "Unprocessable Content"}
_JSON = "application/json"

_PLANS = ", ".join(
    f"{plan} {'any number' if most is None else f'up to {most}'}" for plan, most in _SETTINGS.most_leads.items()
)

_INTRODUCTION = f"""\
Takes in sales leads from web forms, scrapers, chatbots and spreadsheets.

Send an array of leads with your API key. All of a request is stored or none of it: one bad lead refuses the whole
array, and `errors` shows which, and why. With `Prefer: handling=lenient` the good ones are stored.

- A key makes up to {_SETTINGS.rate_limit.requests} requests in any {_SETTINGS.rate_limit.window_seconds} seconds, of up
  to {_SETTINGS.max_leads_per_request} leads each. `RateLimit` in the response shows how many are left.
- A workspace holds as many leads as its plan allows: {_PLANS}.
- With an `Idempotency-Key` a request can be sent again, after a time-out say, and no lead is stored twice.
- Clients should ignore members and headers that they do not know: later versions may add some.
"""

_OPERATION_DESCRIPTION = """\
The checks are made in this order, and the first that fails decides the response: path and method, API key,
rate limit, content type, options, the array as a whole, each lead, the plan.
"""

_REQUESTS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "smallest": ("A company", [{"company": "Open AI"}]),
    "web_form": (
        "A lead of a web form",
        [
            {
                "company": "Open AI",
                "contactPerson": "Ada Lovelace",
                "jobTitle": "Head of Analytics",
                "email": "ada@example.com",
                "phoneNumber": "+46 70 123 45 67",
                "labels": ["fair"],
            }
        ],
    ),
    "contacts": (
        "A lead with several contacts",
        [
            {
                "company": "Open AI",
                "website": "https://example.com",
                "employeeCount": 50,
                "contactPerson": [
                    {"name": "Ada", "lastName": "Lovelace", "email": "ada@example.com", "role": "Head of Analytics"},
                    {"name": "Charles", "lastName": "Babbage", "phoneNumber": "+44 20 7946 0000"},
                ],
                "date": "2026-11-23T08:15:00Z",
            }
        ],
    ),
    "several": ("Several leads", [{"company": "Open AI"}, {"company": "Example Ltd", "employeeCount": 7}]),
}

_PARAMETERS = [
    {
        "name": "dryRun",
        "in": "query",
        "description": (
            "Check the request and respond as usual, but store nothing; `false` when absent. It counts towards the "
            "rate limit."
        ),
        # Without a default: clients for PHP would send it with every request.
        "schema": {"type": "boolean"},
    },
    {
        "name": "Idempotency-Key",
        "in": "header",
        "description": (
            "A name for this request, such as a UUID, bare or in quotes. Sent again with the same name and the same "
            "body within 24 hours, it gets the first response again, and no lead is stored twice, even if the "
            "first attempt failed half-way."
        ),
        # Without an example: forms would fill it in, and a changed body that is sent again would be refused.
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": MOST_KEY_CHARACTERS,
            # Printable, without spaces at its ends, and no empty text in quotes.
            "pattern": '^([!#-~]([ -~]*[!-~])?|"([!#-~]|[ -~]+[!-~])?)$',
        },
    },
    {
        "name": "Prefer",
        "in": "header",
        "description": (
            "`return=representation` adds `data` to the response: the ids of the leads, the names of ignored fields, "
            "and which leads repeat an earlier one. `handling=lenient` stores the good leads though others are bad; "
            "those are in `errors`. Put a comma between the two to ask for both. Other preferences (RFC 7240) are "
            "ignored."
        ),
        # Without an example, as above: the sample request would have it, and the response beside it would not match.
        "schema": {"type": "string"},
    },
]


def openapi_document() -> dict[str, Any]:
    """The description of the API with its default limits."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lead intake API",
            "version": tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"],
            "summary": "Sales leads from other software, with an API key.",
            "description": _INTRODUCTION,
            "contact": {"name": "The operator of this API"},
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "http://127.0.0.1:3000", "description": "`make serve` on this machine"}],
        "security": [{"ApiKey": []}],
        "tags": [{"name": "Leads", "description": "Sales leads."}],
        "paths": {LEADS_PATH: {"post": _create_leads()}},
        "components": {
            "securitySchemes": {
                "ApiKey": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "X-API-Key",
                    "description": "The API key of a workspace: `cdz_` and 49 letters and digits.",
                }
            },
            "headers": RESPONSE_HEADERS,
            "schemas": {**lead_schemas(), **response_schemas(_SETTINGS.max_leads_per_request)},
        },
    }


def _create_leads() -> dict[str, Any]:
    return {
        "operationId": "createLeads",
        "tags": ["Leads"],
        "summary": "Create leads",
        "description": _OPERATION_DESCRIPTION,
        "parameters": _PARAMETERS,
        "requestBody": {
            "required": True,
            "description": f"An array of 1 to {_SETTINGS.max_leads_per_request} leads, even for a single one.",
            "content": {
                _JSON: {
                    "schema": {
                        "type": "array",
                        "items": {"$ref": "#/components/schemas/Lead"},
                        "minItems": 1,
                        "maxItems": _SETTINGS.max_leads_per_request,
                    },
                    "examples": {
                        name: {"summary": summary, "value": leads} for name, (summary, leads) in _REQUESTS.items()
                    },
                }
            },
        },
        "responses": _responses(),
    }


def _responses() -> dict[str, Any]:
    described = sorted(described_responses(), key=lambda each: each.status)
    return {
        str(status.value): _response(list(of_status))
        for status, of_status in groupby(described, key=lambda each: each.status)
    }


def _response(described: list[DescribedResponse]) -> dict[str, Any]:
    status = described[0].status
    schema = {200: "Accepted", 400: "RefusedLeads"}.get(status, "Refused")
    return {
        "description": "\n".join(
            [
                _PHRASES.get(status, status.phrase),
                "",
                *(f"- {_message(each)}{each.cause} *{each.cure}*" for each in described),
            ]
        ),
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in response_header_names(status)},
        "content": {
            _JSON: {
                "schema": {"$ref": f"#/components/schemas/{schema}"},
                "examples": {
                    each.name: {
                        "summary": each.cause,
                        "description": each.cure,
                        "value": each.body,
                    }
                    for each in described
                },
            }
        },
    }


def _message(described: DescribedResponse) -> str:
    return f"**{described.message}** " if described.message else ""
