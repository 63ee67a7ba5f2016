"""Admission: a request needs a valid API key with room in its rate limit. One call of the store checks both."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from leads_core import keys, timestamps
from leads_core.deadlines import Deadline
from leads_core.errors import StoreUnavailableError
from leads_core.plans import Plan
from leads_core.rate_limit import (
    Count,
    Exhausted,
    Quota,
    RateLimit,
    Roll,
    Usage,
    first_guess,
    next_step,
    quota,
    seconds_until,
)

# A try fails only when a new tick began or the limit was reached after the counters were read. Both are rare.
_MOST_TRIES = 8
_MOST_REMEMBERED_KEYS = 500


class KeyRecord(NamedTuple):
    """An API key as stored. Times are ISO 8601 text in UTC."""

    workspace_id: str
    plan: Plan
    usage: Usage
    expires_at: str | None = None
    revoked_at: str | None = None

    def is_valid(self, now_iso: str) -> bool:
        """Whether the key is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now_iso)


class CountOutcome(NamedTuple):
    """Whether the request was counted, and the key as it is now stored; None if there is no such key."""

    is_counted: bool
    record: KeyRecord | None


class KeyStore(Protocol):
    """Stores keys and their counters. Raises StoreUnavailableError when it stays unavailable until the deadline."""

    def count(
        self, key_hash: str, step: Count | Roll, limit: RateLimit, now_iso: str, deadline: Deadline
    ) -> CountOutcome:
        """Take the step, atomically, if the key is valid and its counters have not changed since the step was made."""


class Admitted(NamedTuple):
    """The request is admitted."""

    key_hash: str
    workspace_id: str
    plan: Plan
    quota: Quota


@dataclass(frozen=True, slots=True)
class InvalidKey:
    """The key is missing, malformed, unknown, revoked or expired. The response does not show which."""


class RateLimited(NamedTuple):
    """The key has no requests left. The next one is admitted after ``retry_after_seconds``, and not earlier."""

    quota: Quota
    retry_after_seconds: int


class _Seen(NamedTuple):
    """A key as the store returned it, and when (by this instance's clock)."""

    record: KeyRecord
    seen_ms: int


class Admission:
    """Admits requests by their API key.

    It caches the keys it has seen. An exhausted, revoked or expired key is refused without a call of the store, and a
    new tick is started in one call. If the cache is stale, the store's conditions fail. Revocations and expiries are
    final. Operators can reset counters, so an exhausted key is looked up again after one tick.
    """

    def __init__(self, store: KeyStore, limit: RateLimit) -> None:
        self._store = store
        self._limit = limit
        self._seen: OrderedDict[str, _Seen] = OrderedDict()

    def admit(self, secret: str, *, now_ms: int, deadline: Deadline) -> Admitted | InvalidKey | RateLimited:
        """Count a request made ``now_ms`` (milliseconds since the epoch) with this key.

        Raises StoreUnavailableError when the store stays unavailable until the deadline.
        """
        if not keys.is_well_formed(secret):
            return InvalidKey()
        key_hash = keys.hash_secret(secret)
        now_iso = timestamps.from_epoch_ms(now_ms)
        seen = self._seen.get(key_hash)
        for _ in range(_MOST_TRIES):
            if seen and not seen.record.is_valid(now_iso):
                return InvalidKey()
            step: Count | Roll = first_guess(self._limit, now_ms)
            if seen:
                next_one = next_step(seen.record.usage, self._limit, now_ms)
                if not isinstance(next_one, Exhausted):
                    step = next_one
                elif 0 <= now_ms - seen.seen_ms < self._limit.tick_ms:
                    left = quota(seen.record.usage, self._limit, now_ms)
                    return RateLimited(left, retry_after_seconds=seconds_until(next_one.retry_at_ms, now_ms))
            outcome = self._store.count(key_hash, step, self._limit, now_iso, deadline)
            if (record := outcome.record) is None:
                self._seen.pop(key_hash, None)
                return InvalidKey()
            seen = self._remember(key_hash, _Seen(record, now_ms))
            if outcome.is_counted:
                left = quota(record.usage, self._limit, now_ms)
                return Admitted(key_hash, record.workspace_id, record.plan, left)
        raise StoreUnavailableError("the key's counters changed at every try")

    def _remember(self, key_hash: str, seen: _Seen) -> _Seen:
        self._seen[key_hash] = seen
        self._seen.move_to_end(key_hash)
        if len(self._seen) > _MOST_REMEMBERED_KEYS:
            self._seen.popitem(last=False)
        return seen
