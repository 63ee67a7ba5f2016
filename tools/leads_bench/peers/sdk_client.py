"""Only the creation of boto3's client, with which many functions begin."""

import boto3

client = boto3.client("dynamodb")
