"""``leads console``."""

import os
from typing import Annotated

import typer

from leads_cli.connection import Connection, client_of, settings_of
from leads_cli.errors import CommandError
from leads_cli.terminal import messages, output


def open_console(
    context: typer.Context,
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Of the page; 0 takes any free one.")] = 0,
) -> None:
    """Show leads as they come in, on a page of this machine; Ctrl-C ends it.

    The page reads the tables with your rights, and never changes
    anything. The link that is printed is good for one browser; when it was
    used, another one is printed. It needs Flask: pip install
    'lead-intake[console]'.

    leads console

    leads --stack acme console --port 3001
    """
    try:
        from leads_console.server import Console
        from leads_console.source import source_of
    except ModuleNotFoundError as exc:
        raise CommandError(
            f"The console needs the package {exc.name}: pip install 'lead-intake[console]' installs what it needs."
        ) from exc
    from leads_admin.interactive_reads import CLIENT_CONFIG

    connection: Connection = context.obj
    title, arguments = ("local server", ("--local",)) if connection.local else (connection.stack, _named(connection))
    source = source_of(client_of(context, CLIENT_CONFIG), settings_of(context), title=title, arguments=arguments)
    try:
        console = Console(source, port, _print_line)
    except OSError as exc:
        reason = os.strerror(exc.errno or 0)
        raise CommandError(f"Port {port} cannot be used ({reason}): choose another --port.") from exc
    messages.print(f"The console of {title}, for one browser; Ctrl-C ends it:", markup=False)
    output.print(console.link, markup=False)
    console.run()


def _named(connection: Connection) -> tuple[str, str]:
    return "--stack", connection.stack


def _print_line(text: str) -> None:
    messages.print(text, markup=False)
