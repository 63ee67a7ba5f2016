"""Tables that are created from the template match the code."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from leads_admin.local_client import CREDENTIALS
from leads_admin.template import create_table_requests, load_template
from leads_core.dynamodb.schema import KEYS_BY_WORKSPACE, api_key_key, lead_key
from support.databases import moto

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TEMPLATE = Path(__file__).parents[2] / "template.yaml"


@pytest.fixture(scope="module")
def client() -> Iterator["DynamoDBClient"]:
    """A client of a region that no other test uses: moto keeps the tables of regions apart."""
    with moto() as url:
        client = boto3.client(
            "dynamodb",
            endpoint_url=url,
            region_name="eu-north-1",
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )
        for request in create_table_requests(load_template(TEMPLATE), "try"):
            client.create_table(**request)
        yield client


def test_every_table_is_created_under_the_stacks_name(client: "DynamoDBClient") -> None:
    assert client.list_tables()["TableNames"] == ["try-access", "try-leads"]


def test_keys_of_a_workspace_are_found_by_the_index(client: "DynamoDBClient") -> None:
    client.put_item(
        TableName="try-access", Item={**api_key_key("0a"), "workspace_id": {"S": "acme"}, "label": {"S": "CRM"}}
    )

    found = client.query(
        TableName="try-access",
        IndexName=KEYS_BY_WORKSPACE,
        KeyConditionExpression="workspace_id = :workspace",
        ExpressionAttributeValues={":workspace": {"S": "acme"}},
    )

    assert found["Items"] == [{**api_key_key("0a"), "workspace_id": {"S": "acme"}}]


def test_a_lead_is_found_by_its_key(client: "DynamoDBClient") -> None:
    lead = {**lead_key("acme", "01JD-003"), "company": {"S": "ACME"}}
    client.put_item(TableName="try-leads", Item=lead)

    assert client.get_item(TableName="try-leads", Key=lead_key("acme", "01JD-003"))["Item"] == lead


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("!Ref Table", {"Ref": "Table"}),
        ("!Condition IsLocal", {"Condition": "IsLocal"}),
        ("!Sub ${AWS::StackName}-leads", {"Fn::Sub": "${AWS::StackName}-leads"}),
        ("!GetAtt Table.Stream.Arn", {"Fn::GetAtt": ["Table", "Stream.Arn"]}),
        ("!GetAtt [Table, Arn]", {"Fn::GetAtt": ["Table", "Arn"]}),
        ("!Join ['-', [!Ref A, b]]", {"Fn::Join": ["-", [{"Ref": "A"}, "b"]]}),
        ("!Transform { Name: Include, Parameters: { Key: !Ref A } }",
         {"Fn::Transform": {"Name": "Include", "Parameters": {"Key": {"Ref": "A"}}}}),
    ],
)  # fmt: skip
def test_short_functions_are_read_as_their_long_forms(short: str, long: dict[str, Any], tmp_path: Path) -> None:
    template = tmp_path / "template.yaml"
    template.write_text(f"Value: {short}\n", encoding="utf-8")

    assert load_template(template) == {"Value": long}
