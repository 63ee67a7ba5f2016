"""What an import has sent so far, on disk, so that it can be interrupted at any moment and continued.

The journal is a file of JSON lines that only grows. The first names the import, and what it is of. For each array of
leads, a line is written before it is sent, and another when the response arrives. An array without a response is sent
again with the same idempotency key, so the server stores it at most once, as long as it remembers the key.

It belongs to a file and a workspace, with whichever API key of the workspace the leads are sent. While an import is
running, nobody else can open its journal.

The file is never empty, and never ends within its first line: a file that does has lost its content, and is not new.
"""

import errno
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from leads_cli.importing.errors import JournalError, OtherImportError
from leads_cli.importing.journal_content import ArrayEntry, Identity, JournalContent, read_journal
from leads_cli.importing.journal_file import locked_file, replaced_file

# The server remembers an idempotency key for 24 hours, and clocks differ.
_REMEMBERED_SECONDS = 23 * 3600


class Sender(NamedTuple):
    """How the leads are sent: the address of the API, and the hash of the key."""

    address: str
    key: str


class Journal:
    """The journal of one import. Raises JournalError."""

    def __init__(
        self,
        path: Path,
        files: ExitStack,
        file: BinaryIO,
        content: JournalContent,
        sender: Sender,
        clock: Callable[[], float],
    ) -> None:
        self.path = path
        self.has_written = False
        self._files = files
        self._file = file
        self._content = content
        self._sender = sender
        self._clock = clock

    @classmethod
    @contextmanager
    def open(
        cls, path: Path, identity: Identity, sender: Sender, *, restart: bool, clock: Callable[[], float]
    ) -> Iterator["Journal"]:
        """Continue the journal of an import, or begin one; ``restart`` begins one whatever there is.

        There is no file afterwards if nothing is written. ``clock`` gives seconds since the epoch. Raises
        OtherImportError when the journal is of another import, and leads of that one are stored or may be.
        """
        # The same import has the same id even if its journal is lost: within a day, a key stores it once.
        content = JournalContent(secrets.token_hex(16) if restart else digest(identity)[:32], identity, sender.key)
        first_line = _line(_beginning(content))
        with ExitStack() as files:
            with _errors_named(path, "opened"):
                file = files.enter_context(locked_file(path, first_line))
                # A journal that was begun and not used is removed.
                is_unused = file.read(len(first_line) + 1) == first_line
                file.seek(0)
                if not restart:
                    found = read_journal(file, path)
                    is_unused = not found.has_sent
                    if found.may_have_stored:
                        _require_same(found, identity, sender, path)
                        content = found
                    elif found.identity == identity:
                        content.key = found.key
            journal = cls(path, files, file, content, sender, clock)
            try:
                yield journal
            finally:
                if is_unused and not journal.has_written:
                    path.unlink(missing_ok=True)

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

    def is_own(self, entry: ArrayEntry) -> bool:
        """Whether an array was sent with the key of this run; the server returns nothing about those of other keys."""
        return entry.key == self._sender.key

    def server_knows(self, entry: ArrayEntry) -> bool:
        """Whether the server can say if an array is stored."""
        return self.is_own(entry) and self._clock() - entry.sent_at < _REMEMBERED_SECONDS

    def is_relied_on(self) -> bool:
        """Whether only the journal knows what was sent: the server cannot recognise what the journal has lost."""
        last = self.last_entry
        return not self.server_knows(last) if last else self._content.key != self._sender.key

    @property
    def last_entry(self) -> ArrayEntry | None:
        """The array that was sent last, if any was."""
        arrays = self._content.arrays
        return arrays[max(arrays)] if arrays else None

    def idempotency_key(self, array: int) -> str:
        """The key with which an array is sent: the same one each time, until rows are taken out of it."""
        entry = self.entry(array)
        revision = f"-{entry.revision}" if entry and entry.revision else ""
        return f"{self._content.import_id}-{array}{revision}"

    def write_sending(self, array: int, rows: tuple[int, int], leads_digest: str) -> None:
        """An array is about to be sent."""
        sent = {"array": array, "rows": list(rows), "digest": leads_digest, "sentAt": self._clock()}
        self._write({**sent, "key": self._sender.key})

    def write_stored(self, array: int, lead_count: int, rejected: Mapping[int, str] | None = None) -> None:
        """An array is stored, except the rows that the server rejected, with its reasons."""
        self._write({"array": array, "stored": lead_count} | ({"rejected": _by_text(rejected)} if rejected else {}))

    def write_refused(self, array: int) -> None:
        """The server refused an array, and nothing of it is stored."""
        self._write({"array": array, "refused": True})

    def write_rejected(self, array: int, reasons: Mapping[int, str]) -> None:
        """Rows are taken out of an array that the server refused because of them."""
        self._write({"array": array, "rejected": _by_text(reasons)})

    def write_finished(self, summary: Mapping[str, int]) -> None:
        """All arrays are stored."""
        self._write({"finished": dict(summary)})

    def _write(self, record: dict[str, Any]) -> None:
        with _errors_named(self.path, "written"):
            if self.has_written:
                _append(self._file, _line(record))
            elif self._content.complete_bytes:
                # Without the line that was being written when it was interrupted.
                self._file.truncate(self._content.complete_bytes)
                self._file.seek(self._content.complete_bytes)
                _append(self._file, _line(record))
            else:
                # In one step with its first record: a restarted import must never continue with the old journal.
                lines = _line(_beginning(self._content)) + _line(record)
                self._file = self._files.enter_context(replaced_file(self.path, lines))
        self.has_written = True
        self._content.apply(record)


def _beginning(content: JournalContent) -> dict[str, Any]:
    return {"import": content.import_id, "of": content.identity, "key": content.key}


def _by_text(reasons: Mapping[int, str]) -> dict[str, str]:
    return {str(row): reason for row, reason in reasons.items()}


def _line(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record).encode() + b"\n"


def _append(file: BinaryIO, line: bytes) -> None:
    while line:  # a disk that is nearly full takes a part of it
        line = line[os.write(file.fileno(), line) :]
    os.fsync(file.fileno())


def digest(value: object) -> str:
    """A hash of anything that is JSON, in hexadecimal."""
    return sha256(json.dumps(value).encode()).hexdigest()


def _require_same(content: JournalContent, identity: Identity, sender: Sender, path: Path) -> None:
    of_sender = {"address of the API": sender.address, "API key": sender.key}
    now = identity if content.identity.keys() == identity.keys() else of_sender | identity
    # A journal of an earlier version has other names; the values of all that it has must be the same.
    others = [name for name in content.identity if content.identity[name] != now.get(name)]
    if not others:
        return
    stored = sum(entry.stored_leads for entry in content.arrays.values())
    what = " and ".join(others)
    if content.summary is not None:
        raise OtherImportError(
            f"The file was imported before, with another {what} (leads stored: {stored:,}, according to {path}). "
            "--restart imports it as it is now, with all its rows."
        )
    raise OtherImportError(
        f"An import that is not finished has another {what} (leads stored: {stored:,}, according to {path}). "
        "Continue it with the same as before. --restart gives it up and starts over, and then stores these leads again."
    )


@contextmanager
def _errors_named(path: Path, action: str) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        reason = "It is a link" if exc.errno == errno.ELOOP else exc.strerror
        # A new journal instead of an existing one would not know what was sent.
        remedy = (
            "remove the cause first" if os.path.lexists(path) else "remove the cause, or choose a place with --journal"
        )
        raise JournalError(
            f"The journal {path} cannot be {action}: {reason}. Without it an import cannot be continued safely, "
            f"so it stopped: {remedy}."
        ) from exc
