"""DynamoDB emulated in this process by moto."""

import copy
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.moto_server.werkzeug_app import create_backend_app

from leads_admin.template import TEMPLATE, create_table_requests, load_template

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

    from mypy_boto3_dynamodb import DynamoDBClient

_MOTOS_TRANSACTION = DynamoDBBackend.transact_write_items


def emulated_dynamodb() -> Callable[..., Any]:
    """DynamoDB and its streams as a WSGI application.

    Moto is not atomic between threads, so call it from one thread at a time.
    """
    Table.__deepcopy__ = lambda table, _memo: table  # type: ignore[attr-defined]
    DynamoDBBackend.transact_write_items = _transact_write_items  # type: ignore[assignment, method-assign]
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


def _transact_write_items(backend: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    """Carry out a transaction; if it fails, roll back its items and its records in the streams.

    Moto copies whole tables for each action of a transaction, which takes seconds with ten thousand leads, and does not
    roll back the streams.
    """
    before = []
    for action in transact_items:
        request = next(iter(action.values()))
        table = backend.get_table(request["TableName"])
        hash_key, range_key = backend.get_keys_value(table, request.get("Key") or request["Item"])
        items, key = (table.items[hash_key], range_key) if range_key else (table.items, hash_key)
        records = table.stream_shard.items if table.stream_shard else []
        before.append((items, key, copy.deepcopy(items.get(key)), records, len(records)))
    try:
        _MOTOS_TRANSACTION(backend, transact_items)
    except Exception:
        for items, key, item, records, count in before:
            if item is None:
                items.pop(key, None)
            else:
                items[key] = item
            del records[count:]
        raise
