"""A clock for tests that would have to wait."""

import math
import time


class Clock:
    """Time that passes only where somebody sleeps."""

    def __init__(self) -> None:
        self._now = float(math.floor(time.monotonic()))  # sums with fractions such as 9.5 are exact

    def monotonic(self) -> float:
        return self._now

    def sleep(self, seconds: float) -> None:
        self._now += seconds
