"""A store that does not recover: 503 in time, nothing is left behind, and the client is told the truth."""

import pytest
from faults.drills import STEPS, Drill, enough_for, in_parallel
from faults.faulty import HUNG, IN_DOUBT, REFUSED, partly_done
from faults.proxy import Fault, Step
from faults.world import CASES, LIMIT_MS, NOTHING, PERHAPS, RETRY_FINISHES, Case, CreateWorld, World

from leads_core.plans import Plan

BASIC = [case for case in CASES if case.plan is Plan.BASIC]


def fails_for_ever(case: Case, step: Step, fault: Fault, message: str, milliseconds: int | None = None) -> Drill:
    """The step never succeeds; when the store has recovered, the next try of the client's does."""

    def drill(world: World) -> None:
        world.proxy.inject(step, fault)
        answer = world.send(milliseconds or enough_for(world, step))
        world.check(answer)
        world.expect(answer, 503, message, step=step)
        if case.has_key or message == NOTHING:
            world.try_again()

    return drill


def in_doubt(case: Case, step: Step) -> str:
    """What is said when it is not known whether the step was taken: admission stores no leads."""
    if case.has_key:
        return RETRY_FINISHES
    return NOTHING if step is Step.COUNT else PERHAPS


@pytest.mark.parametrize("fault", REFUSED.values(), ids=REFUSED)
def test_a_store_that_refuses_a_step_for_ever_leaves_nothing_stored_or_a_retry_finishes_it(
    create_world: CreateWorld, fault: Fault
) -> None:
    drills = [
        (f"{case}, {step}", case, fails_for_ever(case, step, fault, RETRY_FINISHES if case.has_key else NOTHING))
        for case, step in STEPS
    ]
    in_parallel(create_world, drills)


@pytest.mark.parametrize("fault", IN_DOUBT.values(), ids=IN_DOUBT)
def test_a_store_whose_answers_are_lost_leaves_nothing_stored_or_the_client_is_told(
    create_world: CreateWorld, fault: Fault
) -> None:
    drills = [
        (f"{case}, {step}", case, fails_for_ever(case, step, fault, in_doubt(case, step))) for case, step in STEPS
    ]
    in_parallel(create_world, drills)


@pytest.mark.parametrize("fault", HUNG.values(), ids=HUNG)
def test_a_store_that_hangs_is_answered_for_within_the_ten_seconds(create_world: CreateWorld, fault: Fault) -> None:
    drills = [
        (
            f"{case}, {step}",
            case,
            fails_for_ever(case, step, fault, in_doubt(case, step), LIMIT_MS),
        )
        for case, step in STEPS
    ]
    in_parallel(create_world, drills, at_once=len(drills))


@pytest.mark.parametrize("case", BASIC, ids=str)
def test_a_store_that_leaves_a_part_of_every_batch_undone_for_ever_keeps_none_of_it_or_a_retry_finishes_it(
    create_world: CreateWorld, case: Case
) -> None:
    world = create_world(case)
    world.proxy.inject(Step.PUT, partly_done)

    answer = world.send(enough_for(world, Step.PUT))

    world.check(answer)
    world.expect(answer, 503, RETRY_FINISHES if case.has_key else NOTHING)
    assert (world.held() != []) is (case.lead_count > 1 and case.has_key)
    world.try_again()
