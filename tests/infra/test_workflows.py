"""The workflows check everything that is merged or deployed, and run no untrusted code or text."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from leads_dev.artifacts import LAMBDA_PYTHON

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".github" / "workflows"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def load(path: Path) -> dict[str, Any]:
    # Read all values as text: YAML's "on" would otherwise be true.
    workflow: dict[str, Any] = yaml.load(path.read_text(), Loader=yaml.BaseLoader)  # noqa: S506 - it builds no objects
    return workflow


WORKFLOWS = {path.name: load(path) for path in sorted(FOLDER.glob("*.y*ml"))}
CI = WORKFLOWS["ci.yml"]
DEPLOY = WORKFLOWS["deploy.yml"]
DEPLOYMENT = DEPLOY["jobs"]["deploy"]

every_workflow = pytest.mark.parametrize("workflow", WORKFLOWS.values(), ids=list(WORKFLOWS))


def steps(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for job in workflow["jobs"].values():
        yield from job.get("steps", [])


def scripts(workflow: dict[str, Any]) -> list[str]:
    return [step["run"] for step in steps(workflow) if "run" in step]


def the_step(command: str) -> dict[str, Any]:
    return next(step for step in steps(DEPLOY) if command in step.get("run", ""))


@every_workflow
def test_an_action_is_pinned_to_a_reviewed_commit(workflow: dict[str, Any]) -> None:
    uses = [part["uses"] for part in (*workflow["jobs"].values(), *steps(workflow)) if "uses" in part]

    for action in uses:
        assert action.startswith("./") or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", action)


@every_workflow
def test_no_untrusted_text_becomes_part_of_a_script(workflow: dict[str, Any]) -> None:
    for script in scripts(workflow):
        assert "${{" not in script, "pass it by env"


@every_workflow
def test_jobs_may_only_read(workflow: dict[str, Any]) -> None:
    assert workflow["permissions"] == {"contents": "read"}


@every_workflow
def test_a_checkout_stores_no_token(workflow: dict[str, Any]) -> None:
    for step in steps(workflow):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] == "false"


def test_every_pull_request_and_merge_is_checked() -> None:
    assert CI["on"].keys() == {"push", "pull_request", "workflow_call"}
    assert CI["on"]["push"] == {"branches": ["main"]}
    assert not CI["on"]["pull_request"], "a filter would let some pass unchecked"


def test_github_runs_every_required_check() -> None:
    gate = (ROOT / ".ci" / "run").read_text()
    targets = re.findall(r"^CI=1 make (test) |^ *others\+?=\((.*)\)", gate, re.MULTILINE)
    assert re.search(r'^make .* "\$\{others\[@\]\}"', gate, re.MULTILINE)

    job = CI["jobs"]["make"]
    assert job["steps"][-1] == {"run": 'make "$TARGET"', "env": {"TARGET": "${{ matrix.target }}"}}
    assert sorted(job["strategy"]["matrix"]["target"]) == sorted(" ".join(map("".join, targets)).split())


def test_tests_run_on_every_python_from_the_oldest_supported_to_lambdas() -> None:
    oldest = PROJECT["requires-python"].removeprefix(">=3.")
    lambdas = LAMBDA_PYTHON.removeprefix("3.")

    pythons = CI["jobs"]["python"]["strategy"]["matrix"]["python"]
    assert pythons == [f"3.{minor}" for minor in range(int(oldest), int(lambdas) + 1)]


def test_only_tags_are_deployed_and_only_one_at_a_time() -> None:
    assert DEPLOY["on"] == {"push": {"tags": ["v*"]}}
    assert DEPLOY["concurrency"] == {"group": "deploy", "cancel-in-progress": "false"}


def test_only_checked_code_is_built_and_deployed() -> None:
    build = DEPLOY["jobs"][DEPLOYMENT["needs"]]

    assert DEPLOY["jobs"][build["needs"]]["uses"] == "./.github/workflows/ci.yml"
    assert not {"if"} & (DEPLOYMENT.keys() | build.keys()), "a condition could let it run after failed checks"


def test_the_build_has_no_credentials() -> None:
    commands = [step["run"].split()[:2] for step in DEPLOYMENT["steps"] if "run" in step]

    assert commands == [["make", ".venv/sam-installed"], ["if", "[["], [".venv/sam/bin/sam", "deploy"]]
    for step in DEPLOY["jobs"]["build"]["steps"]:
        assert "aws-actions" not in step.get("uses", "")


@pytest.mark.parametrize(("tag", "exit_code"), [("v{}", 0), ("{}", 1), ("v{}.1", 1), ("v0.0.0", 1)])
def test_a_tag_that_is_not_the_version_is_not_built(tag: str, exit_code: int) -> None:
    script = the_step("tomllib")["run"].replace("python -c", f"{sys.executable} -c")

    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=ROOT,
        env={"TAG": tag.format(PROJECT["version"])},
        capture_output=True,
        check=False,
    )

    assert done.returncode == exit_code, done.stderr


def test_the_changelog_ends_at_the_version() -> None:
    headings = re.findall(r"^## \[(.+?)\]( - \d{4}-\d\d-\d\d)?$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    (unreleased, no_date), (newest, date) = headings[:2]
    assert (unreleased, no_date, newest) == ("Unreleased", "", PROJECT["version"])
    assert date, "a version has its date"


@every_workflow
def test_only_the_protected_environment_may_assume_the_role(workflow: dict[str, Any]) -> None:
    for job in workflow["jobs"].values():
        if job.get("environment") == "production":
            assert job["permissions"] == {"contents": "read", "id-token": "write"}
        else:
            assert "permissions" not in job


@pytest.mark.parametrize(
    ("parameters", "exit_code"),
    [
        ("", 0),
        ("AlarmEmail=ops@example.com\nLogRetentionDays=90", 0),
        ('AlarmEmail="" Waf=true', 0),
        ("AlarmEmail= Waf=true", 1),
        ("Waf=true\nAlarmEmail=", 1),
        ("AlarmEmail=\nWaf=true", 1),
    ],
)
def test_a_parameter_that_sam_would_ignore_ends_the_job(parameters: str, exit_code: int) -> None:
    script = the_step("BASH_REMATCH")["run"]

    done = subprocess.run(
        ["bash", "-euc", script], env={"PARAMETER_OVERRIDES": parameters}, capture_output=True, text=True, check=False
    )

    assert (done.returncode, "AlarmEmail=" in done.stdout) == (exit_code, bool(exit_code))


def test_the_build_is_for_the_deployed_architecture() -> None:
    build, deploy = the_step("make build"), the_step("sam deploy")

    assert build["env"]["LAYER_ARCHITECTURE"] == deploy["env"]["ARCHITECTURE"]
    assert deploy["run"].rstrip().endswith(' Architecture=$ARCHITECTURE"'), "the last one counts"
