"""The errors of `make sam-local` when it cannot start."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from leads_dev.local import containers


def start(directory: Path, *options: str, **variables: str) -> str:
    """Start it without a build, and return its last line."""
    ended = subprocess.run(
        [sys.executable, "-m", "leads_dev.local.sam", "--port=0", "--dynamodb-port=0", *options],
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
def test_a_taken_port_is_reported_in_one_line_with_a_remedy(tmp_path: Path, option: str, variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = start(tmp_path, f"--{option}={port}")

    assert line.startswith(f"Port {port} ({variable}) is taken: make sam-local ")


def test_a_missing_build_is_reported(tmp_path: Path) -> None:
    assert start(tmp_path) == "Nothing is built yet: run `make build` first."


def test_docker_without_a_response_is_reported(tmp_path: Path) -> None:
    built = tmp_path / ".aws-sam" / "build" / "template.yaml"
    built.parent.mkdir(parents=True)
    built.touch()

    assert "Docker does not answer" in start(tmp_path, PATH="/nowhere")


def test_all_that_is_missing_is_reported_before_anything_is_set_up(tmp_path: Path) -> None:
    """Without site packages, because none is installed yet."""
    tools = Path(__file__).parents[2] / "tools"
    ended = subprocess.run(
        [sys.executable, "-S", "-m", "leads_dev.local.prerequisites"],
        env={"PYTHONPATH": str(tools), "PATH": "/nowhere", "HOME": str(tmp_path), "LAMBDA_PYTHON": "/nowhere/python"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    docker, python, java, npm = ended.stderr.splitlines()
    assert "Docker does not answer" in docker
    assert "Python 3.13" in python
    assert "Java 17" in java
    assert "npm" in npm


def test_a_wrong_limit_is_named(tmp_path: Path) -> None:
    assert start(tmp_path, RATE_LIMIT_REQUESTS="many").startswith("RATE_LIMIT_REQUESTS must be a whole number")


@pytest.mark.parametrize(
    ("docker", "address"),
    [
        ("""echo '[{"Subnet":"127.0.0.0/8","Gateway":"127.0.0.9"}]'""", "127.0.0.9"),
        ("""echo '[{"Subnet":"127.0.0.0/8"}]'""", "127.0.0.1"),
        (
            """echo '[{"Subnet":"fd00::/64"},{"Subnet":"127.0.0.0/8","Gateway":"127.0.0.1"}]'""",
            "127.0.0.1",
        ),
        ("""echo '[{"Subnet":"198.51.100.0/24","Gateway":"198.51.100.1"}]'""", None),
        ("echo null", None),
        ("echo '[]'; exit 1", None),
    ],
    ids=["this machine's", "not told", "the first usable", "a virtual machine's", "none", "no such network"],
)
def test_containers_use_the_gateway_of_their_network_if_it_is_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, docker: str, address: str | None
) -> None:
    program = tmp_path / "docker"
    program.write_text(f"#!/bin/sh\n{docker}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    assert containers.host_address() == address
