"""Clients that third-party generators make from the description."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from leads_cli.local_state import LocalState

Run = Callable[..., subprocess.CompletedProcess[str]]

PYTHON = """\
import json, sys
from lead_intake_api_client import AuthenticatedClient
from lead_intake_api_client.api.leads import create_leads
from lead_intake_api_client.models import Contact, Lead

url, key = sys.argv[1:]
leads = [
    Lead(company="Open AI", labels=["fair"], employee_count=50),
    Lead(contact_person=[Contact(name="Ada", email="ada@example.com")]),
    Lead(contact_person="Charles Babbage"),
]

def send(key, leads, **options):
    with AuthenticatedClient(base_url=url, token=key, prefix="", auth_header_name="X-API-Key") as client:
        answer = create_leads.sync_detailed(client=client, body=leads, **options)
        return answer.status_code, answer.parsed

status, accepted = send(key, leads, prefer="return=representation")
refused_status, refused = send("cdz_wrong", leads)
bad_status, bad = send(key, [Lead(email="x" * 125)])
print(json.dumps({
    "status": status,
    "ids": [lead.id for lead in accepted.data.leads],
    "refused": [refused_status, refused.message],
    "bad": [bad_status, bad.errors[0].pointer],
}))
"""
TYPESCRIPT = """\
import type { operations } from "./api";

type Leads = operations["createLeads"]["requestBody"]["content"]["application/json"];
type Accepted = operations["createLeads"]["responses"][200]["content"]["application/json"];
type Refused = operations["createLeads"]["responses"][401]["content"]["application/json"];

export const leads: Leads = [
  { company: "Open AI", employeeCount: 50, labels: ["fair"] },
  { contactPerson: [{ name: "Ada", email: null }] },
  { contactPerson: "Charles Babbage" },
];
export const message = (answer: Accepted | Refused): string | null =>
  answer.succeeded ? (answer.data?.leads[0]?.id ?? null) : answer.message;
// @ts-expect-error - a number is no label's text
export const wrong: Leads = [{ labels: [1] }];
"""


def test_a_python_client_creates_leads(run: Run, api: LocalState, tmp_path: Path) -> None:
    generated = run("openapi-python-client", "generate", "--path=openapi.json", "--fail-on-warning", "--meta=none")
    assert generated.returncode == 0, generated.stdout
    assert "warning" not in generated.stdout.lower()
    (tmp_path / "client.py").write_text(PYTHON)

    result = run("python", "client.py", api.url, api.basic.key)

    assert result.returncode == 0, result.stdout
    seen = json.loads(result.stdout)
    assert seen["status"] == 200
    assert [lead_id[-4:] for lead_id in seen["ids"]] == ["-000", "-001", "-002"]
    assert seen["refused"] == [401, "Invalid API key."]
    assert seen["bad"] == [400, "/0/email"]


def test_types_for_typescript_fit_requests_and_responses(run: Run, tmp_path: Path) -> None:
    generated = run("openapi-typescript", "openapi.json", "--output=api.d.ts")
    assert generated.returncode == 0, generated.stdout
    assert "warn" not in generated.stdout.lower()
    (tmp_path / "client.ts").write_text(TYPESCRIPT)

    compiled = run("tsc", "--strict", "--noEmit", "--exactOptionalPropertyTypes", "client.ts")

    assert compiled.returncode == 0, compiled.stdout
