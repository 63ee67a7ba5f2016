"""Two requests with the same Idempotency-Key are the same if the bytes of their bodies are equal."""

import base64
from hashlib import sha256

import pytest

from leads_core.plans import Plan
from support.handlers import Api

BODY = '[{"company": "Räksmörgås 🎉"}]'
WITH_KEY = {"Idempotency-Key": "key"}


def encoded(body: str) -> str:
    return base64.b64encode(body.encode()).decode()


@pytest.mark.parametrize("plan", Plan)
@pytest.mark.parametrize("is_base64", [False, True])
def test_a_body_is_recorded_as_the_hash_of_its_bytes(plan: Plan, *, is_base64: bool) -> None:
    api = Api(plan)
    body = encoded(BODY) if is_base64 else BODY
    assert api.send(body, headers=WITH_KEY, isBase64Encoded=is_base64) == (200, None)
    [record] = api.records()
    assert record["body_hash"] == {"S": sha256(BODY.encode()).hexdigest()}


@pytest.mark.parametrize("plan", Plan)
@pytest.mark.parametrize("first_is_base64", [False, True])
def test_a_retry_is_recognised_with_its_body_in_text_or_base64(plan: Plan, *, first_is_base64: bool) -> None:
    api = Api(plan)
    for is_base64 in (first_is_base64, not first_is_base64):
        body = encoded(BODY) if is_base64 else BODY
        assert api.send(body, headers=WITH_KEY, isBase64Encoded=is_base64) == (200, None)
    assert len(api.leads()) == 1


@pytest.mark.parametrize("other", [BODY + " ", BODY.replace(": ", ":"), BODY.replace("company", "Company")])
def test_the_same_leads_in_other_json_are_another_body(other: str) -> None:
    api = Api(Plan.BASIC)
    assert api.send(BODY, headers=WITH_KEY) == (200, None)
    assert api.send(other, headers=WITH_KEY)[0] == 422
    assert api.send(encoded(other), headers=WITH_KEY, isBase64Encoded=True)[0] == 422
    assert len(api.leads()) == 1
