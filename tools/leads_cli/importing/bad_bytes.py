"""Finds the lines of a text with bytes that are invalid in its encoding."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from leads_cli.importing.errors import UnreadableFileError

_MOST_LINE_BYTES = 1 << 16
_MOST_LINES_NAMED = 10
# As a share of all bytes: binary files have more.
_MOST_OF_NUL = 0.1
_BAD_BYTE = re.compile("[\udc80-\udcff]")


def bad_lines(path: Path, codec: str) -> tuple[dict[int, int], int]:
    """How many bytes are invalid in an encoding, by line, and how many characters beyond ASCII are valid."""
    decoder = codecs.getincrementaldecoder(codec)("surrogateescape")
    bad: dict[int, int] = {}
    good = 0
    number = 1
    for line in byte_lines(path):
        text = decoder.decode(line)
        if not text.isascii():
            on_line = len(_BAD_BYTE.findall(text))
            good += sum(not character.isascii() for character in text) - on_line
            if on_line:
                bad[number] = bad.get(number, 0) + on_line
        number += line.endswith(b"\n")
    if left := len(_BAD_BYTE.findall(decoder.decode(b"", final=True))):
        bad[number] = bad.get(number, 0) + left
    return bad, good


def nul_bytes(path: Path, name: str) -> UnreadableFileError | None:
    """What to do about a text of the encoding of this name that has a few NUL bytes; None if it has none, or many."""
    lines: dict[int, int] = {}
    number = 1
    for line in byte_lines(path):
        if count := line.count(b"\0"):
            lines[number] = lines.get(number, 0) + count
        number += line.endswith(b"\n")
    if not lines or sum(lines.values()) > path.stat().st_size * _MOST_OF_NUL:
        return None
    return UnreadableFileError(
        f"{path} is {name}, but {_where(list(lines))} NUL bytes, which no text has: delete them."
    )


def byte_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file, a long one in parts."""
    with path.open("rb") as file:
        while line := file.readline(_MOST_LINE_BYTES):
            yield line


def bad_bytes(path: Path, name: str, lines: list[int]) -> UnreadableFileError:
    """What to do about lines with bytes that are invalid in the encoding of this name."""
    return UnreadableFileError(
        f"{path} is {name}, but {_where(lines)} bytes that are not: correct them, or save the file as UTF-8 once more. "
        "If all of it is in another encoding, name that with --encoding."
    )


def _where(lines: list[int]) -> str:
    shown = ", ".join(map(str, lines[:_MOST_LINES_NAMED]))
    more = f" and {len(lines) - _MOST_LINES_NAMED:,} more lines" if len(lines) > _MOST_LINES_NAMED else ""
    return f"line {shown} has" if len(lines) == 1 else f"lines {shown}{more} have"
