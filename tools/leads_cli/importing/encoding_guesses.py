"""Guesses the encoding of a text that is not Unicode: the one in which it is the most plausible."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from leads_cli.importing.alphabets import plausibility

# The encodings that are still in use, and their usual names. Of equally plausible ones, the first is guessed.
GUESSED = {
    "cp1252": "Windows-1252, Western European",
    "iso8859_15": "ISO-8859-15, Western European",
    "cp1250": "Windows-1250, Central European",
    "iso8859_2": "ISO-8859-2, Central European",
    "cp1251": "Windows-1251, Cyrillic",
    "cp1253": "Windows-1253, Greek",
    "cp1254": "Windows-1254, Turkish",
    "cp1255": "Windows-1255, Hebrew",
    "cp1256": "Windows-1256, Arabic",
    "cp1257": "Windows-1257, Baltic",
    "cp874": "Windows-874, Thai",
    "cp932": "Shift-JIS, Japanese",
    "euc_jp": "EUC-JP, Japanese",
    "gb18030": "GB 18030, Chinese",
    "big5": "Big5, Chinese",
    "cp949": "EUC-KR, Korean",
    "koi8_r": "KOI8-R, Cyrillic",
    "koi8_u": "KOI8-U, Cyrillic",
    "mac_roman": "Mac Roman",
    "mac_latin2": "Mac Central European",
    "mac_cyrillic": "Mac Cyrillic",
    "cp850": "DOS 850, Western European",
    "cp852": "DOS 852, Central European",
    "cp866": "DOS 866, Cyrillic",
    "iso8859_5": "ISO-8859-5, Cyrillic",
    "iso2022_jp": "ISO-2022-JP, Japanese",
}
_SAMPLE_LINES = 3
_MOST_LINE_CHARACTERS = 60
# Smaller differences in plausibility mean nothing.
_STEP = 0.05


class EncodingCandidate(NamedTuple):
    """A codec, and some text of a file decoded with it."""

    codec: str
    text: str


def likely_encodings(sample: bytes) -> list[str]:
    """The codecs in which lines beyond ASCII may be encoded, the likeliest first."""
    # Imported here, because it is slow, and most files are UTF-8.
    from charset_normalizer import from_bytes

    # It knows how frequent letters are: by that, the languages of East Asia differ.
    known = [match.encoding for match in from_bytes(sample, cp_isolation=list(GUESSED), enable_fallback=False)]
    ranks: dict[str, int] = {}
    scores: dict[str, tuple[int, str]] = {}
    for codec in GUESSED:
        if (score := plausible_in(sample, codec)) is not None:
            text = sample.decode(codec)
            scores[codec] = -round(score / _STEP), text
            rank = known.index(codec) if codec in known else len(known)
            ranks[text] = min(rank, ranks.get(text, rank))
    # Of those in which it is the same text, the first.
    return sorted(scores, key=lambda codec: (scores[codec][0], ranks[scores[codec][1]]))


def plausible_in(sample: bytes, codec: str, errors: str = "strict") -> float | None:
    """How plausible lines are in a codec, at most 1; None if they are invalid in it."""
    try:
        return plausibility(sample.decode(codec, errors), codec)
    except UnicodeError:
        return None


def candidates_in(sample: bytes, codecs: Iterable[str], most: int) -> list[EncodingCandidate]:
    """How lines read in the first of the codecs, and in those in which they read otherwise.

    The lines that are shown are those in which they differ, from where they go beyond ASCII.
    """
    by_text: dict[str, str] = {}
    for codec in codecs:
        by_text.setdefault(sample.decode(codec, "replace"), codec)
        if len(by_text) == most:
            break
    texts = [[_from_text_beyond_ascii(line) for line in text.splitlines()] for text in by_text]
    numbers: dict[tuple[str, ...], int] = {}
    for number, lines in enumerate(zip(*texts, strict=False)):
        if any(lines):
            numbers.setdefault(lines, number)
    shown = sorted(numbers.values(), key=lambda number: -_differences(texts, number))[:_SAMPLE_LINES]
    return [
        EncodingCandidate(codec, " … ".join(lines[number] for number in sorted(shown)))
        for codec, lines in zip(by_text.values(), texts, strict=True)
    ]


def _differences(texts: Sequence[Sequence[str]], number: int) -> int:
    return len({lines[number] for lines in texts})


def _from_text_beyond_ascii(line: str) -> str:
    at = next((at for at, character in enumerate(line) if not character.isascii()), None)
    return "" if at is None else line[max(at - _MOST_LINE_CHARACTERS // 3, 0) :][:_MOST_LINE_CHARACTERS].strip()
