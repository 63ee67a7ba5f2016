"""A copy of the project with a change to its code, as somebody who works on it has it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from support.server import Server, running_server, server_command

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class ChangedCopy:
    """A folder with the code, the documentation and the template."""

    folder: Path

    def run(self, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run Python with the copy's code."""
        return subprocess.run(
            [sys.executable, *arguments],
            env=self._environment,
            cwd=cwd or self.folder,
            capture_output=True,
            text=True,
            check=False,
        )

    def output_of(self, *arguments: str, cwd: Path | None = None) -> str:
        """What Python prints with the copy's code; the test fails if it ends with an error."""
        done = self.run(*arguments, cwd=cwd)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def leads(self, *arguments: str, cwd: Path) -> str:
        """What ``leads --local`` prints."""
        return self.output_of("-c", "from leads_cli.main import app; app()", "--local", *arguments, cwd=cwd)

    def running_server(self, directory: Path) -> AbstractContextManager[Server]:
        """A local server that runs the copy's code; its state is in ``.local`` of the directory."""
        state = directory / ".local"
        return running_server(server_command(state), state, environment=self._environment)

    @property
    def _environment(self) -> Mapping[str, str]:
        roots = (self.folder / part for part in ("functions", "layers/leads_core/python", "tools"))
        return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, roots)), "PYTHONDONTWRITEBYTECODE": "1"}


def changed_copy(folder: Path, file: Path, change: Callable[[str], str]) -> ChangedCopy:
    """Copy the project to a folder, and change the text of a file there."""
    for part in ("functions", "layers", "tools", "docs"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "template.yaml"):
        shutil.copy(ROOT / name, folder)
    text = (ROOT / file).read_text(encoding="utf-8")
    changed = change(text)
    assert changed != text
    (folder / file).write_text(changed, encoding="utf-8")
    return ChangedCopy(folder)
