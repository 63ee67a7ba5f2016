"""The API conforms to its description, tested by Schemathesis."""

import subprocess
from collections.abc import Callable
from pathlib import Path

from leads_cli.local_state import LocalState

Run = Callable[..., subprocess.CompletedProcess[str]]

HERE = Path(__file__).parent


def test_schemathesis_finds_no_failure(run: Run, api: LocalState) -> None:
    result = run(
        "st",
        f"--config-file={HERE / 'schemathesis.toml'}",
        "run",
        "openapi.json",
        f"--url={api.url}",
        "--checks=all",
        "--mode=all",
        "--max-examples=200",
        "--seed=1",
        "--continue-on-failure",
        SCHEMATHESIS_HOOKS=str(HERE / "schemathesis_hooks.py"),
        LEADS_API_KEY=api.basic.key,
    )
    assert result.returncode == 0, result.stdout
    assert "No issues found" in result.stdout
