"""The parameters of a deployment: read from text, compared with the template, and written as the SAM CLI reads them."""

import difflib
import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

Parameters = Mapping[str, str]
"""Values of the template's parameters, by name."""


def read_parameters(text: str) -> dict[str, str]:
    """``Name=value`` with spaces or line breaks between; quotes are around values with spaces. Raises ValueError."""
    pairs = [word.partition("=") for word in shlex.split(text)]
    for name, equals, _ in pairs:
        if not equals:
            raise ValueError(f'PARAMETERS has "{name}", but it must be Name=value, with quotes around spaces.')
    return {name: value for name, _, value in pairs}


def for_sam(parameters: Parameters) -> list[str]:
    """Arguments for ``sam deploy --parameter-overrides``.

    In quotes, because SAM ignores ``Name=``, and keeps the parameter as it was: only ``Name=""`` makes it empty.
    """
    return [
        '{}="{}"'.format(name, value.replace("\\", "\\\\").replace('"', '\\"')) for name, value in parameters.items()
    ]


def problems_of(parameters: Parameters, declared: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """What is wrong with parameters, given those that the template declares. SAM ignores unknown names."""
    for name, value in parameters.items():
        if name not in declared:
            [*similar] = difflib.get_close_matches(name, declared, n=1)
            yield f"The template has no parameter {name}." + "".join(f" Did you mean {other}?" for other in similar)
        elif expected := _unlike(value, declared[name]):
            yield f'{name} {expected}, but is "{value}".'


def _unlike(value: str, declaration: Mapping[str, Any]) -> str | None:
    """What a value must be, if it does not match its declaration; None if it matches."""
    match declaration:
        case {"AllowedValues": allowed} if value not in (words := list(map(str, allowed))):
            return f"must be one of {', '.join(words)}"
        case {"AllowedPattern": pattern, "ConstraintDescription": description} if not re.fullmatch(pattern, value):
            return str(description).rstrip(".")
        case {"MinValue": least, "MaxValue": most} if not (value.isdecimal() and least <= int(value) <= most):
            return f"must be a whole number from {least} to {most}"
        case _:
            return None
