"""``leads plan``."""

from typing import Annotated

import typer

from leads_cli.command import LeadsCommand
from leads_cli.connection import WorkspaceId, workspaces_of
from leads_cli.terminal import counted, messages
from leads_core.plans import Plan

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Plans limit how many leads a workspace may hold.")


@app.command("set", cls=LeadsCommand)
def set_plan(
    context: typer.Context,
    workspace: WorkspaceId,
    plan: Annotated[Plan, typer.Argument(metavar="PLAN", help=f"{' or '.join(Plan)}.", show_default=False)],
) -> None:
    """Put a workspace on a plan, with all its keys.

    On a plan with a limit it keeps the leads it holds, and gets no more while these are as many as the plan allows.

    leads plan set 01M6DWCPDGP7DKK1RX7DV6Q8DA basic
    """
    held = workspaces_of(context).set_plan(workspace, plan)
    messages.print(f"Workspace {workspace} is on the {plan} plan.")
    if held is not None:
        messages.print(f"It holds {counted(held, 'lead')} or more and keeps them." if held else "It holds no leads.")
