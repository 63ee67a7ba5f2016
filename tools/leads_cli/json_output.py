"""How commands print what programs may read: tables for people, a JSON object a line for programs."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from leads_cli.terminal import output

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line; without it, when piped.")]


def is_for_programs(as_json: bool) -> bool:  # noqa: FBT001 - the option
    """Whether a result is to be printed as JSON: when that was asked for, or nobody sees it."""
    return as_json or not output.is_terminal


def print_json(record: Mapping[str, Any]) -> None:
    """Print an object as a line; on a terminal, which text of clients must not control, with nothing but ASCII."""
    typer.echo(json.dumps(record, ensure_ascii=output.is_terminal))
