"""One run of an import, as an iterator of events; it does not depend on a terminal."""

import json
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Protocol

from leads_cli.errors import WrongUsageError
from leads_cli.importing.cells import CellReader
from leads_cli.importing.checking import BadRow, Checked, RowAndLead, RowChecker
from leads_cli.importing.columns import map_columns, parse_map_options
from leads_cli.importing.dates import DateColumn, DateFormat
from leads_cli.importing.errors import BadRowsError
from leads_cli.importing.exported_text import is_export
from leads_cli.importing.fallbacks import with_fallbacks
from leads_cli.importing.import_events import (
    AlreadyImported,
    ArrayStored,
    Counts,
    DryRunFinished,
    Event,
    FileUnderstood,
    Finished,
    JournalReliedOn,
    ReadyToSend,
    RowsChecked,
    RowsRejected,
)
from leads_cli.importing.import_options import ImportOptions
from leads_cli.importing.import_sender import ImportSender, SendsLeads
from leads_cli.importing.imported_table import Row
from leads_cli.importing.journal import Journal, Sender
from leads_cli.importing.journal_content import CONTENT, WORKSPACE, Identity
from leads_cli.importing.journal_place import own_journal
from leads_cli.importing.lead_builder import lead_builder
from leads_cli.importing.rejected import RejectedFile, RejectedFormat
from leads_cli.importing.rejected_columns import REJECTED_COLUMNS
from leads_cli.importing.several_values import with_further_values
from leads_cli.importing.source_file import ImportFormat, SourceFile
from leads_client import Quota, RateLimitedError

_SAMPLE_ROWS = 3
_SHOWN_BAD_ROWS = 20
# At the start, an unavailable API is reported soon; an import that is running waits for it to come back.
_PING_GIVES_UP_AFTER_SECONDS = 10
_SENDING_GIVES_UP_AFTER_SECONDS = 600
_TABLES = {ImportFormat.CSV, ImportFormat.TSV, ImportFormat.XLSX}
_REJECTED_FORMATS = {
    ImportFormat.JSON: RejectedFormat.JSON,
    ImportFormat.JSONL: RejectedFormat.JSONL,
    ImportFormat.TSV: RejectedFormat.TSV,
}


class Client(SendsLeads, Protocol):
    """The methods of LeadsClient that are used."""

    def ping(self) -> Quota:
        """Check that the API responds and accepts the key, and find its workspace."""


class Api(Protocol):
    """Where leads are sent to."""

    @property
    def url(self) -> str: ...  # noqa: D102
    @property
    def key(self) -> str: ...  # noqa: D102
    def client(self, give_up_after_seconds: float) -> AbstractContextManager[Client]: ...  # noqa: D102


