"""The event for a new lead, on which other software relies: docs/events.md and docs/lead-created.schema.json."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cfnlint.jsonschema import StandardValidator  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from lead_events.app import handler
from leads_core.dynamodb.lead_items import lead_item
from leads_core.lead_schema import CONTACT_FIELDS, LEAD_FIELDS
from leads_core.leads import complete
from leads_core.rows import cleaned

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SCHEMA = json.loads((DOCS / "lead-created.schema.json").read_text(encoding="utf-8"))

RECEIVED_AT = "2026-11-23T08:00:00Z"
WORKSPACE = "01M6DWCPDGP7DKK1RX7DV6Q8DA"
BATCH = "01M83QHZX06B68476KBMMNZ82K"
# DynamoDB holds larger leads than this.
MOST_BYTES = 240 * 1024

TEXTS = st.text(min_size=1, max_size=64)
TIMES = st.datetimes().map(lambda moment: f"{moment.isoformat()}Z")
CONTACTS = st.lists(
    st.fixed_dictionaries({}, optional={**dict.fromkeys(CONTACT_FIELDS, TEXTS), "dateCreated": TIMES}), max_size=4
)
LEADS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(LEAD_FIELDS, TEXTS),
        "contactPerson": TEXTS | CONTACTS,
        "contacts": CONTACTS,
        "employeeCount": st.integers(1, 5_000_000),
        "labels": st.lists(TEXTS, max_size=4),
        "custom": st.dictionaries(
            TEXTS.filter(str.isprintable), TEXTS | st.booleans() | st.integers(-(10**37), 10**37)
        ),
        "date": TIMES,
    },
).map(lambda fields: complete(cleaned(fields), RECEIVED_AT))


def record(lead: dict[str, Any], row: int = 0, workspace: str = WORKSPACE) -> dict[str, Any]:
    """A record of the table's stream, as the pipe passes it on."""
    item = lead_item(workspace, f"{BATCH}-{row:03d}", lead)
    keys = {name: item[name] for name in ("pk", "sk")}
    stream_record = {
        "eventID": "b8993e1d2a5f7c",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-north-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_795_420_801,
            "Keys": keys,
            "NewImage": item,
            "SequenceNumber": "4421584500000000017450439091",
            "SizeBytes": 1,
            "StreamViewType": "NEW_IMAGE",
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-north-1:123456789012:table/leads/stream/2026-11-23T00:00:00.000",
    }
    handed_over: dict[str, Any] = json.loads(json.dumps(stream_record))
    return handed_over


def detail_of(lead: dict[str, Any]) -> dict[str, Any]:
    [event] = handler([record(lead)], None)
    detail: dict[str, Any] = event["detail"]
    return detail


def size(detail: dict[str, Any]) -> int:
    return len(json.dumps(detail, ensure_ascii=False).encode())


def problems(detail: object) -> list[str]:
    """The errors that the schema finds."""
    return [error.message for error in StandardValidator(SCHEMA).iter_errors(detail)]


@given(LEADS)
def test_an_event_has_the_lead_as_it_is_stored(lead: dict[str, Any]) -> None:
    detail = detail_of(lead)

    assert detail == {
        "schemaVersion": 1,
        "workspaceId": WORKSPACE,
        "batchId": BATCH,
        "lead": {"id": f"{BATCH}-000", **lead},
        "omitted": [],
    }


@given(LEADS)
def test_an_event_matches_its_schema(lead: dict[str, Any]) -> None:
    assert problems(detail_of(lead)) == []


@pytest.mark.parametrize(
    ("lists", "omitted"),
    [
        ({"contacts": [{"name": "x" * 256, "dateCreated": RECEIVED_AT}] * 1000}, ["contacts"]),
        ({"labels": ["\N{GRINNING FACE}" * 64] * 1000}, ["labels"]),
        (
            {
                "contacts": [{"notes": "ü" * 64, "dateCreated": RECEIVED_AT}] * 1000,
                "labels": ["\x00" * 64] * 500,
            },
            ["contacts", "labels"],
        ),
    ],
    ids="+".join,
)
def test_a_lead_that_is_too_large_for_an_event_comes_without_its_lists(
    lists: dict[str, list[Any]], omitted: list[str]
) -> None:
    others = complete({"company": "Acme", "notes": "\x00" * 6942}, RECEIVED_AT)

    detail = detail_of({**others, **lists})

    assert detail["lead"] == {"id": f"{BATCH}-000", **others}
    assert detail["omitted"] == omitted
    assert size(detail) < MOST_BYTES
    assert problems(detail) == []


