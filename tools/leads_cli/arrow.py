"""Imports pyarrow, which is optional: it is large, and only Parquet needs it."""

import importlib
from typing import Any

from leads_cli.errors import CommandError


def import_arrow(name: str) -> Any:  # noqa: ANN401 - an optional module without types
    """A module of pyarrow. Raises CommandError if it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as exc:
        raise CommandError("Parquet needs pyarrow: install it with pip install '.[parquet]'.") from exc
