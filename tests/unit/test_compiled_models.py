"""The compiled schema validates leads exactly as pydantic does with the models."""

import json
import types
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from pydantic_core import SchemaValidator, ValidationError

from leads_core.lead_schema import CONTACT_FIELDS, LEAD_FIELDS
from leads_core.models import LeadRequest
from leads_dev.compiled_models import compiled_models

EVENTS = sorted((Path(__file__).parents[2] / "events").glob("*.json"))

_module = types.ModuleType("compiled")
exec(compiled_models(), _module.__dict__)  # noqa: S102 - what the build would write
COMPILED = SchemaValidator(_module.LEAD)
DERIVED = TypeAdapter(LeadRequest)

EDGES = [
    None,
    True,
    0,
    5_000_001,
    1.5,
    "",
    "5",
    "50.0",
    "9" * 500,
    "x" * 7000,
    "2026-11-23",
    "2026-11-23T08+02",
    "\ud800",
]
SCALARS = st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=70) | st.sampled_from(EDGES)
CONTACTS = st.dictionaries(st.sampled_from([*CONTACT_FIELDS, "other"]), SCALARS, max_size=4) | SCALARS
VALUES = SCALARS | st.lists(CONTACTS, max_size=3) | CONTACTS
LEADS = st.dictionaries(st.sampled_from([*LEAD_FIELDS, "other"]), VALUES, max_size=6)


def outcome(validate: Any, lead: object) -> object:  # noqa: ANN401 - one of two methods
    try:
        return validate(lead)
    except ValidationError as exc:
        return exc.errors(include_url=False)


@pytest.mark.parametrize("field", LEAD_FIELDS)
def test_every_field_is_validated_alike_at_its_limits(field: str) -> None:
    values: list[Any] = [*EDGES, EDGES, [[]] * 1001, {}]
    for value in values:
        assert outcome(COMPILED.validate_python, {field: value}) == outcome(DERIVED.validate_python, {field: value})


@pytest.mark.parametrize("field", CONTACT_FIELDS)
def test_every_field_of_a_contact_is_validated_alike_at_its_limits(field: str) -> None:
    lead = {"contacts": [{field: value} for value in EDGES]}
    assert outcome(COMPILED.validate_python, lead) == outcome(DERIVED.validate_python, lead)


@given(LEADS | SCALARS | st.lists(SCALARS))
def test_any_lead_is_validated_alike(lead: object) -> None:
    assert outcome(COMPILED.validate_python, lead) == outcome(DERIVED.validate_python, lead)


@pytest.mark.parametrize("event", EVENTS, ids=lambda path: path.stem)
def test_leads_of_the_contracts_cases_are_validated_alike(event: Path) -> None:
    body = json.loads(event.read_text(encoding="utf-8")).get("body") or "null"
    try:
        leads = json.loads(body)
    except ValueError:
        return
    for lead in leads if isinstance(leads, list) else [leads]:
        assert outcome(COMPILED.validate_python, lead) == outcome(DERIVED.validate_python, lead)


def test_the_compiled_schema_has_no_pydantic_classes() -> None:
    assert "class" not in compiled_models()
    assert "pydantic" not in compiled_models()
