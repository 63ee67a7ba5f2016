"""The emulators of DynamoDB. Each is a context manager that returns its URL."""

import http.client
import logging
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from waitress.server import create_server

from leads_dev.local.dynamodb_local import URL_VARIABLE
from leads_dev.local.moto_dynamodb import emulated_dynamodb

# It pins its own version of botocore, so `make` gives it its own environment, inside this one.
MINISTACK_PYTHON = Path(sys.prefix) / "ministack" / "bin" / "python"

# Serves on an open socket, and ends when its standard input is closed: with the tests, however they end.
_SERVE_MINISTACK = """\
import os, sys, threading
from hypercorn.__main__ import main
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
main(["ministack.app:app", "--workers", "0", "--log-level", "warning", "--bind", "fd://" + sys.argv[1]])
"""

# It refuses alarms with metric math, which AWS accepts. So it stores them as if they had one metric.
_TAKE_CALCULATED_ALARMS = """\
from ministack.services.cloudformation import provisioners
record = provisioners._cw_metric_alarm_record
def record_calculated(name, properties):
    one = {"Namespace": "calculated", "MetricName": name} if "Metrics" in properties else {}
    return record(name, {key: value for key, value in properties.items() if key != "Metrics"} | one)
provisioners._cw_metric_alarm_record = record_calculated
"""


@contextmanager
def moto() -> Iterator[str]:
    """Moto behind a server, whose one thread makes each of its calls atomic."""
    with serving(emulated_dynamodb()) as url:
        yield url


@contextmanager
def serving(application: Callable[..., Any]) -> Iterator[str]:
    """A server with one thread in this process, as a context manager that returns its URL."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # its one thread has a queue
    server = create_server(application, map={}, host="127.0.0.1", port=0, threads=1, ident=None)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"  # type: ignore[union-attr]  # the stubs lack it


@contextmanager
def ministack() -> Iterator[str]:
    """Serve MiniStack's DynamoDB with its streams, and none of its other services."""
    with running_ministack(MINISTACK_PYTHON, services="dynamodb,dynamodbstreams") as url:
        yield url


@contextmanager
def running_ministack(python: Path, *, services: str) -> Iterator[str]:
    """Serve some or all ("") services of MiniStack as a separate process."""
    program = _SERVE_MINISTACK if services else _TAKE_CALCULATED_ALARMS + _SERVE_MINISTACK
    with tempfile.TemporaryFile() as output, tempfile.TemporaryDirectory() as directory:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            environment = {
                "PATH": os.defpath,
                "HOME": directory,
                "TMPDIR": directory,
                "SERVICES": services,
                "GATEWAY_PORT": str(port),  # the URL of the other services, for its functions
                "IOT_MTLS_ENABLED": "0",
                "LOG_LEVEL": "WARNING",
            }
            process = subprocess.Popen(
                [python, "-c", program, str(server.fileno())],
                env=environment,
                pass_fds=[server.fileno()],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        with process:
            try:
                _wait_for_ministack(port)
                yield f"http://127.0.0.1:{port}"
            except (OSError, http.client.HTTPException) as exc:
                output.seek(0)
                raise RuntimeError(f"MiniStack did not start: {output.read().decode()}") from exc
            finally:
                process.terminate()


@contextmanager
def dynamodb_local() -> Iterator[str]:
    """AWS's own emulator, which must be running: `make test-dynamodb-local` starts it."""
    yield os.environ[URL_VARIABLE]


DATABASES: dict[str, Callable[[], AbstractContextManager[str]]] = {
    "moto": moto,
    "ministack": ministack,
    "dynamodb-local": dynamodb_local,
}


def run_on(*on_ministack: pytest.MarkDecorator) -> list[Any]:
    """Parameters of a fixture: the databases for the tests, with marks for MiniStack."""
    if os.environ.get(URL_VARIABLE):
        return ["dynamodb-local"]
    installed = pytest.mark.skipif(
        not MINISTACK_PYTHON.exists(), reason="MiniStack is not installed: `make test` does that"
    )
    return ["moto", pytest.param("ministack", marks=[installed, *on_ministack])]


def _wait_for_ministack(port: int) -> None:
    """Wait for its first response. Its socket accepts the request earlier, and drops it if the process ends."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
        connection.request("GET", "/_ministack/health")
        connection.getresponse()
