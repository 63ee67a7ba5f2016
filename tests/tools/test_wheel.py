"""What is in the wheel works where nothing else of this project is: the command, the client, the operators' part."""

import csv
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from leads_admin.template import function_timeout_seconds
from leads_cli.main import COMMANDS, command_of
from support.server import running_server, server_command

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel, the packages that it requires, and no others."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    packages = folder / "site-packages"
    with zipfile.ZipFile(wheel_in(folder)) as archive:
        archive.extractall(packages)
    [own] = metadata.distributions(path=[str(packages)])
    for name in required_by(own):
        distribution = metadata.distribution(name)
        for top in {file.parts[0] for file in distribution.files or ()} - {".."}:
            if not (packages / top).exists():
                (packages / top).symlink_to(str(distribution.locate_file(top)))
    return packages


def wheel_in(folder: Path) -> Path:
    [wheel] = folder.glob("*.whl")
    return wheel


def required_by(distribution: metadata.Distribution) -> set[str]:
    """The names of all packages that pip would install with one."""
    pending = [(distribution, "")]
    found: set[tuple[str, str]] = set()
    while pending:
        parent, extra = pending.pop()
        for requirement in map(Requirement, parent.requires or ()):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                new = {(requirement.name, each) for each in ("", *requirement.extras)} - found
                pending += [(metadata.distribution(name), each) for name, each in new]
                found |= new
    return {name for name, _ in found}


def run(installed: Path, *arguments: str, cwd: Path | None = None) -> str:
    """Run Python with the installed packages alone; ``-S`` leaves out the checkout, which .pth files add."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-S", *arguments],
        cwd=cwd or installed,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:  # noqa: ANN401 - Typer's own copy of Click
    yield path
    for name, part in getattr(command, "commands", {}).items():
        yield from commands(part, (*path, name))


def test_it_holds_what_is_installed_and_nothing_of_what_maintainers_run(installed: Path) -> None:
    with zipfile.ZipFile(wheel_in(installed.parent)) as archive:
        packages = {name.partition("/")[0] for name in archive.namelist() if ".dist-info/" not in name}

    assert packages == {"leads_admin", "leads_cli", "leads_client", "leads_console", "leads_core"}
    for part in ("templates/leads.html", "static/console.css", "static/console.js"):
        assert (installed / "leads_console" / part).exists()
    assert "leads = leads_cli.main:app" in next(installed.glob("lead_intake-*.dist-info/entry_points.txt")).read_text()


def test_every_command_has_help(installed: Path) -> None:
    program = f"""
from typer.testing import CliRunner
from leads_cli.main import app
for path in {[[], *(list(path) for name in COMMANDS for path in commands(command_of(name), (name,)))]}:
    result = CliRunner().invoke(app, [*path, "--help"], prog_name="leads")
    assert result.exit_code == 0, (path, result.output)
    print(" ".join(path))
"""

    helped = run(installed, "-c", program).splitlines()

    assert {"import", "export", "workspace create", "key reset-limit"} <= {*helped}


def test_the_template_is_there_with_the_tables_and_the_functions_time(installed: Path) -> None:
    where = "from leads_admin import template; print(template.TEMPLATE); print(template.function_timeout_seconds())"

    assert run(installed, "-c", where).splitlines() == [
        str(installed / "leads_admin" / "template.yaml"),
        str(function_timeout_seconds()),
    ]
    assert json.loads(run(installed, "-m", "leads_admin.template"))["Resources"].keys() == {"AccessTable", "LeadsTable"}


def test_the_client_sends_and_the_command_exports(installed: Path, tmp_path: Path) -> None:
    program = """
import sys
from leads_client import LeadsClient
with LeadsClient(*sys.argv[1:]) as client:
    print(client.send([{"company": "Acme"}]).leads[0].id)
"""
    command = ("-c", "from leads_cli.main import app; app()", "--local")

    with running_server(server_command(tmp_path / ".local"), tmp_path / ".local") as server:
        state = server.state
        lead_id = run(installed, "-c", program, state.url, state.basic.key).strip()
        run(installed, *command, "export", state.basic.workspace, "--output", "leads.csv", cwd=tmp_path)

    with (tmp_path / "leads.csv").open(newline="") as file:
        assert [(row["id"], row["company"]) for row in csv.DictReader(file)] == [(lead_id, "Acme")]
