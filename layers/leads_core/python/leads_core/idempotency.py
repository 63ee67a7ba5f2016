"""Doing a request once, however often it is sent with the same Idempotency-Key.

The first attempt notes a batch id before it writes anything, and every later one writes the same leads under the same
ids. So an attempt that died half-way is finished by the next, and doubles nothing. Attempts must not overlap, because
one that fails deletes what it wrote: the one at work has a lease until it has ended for sure, and others wait.
"""

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from leads_core import timestamps
from leads_core.errors import StoreUnavailableError
from leads_core.leads import Lead
from leads_core.ulids import new_ulid

# Clocks of instances may differ by so much, and what a dead attempt sent last may take so long to arrive.
_LEASE_MARGIN_MS = 2_000
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 0.5


class Once(NamedTuple):
    """A request that is to be done once: whose it is, its Idempotency-Key, and a hash of its body.

    ``leads_as_of`` gives its leads as if they had come in at another time: that of the first attempt.
    """

    key_hash: str
    idempotency_key: str
    body_hash: str
    leads_as_of: Callable[[str], Sequence[Lead]]


class BatchRecord(NamedTuple):
    """What is noted of a request, for 24 hours; ``attempt`` is at work on it until ``lease_until`` (epoch ms)."""

    batch_id: str
    received_at: str
    body_hash: str
    attempt: str
    lease_until: int
    is_stored: bool = False


class Note(NamedTuple):
    """A record to be noted of a request ``now`` (epoch ms): of a new one, or of one that this attempt has claimed."""

    once: Once
    record: BatchRecord
    now: int
    is_claimed: bool = False


class AlreadyStored(NamedTuple):
    """An earlier attempt stored the leads."""

    batch_id: str


@dataclass(frozen=True, slots=True)
class IdempotencyKeyReused:
    """The Idempotency-Key belongs to a request with another body."""


class BatchRecords(Protocol):
    """Where records are kept. Raises StoreUnavailableError when it stays unavailable until ``deadline``."""

    def create(self, note: Note, deadline: float) -> BatchRecord | None:
        """Note a request and return None, or return what is noted of it already."""

    def read(self, once: Once, now: int, deadline: float) -> BatchRecord | None:
        """What is noted of a request."""

    def take_over(self, once: Once, seen: BatchRecord, claim: BatchRecord, deadline: float) -> bool:
        """Replace the attempt at work, if it still is the one that was seen."""

    def note_stored(self, once: Once, claim: BatchRecord, deadline: float) -> None:
        """Note that all leads are stored; the error tells whether this may have been noted after all."""

    def release(self, once: Once, claim: BatchRecord, deadline: float) -> None:
        """End the lease early: the attempt has failed and left nothing behind."""


def first_claim(once: Once, now: int, deadline: float) -> BatchRecord:
    """What the first attempt notes, ``now`` in milliseconds since the epoch."""
    remaining_ms = int((deadline - time.monotonic()) * 1000)
    return BatchRecord(
        batch_id=new_ulid(now),
        received_at=timestamps.from_epoch_ms(now),
        body_hash=once.body_hash,
        attempt=secrets.token_hex(8),
        lease_until=now + remaining_ms + _LEASE_MARGIN_MS,
    )


def claim_batch(
    records: BatchRecords, once: Once, now: int, deadline: float
) -> BatchRecord | AlreadyStored | IdempotencyKeyReused:
    """Get hold of a request: the record under which it is this attempt's to store, or why it is not.

    Waits while another attempt is at work. Raises StoreUnavailableError when that takes until ``deadline``.
    """
    mine = first_claim(once, now, deadline)
    seen = records.create(Note(once, mine, now), deadline)
    if seen is None:
        return mine
    try:
        return _claim_seen(seen, mine, records, once, now, deadline)
    except StoreUnavailableError as exc:
        # What the other attempt has done, or will, is not known.
        raise StoreUnavailableError(str(exc), leads_may_be_stored=True) from exc


def _claim_seen(
    seen: BatchRecord | None, mine: BatchRecord, records: BatchRecords, once: Once, now: int, deadline: float
) -> BatchRecord | AlreadyStored | IdempotencyKeyReused:
    started = time.monotonic()
    pause = _FIRST_PAUSE_SECONDS
    while seen is not None:
        if seen.body_hash != once.body_hash:
            return IdempotencyKeyReused()
        if seen.is_stored:
            return AlreadyStored(seen.batch_id)
        if seen.attempt == mine.attempt:
            return seen  # the answer to this attempt's own try was lost
        if seen.lease_until <= now + (time.monotonic() - started) * 1000:
            claim = seen._replace(attempt=mine.attempt, lease_until=mine.lease_until)
            if records.take_over(once, seen, claim, deadline):
                return claim
        elif time.monotonic() + pause > deadline:
            raise StoreUnavailableError("another attempt is under way")
        else:
            time.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
        seen = records.create(Note(once, mine, now), deadline)
    return mine
