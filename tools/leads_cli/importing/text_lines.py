"""Reads the lines of a text file, and refuses those that are too long for the memory."""

from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from leads_cli.importing.errors import UnreadableFileError

MOST_CHARACTERS = 16 << 20
"""Of a line, and of a cell: a picture in a column that is not imported may take megabytes."""


def bounded_lines(file: TextIO, path: Path) -> Iterator[str]:
    """The lines with their ends. Raises UnreadableFileError for one that is too long."""
    number = 1
    while line := file.readline(MOST_CHARACTERS):
        if len(line) == MOST_CHARACTERS:
            raise UnreadableFileError(
                f"{path} has more than {MOST_CHARACTERS >> 20} million characters in line {number}, more than any lead."
            )
        yield line
        number += 1
