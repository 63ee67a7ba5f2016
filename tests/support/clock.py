"""Clocks for tests that would otherwise wait or depend on the machine's speed, and deadlines."""

import threading
import time

import httpx

from leads_core.deadlines import Clock, Deadline, TimeBudget

# How long a client waits for an emulator, which on a busy machine is much slower than DynamoDB.
PATIENT = TimeBudget(connect_timeout_seconds=30, read_timeout_seconds=30)
# HTTP clients have no limit of their own: pytest-timeout ends a test that hangs.
PATIENT_HTTP = httpx.Timeout(None)


class VirtualClock(Clock):
    """Time that passes only during sleep."""

    def __init__(self, started_ms: int = 1_795_420_800_000) -> None:
        self.started_ms = started_ms
        self.seconds = 0.0
        self.sleeps: list[float] = []

    def now_ms(self) -> int:
        return self.started_ms + round(self.seconds * 1000)

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.sleeps.append(seconds)
        self.seconds += seconds


class SetClock(Clock):
    """The machine's clock, except for the time of day, which a test sets: ``ms`` since the epoch."""

    def __init__(self, ms: int) -> None:
        self.ms = ms

    def now_ms(self) -> int:
        return self.ms


class RunningTime:
    """Seconds that this process has run. Time in which the machine did not let it run hardly counts."""

    _TICK_SECONDS = 0.01
    _LONGEST_TICK_SECONDS = 0.02

    def __init__(self) -> None:
        self.seconds = 0.0
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        before = time.monotonic()
        while True:
            time.sleep(self._TICK_SECONDS)
            now = time.monotonic()
            self.seconds += min(now - before, self._LONGEST_TICK_SECONDS)
            before = now


class RunningClock(SetClock):
    """A clock whose time of day is set by a test. Its monotonic time is the process's running time."""

    def __init__(self, ms: int, running_time: RunningTime) -> None:
        super().__init__(ms)
        self._running_time = running_time

    def monotonic(self) -> float:
        return self._running_time.seconds


class StandingClock(SetClock):
    """A clock whose time of day is set by a test. Its monotonic time passes only during sleep."""

    def __init__(self, ms: int) -> None:
        super().__init__(ms)
        self.seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


class SkewedClock(Clock):
    """The machine's clock, except for the time of day, which is wrong by so many milliseconds."""

    def __init__(self, skew_ms: int) -> None:
        self.skew_ms = skew_ms

    def now_ms(self) -> int:
        return super().now_ms() + self.skew_ms


def soon(seconds: float = 60) -> Deadline:
    """A deadline by the machine's clock."""
    return Deadline.after(seconds, Clock(), TimeBudget())


def within(seconds: float, clock: VirtualClock) -> Deadline:
    """A deadline by the test's own clock."""
    return Deadline.after(seconds, clock, TimeBudget())
