"""Commands whose options are declared in a table."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any


def with_options(
    options: Mapping[str, Any], defaults: Mapping[str, Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command that takes ``**options`` those of a table: for each its type, with Typer's description of it."""

    def with_them(command: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(command)
        own = [parameter for parameter in signature.parameters.values() if parameter.kind is not parameter.VAR_KEYWORD]
        of_table = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=defaults[name], annotation=annotation)
            for name, annotation in options.items()
        ]
        command.__signature__ = signature.replace(parameters=own + of_table)  # type: ignore[attr-defined]  # what Typer reads
        return command

    return with_them
