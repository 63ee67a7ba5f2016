"""Commands that report an invalid value in plain words, and not in those of pydantic, which checks it."""

from typing import TYPE_CHECKING

import typer
from typer.core import TyperCommand

if TYPE_CHECKING:
    from typer._click import Context


_PLAIN = {"a valid integer": "a whole number", "a valid boolean": "1 or 0"}


class PlainCommand(TyperCommand):
    """A command of Typer."""

    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        """Parse as Typer does."""
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as exc:
            exc.message = _in_plain_words(exc.message)
            raise


def _in_plain_words(message: str) -> str:
    rule = message.removeprefix("Input should be ")
    if rule == message:
        return message.removeprefix("Value error, ")
    rule = rule.partition(", unable")[0]
    return f"It must be {_PLAIN.get(rule, rule)}."
