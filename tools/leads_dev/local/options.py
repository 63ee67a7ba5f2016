"""The options of the local servers."""

from pathlib import Path
from typing import Annotated

import typer

USUAL_PORTS = {"PORT": 3000, "DYNAMODB_PORT": 8000, "CONSOLE_PORT": 3001}
"""Default ports, by variable. The Makefile has them, too."""

Port = Annotated[int, typer.Option(envvar="PORT", min=0, max=65535, help="Of the API; 0 takes any free one.")]
DynamoDBPort = Annotated[
    int, typer.Option(envvar="DYNAMODB_PORT", min=0, max=65535, help="Of DynamoDB; 0 takes any free one.")
]
ConsolePort = Annotated[
    int, typer.Option(envvar="CONSOLE_PORT", min=0, max=65535, help="Of the console; 0 takes any free one.")
]
StateDirectory = Annotated[Path, typer.Option(envvar="LEADS_LOCAL_DIRECTORY", help="Where PORT/demo.json is written.")]
Keep = Annotated[bool, typer.Option("--keep", envvar="KEEP", help="Keep the data in a file: PORT/kept.jsonl there.")]
