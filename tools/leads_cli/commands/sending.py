"""The commands that use the API itself: ``leads send`` and ``leads ping``."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer
from pydantic.alias_generators import to_camel, to_snake

from leads_admin.field_schemas import FieldKind, kind_of, stored_schemas
from leads_cli.api_access import ApiUrl, api_access
from leads_cli.errors import CommandError, WrongUsageError
from leads_cli.json_output import print_json
from leads_cli.option_tables import with_options
from leads_cli.terminal import as_sent, messages, output
from leads_client import Accepted, BadLeadsError, LeadsClient, ServiceError

# A ping is about the present: later success is of no use.
_PING_GIVES_UP_AFTER_SECONDS = 10

AsJson = Annotated[bool, typer.Option("--json", help="Print the whole answer, as one JSON object.")]


def _lead_options() -> dict[str, tuple[str, Any]]:
    """For each parameter the field it is for, and its type: all fields but those that hold contacts."""
    return {
        to_snake(name): (name, option)
        for name, schema in stored_schemas()["LeadRequest"]["properties"].items()
        if (option := _option(name, kind_of(schema), schema["description"]))
    }


def _option(name: str, kind: FieldKind, description: str) -> Any:  # noqa: ANN401 - a type with an option to it
    value: Any
    names: list[str] = []
    metavar = None
    match kind:
        case FieldKind.TEXT | FieldKind.DATE_TIME:
            value = str
        case FieldKind.WHOLE_NUMBER:
            value = int
        case FieldKind.BOOLEAN:
            value = bool
        case FieldKind.TEXTS:
            value = list[str]
            names = [f"--{to_snake(name).replace('_', '-').removesuffix('s')}"]
        case FieldKind.MEMBERS:
            value, metavar = list[str], "NAME=TEXT"
        case FieldKind.CONTACTS:
            return None
    help_text = description + (" May be given several times." if value == list[str] else "")
    option = typer.Option(*names, help=help_text, metavar=metavar, show_default=False, rich_help_panel="Lead")
    return Annotated[value | None, option]


_LEAD_OPTIONS = _lead_options()


@with_options({name: option for name, (_, option) in _LEAD_OPTIONS.items()}, dict.fromkeys(_LEAD_OPTIONS))
def send_lead(
    context: typer.Context,
    *,
    url: ApiUrl = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only ask whether it would be accepted.")] = False,
    idempotency_key: Annotated[
        str | None,
        typer.Option(help="A text of your own. Sent again with the same one, the lead is not stored twice."),
    ] = None,
    as_json: AsJson = False,
    **fields: Any,  # noqa: ANN401 - text, a number, labels or members
) -> None:
    """Send one lead to the API and print its id.

    The API key is read from LEADS_API_KEY, or asked for. Standard input is not read: leads import sends files.

    leads send --company "Open AI" --email hello@example.com --label web --label fair

    leads send --email hello@example.com --custom utm_source=ads --custom consent=yes

    leads --local send --company "Open AI" --dry-run
    """
    lead = {_LEAD_OPTIONS[name][0]: value for name, value in fields.items() if value not in (None, "", [])}
    if "custom" in lead:
        lead["custom"] = _members(lead["custom"])
    if not lead:
        raise WrongUsageError(
            "The lead is empty: add options such as --company or --email; leads send --help lists all. "
            "A file: leads import FILE"
        )
    with api_access(context, url).client() as client:
        accepted = _send(client, lead, idempotency_key=idempotency_key, dry_run=dry_run)
    if dry_run:
        messages.print("The lead would be accepted. Nothing was stored.")
    elif accepted.is_replay:
        messages.print("The lead was stored before, with the same --idempotency-key.")
    if as_json:
        print_json(_in_camel_case(asdict(accepted)))
    elif lead_id := accepted.leads[0].id:
        output.print(as_sent(lead_id))


def ping(context: typer.Context, *, url: ApiUrl = None, as_json: AsJson = False) -> None:
    """Check the API and the key, and say which workspace it is of and how many requests are left.

    The API key is read from LEADS_API_KEY, or asked for. Pinging is a dry run, which uses one of its requests.

    leads ping --url https://leads.example.com

    leads --local ping --json
    """
    with api_access(context, url).client(_PING_GIVES_UP_AFTER_SECONDS) as client:
        quota = client.ping()
    if as_json:
        print_json(_in_camel_case(asdict(quota)))
    else:
        more = "" if quota.remaining == quota.limit else f"; there are more in {quota.reset_seconds} seconds"
        left = f"{quota.remaining} of {quota.limit} requests are left in this window of {quota.window_seconds} seconds"
        of_workspace = f" It is of the workspace {quota.workspace_id}." if quota.workspace_id else ""
        output.print(as_sent(f"The key is valid: {left}{more}.{of_workspace}"))


def _send(client: LeadsClient, lead: dict[str, Any], *, idempotency_key: str | None, dry_run: bool) -> Accepted:
    try:
        return client.send([lead], idempotency_key=idempotency_key, dry_run=dry_run)
    except BadLeadsError as exc:
        problems = "; ".join(f"{problem.field or 'the lead'} {problem.message}" for problem in exc.problems)
        raise CommandError(f"Nothing was stored: {problems}.") from exc
    except ServiceError as exc:
        if exc.leads_may_be_stored:
            again = f"--idempotency-key {exc.idempotency_key}"
            exc.add_note(f"The lead may be stored; to be sure, send it again with {again}")
        raise
    except ValueError as exc:  # a text that no idempotency key can be
        raise WrongUsageError(str(exc)) from exc


def _members(options: Sequence[str]) -> dict[str, str]:
    """From ``name=text`` to the text of each name, which may be empty; the text may have an equals sign."""
    members: dict[str, str] = {}
    for option in options:
        name, separator, text = option.partition("=")
        if not separator or not name:
            raise WrongUsageError(f'--custom "{option}" is not of the form "name=text".')
        if name in members:
            raise WrongUsageError(f'--custom names "{name}" twice.')
        members[name] = text
    return members


def _in_camel_case(value: Any) -> Any:  # noqa: ANN401 - any JSON
    match value:
        case dict():
            return {to_camel(name): _in_camel_case(member) for name, member in value.items()}
        case list() | tuple():
            return [_in_camel_case(element) for element in value]
        case _:
            return value
