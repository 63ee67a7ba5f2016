"""The data file of `make serve KEEP=1`, also after crashes and damage."""

import contextlib
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from leads_admin.local_client import local_client
from leads_dev.local import kept_data
from leads_dev.local.kept_data import KeptData, KeptDataError
from leads_dev.local.moto_dynamodb import emulated_dynamodb
from support.databases import serving

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "test-kept-data"


@contextlib.contextmanager
def kept(path: Path) -> Iterator["DynamoDBClient"]:
    """A client of a table that is loaded from the file, and saved to it."""
    data = KeptData(path, emulated_dynamodb())
    with serving(data) as url:
        client = local_client(url)
        client.create_table(
            TableName=TABLE,
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        try:
            data.restore([TABLE])
            yield client
        finally:
            client.delete_table(TableName=TABLE)
            data.close()


def put(client: "DynamoDBClient", *names: str) -> None:
    for name in names:
        client.put_item(TableName=TABLE, Item={"pk": {"S": name}}, ConditionExpression="attribute_not_exists(pk)")


def names(client: "DynamoDBClient") -> list[str]:
    return sorted(item["pk"]["S"] for item in client.scan(TableName=TABLE)["Items"])


def test_it_has_all_changes_and_is_rewritten_at_a_start(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    with kept(path) as client:
        put(client, "a", "b", "c")
        client.delete_item(TableName=TABLE, Key={"pk": {"S": "b"}})
        client.get_item(TableName=TABLE, Key={"pk": {"S": "a"}})
        with pytest.raises(ClientError):
            put(client, "a")
    assert len(path.read_text().splitlines()) == 4

    with kept(path) as client:
        assert names(client) == ["a", "c"]
        assert len(path.read_text().splitlines()) == 2


def test_an_incomplete_last_line_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    with kept(path) as client:
        put(client, "a", "b")
    path.write_bytes(path.read_bytes()[:-10])

    with kept(path) as client:
        assert names(client) == ["a"]
        put(client, "b")
    with kept(path) as client:
        assert names(client) == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("not JSON", "Line 2 of .* is damaged"),
        ('{"request": 1}', "Line 2 of .* is damaged"),
        (
            '{"request": "DynamoDB_20120810.PutItem", "body": {"TableName": "no", "Item": {}}}',
            "Line 2 of .* cannot be repeated",
        ),
    ],
)
def test_a_damaged_file_is_reported_with_its_line_and_left_unchanged(tmp_path: Path, line: str, expected: str) -> None:
    path = tmp_path / "kept.jsonl"
    with kept(path) as client:
        put(client, "a", "b")
    first, second = path.read_text().splitlines()
    damaged = f"{first}\n{line}\n{second}\n"
    path.write_text(damaged)

    with pytest.raises(KeptDataError, match=expected), kept(path):
        pass

    assert path.read_text() == damaged


def test_a_line_that_does_not_fit_on_the_disk_is_left_out_completely(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    usual, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    with kept(path) as client:
        put(client, "a")
        before = path.read_bytes()
        with path.open("ab", buffering=0) as file:
            resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, most))
            try:
                with pytest.raises(OSError, match="File too large"):
                    kept_data.append(file, b"a line that is longer\n")
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, (usual, most))
        assert path.read_bytes() == before
