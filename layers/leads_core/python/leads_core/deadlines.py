"""A clock, a deadline, and how the time of an invocation is divided."""

import time
from typing import NamedTuple


class Clock:
    """The machine's clock; tests pass others."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Seconds since an arbitrary moment; they never go backwards."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class TimeBudget(NamedTuple):
    """How the time of an invocation is divided, in seconds.

    A call is made only if it ends before the deadline even when it times out. Time is reserved for the steps after it:
    so a failed request is rolled back and gets its response before Lambda stops the function.
    """

    # Inside a region both take milliseconds. After this long a new connection is more likely to succeed.
    connect_timeout_seconds: float = 1
    read_timeout_seconds: float = 1
    # Between two tries of a rollback.
    backoff_seconds: float = 0.5
    # Building the response and passing it to the runtime.
    response_seconds: float = 0.5

    @property
    def call_seconds(self) -> float:
        """The longest time that one call takes; marking a batch as stored is one call."""
        return self.connect_timeout_seconds + self.read_timeout_seconds

    @property
    def rollback_seconds(self) -> float:
        """Time for deleting the leads that a failed request has written."""
        return self.call_seconds + self.backoff_seconds


class Deadline(NamedTuple):
    """When something must be finished (seconds of the clock's monotonic time), and the budget until then."""

    clock: Clock
    at: float
    budget: TimeBudget

    @classmethod
    def after(cls, seconds: float, clock: Clock, budget: TimeBudget) -> "Deadline":
        """A deadline this many seconds from now."""
        return cls(clock, clock.monotonic() + seconds, budget)

    def allows_call(self, *, after_seconds: float) -> bool:
        """Whether a call that starts after a pause ends before the deadline even when it times out."""
        return self.clock.monotonic() + after_seconds + self.budget.call_seconds <= self.at

    def keeping_back(self, seconds: float) -> "Deadline":
        """A deadline that is earlier by this many seconds, which are left for later steps."""
        return self._replace(at=self.at - seconds)
