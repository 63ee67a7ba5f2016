"""Reports everything that `make sam-local` needs and does not find, before anything is built or downloaded.

It needs no packages itself, because none is installed then.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from leads_dev.artifacts import find_lambda_python
from leads_dev.local.dynamodb_local import DynamoDBLocalError, missing_tools, running_emulator

NO_DOCKER = "Docker does not answer: start it, or use `make serve`, which needs Python alone."


def docker_is_running() -> bool:
    """Whether containers can be started."""
    if not shutil.which("docker"):
        return False
    return subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0  # noqa: S607 - as found


def missing() -> Iterator[str]:
    """What is missing, each with what to do."""
    if not docker_is_running():
        yield NO_DOCKER
    try:
        find_lambda_python()
    except SystemExit as exc:
        yield str(exc)
    try:
        if not running_emulator():
            yield from missing_tools()
    except DynamoDBLocalError as exc:
        yield str(exc)


if __name__ == "__main__":
    sys.exit("\n".join(missing()) or os.EX_OK)
