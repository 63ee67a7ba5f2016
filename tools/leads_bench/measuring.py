"""Measures in interleaved rounds: each subject runs in its own process, in another order each time."""

import json
import random
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from leads_bench import driver
from leads_bench.events import API_KEY, Lead, largest_lead, ordinary_lead, post
from leads_bench.stub import stub_dynamodb
from leads_bench.subjects import Subject, environment

COLD = "cold"
ONE_LEAD = "one lead"
MANY_LEADS = "100 leads"
LARGEST_LEADS = "100 largest leads"
MEMORY = "memory"

_SEED = 20261123


@dataclass(frozen=True, slots=True)
class Case:
    """A request, how often it is made unmeasured, and how often it is then measured."""

    name: str
    event: str
    before: int
    calls: int


@dataclass(frozen=True, slots=True)
class Runner:
    """Runs subjects in Lambda's Python, with a database at ``endpoint`` and additional environment ``variables``."""

    python: str
    runtime: Path
    endpoint: str
    directory: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    def case(self, name: str, leads: Sequence[Lead], *, before: int, calls: int, api_key: str = API_KEY) -> Case:
        """A case; its event is written to a file for the measured process."""
        file = self.directory / f"{name}.json"
        file.write_text(json.dumps(post(leads, api_key)), encoding="utf-8")
        return Case(name, str(file), before, calls)

    def run(self, subject: Subject, cases: Sequence[Case]) -> dict[str, Any]:
        """Run the driver and return its output; the first request of the first case is part of the cold start."""
        plan = {
            "runtime": str(self.runtime),
            "path": list(map(str, subject.path)),
            "module": subject.module,
            "cases": [asdict(case) for case in cases],
        }
        # Each run has its own, because several may run at the same time.
        with tempfile.TemporaryDirectory(dir=self.directory) as directory:
            plan_file, result_file = Path(directory) / "plan.json", Path(directory) / "result.json"
            plan_file.write_text(json.dumps(plan), encoding="utf-8")
            # Does not write bytecode: Lambda's folders are read-only, too.
            done = subprocess.run(  # noqa: S603 - this project's own program
                [self.python, "-I", "-B", driver.__file__, plan_file, result_file],
                env={**environment(self.endpoint), **self.variables},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
                check=False,
            )
            if done.returncode:
                raise RuntimeError(f"{subject.name} failed:\n{done.stderr}")
            ran: dict[str, Any] = json.loads(result_file.read_text(encoding="utf-8"))
        return ran


@contextmanager
def runner(python: str, runtime: Path) -> Iterator[Runner]:
    """A runner with a stub database; ``runtime`` is a folder with the imports of Lambda's runtime."""
    with tempfile.TemporaryDirectory() as directory, stub_dynamodb(API_KEY) as stub:
        yield Runner(python, runtime, stub.url, Path(directory))


Measured = dict[str, dict[str, list[float]]]
"""The measurements by case and subject, one number for each round: CPU seconds a call, or bytes."""


def measure(runner: Runner, subjects: Sequence[Subject], rounds: int, tell: Callable[[int], object]) -> Measured:
    """Measure all subjects in all cases, for a number of rounds."""
    cases = [
        runner.case(ONE_LEAD, [ordinary_lead(0)], before=20, calls=100),
        runner.case(MANY_LEADS, [ordinary_lead(number) for number in range(100)], before=3, calls=30),
        runner.case(LARGEST_LEADS, [largest_lead(number) for number in range(100)], before=1, calls=3),
    ]
    shuffled = random.Random(_SEED)  # noqa: S311 - an order
    order = list(subjects)
    measured: Measured = {subject.name: {} for subject in subjects}
    for number in range(rounds):
        shuffled.shuffle(order)
        for subject in order:
            ran = runner.run(subject, _cases_of(subject, cases))
            for case, value in ran["measured"].items():
                measured[subject.name].setdefault(case, []).append(value)
        tell(number + 1)
    return measured


def _cases_of(subject: Subject, cases: Sequence[Case]) -> Sequence[Case]:
    if not subject.responds:
        return []
    return [Case(cases[0].name, cases[0].event, before=0, calls=1)] if subject.cold_only else cases


def medians(measured: Measured) -> Mapping[str, Mapping[str, float]]:
    """The median of each subject in each case."""
    return {subject: {case: median(values) for case, values in cases.items()} for subject, cases in measured.items()}
