"""``leads workspace``."""

from typing import Annotated, Any

import typer
from rich.table import Table

from leads_admin.workspaces import Workspace
from leads_cli.command import LeadsCommand
from leads_cli.commands.key import KEY_COLUMNS, key_cells, key_record
from leads_cli.confirmation import confirm
from leads_cli.connection import Connection, RequiredWorkspaceId, WorkspaceId, settings_of, workspaces_of
from leads_cli.json_output import AsJson, is_for_programs, print_json
from leads_cli.progress import count_leads, lead_progress
from leads_cli.tables import listing, moment, status
from leads_cli.terminal import as_sent, counted, messages, output
from leads_core.plans import Plan

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Workspaces hold leads and have a plan.")


@app.command("create", cls=LeadsCommand)
def create_workspace(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What people call it.", show_default=False)],
    plan: Annotated[Plan, typer.Option(help="How many leads it may hold.", show_default=False)],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, even if there is one of the same name.")] = False,
) -> None:
    """Create a workspace and print its id.

    If there is one of the same name, this asks first: from then on, both
    could only be named by their ids.

    leads workspace create "Acme" --plan basic
    """
    workspaces = workspaces_of(context)
    if not yes and (same := [workspace.id for workspace in workspaces.all() if workspace.name == name]):
        question = as_sent(f"There is a workspace {name} ({', '.join(same)}). To create another one, type yes:")
        confirm(str(question), "yes", otherwise="Nothing was created")
    workspace_id = workspaces.create_workspace(name, plan)
    chosen: Connection = context.obj
    following = f"{chosen.command} key create {workspace_id}"
    messages.print(f"Created workspace {name} on the {plan} plan. Next: {following}", markup=False)
    output.print(workspace_id)


@app.command("list", cls=LeadsCommand)
def list_workspaces(context: typer.Context, *, as_json: AsJson = False) -> None:
    """Show all workspaces, the oldest first.

    This reads the whole access table: all workspaces, all keys, and
    the idempotency records, which are kept for a day or longer.

    leads workspace list

    leads workspace list --json | jq -r 'select(.plan == "free") | .id'
    """
    workspaces = workspaces_of(context).all()
    if is_for_programs(as_json):
        for workspace in workspaces:
            print_json(_record(workspace))
        return
    table = listing("id", "name", "plan", "created", "keys", copied="id")
    for workspace in workspaces:
        plan = f"{workspace.plan}, being deleted" if workspace.deletion_began_at else workspace.plan
        table.add_row(
            workspace.id,
            as_sent(workspace.name),
            status(plan),
            moment(workspace.created_at),
            str(workspace.key_count),
        )
    output.print(table)


@app.command("show", cls=LeadsCommand)
def show_workspace(context: typer.Context, workspace: WorkspaceId, *, as_json: AsJson = False) -> None:
    """Show a workspace, how many leads it holds, and its API keys.

    To count the leads, all are read: of a million, that costs about two
    cents. Of each key it says how many requests of its limit are used now.
    The limit is not stored in the tables: set RATE_LIMIT_REQUESTS and
    RATE_LIMIT_WINDOW_SECONDS as the stack has them, if they are not 1000 and
    300.

    leads workspace show 01M6DWCPDGP7DKK1RX7DV6Q8DA

    leads workspace show 01M6DWCPDGP7DKK1RX7DV6Q8DA --json | jq .leads
    """
    limit = settings_of(context).rate_limit
    workspaces = workspaces_of(context)
    found = workspaces.get(workspace)
    held = count_leads(workspaces, workspace)
    keys = [(key, workspaces.requests_counted(key, limit)) for key in workspaces.keys(workspace)]
    if is_for_programs(as_json):
        shown = {
            **_record(found),
            "leads": held,
            "rateLimit": {"requests": limit.requests, "windowSeconds": limit.window_seconds},
            "keys": [{**key_record(key), "requestsInWindow": used} for key, used in keys],
        }
        print_json(shown)
        return
    facts = Table.grid(padding=(0, 2))
    plan = f"{found.plan}, being deleted since {found.deletion_began_at}" if found.deletion_began_at else found.plan
    for name, value in {
        "id": found.id,
        "name": found.name,
        "plan": plan,
        "created": found.created_at,
        "leads": f"{held:,}",
        "limit": f"{counted(limit.requests, 'request')} in {limit.window_seconds} s, for each key",
    }.items():
        facts.add_row(name, status(value) if name == "plan" else as_sent(value))
    output.print(facts)
    table = listing(*KEY_COLUMNS, "used", copied="start")
    for key, used in keys:
        table.add_row(*key_cells(key), str(used))
    output.print(table)


@app.command("delete", cls=LeadsCommand)
def delete_workspace(
    context: typer.Context,
    workspace: RequiredWorkspaceId,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a workspace with all its leads and API keys, for good.

    First its keys are revoked, and the command waits for requests in flight,
    12 seconds at most. If it is interrupted, the same command resumes it.
    Idempotency records have no lead in them, and expire on their own. The
    tables' backups keep everything for another 35 days.

    leads workspace delete 01M6DWCPDGP7DKK1RX7DV6Q8DA

    leads workspace delete 01M6DWCPDGP7DKK1RX7DV6Q8DA --yes
    """
    workspaces = workspaces_of(context)
    found = workspaces.get(workspace)
    held = count_leads(workspaces, workspace)
    if not yes:
        holds = f"holds {counted(held, 'lead')} and has {counted(found.key_count, 'key')}"
        what = as_sent(f"Workspace {found.name} ({workspace}) {holds}.")
        confirm(f"{what} To delete all of it, type {workspace}:", workspace)
    with lead_progress("Deleting", held, when_interrupted="The same command resumes it.") as progress:
        workspaces.delete_workspace(workspace, progress.advance)
    messages.print(f"Deleted workspace {workspace} with {counted(progress.leads, 'lead')}.")


def _record(workspace: Workspace) -> dict[str, Any]:
    return {
        "id": workspace.id,
        "name": workspace.name,
        "plan": workspace.plan,
        "createdAt": workspace.created_at,
        "keyCount": workspace.key_count,
        "deletionBeganAt": workspace.deletion_began_at,
    }
