"""The newest events, kept in memory."""

import threading
from collections import deque
from collections.abc import Mapping
from typing import Any

_MOST_EVENTS = 200

Event = Mapping[str, Any]
"""An event as rules of the event bus get it; docs/events.md describes it."""


class EventLog:
    """The newest events; older ones are dropped. Threads may use it at the same time."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque(maxlen=_MOST_EVENTS)
        self._lock = threading.Lock()

    def add(self, event: Event) -> None:
        """Keep an event."""
        with self._lock:
            self._events.appendleft(event)

    def newest(self) -> list[Event]:
        """All that are kept, the newest first."""
        with self._lock:
            return list(self._events)
