"""The output of commands: results on standard output, everything else on standard error."""

import json
import sys
from collections.abc import Iterable

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


class TerminalOutput:
    """Standard output as a terminal, to which lines of UTF-8 are written; what could control it is escaped."""

    def write(self, lines: bytes) -> None:
        """Write whole lines."""
        text = lines.decode().replace("\r\n", "\n")
        sys.stdout.write("".join(c if c.isprintable() or c == "\n" else _escaped(c) for c in text))

    def writelines(self, lines: Iterable[bytes]) -> None:
        """Write many."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Show what was written."""
        sys.stdout.flush()


def _escaped(character: str) -> str:
    """The character as JSON escapes it, and DEL, which JSON does not escape."""
    return json.dumps(character)[1:-1] if ord(character) != 0x7F else "\\u007f"  # noqa: PLR2004 - its code
