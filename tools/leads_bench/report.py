"""Reports the measurements: as tables, as pictures, and as a JSON record."""

import json
import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure
from rich.table import Table

from leads_bench.growth import COUNTS, Growth
from leads_bench.measuring import COLD, LARGEST_LEADS, MANY_LEADS, MEMORY, ONE_LEAD
from leads_bench.subjects import OURS, OURS_AGAIN
from leads_bench.targets import TARGETS, Medians, ratio
from leads_bench.workspace_size import COUNTS as COUNTS_OF_SIZES
from leads_bench.workspace_size import HELD, SizeGrowth, factor

_CASES = {
    COLD: "cold start",
    ONE_LEAD: "warm, one lead",
    MANY_LEADS: "warm, 100 leads",
    LARGEST_LEADS: "warm, 100 leads of 28 KB",
}


def machine() -> dict[str, Any]:
    """The machine and the versions of the measurement."""
    models = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if line.startswith("model name")
    ]
    return {
        "processor": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "botocore": version("botocore"),
        "date": datetime.now(UTC).date().isoformat(),
    }


def table(medians: Medians) -> Table:
    """The medians; in brackets, the function's ratio to each."""
    drawn = Table(title="CPU milliseconds (this function's share of it)")
    drawn.add_column("")
    for title in (*_CASES.values(), "peak memory, MB"):
        drawn.add_column(title, justify="right")
    for subject, cases in medians.items():
        cells = [_cell(medians, subject, case, 1e3 if case in _CASES else 1 / 1e6) for case in (*_CASES, MEMORY)]
        drawn.add_row(subject, *cells) if MEMORY in cases else drawn.add_row(subject, cells[0])
    return drawn


def _cell(medians: Medians, subject: str, case: str, unit: float) -> str:
    value = medians[subject].get(case)
    return "" if value is None else f"{value * unit:.1f} ({medians[OURS][case] / value:.2f})"


def targets_table(medians: Medians) -> Table:
    """Each target with its result."""
    drawn = Table(title="Targets")
    for title in ("", "against", "at most", "measured"):
        drawn.add_column(title, justify="left" if title in {"", "against"} else "right")
    for target in TARGETS:
        name = _CASES.get(target.case, "peak memory")
        drawn.add_row(name, target.against, f"{target.most:.2f}", f"{ratio(medians, target):.2f}")
    return drawn


def sizes_table(growth: SizeGrowth) -> Table:
    """Each time by the size of the workspace, and its growth from the smallest to the largest workspace."""
    drawn = Table(title="Microseconds a lead, by how many the workspace holds, on DynamoDB Local")
    drawn.add_column("")
    for title in ("sent", *(f"{held:,}" for held in HELD), "growth"):
        drawn.add_column(title, justify="right")
    for time, by_count in growth.items():
        for count, by_held in by_count.items():
            times = (f"{by_held[held] * 1e6:.0f}" for held in HELD)
            drawn.add_row(time, str(count), *times, f"{factor(by_held):.2f}")
    return drawn


def plot_cases(medians: Medians, file: Path) -> None:
    """Bars for all subjects that handle requests, in each case."""
    figure = Figure(figsize=(11, 6), layout="constrained")
    figure.suptitle("CPU time, medians; DynamoDB is a stub that responds immediately")
    for axes, (case, title) in zip(figure.subplots(2, 2).flat, _CASES.items(), strict=True):
        bars = {
            subject: cases[case] * 1e3 for subject, cases in medians.items() if case in cases and subject != OURS_AGAIN
        }
        colors = ["tab:blue" if subject == OURS else "tab:gray" for subject in bars]
        axes.barh(list(bars), list(bars.values()), color=colors)
        axes.invert_yaxis()
        axes.set_title(title)
        axes.set_xlabel("ms")
    figure.savefig(file)


def plot_growth(growth: Growth, file: Path) -> None:
    """A line for each size of a lead."""
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    for size, by_count in growth.items():
        axes.plot(COUNTS, [by_count[count] * 1e6 for count in COUNTS], marker="o", label=f"{size / 1000:g} KB")
    axes.set(title="CPU time for a lead", xlabel="leads in a request", ylabel="microseconds", yscale="log")
    axes.legend(title="size of a lead")
    figure.savefig(file)


def plot_sizes(growth: SizeGrowth, file: Path) -> None:
    """A line for each time by the size of the workspace. The axis begins at zero, so a small growth looks small."""
    figure = Figure(figsize=(10, 4.5), layout="constrained")
    figure.suptitle("Time for a lead, on DynamoDB Local")
    for axes, count in zip(figure.subplots(1, len(COUNTS_OF_SIZES)), COUNTS_OF_SIZES, strict=True):
        for time, by_count in growth.items():
            sizes = [f"{held:,}" for held in HELD]
            axes.plot(sizes, [by_count[count][held] * 1e6 for held in HELD], marker="o", label=time)
        title = "a lead in a request" if count == 1 else f"{count} leads in a request"
        axes.set(title=title, xlabel="leads that the workspace holds", ylabel="microseconds")
        axes.set_ylim(bottom=0)
    axes.legend()
    figure.savefig(file)


def write_record(file: Path, record: dict[str, Any]) -> None:
    """Write all measurements, for later comparisons."""
    file.write_text(json.dumps({"machine": machine(), **record}, indent=1) + "\n", encoding="utf-8")
