"""No body takes much more memory or work than a typical one of its size, whatever it contains.

Work is counted in calls of functions, which is the same on every machine; ``leads_bench.bodies`` measures CPU and
memory at full size.
"""

import sys
import tracemalloc

import pytest

from leads_bench.bodies import MOST_BYTES, MOST_MEGABYTES, MOST_TIMES_THE_CPU, costly_bodies, typical_body
from leads_core import parsing

SIZE = MOST_BYTES // 50
MAX_VALUES = parsing.MAX_VALUES // 50
BODIES = dict(costly_bodies(SIZE, MAX_VALUES))


@pytest.fixture(autouse=True)
def _limit_of_that_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "MAX_VALUES", MAX_VALUES)


def calls(body: bytes) -> int:
    count = 0

    def on_event(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(on_event)
    try:
        parsing.parse_leads(body, max_leads=100)
    finally:
        sys.setprofile(None)
    return count


def peak_bytes(body: bytes) -> int:
    tracemalloc.start()
    try:
        parsing.parse_leads(body, max_leads=100)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", BODIES)
def test_no_body_exceeds_the_memory_limit(name: str) -> None:
    assert peak_bytes(BODIES[name]) < MOST_MEGABYTES * 1e6 / MOST_BYTES * SIZE


@pytest.mark.parametrize("name", BODIES)
def test_no_body_exceeds_the_work_limit(name: str) -> None:
    assert calls(BODIES[name]) < MOST_TIMES_THE_CPU * calls(typical_body(SIZE))
