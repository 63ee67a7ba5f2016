"""What `make sam-local` says when it cannot start."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest


def start(directory: Path, *options: str, **variables: str) -> str:
    """Start it where nothing is built, and return the line that it ends with."""
    ended = subprocess.run(
        [sys.executable, "-m", "leads_tools.local.sam", "--port=0", "--dynamodb-port=0", *options],
        cwd=directory,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    [line] = ended.stderr.splitlines()
    return line


@pytest.mark.parametrize(("option", "variable"), [("port", "PORT"), ("dynamodb-port", "DYNAMODB_PORT")])
def test_a_taken_port_is_one_line_that_says_what_to_do(tmp_path: Path, option: str, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = start(tmp_path, f"--{option}={port}")

    assert said == f"Port {port} is taken: choose another one, such as make sam-local {variable}={port + 1}"


def test_it_says_that_nothing_is_built(tmp_path: Path) -> None:
    assert start(tmp_path) == "Nothing is built yet: run `make build` first."


def test_it_says_that_docker_does_not_answer(tmp_path: Path) -> None:
    built = tmp_path / ".aws-sam" / "build" / "template.yaml"
    built.parent.mkdir(parents=True)
    built.touch()

    assert "Docker does not answer" in start(tmp_path, PATH="/nowhere")


def test_a_wrong_limit_is_named(tmp_path: Path) -> None:
    assert start(tmp_path, RATE_LIMIT_REQUESTS="many").startswith("RATE_LIMIT_REQUESTS must be a whole number")
