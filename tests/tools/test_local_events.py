"""The local server's events: what the stream of the leads table becomes."""

import queue
import threading
from typing import TYPE_CHECKING

from leads_console.event_log import Event, EventLog
from leads_core.dynamodb.lead_items import lead_item
from leads_core.settings import Settings
from leads_dev.local.lead_events import follow_stream, turn_stream_on

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

LEAD_IDS = [f"01M83QHZX06B68476KBMMNZ82K-00{row}" for row in range(3)]


def test_each_new_lead_is_told_once_and_a_changed_one_is_not(dynamodb: "DynamoDBClient", settings: Settings) -> None:
    def put(row: int, company: str) -> None:
        item = lead_item("acme", LEAD_IDS[row], {"company": company, "labels": ["fair"]})
        dynamodb.put_item(TableName=settings.leads_table, Item=item)

    stream = turn_stream_on(dynamodb, settings.leads_table)
    told: queue.Queue[Event] = queue.Queue()
    endpoint = dynamodb.meta.endpoint_url
    threading.Thread(target=follow_stream, args=(endpoint, stream, told.put), daemon=True).start()
    put(0, "First")
    put(0, "Changed")
    dynamodb.delete_item(
        TableName=settings.leads_table, Key={name: lead_item("acme", LEAD_IDS[0], {})[name] for name in ("pk", "sk")}
    )
    put(1, "Second")

    first, second = told.get(), told.get()

    assert first["detail"] == {
        "schemaVersion": 1,
        "workspaceId": "acme",
        "batchId": LEAD_IDS[0][:26],
        "lead": {"id": LEAD_IDS[0], "company": "First", "labels": ["fair"]},
        "omitted": [],
    }
    assert (first["source"], first["detail-type"]) == ("lead-intake", "lead.created")
    assert second["detail"]["lead"]["company"] == "Second"


def test_the_newest_events_are_kept() -> None:
    events = EventLog()
    for number in range(300):
        events.add({"id": number})

    assert [event["id"] for event in events.newest()] == list(range(299, 99, -1))
