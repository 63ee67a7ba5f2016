"""Installs locked requirements, and this project, into the environment that it runs in, and shows its progress.

``make`` runs it where nothing but pip is installed, so it needs no packages.
"""

import re
import subprocess
import sys
from pathlib import Path

UNFINISHED = "unfinished"
"""A file in the environment during an installation, because pip does not notice packages that are installed in part."""

# Without bytecode, half of which nobody would use: Python writes it for what is imported.
_PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--no-compile", "--no-deps"]
_ONE_MORE = re.compile(
    r"(?:Collecting|Processing|Requirement already satisfied:) (?:\S*/)?([A-Za-z][\w.]*(?:-[A-Za-z][\w.]*)*)"
)
_A_FEW = 20


def main(requirements: Path) -> int:
    """Install everything. Returns the exit code."""
    environment = Path(sys.prefix)
    names = re.findall(r"^[\w.-]+==(?!.*win32)", requirements.read_text(encoding="utf-8"), re.MULTILINE)
    _write(f"Setting up {environment.name}, {len(names)} packages; this happens once.\n")
    unfinished = environment / UNFINISHED
    unfinished.touch()
    try:
        exit_code = _install(["--require-hashes", "-r", str(requirements)], len(names)) or _install(
            ["--no-build-isolation", "--editable", "."], 0
        )
    except KeyboardInterrupt:
        _write("\nInterrupted; the next run begins again.\n")
        return 130
    if exit_code == 0:
        unfinished.unlink()
    return exit_code


def _install(arguments: list[str], total: int) -> int:
    """Run pip; show the package that it is at, or its whole output if it failed."""
    output: list[str] = []
    count = 0
    with subprocess.Popen([*_PIP, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:  # noqa: S603 - pip
        for line in pip.stdout or ():
            output.append(line)
            if match := _ONE_MORE.match(line):
                count += 1
                _show(f"{count} of {total} {match[1]}" if total else "", to_files=total > 0 and count % _A_FEW == 0)
            elif line.startswith("Installing collected packages") and total:
                _show(f"Unpacking {total} packages", to_files=True)
    _show("")
    if pip.returncode:
        _write("".join(output))
    return pip.returncode


def _show(state: str, *, to_files: bool = False) -> None:
    """Replace the last line of a terminal; files get lines of their own, and not all."""
    if sys.stderr.isatty():
        _write(f"\r\x1b[K{state}")
    elif to_files:
        _write(f"{state}\n")


def _write(text: str) -> None:
    sys.stderr.write(text)
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
