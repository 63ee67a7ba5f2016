"""``leads import``: a file of leads into a workspace, through the API."""

from contextlib import closing
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any

import typer

from leads_cli.api_access import ApiUrl, api_access
from leads_cli.import_display import ImportDisplay
from leads_cli.import_report import DryRunReport
from leads_cli.importing.checking import MOST_LEADS_PER_ARRAY
from leads_cli.importing.errors import BadRowsError, UnconfirmedError
from leads_cli.importing.import_events import Counts, Finished
from leads_cli.importing.import_options import ImportOptions, Unconfirmed
from leads_cli.importing.run import Import
from leads_cli.importing.source_file import ImportFormat
from leads_cli.json_output import print_json
from leads_cli.option_tables import with_options

_OPTIONS = {
    "file_format": Annotated[
        ImportFormat | None, typer.Option("--format", help="The file's format; by default that of its content or name.")
    ],
    "encoding": Annotated[
        str | None, typer.Option(metavar="NAME", help="The encoding of a text, as utf-8, cp1252 or shift_jis.")
    ],
    "sheet": Annotated[str | None, typer.Option(metavar="NAME", help="Which sheet of a spreadsheet to read.")],
    "header_row": Annotated[
        int | None,
        typer.Option(
            min=0,
            max=10_000,
            metavar="N",
            help="Which row has the headings; 0 if none has, and columns are column 1, column 2.",
        ),
    ],
    "mapped": Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="COLUMN=FIELD",
            help='Which field a column is, as "Org.=company" or "Source=custom.source"; nothing after = leaves it '
            "out. May be repeated.",
        ),
    ],
    "keep_unmatched": Annotated[
        bool, typer.Option("--keep-unmatched", help="Keep columns that are not fields as custom members.")
    ],
    "skip_bad_rows": Annotated[
        bool, typer.Option("--skip-bad-rows", help="Send the good rows even if there are bad ones.")
    ],
    "rejected": Annotated[
        Path | None,
        typer.Option(
            help="Where bad rows are written, instead of FILE.rejected.csv, .tsv, .json or .jsonl.", show_default=False
        ),
    ],
    "batch_size": Annotated[
        int, typer.Option(min=1, max=MOST_LEADS_PER_ARRAY, help="How many leads to send at a time.")
    ],
    "restart": Annotated[
        bool, typer.Option("--restart", help="Forget what was sent before: send all rows, even if stored already.")
    ],
    "unconfirmed": Annotated[
        Unconfirmed | None,
        typer.Option(help="Whether the leads in doubt are stored, if the server can no longer tell."),
    ],
    "journal": Annotated[
        Path | None, typer.Option(help="Where to record what was sent, instead of FILE.journal.", show_default=False)
    ],
    "date_format": Annotated[
        str | None,
        typer.Option(metavar="FORMAT", help="How dates are written: DMY, MDY, YMD, or a format such as %d/%m/%Y."),
    ],
    "text": Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help='A text that is meant, such as the name "None". May be repeated.'),
    ],
    "empty": Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help='A text that stands for nothing, such as "NULL". May be repeated.'),
    ],
}
"""By the names of ImportOptions."""


@with_options(_OPTIONS, {field.name: field.default for field in fields(ImportOptions)})
def import_leads(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV, TSV, JSONL, JSON, XLSX or Parquet.", show_default=False)
    ],
    *,
    url: ApiUrl = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before sending.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check the rows; needs neither API nor key.")] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the counts, or what a dry run finds, as one JSON object.")
    ] = False,
    **options: Any,  # noqa: ANN401 - those of the table
) -> None:
    """Import a file of leads: each row once, however often it is interrupted and run again.

    The table is found by its headings, and its columns by what they are called. All rows are checked before the first
    is sent. What was sent is recorded in FILE.journal. The API key is read from LEADS_API_KEY, or asked for.

    leads import leads.csv --url https://leads.example.com

    leads import fair.xlsx --dry-run --map "Firma=company" --map "Mobile="

    leads import export.csv --dry-run --json

    leads import campaign.csv --keep-unmatched --map "Source=custom.utm_source"

    leads --local import leads.jsonl --yes --skip-bad-rows --json

    Exit codes: 0 all rows are imported, 1 refused, 2 wrong usage, 3 some rows were rejected, 4 unavailable: try again
    later, 130 interrupted.
    """
    report = DryRunReport()
    counts = Counts()
    try:
        run = Import(ImportOptions(file, **options))
        counts = run.counts
        with (
            closing(run.dry_run() if dry_run else run.run(api_access(context, url))) as events,
            ImportDisplay(counts, is_sent_unasked=yes, is_dry_run=dry_run) as display,
        ):
            for event in events:
                report.add(event)
                display.show(event)
    except (Exception, KeyboardInterrupt) as exc:
        report.add_failure(exc)
        if counts.to_import:
            # What was right for this run may be wrong for the next.
            option = "--restart" if options["restart"] else "--unconfirmed" if options["unconfirmed"] else ""
            how = f"command again without {option}" if option else "same command again"
            so_far = f"{counts.imported:,} of {counts.to_import:,} leads are imported."
            exc.add_note(so_far if isinstance(exc, UnconfirmedError) else f"{so_far} Run the {how} to continue.")
        elif isinstance(exc, (KeyboardInterrupt, typer.Abort)):
            exc.add_note("Nothing was sent.")
        raise
    finally:
        if as_json and dry_run:
            print_json(report.summary(counts))
        elif as_json and counts.are_known:
            print_json(counts.summary())
    if isinstance(event, Finished) and event.rejected:
        raise BadRowsError(
            f"Rejected rows: {counts.rejected:,}, in {event.rejected}. Correct them, and import that file."
        )
