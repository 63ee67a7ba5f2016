"""What all commands share: the options --local and --stack, and a workspace that may be left out."""

from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.main

from leads_cli.connection import LOCAL_HELP, OPTIONAL_WORKSPACE, STACK_HELP, Connection, connection, connection_before
from leads_cli.extra_arguments import extra_arguments
from leads_cli.plain_command import PlainCommand
from leads_cli.terminal import as_sent
from leads_cli.workspace_lookup import LEAD_ID, THE_ONLY_ONE, id_of_workspace

if TYPE_CHECKING:
    from typer._click import Context, Parameter

_PANEL = "Where"
_WORKSPACE = "workspace"


def _on_stack(context: typer.Context, value: str | None) -> None:
    if value is not None:
        _choose(context, connection(value, is_stack_typed=True, local=connection_before(context).local))


def _on_local(context: typer.Context, value: bool) -> None:  # noqa: FBT001 - Typer's
    if value:
        before = connection_before(context)
        is_stack_typed = "--stack" in before.command
        _choose(context, connection(before.stack, is_stack_typed=is_stack_typed, local=True))


def _choose(context: typer.Context, chosen: Connection) -> None:
    """Set the connection of the command, and of ``leads`` itself, which prints errors."""
    context.obj = context.find_root().obj = chosen


def _where(
    *,
    stack: Annotated[
        str | None,
        typer.Option(
            help=STACK_HELP,
            callback=_on_stack,
            expose_value=False,
            is_eager=True,
            rich_help_panel=_PANEL,
            show_default=False,
        ),
    ] = None,
    local: Annotated[
        bool,
        typer.Option(
            "--local",
            help=LOCAL_HELP,
            callback=_on_local,
            expose_value=False,
            is_eager=True,
            rich_help_panel=_PANEL,
        ),
    ] = False,
) -> None:
    """Declares the options that every command has, as ``leads`` itself has them."""


class LeadsCommand(PlainCommand):
    """A command that also takes ``--local`` and ``--stack``, and in which the workspace may be left out."""

    def __init__(self, *arguments: Any, params: "list[Parameter]", **attributes: Any) -> None:  # noqa: ANN401 - Typer's
        where = typer.Typer(add_completion=False)
        where.command()(_where)
        self._may_lack_workspace = False
        for parameter in params:
            if parameter.metavar == OPTIONAL_WORKSPACE:
                self._may_lack_workspace = True
                parameter.metavar, parameter.required = "WORKSPACE", False
        super().__init__(*arguments, params=[*params, *typer.main.get_command(where).params], **attributes)

    def invoke(self, ctx: "Context") -> Any:  # noqa: ANN401 - as Typer's own
        """Look up the workspace after everything else that was typed is validated."""
        if _WORKSPACE in ctx.params:
            context: typer.Context = ctx  # type: ignore[assignment]  # Typer's name for the same
            ctx.params[_WORKSPACE] = id_of_workspace(context, ctx.params[_WORKSPACE])
        return super().invoke(ctx)

    def parse_args(self, ctx: "Context", args: list[str]) -> list[str]:
        """Insert a placeholder for a workspace that was left out; it is looked up like a name."""
        if not ctx.resilient_parsing and self._lacks_workspace(ctx, args):
            args = [THE_ONLY_ONE, *args]
        ctx.allow_extra_args = True  # Typer's own message would repeat an API key
        rest = super().parse_args(ctx, args)
        if ctx.args and not ctx.resilient_parsing:
            ctx.fail(as_sent(extra_arguments(str(self.name), ctx.args)).plain)
        return rest

    def _lacks_workspace(self, ctx: "Context", args: list[str]) -> bool:
        named = [parameter for parameter in self.params if parameter.param_type_name == "argument"]
        if not self._may_lack_workspace:
            return False
        given, _, _ = self.make_parser(ctx).parse_args([*args])
        first, last = given.get(str(named[0].name)), given.get(str(named[-1].name))
        return not last or (named[-1].nargs == -1 and LEAD_ID.fullmatch(first or "") is not None)
