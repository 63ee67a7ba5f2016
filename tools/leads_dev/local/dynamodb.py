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
    from mypy_boto3_dynamodb import DynamoDBClient


def emulated_dynamodb() -> Callable[..., Any]:
    """A WSGI application that is DynamoDB. Moto is not atomic between threads: call it from one at a time."""
    Table.__deepcopy__ = _copy_for_rollback  # type: ignore[attr-defined]
    return create_backend_app("dynamodb")


def create_tables(client: "DynamoDBClient", stack: str) -> None:
    """Create the tables as the template declares them."""
    for request in create_table_requests(_template(), stack):
        client.create_table(**request)


@cache
def _template() -> dict[str, Any]:
    """The template, of which nothing is changed: reading it takes longer than making the tables."""
    return load_template(TEMPLATE)


def _copy_for_rollback(table: Table, memo: dict[int, Any]) -> Table:
    """Copy a table the way that undoing a transaction needs it.

    Moto copies tables with all that is in them, once for each action of a transaction: with ten thousand leads stored
    that takes seconds. Leads are put and deleted but never updated in place, so they can be shared with the copy.
    """
    duplicate = copy.copy(table)
    if table.range_key_attr:
        duplicate.items = defaultdict(dict, {key: dict(items) for key, items in table.items.items()})
    else:
        duplicate.items = copy.deepcopy(table.items, memo)
    return duplicate
