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
from leads_bench.subjects import OURS, OURS_AGAIN
from leads_bench.targets import TARGETS, Medians, ratio
from leads_bench.workspace_size import COUNTS as COUNTS_OF_SIZES
from leads_bench.workspace_size import HELD, SizeGrowth, factor

_CASES = {
    IMPORT: "import",
    COLD_ONE_LEAD: "cold, one lead",
    COLD_MANY_LEADS: "cold, 100 leads",
    RESTORED_ONE_LEAD: "restored, one lead",
    RESTORED_MANY_LEADS: "restored, 100 leads",
    ONE_LEAD: "warm, one lead",
    MANY_LEADS: "warm, 100 leads",
    LARGEST_LEADS: "warm, 100 leads of 28 KB",
}
# The cases by the leads in a request, from the most expensive to the cheapest.
_PAID = {
    1: {COLD_ONE_LEAD: "cold", RESTORED_ONE_LEAD: "restored", ONE_LEAD: "warm"},
    100: {COLD_MANY_LEADS: "cold", RESTORED_MANY_LEADS: "restored", MANY_LEADS: "warm"},
}
_STATES = {"cold": "each in a new environment", "restored": "each after a restore", "warm": "in a warm environment"}
# With the template's 1 GB, a function has this share of a processor (1769 MB are a whole one), and costs this much.
_PROCESSORS = 1024 / 1769
_USD_A_SECOND = 0.0000166667


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


def dollars_per_million(seconds: float, leads: int) -> float:
    """What Lambda bills for the CPU seconds of a request, if a million leads are sent in such requests."""
    return seconds / _PROCESSORS * _USD_A_SECOND * 1_000_000 / leads


def costs_table(medians: Medians) -> Table:
    """The price of a million leads, by the leads in a request and the state of the environment."""
    drawn = Table(title="USD for a million leads, CPU time alone")
    drawn.add_column("")
    for leads, cases in _PAID.items():
        for state in cases.values():
            drawn.add_column(f"{leads} a request, {state}", justify="right")
    for subject, measured in medians.items():
        cells = [
            f"{dollars_per_million(measured[case], leads):.3f}" if case in measured else ""
            for leads, cases in _PAID.items()
            for case in cases
        ]
        drawn.add_row(subject, *cells)
    return drawn


def table(medians: Medians) -> Table:
    """The medians; in brackets, the function's ratio to each."""
    drawn = Table(title="CPU milliseconds (this function's share of it)")
    drawn.add_column("")
    for title in (*_CASES.values(), "peak memory, MB"):
        drawn.add_column(title, justify="right")
    for subject in medians:
        cells = [_cell(medians, subject, case, 1e3 if case in _CASES else 1 / 1e6) for case in (*_CASES, MEMORY)]
        drawn.add_row(subject, *cells)
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


def plot_costs(medians: Medians, file: Path) -> None:
    """Bars for all subjects: the price of a million leads, on a logarithmic axis."""
    figure = Figure(figsize=(11, 4.5), layout="constrained")
    figure.suptitle("What Lambda bills for a million leads, CPU time alone")
    subjects = [subject for subject, measured in medians.items() if subject != OURS_AGAIN and MANY_LEADS in measured]
    for axes, (leads, cases) in zip(figure.subplots(1, len(_PAID)), _PAID.items(), strict=True):
        for number, (case, state) in enumerate(cases.items()):
            places = [place + (number - 1) * 0.27 for place in range(len(subjects))]
            prices = [dollars_per_million(medians[subject][case], leads) for subject in subjects]
            bars = axes.barh(places, prices, height=0.25, label=_STATES[state])
            axes.bar_label(bars, fmt="{:.3g}", padding=3, fontsize=8)
        axes.set(title="one lead a request" if leads == 1 else f"{leads} leads a request", xlabel="USD", xscale="log")
        axes.set_yticks(range(len(subjects)), subjects)
        axes.invert_yaxis()
        axes.margins(x=0.15)
    axes.legend()
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
