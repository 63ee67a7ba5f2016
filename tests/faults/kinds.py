"""The kind of a call to the database, as the call itself shows it, without knowledge of the function's code."""

import json
from collections.abc import Callable
from enum import StrEnum

from faults.proxy import Call


class Kind(StrEnum):
    """What a call does."""

    ADMISSION = "admission"
    READ = "read"
    RECORD = "record"
    PUT = "put"
    DELETE = "delete"
    TRANSACTION = "transaction"


# Those that may store or delete leads.
DECIDING = {Kind.PUT, Kind.DELETE, Kind.TRANSACTION}


def kind(call: Call) -> Kind:
    """The kind of a call; RECORD is for idempotency records."""
    match call.operation:
        case "GetItem" | "Query" | "BatchGetItem":
            return Kind.READ
        case "TransactWriteItems":
            return Kind.TRANSACTION
        case "BatchWriteItem":
            return Kind.DELETE if "DeleteRequest" in json.dumps(call.body) else Kind.PUT
    key = call.body.get("Key") or call.body["Item"]
    return Kind.ADMISSION if key["pk"]["S"].startswith("KEY#") else Kind.RECORD


def each(*kinds: Kind) -> Callable[[Call], bool]:
    """Every call of these kinds."""
    return lambda call: kind(call) in kinds


def first(*kinds: Kind, count: int = 1) -> Callable[[Call], bool]:
    """The first so many calls of these kinds, including retries."""
    return _by_number(lambda number: number <= count, *kinds)


def later(*kinds: Kind, count: int = 1) -> Callable[[Call], bool]:
    """The calls of these kinds after so many."""
    return _by_number(lambda number: number > count, *kinds)


def from_position(position: int) -> Callable[[Call], bool]:
    """Every call from this one on."""
    return lambda call: call.position >= position


def at_position(position: int) -> Callable[[Call], bool]:
    """The call at this position."""
    return lambda call: call.position == position


def _by_number(is_meant: Callable[[int], bool], *kinds: Kind) -> Callable[[Call], bool]:
    seen = 0

    def meant(call: Call) -> bool:
        nonlocal seen
        if kind(call) not in kinds:
            return False
        seen += 1
        return is_meant(seen)

    return meant
