"""Measures how the time for a lead depends on the number and the size of a request's leads."""

from collections.abc import Iterator
from statistics import median

from leads_bench.measuring import Runner
from leads_bench.sample_requests import lead_of_bytes
from leads_bench.subjects import Subject

COUNTS = (1, 10, 25, 50, 75, 100)
SIZES = (200, 1_000, 7_000, 27_800)
_ROUNDS = 5

Growth = dict[int, dict[int, float]]
"""CPU seconds for a lead, by its size in bytes, and by the number of leads in a request."""


def measure_growth(runner: Runner, subject: Subject) -> Growth:
    """Measure all sizes with all numbers of leads."""
    rounds = [_measure(runner, subject, size) for _ in range(_ROUNDS) for size in SIZES]
    return {size: {count: median(one[count] for of, one in rounds if of == size) for count in COUNTS} for size in SIZES}


def _measure(runner: Runner, subject: Subject, size: int) -> tuple[int, dict[int, float]]:
    leads = [lead_of_bytes(number, size) for number in range(max(COUNTS))]
    cases = [
        runner.case(str(count), leads[:count], before=3, calls=max(3, 100_000 // (size * count + 2_000)))
        for count in COUNTS
    ]
    measured = runner.run(subject, cases)["measured"]
    return size, {count: measured[str(count)] / count for count in COUNTS}


def lines(growth: Growth) -> Iterator[str]:
    """A line for each size."""
    yield "Microseconds of CPU a lead, by how many are in a request:"
    for size, by_count in growth.items():
        yield f"{size / 1000:5.1f} KB  " + "  ".join(f"{count}: {by_count[count] * 1e6:.0f}" for count in COUNTS)
