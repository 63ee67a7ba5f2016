"""A file that is written piece by piece, and can be resumed after a crash."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from leads_cli.atomic_write import atomic_write, open_private, put_in_place, put_on_disk
from leads_cli.exporting import ExportError

# How much the file may grow between two syncs to disk.
_BYTES_BETWEEN_CHECKPOINTS = 1 << 20


class _State(TypedDict):
    export: dict[str, str]
    lastId: str | None
    leads: Annotated[int, Field(ge=0)]
    bytes: Annotated[int, Field(ge=0)]


_STATE = TypeAdapter(_State)


class PartialFile:
    """``FILE.partial`` as it grows.

    ``FILE.partial.state`` records up to which byte, and which lead, it is on disk: what comes after that byte may be
    half a lead, and is written again. When all is written, FILE replaces both.
    """

    def __init__(self, path: Path, file: BinaryIO, export: Mapping[str, str]) -> None:
        self._path = path
        self._file = file
        self._export = export
        self.leads = 0
        self.last_id: str | None = None
        size = 0
        state = _read_state(path)
        if state and state["bytes"] <= os.fstat(file.fileno()).st_size:
            if state["export"] != export:
                raise ExportError(
                    f"{partial_path(path)} belongs to another export ({', '.join(state['export'].values())}): delete "
                    f"it and {_state_path(path)}, or choose another --output."
                )
            size, self.leads, self.last_id = state["bytes"], state["leads"], state["lastId"]
        file.truncate(size)
        file.seek(size)
        self._checkpoint = size

    def write(self, lines: bytes, *, leads: int, last_id: str) -> None:
        """Append the lines of ``leads`` leads; ``last_id`` is the id of the last one."""
        self._file.write(lines)
        self.leads += leads
        self.last_id = last_id
        if self._file.tell() - self._checkpoint >= _BYTES_BETWEEN_CHECKPOINTS:
            self._save()

    def finish(self) -> None:
        """Put the file where it belongs."""
        put_in_place(self._file, partial_path(self._path), self._path)
        _state_path(self._path).unlink(missing_ok=True)

    def finish_as(self, write: Callable[[BinaryIO, BinaryIO], None]) -> None:
        """Put the output of ``write`` in its place: it gets this file to read, and another one to write."""
        self._save()
        with atomic_write(self._path) as file:
            write(self._file, file)
        _state_path(self._path).unlink()
        partial_path(self._path).unlink()

    def _save(self) -> None:
        put_on_disk(self._file)
        self._checkpoint = self._file.tell()
        state = _State(export=dict(self._export), lastId=self.last_id, leads=self.leads, bytes=self._checkpoint)
        with atomic_write(_state_path(self._path)) as file:
            file.write(json.dumps(state).encode())


@contextmanager
def partial_file(path: Path) -> Iterator[BinaryIO]:
    """Open ``FILE.partial``, private and locked; its content is kept."""
    with open_private(partial_path(path), os.O_RDWR | os.O_CREAT) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise ExportError(f"Another export is writing to {partial_path(path)}.") from exc
        yield file


def partial_path(path: Path) -> Path:
    """Where a file is while it is not complete."""
    return path.with_name(f"{path.name}.partial")


def _state_path(path: Path) -> Path:
    return path.with_name(f"{path.name}.partial.state")


def _read_state(path: Path) -> _State | None:
    """Raises ExportError if it is damaged: then nobody knows how much of the other file is good."""
    try:
        return _STATE.validate_json(_state_path(path).read_bytes(), strict=True)
    except FileNotFoundError:
        return None
    except ValidationError as exc:
        raise ExportError(
            f"{_state_path(path)} is damaged: delete it and {partial_path(path)}, and the export starts over."
        ) from exc
