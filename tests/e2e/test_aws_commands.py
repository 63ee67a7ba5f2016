"""The AWS CLI accepts the documented commands, checked with AWS's own models of its services."""

import re
import sys
from pathlib import Path

import pytest

from support.aws_commands import AWS_CLI_PYTHON, Command, blocks_of_shell, commands_run_by, run_by_the_cli
from support.pages import json_files

ROOT = Path(__file__).parents[2]
PAGES = {
    path.stem: page
    for path in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    if re.search(r"\baws [a-z-]+ [a-z-]+", "\n".join(blocks_of_shell(page := path.read_text(encoding="utf-8"))))
}
# The initial throughput of a new on-demand table. AWS refuses a lower warm throughput.
LEAST_WARM_THROUGHPUT = {"ReadUnitsPerSecond": 12_000, "WriteUnitsPerSecond": 4_000}

pytestmark = pytest.mark.skipif(
    not AWS_CLI_PYTHON.exists(), reason="The AWS CLI is not installed: make .venv/awscli-installed"
)


def commands_of(page: str, folder: Path) -> list[Command]:
    for name, document in json_files(page).items():
        (folder / name).write_text(document, encoding="utf-8")
    (folder / ".venv" / "bin").mkdir(parents=True)
    for program, does in {"python": f'exec {sys.executable} "$@"', "leads": ":"}.items():
        path = folder / ".venv" / "bin" / program
        path.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
        path.chmod(0o755)
    return run_by_the_cli(commands_run_by(page, folder), folder)


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> list[Command]:
    return [command for name, page in PAGES.items() for command in commands_of(page, tmp_path_factory.mktemp(name))]


def test_the_cli_accepts_every_documented_command(commands: list[Command]) -> None:
    refused = {
        " ".join(command.words): command.errors for command in commands if command.exit_code or not command.calls
    }

    assert {"runbook", "deploying", "events"} <= PAGES.keys()
    assert refused == {}


def test_a_table_is_warmed_to_at_least_its_initial_throughput(commands: list[Command]) -> None:
    [throughput] = [
        parameters["WarmThroughput"]
        for command in commands
        for operation, parameters in command.calls
        if operation == "UpdateTable" and "WarmThroughput" in parameters
    ]

    assert throughput.keys() == LEAST_WARM_THROUGHPUT.keys()
    assert all(throughput[unit] >= least for unit, least in LEAST_WARM_THROUGHPUT.items())


WRONG = (
    "dynamodb describe-tables",
    "dynamodb describe-table",
    "dynamodb describe-table --tables leads",
    "dynamodb scan --table-name leads --limit one",
    "dynamodb update-table --table-name leads --warm-throughput Reads=12000",
    "lambda put-function-concurrency --function-name leads",
    "dynamodb wait table-gone --table-name leads",
)


def test_a_wrong_command_of_the_cli_would_be_noticed(tmp_path: Path) -> None:
    commands = run_by_the_cli([line.split() for line in WRONG], tmp_path)

    assert [" ".join(command.words) for command in commands if command.exit_code] == [*WRONG]
