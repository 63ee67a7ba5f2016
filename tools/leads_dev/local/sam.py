"""``make sam-local``: the built functions in Lambda's container image, behind SAM's gateway, on DynamoDB Local."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn
from urllib.parse import urlsplit

import typer

from leads_admin.local_client import CREDENTIALS, local_client
from leads_admin.stack import DEFAULT_STACK, stack_settings
from leads_cli import local_state
from leads_core.settings import Settings
from leads_dev.artifacts import LAMBDA_PYTHON
from leads_dev.local import containers
from leads_dev.local.demo import create_demo, how_to_use
from leads_dev.local.dynamodb_local import DynamoDBLocalError, dynamodb_local, running_emulator
from leads_dev.local.make_command import MakeCommand
from leads_dev.local.options import USUAL_PORTS, DynamoDBPort, Port, StateDirectory
from leads_dev.local.port_choice import TakenPortsError, check_ports, command_with
from leads_dev.local.ports import free_port, responds
from leads_dev.local.prerequisites import NO_DOCKER, docker_is_running

_HOST = "127.0.0.1"
_BUILT_TEMPLATE = Path(".aws-sam") / "build" / "template.yaml"
# In samconfig.toml, `sam local invoke` has this file's name.
_ENVIRONMENT_FILE = "sam-environment.json"
# A container image may have to be downloaded first.
_START_SECONDS = 600


class SamLocalError(Exception):
    """The API cannot be started. The text says what to do."""


def serve(
    port: Port = USUAL_PORTS["PORT"],
    dynamodb_port: DynamoDBPort = USUAL_PORTS["DYNAMODB_PORT"],
    directory: StateDirectory = local_state.DEFAULT_DIRECTORY,
) -> None:
    """Serve the built API on this machine, in the container image of Lambda."""
    for stopping in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stopping, _stop)
    ports = {"PORT": port, "DYNAMODB_PORT": dynamodb_port}
    try:
        settings = stack_settings(DEFAULT_STACK)
        check_ports("sam-local", ports)
        sam = _find_sam()
        database = running_emulator() or dynamodb_local(dynamodb_port, containers_host=containers.host_address())
        with database as dynamodb_url:
            basic, free = create_demo(local_client(dynamodb_url), DEFAULT_STACK)
            with (
                _function_environment(directory, dynamodb_url, settings) as environment,
                _api(sam, port or free_port(), environment) as (process, url),
            ):
                running = local_state.LocalState(url, dynamodb_url, basic, free, command_with("sam-local", ports))
                local_state.write(running, directory)
                try:
                    print(how_to_use(running, settings), flush=True)  # noqa: T201 - what a person at the terminal sees
                    sys.exit(process.wait())
                finally:
                    local_state.remove(running, directory)
    except (DynamoDBLocalError, SamLocalError, TakenPortsError, ValueError) as exc:
        sys.exit(str(exc))


@contextmanager
def _api(sam: str, port: int, environment: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    architecture = os.environ.get("LAYER_ARCHITECTURE", "x86_64")
    process = subprocess.Popen(  # noqa: S603 - the SAM CLI, as found on this machine
        [
            *(sam, "local", "start-api", "--host", _HOST, "--port", str(port), "--template", str(_BUILT_TEMPLATE)),
            *("--env-vars", str(environment), "--parameter-overrides", f"Architecture={architecture}"),
            *("--warm-containers", "EAGER", "--add-host", f"{containers.HOST_NAME}:host-gateway"),
            *(["--skip-pull-image"] if _has_image(architecture) else []),
        ],
        env={**os.environ, **CREDENTIALS},
        stdin=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C reaches this program only, which then stops SAM
    )
    try:
        url = f"http://{_HOST}:{port}"
        deadline = time.monotonic() + _START_SECONDS
        while not responds(url):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SamLocalError("sam local start-api did not start; its output above shows why.")
            time.sleep(0.2)
        yield process, url
    finally:
        process.send_signal(signal.SIGINT)  # SAM then removes its containers
        process.wait()


@contextmanager
def _function_environment(directory: Path, dynamodb_url: str, settings: Settings) -> Iterator[Path]:
    """A file for SAM's option --env-vars: the values of the template's variables on this machine."""
    dynamodb = urlsplit(dynamodb_url)
    variables = {
        "ACCESS_TABLE": settings.access_table,
        "LEADS_TABLE": settings.leads_table,
        "AWS_ENDPOINT_URL_DYNAMODB": f"{dynamodb.scheme}://{containers.HOST_NAME}:{dynamodb.port}",
        "RATE_LIMIT_REQUESTS": settings.rate_limit.requests,
        "RATE_LIMIT_WINDOW_SECONDS": settings.rate_limit.window_seconds,
        "MAX_LEADS_PER_REQUEST": settings.max_leads_per_request,
        "FREE_PLAN_MAX_LEADS": settings.free_plan_max_leads,
    }
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / _ENVIRONMENT_FILE
    file.write_text(json.dumps({"LeadsApiFunction": {name: str(value) for name, value in variables.items()}}, indent=2))
    try:
        yield file
    finally:
        file.unlink(missing_ok=True)


def _find_sam() -> str:
    if not _BUILT_TEMPLATE.exists():
        raise SamLocalError("Nothing is built yet: run `make build` first.")
    if not docker_is_running():
        raise SamLocalError(NO_DOCKER)
    sam = shutil.which("sam", path=f"{sys.prefix}/sam/bin") or shutil.which("sam")
    if not sam:
        raise SamLocalError("The SAM CLI is not installed: `make sam-local` does that.")
    return sam


def _has_image(architecture: str) -> bool:
    """Whether Lambda's image has been downloaded already; then no registry is needed."""
    return _succeeds("docker", "image", "inspect", f"public.ecr.aws/lambda/python:{LAMBDA_PYTHON}-{architecture}")


def _succeeds(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: S603 - commands of this module


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(cls=MakeCommand)(serve)
    app()
