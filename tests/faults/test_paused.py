"""A process is paused at any call for a long time, and resumes when others have finished its work."""

import time

import pytest
from faults.faulty import THROTTLED, partly_done
from faults.ground import Drill, Ground, Instance, Scene
from faults.kinds import Kind, at_position, each, first
from faults.paused import paused
from faults.world import CASES, LIMIT_MS

from leads_core.plans import Plan

pytestmark = pytest.mark.timeout(240)

ONCE = [case for case in CASES if case.plan is Plan.BASIC and case.has_key]
_TRIES = 3


def send_until_completed(scene: Scene, instance: Instance) -> None:
    """Repeat the request until it is stored, or until the first attempt's time is over and a repeat has written."""
    for _ in range(_TRIES):
        if scene.send(instance).status != 503 or Kind.PUT in scene.attempts[-1].kinds:
            return


def paused_at(position: int, *, takes_effect: bool) -> Drill:
    def drill(scene: Scene) -> None:
        with scene.instance() as ours, scene.instance() as another:
            scene.warm_up(another)
            with paused(scene, ours, at_position(position), takes_effect=takes_effect) as attempt:
                over = time.monotonic() + LIMIT_MS / 1000
                if scene.case.has_key:
                    send_until_completed(scene, another)
                time.sleep(max(0.0, over - time.monotonic()) if attempt.is_paused else 0)
                attempt.wake_up()

    return drill


def test_responses_stay_true_wherever_a_process_is_paused(ground: Ground) -> None:
    drills = {
        f"{case}, {'after' if takes_effect else 'before'} call {position}": (
            case,
            paused_at(position, takes_effect=takes_effect),
        )
        for case in CASES
        for position in range(1, ground.calls_of(case) + 1)
        for takes_effect in (False, True)
    }
    ground.make(drills, at_once=len(drills))


def test_a_process_that_was_paused_in_its_rollback_deletes_no_lead_of_a_repeat_that_got_200(
    ground: Ground,
) -> None:
    def drill(scene: Scene) -> None:
        with scene.instance() as ours, scene.instance() as another:
            scene.warm_up(another)
            ours.proxy.inject_when(each(Kind.PUT), partly_done)
            with paused(scene, ours, first(Kind.DELETE), takes_effect=False) as attempt:
                send_until_completed(scene, another)
                attempt.wake_up()

    ground.make({f"{case}, run {run}": (case, drill) for case in ONCE for run in range(2)})


def test_a_process_that_was_paused_writes_no_lead_after_a_response_of_nothing_stored(ground: Ground) -> None:
    def drill(scene: Scene) -> None:
        with scene.instance() as ours, scene.instance() as another:
            scene.warm_up(another)
            another.proxy.inject_when(each(Kind.PUT), THROTTLED)
            with paused(scene, ours, first(Kind.PUT), takes_effect=False) as attempt:
                send_until_completed(scene, another)
                attempt.wake_up()

    ground.make({f"{case}, run {run}": (case, drill) for case in ONCE for run in range(2)})
