"""Texts that a spreadsheet would take for formulas: an export puts an apostrophe in front, an import takes it away."""

import re

# What spreadsheets take for the start of a formula, and the full-width forms, which some take for the same. See OWASP's
# page on CSV injection. One that has apostrophes already gets another one, so that each can be taken away again.
_FORMULA = re.compile(r"'*(\s*[-=+@\uff0d\uff1d\uff0b\uff20]|[\t\r\n])")


def without_formula(text: str) -> str:
    """The text, with an apostrophe in front if it would be a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def with_formula(text: str) -> str:
    """The text without the apostrophe that ``without_formula`` puts in front."""
    return text[1:] if text[:1] == "'" and _FORMULA.match(text) else text
