"""Writes the schema of the models as a module that needs only pydantic-core. ``leads_dev.artifacts`` runs this."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from leads_core import conversions
from leads_core.model_schemas import core_schema


class _Name:
    """A function in a schema; its ``repr`` is the code that refers to it."""

    def __init__(self, function: Callable[..., Any]) -> None:
        if getattr(conversions, function.__name__, None) is not function:
            raise ValueError(f"{function.__qualname__} is in a schema, but not in {conversions.__name__}")
        self._name = function.__name__

    def __repr__(self) -> str:
        return f"conversions.{self._name}"


def compiled_models() -> str:
    """The module's source."""
    schema = _with_names(core_schema())
    return f"from leads_core import conversions\n\nLEAD = {schema!r}\n"


def _with_names(schema: Any) -> Any:  # noqa: ANN401 - any part of a schema
    match schema:
        case dict():
            return {name: _with_names(part) for name, part in schema.items()}
        case list():
            return [_with_names(part) for part in schema]
        case _:
            return _Name(schema) if callable(schema) else schema


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(compiled_models(), encoding="utf-8")
