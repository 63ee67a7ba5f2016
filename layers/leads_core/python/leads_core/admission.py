"""Whether a request may come in: its key is valid and the key's rate limit has room. One store call decides both."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from leads_core import keys, timestamps
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

# A try is lost only when the tick turned or the limit filled up since the counters were read: both are rare and brief.
_MOST_TRIES = 8
_MOST_REMEMBERED_KEYS = 500


class KeyRecord(NamedTuple):
    """An API key as stored. Times are ISO 8601 text in UTC."""

    workspace_id: str
    plan: Plan
    usage: Usage
    expires_at: str | None = None
    revoked_at: str | None = None

    def is_valid(self, now: str) -> bool:
        """Whether the key is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


class Counted(NamedTuple):
    """The store counted the request; the key after that."""

    record: KeyRecord


class NotCounted(NamedTuple):
    """The step did not fit the key, which is as given; None when there is no such key."""

    record: KeyRecord | None


class KeyStore(Protocol):
    """Where keys and their counters are. Raises StoreUnavailableError when it is out of reach until ``deadline``."""

    def count(
        self, key_hash: str, step: Count | Roll, limit: RateLimit, now: str, deadline: float
    ) -> Counted | NotCounted:
        """Take the step if the key is valid and its counters still are what the step was made for; atomic."""

    def read(self, key_hash: str, deadline: float) -> KeyRecord | None:
        """The key as it is now."""


class Admitted(NamedTuple):
    """The request may come in."""

    key_hash: str
    workspace_id: str
    plan: Plan
    quota: Quota


@dataclass(frozen=True, slots=True)
class InvalidKey:
    """The key is missing, malformed, unknown, revoked or expired: which one is nobody's business."""


class RateLimited(NamedTuple):
    """The key has no request left; one is admitted again after ``retry_after`` seconds, and not a second earlier."""

    quota: Quota
    retry_after: int


class Admission:
    """Admits requests by their API key.

    Remembers the keys it has seen: so a key that is known to be exhausted, revoked or expired is refused without asking
    the store, and a new tick is started in one call. What it remembers can be out of date only in ways that the store's
    conditions catch, or in which the refusal is right anyway: counts do not shrink within their window, and neither a
    revocation nor an expiry is taken back.
    """

    def __init__(self, store: KeyStore, limit: RateLimit) -> None:
        self._store = store
        self._limit = limit
        self._seen: OrderedDict[str, KeyRecord] = OrderedDict()

    def admit(self, secret: str, *, now: int, deadline: float) -> Admitted | InvalidKey | RateLimited:
        """Count a request made ``now`` (milliseconds since the epoch) with this key.

        Raises StoreUnavailableError when the store stays unavailable until ``deadline`` (seconds, monotonic clock).
        """
        if not keys.is_well_formed(secret):
            return InvalidKey()
        key_hash = keys.hash_secret(secret)
        now_text = timestamps.from_epoch_ms(now)
        record = self._seen.get(key_hash)
        for _ in range(_MOST_TRIES):
            if record and not record.is_valid(now_text):
                return InvalidKey()
            step: Count | Roll = first_guess(self._limit, now)
            if record:
                next_one = next_step(record.usage, self._limit, now)
                if isinstance(next_one, Exhausted):
                    return self._rate_limited(record, next_one, now)
                step = next_one
            outcome = self._store.count(key_hash, step, self._limit, now_text, deadline)
            record = self._remember(key_hash, outcome.record)
            if record is None:
                return InvalidKey()
            if isinstance(outcome, Counted):
                return self._admitted(key_hash, record, now)
        raise StoreUnavailableError("the key's counters changed at every try")

    def admit_uncounted(self, secret: str, *, now: int, deadline: float) -> Admitted | InvalidKey | RateLimited:
        """What ``admit`` would answer, without counting the request."""
        if not keys.is_well_formed(secret):
            return InvalidKey()
        key_hash = keys.hash_secret(secret)
        record = self._store.read(key_hash, deadline)
        if record is None or not record.is_valid(timestamps.from_epoch_ms(now)):
            return InvalidKey()
        step = next_step(record.usage, self._limit, now)
        return (
            self._rate_limited(record, step, now)
            if isinstance(step, Exhausted)
            else self._admitted(key_hash, record, now)
        )

    def _admitted(self, key_hash: str, record: KeyRecord, now: int) -> Admitted:
        return Admitted(key_hash, record.workspace_id, record.plan, quota(record.usage, self._limit, now))

    def _rate_limited(self, record: KeyRecord, exhausted: Exhausted, now: int) -> RateLimited:
        return RateLimited(quota(record.usage, self._limit, now), retry_after=seconds_until(exhausted.retry_at, now))

    def _remember(self, key_hash: str, record: KeyRecord | None) -> KeyRecord | None:
        self._seen.pop(key_hash, None)
        if record is not None:
            self._seen[key_hash] = record
            if len(self._seen) > _MOST_REMEMBERED_KEYS:
                self._seen.popitem(last=False)
        return record
