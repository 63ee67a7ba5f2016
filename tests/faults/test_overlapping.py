"""Overlapping attempts at one request: their calls in every relevant order, and with faults."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import combinations, product

import pytest
from faults.faulty import FAILED, THROTTLED, dropped_behind, failed_behind, hung, hung_behind
from faults.ground import Drill, Ground, Scene, response_to
from faults.kinds import at_position, from_position
from faults.late_effects import late_at_any_time
from faults.proxy import Call, Fault, Forward, Reply
from faults.turns import Turns
from faults.world import REPEATABLE, Case

pytestmark = pytest.mark.timeout(240)

ONE, MANY, FREE = REPEATABLE
# More turns than an attempt has calls.
_TO_THE_END = 30
# Drills without waiting gain little from running in parallel.
_OF_SHORT_ONES = 12
ONCE: dict[str, Fault] = {
    "throttled": THROTTLED,
    "500 after the effect": failed_behind,
    "dropped after the effect": dropped_behind,
    "hung before the effect": hung,
}
FOR_EVER: dict[str, Fault] = {
    "throttled": THROTTLED,
    "500 before the effect": FAILED,
    "500 after the effect": failed_behind,
    "hung after the effect": hung_behind,
}


def taking_turns(order: Sequence[str], faults: Mapping[str, tuple[int, int | None, Fault]] | None = None) -> Drill:
    """Attempts make their calls in the given order of names. Some calls fail, from one position to another."""

    def drill(scene: Scene) -> None:
        turns = Turns(order)
        names = list(dict.fromkeys(order))
        with ExitStack() as stack:
            instances = {name: stack.enter_context(scene.instance(skew_ms=_skew(scene))) for name in names}
            for instance in instances.values():
                scene.warm_up(instance)
            attempts = []
            for name, instance in instances.items():
                instance.proxy.turn = turns.of(name)
                if name in (faults or {}):
                    first, last, fault = (faults or {})[name]
                    meant = from_position(first) if last is None else at_position(first)
                    instance.proxy.inject_when(meant, fault)
                attempt = scene.start(instance)
                attempt.add_done_callback(lambda _attempt, name=name: turns.over(name))  # type: ignore[misc]
                attempts.append(attempt)
            for attempt in attempts:
                response_to(attempt)

    return drill


def _skew(scene: Scene) -> int:
    return scene.chance.randint(0, 2_000)


def interleavings(calls: int) -> Iterator[str]:
    """Every order of the calls of two attempts. The first one begins, because they are alike."""
    for places in combinations(range(1, 2 * calls), calls - 1):
        yield "".join("A" if place in {0, *places} else "B" for place in range(2 * calls))


def test_two_attempts_in_every_order_of_their_calls_store_each_lead_once(ground: Ground) -> None:
    drills = {
        f"{case}, {order}": (case, taking_turns(order + "A" * _TO_THE_END + "B" * _TO_THE_END))
        for case in (ONE, FREE)
        for order in interleavings(ground.calls_of(case))
    }
    ground.make(drills, at_once=_OF_SHORT_ONES)


def test_an_attempt_that_runs_between_any_two_calls_of_another_stores_each_lead_once(ground: Ground) -> None:
    calls = ground.calls_of(MANY)
    drills = {
        f"{ours} of A, {theirs} of B": (
            MANY,
            taking_turns("A" * ours + "B" * theirs + "A" * _TO_THE_END + "B" * _TO_THE_END),
        )
        for ours, theirs in product(range(1, calls), range(1, calls + 1))
    }
    ground.make(drills, at_once=_OF_SHORT_ONES)


def test_three_attempts_store_each_lead_once(ground: Ground) -> None:
    drills = {}
    for case in REPEATABLE:
        calls = range(1, ground.calls_of(case) + 1, 1 if case is not MANY else 3)
        for ours, theirs, last in product(calls, calls, ("AB", "BA")):
            order = "A" * ours + "B" * theirs + "C" * _TO_THE_END + "".join(name * _TO_THE_END for name in last)
            drills[f"{case}: {ours} of A, {theirs} of B, C, {last}"] = (case, taking_turns(order))
    ground.make(drills, at_once=_OF_SHORT_ONES)


def failing_beside_another(
    ground: Ground, faults: Mapping[str, Fault], *, for_ever: bool
) -> dict[str, tuple[Case, Drill]]:
    """At any call of an attempt, another attempt makes some calls, and then calls of the first one fail."""
    drills = {}
    for case in REPEATABLE:
        calls = ground.calls_of(case)
        pairs = product(range(1, calls + 1), range(1, calls + 1, 1 if case is not MANY else 3))
        # Each pair gets one of the faults, and its neighbours get the others.
        for ours, theirs in pairs:
            name, fault = list(faults.items())[(ours + theirs) % len(faults)]
            drill = taking_turns("A" * ours + "B" * theirs, {"A": (ours, None if for_ever else ours, fault)})
            drills[f"{case}: {ours} of A, {theirs} of B, {name}"] = (case, drill)
    return drills


def test_an_attempt_that_fails_once_beside_another_loses_and_duplicates_no_lead(ground: Ground) -> None:
    ground.make(failing_beside_another(ground, ONCE, for_ever=False), at_once=_OF_SHORT_ONES)


def test_an_attempt_that_keeps_failing_beside_another_loses_and_duplicates_no_lead(ground: Ground) -> None:
    drills = failing_beside_another(ground, FOR_EVER, for_ever=True)
    ground.make(drills, at_once=len(drills))


def test_failing_attempts_with_late_calls_lose_and_duplicate_no_lead(ground: Ground) -> None:
    def drill_for(calls: int) -> Drill:
        def drill(scene: Scene) -> None:
            def fault(call: Call, forward: Forward) -> Reply:
                return late_at_any_time(scene.chance)(call, forward)

            ours, theirs = scene.chance.randint(1, calls), scene.chance.randint(1, calls)
            taking_turns("A" * ours + "B" * theirs, {"A": (ours, None, fault), "B": (theirs, theirs, fault)})(scene)

        return drill

    drills = {
        f"{case}, run {run}": (case, drill_for(ground.calls_of(case))) for case in REPEATABLE for run in range(10)
    }
    ground.make(drills, at_once=len(drills))
