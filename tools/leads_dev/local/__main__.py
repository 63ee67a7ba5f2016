"""``make serve``: starts the API, DynamoDB and the console, and prints how to use them."""

import errno
import logging
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from waitress.server import TcpWSGIServer, create_server

from api_reference import app as api_reference
from api_reference import renderer
from leads_admin.interactive_reads import CLIENT_CONFIG
from leads_admin.local_client import CREDENTIALS, local_client
from leads_admin.stack import DEFAULT_STACK, stack_settings
from leads_cli import local_state
from leads_console.event_log import Event, EventLog
from leads_console.server import Console
from leads_console.source import source_of
from leads_core.settings import Settings
from leads_dev.local.allowed_hosts import only_local_hosts, only_local_pages
from leads_dev.local.demo import find_or_create_demo, how_to_use
from leads_dev.local.gateway import Handler, LocalGateway
from leads_dev.local.kept_data import KeptData, KeptDataError
from leads_dev.local.lead_events import follow_stream, turn_stream_on
from leads_dev.local.make_command import MakeCommand
from leads_dev.local.moto_dynamodb import create_tables, emulated_dynamodb
from leads_dev.local.options import USUAL_PORTS, ConsolePort, DynamoDBPort, Keep, Port, StateDirectory
from leads_dev.local.port_choice import TakenPortsError, check_ports, command_with

if TYPE_CHECKING:
    from leads_api.api import LambdaContext

_HOST = "127.0.0.1"
# For each of the two servers. Each open connection is an open file; the program has some other open files.
_MOST_CONNECTIONS = 4000
_OTHER_FILES = 100


def serve(
    port: Port = USUAL_PORTS["PORT"],
    dynamodb_port: DynamoDBPort = USUAL_PORTS["DYNAMODB_PORT"],
    console_port: ConsolePort = USUAL_PORTS["CONSOLE_PORT"],
    directory: StateDirectory = local_state.DEFAULT_DIRECTORY,
    *,
    keep: Keep = False,
) -> None:
    """Serve the API on this machine, with DynamoDB in memory, or kept in a file of the port's directory."""
    for stopping in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stopping, _stop)
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]  # such as a profile or an endpoint for other programs
    ports = {"PORT": port, "DYNAMODB_PORT": dynamodb_port, "CONSOLE_PORT": console_port}
    try:
        settings = stack_settings(DEFAULT_STACK)
        check_ports("serve", ports, keep=keep)
    except (ValueError, TakenPortsError) as exc:
        sys.exit(str(exc))
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # queued requests are normal here
    emulator = emulated_dynamodb()
    kept = _kept_data(directory / str(port) / "kept.jsonl", emulator) if keep else None
    database = _listen(only_local_pages(kept or emulator), dynamodb_port)
    threading.Thread(target=database.run, daemon=True).start()
    dynamodb_url = _url(database)
    client = local_client(dynamodb_url)
    create_tables(client, DEFAULT_STACK)
    if kept:
        _restore(kept, settings)
    basic, free = find_or_create_demo(client, DEFAULT_STACK)

    api = _listen(LocalGateway(_handler(settings, dynamodb_url, basic.key), log=_print), port)
    running = local_state.LocalState(_url(api), dynamodb_url, basic, free, command_with("serve", ports, keep=keep))
    console = _console(settings, running, console_port)
    threading.Thread(target=console.run, daemon=True).start()
    try:
        local_state.write(running, directory)
        _print(how_to_use(running, settings, console.link, kept.path if kept else None))
        # Before somebody opens the page and has to wait for it.
        threading.Thread(target=renderer.compressed_script, daemon=True).start()
        api.run()  # returns at Ctrl-C or SIGTERM
    finally:
        local_state.remove(running, directory)
        if kept:
            kept.close()
        _print(f"Stopped; the data is kept in {kept.path}." if kept else "Stopped; nothing was kept.")


def _kept_data(path: Path, emulator: Callable[..., Any]) -> KeptData:
    try:
        return KeptData(path, emulator)
    except KeptDataError as exc:
        sys.exit(str(exc))


def _restore(kept: KeptData, settings: Settings) -> None:
    try:
        kept.restore([settings.access_table, settings.leads_table])
    except KeptDataError as exc:
        sys.exit(str(exc))


def _console(settings: Settings, running: local_state.LocalState, port: int) -> Console:
    """The console on these tables, which also shows the events of new leads as a deployed stack would send them."""
    client = local_client(running.dynamodb, CLIENT_CONFIG)
    events = EventLog()

    def report(event: Event) -> None:
        events.add(event)
        _print(f"{time.strftime('%H:%M:%S')} {event['detail-type']} {event['detail']['lead']['id']}")

    stream = turn_stream_on(client, settings.leads_table)
    threading.Thread(target=follow_stream, args=(running.dynamodb, stream, report), daemon=True).start()
    source = source_of(
        client, settings, title="local server", arguments=("--local",), api_url=running.url, events=events
    )
    try:
        return Console(source, port, _print)
    except OSError as exc:
        _exit_if_taken(exc)
        raise


def _handler(settings: Settings, dynamodb_url: str, demo_key: str) -> Handler:
    """A handler that calls the function of each route, as the template does."""
    leads_api = _leads_api_handler(settings, dynamodb_url)
    reference = partial(api_reference.handler, demo_key=demo_key)

    def handler(event: Mapping[str, Any], context: "LambdaContext") -> dict[str, Any]:
        is_reference = event["httpMethod"] in {"GET", "HEAD"} and event["resource"] in api_reference.ROUTES
        return (reference if is_reference else leads_api)(event, context)

    return handler


def _leads_api_handler(settings: Settings, dynamodb_url: str) -> Handler:
    """The handler as Lambda imports it, with the environment variables of the template."""
    os.environ |= {
        **CREDENTIALS,
        "NO_PROXY": "*",
        "no_proxy": "*",
        "ACCESS_TABLE": settings.access_table,
        "LEADS_TABLE": settings.leads_table,
        "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_url,
    }
    # The gateway logs each request, so the function logs only errors.
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "ERROR")
    from leads_api.app import handler  # noqa: PLC0415 - it reads the environment when it is imported

    return handler


def _listen(application: Callable[..., Any], port: int) -> TcpWSGIServer:
    """Create a server on a port. It handles one request at a time."""
    try:
        server = create_server(
            only_local_hosts(application),
            map={},
            host=_HOST,
            port=port,
            threads=1,
            ident=None,
            connection_limit=_most_connections(),
            asyncore_use_poll=True,  # the default, select, ends at 1024 open files
        )
    except OSError as exc:
        _exit_if_taken(exc)
        raise
    assert isinstance(server, TcpWSGIServer)  # noqa: S101 - a single address has a single socket
    return server


def _exit_if_taken(error: OSError) -> None:
    if error.errno == errno.EADDRINUSE:
        sys.exit("Another program took one of the ports just now: run the same command again.")


def _most_connections() -> int:
    """How many connections a server may have open. Raises the process's limit of open files as far as needed.

    At this number waitress accepts no more connections, even if the open ones are idle. Its default is 100.
    """
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * _MOST_CONNECTIONS + _OTHER_FILES
    if most != resource.RLIM_INFINITY:
        wanted = min(wanted, most)
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    return (wanted - _OTHER_FILES) // 2


def _url(server: TcpWSGIServer) -> str:
    return f"http://{_HOST}:{server.effective_port}"  # type: ignore[attr-defined]  # the stubs lack it


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    sys.exit(0)


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - what a person at the terminal sees


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(cls=MakeCommand)(serve)
    app()
