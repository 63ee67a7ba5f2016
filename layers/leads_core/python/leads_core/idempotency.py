"""Requests with an Idempotency-Key: what is remembered of each, so that all its attempts store the same batch.

The first attempt records a batch id and the time it came in. Every attempt writes the same leads under the same ids, so
attempts may overlap, end anywhere or be late, and nothing is deleted. Then the record is marked: retries write no more.
"""

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from leads_core.deadlines import Deadline

MOST_KEY_CHARACTERS = 255


def is_idempotency_key(text: str) -> bool:
    """Whether a text can be an Idempotency-Key: 1 to 255 printable ASCII characters."""
    return 1 <= len(text) <= MOST_KEY_CHARACTERS and text.isascii() and text.isprintable()


class RequestFingerprint(NamedTuple):
    """Which request it is: the API key it belongs to (hash), its Idempotency-Key, and its body (SHA-256, hex)."""

    key_hash: str
    idempotency_key: str
    body_hash: str


class IdempotencyRecord(NamedTuple):
    """What is remembered of a request for 24 hours after its last attempt; ``received_at`` is that of the first."""

    batch_id: str
    received_at: str
    body_hash: str
    is_stored: bool = False


class CountedLeads(NamedTuple):
    """So many leads, to be added to the count of a workspace."""

    workspace_id: str
    lead_count: int


@dataclass(frozen=True, slots=True)
class IdempotencyKeyReused:
    """The Idempotency-Key belongs to a request with another body."""


class IdempotencyRecords(Protocol):
    """Where records are kept. Raises StoreUnavailableError when it stays unavailable until the deadline."""

    def read(self, fingerprint: RequestFingerprint, now_ms: int, deadline: Deadline) -> IdempotencyRecord | None:
        """The record of a request."""

    def claim(
        self, fingerprint: RequestFingerprint, new: IdempotencyRecord, now_ms: int, deadline: Deadline
    ) -> IdempotencyRecord:
        """The record of a request, ``new`` if there is none; its 24 hours begin again unless it is of another body."""

    def mark_stored(
        self,
        fingerprint: RequestFingerprint,
        record: IdempotencyRecord,
        deadline: Deadline,
        counted: CountedLeads | None = None,
    ) -> None:
        """Remember that all leads are stored, and count them at the same time if their workspace has a count."""
