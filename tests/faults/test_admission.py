"""Faults while a request is counted: each lost response counts one request too many, and the limit still holds."""

import pytest
from faults.drills import Drill, in_parallel
from faults.faulty import HUNG, IN_DOUBT, QUICK, REFUSED, cut_short, dropped_behind, failed_behind, hung_behind
from faults.proxy import Fault, Step
from faults.world import NOTHING, Case, CreateWorld, UnplannedError, World

from leads_core.plans import Plan
from leads_core.rate_limit import RateLimit

ONE = Case(Plan.BASIC, 1, has_key=False)
LIMIT = RateLimit(requests=6, window_seconds=300)
BEHIND = {failed_behind, dropped_behind, hung_behind, cut_short}


@pytest.mark.parametrize("starts_tick", [True, False], ids=["that starts a tick", "within a tick"])
def test_a_lost_response_to_a_count_costs_one_request(create_world: CreateWorld, *, starts_tick: bool) -> None:
    def drill_for(fault: Fault) -> Drill:
        def drill(world: World) -> None:
            world.proxy.inject(Step.COUNT, fault, {2})
            statuses = [world.send().status]
            world.clock.ms += 10_000 if starts_tick else 0
            statuses += [world.send().status for _ in range(5)]
            assert world.used() == 6
            lost = 1 if fault in BEHIND else 0  # and one request was counted before
            if statuses != [200] * (5 - lost) + [429] * (1 + lost):  # perhaps another response was lost
                raise UnplannedError(statuses)

        return drill

    in_parallel(
        lambda case: create_world(case, rate_limit=LIMIT),
        [(name, ONE, drill_for(fault)) for name, fault in (QUICK | HUNG).items()],
    )


@pytest.mark.parametrize("fault", [*REFUSED.values(), *IN_DOUBT.values()], ids=[*REFUSED, *IN_DOUBT])
def test_a_store_that_cannot_count_admits_nobody(create_world: CreateWorld, fault: Fault) -> None:
    world = create_world(ONE, rate_limit=LIMIT)
    world.proxy.inject(Step.COUNT, fault)

    response = world.send(3_100)

    tries = world.proxy.steps().count(Step.COUNT)
    # Lost responses may use up the limit: then the client is over it.
    assert response.status in ({429, 503} if fault in BEHIND else {503})
    if response.status == 503:
        assert response.message == NOTHING
    assert world.held() == []
    assert world.used() <= 1 + (min(tries, 5) if fault in BEHIND else 0)
