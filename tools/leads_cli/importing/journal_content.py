"""The content of a journal: its lines, and the state that follows from all of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal, NotRequired

from pydantic import Field, TypeAdapter, ValidationError
from typing_extensions import TypedDict

from leads_cli.importing.errors import JournalError

Identity = dict[str, str]
"""What identifies an import, by names that people know."""

CONTENT = "content of the file"
"""The name in an identity that every journal has."""

WORKSPACE = "workspace"
"""The name of the workspace in an identity; APIs of an older version do not return it."""

# The longest lines name the reasons of a hundred rows.
_MOST_BYTES_PER_LINE = 16 << 20

_Count = Annotated[int, Field(ge=0, lt=2**53)]
_Reasons = dict[Annotated[str, Field(pattern="^[0-9]{1,15}$")], str]

_Begun = TypedDict(
    "_Begun",
    {"import": Annotated[str, Field(pattern="^[0-9a-z]{1,64}$")], "of": Identity, "key": NotRequired[str]},
)


class _Sending(TypedDict):
    array: _Count
    rows: Annotated[list[_Count], Field(min_length=2, max_length=2)]
    digest: str
    sentAt: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    key: NotRequired[str]


class _Stored(TypedDict):
    array: _Count
    stored: _Count
    rejected: NotRequired[_Reasons]


class _Refused(TypedDict):
    array: _Count
    refused: Literal[True]


class _Rejected(TypedDict):
    array: _Count
    rejected: _Reasons


class _Summary(TypedDict):
    rows: _Count
    imported: _Count
    rejected: _Count
    skippedEmpty: _Count


class _Finished(TypedDict):
    finished: _Summary


_BEGUN: TypeAdapter[Any] = TypeAdapter(_Begun)
_RECORD: TypeAdapter[Any] = TypeAdapter(_Sending | _Stored | _Refused | _Rejected | _Finished)


class ArrayOutcome(Enum):
    """What is known of an array."""

    UNKNOWN = auto()
    STORED = auto()
    REFUSED = auto()


@dataclass(slots=True)
class ArrayEntry:
    """What is known of an array that was sent.

    ``rows`` are the numbers of its first and last row, ``digest`` is of its leads. ``sent_at``, in seconds since the
    epoch, is the earliest time at which it may have been stored, and ``key`` the hash of the API key it was sent with.
    ``rejected`` has the server's reasons by row number: of rows that it left out when it stored the array, or, if it
    refused the array, of those that are taken out of it. Each round of the latter makes another ``revision`` of the
    array.
    """

    rows: tuple[int, int]
    digest: str
    sent_at: float
    key: str
    outcome: ArrayOutcome = ArrayOutcome.UNKNOWN
    stored_leads: int = 0
    rejected: dict[int, str] = field(default_factory=dict)
    revision: int = 0

    def reject(self, reasons: Mapping[str, str]) -> None:
        """Take in the server's reasons, by row numbers as text."""
        self.rejected.update({int(row): reason for row, reason in reasons.items()})


@dataclass(slots=True)
class JournalContent:
    """A journal as read, up to the last line that is complete.

    ``key`` is the hash of the API key that it was begun with, the default for arrays that name none.
    """

    import_id: str
    identity: Identity
    key: str = ""
    complete_bytes: int = 0
    arrays: dict[int, ArrayEntry] = field(default_factory=dict)
    summary: dict[str, int] | None = None

    @property
    def has_sent(self) -> bool:
        """Whether anything was ever sent, even if the server refused all: there is more than the first line."""
        return bool(self.arrays) or self.summary is not None

    @property
    def may_have_stored(self) -> bool:
        """Whether leads of the import are stored, or may be: starting over would store them twice."""
        return self.summary is not None or any(
            entry.outcome is not ArrayOutcome.REFUSED or entry.stored_leads for entry in self.arrays.values()
        )

    def apply(self, record: Mapping[str, Any]) -> None:
        """Take in a line of the journal; raises LookupError if it is about an array that was not sent."""
        match record:
            case {"finished": summary}:
                self.summary = dict(summary)
            case {"array": array, "sentAt": sent_at, "digest": leads_digest, "rows": [first, last]}:
                key = record.get("key", self.key)
                entry = self.arrays.get(array)
                if entry is None:
                    self.arrays[array] = ArrayEntry((first, last), leads_digest, sent_at, key)
                    return
                if entry.outcome is ArrayOutcome.REFUSED or entry.key != key:
                    entry.outcome, entry.sent_at, entry.key = ArrayOutcome.UNKNOWN, sent_at, key
                entry.digest = leads_digest
            case {"array": array, "stored": lead_count, **others}:
                entry = self.arrays[array]
                entry.outcome, entry.stored_leads = ArrayOutcome.STORED, lead_count
                entry.reject(others.get("rejected", {}))
            case {"array": array, "refused": True}:
                self.arrays[array].outcome = ArrayOutcome.REFUSED
            case {"array": array, "rejected": reasons}:
                entry = self.arrays[array]
                entry.reject(reasons)
                entry.revision += 1


def read_journal(file: BinaryIO, path: Path) -> JournalContent:
    """The journal as far as it was written. Raises JournalError if it is damaged, or empty: a journal never is."""
    content = None
    number = 1
    while (line := file.readline(_MOST_BYTES_PER_LINE)).endswith(b"\n"):
        try:
            if content is None:
                begun = _BEGUN.validate_json(line, strict=True)
                # Before an import belonged to a workspace, it belonged to a key.
                key = begun.get("key") or begun["of"].get("API key", "")
                content = JournalContent(begun["import"], begun["of"], key)
                content.identity[CONTENT]
            else:
                content.apply(_RECORD.validate_json(line, strict=True))
        except (ValidationError, LookupError) as exc:
            raise _damaged(path, number) from exc
        content.complete_bytes += len(line)
        number += 1
    if content is None and not line:
        raise JournalError(
            f"{path} is empty, and a journal never is: it has lost its content, or somebody created it. Nothing was "
            "sent. If no import was begun with it, delete it and run the command again. If one was, put back a copy of "
            "it. Without one, compare the leads of the workspace with the file, and import only the rows that are "
            "missing, as a file of their own."
        )
    # A line that was cut off is the last one of a process that was killed, but none was killed while it wrote the first
    # one. After a power failure it may be zeros.
    if content is None or len(line) == _MOST_BYTES_PER_LINE or b"\0" in line:
        raise _damaged(path, number)
    return content


def workspace_in(file: BinaryIO) -> str | None:
    """The workspace of a journal, None if it does not name one in its first line."""
    try:
        begun = _BEGUN.validate_json(file.readline(_MOST_BYTES_PER_LINE), strict=True)
    except ValidationError:
        return None
    workspace: str | None = begun["of"].get(WORKSPACE)
    return workspace


def _damaged(path: Path, line: int) -> JournalError:
    return JournalError(
        f"{path} is damaged in line {line}, or is not the journal of an import, and nothing was sent. If it is "
        "something else, choose another file with --journal. If it is the journal, put back a copy of it. Without one, "
        "compare the leads of the workspace with the file, and import only the rows that are missing, as a file of "
        "their own."
    )
