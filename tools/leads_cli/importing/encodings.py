"""Finds the encoding of a text file: proved by its bytes, named by the user, or guessed for the user to confirm."""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from leads_cli.importing.bad_bytes import bad_bytes, bad_lines, byte_lines, nul_bytes
from leads_cli.importing.encoding_guesses import (
    GUESSED,
    EncodingCandidate,
    candidates_in,
    likely_encodings,
    plausible_in,
)
from leads_cli.importing.errors import UnreadableFileError

_CHUNK_BYTES = 1 << 20
_SAMPLE_BYTES = 1 << 16
_MOST_CANDIDATES = 3
# From here on, a file that is not UTF-8 is taken to be in the other encoding, and not to be damaged.
_LEAST_PLAUSIBLE = 0.5
# Valid characters for each invalid byte, in UTF-8 that was damaged.
_LEAST_OF_DAMAGED = 0.1
_NUL = re.compile("\0")
_NOT_IN_TEXT = re.compile(r"[\x00-\x06\x0e-\x19\x1c-\x1f\x80-\x9f]")
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    # Before that of UTF-16, which begins alike.
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_UNICODE = {
    "utf_8": "UTF-8",
    "utf_8_sig": "UTF-8",
    "utf_16": "UTF-16",
    "utf_16_le": "UTF-16",
    "utf_16_be": "UTF-16",
    "utf_32": "UTF-32",
}
_NAMES = _UNICODE | GUESSED


@dataclass(frozen=True, slots=True)
class Encoding:
    """A Python codec.

    It is certain if the bytes prove it, or the user named it. Otherwise ``candidates`` show how some text reads in it
    and in other encodings, so that the user can decide.
    """

    codec: str
    candidates: tuple[EncodingCandidate, ...] = ()

    @property
    def name(self) -> str:
        """What people call it."""
        return encoding_name(self.codec)

    @property
    def is_certain(self) -> bool:
        """Whether it needs no confirmation."""
        return not self.candidates


def encoding_name(codec: str) -> str:
    """What people call the encoding of a codec."""
    return _NAMES.get(codecs.lookup(codec).name.replace("-", "_"), codec)


def find_encoding(path: Path, chosen: str | None = None) -> Encoding:
    """The encoding of a text file: of its byte order mark, the chosen one, UTF-8 if all of it is valid, or a guess.

    Raises UnreadableFileError when the file is empty, is not text, or has bytes that are invalid in the encoding.
    """
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise UnreadableFileError(f"{path} is empty.")
    marked = next((codec for mark, codec in _BYTE_ORDER_MARKS.items() if start.startswith(mark)), None)
    if chosen:
        # A mark overrides the option: a file of rejected rows has a mark, and the option is meant for the original.
        codec = marked or _known_codec(chosen)
        _require_text(path, codec)
        return Encoding(codec)
    if marked:
        _require_text(path, marked)
        return Encoding(marked)
    if _is_text(path, "utf-8"):
        if (sample := _sample_bytes(path, b"\x1b$")) and _is_text(path, "iso2022_jp"):
            return _unsure(["iso2022_jp", "utf-8"], sample)
        return Encoding("utf-8")
    if found := _utf_16_without_mark(path):
        return found
    return _guessed(path)


def _utf_16_without_mark(path: Path) -> Encoding | None:
    """UTF-16 if ends of lines are in it: they are a zero and ASCII, which in the other order would be no character."""
    with path.open("rb") as file:
        start = file.read(_SAMPLE_BYTES)
    for codec in ("utf-16-le", "utf-16-be"):
        if not {"\n", "\r"}.isdisjoint(start.decode(codec, "replace")) and _is_text(path, codec):
            return Encoding(codec)
    return None


def _known_codec(name: str) -> str:
    try:
        b" ".decode(name, "replace")
    except LookupError:
        raise UnreadableFileError(
            f'--encoding "{name}" is not a text encoding: name one such as utf-8, cp1252 or shift_jis.'
        ) from None
    return name


def _guessed(path: Path) -> Encoding:
    """The likely encodings of a file that is not Unicode."""
    sample = _sample_bytes(path)
    likely = likely_encodings(sample)
    # By chance, few bytes of another encoding are UTF-8; what is damaged reads better as UTF-8.
    best = plausible_in(sample, likely[0]) if likely else None
    if best is None or best < max(plausible_in(sample, "utf-8", "surrogateescape") or 0, _LEAST_PLAUSIBLE):
        bad, good = bad_lines(path, "utf-8")
        if bad and good >= sum(bad.values()) * _LEAST_OF_DAMAGED:
            raise bad_bytes(path, "UTF-8", list(bad))
    likely = [codec for codec in likely if _is_text(path, codec)]
    if not likely:
        if not bad_lines(path, "utf-8")[0] and (damaged := nul_bytes(path, "UTF-8")):
            raise damaged
        raise UnreadableFileError(
            f"{path} is not text in UTF-8, UTF-16 or an encoding that is recognised: save it as UTF-8, name its "
            "encoding with --encoding, or name what it is with --format."
        )
    return _unsure(likely, sample)


def _unsure(likely: Sequence[str], sample: bytes) -> Encoding:
    """The first of the codecs; the sample is decoded in it, and in those in which it is another text."""
    return Encoding(likely[0], tuple(candidates_in(sample, likely, _MOST_CANDIDATES)))


def _is_text(path: Path, codec: str) -> bool:
    """Whether all bytes are of an encoding, and none is a character that no text has."""
    no_text = _NOT_IN_TEXT if codec in GUESSED or codec.startswith("utf-16-") else _NUL
    try:
        with path.open(encoding=codec, newline="") as file:
            while chunk := file.read(_CHUNK_BYTES):
                if no_text.search(chunk):
                    return False
    except UnicodeError:
        return False
    return True


def _require_text(path: Path, codec: str) -> None:
    if _is_text(path, codec):
        return
    name = Encoding(codec).name
    if codecs.lookup(codec).name.startswith(("utf-16", "utf-32")):
        raise UnreadableFileError(
            f"{path} is not text in {name}: save it as UTF-8, or name its --encoding or --format."
        )
    bad, _ = bad_lines(path, codec)
    if not bad:
        if damaged := nul_bytes(path, name):
            raise damaged
        raise UnreadableFileError(f"{path} is not text in {name}: name what it is with --encoding or --format.")
    raise bad_bytes(path, name, list(bad))


def _sample_bytes(path: Path, mark: bytes = b"") -> bytes:
    """Lines that have bytes beyond ASCII, or the mark, up to a few kilobytes of them."""
    sample = bytearray()
    for line in byte_lines(path):
        if mark in line if mark else not line.isascii():
            sample += line
            if len(sample) >= _SAMPLE_BYTES:
                break
    return bytes(sample)
