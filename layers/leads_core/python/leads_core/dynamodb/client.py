"""The DynamoDB client, set up for a function that has ten seconds in all."""

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from leads_core import time_budget

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Four parallel batches, and room.
_CONNECTIONS = 8


def create_client() -> "DynamoDBClient":
    """A client for the region and the endpoint in AWS_DEFAULT_REGION and AWS_ENDPOINT_URL_DYNAMODB.

    It tries once: the stores try again themselves, because they know the deadline and can vary what they send.
    Parameters are not validated: every one is built here, from data that was.
    """
    return boto3.client(
        "dynamodb",
        config=Config(
            connect_timeout=time_budget.CONNECT_TIMEOUT,
            read_timeout=time_budget.READ_TIMEOUT,
            retries={"mode": "standard", "total_max_attempts": 1},
            max_pool_connections=_CONNECTIONS,
            parameter_validation=False,
            tcp_keepalive=True,
        ),
    )
