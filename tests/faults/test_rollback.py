"""A failed request without an Idempotency-Key is rolled back, also with faults in the rollback."""

from faults.drills import Drill, enough_for, in_parallel
from faults.faulty import FAILED, HUNG, THROTTLED, cut_short, dropped_behind, failed_behind, partly_done
from faults.proxy import Fault, Step
from faults.world import CASES, NOTHING, PERHAPS, CreateWorld, World

from leads_core.plans import Plan

CASES_TO_ROLL_BACK = [case for case in CASES if case.plan is Plan.BASIC and not case.has_key]
REPEATABLE = [case for case in CASES if case.plan is Plan.BASIC and case.has_key]
FAULTS = {
    "throttled": THROTTLED,
    "500 after the effect": failed_behind,
    "dropped after the effect": dropped_behind,
    "cut in the answer": cut_short,
    **HUNG,
    "partly done": partly_done,
}


def test_a_rollback_is_retried(create_world: CreateWorld) -> None:
    def drill_for(fault: Fault) -> Drill:
        def drill(world: World) -> None:
            world.proxy.inject(Step.PUT, partly_done)
            world.proxy.inject(Step.DELETE, fault, {1})
            response = world.send(enough_for(world, Step.PUT) + 1000)
            world.check(response)
            world.expect(response, 503, NOTHING, step=Step.DELETE)
            world.try_again()

        return drill

    in_parallel(
        create_world,
        [(f"{case}, {name}", case, drill_for(fault)) for name, fault in FAULTS.items() for case in CASES_TO_ROLL_BACK],
    )


def test_if_the_rollback_fails_too_the_message_says_so(create_world: CreateWorld) -> None:
    def drill_for(fault: Fault) -> Drill:
        def drill(world: World) -> None:
            world.proxy.inject(Step.PUT, THROTTLED, {1})
            world.proxy.inject(Step.PUT, partly_done)
            world.proxy.inject(Step.DELETE, fault)
            response = world.send(enough_for(world, Step.PUT))
            world.check(response)
            world.expect(response, 503, PERHAPS, step=Step.DELETE)

        return drill

    in_parallel(
        create_world,
        [(f"{case}, {name}", case, drill_for(fault)) for name, fault in FAULTS.items() for case in CASES_TO_ROLL_BACK],
    )


def test_with_an_idempotency_key_nothing_is_deleted_and_an_immediate_retry_succeeds(
    create_world: CreateWorld,
) -> None:
    def drill(world: World) -> None:
        world.proxy.inject(Step.PUT, FAILED)
        assert world.send(enough_for(world, Step.PUT)).status == 503
        assert Step.DELETE not in world.proxy.steps()
        world.proxy.heal()
        response = world.send()
        world.check(response)
        world.expect(response, 200, None)

    in_parallel(create_world, [(str(case), case, drill) for case in REPEATABLE])
