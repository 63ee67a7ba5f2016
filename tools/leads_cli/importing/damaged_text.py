"""Signs that text was damaged before it came into a file."""

import re

_LOST = "\N{REPLACEMENT CHARACTER}"
_SIGNS = (
    (re.compile(_LOST), f'has "{_LOST}" in place of characters that were lost'),
    # UTF-8 that was read as Windows-1252 or Latin-1: a letter of a first byte, then what no word has there.
    (
        re.compile(
            "\u00c3[\u0080-\u009f\u00a1-\u00ba\u00bc-\u00bf\u0152\u0153\u0160\u0178\u017e\u0192\u02c6\u02dc\u2013\u2018\u201a\u201c"
            "\u201e\u2020-\u2022\u2026\u2030\u20ac\u2122]|(?<![A-Z])\u00c3\u00a0|[\u00c4\u00c5][\u0080-\u009f\u00a1-\u00aa\u00ac-\u00ba\u00bc-\u00bf]"
            "|\u00c2[\u00a1-\u00ba\u00bc-\u00bf]|\u00e2[\u0080\u20ac]|(?:[\u00d0\u00d1][\u0080-\u00bf]){2}"
        ),
        "has characters that were encoded twice",
    ),
    (re.compile(r"&(?:[A-Za-z]{2,8}|#\d{2,6}|#x[0-9A-Fa-f]{2,5});"), "has characters as HTML writes them"),
    (
        re.compile(r"=\?[\w-]+\?[QqBb]\?|=C[2-9A-F]=[89AB][0-9A-F]|=E[0-9A-F](?:=[89AB][0-9A-F]){2}"),
        "has characters as e-mail encodes them",
    ),
)
# What each of them contains, for a quick check.
_NEEDED = re.compile("[\ufffd\u00c2-\u00c5\u00d0\u00d1\u00e2]|&[A-Za-z#]|=[?C-E]")
DAMAGES = frozenset(what for _, what in _SIGNS)
"""All descriptions of damage."""


def damage_in(text: str) -> str | None:
    """The sign of damage in a text, one of DAMAGES; None if there is none."""
    if not _NEEDED.search(text):
        return None
    return next((what for sign, what in _SIGNS if sign.search(text)), None)
