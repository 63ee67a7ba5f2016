"""What an import has sent so far, on disk, so that it can be interrupted at any moment and continued.

The journal is a file of JSON lines that only grows. The first names the import, and what it is of. For each array of
leads follows a line before it is sent, and a line when the answer is there. An array whose answer is missing is sent
again under the same idempotency key, for which the server stores it at most once: as long as it remembers the key.

Two imports of the same file at the same time do no harm: they send the same arrays under the same keys.
"""

import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from leads_cli.importing.errors import JournalError, OtherImportError
from leads_cli.importing.journal_content import ArrayEntry, Identity, JournalContent, read_journal


class Journal(AbstractContextManager["Journal"]):
    """The journal of one import; there is no file before something is written. Raises JournalError."""

    def __init__(self, path: Path, content: JournalContent, clock: Callable[[], float]) -> None:
        self.path = path
        self._content = content
        self._clock = clock
        self._file: BinaryIO | None = None

    @classmethod
    def open(cls, path: Path, identity: Identity, *, restart: bool, clock: Callable[[], float]) -> "Journal":
        """Continue the journal of an import, or begin one; ``restart`` begins one whatever there is.

        ``clock`` gives seconds since the epoch. Raises OtherImportError when the journal is of another import, and
        leads of that one are stored or may be.
        """
        with _errors_named(path, "read"):
            content = None if restart else read_journal(path)
        if content and content.has_sent:
            _require_same(content, identity, path)
        else:
            # The same import has the same id even if its journal is lost: within a day, it is still stored once.
            content = JournalContent(secrets.token_hex(16) if restart else digest(identity)[:32], identity)
        return cls(path, content, clock)

    def __exit__(self, *_: object) -> None:
        """Close the file; all that was written is on disk already."""
        if self._file:
            self._file.close()

    @property
    def summary(self) -> dict[str, int] | None:
        """The counts of an import that is finished."""
        return self._content.summary

    @property
    def stored_leads(self) -> int:
        """How many leads are known to be stored."""
        return sum(entry.stored_leads for entry in self._content.arrays.values())

    @property
    def rejected(self) -> dict[int, str]:
        """The server's reasons for rejecting rows, by their numbers."""
        return {row: reason for entry in self._content.arrays.values() for row, reason in entry.rejected.items()}

    def entry(self, array: int) -> ArrayEntry | None:
        """What is known of an array, None if it was not sent yet."""
        return self._content.arrays.get(array)

    def idempotency_key(self, array: int) -> str:
        """Under which an array is sent: the same one each time, until rows are taken out of it."""
        entry = self.entry(array)
        revision = f"-{entry.revision}" if entry and entry.revision else ""
        return f"{self._content.import_id}-{array}{revision}"

    def write_sending(self, array: int, rows: tuple[int, int], leads_digest: str) -> None:
        """An array is about to be sent."""
        self._write({"array": array, "rows": list(rows), "digest": leads_digest, "sentAt": self._clock()})

    def write_stored(self, array: int, lead_count: int, rejected: Mapping[int, str] | None = None) -> None:
        """An array is stored, but for the rows that the server rejected, for its reasons."""
        self._write({"array": array, "stored": lead_count} | ({"rejected": _by_text(rejected)} if rejected else {}))

    def write_refused(self, array: int) -> None:
        """The server refused an array, and nothing of it is stored."""
        self._write({"array": array, "refused": True})

    def write_rejected(self, array: int, reasons: Mapping[int, str]) -> None:
        """Rows are taken out of an array that the server refused for their sake."""
        self._write({"array": array, "rejected": _by_text(reasons)})

    def write_finished(self, summary: Mapping[str, int]) -> None:
        """All arrays are stored."""
        self._write({"finished": dict(summary)})

    def _write(self, record: dict[str, Any]) -> None:
        with _errors_named(self.path, "written"):
            if self._file is None:
                self._file = self.path.open("r+b" if self._content.complete_bytes else "wb", buffering=0)
                self._begin(self._file)
            _write_line(self._file, record)
        self._content.apply(record)

    def _begin(self, file: BinaryIO) -> None:
        if self._content.complete_bytes:
            # Without the line that was being written when it was interrupted.
            file.truncate(self._content.complete_bytes)
            file.seek(self._content.complete_bytes)
        else:
            _write_line(file, {"import": self._content.import_id, "of": self._content.identity})


def _by_text(reasons: Mapping[int, str]) -> dict[str, str]:
    return {str(row): reason for row, reason in reasons.items()}


def _write_line(file: BinaryIO, record: dict[str, Any]) -> None:
    line = json.dumps(record).encode() + b"\n"
    while line:  # a disk that is nearly full takes a part of it
        line = line[file.write(line) :]
    os.fsync(file.fileno())


def digest(value: object) -> str:
    """A hash of anything that is JSON, in hexadecimal."""
    return sha256(json.dumps(value).encode()).hexdigest()


def _require_same(content: JournalContent, identity: Identity, path: Path) -> None:
    others = [name for name in identity if content.identity.get(name) != identity[name]]
    if not others:
        return
    stored = sum(entry.stored_leads for entry in content.arrays.values())
    what = " and ".join(others)
    if content.summary is not None:
        raise OtherImportError(
            f"The file was imported before, with another {what} ({stored:,} leads, says {path}). "
            "--restart imports it as it is now, with all its rows."
        )
    raise OtherImportError(
        f"An import that is not finished has another {what} ({stored:,} leads are stored, says {path}). Continue it "
        "with what it began with. --restart gives it up and begins anew, and then stores these leads once more."
    )


@contextmanager
def _errors_named(path: Path, action: str) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise JournalError(
            f"The journal {path} cannot be {action}: {exc.strerror}. Without it an import cannot be continued safely, "
            "so it stopped: remove the cause first."
        ) from exc
