"""Files that are there as a whole, or as they were before, whatever happens meanwhile; nobody else may read them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal

_FOR_NOBODY_ELSE = 0o600


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """Write a file beside its place, and put it there when all of it is on disk; raises OSError.

    If that fails, nothing of it is left behind. A link in its place is replaced, and not followed. What is no file,
    such as a pipe, is written to directly: nothing may take its place.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        with open_private(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, "wb") as file:
            yield file
            put_on_disk(file)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def open_private(path: Path, flags: int, mode: Literal["wb", "r+b"]) -> Iterator[BinaryIO]:
    """Open a file that is this user's alone from now on, and no link; raises OSError."""
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, _FOR_NOBODY_ELSE)
    with open(descriptor, mode) as file:  # noqa: PTH123 - it is open, and Path has no way to take it over
        os.fchmod(descriptor, _FOR_NOBODY_ELSE)
        yield file


def put_on_disk(file: BinaryIO) -> None:
    """Return when all that was written to a file would survive a power failure."""
    file.flush()
    os.fsync(file.fileno())
