"""A store that recovers: the request is stored, once, and the client notices nothing."""

import pytest
from faults.drills import STEPS, Drill, in_parallel, steps
from faults.faulty import HUNG, QUICK, partly_done
from faults.proxy import Fault, Step
from faults.world import CASES, Case, CreateWorld, World

from leads_core.plans import Plan


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_request_takes_the_steps_that_are_made_to_fail(create_world: CreateWorld, case: Case) -> None:
    world = create_world(case)

    world.check(world.send())

    assert sorted(set(world.proxy.steps())) == sorted(steps(case))
    assert world.proxy.steps().count(Step.PUT) == {1: 1, 100: 4}.get(case.lead_count, 0)


@pytest.mark.parametrize("fault", QUICK.values(), ids=QUICK)
def test_a_step_that_fails_twice_fails_no_request(create_world: CreateWorld, fault: Fault) -> None:
    def drill_for(step: Step) -> Drill:
        def drill(world: World) -> None:
            world.proxy.inject(step, fault, range(1, 3))
            answer = world.send()
            world.check(answer)
            world.expect(answer, 200, None)

        return drill

    in_parallel(create_world, [(f"{case}, {step}", case, drill_for(step)) for case, step in STEPS])


@pytest.mark.parametrize("fault", HUNG.values(), ids=HUNG)
def test_a_connection_that_hangs_is_given_up_for_another_one(create_world: CreateWorld, fault: Fault) -> None:
    def drill_for(step: Step) -> Drill:
        def drill(world: World) -> None:
            world.proxy.inject(step, fault, {1})
            answer = world.send()
            world.check(answer)
            world.expect(answer, 200, None)

        return drill

    in_parallel(create_world, [(f"{case}, {step}", case, drill_for(step)) for case, step in STEPS], at_once=len(STEPS))


@pytest.mark.parametrize("case", [case for case in CASES if case.plan is Plan.BASIC], ids=str)
def test_what_is_left_unprocessed_is_sent_again_and_nothing_else(create_world: CreateWorld, case: Case) -> None:
    world = create_world(case)
    faults = 6
    world.proxy.inject(Step.PUT, partly_done, range(1, faults + 1))

    answer = world.send()

    world.check(answer)
    world.expect(answer, 200, None)
    sent = [
        len(writes)
        for call in world.proxy.calls
        if call.step is Step.PUT
        for writes in call.body["RequestItems"].values()
    ]
    assert max(sent) <= 25
    # Of 25, 12 are written and 13 come back, then 7; of a single one none. Which batch is sent again first is chance.
    left = [writes - writes // 2 for writes in sent[:faults]]
    assert sum(sent) == case.lead_count + sum(left)
    assert Step.DELETE not in world.proxy.steps()
