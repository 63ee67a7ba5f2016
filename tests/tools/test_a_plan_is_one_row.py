"""A plan is one row: workspaces can be put on it, and its limit holds."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest

from leads_core.plans import MOST_COUNTED_LEADS
from support.server import running_server, server_command

ROOT = Path(__file__).parents[2]
PLANS = Path("layers", "leads_core", "python", "leads_core", "plans.py")
LAST_ROW = '    BASIC = "basic"\n'


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with one plan more."""
    tree = tmp_path_factory.mktemp("tree")
    for folder in ("functions", "layers", "tools"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "template.yaml"):
        shutil.copy(ROOT / file, tree)
    plans = (tree / PLANS).read_text(encoding="utf-8")
    (tree / PLANS).write_text(plans.replace(LAST_ROW, f'{LAST_ROW}    TRIAL = "trial", 3\n'), encoding="utf-8")
    return tree


@pytest.fixture(scope="module")
def environment(tree: Path) -> Mapping[str, str]:
    roots = (tree / "functions", tree / "layers" / "leads_core" / "python", tree / "tools")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, roots)), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.mark.slow
def test_it_is_offered_and_its_limit_holds(environment: Mapping[str, str], tmp_path: Path) -> None:
    def leads(*arguments: str) -> str:
        command = [sys.executable, "-c", "from leads_cli.main import app; app()", "--local", *arguments]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def post(count: int) -> tuple[int, str | None]:
        body = json.dumps([{}] * count)
        response = httpx.post(f"{server.state.url}/api/v1/leads", content=body, headers={"X-API-Key": key})
        return response.status_code, response.json()["message"]

    with running_server(server_command(tmp_path / ".local"), tmp_path / ".local", environment=environment) as server:
        assert "free or basic or trial." in leads("plan", "set", "--help")
        workspace = leads("workspace", "create", "Acme", "--plan", "trial")
        key = leads("key", "create", workspace)

        assert post(4) == (400, "Can not have more than 3 leads on the trial plan.")
        assert post(3) == (200, None)
        assert post(1) == (400, "Reached the maximum limit of leads on the trial plan.")
        leads("plan", "set", workspace, "free")
        assert post(2) == (200, None)
        assert post(1) == (400, "Reached the maximum limit of leads on the free plan.")
        leads("plan", "set", workspace, "basic")
        assert post(9) == (200, None)
        leads("plan", "set", workspace, "trial")
        assert post(1) == (400, "Reached the maximum limit of leads on the trial plan.")


@pytest.mark.parametrize("most_leads", [0, MOST_COUNTED_LEADS + 1])
def test_its_leads_and_their_count_fit_into_one_transaction(most_leads: int) -> None:
    source = (
        (ROOT / PLANS).read_text(encoding="utf-8").replace(LAST_ROW, f'{LAST_ROW}    TRIAL = "trial", {most_leads}\n')
    )

    with pytest.raises(ValueError, match=f"1 to {MOST_COUNTED_LEADS}"):
        exec(source, {"__name__": "plans"})  # noqa: S102 - the module with a row more
