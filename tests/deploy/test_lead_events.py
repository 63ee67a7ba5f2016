"""New leads are events on the stack's event bus."""

import json
from typing import Any

import pytest

from support.aws import EmulatedAws, Stack
from support.pipe import run_pipe


@pytest.fixture
def stack(aws: EmulatedAws, stack_name: str) -> Stack:
    return aws.deploy(stack_name)


@pytest.fixture
def queue(stack: Stack) -> str:
    """The URL of a queue outside the stack, with a rule that sends new leads there."""
    url: str = stack.aws.client("sqs").create_queue(QueueName=f"{stack.name}-crm")["QueueUrl"]
    attributes = stack.aws.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    rule = {"Name": "new-leads", "EventBusName": stack.outputs["EventBusName"]}
    events = stack.aws.client("events")
    events.put_rule(**rule, EventPattern=json.dumps({"source": ["lead-intake"], "detail-type": ["lead.created"]}))
    events.put_targets(
        Rule=rule["Name"],
        EventBusName=rule["EventBusName"],
        Targets=[{"Id": "crm", "Arn": attributes["Attributes"]["QueueArn"]}],
    )
    return url


def receive(stack: Stack, queue: str) -> list[dict[str, Any]]:
    sqs = stack.aws.client("sqs")
    received = []
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            received.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return received


def test_every_new_lead_arrives_at_the_target_of_a_rule(stack: Stack, queue: str) -> None:
    workspace = stack.create_workspace("basic")
    leads = [{"company": f"Åland {row}", "contacts": [{"name": "Bo"}], "employeeCount": row + 1} for row in range(26)]
    assert stack.post(workspace, leads).status_code == 200

    run_pipe(stack)

    events = receive(stack, queue)
    assert {(event["source"], event["detail-type"]) for event in events} == {("lead-intake", "lead.created")}
    details = [event["detail"] for event in events]
    assert {detail["workspaceId"] for detail in details} == {workspace.workspace}
    received = sorted((detail["lead"] for detail in details), key=lambda lead: lead["id"])
    listed = [json.loads(line) for line in stack.leads("list", workspace.workspace, "--limit", "1000").splitlines()]
    assert received == listed[::-1]
    assert [lead["company"] for lead in received] == [lead["company"] for lead in leads]


def test_other_changes_are_no_events(stack: Stack, queue: str) -> None:
    workspace = stack.create_workspace("basic")
    assert stack.post(workspace, [{"email": "x" * 125}]).status_code == 400
    assert stack.post(workspace, [{}]).status_code == 200
    dynamodb = stack.aws.client("dynamodb")
    for item in dynamodb.scan(TableName=stack.outputs["LeadsTableName"])["Items"]:
        dynamodb.delete_item(TableName=stack.outputs["LeadsTableName"], Key={name: item[name] for name in ("pk", "sk")})

    run_pipe(stack)

    assert len(receive(stack, queue)) == 1