class Import:
    """The import of a file.

    Nothing happens before the next event is requested, and another run can continue wherever this one stops. ``counts``
    are valid at each event, and at an error. ``clock`` gives seconds since the epoch. Raises ImportingError, and
    WrongUsageError if options do not fit together.
    """

    def __init__(self, options: ImportOptions, *, clock: Callable[[], float] = time.time) -> None:
        self.options = options
        self.counts = Counts()
        self._clock = clock
        self._source = SourceFile.open(options.file, options.file_format, options.read_options)
        columns = self._source.table.columns
        self.counts.left_out = len(self._source.table.left_out)
        self._rejected_format = _REJECTED_FORMATS.get(self._source.format, RejectedFormat.CSV)
        self._rejected_path = options.rejected or Path(f"{options.file}.rejected.{self._rejected_format}")
        _require_different_files(options.file, {"--rejected": self._rejected_path, "--journal": options.journal_path})
        added = dict.fromkeys(column for column in columns if column in REJECTED_COLUMNS)
        self._mapping = map_columns(
            columns,
            added | parse_map_options(options.mapped or ()),
            keep_unmatched=options.keep_unmatched,
            sample=self._source.table.sample,
        )
        dates = DateColumn(DateFormat.parse(options.date_format) if options.date_format else None)
        self._reader = CellReader(
            self._mapping, dates, self._source.format, empty=options.empty or (), text=options.text or ()
        )
        self._reader.see_dates(self._source.table.read_rows)
        build = lead_builder(self._mapping)
        # JSON and Parquet have arrays, and an export is taken literally: a ":::" in a text does not separate values.
        is_meant = self._source.format not in _TABLES or is_export(columns)
        self._build = build if is_meant else lambda cells: with_further_values(build(cells))
        self._checker = RowChecker(self._mapping, self._build)

    def dry_run(self) -> Generator[Event]:
        """Check all rows, and send nothing; raises BadRowsError if some are bad."""
        with self._rejected_file() as rejected:
            checked = yield from self._check(rejected, {}, may_skip=False)
        yield DryRunFinished(checked.good)

    def run(self, api: Api) -> Generator[Event]:
        """Import what is not imported yet; raises ImportingError and the errors of LeadsClient."""
        options, counts = self.options, self.counts
        sender = Sender(api.url.rstrip("/"), sha256(api.key.encode()).hexdigest())
        workspace_id = _workspace_of(api)
        identity = self._identity(workspace_id, sender)
        path = options.journal or own_journal(options.journal_path, workspace_id)
        with (
            Journal.open(path, identity, sender, restart=options.restart, clock=self._clock) as journal,
            self._rejected_file() as rejected,
        ):
            if journal.summary is not None:
                counts.take_over(journal.summary)
                yield AlreadyImported(self._source.path, journal.path)
                return
            checked = yield from self._check(rejected, journal.rejected, may_skip=options.skip_bad_rows)
            to_import = checked.good - len(journal.rejected)
            if to_import:
                counts.imported = counts.imported_before = journal.stored_leads
                if journal.is_relied_on():
                    yield JournalReliedOn(journal.path, journal.last_entry)
                yield ReadyToSend(to_import, counts.imported_before, api.url)
                counts.to_import = to_import
                with api.client(_SENDING_GIVES_UP_AFTER_SECONDS) as client:
                    yield from self._send(client, journal, checked, rejected)
            journal.write_finished(counts.of_file())
        yield Finished(self._rejected_path if counts.rejected else None)

    def _rejected_file(self) -> RejectedFile:
        separator = self._source.table.separator
        return RejectedFile(self._rejected_path, self._mapping.columns, self._rejected_format, separator)

    def _read_rows(self) -> Iterator[Row]:
        rows = self._source.table.read_rows()
        return self._reader.read(with_fallbacks(rows, self._mapping.fallbacks, self.options.empty or ()))

    def _identity(self, workspace_id: str | None, sender: Sender) -> Identity:
        fields = zip(self._mapping.columns, self._mapping.fields, strict=True)
        options = self.options
        how = [options.encoding, options.sheet, options.header_row, options.date_format, sorted(options.empty or ())]
        if options.text:
            how.append(sorted(options.text))
        of_file = {
            CONTENT: self._source.sha256,
            "format": self._source.format,
            "mapping of columns": json.dumps([*fields, *self._mapping.fallbacks]),
            "batch size": str(options.batch_size),
            "way of reading": json.dumps(how),
        }
        if workspace_id is None:  # an API of an older version, which does not return it
            return {**of_file, "address of the API": sender.address, "API key": sender.key}
        return {**of_file, WORKSPACE: workspace_id}

    def _check(
        self, rejected: RejectedFile, rejected_before: Mapping[int, str], *, may_skip: bool
    ) -> Generator[Event, None, Checked]:
        """Check all rows; ``rejected_before`` has reasons of the server, by the numbers of rows."""
        read_rows, counts = self._read_rows, self.counts
        sample = [row for row in islice(read_rows(), _SAMPLE_ROWS) if not row.problem]
        yield FileUnderstood(self._source, self._mapping, [RowAndLead(row, self._build(row.cells)) for row in sample])
        first_bad: list[BadRow] = []

        def add_bad_row(bad: BadRow) -> None:
            rejected.add(bad)
            if len(first_bad) < _SHOWN_BAD_ROWS:
                first_bad.append(bad)

        def rows() -> Iterator[Row]:
            for row in read_rows():
                if row.number in rejected_before:
                    add_bad_row(BadRow(row, rejected_before[row.number]))
                yield row

        checked = self._checker.check(rows(), add_bad_row)
        rejected.write()
        counts.rows, counts.rejected, counts.skipped_empty = checked.rows, rejected.count, checked.empty
        counts.are_known = True
        yield RowsChecked(rejected.count, first_bad, self._reader.doubts())
        if rejected.count and not may_skip:
            raise BadRowsError(
                f"{rejected.count:,} of {checked.rows:,} rows cannot be imported as they are: all of them are in "
                f"{rejected.path}. Correct them, or import the others with --skip-bad-rows."
            )
        return checked

    def _send(self, client: Client, journal: Journal, checked: Checked, rejected: RejectedFile) -> Iterator[Event]:
        leads = self._checker.good_leads(self._read_rows(), checked)
        sender = ImportSender(
            client, journal, self._source, self._checker, clock=self._clock, unconfirmed=self.options.unconfirmed
        )
        for event in sender.send(leads, self.options.batch_size):
            match event:
                case ArrayStored(lead_count, is_replay):
                    self.counts.imported += lead_count
                    self.counts.replayed += lead_count if is_replay else 0
                    yield event
                case RowsRejected(bad_rows):
                    for bad in bad_rows:
                        rejected.add(bad)
                    rejected.write()
                    self.counts.rejected = rejected.count
                    yield event
                    if not self.options.skip_bad_rows:
                        raise BadRowsError(
                            f"The server refused {len(bad_rows):,} rows: they are in {rejected.path}. Import the "
                            "others with --skip-bad-rows."
                        )
                    self.counts.to_import -= len(bad_rows)


def _workspace_of(api: Api) -> str | None:
    """The workspace of the key; if its rate limit is used up, this waits."""
    with suppress(RateLimitedError), api.client(_PING_GIVES_UP_AFTER_SECONDS) as client:
        return client.ping().workspace_id
    with api.client(_SENDING_GIVES_UP_AFTER_SECONDS) as client:
        return client.ping().workspace_id


def _require_different_files(file: Path, written: Mapping[str, Path]) -> None:
    taken = {file.resolve(): "the file itself"}
    for option, path in written.items():
        if other := taken.get(path.resolve()):
            raise WrongUsageError(f"{option} names {other}: choose another one.")
        taken[path.resolve()] = f"the file of {option}"
