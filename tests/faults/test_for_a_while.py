"""A store that recovers: the request is stored once, and succeeds for the client."""

from math import ceil

import pytest
from faults.drills import STEPS, Drill, in_parallel, steps
from faults.faulty import HUNG, QUICK, partly_done
from faults.proxy import Fault, Step
from faults.world import CASES, Case, CreateWorld, World

from leads_core.plans import Plan


def test_a_request_takes_all_the_steps_with_faults(create_world: CreateWorld) -> None:
    def drill(world: World) -> None:
        response = world.send()
        world.check(response)
        world.expect(response, 200, None)
        for step in Step:
            world.expect_calls(step, _calls(world.case, step))

    in_parallel(create_world, [(str(case), case, drill) for case in CASES])


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


def test_only_unprocessed_items_are_sent_again(create_world: CreateWorld) -> None:
    faults = 6

    def drill(world: World) -> None:
        world.proxy.inject(Step.PUT, partly_done, range(1, faults + 1))
        response = world.send()
        world.check(response)
        world.expect(response, 200, None)
        world.expect_calls(Step.PUT, _calls(world.case, Step.PUT) + faults)
        sent = [
            len(writes)
            for call in world.proxy.calls
            if call.step is Step.PUT
            for writes in call.body["RequestItems"].values()
        ]
        assert max(sent) <= 25
        # Of 25 items, 12 are written and 13 are returned, then 7. A single item is not written. Retries come in any
        # order.
        left = [writes - writes // 2 for writes in sent[:faults]]
        assert sum(sent) == world.case.lead_count + sum(left)
        assert Step.DELETE not in world.proxy.steps()

    in_parallel(create_world, [(str(case), case, drill) for case in CASES if case.plan is Plan.BASIC])


def _calls(case: Case, step: Step) -> int:
    """The number of calls of a step in a request without faults. A call writes 25 leads."""
    if step not in steps(case):
        return 0
    return ceil(case.lead_count / 25) if step is Step.PUT else 1
