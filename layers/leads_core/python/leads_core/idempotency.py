"""Idempotency records: what is stored about a request with an Idempotency-Key, so that all attempts store one batch.

The first attempt creates a record with a batch id and the time it was received. Every attempt writes the same leads
under the same ids. So attempts may overlap, be late or stop at any point, and nothing is ever deleted. When all leads
are stored, the record is marked; later retries write nothing.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from leads_core.deadlines import Deadline

MOST_KEY_CHARACTERS = 255


def is_idempotency_key(text: str) -> bool:
    """Whether a text can be an Idempotency-Key: 1 to 255 printable ASCII characters."""
    return 1 <= len(text) <= MOST_KEY_CHARACTERS and text.isascii() and text.isprintable()


class RequestFingerprint(NamedTuple):
    """What identifies a request: the hash of its API key, its Idempotency-Key, and its body's SHA-256 (hex)."""

    key_hash: str
    idempotency_key: str
    body_hash: str


class IdempotencyRecord(NamedTuple):
    """The record of a request, kept for 24 hours after its last attempt; ``received_at`` is that of the first one."""

    batch_id: str
    received_at: str
    body_hash: str
    is_stored: bool = False


class CountedLeads(NamedTuple):
    """A number of leads to add to the count of a workspace."""

    workspace_id: str
    lead_count: int


@dataclass(frozen=True, slots=True)
class IdempotencyKeyReused:
    """The Idempotency-Key belongs to a request with another body."""


class IdempotencyRecords(Protocol):
    """Stores idempotency records. Raises StoreUnavailableError when it stays unavailable until the deadline."""

    def read(self, fingerprint: RequestFingerprint, now_ms: int, deadline: Deadline) -> IdempotencyRecord | None:
        """The record of a request, or None."""

    def claim(
        self, fingerprint: RequestFingerprint, new: IdempotencyRecord, now_ms: int, deadline: Deadline
    ) -> IdempotencyRecord:
        """Return the record of a request, after creating ``new`` if there is none.

        The 24 hours of a record begin again, unless the request has another body.
        """

    def mark_stored(
        self,
        fingerprint: RequestFingerprint,
        record: IdempotencyRecord,
        deadline: Deadline,
        counted: CountedLeads | None = None,
    ) -> None:
        """Mark the record: all leads are stored. In the same step, count them if their workspace has a count."""
