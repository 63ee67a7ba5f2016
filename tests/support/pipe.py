"""Replaces a pipe. MiniStack stores pipes, but does not run them.

Everything else is the emulator's: the stream, the enriching function, the bus and its rules. The pipe's settings
(filter, batch size, payload, source and type of the events) are read from the template.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from leads_admin.template import load_template
from support.aws import ROOT, Stack


def run_pipe(stack: Stack) -> None:
    """Carry what the leads table's stream holds to the event bus."""
    pipe = load_template(ROOT / "template.yaml")["Resources"]["LeadEventsPipe"]["Properties"]
    source, target = pipe["SourceParameters"], pipe["TargetParameters"]["EventBridgeEventBusParameters"]
    [sent] = re.findall(r"^<\$\.(\w+)>$", pipe["TargetParameters"]["InputTemplate"])
    patterns = [json.loads(criterion["Pattern"]) for criterion in source["FilterCriteria"]["Filters"]]
    records = [record for record in _records(stack) if any(_matches(record, pattern) for pattern in patterns)]
    batch_size = source["DynamoDBStreamParameters"]["BatchSize"]
    for start in range(0, len(records), batch_size):
        enriched = _enriched(stack, records[start : start + batch_size])
        entries = [
            {
                "EventBusName": stack.outputs["EventBusName"],
                "Source": target["Source"],
                "DetailType": target["DetailType"],
                "Detail": json.dumps(event[sent]),
            }
            for event in enriched
        ]
        assert stack.aws.client("events").put_events(Entries=entries)["FailedEntryCount"] == 0


def _records(stack: Stack) -> Iterator[Mapping[str, Any]]:
    streams = stack.aws.client("dynamodbstreams")
    table = stack.aws.client("dynamodb").describe_table(TableName=stack.outputs["LeadsTableName"])["Table"]
    stream = table["LatestStreamArn"]
    for shard in streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(
            StreamArn=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        yield from streams.get_records(ShardIterator=iterator)["Records"]


def _matches(record: Mapping[str, Any], pattern: Mapping[str, Sequence[str]]) -> bool:
    return all(record[member] in values for member, values in pattern.items())


def _enriched(stack: Stack, records: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    invoked = stack.aws.client("lambda").invoke(
        FunctionName=stack.physical_id("LeadEventsFunction"),
        Payload=json.dumps(records, default=str),  # times, which the function does not look at
    )
    payload = invoked["Payload"].read()
    assert "FunctionError" not in invoked, payload
    enriched: list[dict[str, Any]] = json.loads(payload)
    return enriched
