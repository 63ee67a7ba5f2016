"""Builds the artifacts for Lambda: packages with bytecode. The makefiles that `sam build` runs call this.

Lambda's code folders are read-only, so without bytecode every cold start compiles all modules again. The bytecode must
be made by Lambda's version of Python. The build itself runs on any Python and needs no packages.
"""

import argparse
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

LAMBDA_PYTHON = "3.13"

# Wheels' tags for the architectures of Lambda. Both are needed: pip does not derive the older tag from the newer one.
_PLATFORMS = {
    "x86_64": ("manylinux_2_28_x86_64", "manylinux2014_x86_64"),
    "arm64": ("manylinux_2_28_aarch64", "manylinux2014_aarch64"),
}
_NO_PYTHON = f"""\
Python {LAMBDA_PYTHON} was not found; it makes the bytecode without which the function starts three times as slowly.
Install it (`uv python install {LAMBDA_PYTHON}`, pyenv, or your system's packages), or set LAMBDA_PYTHON to its path.
To build without bytecode all the same, set LAMBDA_PYTHON=none."""


def copy_packages(packages: Sequence[Path], target: Path) -> None:
    """Copy packages without their bytecode, which may be of another version of Python."""
    for package in packages:
        shutil.copytree(package, target / package.name, ignore=shutil.ignore_patterns("__pycache__"))


def install_requirements(requirements: Path, architecture: str, target: Path) -> None:
    """Install wheels for Lambda's platform, not for this machine's. Their hashes must match."""
    options = ["--quiet", "--disable-pip-version-check", "--no-compile", "--no-deps", "--require-hashes"]
    options += ["--only-binary=:all:", "--implementation=cp", f"--python-version={LAMBDA_PYTHON}"]
    options += [f"--platform={platform}" for platform in _PLATFORMS[architecture]]
    _run([sys.executable, "-m", "pip", "install", *options, f"--requirement={requirements}", f"--target={target}"])


def compile_models(requirements: Path, target: Path) -> None:
    """Write the schema of the models to ``target``. The packages that this needs are installed temporarily."""
    with tempfile.TemporaryDirectory() as packages:
        options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary=:all:"]
        _run(
            [sys.executable, "-m", "pip", "install", *options, f"--requirement={requirements}", f"--target={packages}"]
        )
        environment = {
            **os.environ,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": os.pathsep.join([packages, str(target)]),
        }
        program = Path(__file__).with_name("compiled_models.py")
        _run([sys.executable, str(program), str(target / "leads_core" / "compiled_models.py")], environment)


def keep_services(services: Sequence[str], target: Path) -> None:
    """Remove the AWS SDK's data of all services except these.

    The remaining data is read at every cold start, so its documentation is removed and it is not compressed.
    """
    data = target / "botocore" / "data"
    for model in data.iterdir():
        if model.is_dir() and model.name not in services:
            shutil.rmtree(model)
    for compressed in data.rglob("*.json.gz"):
        description = json.loads(gzip.decompress(compressed.read_bytes()))
        _write_json(compressed.with_suffix(""), _without_documentation(description))
        compressed.unlink()
    endpoints = json.loads((data / "endpoints.json").read_bytes())
    for partition in endpoints["partitions"]:
        partition["services"] = {name: of for name, of in partition["services"].items() if name in services}
    _write_json(data / "endpoints.json", endpoints)


def _without_documentation(description: Any) -> Any:  # noqa: ANN401 - any JSON
    match description:
        case dict():
            return {
                name: _without_documentation(value)
                for name, value in description.items()
                # A field of this name has a value that is not text.
                if not (name == "documentation" and isinstance(value, str))
            }
        case list():
            return [_without_documentation(value) for value in description]
        case _:
            return description


def _write_json(file: Path, content: Any) -> None:  # noqa: ANN401 - any JSON
    file.write_text(json.dumps(content, separators=(",", ":")), encoding="utf-8")


def remove_unused(unused: Path, target: Path) -> None:
    """Remove the files that a list of glob patterns matches. A pattern without a match ends the program."""
    for line in unused.read_text(encoding="utf-8").splitlines():
        pattern = line.partition("#")[0].strip()
        if not pattern:
            continue
        found = list(target.glob(pattern))
        if not found:
            sys.exit(f"{pattern} in {unused} fits nothing that was installed.")
        for path in found:
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


