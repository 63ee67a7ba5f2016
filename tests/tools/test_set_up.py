"""`make` first creates an environment, or reports what is missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SET_UP = ROOT / "tools" / "leads_dev" / "set_up.py"
TARGET = ".venv/serve-installed"
# A stub of pip: it prints pip's messages, and does what the test needs instead of a download.
PIP = """
import os, sys
for name in ("first", "second"):
    print(f"Collecting {name}==1 (from -r requirements.txt)")
sys.exit(os.environ.get("PIP_FAILS"))
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The files that `make serve` reads before it has an environment."""
    for name in ("Makefile", "pyproject.toml", "requirements/serve.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def make(checkout: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **variables}
    command = ["make", f"PYTHON={sys.executable}", *arguments]
    return subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=False)


def test_a_python_without_venv_is_reported_with_a_remedy(checkout: Path) -> None:
    (checkout / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")

    done = make(checkout, TARGET, PYTHONPATH=str(checkout))

    assert done.returncode != 0
    assert f"sudo apt-get install python3.{sys.version_info[1]}-venv\n" in done.stderr
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize(
    ("left", "times"), [(["bin/pip"], 0), (["bin/pip", "unfinished"], 1), ([], 1)], ids=["complete", "pip", "no pip"]
)
def test_an_interrupted_set_up_starts_over(checkout: Path, left: list[str], times: int) -> None:
    for name in ["bin/python", *left]:
        (checkout / ".venv" / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / ".venv" / name).touch()

    done = make(checkout, "--dry-run", TARGET)

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("venv --clear .venv\n") == times


def test_after_an_interrupted_set_up_other_parts_are_reinstalled(checkout: Path) -> None:
    (checkout / "requirements" / "docs.txt").touch()
    for name in ("bin/pip", "unfinished", "docs-installed"):
        (checkout / ".venv" / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / ".venv" / name).touch()

    done = make(checkout, "--dry-run", ".venv/docs-installed")

    assert "venv --clear .venv\n" in done.stdout
    assert "-r requirements/docs.txt\n" in done.stdout


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """The Python of a new environment, with a pip that downloads nothing."""
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    [packages] = environment.glob("lib/python*/site-packages")
    (packages / "pip.py").write_text(PIP)
    return environment / "bin" / "python"


def set_up(python: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    requirements = python.parents[2] / "requirements.txt"
    requirements.write_text("first==1 \\\n    --hash=sha256:0\nsecond==1 \\\n    --hash=sha256:1\n")
    command = [str(python), str(SET_UP), str(requirements)]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


def test_progress_is_printed(python: Path) -> None:
    done = set_up(python)

    assert done.returncode == 0
    assert done.stderr == "Setting up environment, 2 packages; this happens once.\n"
    assert not (python.parents[1] / "unfinished").exists()


def test_output_to_a_file_has_a_line_for_every_twenty_packages(python: Path) -> None:
    [pip] = python.parents[1].glob("lib/python*/site-packages/pip.py")
    pip.write_text('for i in range(45): print(f"Collecting flask-openapi3{i}==1 (from -r requirements.txt)")')

    done = set_up(python)

    assert [line for line in done.stderr.splitlines() if " of 2 " in line] == [
        "20 of 2 flask-openapi319",
        "40 of 2 flask-openapi339",
    ]


def test_if_pip_fails_its_output_is_shown_and_the_next_run_starts_over(python: Path) -> None:
    done = set_up(python, PIP_FAILS="No space left.")

    assert done.returncode == 1
    assert "Collecting first==1" in done.stderr
    assert "No space left." in done.stderr
    assert (python.parents[1] / "unfinished").exists()
