"""The ``leads`` command. It imports only the module of the command that is run."""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

from leads_cli.command import LeadsCommand
from leads_cli.connection import connect
from leads_cli.errors import as_command_error
from leads_cli.terminal import as_sent, messages

if TYPE_CHECKING:
    from typer._click import Command, Context

COMMANDS = {
    "list": (
        "lead:list_leads",
        "Show the newest leads of a workspace, newest first; one JSON object a line when piped.",
    ),
    "show": ("lead:show_lead", "Show all fields of a lead."),
    "console": ("console:open_console", "Show leads as they come in, on a page of this machine; Ctrl-C ends it."),
    "delete": ("lead:delete_leads", "Delete leads for good; under a plan with a limit, others can take their places."),
    "export": ("exporting:export_leads", "Write all leads of a workspace to a file, the oldest first."),
    "import": (
        "importing:import_leads",
        "Import a file of leads: each row once, however often it is interrupted and run again.",
    ),
    "send": ("sending:send_lead", "Send one lead to the API and print its id."),
    "ping": (
        "sending:ping",
        "Check the API and the key, and say which workspace it is of and how many requests are left.",
    ),
    "workspace": ("workspace:app", "Workspaces hold leads and have a plan."),
    "key": ("key:app", "API keys let other software post leads to a workspace."),
    "plan": ("plan:app", "Plans limit how many leads a workspace may hold."),
    "doctor": ("doctor:doctor", "Check what the commands need, and say what to do about what is missing."),
}
"""For each command its module and function, and the first line of its help, which the list of commands shows."""


class _Commands(TyperGroup):
    """The commands. Each is imported only when it is run: a list of them needs only names and first lines.

    Errors are printed here, in one line.
    """

    _is_one_run = False

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401 - Typer's
        super().__init__(**attributes)
        self.commands = {name: TyperCommand(name, help=line) for name, (_, line) in COMMANDS.items()}

    def main(self, *arguments: Any, **attributes: Any) -> Any:  # noqa: ANN401 - as Typer's own
        try:
            return super().main(*arguments, **attributes)
        except (
            KeyboardInterrupt
        ):  # Typer handles it, but not while a shell completes, whose prompt gets what is printed
            sys.exit(130)

    def invoke(self, ctx: "Context") -> Any:  # noqa: ANN401 - as Typer's own
        try:
            return super().invoke(ctx)
        except (Exception, KeyboardInterrupt) as exc:
            error = as_command_error(exc, ctx.obj.command if ctx.obj else "leads")
            if error is None:
                raise
            line = " ".join([str(error), *getattr(exc, "__notes__", [])])
            messages.print(as_sent(line), style="red")
            raise typer.Exit(error.exit_code) from exc

    def resolve_command(self, ctx: "Context", args: list[str]) -> Any:  # noqa: ANN401 - as Typer's own
        self._is_one_run = True
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: "Context", cmd_name: str) -> "Command | None":
        listed = super().get_command(ctx, cmd_name)
        return command_of(cmd_name) if listed and self._is_one_run else listed


def command_of(name: str) -> "Command":
    """A command as it is run."""
    module, _, attribute = COMMANDS[name][0].partition(":")
    found = getattr(import_module(f"leads_cli.commands.{module}"), attribute)
    if isinstance(found, typer.Typer):
        group = typer.main.get_group(found)
        group.name = name
        return group
    alone = typer.Typer(add_completion=False)
    alone.command(name, cls=LeadsCommand)(found)
    return typer.main.get_command(alone)


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Send leads to a lead-intake API, and operate it: workspaces, API keys, plans and leads.",
)
app.callback()(connect)
