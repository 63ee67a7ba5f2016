"""Commands that `make` runs: users set their variables, and do not see their options."""

import sys
from typing import TYPE_CHECKING

import typer

from leads_cli.plain_command import PlainCommand

if TYPE_CHECKING:
    from typer._click import Context


class MakeCommand(PlainCommand):
    """A command of Typer whose options have variables."""

    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        """Parse as Typer does; ends with one line if the value of a variable is wrong."""
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as exc:
            variable = getattr(exc.param, "envvar", None)
            if variable is None:
                raise
            sys.exit(f"{variable} is wrong. {exc.message}")
