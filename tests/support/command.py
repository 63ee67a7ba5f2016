"""The ``leads`` command, run in the test's own process, because starting a process takes longer than most commands."""

import io
import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import entry_points
from pathlib import Path

import boto3
import pytest

from leads_cli.terminal import messages, output


def run_leads(
    *arguments: str, environment: Mapping[str, str], directory: Path, answer: str = ""
) -> subprocess.CompletedProcess[str]:
    """What a process of the command would print and exit with; what it would end with a traceback, it raises."""
    [leads] = entry_points(group="console_scripts", name="leads")
    streams = {
        "stdin": io.TextIOWrapper(io.BytesIO(answer.encode()), "utf-8"),
        "stdout": io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True),
        "stderr": io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True),
    }
    with pytest.MonkeyPatch.context() as patch:
        for name in [*os.environ]:
            patch.delenv(name)
        for name, value in environment.items():
            patch.setenv(name, value)
        for name, stream in streams.items():
            patch.setattr(sys, name, stream)
        patch.setattr(sys, "argv", ["leads", *arguments])
        patch.setattr(boto3, "DEFAULT_SESSION", None)  # it keeps the credentials of the environment of its creation
        for console in (output, messages):
            patch.setattr(console, "width", int(environment.get("COLUMNS", "80")))
        patch.chdir(directory)
        try:
            exit_code = leads.load()()
        except SystemExit as exc:
            exit_code = exc.code
    printed = [streams[name].buffer.getvalue().decode() for name in ("stdout", "stderr")]
    return subprocess.CompletedProcess(["leads", *arguments], exit_code or 0, *printed)
