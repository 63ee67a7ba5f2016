"""Attempts take turns: the order of their calls is fixed."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

# Longer than the function waits for a call. An attempt that makes no call for so long is waiting for the others.
_PATIENCE_SECONDS = 1.5


class Turns:
    """An order of calls, as names of attempts. After it, all attempts are free.

    A turn is one call, during which no other attempt makes a call. If a turn is not taken for long, the order ends.
    """

    def __init__(self, order: Sequence[str]) -> None:
        self._order = deque(order)
        self._changed = threading.Condition()
        self._is_taken = False

    def of(self, name: str) -> Callable[[], AbstractContextManager[None]]:
        """The turns of an attempt, for its proxy (see ``Proxy.turn``)."""
        return lambda: self._turn(name)

    def over(self, name: str) -> None:
        """Skip an attempt that makes no more calls."""
        with self._changed:
            self._order = deque(other for other in self._order if other != name)
            self._changed.notify_all()

    def wait_for(self, name: str, seconds: float = 10) -> None:
        """Wait until it is the turn of an attempt, or all are free."""
        with self._changed:
            self._changed.wait_for(lambda: not self._order or self._order[0] == name, seconds)

    @contextmanager
    def _turn(self, name: str) -> Iterator[None]:
        with self._changed:
            if not self._changed.wait_for(lambda: self._may(name), _PATIENCE_SECONDS):
                self._order.clear()
                self._is_taken = False
            takes = bool(self._order)
            self._is_taken = takes
        try:
            yield
        finally:
            with self._changed:
                if takes:
                    self._is_taken = False
                    if self._order and self._order[0] == name:
                        self._order.popleft()
                self._changed.notify_all()

    def _may(self, name: str) -> bool:
        return not self._order or (self._order[0] == name and not self._is_taken)
