"""In which encoding a text file is."""

import codecs
from pathlib import Path

from leads_cli.importing.errors import UnreadableFileError

_CHUNK_CHARACTERS = 1 << 20
_NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252"}


def detect_encoding(path: Path) -> str:
    """The Python codec that a text file can be read with.

    A byte order mark decides. Without one it is UTF-8 if all of it is, and Windows-1252 if not. Raises
    UnreadableFileError when the file is empty, or not text.
    """
    with path.open("rb") as file:
        start = file.read(3)
    if not start:
        raise UnreadableFileError(f"{path} is empty.")
    if start == codecs.BOM_UTF8:
        candidates = ["utf-8-sig"]
    elif start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8", "cp1252"]
    for codec in candidates:
        if _is_text(path, codec):
            return codec
    raise UnreadableFileError(
        f"{path} is not text in UTF-8, UTF-16 or Windows-1252: save it as UTF-8, or name what it is with --format."
    )


def encoding_name(codec: str) -> str:
    """What people call it."""
    return _NAMES[codec]


def _is_text(path: Path, codec: str) -> bool:
    try:
        with path.open(encoding=codec, newline="") as file:
            while chunk := file.read(_CHUNK_CHARACTERS):
                if "\0" in chunk:
                    return False
    except UnicodeError:
        return False
    return True
