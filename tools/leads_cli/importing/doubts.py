"""Cells that are imported although they may stand for nothing or are damaged: counted, so that somebody can be told."""

from collections import Counter

from leads_cli.importing.damaged_text import DAMAGES, damage_in
from leads_cli.importing.placeholders import NOT_KNOWN, doubt_about

_MOST_TEXTS = 1000
_MOST_CHARACTERS = 60
_SHOWN_TEXTS = 3


class Doubts:
    """Those of the columns of a table."""

    def __init__(self) -> None:
        self._texts: Counter[tuple[str, str, str]] = Counter()

    def clear(self) -> None:
        """Forget all, because the table is read once more."""
        self._texts.clear()

    def see(self, text: str, column: str, field: str | None) -> None:
        """Count a text without spaces at its ends if it is damaged, or a doubtful value of a field, if one is given."""
        if doubt := damage_in(text) or (doubt_about(text, field) if field else None):
            key = column, doubt, text[:_MOST_CHARACTERS]
            if key in self._texts or len(self._texts) < _MOST_TEXTS:
                self._texts[key] += 1

    def sentences(self) -> tuple[str, ...]:
        """One for each column and kind of doubt, with what helps."""
        by_column: dict[tuple[str, str], Counter[str]] = {}
        for (column, doubt, text), count in self._texts.items():
            by_column.setdefault((column, doubt), Counter())[text] = count
        return tuple(_in_words(column, doubt, counts) for (column, doubt), counts in by_column.items())


def _in_words(column: str, doubt: str, counts: Counter[str]) -> str:
    texts = [text for text, _ in counts.most_common(_SHOWN_TEXTS)]
    rows = counts.total()
    where = "1 row" if rows == 1 else f"{rows:,} rows"
    if doubt == NOT_KNOWN:
        return f"{column} {doubt} in {where}. It is left out."
    shown = ", ".join(f'"{text}"' for text in texts)
    if doubt in DAMAGES:
        return f"{column} {doubt} in {where}: {shown}. It is imported as it is: correct it where the file comes from."
    return f'{column} {doubt} in {where}: {shown}. It is imported as it is, unless you say --empty "{texts[0]}".'
