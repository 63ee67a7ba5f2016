"""Time as a value: a clock, how the time of an invocation is spent, and when something has to be done."""

import time
from typing import NamedTuple


class Clock:
    """The machine's clock; tests pass others."""

    def now_ms(self) -> int:
        """Milliseconds since the epoch."""
        return time.time_ns() // 1_000_000

    def monotonic(self) -> float:
        """Seconds that never run backwards, since some moment."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)


class TimeBudget(NamedTuple):
    """How the time of an invocation is spent, in seconds.

    A call is begun only when it can end in time however long it takes, and time is kept back for what has to come after
    it: so a request that fails is rolled back, and answered, before the function is stopped.
    """

    # In the region both take milliseconds. What takes longer is lost, and another connection may do better.
    connect_timeout_seconds: float = 1
    read_timeout_seconds: float = 1
    # Between two tries of a roll-back, which has to succeed.
    backoff_seconds: float = 0.5
    # Building the answer, and handing it to the runtime.
    answer_seconds: float = 0.5

    @property
    def call_seconds(self) -> float:
        """The longest that one call takes; marking a batch as stored is one."""
        return self.connect_timeout_seconds + self.read_timeout_seconds

    @property
    def roll_back_seconds(self) -> float:
        """Deleting what was written of a request that failed."""
        return self.call_seconds + self.backoff_seconds


class Deadline(NamedTuple):
    """When something has to be done, in seconds of the clock's monotonic time, and what that time is for."""

    clock: Clock
    at: float
    budget: TimeBudget

    @classmethod
    def after(cls, seconds: float, clock: Clock, budget: TimeBudget) -> "Deadline":
        """So many seconds from now."""
        return cls(clock, clock.monotonic() + seconds, budget)

    def allows_call(self, *, after_seconds: float) -> bool:
        """Whether a call that is begun after a pause ends in time, however long it takes."""
        return self.clock.monotonic() + after_seconds + self.budget.call_seconds <= self.at

    def keeping_back(self, seconds: float) -> "Deadline":
        """An earlier one, so that so much time is left after it."""
        return self._replace(at=self.at - seconds)
