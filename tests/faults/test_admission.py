"""Faults while a request is counted: each lost response counts one request too many, and the limit still holds."""

import pytest
from faults.faulty import HUNG, IN_DOUBT, QUICK, REFUSED, cut_short, dropped_behind, failed_behind, hung_behind
from faults.proxy import Fault, Step
from faults.world import NOTHING, Case, CreateWorld

from leads_core.plans import Plan
from leads_core.rate_limit import RateLimit

ONE = Case(Plan.BASIC, 1, has_key=False)
LIMIT = RateLimit(requests=6, window_seconds=300)
BEHIND = {failed_behind, dropped_behind, hung_behind, cut_short}


@pytest.mark.parametrize("starts_tick", [True, False], ids=["that starts a tick", "within a tick"])
@pytest.mark.parametrize("fault", [*QUICK.values(), *HUNG.values()], ids=[*QUICK, *HUNG])
def test_a_lost_response_to_a_count_costs_one_request(
    create_world: CreateWorld, fault: Fault, *, starts_tick: bool
) -> None:
    world = create_world(ONE, rate_limit=LIMIT)
    statuses = []

    for request in range(1, 7):
        if request == 2:
            world.clock.ms += 10_000 if starts_tick else 0
            world.proxy.heal()
            world.proxy.inject(Step.COUNT, fault, {1})
        statuses.append(world.send().status)

    lost = 1 if fault in BEHIND else 0  # and one request was counted before
    assert statuses == [200] * (5 - lost) + [429] * (1 + lost)
    assert world.used() == 6


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
