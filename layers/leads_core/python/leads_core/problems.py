"""Problems of leads, field by field, in the client's own spelling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import ErrorDetails

from leads_core.leads import MAX_CUSTOM_NAME_LENGTH, MAX_STORED_BYTES, Path
from leads_core.spelling import Spellings

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


_CUSTOM_NAME = f"must have a name of 1 to {MAX_CUSTOM_NAME_LENGTH} characters of Unicode, without control characters"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one field of one lead.

    ``pointer`` is a JSON pointer (RFC 6901) into the body as the client spelled it. ``field`` is our name of the field,
    empty if the problem is about the whole lead. A problem never repeats values that the client sent.
    """

    index: int
    field: str
    pointer: str
    code: str
    message: str


def problems_of(
    index: int,
    row: Any,  # noqa: ANN401 - any JSON
    errors: Sequence[ErrorDetails],
    sources: Mapping[Path, Path],
) -> list[Problem]:
    """The problems of a row, from the errors of its validation; ``sources`` maps translated paths to those as sent."""
    spellings = Spellings(row)
    return [_problem(index, spellings, error, sources) for error in errors]


def _problem(index: int, spellings: Spellings, error: ErrorDetails, sources: Mapping[Path, Path]) -> Problem:
    path = error["loc"]
    is_about_a_name = path[-1:] == ("[key]",)
    if path[:1] == ("contactPerson",):
        path = (*path[:1], *path[2:])  # without the name of its shape
    elif path[:1] == ("custom",):
        # pydantic-core reports a name that is not valid Unicode in other characters: nothing can point to it.
        is_unclear = is_about_a_name and "\ufffd" in str(path[1])
        path = tuple(str(part)[:MAX_CUSTOM_NAME_LENGTH] for part in path[: 1 if is_unclear else 2])
    spelled = spellings.of(path)
    return Problem(
        index=index,
        field=".".join(part for part in path if isinstance(part, str)),
        pointer="/".join(map(_escaped, ["", index, *sources.get(spelled, spelled)])),
        code="custom_name" if is_about_a_name else error["type"],
        message=_CUSTOM_NAME if is_about_a_name else _message(error),
    )


def no_known_field(index: int, names: Sequence[str]) -> Problem:
    """The problem of a lead that has only unknown names."""
    quoted = ['"' + "".join(each if each.isprintable() else "?" for each in name) + '"' for name in names]
    message = f"has no known field, only {', '.join(quoted)}"
    return Problem(index=index, field="", pointer=f"/{index}", code="no_known_field", message=message)


def too_large(index: int, size: int) -> Problem:
    """The problem of a lead that is too large; ``size`` is in bytes when stored."""
    message = f"must take at most {MAX_STORED_BYTES} bytes when stored, but takes {size}"
    return Problem(index=index, field="", pointer=f"/{index}", code="lead_too_large", message=message)


def _escaped(part: str | int) -> str:
    """A part of a JSON pointer."""
    unicode = str(part).encode(errors="replace").decode()
    return unicode.replace("~", "~0").replace("/", "~1")


def _message(error: ErrorDetails) -> str:
    """An error in words that follow the field's name."""
    if error["loc"] == ("contactPerson", "text") and error["type"] == "string_type":
        return "must be text or an array of contacts"
    if (words := _MESSAGES.get(error["type"])) is None:
        return error["msg"]
    length = len(error["input"]) if isinstance(error["input"], str) else 0
    return words.format(length=length, **error.get("ctx", {}))
