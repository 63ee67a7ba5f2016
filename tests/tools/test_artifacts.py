"""What `sam build` builds for Lambda, with any Python on any machine."""

import gzip
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from leads_dev.artifacts import keep_services, remove_unused

ROOT = Path(__file__).parents[2]
ARTIFACTS = ROOT / "tools" / "leads_dev" / "artifacts.py"
ON_LAMBDA = "/var/task"
# The start of bytecode: the format of Python 3.13, and the flag that it is never checked against its source.
MAGIC = (3571).to_bytes(2, "little") + b"\r\n"
UNCHECKED_HASH = (1).to_bytes(4, "little")

Run = Callable[..., subprocess.CompletedProcess[str]]


def has_lambda_python() -> bool:
    environment = {**os.environ, "LAMBDA_PYTHON": ""}
    found = subprocess.run([sys.executable, ARTIFACTS, "python"], env=environment, capture_output=True, check=False)
    return found.returncode == 0


needs_lambda_python = pytest.mark.skipif(
    not has_lambda_python(), reason="Python 3.13 was not found: `uv python install 3.13` installs it"
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A folder with a package that was used before."""
    package = tmp_path / "source" / "shop"
    (package / "parts").mkdir(parents=True)
    (package / "__init__.py").write_text("PRICE = 1\n")
    (package / "py.typed").touch()
    (package / "parts" / "__init__.py").touch()
    (package / "parts" / "till.py").write_text("def fail():\n    raise ValueError\n")
    for folder in (package, package / "parts"):
        (folder / "__pycache__").mkdir()
        (folder / "__pycache__" / "__init__.cpython-311.pyc").write_bytes(b"of another Python")
    return package.parent


@pytest.fixture
def run(source: Path) -> Run:
    """Run the tool as the makefiles do: in the folder of the packages."""

    def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, ARTIFACTS, *arguments],
            cwd=source,
            env={**os.environ, "LAMBDA_PYTHON": "", **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def build(run: Run, target: Path, **environment: str) -> dict[str, bytes]:
    """Build the package; content by path."""
    done = run("packages", "shop", "--to", target, "--on-lambda", ON_LAMBDA, **environment)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return {str(path.relative_to(target)): path.read_bytes() for path in target.rglob("*") if path.is_file()}


def test_a_package_is_copied_without_old_bytecode(run: Run, source: Path, tmp_path: Path) -> None:
    built = build(run, tmp_path / "built", LAMBDA_PYTHON="none")

    assert built == {
        name: (source / name).read_bytes()
        for name in ("shop/__init__.py", "shop/py.typed", "shop/parts/__init__.py", "shop/parts/till.py")
    }


@needs_lambda_python
def test_every_module_has_unchecked_bytecode_for_lambda(run: Run, tmp_path: Path) -> None:
    built = build(run, tmp_path / "built")
    bytecode = {name: content for name, content in built.items() if "__pycache__" in name}

    assert bytecode.keys() == {
        "shop/__pycache__/__init__.cpython-313.pyc",
        "shop/parts/__pycache__/__init__.cpython-313.pyc",
        "shop/parts/__pycache__/till.cpython-313.pyc",
    }
    for name, content in bytecode.items():
        module = name.replace("__pycache__/", "").replace(".cpython-313.pyc", ".py")
        assert content.startswith(MAGIC + UNCHECKED_HASH)
        # The file's name on Lambda is among the code's constants, and not its name where it was built.
        assert f"{ON_LAMBDA}/{module}".encode() in content
        assert os.fsencode(tmp_path) not in content


@needs_lambda_python
def test_lambda_runs_the_bytecode_with_any_timestamps_of_the_files(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "built"
    build(run, target)
    lambda_python = run("python").stdout.strip()
    (target / "shop" / "__init__.py").write_text("PRICE = 'was compiled again'\n")

    shown = subprocess.run(
        [lambda_python, "-c", "import shop; print(shop.PRICE)"], cwd=target, capture_output=True, text=True, check=True
    )

    assert shown.stdout == "1\n"


@needs_lambda_python
def test_the_same_sources_give_the_same_bytes(run: Run, source: Path, tmp_path: Path) -> None:
    once = build(run, tmp_path / "once")
    for path in source.rglob("*.py"):
        os.utime(path, (1, 1))

    assert build(run, tmp_path / "in" / "another" / "folder") == once


@pytest.mark.parametrize("script", ["echo 3.12", "echo nonsense", "exit 1", None])
def test_another_python_than_lambdas_is_refused_with_a_message(run: Run, tmp_path: Path, script: str | None) -> None:
    python = tmp_path / "python"
    if script:
        python.write_text(f"#!/bin/sh\n{script}\n")
        python.chmod(0o755)

    done = run("packages", "shop", "--to", tmp_path / "built", "--on-lambda", ON_LAMBDA, LAMBDA_PYTHON=str(python))

    assert done.returncode == 1
    assert done.stderr == f"LAMBDA_PYTHON must be the path of a Python 3.13 or none, but is {python}.\n"


@pytest.mark.skipif(sys.version_info[:2] == (3, 13), reason="the Python that runs this would be found")
def test_without_lambdas_python_the_message_explains_how_to_get_it_or_do_without(run: Run, tmp_path: Path) -> None:
    nothing = str(tmp_path / "nothing")

    done = run("python", PATH=nothing, PYENV_ROOT=nothing, HOME=nothing)

    assert done.returncode == 1
    assert done.stdout == ""
    assert "Python 3.13 was not found" in done.stderr
    assert "uv python install 3.13" in done.stderr
    assert "LAMBDA_PYTHON=none" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_architecture_that_lambda_does_not_have_is_refused(run: Run, tmp_path: Path) -> None:
    done = run(
        "requirements", "requirements.txt", "--architecture", "sparc", "--to", tmp_path / "built", "--on-lambda", "/opt"
    )

    assert done.returncode == 2
    assert "'sparc' (choose from" in done.stderr
    assert not (tmp_path / "built").exists()


@pytest.fixture
def sdk(tmp_path: Path) -> Path:
    """A copy of the AWS SDK's folder with the data of three services."""
    data = tmp_path / "botocore" / "data"
    described = {
        "documentation": "<p>",
        "operations": {"Get": {"input": {"shape": "Key"}, "documentation": "<p>"}},
        "shapes": {"Key": {"members": {"documentation": {"shape": "Key"}}, "documentation": "<p>"}},
    }
    for service in ("dynamodb", "dynamodbstreams", "ec2"):
        (data / service / "2012").mkdir(parents=True)
        (data / service / "2012" / "service-2.json.gz").write_bytes(gzip.compress(json.dumps(described).encode()))
    (data / "rules.json.gz").write_bytes(gzip.compress(b'{"rules": []}'))
    endpoints = {"partitions": [{"partition": "aws", "services": {"dynamodb": {}, "ec2": {}}}]}
    (data / "endpoints.json").write_text(json.dumps(endpoints))
    return data


def test_only_the_used_services_of_the_aws_sdk_are_shipped(sdk: Path, tmp_path: Path) -> None:
    keep_services(["dynamodb"], tmp_path)

    assert {str(path.relative_to(sdk)) for path in sdk.rglob("*") if path.is_file()} == {
        "dynamodb/2012/service-2.json",
        "endpoints.json",
        "rules.json",
    }
    kept = json.loads((sdk / "endpoints.json").read_bytes())
    assert kept == {"partitions": [{"partition": "aws", "services": {"dynamodb": {}}}]}


def test_the_data_of_a_service_has_no_documentation(sdk: Path, tmp_path: Path) -> None:
    keep_services(["dynamodb"], tmp_path)

    assert json.loads((sdk / "dynamodb/2012/service-2.json").read_bytes()) == {
        "operations": {"Get": {"input": {"shape": "Key"}}},
        "shapes": {"Key": {"members": {"documentation": {"shape": "Key"}}}},
    }


def test_files_listed_as_unused_are_left_out(tmp_path: Path) -> None:
    for name in ("used.py", "docs/a.txt", "docs/deep/b.txt", "bin/tool"):
        (tmp_path / "built" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "built" / name).touch()
    (tmp_path / "unused.txt").write_text("# not imported\nbin\ndocs/[!d]*  # all but deep\n\n")

    remove_unused(tmp_path / "unused.txt", tmp_path / "built")

    left = {str(path.relative_to(tmp_path / "built")) for path in (tmp_path / "built").rglob("*") if path.is_file()}
    assert left == {"used.py", "docs/deep/b.txt"}


def test_a_pattern_that_matches_nothing_fails_the_build(tmp_path: Path) -> None:
    (tmp_path / "unused.txt").write_text("renamed_since/docs\n")

    with pytest.raises(SystemExit, match=r"renamed_since/docs in .* fits nothing that was installed"):
        remove_unused(tmp_path / "unused.txt", tmp_path)


def test_a_requirement_without_a_hash_is_refused(run: Run, source: Path, tmp_path: Path) -> None:
    wheel = source / "till-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("till.py", "")
        archive.writestr("till-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: till\nVersion: 1\n")
        archive.writestr("till-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("till-1.dist-info/RECORD", "")
    (source / "requirements.txt").write_text(f"./{wheel.name}\n")

    done = run(
        *("requirements", "requirements.txt", "--architecture", "arm64", "--to", tmp_path / "built"),
        *("--on-lambda", "/opt"),
        PIP_NO_INDEX="1",
        LAMBDA_PYTHON="none",
    )

    assert done.returncode == 1
    assert "Hashes are required" in done.stderr
    assert done.stderr.endswith(" failed.\n")
    assert not (tmp_path / "built").exists()
