"""Measures how the time for a lead grows with the size of its workspace, on AWS's DynamoDB Local."""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.progress import Progress

from leads_bench.filled_workspace import FilledWorkspace, filled_workspace
from leads_bench.measuring import Runner
from leads_bench.sample_requests import ordinary_lead
from leads_bench.subjects import Subject
from leads_dev.local.dynamodb_local import DynamoDBLocalError, dynamodb_local, running_emulator

HELD = (0, 1_000, 10_000, 100_000, 1_000_000)
COUNTS = (1, 100)
CPU = "CPU time"
ELAPSED = "elapsed time"
# The largest growth that is allowed. A busy machine has caused 1.4 and 1.5 without a reason in the code; counting only
# one of the 48 partitions made the elapsed time 6 to 17 times as long.
MOST_GROWTH = {CPU: 1.5, ELAPSED: 2.0}

_ROUNDS = 10
_BEFORE_AND_CALLS = {1: (10, 100), 100: (2, 8)}
_IN_WHAT_RAN = {CPU: "measured", ELAPSED: "elapsed"}
# A round adds a thousand leads, so workspaces of up to this size are filled again for each round.
_FILLED_FOR_EACH_ROUND = 10_000

SizeGrowth = dict[str, dict[int, dict[int, float]]]
"""CPU and elapsed seconds for a lead, by the number of leads in the request and in the workspace."""


def measure_sizes(python: str, runtime: Path, subject: Subject, console: Console) -> SizeGrowth | None:
    """Measure workspaces of all sizes, or say why DynamoDB Local cannot be used."""
    try:
        with (
            running_emulator() or dynamodb_local() as url,
            tempfile.TemporaryDirectory() as directory,
            Progress(console=console) as progress,
        ):
            task = progress.add_task(f"Filling and measuring workspaces of up to {max(HELD):,} leads", total=None)
            return _measure(
                Runner(python, runtime, url, Path(directory)),
                subject,
                lambda done: progress.update(task, total=_ROUNDS, completed=done),
            )
    except DynamoDBLocalError as exc:
        console.print(f"Skipped: how the time grows with what a workspace holds. {exc}", markup=False)
        return None


def _measure(runner: Runner, subject: Subject, on_round: Callable[[int], object]) -> SizeGrowth:
    samples = []
    with ExitStack() as workspaces:

        def fill(sizes: Iterable[int]) -> dict[int, FilledWorkspace]:
            return {held: workspaces.enter_context(filled_workspace(runner, subject, held)) for held in sizes}

        filled = fill(held for held in HELD if held > _FILLED_FOR_EACH_ROUND)
        for number in range(_ROUNDS):
            # All are filled before the first is measured, because a workspace is faster right after it was filled.
            filled |= fill(held for held in HELD if held <= _FILLED_FOR_EACH_ROUND)
            turn = number % len(HELD)
            samples += [(held, _sample(filled[held])) for held in HELD[turn:] + HELD[:turn]]
            on_round(number + 1)
    return {
        time: {
            count: {held: median(of[time][count] for at, of in samples if at == held) for held in HELD}
            for count in COUNTS
        }
        for time in _IN_WHAT_RAN
    }


def _sample(workspace: FilledWorkspace) -> dict[str, dict[int, float]]:
    cases = {}
    for count, (before, calls) in _BEFORE_AND_CALLS.items():
        leads = [ordinary_lead(number) for number in range(count)]
        cases[workspace.runner.case(str(count), leads, before=before, calls=calls)] = count
    ran = workspace.send(cases)
    return {
        time: {count: ran[written][str(count)] / count for count in COUNTS} for time, written in _IN_WHAT_RAN.items()
    }


def factor(by_held: Mapping[int, float]) -> float:
    """The ratio of the time in the largest workspace to the time in the smallest."""
    return by_held[max(by_held)] / by_held[min(by_held)]


def missed(growth: SizeGrowth, tolerance: float = 0.0) -> list[str]:
    """A line for each time that grows too much; with a tolerance, for each that does by more than such a share."""
    return [
        f"missed: {time} for a lead, {count} in a request: in a workspace of {max(HELD):,} leads "
        f"{factor(by_held):.2f} times as much as in an empty one, at most {most:.2f} wanted"
        for time, most in MOST_GROWTH.items()
        for count, by_held in growth[time].items()
        if factor(by_held) > most * (1 + tolerance)
    ]
