"""The DynamoDB client for emulators."""

import os
from functools import cache
from typing import TYPE_CHECKING

import boto3
import botocore.session
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Moto accepts any credentials, and has separate tables for each region.
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}


def local_client(endpoint: str, config: Config | None = None) -> "DynamoDBClient":
    """A client of an emulator. It uses no profile, credentials or proxies of the environment, nor ~/.aws."""
    direct = Config(proxies={})
    return _session().client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name=CREDENTIALS["AWS_REGION"],
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=direct.merge(config) if config else direct,
    )


@cache
def _session() -> boto3.Session:
    """Made once, because reading DynamoDB's model is slow."""
    nothing = {"profile": None, "config_file": os.devnull, "credentials_file": os.devnull}
    unset = {name: (None, None, value, None) for name, value in nothing.items()}
    return boto3.Session(botocore_session=botocore.session.Session(session_vars=unset))
