"""``leads doctor``."""

from typing import Annotated

import typer

from leads_cli.api_access import ApiUrl
from leads_cli.connection import Connection
from leads_cli.diagnosis import CheckResult, diagnose
from leads_cli.errors import CommandError
from leads_cli.json_output import print_json
from leads_cli.terminal import as_sent, counted, output

_MARKS = {True: ("ok", "green"), False: ("fails", "red"), None: ("-", "dim")}


def doctor(
    context: typer.Context,
    *,
    url: ApiUrl = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object for each check.")] = False,
) -> None:
    """Check what the commands need, and say what to do about what is missing.

    The versions, the region, the credentials and the tables; the API, its
    clock, and the key in LEADS_API_KEY, for which a request of it is used.
    What is not set is left out, and does not count as a failure.

    leads doctor --local

    leads doctor --stack lead-intake --url https://leads.example.com
    """
    connection: Connection = context.obj
    failed = 0
    for finding in diagnose(context, connection, url):
        failed += finding.is_fine is False
        _show(finding, as_json=as_json)
    if failed:
        raise CommandError(f"{counted(failed, 'check')} failed.")


def _show(finding: CheckResult, *, as_json: bool) -> None:
    if as_json:
        print_json({"check": finding.check, "ok": finding.is_fine, "detail": finding.detail})
        return
    mark, style = _MARKS[finding.is_fine]
    output.print(f"[{style}]{mark:<5}[/] {finding.check:<12}", as_sent(finding.detail), soft_wrap=True)
