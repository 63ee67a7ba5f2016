"""Prepares before a snapshot what the first request would prepare in each environment that is restored from it."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders

from leads_api.api import LEADS_PATH
from leads_api.wiring import create_handler
from leads_core.keys import with_checksum
from leads_core.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_NAME = "priming"
# The parts of DynamoDB's responses that the calls of a request read.
_RESPONSE = {
    "Attributes": {"workspace_id": {"S": _NAME}, "plan": {"S": "basic"}, "tick": {"N": "0"}, "used": {"N": "1"}},
    "UnprocessedItems": {},
}
_EVENT = {
    "httpMethod": "POST",
    "path": LEADS_PATH,
    "headers": {"X-API-Key": with_checksum("cdz_".ljust(47, "0"))},
    "body": json.dumps([{"company": _NAME, "contacts": [{"name": _NAME}], "employeeCount": 1, "labels": [_NAME]}]),
    "requestContext": {"requestId": _NAME},
}


def prime(settings: Settings, client: "DynamoDBClient") -> None:
    """Handle a request as if DynamoDB responded to it. Nothing is sent, stored, logged or raised.

    Its calls are signed with the credentials of the moment, as those of every request, if there are any.
    """
    logger = Logger(service=_NAME, location=None, stream=io.StringIO())
    logging.getLogger(_NAME).propagate = False
    # Python imports this codec when it looks up the first host name.
    "dynamodb".encode("idna")
    with _cut_off(client), suppress(Exception):
        create_handler(settings, client, logger=logger)(_EVENT, _Context())


@contextmanager
def _cut_off(client: "DynamoDBClient") -> Iterator[None]:
    """Respond to the client's requests instead of sending them."""
    client.meta.events.register_first("before-send.dynamodb", _respond)
    try:
        yield
    finally:
        client.meta.events.unregister("before-send.dynamodb", _respond)


def _respond(request: AWSPreparedRequest, **_: object) -> Any:  # noqa: ANN401 - the stubs do not know that it may return
    return AWSResponse(request.url, 200, HTTPHeaders(), _Body(json.dumps(_RESPONSE).encode()))


class _Body(io.BytesIO):
    def stream(self) -> Iterator[bytes]:
        yield self.getvalue()


class _Context:
    def get_remaining_time_in_millis(self) -> int:
        return 10_000
