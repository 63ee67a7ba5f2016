"""The ``leads`` command."""

import typer

from leads_cli.commands import exporting, importing, key, lead, plan, sending, workspace
from leads_cli.connection import connect

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Send leads to a lead-intake API, and operate it: workspaces, API keys, plans and leads.",
)
app.callback()(connect)
app.add_typer(workspace.app, name="workspace")
app.add_typer(key.app, name="key")
app.add_typer(plan.app, name="plan")
app.command("list")(lead.list_leads)
app.command("show")(lead.show_lead)
app.command("delete")(lead.delete_leads)
app.command("export")(exporting.export_leads)
app.command("import")(importing.import_leads)
app.command("send")(sending.send_lead)
app.command("ping")(sending.ping)
