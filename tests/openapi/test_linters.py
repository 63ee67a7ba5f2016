"""The description passes validators and linters."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ruleset(tmp_path: Path) -> Path:
    path = tmp_path / "ruleset.yaml"
    path.write_text("extends: spectral:oas")
    return path


def test_the_description_is_valid_openapi(run: Run) -> None:
    result = run("openapi-spec-validator", "--schema=3.1", "openapi.json")
    assert result.returncode == 0, result.stdout
    assert "OK" in result.stdout


def test_the_description_passes_the_linters_rules(run: Run, ruleset: Path) -> None:
    result = run("spectral", "lint", "--fail-severity=hint", f"--ruleset={ruleset}", "openapi.json")
    assert result.returncode == 0, result.stdout
    assert "No results with a severity of 'hint' or higher found!" in result.stdout


def test_the_linter_reports_a_wrong_description(run: Run, ruleset: Path, tmp_path: Path) -> None:
    description = json.loads((tmp_path / "openapi.json").read_text())
    unauthorized = description["paths"]["/api/v1/leads"]["post"]["responses"]["401"]
    unauthorized["content"]["application/json"]["examples"]["invalid_key"]["value"]["succeeded"] = "no"
    (tmp_path / "openapi.json").write_text(json.dumps(description))
    result = run("spectral", "lint", "--fail-severity=hint", f"--ruleset={ruleset}", "openapi.json")
    assert result.returncode == 1
    assert "oas3-valid-media-example" in result.stdout
