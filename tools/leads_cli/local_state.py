"""What a running local server tells other programs: the file ``.local/demo.json``."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from leads_cli.atomic_write import atomic_write
from leads_cli.errors import CommandError

DEFAULT_DIRECTORY = Path(".local")
_FILE_NAME = "demo.json"


class NoLocalServerError(CommandError):
    """No local server is known; the text says how to start one."""


@dataclass(frozen=True, slots=True)
class DemoWorkspace:
    """A workspace for trying things out, with its API key."""

    workspace: str
    key: str


@dataclass(frozen=True, slots=True)
class LocalState:
    """Where the API and its DynamoDB answer, and what to use them with."""

    url: str
    dynamodb: str
    basic: DemoWorkspace
    free: DemoWorkspace


def write(state: LocalState, directory: Path) -> None:
    """Tell others of a server that is ready."""
    directory.mkdir(parents=True, exist_ok=True)
    with atomic_write(directory / _FILE_NAME) as file:
        file.write(json.dumps(asdict(state), indent=2).encode() + b"\n")


def remove(state: LocalState, directory: Path) -> None:
    """Tell others that the server is gone, unless another one has told of itself since."""
    try:
        is_own = read(directory) == state
    except NoLocalServerError:
        return
    if is_own:
        (directory / _FILE_NAME).unlink()


def read(directory: Path = DEFAULT_DIRECTORY) -> LocalState:
    """Find the running server; raises NoLocalServerError when there is none."""
    try:
        state = json.loads((directory / _FILE_NAME).read_text(encoding="utf-8"))
    except FileNotFoundError as exc:
        raise NoLocalServerError("No local server runs here: start one with `make serve`.") from exc
    return LocalState(state["url"], state["dynamodb"], DemoWorkspace(**state["basic"]), DemoWorkspace(**state["free"]))
