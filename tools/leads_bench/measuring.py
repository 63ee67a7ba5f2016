"""Measures in interleaved rounds: each subject runs in its own process, in another order each time."""

import json
import random
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Any

from leads_bench import driver
from leads_bench.certificates import create_tls
from leads_bench.sample_requests import API_KEY, largest_lead, ordinary_lead, post
from leads_bench.stub import stub_dynamodb
from leads_bench.subjects import Subject, environment
from leads_core.leads import Lead

IMPORT = "import"
COLD_ONE_LEAD = "cold, one lead"
COLD_MANY_LEADS = "cold, 100 leads"
RESTORED_ONE_LEAD = "restored, one lead"
RESTORED_MANY_LEADS = "restored, 100 leads"
ONE_LEAD = "one lead"
MANY_LEADS = "100 leads"
LARGEST_LEADS = "100 largest leads"
MEMORY = "memory"
FIRST_REQUEST = "first request"

_SNAP_START = {"AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start"}
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
        """Run the driver and return its output. The first case is requested once before all cases."""
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
    """A runner with a stub database that speaks TLS; ``runtime`` is a folder with the imports of Lambda's runtime."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        context, bundle = create_tls(directory)
        with stub_dynamodb(API_KEY, tls=context) as stub:
            yield Runner(python, runtime, stub.url, directory, {"AWS_CA_BUNDLE": str(bundle)})


Measured = dict[str, dict[str, list[float]]]
"""The measurements by case and subject, one number for each round: CPU seconds, or bytes."""


def measure(runner: Runner, subjects: Sequence[Subject], rounds: int, on_round: Callable[[int], object]) -> Measured:
    """Measure all subjects in all cases, for a number of rounds."""
    one = runner.case(ONE_LEAD, [ordinary_lead(0)], before=20, calls=100)
    many = runner.case(MANY_LEADS, [ordinary_lead(number) for number in range(100)], before=3, calls=30)
    largest = runner.case(LARGEST_LEADS, [largest_lead(number) for number in range(100)], before=1, calls=3)
    shuffled = random.Random(_SEED)  # noqa: S311 - an order
    order = list(subjects)
    measured: Measured = {subject.name: {} for subject in subjects}
    for number in range(rounds):
        shuffled.shuffle(order)
        for subject in order:
            for case, value in _measure(runner, subject, one, many, largest).items():
                measured[subject.name].setdefault(case, []).append(value)
        on_round(number + 1)
    return measured


def _measure(runner: Runner, subject: Subject, one: Case, many: Case, largest: Case) -> dict[str, float]:
    def run(*cases: Case, **variables: str) -> dict[str, float]:
        changed = replace(runner, variables={**runner.variables, **variables})
        measured: dict[str, float] = changed.run(subject, cases)["measured"]
        return measured

    warm = run(replace(one, before=0, calls=1)) if subject.cold_only else run(one, many, largest)
    first_of_one = warm.pop(FIRST_REQUEST)
    if subject.cold_only:
        return {IMPORT: warm[IMPORT], COLD_ONE_LEAD: warm[IMPORT] + first_of_one}
    cold = run(replace(many, before=0, calls=1))
    return {
        **warm,
        COLD_ONE_LEAD: warm[IMPORT] + first_of_one,
        COLD_MANY_LEADS: cold[IMPORT] + cold[FIRST_REQUEST],
        RESTORED_ONE_LEAD: run(replace(one, before=0, calls=1), **_SNAP_START)[FIRST_REQUEST],
        RESTORED_MANY_LEADS: run(replace(many, before=0, calls=1), **_SNAP_START)[FIRST_REQUEST],
    }


def medians(measured: Measured) -> Mapping[str, Mapping[str, float]]:
    """The median of each subject in each case."""
    return {subject: {case: median(values) for case, values in cases.items()} for subject, cases in measured.items()}
