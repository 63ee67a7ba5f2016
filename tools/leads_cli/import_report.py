"""What a dry run of an import finds, for programs."""

from dataclasses import dataclass, field
from typing import Any

from leads_cli.errors import as_command_error
from leads_cli.importing.checking import in_one_line
from leads_cli.importing.errors import BadRowsError, UncertainEncodingError
from leads_cli.importing.import_events import Counts, Event, FileUnderstood, RowsChecked
from leads_cli.understanding_display import uncertain_encoding


@dataclass(slots=True)
class DryRunReport:
    """Collects the report from the events.

    ``mapping`` has the field of each column, None for one that is left out. ``problems`` are of a row, or of the file
    if ``row`` is None.
    """

    mapping: dict[str, str | None] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)

    def add(self, event: Event) -> None:
        """Add what an event reports."""
        match event:
            case FileUnderstood(source, mapping):
                self.mapping = dict(zip(mapping.columns, mapping.fields, strict=True))
                encoding = source.table.encoding
                if encoding and not encoding.is_certain:
                    self._add(None, uncertain_encoding(source.path, encoding))
                for number, reason in source.table.left_out.items():
                    self._add(number, reason)
            case RowsChecked(bad, first_bad, doubts):
                for bad_row in first_bad:
                    self._add(bad_row.row.number, bad_row.reason)
                if bad > len(first_bad):
                    self._add(None, f"And {bad - len(first_bad):,} more rows, which are in the rejected file.")
                for doubt in doubts:
                    self._add(None, doubt)

    def add_failure(self, error: BaseException) -> None:
        """Add the error that ended the run, unless it is among the problems."""
        if not isinstance(error, (BadRowsError, UncertainEncodingError)):
            self._add(None, str(as_command_error(error) or error))

    def summary(self, counts: Counts) -> dict[str, Any]:
        """All of it; empty rows do not count."""
        return {"mapping": self.mapping, "rows": counts.rows - counts.skipped_empty, "problems": self.problems}

    def _add(self, row: int | None, message: str) -> None:
        self.problems.append({"row": row, "message": in_one_line(message)})
