"""Operators that administer a pair of tables."""

from collections.abc import Iterator
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from leads_admin.local_client import local_client
from leads_core.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

from support.operators import Operator


@pytest.fixture
def operator(dynamodb: "DynamoDBClient", settings: Settings) -> Operator:
    return Operator(dynamodb, settings)


@pytest.fixture
def other(dynamodb: "DynamoDBClient", settings: Settings) -> Iterator[Operator]:
    """A second operator of the same tables. Hooks on the first one's calls do not affect it."""
    with closing(local_client(dynamodb.meta.endpoint_url)) as client:
        yield Operator(client, settings)
