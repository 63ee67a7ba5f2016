"""The local server makes events from the stream of the leads table."""

import queue
import threading
from typing import TYPE_CHECKING

import pytest

from leads_console.event_log import Event, EventLog
from leads_core.dynamodb.lead_items import lead_item
from leads_core.dynamodb.schema import workspace_key
from leads_core.settings import Settings
from leads_dev.local.lead_events import follow_stream, turn_stream_on

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Events = queue.Queue[Event]

LEAD_IDS = [f"01M83QHZX06B68476KBMMNZ82K-00{row}" for row in range(3)]


@pytest.fixture
def events(dynamodb: "DynamoDBClient", settings: Settings) -> Events:
    """The events for the leads table, from now on."""
    stream = turn_stream_on(dynamodb, settings.leads_table)
    events = Events()
    endpoint = dynamodb.meta.endpoint_url
    threading.Thread(target=follow_stream, args=(endpoint, stream, events.put), daemon=True).start()
    return events


def test_each_new_lead_has_one_event_and_a_changed_one_has_none(
    dynamodb: "DynamoDBClient", settings: Settings, events: Events
) -> None:
    def put(row: int, company: str) -> None:
        item = lead_item("acme", LEAD_IDS[row], {"company": company, "labels": ["fair"]})
        dynamodb.put_item(TableName=settings.leads_table, Item=item)

    put(0, "First")
    put(0, "Changed")
    dynamodb.delete_item(
        TableName=settings.leads_table, Key={name: lead_item("acme", LEAD_IDS[0], {})[name] for name in ("pk", "sk")}
    )
    put(1, "Second")

    first, second = events.get(), events.get()

    assert first["detail"] == {
        "schemaVersion": 1,
        "workspaceId": "acme",
        "batchId": LEAD_IDS[0][:26],
        "lead": {"id": LEAD_IDS[0], "company": "First", "labels": ["fair"]},
        "omitted": [],
    }
    assert (first["source"], first["detail-type"]) == ("lead-intake", "lead.created")
    assert second["detail"]["lead"]["company"] == "Second"


def test_leads_whose_transaction_failed_have_no_event(
    dynamodb: "DynamoDBClient", settings: Settings, events: Events
) -> None:
    refused, stored = (lead_item("acme", LEAD_IDS[row], {"company": name}) for row, name in enumerate(["No", "Yes"]))
    table = settings.leads_table

    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": table, "Item": refused}},
                {
                    "ConditionCheck": {
                        "TableName": settings.access_table,
                        "Key": workspace_key("nowhere"),
                        "ConditionExpression": "attribute_exists(pk)",
                    }
                },
            ]
        )
    dynamodb.put_item(TableName=table, Item=stored)

    assert events.get()["detail"]["lead"]["company"] == "Yes"


def test_the_newest_events_are_kept() -> None:
    events = EventLog()
    for number in range(300):
        events.add({"id": number})

    assert [event["id"] for event in events.newest()] == list(range(299, 99, -1))
