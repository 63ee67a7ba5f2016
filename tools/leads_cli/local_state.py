"""How other programs find running local servers: the files ``.local/<port>/demo.json``, one for each server."""

import json
import os
import shlex
import socket
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlsplit

from leads_cli.atomic_write import atomic_write
from leads_cli.errors import CommandError, TryAgainLaterError

DEFAULT_DIRECTORY = Path(".local")
_FILE_NAME = "demo.json"
_CONNECT_SECONDS = 5
_USUAL_COMMAND = "make serve"


class NoLocalServerError(CommandError):
    """No local server is known; the text says how to start one."""


@dataclass(frozen=True, slots=True)
class DemoWorkspace:
    """A workspace for trying things out, with its API key."""

    workspace: str
    key: str


@dataclass(frozen=True, slots=True)
class LocalState:
    """The addresses of the API and its DynamoDB, the demo's keys, and the command that starts such a server."""

    url: str
    dynamodb: str
    basic: DemoWorkspace
    free: DemoWorkspace
    command: str = _USUAL_COMMAND


def write(state: LocalState, directory: Path) -> None:
    """Publish a server that is ready."""
    file = _file(state, directory)
    file.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(file) as opened:
        opened.write(json.dumps(asdict(state), indent=2).encode() + b"\n")


def remove(state: LocalState, directory: Path) -> None:
    """Remove the file of a server, unless another server has replaced it since."""
    file = _file(state, directory)
    if file.exists() and _read(file) == state:
        file.unlink()
        with suppress(OSError):  # it holds data that is kept
            file.parent.rmdir()


def read(directory: Path = DEFAULT_DIRECTORY) -> LocalState:
    """Find the running server; of several, the one on the port that the variable PORT names.

    Raises NoLocalServerError if there is none, none at PORT, or several and no PORT, and TryAgainLaterError if the one
    at PORT was killed, or all were.
    """
    running: dict[str, LocalState] = {}
    gone: dict[str, LocalState] = {}
    for state in known_servers(directory):
        (running if is_listening(state.url) else gone)[str(urlsplit(state.url).port)] = state
    port = os.environ.get("PORT", "")
    if port in gone:
        raise _not_running([gone[port]])
    if port in running:
        return running[port]
    if len(running) == 1 and not port:
        return next(iter(running.values()))
    if running:
        raise NoLocalServerError(_which(sorted(running, key=int), port))
    if gone:
        raise _not_running([*gone.values()])
    raise NoLocalServerError("No local server runs here: start one with `make serve`.")


def _which(ports: list[str], port: str) -> str:
    """What to do if PORT does not name a running server."""
    wrong = f"PORT is {port}, and no local server that is known here runs there. " if port else ""
    if len(ports) == 1:
        return f"{wrong}One runs on the port {ports[0]}: unset PORT, or PORT={ports[0]}."
    example = f"PORT={ports[0]} leads --local list"
    return f"{wrong}Local servers run here on the ports {' and '.join(ports)}: choose one, as in {example}."


def port_in_front() -> str:
    """The start of a suggested command if several servers are known, and PORT chooses one."""
    port = os.environ.get("PORT", "")
    is_needed = port and len([*DEFAULT_DIRECTORY.glob(f"*/{_FILE_NAME}")]) > 1
    return f"PORT={shlex.quote(port)} " if is_needed else ""


def known_servers(directory: Path) -> list[LocalState]:
    """All servers that have a file, even if they were killed since; raises NoLocalServerError."""
    return [_read(file) for file in directory.glob(f"*/{_FILE_NAME}")]


def how_to_start(address: str, directory: Path = DEFAULT_DIRECTORY) -> str:
    """What to do about an address of this machine where nothing listens: the command that started a server there."""
    with suppress(NoLocalServerError):
        for state in known_servers(directory):
            if address.rstrip("/") in {state.url, state.dynamodb}:
                return f"start the server with `{state.command}`"
    return "start the server there"


def is_listening(url: str) -> bool:
    """Whether a server takes connections at an address of this machine; if not, it is not running."""
    address = urlsplit(url)
    try:
        with socket.create_connection((str(address.hostname), address.port or 80), _CONNECT_SECONDS):
            return True
    except OSError:
        return False


def is_of_this_machine(url: str) -> bool:
    """Whether an address names this machine: where nothing listens there, trying again does not help."""
    return urlsplit(url).hostname in {"localhost", "127.0.0.1", "::1"}


def _not_running(gone: list[LocalState]) -> TryAgainLaterError:
    where = " or ".join(state.url for state in gone)
    commands = " or ".join(f"`{state.command}`" for state in gone)
    return TryAgainLaterError(f"The local server at {where} is not running any more: start it with {commands}.")


def _file(state: LocalState, directory: Path) -> Path:
    return directory / str(urlsplit(state.url).port) / _FILE_NAME


def _read(file: Path) -> LocalState:
    try:
        state = json.loads(file.read_text(encoding="utf-8"))
        demo = DemoWorkspace(**state["basic"]), DemoWorkspace(**state["free"])
        return LocalState(state["url"], state["dynamodb"], *demo, state.get("command", _USUAL_COMMAND))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as exc:
        raise NoLocalServerError(
            f"{file} is damaged: delete it, and start the server again with `{_USUAL_COMMAND}`."
        ) from exc
