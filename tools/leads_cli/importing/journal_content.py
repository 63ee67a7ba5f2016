"""What a journal says: each line of it, and what all of them together mean."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Any

from leads_cli.importing.errors import JournalError

Identity = dict[str, str]
"""What an import is of, by names that people know."""


class ArrayOutcome(Enum):
    """What is known of an array."""

    UNKNOWN = auto()
    STORED = auto()
    REFUSED = auto()


@dataclass(slots=True)
class ArrayEntry:
    """What is known of an array that was sent.

    ``rows`` are the numbers of its first and last row, ``digest`` is of its leads. ``sent_at``, in seconds since the
    epoch, is the earliest time at which it may have been stored. ``rejected`` has the server's reasons by row number:
    of rows that it left out when it stored the array, or, if it refused the array, of those that are taken out of it.
    Each round of the latter makes another ``revision`` of the array.
    """

    rows: tuple[int, int]
    digest: str
    sent_at: float
    outcome: ArrayOutcome = ArrayOutcome.UNKNOWN
    stored_leads: int = 0
    rejected: dict[int, str] = field(default_factory=dict)
    revision: int = 0

    def reject(self, reasons: Mapping[str, str]) -> None:
        """Take in the server's reasons, by row numbers as text."""
        self.rejected.update({int(row): str(reason) for row, reason in reasons.items()})


@dataclass(slots=True)
class JournalContent:
    """A journal as read, up to the last line that is complete."""

    import_id: str
    identity: Identity
    complete_bytes: int = 0
    arrays: dict[int, ArrayEntry] = field(default_factory=dict)
    summary: dict[str, int] | None = None

    @property
    def has_sent(self) -> bool:
        """Whether leads of the import are stored, or may be."""
        return self.summary is not None or any(
            entry.outcome is not ArrayOutcome.REFUSED or entry.stored_leads for entry in self.arrays.values()
        )

    def apply(self, record: dict[str, Any]) -> None:
        """Take in a line of the journal; raises ValueError, LookupError, TypeError or AttributeError if it is none."""
        match record:
            case {"import": _}:
                return
            case {"finished": summary}:
                self.summary = dict(summary)
            case {"array": array, "sentAt": sent_at, "digest": leads_digest, "rows": [first, last]}:
                entry = self.arrays.get(array)
                if entry is None:
                    self.arrays[array] = ArrayEntry((first, last), leads_digest, sent_at)
                    return
                if entry.outcome is ArrayOutcome.REFUSED:
                    entry.outcome, entry.sent_at = ArrayOutcome.UNKNOWN, sent_at
                entry.digest = leads_digest
            case {"array": array, "stored": lead_count, **others}:
                entry = self.arrays[array]
                entry.outcome, entry.stored_leads = ArrayOutcome.STORED, int(lead_count)
                entry.reject(others.get("rejected", {}))
            case {"array": array, "refused": True}:
                self.arrays[array].outcome = ArrayOutcome.REFUSED
            case {"array": array, "rejected": reasons}:
                entry = self.arrays[array]
                entry.reject(reasons)
                entry.revision += 1
            case _:
                raise ValueError("not a record of a journal")


def read_journal(path: Path) -> JournalContent | None:
    """The journal as far as it was written; None when there is none."""
    if not path.is_file():
        return None
    *lines, _torn = path.read_bytes().split(b"\n")
    content = None
    for number, line in enumerate(lines, start=1):
        try:
            record = json.loads(line)
            if content is None:
                content = JournalContent(record["import"], record["of"])
            else:
                content.apply(record)
        except (ValueError, LookupError, TypeError, AttributeError) as exc:
            raise JournalError(
                f"{path} is damaged in line {number}, or is no journal of an import: move it away if it is something "
                "else. --restart begins a new one, and sends all rows."
            ) from exc
        content.complete_bytes += len(line) + 1
    return content
