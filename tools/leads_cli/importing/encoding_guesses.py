"""In which encoding a text may be that is in none of Unicode's."""

# The encodings of programs that are still used, by what people call them.
GUESSED = {
    "cp1252": "Windows-1252, Western European",
    "cp1250": "Windows-1250, Central European",
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
    "mac_roman": "Mac Roman",
    "cp850": "DOS 850, Western European",
    "iso2022_jp": "ISO-2022-JP, Japanese",
}
# Of those with Latin letters: the letters beyond ASCII that are usual in their languages, the likeliest first.
LATIN = {
    "cp1252": "äöüßéèêëàâçñåøæïîôûùœúóíáìòõã",
    "cp1250": "ąćęłńóśźżáčďéěíňřšťúůýžőűäöüßâăîşţș",
    "cp1254": "çğıi̇öşüâîû",  # noqa: RUF001 - Turkish
    "mac_roman": "äöüßéèêëàâçñåøïîôûù",
    "cp850": "äöüßéèêëàâçñåïîôûù",
}
_PUNCTUATION = "“”„’–—€"  # noqa: RUF001 - as people write them
_SAMPLE_LINES = 3
_MOST_LINE_CHARACTERS = 60


def likely_encodings(sample: bytes) -> list[str]:
    """The codecs in which lines beyond ASCII may be, the likeliest first."""
    # Only now: it takes a while, and most files are UTF-8.
    from charset_normalizer import from_bytes

    likely = [match.encoding for match in from_bytes(sample, cp_isolation=list(GUESSED), enable_fallback=False)]
    latin = sorted(LATIN, key=lambda codec: -_usual_letters(sample, codec))
    # In a few words the languages of Latin letters are too much alike for it.
    return [*latin, *likely] if not likely or likely[0] in LATIN else [*likely[:2], *latin]


def sample_text(sample: bytes, codec: str) -> str:
    """A few of the lines with text beyond ASCII, from where that begins."""
    lines = []
    for line in sample.decode(codec, "replace").splitlines():
        at = next((at for at, character in enumerate(line) if not character.isascii()), None)
        if at is not None:
            lines.append(line[max(at - _MOST_LINE_CHARACTERS // 3, 0) :][:_MOST_LINE_CHARACTERS].strip())
    return " … ".join(list(dict.fromkeys(lines))[:_SAMPLE_LINES])


def _usual_letters(sample: bytes, codec: str) -> int:
    """How many more letters of a text are usual in the languages of a codec than are not, and usual marks."""
    text = sample.decode(codec, "replace")
    letters = [character for character in text.casefold() if character.isalpha() and not character.isascii()]
    usual = sum(character in LATIN[codec] for character in letters)
    return 2 * usual - len(letters) + sum(map(text.count, _PUNCTUATION)) - text.count("\ufffd")
