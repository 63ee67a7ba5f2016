"""The requests of the benchmark, as API Gateway's events."""

import base64
import json
from collections.abc import Sequence
from typing import Any

from leads_core.keys import with_checksum
from leads_core.leads import Lead

API_KEY = with_checksum("cdz_" + "Bench".ljust(43, "0"))
UNKNOWN_API_KEY = with_checksum("cdz_" + "Other".ljust(43, "0"))

_MOST_CHARACTERS_OF_NOTES = 6942
_FOUR_BYTES = "\N{FACE WITH TEARS OF JOY}"


def ordinary_lead(number: int) -> Lead:
    """A lead as a web form sends it, of about 0.4 KB."""
    return {
        "company": f"Company {number}",
        "contactPerson": "Ada Lovelace",
        "jobTitle": "Head of Analytical Engines",
        "industry": "Software",
        "employeeCount": 40 + number,
        "website": f"https://www.company-{number}.example",
        "linkedIn": f"https://www.linkedin.com/company/company-{number}",
        "email": f"ada@company-{number}.example",
        "phoneNumber": f"+46 70 123 {number:04d}",
        "address": "Engine Street 12, 111 22 Stockholm, Sweden",
        "notes": "Met at the fair. Wants an offer by the end of the month.",
    }


def largest_lead(number: int) -> Lead:
    """A lead of 28 KB: notes of the maximum length, with four bytes a character."""
    return {**ordinary_lead(number), "notes": _FOUR_BYTES * _MOST_CHARACTERS_OF_NOTES}


def lead_of_bytes(number: int, size: int) -> Lead:
    """A lead whose texts take about this many bytes, from 60 to 27,800."""
    lead: Lead = {"company": f"Company {number}", "email": f"ada@company-{number}.example"}
    room = size - sum(map(len, lead.values()))
    wide = min(_MOST_CHARACTERS_OF_NOTES, max(0, room - _MOST_CHARACTERS_OF_NOTES) // 3)
    return {**lead, "notes": _FOUR_BYTES * wide + "x" * min(room, _MOST_CHARACTERS_OF_NOTES - wide)}


def post(leads: Sequence[Lead], api_key: str = API_KEY) -> dict[str, Any]:
    """A `POST /api/v1/leads` as a proxy event of a REST API for which all bodies are binary, as the template has it."""
    headers = {
        "Accept": "*/*",
        "Content-Type": "application/json",
        "Host": "abcdefghij.execute-api.eu-north-1.amazonaws.com",
        "User-Agent": "python-httpx/0.28.1",
        "X-Amzn-Trace-Id": "Root=1-69240f2c-0a1b2c3d4e5f60718293a4b5",
        "X-API-Key": api_key,
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Port": "443",
        "X-Forwarded-Proto": "https",
    }
    return {
        "resource": "/api/v1/leads",
        "path": "/api/v1/leads",
        "httpMethod": "POST",
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdefghij",
            "domainName": "abcdefghij.execute-api.eu-north-1.amazonaws.com",
            "extendedRequestId": "UkPzVG0tgi0EhKg=",
            "httpMethod": "POST",
            "identity": {"sourceIp": "203.0.113.7", "userAgent": "python-httpx/0.28.1"},
            "path": "/v1/api/v1/leads",
            "protocol": "HTTP/1.1",
            "requestId": "0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0",
            "requestTime": "23/Nov/2026:08:15:00 +0000",
            "requestTimeEpoch": 1795421700000,
            "resourceId": "abc123",
            "resourcePath": "/api/v1/leads",
            "stage": "v1",
        },
        "body": base64.b64encode(json.dumps(list(leads), ensure_ascii=False).encode()).decode(),
        "isBase64Encoded": True,
    }
