"""A store that does not recover: 503 in time, no leads are left behind, and the message is true."""

import pytest
from faults.drills import STEPS, Drill, enough_for, in_parallel
from faults.faulty import HUNG, IN_DOUBT, REFUSED, partly_done
from faults.proxy import Fault, Step
from faults.world import CASES, LIMIT_MS, NOTHING, PERHAPS, RETRY_FINISHES, Case, CreateWorld, World

from leads_core.plans import Plan


def fails_for_ever(case: Case, step: Step, fault: Fault, message: str, milliseconds: int | None = None) -> Drill:
    """The step never succeeds. When the store has recovered, the client's next attempt does."""

    def drill(world: World) -> None:
        world.proxy.inject(step, fault)
        response = world.send(milliseconds or enough_for(world, step))
        world.check(response)
        world.expect(response, 503, message, step=step)
        if case.has_key or message == NOTHING:
            world.try_again()

    return drill


def in_doubt(case: Case, step: Step) -> str:
    """The message if it is unknown whether the step took effect. Admission stores no leads."""
    if case.has_key:
        return RETRY_FINISHES
    return NOTHING if step is Step.COUNT else PERHAPS


@pytest.mark.parametrize("fault", REFUSED.values(), ids=REFUSED)
def test_if_a_step_always_fails_nothing_is_stored_or_a_retry_finishes_it(
    create_world: CreateWorld, fault: Fault
) -> None:
    drills = [
        (f"{case}, {step}", case, fails_for_ever(case, step, fault, RETRY_FINISHES if case.has_key else NOTHING))
        for case, step in STEPS
    ]
    in_parallel(create_world, drills)


@pytest.mark.parametrize("fault", IN_DOUBT.values(), ids=IN_DOUBT)
def test_if_responses_are_lost_nothing_is_stored_or_the_message_says_so(
    create_world: CreateWorld, fault: Fault
) -> None:
    drills = [
        (f"{case}, {step}", case, fails_for_ever(case, step, fault, in_doubt(case, step))) for case, step in STEPS
    ]
    in_parallel(create_world, drills)


@pytest.mark.parametrize("fault", HUNG.values(), ids=HUNG)
def test_a_request_to_a_hanging_store_gets_a_response_within_ten_seconds(
    create_world: CreateWorld, fault: Fault
) -> None:
    drills = [
        (
            f"{case}, {step}",
            case,
            fails_for_ever(case, step, fault, in_doubt(case, step), LIMIT_MS),
        )
        for case, step in STEPS
    ]
    in_parallel(create_world, drills, at_once=len(drills))


def test_if_batches_stay_unprocessed_nothing_is_stored_or_a_retry_finishes_it(create_world: CreateWorld) -> None:
    def drill(world: World) -> None:
        world.proxy.inject(Step.PUT, partly_done)
        response = world.send(enough_for(world, Step.PUT))
        world.check(response)
        world.expect(response, 503, RETRY_FINISHES if world.case.has_key else NOTHING)
        assert (world.held() != []) is (world.case.lead_count > 1 and world.case.has_key)
        world.try_again()

    in_parallel(create_world, [(str(case), case, drill) for case in CASES if case.plan is Plan.BASIC])
