"""The subjects that are compared, and how each is set up to run as on Lambda."""

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from leads_bench import peers
from leads_dev import artifacts

OURS = "this function"
OURS_AGAIN = "this function again"
TUTORIAL = "tutorial"
TUTORIAL_AS_SHIPPED = "tutorial without bytecode"
FASTAPI = "FastAPI"
FLOOR = "floor"

_PARTS = ("LeadsApiFunction", "LeadsCoreLayer/python", "DependenciesLayer/python")


@dataclass(frozen=True, slots=True)
class Subject:
    """A module with a handler, to import from these folders. If it is ``cold_only``, only its start is measured."""

    name: str
    module: str
    path: tuple[Path, ...]
    cold_only: bool = False


def artifact_folders(build: Path) -> tuple[Path, ...]:
    """The folders in the result of `sam build` from which Lambda's Python imports the function."""
    folders = tuple(build / part for part in _PARTS)
    for folder in folders:
        if not folder.is_dir():
            raise FileNotFoundError(f"{folder} is not there: run make build first.")
    return folders


def prepare(build: Path, packages: Path, work: Path) -> list[Subject]:
    """Set up all subjects; ``packages`` has the peers' requirements, with and without bytecode."""
    for kind in ("compiled", "plain"):
        code = work / kind
        shutil.rmtree(code, ignore_errors=True)
        artifacts.copy_packages([Path(peers.__path__[0])], code)
    artifacts.add_bytecode(work / "compiled", "/var/task")
    compiled, plain = ((work / kind, packages / kind) for kind in ("compiled", "plain"))
    ours = artifact_folders(build)
    return [
        Subject(OURS, "leads_api.app", ours),
        Subject(TUTORIAL, "peers.tutorial", compiled),
        Subject(TUTORIAL_AS_SHIPPED, "peers.tutorial", plain, cold_only=True),
        Subject(FASTAPI, "peers.fastapi_app", compiled),
        Subject(FLOOR, "peers.floor", compiled),
        Subject(OURS_AGAIN, "leads_api.app", ours),
    ]


def lay_out_runtime(packages: Path, work: Path) -> Path:
    """A folder with only the modules that Lambda's own runtime imports."""
    runtime = work / "runtime"
    shutil.rmtree(runtime, ignore_errors=True)
    compiled = packages / "compiled"
    for package in ("awslambdaric", "simplejson"):
        shutil.copytree(compiled / package, runtime / package)
    shutil.copy(compiled / "snapshot_restore_py.py", runtime)
    artifacts.add_bytecode(runtime, "/var/runtime")
    return runtime


def environment(endpoint: str) -> Mapping[str, str]:
    """The environment variables of Lambda and of the template."""
    return {
        "PATH": os.defpath,
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "AWS_REGION": "eu-north-1",
        "AWS_DEFAULT_REGION": "eu-north-1",
        "AWS_ACCESS_KEY_ID": "ASIABENCHMARK",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_LAMBDA_FUNCTION_NAME": "leads-api",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1024",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
        "LAMBDA_TASK_ROOT": "/var/task",
        "ACCESS_TABLE": "lead-intake-access",
        "LEADS_TABLE": "lead-intake-leads",
        "METRICS_NAMESPACE": "lead-intake",
        "MALLOC_ARENA_MAX": "2",
        "AWS_ENDPOINT_URL_DYNAMODB": endpoint,
    }
