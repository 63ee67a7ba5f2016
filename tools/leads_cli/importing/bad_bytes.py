"""Lines of a text that have bytes which are not of its encoding."""

import codecs
import re
from collections.abc import Iterator
from pathlib import Path

from leads_cli.importing.errors import UnreadableFileError

_MOST_LINE_BYTES = 1 << 16
_MOST_LINES_NAMED = 10
_BAD_BYTE = re.compile("[\udc80-\udcff]")


def bad_lines(path: Path, codec: str) -> tuple[dict[int, int], int]:
    """How many bytes on which lines are not of an encoding, and how many characters beyond ASCII are."""
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


def byte_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file, a long one in parts."""
    with path.open("rb") as file:
        while line := file.readline(_MOST_LINE_BYTES):
            yield line


def bad_bytes(path: Path, name: str, lines: list[int]) -> UnreadableFileError:
    """What to do about lines that are not of the encoding of this name."""
    shown = ", ".join(map(str, lines[:_MOST_LINES_NAMED]))
    more = f" and {len(lines) - _MOST_LINES_NAMED:,} more lines" if len(lines) > _MOST_LINES_NAMED else ""
    where = f"line {shown} has" if len(lines) == 1 else f"lines {shown}{more} have"
    return UnreadableFileError(
        f"{path} is {name}, but {where} bytes that are not: correct them, or save the file as UTF-8 once more. If all "
        "of it is in another encoding, name that with --encoding."
    )
