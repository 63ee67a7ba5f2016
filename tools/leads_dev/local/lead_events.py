"""Replaces the pipe: makes events of the records in the leads table's stream, as rules would get them."""

import json
import re
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from lead_events.app import handler
from leads_admin.local_client import CREDENTIALS
from leads_admin.template import TEMPLATE, load_template
from leads_core import timestamps
from leads_core.deadlines import Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from leads_console.event_log import Event

_SECONDS_BETWEEN_READS = 0.5
_NOBODYS_ACCOUNT = "000000000000"


def turn_stream_on(client: "DynamoDBClient", table: str) -> str:
    """Turn on the stream of the leads table, as the template declares it, and return its ARN."""
    view = load_template(TEMPLATE)["Resources"]["LeadsTable"]["Properties"]["StreamSpecification"]["StreamViewType"]
    client.update_table(TableName=table, StreamSpecification={"StreamEnabled": True, "StreamViewType": view})
    return client.describe_table(TableName=table)["Table"]["LatestStreamArn"]


def follow_stream(endpoint: str, stream: str, report: Callable[["Event"], None]) -> None:
    """Report each new lead, without end. This is for a thread that ends with the process."""
    pipe = load_template(TEMPLATE)["Resources"]["LeadEventsPipe"]["Properties"]
    patterns = [json.loads(criterion["Pattern"]) for criterion in pipe["SourceParameters"]["FilterCriteria"]["Filters"]]
    target = pipe["TargetParameters"]["EventBridgeEventBusParameters"]
    [sent] = re.findall(r"^<\$\.(\w+)>$", pipe["TargetParameters"]["InputTemplate"])
    for record in _records(endpoint, stream):
        if any(_matches(record, pattern) for pattern in patterns):
            for enriched in handler([record], None):
                report(_event(enriched[sent], target))


def _records(endpoint: str, stream: str) -> Iterator[Mapping[str, Any]]:
    client = boto3.client(
        "dynamodbstreams",
        endpoint_url=endpoint,
        region_name=CREDENTIALS["AWS_REGION"],
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    )
    places: dict[str, str | None] = {}
    while True:
        try:
            for shard in client.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]:
                if shard["ShardId"] not in places:
                    places[shard["ShardId"]] = client.get_shard_iterator(
                        StreamArn=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
                    )["ShardIterator"]
            for shard_id, place in places.items():
                if place is not None:
                    response = client.get_records(ShardIterator=place)
                    places[shard_id] = response.get("NextShardIterator")
                    yield from response["Records"]
        except (BotoCoreError, ClientError):
            pass  # the server is stopping, or busy
        time.sleep(_SECONDS_BETWEEN_READS)


def _matches(record: Mapping[str, Any], pattern: Mapping[str, Any]) -> bool:
    return all(record[member] in values for member, values in pattern.items())


def _event(detail: Mapping[str, Any], target: Mapping[str, str]) -> "Event":
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": target["DetailType"],
        "source": target["Source"],
        "account": _NOBODYS_ACCOUNT,
        "time": timestamps.from_epoch_ms(Clock().now_ms()),
        "region": CREDENTIALS["AWS_REGION"],
        "resources": [],
        "detail": detail,
    }
