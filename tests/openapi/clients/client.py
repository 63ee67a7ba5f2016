"""Creates leads with the client that OpenAPI Generator makes for Python, and prints what it reads."""

import json
import sys
from datetime import UTC, datetime
from typing import Any

from openapi_client import ApiClient, Configuration, Contact, Lead, LeadContactPerson, LeadsApi
from openapi_client.exceptions import BadRequestException, UnauthorizedException

url, key = sys.argv[1:]
leads = [
    Lead(company="Open AI", labels=["fair"], employeeCount=50, email=None, date=datetime(2026, 11, 23, 8, tzinfo=UTC)),
    Lead(contactPerson=LeadContactPerson([Contact(name="Ada", email="ada@example.com")])),
    Lead(contactPerson=LeadContactPerson("Charles Babbage"), contacts=[Contact(name="Grace", lastName=None)]),
]


def api(key: str) -> Any:  # noqa: ANN401 - it is generated
    return LeadsApi(ApiClient(Configuration(host=url, api_key={"ApiKey": key})))


stored = api(key).create_leads(leads)
created = api(key).create_leads(leads, prefer="return=representation", idempotency_key="of-python")
tried = api(key).create_leads(leads, prefer="return=representation", dry_run=True)
try:
    api(key).create_leads([Lead(company="Open AI"), Lead.model_construct(email="x" * 125)])
except BadRequestException as error:
    bad = error
try:
    api("cdz_wrong").create_leads(leads)
except UnauthorizedException as error:
    refused = error
seen = {
    "stored": [stored.succeeded, stored.message, stored.data is None],
    "ids": [lead.id for lead in created.data.leads],
    "tried": [lead.id for lead in tried.data.leads],
    "bad": [bad.status, bad.data.succeeded, bad.data.errors[0].index, bad.data.errors[0].pointer],
    "refused": [refused.status, refused.data.succeeded, refused.data.message],
}
sys.stdout.write(json.dumps(seen))
