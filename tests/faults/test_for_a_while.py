"""A store that recovers: the request is stored once, and succeeds for the client."""

import pytest
from faults.drills import STEPS, Drill, in_parallel, steps
from faults.faulty import HUNG, QUICK, partly_done
from faults.proxy import Fault, Step
from faults.world import CASES, Case, CreateWorld, World

from leads_core.plans import Plan


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_request_takes_all_the_steps_with_faults(create_world: CreateWorld, case: Case) -> None:
    world = create_world(case)

    world.check(world.send())

    assert sorted(set(world.proxy.steps())) == sorted(steps(case))
    assert world.proxy.steps().count(Step.PUT) == {1: 1, 100: 4}.get(case.lead_count, 0)


@pytest.mark.parametrize("fault", QUICK.values(), ids=QUICK)
def test_a_request_succeeds_if_a_step_fails_twice(create_world: CreateWorld, fault: Fault) -> None:
    def drill_for(step: Step) -> Drill:
        def drill(world: World) -> None:
            world.proxy.inject(step, fault, range(1, 3))
            response = world.send()
            world.check(response)
            world.expect(response, 200, None)

        return drill

    in_parallel(create_world, [(f"{case}, {step}", case, drill_for(step)) for case, step in STEPS])


@pytest.mark.parametrize("fault", HUNG.values(), ids=HUNG)
def test_a_hanging_connection_is_replaced(create_world: CreateWorld, fault: Fault) -> None:
    def drill_for(step: Step) -> Drill:
        def drill(world: World) -> None:
            world.proxy.inject(step, fault, {1})
            response = world.send()
            world.check(response)
            world.expect(response, 200, None)

        return drill

    in_parallel(create_world, [(f"{case}, {step}", case, drill_for(step)) for case, step in STEPS], at_once=len(STEPS))


@pytest.mark.parametrize("case", [case for case in CASES if case.plan is Plan.BASIC], ids=str)
def test_only_unprocessed_items_are_sent_again(create_world: CreateWorld, case: Case) -> None:
    world = create_world(case)
    faults = 6
    world.proxy.inject(Step.PUT, partly_done, range(1, faults + 1))

    response = world.send()

    world.check(response)
    world.expect(response, 200, None)
    sent = [
        len(writes)
        for call in world.proxy.calls
        if call.step is Step.PUT
        for writes in call.body["RequestItems"].values()
    ]
    assert max(sent) <= 25
    # Of 25 items, 12 are written and 13 are returned, then 7. A single item is not written. Retries come in any order.
    left = [writes - writes // 2 for writes in sent[:faults]]
    assert sum(sent) == case.lead_count + sum(left)
    assert Step.DELETE not in world.proxy.steps()
