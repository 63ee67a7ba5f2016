"""What many functions begin with, and nothing else."""

import boto3

client = boto3.client("dynamodb")
