"""The file of a journal: open to one process at a time, and never visible without its first lines."""

import errno
import fcntl
import os
import secrets
import stat
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from leads_cli.atomic_write import open_private, put_in_place, unfinished_file
from leads_cli.importing.errors import JournalError


@contextmanager
def locked_file(path: Path, first_lines: bytes) -> Iterator[BinaryIO]:
    """Open and lock the file that is at a path; a new one gets these lines.

    It is read from its start. Raises OSError, and JournalError if another process has it.
    """
    while True:
        with ExitStack() as stack:
            try:
                if os.path.lexists(path):
                    file = stack.enter_context(open_private(path, os.O_RDWR | os.O_NONBLOCK))
                    _lock(file, path)
                else:
                    file = stack.enter_context(_new_file(path, first_lines, _link))
                    file.seek(0)
            except (FileExistsError, FileNotFoundError):
                if not path.parent.is_dir():
                    raise
                continue  # another process has just made it, or removed it
            if _is_at(path, file):
                yield file
                return


def replaced_file(path: Path, lines: bytes) -> AbstractContextManager[BinaryIO]:
    """A new file with these lines, locked and at its end, in the place of the one that this process has locked.

    Raises OSError.
    """
    return _new_file(path, lines, os.replace)


@contextmanager
def _new_file(path: Path, lines: bytes, put: Callable[[Path, Path], None]) -> Iterator[BinaryIO]:
    """A new file with these lines, locked before it is visible at its path, and at its end."""
    # Of a name of its own, because several processes may try to begin a journal.
    unfinished = path.with_name(f".journal-{secrets.token_hex(8)}")
    with unfinished_file(unfinished) as file:
        _lock(file, path)
        file.write(lines)
        put_in_place(file, unfinished, path, put)
        yield file


def _link(file: Path, path: Path) -> None:
    """Give the file its name; raises FileExistsError if another has it already."""
    try:
        os.link(file, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without links, such as that of a memory stick
        _rename(file, path)
    else:
        file.unlink()


def _rename(file: Path, path: Path) -> None:
    """As _link; the folder is locked meanwhile, so that no other import gives the name to its file in between."""
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX)
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        file.rename(path)
    finally:
        os.close(directory)


def _lock(file: BinaryIO, path: Path) -> None:
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        raise OSError(errno.EINVAL, "It is not a file")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        raise JournalError(
            f"Another import is writing to {path}: it imports the same file and is still running. Wait until it ends."
        ) from exc


def _is_at(path: Path, file: BinaryIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
