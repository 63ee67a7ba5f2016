"""Many worlds in parallel: a fault takes waiting time, but hardly any CPU time."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from faults.proxy import Step
from faults.world import CASES, Case, CreateWorld, UnplannedError, World

from leads_core.deadlines import TimeBudget
from leads_core.plans import Plan

Drill = Callable[[World], None]
# A request that went off course for lack of time gets more time. If the cause is a bug, it goes off course again.
_MORE_MILLISECONDS = (0, 2_000, 6_000)


def steps(case: Case) -> list[Step]:
    """The steps of a request that succeeds."""
    if case.plan is Plan.FREE:
        return [Step.COUNT, Step.READ, Step.TRANSACT] if case.has_key else [Step.COUNT, Step.TRANSACT]
    return [Step.COUNT, Step.CLAIM, Step.PUT, Step.MARK] if case.has_key else [Step.COUNT, Step.PUT]


STEPS = [(case, step) for case in CASES for step in steps(case)]


def enough_for(world: World, step: Step) -> int:
    """Milliseconds that allow two seconds of attempts at a step, and the steps after it."""
    budget = TimeBudget()
    seconds = budget.response_seconds + budget.call_seconds + 2
    if step in {Step.PUT, Step.DELETE}:
        seconds += budget.call_seconds if world.case.has_key else budget.rollback_seconds
    return int(seconds * 1000) + world.more_milliseconds


def in_parallel(create_world: CreateWorld, drills: Sequence[tuple[str, Case, Drill]], *, at_once: int = 12) -> None:
    """Run each drill in its own world, so many in parallel, and report all failures."""
    with ThreadPoolExecutor(at_once) as pool:
        made = [pool.submit(_make, drill, case, create_world) for _, case, drill in drills]
    failures = {name: call.exception() for (name, _, _), call in zip(drills, made, strict=True) if call.exception()}
    assert not failures, "\n".join(f"{name}: {failure!r}" for name, failure in failures.items())


def _make(drill: Drill, case: Case, create_world: CreateWorld) -> None:
    """Run a drill. If it goes off course, run it again with more time, because the machine may be busy."""

    def run(more_milliseconds: int) -> None:
        world = create_world(case)
        world.more_milliseconds = more_milliseconds
        drill(world)

    for milliseconds in _MORE_MILLISECONDS[:-1]:
        with suppress(UnplannedError):
            return run(milliseconds)
    return run(_MORE_MILLISECONDS[-1])