@pytest.mark.parametrize("character", ["x", "ü", "\x00"])
def test_a_lead_that_fits_into_an_event_is_complete(character: str) -> None:
    def lead(length: int) -> dict[str, Any]:
        return complete({"contacts": [{"name": character * length}]}, RECEIVED_AT)

    a_character = size(detail_of(lead(2))) - size(detail_of(lead(1)))
    longest = 1 + (MOST_BYTES - size(detail_of(lead(1)))) // a_character

    assert detail_of(lead(longest))["omitted"] == []
    assert MOST_BYTES - a_character < size(detail_of(lead(longest))) <= MOST_BYTES
    assert detail_of(lead(longest + 1))["omitted"] == ["contacts"]


def test_events_are_in_the_order_of_their_records() -> None:
    lead = complete({}, RECEIVED_AT)
    rows = [3, 0, 9, 1, 8]

    events = handler([record(lead, row, f"workspace-{row}") for row in rows], None)

    details = [event["detail"] for event in events]
    assert [detail["lead"]["id"] for detail in details] == [f"{BATCH}-{row:03d}" for row in rows]
    assert [detail["workspaceId"] for detail in details] == [f"workspace-{row}" for row in rows]


def test_the_function_needs_nothing_but_python() -> None:
    # Without third-party packages, as on Lambda, where its only layer is the core.
    folders = [str(ROOT / "functions"), str(ROOT / "layers" / "leads_core" / "python")]
    program = (
        f"import json, sys; sys.path[:0] = {folders}\n"
        "from lead_events.app import handler\n"
        "print(json.dumps(handler(json.load(sys.stdin), None)))"
    )
    lead = complete({"company": "Acme", "contacts": [{"name": "Ada"}]}, RECEIVED_AT)

    ended = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program],
        input=json.dumps([record(lead)]),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout) == handler([record(lead)], None)


def test_each_event_names_its_record_for_the_pipe() -> None:
    records = [{**record(complete({}, RECEIVED_AT), row), "eventID": f"id-{row}"} for row in range(10)]

    events = handler(records, None)

    assert [(event["eventID"], event["detail"]["lead"]["id"]) for event in events] == [
        (f"id-{row}", f"{BATCH}-{row:03d}") for row in range(10)
    ]


def test_the_schema_names_every_field_of_a_lead() -> None:
    definitions = SCHEMA["$defs"]

    assert definitions["lead"]["properties"].keys() == {*LEAD_FIELDS, "id"}
    assert definitions["contact"]["properties"].keys() == {*CONTACT_FIELDS}


@pytest.mark.parametrize(
    "change",
    [
        {"schemaVersion": 2},
        {"schemaVersion": "1"},
        {"workspaceId": None},
        {"batchId": "1"},
        {"omitted": ["company"]},
        {"lead": {}},
        {"lead": {"id": f"{BATCH}-000", "employeeCount": "1", "date": RECEIVED_AT}},
        {"lead": {"id": f"{BATCH}-000", "employeeCount": 1, "date": "2026-11-23"}},
        {"lead": {"id": f"{BATCH}-000", "employeeCount": 1, "date": RECEIVED_AT, "contacts": [{"name": "Ada"}]}},
    ],
    ids=json.dumps,
)
def test_the_schema_refuses_other_documents(change: dict[str, Any]) -> None:
    assert len(problems({**detail_of(complete({}, RECEIVED_AT)), **change})) >= 1


def test_the_schema_accepts_fields_that_are_added_later() -> None:
    detail = detail_of(complete({"contacts": [{"name": "Ada"}]}, RECEIVED_AT))
    detail["new"] = detail["lead"]["new"] = detail["lead"]["contacts"][0]["new"] = {"deep": [1]}

    assert problems(detail) == []


def test_the_example_in_the_documentation_matches_the_schema() -> None:
    page = (DOCS / "events.md").read_text(encoding="utf-8")
    [example] = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]

    assert problems(example["detail"]) == []
    assert example["detail"]["lead"]["id"].startswith(example["detail"]["batchId"])
    assert (example["source"], example["detail-type"]) == ("lead-intake", "lead.created")
