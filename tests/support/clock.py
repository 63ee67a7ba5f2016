"""A clock for tests that would have to wait."""

import time


class Clock:
    """Time that passes only where somebody sleeps."""

    def __init__(self) -> None:
        self._now = time.monotonic()

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds
