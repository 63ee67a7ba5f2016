"""DynamoDB emulated in this process by moto."""

import copy
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from moto.dynamodb.models.table import Table
from moto.moto_server.werkzeug_app import create_backend_app

from leads_admin.template import TEMPLATE, create_table_requests, load_template

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    from mypy_boto3_dynamodb import DynamoDBClient


def emulated_dynamodb() -> Callable[..., Any]:
    """DynamoDB and its streams as a WSGI application.

    Moto is not atomic between threads, so call it from one thread at a time.
    """
    Table.__deepcopy__ = _copy_for_rollback  # type: ignore[attr-defined]
    tables, streams = create_backend_app("dynamodb"), create_backend_app("dynamodbstreams")

    def application(environ: "WSGIEnvironment", start_response: "StartResponse") -> Any:  # noqa: ANN401 - WSGI's
        is_of_streams = environ.get("HTTP_X_AMZ_TARGET", "").startswith("DynamoDBStreams_")
        return (streams if is_of_streams else tables)(environ, start_response)

    return application


def create_tables(client: "DynamoDBClient", stack: str) -> None:
    """Create the tables as the template declares them."""
    for request in create_table_requests(_template(), stack):
        client.create_table(**request)


@cache
def _template() -> dict[str, Any]:
    """The template, which callers must not change. It is cached: reading it takes longer than creating the tables."""
    return load_template(TEMPLATE)


def _copy_for_rollback(table: Table, memo: dict[int, Any]) -> Table:
    """Copy a table so that a transaction can be rolled back.

    Moto copies a whole table for each action of a transaction, which takes seconds with ten thousand leads. Leads are
    put and deleted but never updated in place, so the copy can share them.
    """
    duplicate = copy.copy(table)
    if table.range_key_attr:
        duplicate.items = defaultdict(dict, {key: dict(items) for key, items in table.items.items()})
    else:
        duplicate.items = copy.deepcopy(table.items, memo)
    return duplicate
