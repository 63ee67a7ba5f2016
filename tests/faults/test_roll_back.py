"""Taking back what was written of a request that failed, when that goes wrong too."""

import pytest
from faults.drills import Drill, enough_for, in_parallel
from faults.faulty import FAILED, HUNG, THROTTLED, cut_short, dropped_behind, failed_behind, partly_done
from faults.proxy import EVER, Fault, Step
from faults.world import CASES, NOTHING, PERHAPS, CreateWorld, World

from leads_core.plans import Plan

BASIC = [case for case in CASES if case.plan is Plan.BASIC]
ONCE = [case for case in BASIC if case.has_key]
# A case without and one with all that an Idempotency-Key adds.
TWO = [BASIC[0], BASIC[-1]]
NO_BATCH = {
    "throttled": THROTTLED,
    "500 after the effect": failed_behind,
    "dropped after the effect": dropped_behind,
    "cut in the answer": cut_short,
    **HUNG,
}
FAULTS = {**NO_BATCH, "partly done": partly_done}


@pytest.mark.parametrize("step", [Step.PUT, Step.NOTE])
def test_a_roll_back_that_fails_once_is_made_again(create_world: CreateWorld, step: Step) -> None:
    def drill_for(fault: Fault) -> Drill:
        def drill(world: World) -> None:
            world.proxy.inject(step, partly_done if step is Step.PUT else THROTTLED)
            world.proxy.inject(Step.DELETE, fault, {1})
            answer = world.send(enough_for(world, step) + 1000)
            world.check(answer)
            world.expect(answer, 503, NOTHING)
            world.try_again()

        return drill

    cases = TWO if step is Step.PUT else ONCE[:1]
    in_parallel(
        create_world, [(f"{case}, {name}", case, drill_for(fault)) for name, fault in FAULTS.items() for case in cases]
    )


def test_when_the_roll_back_fails_too_the_client_is_told_and_the_next_try_makes_it_right(
    create_world: CreateWorld,
) -> None:
    def drill_for(fault: Fault) -> Drill:
        def drill(world: World) -> None:
            world.proxy.inject(Step.PUT, THROTTLED, {1})
            world.proxy.inject(Step.PUT, partly_done)
            world.proxy.inject(Step.DELETE, fault)
            answer = world.send(enough_for(world, Step.PUT))
            world.check(answer)
            world.expect(answer, 503, PERHAPS, step=Step.DELETE)
            if world.case.has_key:
                world.try_again()

        return drill

    in_parallel(
        create_world, [(f"{case}, {name}", case, drill_for(fault)) for name, fault in FAULTS.items() for case in TWO]
    )


def test_a_lease_that_cannot_be_ended_runs_out(create_world: CreateWorld) -> None:
    def drill_for(fault: Fault) -> Drill:
        def drill(world: World) -> None:
            world.proxy.inject(Step.PUT, THROTTLED)
            world.proxy.inject(Step.RELEASE, fault)
            answer = world.send(enough_for(world, Step.PUT))
            world.check(answer)
            world.expect(answer, 503, NOTHING, step=Step.RELEASE)
            world.try_again()

        return drill

    in_parallel(create_world, [(name, ONCE[0], drill_for(fault)) for name, fault in NO_BATCH.items()])


def test_a_request_that_left_nothing_behind_may_be_sent_again_at_once(create_world: CreateWorld) -> None:
    world = create_world(ONCE[0])
    world.proxy.inject(Step.PUT, FAILED)
    assert world.send(enough_for(world, Step.PUT)).message == NOTHING
    world.proxy.heal()

    answer = world.send()

    world.check(answer)
    world.expect(answer, 200, None)


@pytest.mark.parametrize("numbers", [{1, 2}, EVER], ids=["twice", "for ever"])
def test_taking_over_from_an_attempt_that_left_something_can_fail_too(
    create_world: CreateWorld, numbers: set[int]
) -> None:
    def drill_for(fault: Fault) -> Drill:
        def drill(world: World) -> None:
            world.proxy.inject(Step.PUT, partly_done)
            world.proxy.inject(Step.DELETE, FAILED)
            world.expect(world.send(enough_for(world, Step.PUT)), 503, PERHAPS)
            world.proxy.heal()
            world.clock[0] += 15_000
            world.proxy.inject(Step.TAKE_OVER, fault, numbers)
            answer = world.send() if numbers == {1, 2} else world.send(enough_for(world, Step.CLAIM))
            assert Step.TAKE_OVER in world.proxy.steps()
            assert answer.status == (200 if numbers == {1, 2} else 503)
            if answer.status == 200:
                world.check(answer)
            world.try_again()

        return drill

    in_parallel(
        create_world,
        [(f"{case}, {name}", case, drill_for(fault)) for name, fault in NO_BATCH.items() for case in ONCE[:1]],
    )


def test_an_attempt_under_way_is_not_doubled_by_another_one(create_world: CreateWorld) -> None:
    world = create_world(ONCE[1])
    world.proxy.inject(Step.PUT, partly_done)
    world.proxy.inject(Step.DELETE, FAILED)
    assert world.send(enough_for(world, Step.PUT)).message == PERHAPS
    world.proxy.heal()

    answer = world.send(enough_for(world, Step.CLAIM))

    world.check(answer)
    world.expect(answer, 503, PERHAPS)
    assert Step.PUT not in world.proxy.steps()
    world.try_again()
