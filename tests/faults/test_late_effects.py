"""Calls take effect after they were given up: earlier responses stay true."""

import time
from collections.abc import Callable
from itertools import product

import pytest
from faults.faulty import dropped_behind, partly_done
from faults.ground import Drill, Ground, Scene, response_to, wait_until
from faults.kinds import Kind, each, first, later
from faults.late_effects import late, late_at_any_time
from faults.proxy import Call, Fault, Forward, Proxy, Reply
from faults.world import CASES, LIMIT_MS, REPEATABLE, Case, UnplannedError

from leads_core.plans import Plan

pytestmark = pytest.mark.timeout(240)

BASIC = [case for case in CASES if case.plan is Plan.BASIC]
RUNS = 4
WHEN = ("at once", "after a second", "while the first is at work")

# Injects late effects of some calls into a proxy.
Lateness = Callable[[Proxy, Fault], None]


def _puts(proxy: Proxy, fault: Fault) -> None:
    proxy.inject_when(each(Kind.PUT), fault)


def _first_put(proxy: Proxy, fault: Fault) -> None:
    proxy.inject_when(first(Kind.PUT), fault)


def _deletes(proxy: Proxy, fault: Fault) -> None:
    proxy.inject_when(each(Kind.PUT), partly_done)
    proxy.inject_when(each(Kind.DELETE), fault)


def _first_delete(proxy: Proxy, fault: Fault) -> None:
    proxy.inject_when(each(Kind.PUT), partly_done)
    proxy.inject_when(first(Kind.DELETE), fault)


def _claims(proxy: Proxy, fault: Fault) -> None:
    proxy.inject_when(first(Kind.RECORD, count=2), fault)


def _records(proxy: Proxy, fault: Fault) -> None:
    proxy.inject_when(each(Kind.RECORD), fault)


def _later_records(proxy: Proxy, fault: Fault) -> None:
    proxy.inject_when(later(Kind.RECORD), fault)


def _transactions(proxy: Proxy, fault: Fault) -> None:
    proxy.inject_when(each(Kind.TRANSACTION), fault)


def _first_transaction(proxy: Proxy, fault: Fault) -> None:
    proxy.inject_when(first(Kind.TRANSACTION), fault)


def lateness_of(case: Case) -> list[Lateness]:
    if case.plan is Plan.FREE:
        return [_transactions, _first_transaction]
    of_leads: list[Lateness] = [_puts, _first_put, _deletes, _first_delete]
    return [*of_leads, _claims, _records, _later_records] if case.has_key else of_leads


def coming_late(inject: Lateness, when: str) -> Drill:
    """Calls of a request are late, and another instance gets a repeat."""

    def drill(scene: Scene) -> None:
        has_begun = False

        def fault(call: Call, forward: Forward) -> Reply:
            nonlocal has_begun
            has_begun = True
            return late_at_any_time(scene.chance)(call, forward)

        with scene.instance() as ours, scene.instance() as another:
            scene.warm_up(ours)
            inject(ours.proxy, fault)
            attempt = scene.start(ours)
            if when == "while the first is at work":
                wait_until(lambda: has_begun or attempt.done(), LIMIT_MS / 1000)
            else:
                response_to(attempt)
                time.sleep(1 if when == "after a second" else 0)
            scene.send(another)
            response_to(attempt)

    return drill


@pytest.mark.parametrize("has_key", [True, False], ids=["once", "without a key"])
def test_responses_stay_true_whichever_calls_are_late(ground: Ground, *, has_key: bool) -> None:
    drills = {
        f"{case}, late{inject.__name__.replace('_', ' ')}, repeated {when}": (case, coming_late(inject, when))
        for case in CASES
        if case.has_key is has_key
        for inject, when in product(lateness_of(case), WHEN)
    }
    ground.make(drills, at_once=len(drills))


def test_a_late_delete_deletes_no_lead_of_a_repeat_that_got_200(ground: Ground) -> None:
    def drill(scene: Scene) -> None:
        with scene.instance() as ours, scene.instance() as another:
            scene.warm_up(ours)
            _first_delete(ours.proxy, late(scene.chance.uniform(0.6, 1.8)))
            scene.send(ours)
            scene.send(another)

    ground.make({f"{case}, run {run}": (case, drill) for case in BASIC for run in range(RUNS)})


@pytest.mark.parametrize("drops", [False, True], ids=["timed out", "dropped"])
def test_no_put_takes_effect_after_a_response_of_nothing_stored(ground: Ground, *, drops: bool) -> None:
    def drill(scene: Scene) -> None:
        with scene.instance() as ours:
            scene.warm_up(ours)
            _puts(ours.proxy, late_at_any_time(scene.chance, longest=1.5, drops=drops))
            scene.send(ours)

    ground.make({f"{case}, run {run}": (case, drill) for case in BASIC for run in range(RUNS)})


def test_with_an_idempotency_key_a_503_states_that_leads_may_be_stored(ground: Ground) -> None:
    """The retry finishes the request, so nothing is rolled back, and it is unknown what an attempt has left."""

    def drill_for(fault: Fault) -> Drill:
        def drill(scene: Scene) -> None:
            with scene.instance() as ours:
                scene.warm_up(ours)
                ours.proxy.inject_when(each(Kind.PUT, Kind.TRANSACTION), fault)
                response = scene.send(ours)
            if response.status != 503:
                raise UnplannedError(response)
            assert response.is_in_doubt

        return drill

    ground.make(
        {
            f"{case}, {name}": (case, drill_for(fault))
            for case in REPEATABLE
            for name, fault in {"late": late(0.5), "done, and dropped": dropped_behind}.items()
        }
    )
