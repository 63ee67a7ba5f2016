"""What is wrong with a lead, field by field, in the client's own spelling."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import ErrorDetails

from leads_core.leads import MAX_STORED_BYTES
from leads_core.spelling import as_spelled

MAX_PROBLEMS = 100

_MESSAGES = {
    "string_too_long": "must have at most {max_length} characters, but has {length}",
    "string_type": "must be text",
    "string_unicode": "must be valid Unicode, but holds half of a surrogate pair",
    "list_type": "must be an array",
    "dict_type": "must be an object",
    "too_long": "must have at most {max_length} elements",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field of one lead.

    ``pointer`` is a JSON pointer (RFC 6901) into the body as the client spelled it; ``field`` is the lead's field by
    its own name, empty when the lead as a whole is meant. No part of the client's data is repeated.
    """

    index: int
    field: str
    pointer: str
    code: str
    message: str


def problems_of(index: int, row: Any, errors: Sequence[ErrorDetails]) -> Iterator[Problem]:  # noqa: ANN401 - any JSON
    """The problems of a row as the client sent it, from what its folded fields break."""
    for error in errors:
        path = error["loc"]
        if path[:1] == ("contactPerson",):
            path = (*path[:1], *path[2:])  # without the name of the shape it has
        yield Problem(
            index=index,
            field=".".join(part for part in path if isinstance(part, str)),
            pointer="/".join(map(str, ["", index, *as_spelled(row, path)])),
            code=error["type"],
            message=_message(error),
        )


def too_large(index: int, size: int) -> Problem:
    """The problem of a lead that takes so many bytes when stored."""
    message = f"must take at most {MAX_STORED_BYTES} bytes when stored, but takes {size}"
    return Problem(index=index, field="", pointer=f"/{index}", code="lead_too_large", message=message)


def _message(error: ErrorDetails) -> str:
    """What a client should do about an error, in words that fit behind the field's name."""
    if error["loc"] == ("contactPerson", "text") and error["type"] == "string_type":
        return "must be text or an array of contacts"
    if (words := _MESSAGES.get(error["type"])) is None:
        return error["msg"]
    length = len(error["input"]) if isinstance(error["input"], str) else 0
    return words.format(length=length, **error.get("ctx", {}))