def add_bytecode(target: Path, on_lambda: str) -> None:
    """Compile all modules in a folder. ``on_lambda`` is the folder's path on Lambda, for tracebacks.

    Python does not check this bytecode against time stamps, which unpacking changes: on Lambda it is never stale.
    """
    python = find_lambda_python()
    if python:
        options = ["-q", "-f", "--invalidation-mode=unchecked-hash", f"-s{target}", f"-p{on_lambda}"]
        _run([python, "-m", "compileall", *options, str(target)])


def find_lambda_python() -> str | None:
    """Find a Python of Lambda's version; None if LAMBDA_PYTHON is none. If there is no such Python, exit."""
    if wanted := os.environ.get("LAMBDA_PYTHON"):
        if wanted == "none":
            return None
        if not _is_lambda_python(wanted):
            sys.exit(f"LAMBDA_PYTHON must be the path of a Python {LAMBDA_PYTHON} or none, but is {wanted}.")
        return wanted
    return next(filter(_is_lambda_python, _candidates()), None) or sys.exit(_NO_PYTHON)


def _candidates() -> Iterator[str]:
    yield sys.executable
    if on_path := shutil.which(f"python{LAMBDA_PYTHON}"):
        yield on_path
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from map(str, sorted(pyenv.glob(f"versions/{LAMBDA_PYTHON}*/bin/python{LAMBDA_PYTHON}"), reverse=True))
    if uv := shutil.which("uv"):
        found = subprocess.run([uv, "python", "find", LAMBDA_PYTHON], capture_output=True, text=True, check=False)  # noqa: S603 - uv, as found on this machine
        yield found.stdout.strip()


def _is_lambda_python(python: str) -> bool:
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        completed = subprocess.run([python, "-c", question], capture_output=True, text=True, check=False)  # noqa: S603 - a Python
    except OSError:
        return False
    return completed.stdout.strip() == LAMBDA_PYTHON


def _run(command: Sequence[str], environment: Mapping[str, str] = os.environ) -> None:
    completed = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False)  # noqa: S603 - commands of this module
    if completed.returncode:
        sys.exit(f"{' '.join(command)} failed.")


def main() -> None:
    """Build one artifact."""
    parser = argparse.ArgumentParser(description="Build an artifact for Lambda.")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--to", type=Path, required=True, help="folder to build it in")
    shared.add_argument("--on-lambda", required=True, help="where that folder's content is on Lambda")
    kinds = parser.add_subparsers(dest="kind", required=True)
    packages = kinds.add_parser("packages", parents=[shared], help="this project's own packages")
    packages.add_argument("packages", nargs="+", type=Path)
    packages.add_argument("--compile-models", type=Path, help="requirements for deriving the schema of the models")
    requirements = kinds.add_parser("requirements", parents=[shared], help="third-party packages")
    requirements.add_argument("requirements", type=Path)
    requirements.add_argument("--architecture", choices=_PLATFORMS, required=True)
    requirements.add_argument("--services", nargs="+", help="AWS services whose data the SDK keeps")
    requirements.add_argument("--unused", type=Path, help="file with patterns of files to remove")
    kinds.add_parser("python", help="print the path of a Python of Lambda's version")
    arguments = parser.parse_args()
    if arguments.kind == "python":
        print(find_lambda_python() or sys.exit("LAMBDA_PYTHON is none, but here one is needed."))  # noqa: T201 - the result
        return
    if arguments.kind == "packages":
        copy_packages(arguments.packages, arguments.to)
        if arguments.compile_models:
            compile_models(arguments.compile_models, arguments.to)
    else:
        install_requirements(arguments.requirements, arguments.architecture, arguments.to)
        if arguments.services:
            keep_services(arguments.services, arguments.to)
        if arguments.unused:
            remove_unused(arguments.unused, arguments.to)
    add_bytecode(arguments.to, arguments.on_lambda)


if __name__ == "__main__":
    main()
