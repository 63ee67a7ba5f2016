"""Leads are spread over enough partitions."""

import json
import math

import pytest

from leads_api.requests import MOST_BODY_BYTES
from leads_core.dynamodb.schema import LEAD_SHARDS, lead_key
from leads_core.leads import complete, stored_bytes
from leads_core.parsing import parse_leads
from leads_core.rows import ParsedLeads
from leads_core.settings import Settings

WORKSPACE = "01M6DWCPDGP7DKK1RX7DV6Q8DA"
SETTINGS = Settings("access", "leads")
RECEIVED_AT = "2026-11-23T08:15:00Z"
UNITS_A_SECOND_OF_A_PARTITION = 1000


def heaviest_request() -> bytes:
    """A request with as many contacts as possible, which take three times their size when stored, and texts."""
    contacts = [{"name": "a"}] * 1000
    lead = {"contacts": contacts, "contactPerson": contacts, "notes": ""}
    count = SETTINGS.max_leads_per_request
    room = MOST_BODY_BYTES // count - len(json.dumps([lead], separators=(",", ":")))
    wide = "\N{FACE WITH TEARS OF JOY}"
    leads = [{**lead, "notes": wide * (room // len(wide.encode()))}] * count
    return json.dumps(leads, ensure_ascii=False, separators=(",", ":")).encode()


def test_the_heaviest_use_within_the_limits_overloads_no_partition() -> None:
    body = heaviest_request()
    parsed = parse_leads(body, max_leads=SETTINGS.max_leads_per_request)

    assert MOST_BODY_BYTES - 1000 < len(body) <= MOST_BODY_BYTES
    assert isinstance(parsed, ParsedLeads)
    keys = stored_bytes(lead_key("w" * 26, "l" * 30))
    units = sum(math.ceil((stored_bytes(complete(lead, RECEIVED_AT)) + keys) / 1024) for lead in parsed.leads)
    a_second = units * SETTINGS.rate_limit.requests / SETTINGS.rate_limit.window_seconds
    assert 30_000 < a_second < UNITS_A_SECOND_OF_A_PARTITION * LEAD_SHARDS * 0.75, "a quarter is for chance"


@pytest.mark.parametrize(
    ("lead_id", "shard"),
    [
        ("01M83QHZX06B68476KBMMNZ82K-000", 23),
        ("01M83QHZX06B68476KBMMNZ82K-001", 17),
        ("01M83QHZX06B68476KBMMNZ82K-099", 26),
        ("01KAQJ8VXG3M5T8R0Q6Z1W9C4E-007", 26),
    ],
)
def test_the_shard_of_a_lead_never_changes(lead_id: str, shard: int) -> None:
    assert lead_key(WORKSPACE, lead_id) == {"pk": {"S": f"{WORKSPACE}#{shard}"}, "sk": {"S": lead_id}}
