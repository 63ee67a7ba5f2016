"""The AWS CLI's commands in a page of the documentation, run by the CLI itself without a network."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# `make` gives it an environment of its own, inside of this one.
AWS_CLI_PYTHON = Path(sys.prefix) / "awscli" / "bin" / "python"

# Runs each command as the CLI does, until it would send the request.
_RUN_COMMANDS = """
import contextlib, io, json, sys, time
from types import SimpleNamespace
from awscli.clidriver import create_clidriver

calls = []
driver = create_clidriver()
driver.session.register("before-parameter-build", lambda params, model, **_: calls.append([model.name, params]))
driver.session.register("before-call", lambda **_: (SimpleNamespace(status_code=200), {}))
# Waiting begins after the first response.
time.sleep = lambda _seconds: sys.exit(0)
results = []
for command in json.load(sys.stdin):
    calls.clear()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as errors:
        try:
            exit_code = driver.main(command)
        except SystemExit as exc:
            exit_code = exc.code
    results.append([exit_code, errors.getvalue(), list(calls)])
json.dump(results, sys.stdout, default=str)
"""

# Stubs for all programs in the pages. The stub of the AWS CLI prints text that can be part of another command.
_STAND_INS = """
aws() {
  printf '%s\\0' "$@" >> "$CALLS"; printf '\\n\\0' >> "$CALLS"
  case "$*" in *'--select COUNT'*) echo 0 ;; *) echo arn:aws:service:eu-north-1:123456789012:name-of-something ;; esac
}
gh() { :; }; git() { :; }; make() { :; }; leads() { :; }; sam() { :; }
"""


@dataclass(frozen=True)
class Command:
    """A command, the CLI's exit code and errors, and the calls of AWS that it would make: operation, parameters."""

    words: Sequence[str]
    exit_code: int
    errors: str
    calls: Sequence[tuple[str, Mapping[str, Any]]]


def commands_run_by(page: str, folder: Path) -> list[list[str]]:
    """Run a page's blocks of code in order, as one script, and return the words of each ``aws`` command."""
    calls = folder / "calls"
    calls.touch()
    script = _STAND_INS + "\n".join(blocks_of_shell(page))
    done = subprocess.run(
        ["bash", "-uc", script],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "CALLS": str(calls)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return [command.split("\0")[:-1] for command in calls.read_text().split("\n\0") if command]


def blocks_of_shell(page: str) -> list[str]:
    """The blocks of shell code of a page, also those in lists; and commands of the AWS CLI in its sentences."""
    blocks = [re.sub(r"(?m)^ {0,3}", "", block) for block in re.findall(r"(?ms)^ *```sh\n(.*?)^ *```$", page)]
    sentences = re.sub(r"(?ms)^ *```.*?^ *```$", "", page)
    return blocks + re.findall(r"`(aws [a-z-]+ [^`]+)`", sentences)


def run_by_the_cli(commands: Sequence[Sequence[str]], folder: Path) -> list[Command]:
    """Run commands with the CLI."""
    # Version 1 would fetch a parameter that is an address. Version 2 does not.
    config = folder / "aws-config"
    config.write_text("[default]\ncli_follow_urlparam = false\n", encoding="utf-8")
    done = subprocess.run(
        [AWS_CLI_PYTHON, "-c", _RUN_COMMANDS],
        cwd=folder,
        input=json.dumps(commands),
        env={
            "PATH": "/usr/bin:/bin",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "eu-north-1",
            "AWS_CONFIG_FILE": str(config),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [
        Command(words, exit_code, errors, [(name, parameters) for name, parameters in calls])
        for words, (exit_code, errors, calls) in zip(commands, json.loads(done.stdout), strict=True)
    ]
