"""Rolling back what was written of a request without an Idempotency-Key that failed, when that goes wrong too."""

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


def test_a_rollback_that_fails_once_is_made_again(create_world: CreateWorld) -> None:
    def drill_for(fault: Fault) -> Drill:
        def drill(world: World) -> None:
            world.proxy.inject(Step.PUT, partly_done)
            world.proxy.inject(Step.DELETE, fault, {1})
            answer = world.send(enough_for(world, Step.PUT) + 1000)
            world.check(answer)
            world.expect(answer, 503, NOTHING, step=Step.DELETE)
            world.try_again()

        return drill

    in_parallel(
        create_world,
        [(f"{case}, {name}", case, drill_for(fault)) for name, fault in FAULTS.items() for case in CASES_TO_ROLL_BACK],
    )


def test_when_the_rollback_fails_too_the_client_is_told(create_world: CreateWorld) -> None:
    def drill_for(fault: Fault) -> Drill:
        def drill(world: World) -> None:
            world.proxy.inject(Step.PUT, THROTTLED, {1})
            world.proxy.inject(Step.PUT, partly_done)
            world.proxy.inject(Step.DELETE, fault)
            answer = world.send(enough_for(world, Step.PUT))
            world.check(answer)
            world.expect(answer, 503, PERHAPS, step=Step.DELETE)

        return drill

    in_parallel(
        create_world,
        [(f"{case}, {name}", case, drill_for(fault)) for name, fault in FAULTS.items() for case in CASES_TO_ROLL_BACK],
    )


def test_under_an_idempotency_key_nothing_is_deleted_and_the_request_may_be_sent_again_at_once(
    create_world: CreateWorld,
) -> None:
    def drill(world: World) -> None:
        world.proxy.inject(Step.PUT, FAILED)
        assert world.send(enough_for(world, Step.PUT)).status == 503
        assert Step.DELETE not in world.proxy.steps()
        world.proxy.heal()
        answer = world.send()
        world.check(answer)
        world.expect(answer, 200, None)

    in_parallel(create_world, [(str(case), case, drill) for case in REPEATABLE])
