"""How many leads came in, by hour and by day."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from leads_admin.lead_times import received_at_ms
from leads_admin.newest_leads import Look

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
HEIGHT = 100


@dataclass(frozen=True, slots=True)
class Bar:
    """The leads of an hour or a day (UTC). ``is_known`` is false if not all of it was looked at."""

    name: str
    leads: int
    height: float
    is_known: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars, the oldest first, and the most leads that one of them has."""

    title: str
    bars: Sequence[Bar]
    most: int

    @property
    def total(self) -> int:
        """The leads of all bars."""
        return sum(bar.leads for bar in self.bars)


def charts_of(look: Look, now_ms: int) -> list[Chart]:
    """The last 48 hours and the last 30 days, as far as the look reaches."""
    times = [received_at_ms(lead["id"]) for lead in look.leads]
    known_from = received_at_ms(look.reached) if look.reached else 0
    return [
        _chart("Last 48 hours", times, known_from, now_ms, (_HOUR_MS, 48, "%-d %b, %H:00")),
        _chart("Last 30 days", times, known_from, now_ms, (_DAY_MS, 30, "%-d %b")),
    ]


def _chart(title: str, times: Sequence[int], known_from: int, now_ms: int, of: tuple[int, int, str]) -> Chart:
    length, count, name = of
    newest = now_ms // length
    leads = Counter(moment // length for moment in times)
    spans = range(newest - count + 1, newest + 1)
    most = max((leads[span] for span in spans), default=0)
    return Chart(
        title,
        [
            Bar(
                name=f"{datetime.fromtimestamp(span * length / 1000, UTC):{name}}",
                leads=leads[span],
                height=HEIGHT * leads[span] / most if most else 0,
                is_known=span * length >= known_from,
            )
            for span in spans
        ],
        most,
    )
