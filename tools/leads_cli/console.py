"""How the commands speak: results on standard output, everything else on standard error."""

from rich.console import Console
from rich.text import Text

# What a program reads goes to standard output and nothing else does: KEY=$(leads key create ...) works.
output = Console(highlight=False, soft_wrap=True)
messages = Console(stderr=True, highlight=False, soft_wrap=True)


def as_sent(text: str) -> Text:
    """Text from a client: no markup, and nothing that could control the terminal."""
    return Text("".join(character if character.isprintable() else " " for character in text))


def counted(count: int, noun: str) -> str:
    """How many there are: ``1 lead``, ``1,200 leads``."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
