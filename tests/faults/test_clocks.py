"""Clocks that run during a request and differ, and slow admissions."""

import time

import pytest
from faults.faulty import THROTTLED, failed_behind, hung, partly_done, slowly
from faults.ground import Drill, Ground, Instance, Scene, response_to
from faults.kinds import Kind, each, first, later
from faults.late_effects import late_at_any_time
from faults.proxy import Call, Forward, Proxy, Reply
from faults.world import REPEATABLE, Case

from leads_core.plans import Plan

pytestmark = pytest.mark.timeout(240)

THREE = Case(Plan.BASIC, 3, has_key=True)
MOST_SKEW_MS = 2_000
_TRIES = 4


def slow_to_admit(proxy: Proxy, seconds: int = 3) -> None:
    """Let attempts at an admission hang for some seconds."""
    proxy.inject_when(first(Kind.ADMISSION, count=seconds), hung)


def send_until_stored(scene: Scene, instance: Instance) -> None:
    for _ in range(_TRIES):
        if scene.send(instance).status != 503:
            return


def _throttled_slowly(call: Call, forward: Forward) -> Reply:
    time.sleep(0.8)
    return THROTTLED(call, forward)


def test_an_attempt_that_was_admitted_slowly_deletes_no_lead_of_a_repeat_that_got_200(ground: Ground) -> None:
    """It cannot mark its leads as stored, and its reaction to that takes some time."""

    def drill_for(skew_ms: int) -> Drill:
        def drill(scene: Scene) -> None:
            with scene.instance() as ours, scene.instance(skew_ms=skew_ms) as another:
                scene.warm_up(another)
                slow_to_admit(ours.proxy, 2)
                ours.proxy.inject_when(each(Kind.ADMISSION), slowly(0.6))
                ours.proxy.inject_when(later(Kind.RECORD), _throttled_slowly)
                ours.proxy.inject_when(first(Kind.DELETE, count=2), hung)
                ours.proxy.inject_when(each(Kind.DELETE), slowly(0.9))
                attempt = scene.start(ours)
                time.sleep(3.5)  # the repeat should find the other one running
                send_until_stored(scene, another)
                response_to(attempt)

        return drill

    skews_ms = (1_000, 1_300, 1_600, 1_900)
    ground.make(
        {f"{skew_ms} ms ahead, run {run}": (THREE, drill_for(skew_ms)) for skew_ms in skews_ms for run in (1, 2)}
    )


def _break(proxy: Proxy, scene: Scene) -> None:
    """Inject random faults."""

    def late(call: Call, forward: Forward) -> Reply:
        return late_at_any_time(scene.chance)(call, forward)

    faults = [THROTTLED, late, failed_behind, slowly(scene.chance.uniform(0.3, 0.9))]
    for kind in (Kind.PUT, Kind.TRANSACTION):
        if scene.chance.random() < 0.6:
            proxy.inject_when(each(kind), scene.chance.choice([*faults, partly_done][: 5 if kind is Kind.PUT else 4]))
    if scene.chance.random() < 0.6:
        proxy.inject_when(later(Kind.RECORD), scene.chance.choice(faults))
    proxy.inject_when(first(Kind.DELETE, count=scene.chance.randint(0, 2)), scene.chance.choice(faults))


def test_responses_stay_true_with_differing_clocks_and_slow_admissions(ground: Ground) -> None:
    def drill(scene: Scene) -> None:
        skew_ms = scene.chance.randint(-MOST_SKEW_MS, MOST_SKEW_MS)
        with scene.instance() as ours, scene.instance(skew_ms=skew_ms) as another:
            scene.warm_up(ours)
            slow_to_admit(ours.proxy, scene.chance.randint(1, 3))
            _break(ours.proxy, scene)
            attempt = scene.start(ours)
            time.sleep(scene.chance.uniform(0, 8))
            if scene.chance.random() < 0.3:
                slow_to_admit(another.proxy, scene.chance.randint(1, 3))
            send_until_stored(scene, another)
            response_to(attempt)

    drills = {f"{case}, run {run}": (case, drill) for case in REPEATABLE for run in range(16)}
    ground.make(drills, at_once=len(drills))
