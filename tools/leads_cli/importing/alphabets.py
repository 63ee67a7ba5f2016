"""Scores how plausible a text is in an encoding, by its letters beyond ASCII."""

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

_WESTERN = ("äöüß", "éèêëàâçîïôûùüÿœæ", "áéíóúüñºª", "áâãàçéêíóôõúü", "àèéìíòóùú", "åäöéüšž", "æøåéöü", "éëïöüáóèê")
_CENTRAL = ("ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áäčďéíĺľňóôŕšťúýž", "áéíóöőúüű", "čćđšž", "ăâîşţșț", "äöüß")
_RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя№"
_CYRILLIC = (_RUSSIAN, "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", "абвгдђежзијклљмнњопрстћуфхцчџш")
_LETTERS = {
    "cp1252": _WESTERN,
    "iso8859_15": _WESTERN,
    "mac_roman": _WESTERN,
    "cp850": _WESTERN,
    "cp1250": _CENTRAL,
    "iso8859_2": _CENTRAL,
    "mac_latin2": _CENTRAL,
    "cp852": _CENTRAL,
    "cp1254": ("çğıöşüâî\u0307",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äöüõšž"),
    "cp1253": ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ",),
    "cp1251": _CYRILLIC,
    "koi8_r": _CYRILLIC,
    "koi8_u": _CYRILLIC,
    "mac_cyrillic": _CYRILLIC,
    "cp866": _CYRILLIC,
    "iso8859_5": _CYRILLIC,
}
# The first bytes of the usual characters in encodings of East Asia.
_USUAL_CHARACTERS = {
    "cp932": (("cp932", 0x81, 0x98),),
    "euc_jp": (("cp932", 0x81, 0x98),),
    "iso2022_jp": (("cp932", 0x81, 0x98),),
    "gb18030": (("gb2312", 0xA1, 0xA3), ("gb2312", 0xB0, 0xD7), ("big5", 0xA4, 0xC6)),
    "big5": (("big5", 0xA1, 0xA3), ("big5", 0xA4, 0xC6)),
    "cp949": (("euc_kr", 0xA1, 0xA3), ("euc_kr", 0xB0, 0xC8)),
}
_SCRIPTS = {"cp1255": "HEBREW", "cp1256": "ARABIC", "cp874": "THAI"}
_PUNCTUATION = frozenset("“”„’‘‚–—…€«»·•°§®™©´\u00a0")  # noqa: RUF001 - as people write them
_WORTH_OF_A_MARK = 0.9
_STEP = 0.1
_SIGN_IN_A_WORD = re.compile(r"(?<=[^\W\d_])[^\w\x00-\x7f’‘·–—…](?=[^\W\d_])")  # noqa: RUF001 - those may be
# A letter in the place of a currency sign.
_LETTER_FOR_A_SIGN = re.compile(r"\d[ \u00a0]?[^\W\d_a-zA-Z](?!\w)")


def plausibility(text: str, codec: str) -> float:
    """How plausible a text is in a codec: 1 if all its characters beyond ASCII are usual in one language.

    It is 0 or less if none is. In UTF-8, which is for all languages, every letter is usual.
    """
    characters = [character for character in text.casefold() if not character.isascii()]
    if not characters:
        return 0
    others = [character for character in characters if character not in _PUNCTUATION]
    if codec in _LETTERS:
        usual = max(sum(map(alphabet.__contains__, others)) for alphabet in _LETTERS[codec])
    elif codec in _USUAL_CHARACTERS:
        usual = sum(_is_usual(character, codec) for character in others)
    elif codec in _SCRIPTS:
        usual = sum(unicodedata.name(character, "").startswith(_SCRIPTS[codec]) for character in others)
    else:
        usual = sum(map(_is_letter, others))
    marks = (len(characters) - len(others)) * _WORTH_OF_A_MARK
    unusual = len(others) - usual + _breaks(text)
    # Bytes are rarely valid two-byte characters by chance.
    bonus = _STEP if codec in _USUAL_CHARACTERS else 0
    return (usual + marks - 2 * unusual) / len(characters) + bonus


def _breaks(text: str) -> int:
    """How often letters follow each other as in no word: a capital after a small one, or letters of two scripts."""
    breaks = len(_LETTER_FOR_A_SIGN.findall(text)) + len(_SIGN_IN_A_WORD.findall(text))
    for before, character in pairwise(text):
        if not (before.isascii() and character.isascii()) and _is_letter(before) and _is_letter(character):
            breaks += (before.islower() and character.isupper()) or _are_of_two_scripts(before, character)
    return breaks


def _is_letter(character: str) -> bool:
    """Whether it is a letter, or an accent on one."""
    return unicodedata.category(character)[0] in "LM"


def _are_of_two_scripts(*letters: str) -> bool:
    """Whether no word has both letters. East Asian words may contain Latin capitals: names of companies do."""
    scripts = {"East Asian" if letter >= "\u2e80" else unicodedata.name(letter, "").split()[0] for letter in letters}
    are_capitals = any(letter.isascii() and letter.isupper() for letter in letters)
    return len(scripts) > 1 and not (are_capitals and "East Asian" in scripts)


@lru_cache(maxsize=10_000)
def _is_usual(character: str, codec: str) -> bool:
    for of, first, last in _USUAL_CHARACTERS[codec]:
        try:
            if first <= character.encode(of)[0] <= last:
                return True
        except UnicodeEncodeError:
            pass
    return False
