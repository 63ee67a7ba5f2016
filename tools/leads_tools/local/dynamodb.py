"""DynamoDB emulated in this process by moto."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moto.moto_server.werkzeug_app import create_backend_app

from leads_tools.template import create_table_requests, load_template

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TEMPLATE = Path(__file__).parents[3] / "template.yaml"


def emulated_dynamodb() -> Callable[..., Any]:
    """A WSGI application that is DynamoDB. Moto is not atomic between threads: call it from one at a time."""
    return create_backend_app("dynamodb")


def create_tables(client: "DynamoDBClient", stack: str) -> None:
    """Create the tables as the template declares them."""
    for request in create_table_requests(load_template(TEMPLATE), stack):
        client.create_table(**request)
