"""``leads key``."""

from typing import Annotated, Any

import typer
from rich.text import Text

from leads_admin.key_items import Key
from leads_cli.api_access import read_key
from leads_cli.command import LeadsCommand
from leads_cli.connection import Connection, WorkspaceId, complete_with, settings_of, workspaces_of
from leads_cli.errors import CommandError
from leads_cli.json_output import AsJson, is_for_programs, print_json
from leads_cli.key_check import judge
from leads_cli.tables import listing, moment, status
from leads_cli.terminal import as_sent, messages, output
from leads_cli.times import lasting_span, span

app = typer.Typer(
    add_completion=False, no_args_is_help=True, help="API keys let other software post leads to a workspace."
)

KEY_COLUMNS = ("start", "label", "state", "created", "expires", "last used")

Start = Annotated[
    str,
    typer.Argument(
        metavar="START",
        help="The key's first characters, such as cdz_1a2B3c4D.",
        show_default=False,
        autocompletion=complete_with("key_starts"),
    ),
]
ExpiresIn = Annotated[
    int | None,
    typer.Option(
        parser=lasting_span, metavar="SPAN", help="Refuse the key after 90d, 12h, 2w or the like.", show_default=False
    ),
]


@app.command("create", cls=LeadsCommand)
def create_key(
    context: typer.Context,
    workspace: WorkspaceId,
    label: Annotated[
        str | None, typer.Option(help="What uses the key; at most 64 characters.", show_default=False)
    ] = None,
    expires_in: ExpiresIn = None,
) -> None:
    """Create an API key and print it: this once, it is stored nowhere.

    leads key create 01M6DWCPDGP7DKK1RX7DV6Q8DA --label "web form"

    leads key create 01M6DWCPDGP7DKK1RX7DV6Q8DA --label "trade fair" --expires-in 2w
    """
    secret = workspaces_of(context).create_key(workspace, label=label, expires_in=expires_in)
    messages.print("Keep this key: it cannot be shown again.")
    output.print(secret)


@app.command("list", cls=LeadsCommand)
def list_keys(context: typer.Context, workspace: WorkspaceId, *, as_json: AsJson = False) -> None:
    """Show the API keys of a workspace, the oldest first.

    A key is valid, expired or revoked. Until it is revoked, an expired key
    takes one of the 90 places that a workspace has.

    leads key list 01M6DWCPDGP7DKK1RX7DV6Q8DA

    leads key list 01M6DWCPDGP7DKK1RX7DV6Q8DA --json | jq 'select(.state == "valid")'
    """
    keys = workspaces_of(context).keys(workspace)
    if is_for_programs(as_json):
        for key in keys:
            print_json(key_record(key))
        return
    table = listing(*KEY_COLUMNS, copied="start")
    for key in keys:
        table.add_row(*key_cells(key))
    output.print(table)


@app.command("check", cls=LeadsCommand)
def check_key(context: typer.Context) -> None:
    """Show whether a key is accepted, and if not, why; clients only learn that it is not valid.

    The key is asked for, or read from standard input. It is not an argument,
    because others on this machine could read it.

    leads key check

    printf %s "$KEY" | leads key check
    """
    chosen: Connection = context.obj
    verdict = judge(read_key(), workspaces_of(context), settings_of(context), chosen.command)
    for name, value in verdict.facts.items():
        output.print(as_sent(f"{name:<10} {value}"))
    if verdict.refusal:
        raise CommandError(verdict.refusal)
    output.print("The key is accepted.", style="green")


@app.command("rotate", cls=LeadsCommand)
def rotate_key(
    context: typer.Context,
    workspace: WorkspaceId,
    start: Start,
    grace: Annotated[
        int, typer.Option(parser=span, metavar="SPAN", help="How long the old key still works: 24h, 0h or the like.")
    ] = "24h",  # type: ignore[assignment]  # Typer parses the default
    expires_in: ExpiresIn = None,
) -> None:
    """Replace a key by a new one with the same label, and print the new one.

    The old key never lasts longer than it would have. The new one does not
    expire without --expires-in.

    leads key rotate 01M6DWCPDGP7DKK1RX7DV6Q8DA cdz_1a2B3c4D

    leads key rotate 01M6DWCPDGP7DKK1RX7DV6Q8DA cdz_1a2B3c4D --grace 0h --expires-in 90d
    """
    rotation = workspaces_of(context).rotate_key(workspace, start, grace=grace, expires_in=expires_in)
    messages.print(f"The key {rotation.old_start}… is refused from {rotation.old_expires_at} on.")
    messages.print("Keep this key: it cannot be shown again.")
    output.print(rotation.secret)


@app.command("revoke", cls=LeadsCommand)
def revoke_key(context: typer.Context, workspace: WorkspaceId, start: Start) -> None:
    """Revoke an API key: its next request is refused.

    leads key revoke 01M6DWCPDGP7DKK1RX7DV6Q8DA cdz_1a2B3c4D
    """
    revoked = workspaces_of(context).revoke_key(workspace, start)
    messages.print(f"Revoked the key {revoked}….")


@app.command("reset-limit", cls=LeadsCommand)
def reset_limit(context: typer.Context, workspace: WorkspaceId, start: Start) -> None:
    """Forget the requests a key has made, so that all of its rate limit is left.

    This helps the owner of a key that is refused with 429 for longer than
    the limit's window. If an instance of the function has a clock that is
    ahead, end it first, or the key is soon refused again.

    It takes effect at once, but for instances of the function that remember
    the key as exhausted: there within 5 seconds, a 60th of the window.

    leads key reset-limit 01M6DWCPDGP7DKK1RX7DV6Q8DA cdz_1a2B3c4D
    """
    tick_seconds = settings_of(context).rate_limit.tick_ms / 1000
    reset = workspaces_of(context).reset_limit(workspace, start)
    messages.print(f"All of the rate limit of the key {reset}… is left: at once, or where it was refused before,")
    messages.print(f"within {tick_seconds:g} seconds.")


def key_record(key: Key) -> dict[str, Any]:
    """A key as a program reads it."""
    return {
        "start": key.start,
        "label": key.label,
        "state": key.state,
        "createdAt": key.created_at,
        "expiresAt": key.expires_at,
        "revokedAt": key.revoked_at,
        "lastUsedAt": key.last_used_at,
    }


def key_cells(key: Key) -> list[Text]:
    """A key as people read it, in the columns of KEY_COLUMNS."""
    times = map(moment, (key.created_at, key.expires_at, key.last_used_at))
    return [as_sent(key.start), as_sent(key.label or ""), status(key.state), *times]
