"""How commands print what programs may read: tables for people, a JSON object a line for programs."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

import typer

from leads_cli.terminal import output

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line; without it, when piped.")]


def is_for_programs(as_json: bool) -> bool:  # noqa: FBT001 - the option
    """Whether a result is to be printed as JSON: if that was asked for, or the output is not a terminal."""
    return as_json or not output.is_terminal


def print_json(record: Mapping[str, Any]) -> None:
    """Print an object as a line; on a terminal in ASCII, so that text from clients cannot control it."""
    typer.echo(json.dumps(record, ensure_ascii=output.is_terminal))
