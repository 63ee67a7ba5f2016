"""The description of the API matches the code."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from leads_api.outcomes import Outcome
from leads_core.lead_schema import CONTACT_FIELDS, LEAD_FIELDS
from leads_dev import generate
from leads_dev.generate import OPENAPI_JSON
from leads_dev.openapi.described_responses import described_responses

ROOT = Path(__file__).parents[2]
DESCRIPTION: dict[str, Any] = json.loads(OPENAPI_JSON.read_text())
OPERATION = DESCRIPTION["paths"]["/api/v1/leads"]["post"]
SCHEMAS = DESCRIPTION["components"]["schemas"]
EXAMPLES = {
    (int(status), example["value"]["message"])
    for status, response in OPERATION["responses"].items()
    for example in response["content"]["application/json"]["examples"].values()
}


def test_generated_files_are_up_to_date() -> None:
    check = subprocess.run(
        [sys.executable, "-m", "leads_dev.generate", "--check"], capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stderr


def test_every_response_of_the_handler_is_described() -> None:
    described = {response.code or "" for response in described_responses()}

    assert {outcome.code for outcome in Outcome if not outcome.is_success} <= described


def test_every_message_of_the_gateway_is_described() -> None:
    template = (ROOT / "template.yaml").read_text()
    messages = {
        (int(status), message) for status, message in re.findall(r'"statusCode": (\d+).*"message": "(.*?)"', template)
    }
    unreachable = {(400, "The request is not valid.")}  # the gateway validates nothing
    assert messages - unreachable <= EXAMPLES


@pytest.mark.parametrize("field", sorted(LEAD_FIELDS))
def test_every_field_of_a_lead_is_described(field: str) -> None:
    assert SCHEMAS["Lead"]["properties"][field]["description"]


@pytest.mark.parametrize("field", sorted(CONTACT_FIELDS))
def test_every_field_of_a_contact_is_described(field: str) -> None:
    assert SCHEMAS["Contact"]["properties"][field]["description"]


def test_limits_are_in_the_schemas() -> None:
    body = OPERATION["requestBody"]["content"]["application/json"]["schema"]
    lead = SCHEMAS["Lead"]["properties"]
    assert (body["minItems"], body["maxItems"]) == (1, 100)
    assert lead["notes"]["maxLength"] == 6942
    assert lead["labels"]["items"]["maxLength"] == 64
    assert (lead["employeeCount"]["minimum"], lead["employeeCount"]["maximum"]) == (1, 5_000_000)
    assert lead["date"]["format"] == "date-time"


def test_a_contact_person_has_both_shapes() -> None:
    text, contacts, absent = SCHEMAS["Lead"]["properties"]["contactPerson"]["anyOf"]
    assert text == {"maxLength": 256, "type": "string"}
    assert contacts["items"] == {"$ref": "#/components/schemas/Contact"}
    assert absent == {"type": "null"}


@pytest.mark.parametrize("file", generate.GENERATED, ids=lambda path: path.name)
def test_a_file_that_differs_from_the_code_is_refused(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = tmp_path / file.name
    text = file.read_text(encoding="utf-8")
    stale = re.sub(r"6942|`RateLimitRequests`", "stale", text)
    assert stale != text
    changed.write_text(stale, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["generate", "--check"])

    with pytest.raises(SystemExit) as ended:
        generate.main({changed: generate.GENERATED[file]})

    assert "run make generate" in str(ended.value)
