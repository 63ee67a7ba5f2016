"""pyarrow, if it is installed: for Parquet alone, because it is large."""

import importlib
from typing import Any

from leads_cli.errors import CommandError


def import_arrow(name: str) -> Any:  # noqa: ANN401 - a module without types, and not always there
    """A module of pyarrow. Raises CommandError if it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as exc:
        raise CommandError("Parquet needs pyarrow: install it with pip install '.[parquet]'.") from exc
