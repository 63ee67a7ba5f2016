"""Tables for the tools to work on."""

import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from leads_core.settings import Settings
from leads_tools.local.client import local_client
from leads_tools.local.dynamodb import create_tables
from leads_tools.stack import stack_settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def stack() -> str:
    """A stack of the test's own."""
    return f"test-{uuid.uuid4().hex}"


@pytest.fixture
def settings(stack: str) -> Settings:
    """Names of the tables."""
    return stack_settings(stack)


@pytest.fixture
def dynamodb(dynamodb_url: str, stack: str) -> Iterator["DynamoDBClient"]:
    """A client of an emulator, on a pair of empty tables."""
    with closing(local_client(dynamodb_url)) as client:
        create_tables(client, stack)
        yield client
