"""Counts cells that are imported although they may stand for nothing or are damaged, to report them."""

from collections import Counter

from leads_cli.importing.damaged_text import DAMAGES, damage_in
from leads_cli.importing.placeholders import NOT_KNOWN, doubt_about

# Of a column, and of a kind of doubt.
_MOST_TEXTS = 1000
_MOST_CHARACTERS = 60
_SHOWN_TEXTS = 3


class Doubts:
    """The doubts about the columns of a table."""

    def __init__(self) -> None:
        self._rows: Counter[tuple[str, str]] = Counter()
        self._texts: dict[tuple[str, str], Counter[str]] = {}

    def clear(self) -> None:
        """Forget all, because the table is read again."""
        self._rows.clear()
        self._texts.clear()

    def see(self, text: str, column: str, field: str | None) -> None:
        """Count a text without spaces at its ends if it is damaged, or a doubtful value of a field, if one is given."""
        if doubt := damage_in(text) or (doubt_about(text, field) if field else None):
            self._rows[column, doubt] += 1
            texts = self._texts.setdefault((column, doubt), Counter())
            if (shown := text[:_MOST_CHARACTERS]) in texts or len(texts) < _MOST_TEXTS:
                texts[shown] += 1

    def sentences(self) -> tuple[str, ...]:
        """One for each column and kind of doubt, with what helps."""
        return tuple(
            _in_words(column, doubt, rows, self._texts[column, doubt]) for (column, doubt), rows in self._rows.items()
        )


def _in_words(column: str, doubt: str, rows: int, counts: Counter[str]) -> str:
    texts = [text for text, _ in counts.most_common(_SHOWN_TEXTS)]
    where = "1 row" if rows == 1 else f"{rows:,} rows"
    if doubt == NOT_KNOWN:
        return f"{column} {doubt} in {where}. It is left out."
    shown = ", ".join(f'"{text}"' for text in texts)
    if doubt in DAMAGES:
        return f"{column} {doubt} in {where}: {shown}. It stays as it is: correct it where the file comes from."
    return f'{column} {doubt} in {where}: {shown}. It stays as it is, unless you use --empty "{texts[0]}".'
