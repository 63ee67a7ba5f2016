"""Writes files so that a reader sees all of the new content or all of the old one, even after a power failure.

Nobody but this user may read them.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_FOR_NOBODY_ELSE = 0o600


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """Write a file beside its place, and put it there when all of it is on disk; raises OSError.

    If that fails, nothing of it is left behind. A link in its place is replaced, not followed. What is not a regular
    file, such as a pipe, is written to directly: nothing may take its place.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    with unfinished_file(unfinished) as file:
        yield file
        put_in_place(file, unfinished, path)


@contextmanager
def unfinished_file(unfinished: Path) -> Iterator[BinaryIO]:
    """A new private file, which is deleted in the end unless it was put in another place; raises OSError."""
    try:
        with open_private(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL) as file:
            yield file
    finally:
        unfinished.unlink(missing_ok=True)


def put_in_place(
    file: BinaryIO, unfinished: Path, path: Path, put: Callable[[Path, Path], object] = os.replace
) -> None:
    """Move a completely written file to its place. Its content and its name then survive a power failure.

    ``put`` renames or links the file. Raises OSError.
    """
    put_on_disk(file)
    put(unfinished, path)
    _put_names_on_disk(path.parent)


@contextmanager
def open_private(path: Path, flags: int) -> Iterator[BinaryIO]:
    """Open a file to read and write that is not a link, and that from now on only this user may use; raises OSError."""
    descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, _FOR_NOBODY_ELSE)
    with open(descriptor, "r+b") as file:  # noqa: PTH123 - it is open, and Path has no way to take it over
        os.fchmod(descriptor, _FOR_NOBODY_ELSE)
        yield file


def put_on_disk(file: BinaryIO) -> None:
    """Return when all that was written to a file would survive a power failure; of its name, see ``put_in_place``."""
    file.flush()
    os.fsync(file.fileno())


def _put_names_on_disk(directory: Path) -> None:
    # Some network file systems do that by themselves, and refuse the call.
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
