"""What is in the wheel works where nothing else of this project is: the command, the client, the operators' part."""

import json
import os
import site
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from leads_admin.template import function_timeout_seconds
from leads_cli.main import COMMANDS, command_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the wheel was unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site-packages")
    return folder / "site-packages"


def run(installed: Path, *arguments: str) -> str:
    """Run Python with the wheel and with third-party packages, and without the checkout, which .pth files add."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(installed), *site.getsitepackages()])}
    done = subprocess.run(
        [sys.executable, "-S", *arguments], cwd=installed, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:  # noqa: ANN401 - Typer's own copy of Click
    yield path
    for name, part in getattr(command, "commands", {}).items():
        yield from commands(part, (*path, name))


def test_it_holds_what_is_installed_and_nothing_of_what_maintainers_run(installed: Path) -> None:
    packages = {path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")}

    assert packages == {"leads_admin", "leads_cli", "leads_client", "leads_console", "leads_core"}
    for part in ("templates/leads.html", "static/console.css", "static/console.js"):
        assert (installed / "leads_console" / part).exists()
    assert "leads = leads_cli.main:app" in next(installed.glob("*.dist-info/entry_points.txt")).read_text()


def test_every_command_says_what_it_does(installed: Path) -> None:
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


def test_the_template_is_there_for_whoever_needs_the_tables_or_the_functions_time(installed: Path) -> None:
    where = "from leads_admin import template; print(template.TEMPLATE); print(template.function_timeout_seconds())"

    assert run(installed, "-c", where).splitlines() == [
        str(installed / "leads_admin" / "template.yaml"),
        str(function_timeout_seconds()),
    ]
    assert json.loads(run(installed, "-m", "leads_admin.template"))["Resources"].keys() == {"AccessTable", "LeadsTable"}


def test_the_client_sends_and_an_export_writes(installed: Path, tmp_path: Path) -> None:
    program = f"""
import os
from pathlib import Path
from moto.server import ThreadedMotoServer
from typer.testing import CliRunner
from leads_admin.local_client import local_client
from leads_admin.template import TEMPLATE, create_table_requests, load_template
from leads_cli.local_state import DemoWorkspace, LocalState, write
from leads_cli.main import app
from leads_client import LeadsClient, UnavailableError

server = ThreadedMotoServer(port=0)
server.start()
url = "http://127.0.0.1:%d" % server.get_host_and_port()[1]
for table in create_table_requests(load_template(TEMPLATE), "lead-intake"):
    local_client(url).create_table(**table)
nobody = DemoWorkspace("nobody", "")
folder = Path({str(tmp_path)!r})
write(LocalState(url, url, nobody, nobody), folder / ".local")
os.chdir(folder)

def leads(*arguments):
    result = CliRunner().invoke(app, ["--local", *arguments])
    assert result.exit_code == 0, (arguments, result.output)
    return result.stdout.strip()

workspace = leads("workspace", "create", "Acme", "--plan", "basic")
leads("export", workspace, "--format", "csv", "--output", "leads.csv")
try:
    LeadsClient("http://127.0.0.1:1", "cdz_", give_up_after_seconds=0).send([{{"company": "Acme"}}])
except UnavailableError as exc:
    print("unavailable" in str(exc))
server.stop()
"""

    assert run(installed, "-c", program).splitlines()[-1] == "True"
    assert (tmp_path / "leads.csv").read_text().startswith('"id",')
