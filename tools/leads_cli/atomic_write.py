"""Files that are there as a whole, or as they were before, whatever happens meanwhile."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def atomic_write(path: Path) -> Iterator[BinaryIO]:
    """Write a file beside its place, and put it there when all of it is on disk; raises OSError.

    If that fails, nothing of it is left behind. What is no file, such as a pipe, is written to directly: nothing may
    take its place.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("wb") as file:
            yield file
            put_on_disk(file)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def put_on_disk(file: BinaryIO) -> None:
    """Return when all that was written to a file would survive a power failure."""
    file.flush()
    os.fsync(file.fileno())
