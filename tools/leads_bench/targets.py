"""The targets of the function: its ratios to the other subjects, and the size of the artifact."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from leads_bench.measuring import (
    COLD_MANY_LEADS,
    COLD_ONE_LEAD,
    IMPORT,
    LARGEST_LEADS,
    MANY_LEADS,
    MEMORY,
    ONE_LEAD,
    RESTORED_MANY_LEADS,
    RESTORED_ONE_LEAD,
)
from leads_bench.subjects import FLOOR, OURS, OURS_AGAIN, TUTORIAL, TUTORIAL_AS_SHIPPED

Medians = Mapping[str, Mapping[str, float]]
"""By subject and case."""

MOST_BYTES = 15_000_000


@dataclass(frozen=True, slots=True)
class BenchmarkTarget:
    """The function takes at most this many times what another subject takes.

    If the target is out of reach, ``reached`` is the result so far, which must not increase. The limits are in
    docs/decisions/14-speed.md.
    """

    case: str
    against: str
    most: float
    reached: float = 0.0


TARGETS = (
    BenchmarkTarget(IMPORT, TUTORIAL, 0.50),
    BenchmarkTarget(COLD_ONE_LEAD, TUTORIAL, 0.35, reached=0.48),
    BenchmarkTarget(COLD_ONE_LEAD, TUTORIAL_AS_SHIPPED, 0.20),
    BenchmarkTarget(COLD_ONE_LEAD, FLOOR, 2.0, reached=2.9),
    BenchmarkTarget(COLD_MANY_LEADS, TUTORIAL, 0.25, reached=0.48),
    BenchmarkTarget(RESTORED_ONE_LEAD, TUTORIAL, 0.15),
    BenchmarkTarget(RESTORED_MANY_LEADS, TUTORIAL, 0.15, reached=0.28),
    BenchmarkTarget(ONE_LEAD, TUTORIAL, 0.38),
    BenchmarkTarget(MANY_LEADS, TUTORIAL, 0.25, reached=0.29),
    BenchmarkTarget(LARGEST_LEADS, TUTORIAL, 0.27, reached=0.52),
    BenchmarkTarget(MEMORY, TUTORIAL, 0.7),
)


def ratio(medians: Medians, target: BenchmarkTarget) -> float:
    """The ratio of the function's median to the other's. The function is measured twice a round; this is the mean."""
    return mean(medians[name][target.case] for name in (OURS, OURS_AGAIN)) / medians[target.against][target.case]


def artifact_bytes(folders: Sequence[Path]) -> int:
    """How many bytes Lambda unzips."""
    return sum(file.stat().st_size for folder in folders for file in folder.rglob("*") if file.is_file())


def missed(medians: Medians, size: int, tolerance: float = 0.0) -> list[str]:
    """A line for each target that is missed; with a tolerance, for each that is missed by more than this share.

    With a tolerance, ``reached`` replaces targets that are out of reach, so that only a regression is reported.
    """
    lines = [
        f"missed: {target.case}: {ratio(medians, target):.2f} times {target.against}, at most {target.most:.2f} wanted"
        for target in TARGETS
        if ratio(medians, target) > (max(target.most, target.reached) * (1 + tolerance) if tolerance else target.most)
    ]
    if size > MOST_BYTES * (1 + tolerance):
        lines.append(f"missed: artifact: {size / 1e6:.1f} MB, at most {MOST_BYTES / 1e6:.0f} MB wanted")
    return lines
