"""The process is killed between any two calls: the next attempt with the same key completes the request."""

import multiprocessing
import os
import signal
from multiprocessing.connection import Connection
from typing import Any

import pytest
from faults import child
from faults.drills import Drill, in_parallel, steps
from faults.proxy import Call, DroppedError, Fault, Forward, Reply, Step
from faults.world import CASES, Case, CreateWorld, UnplannedError, World

from leads_core.plans import Plan

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(
    ["leads_api.wiring", "leads_core.dynamodb.client", "leads_admin.workspaces", "httpx", "pytest"]
)


def sent_by_a_process_that_is_killed(world: World, position: int, *, takes_effect: bool) -> bool:
    """Whether the process survived. It is killed when the call at that position arrives, or after its effect."""
    pid: list[int] = []

    def kill(call: Call, forward: Forward) -> Reply:
        if takes_effect:
            forward(call.body)
        os.kill(pid[0], signal.SIGKILL)
        raise DroppedError

    fault: Fault = kill
    world.proxy.inject(None, fault, {position})
    answers: Connection[Any, Any]
    answers, other_end = _PROCESSES.Pipe(duplex=False)
    process = _PROCESSES.Process(
        target=child.run, args=(world.event(), world.settings, world.proxy.url, world.clock.ms, other_end)
    )
    process.start()
    assert process.pid is not None
    pid.append(process.pid)
    other_end.close()
    process.join()
    exit_code = process.exitcode
    process.close()
    world.proxy.settle()
    with answers:
        if exit_code == 0:
            assert answers.recv() == 200
            return True
    assert exit_code == -signal.SIGKILL
    return False


@pytest.mark.parametrize("takes_effect", [False, True], ids=["before a call", "after a call"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_each_lead_is_stored_once_whenever_the_process_is_killed(
    create_world: CreateWorld, case: Case, *, takes_effect: bool
) -> None:
    calls = len(steps(case)) + (3 if case.lead_count == 100 else 0)

    def drill_for(position: int) -> Drill:
        def drill(world: World) -> None:
            lived = sent_by_a_process_that_is_killed(world, position, takes_effect=takes_effect)
            if lived is not (position > calls):
                raise UnplannedError(world.proxy.steps())
            held = world.held()
            assert len(held) == len(set(held))
            if case.plan is Plan.FREE:
                assert len(held) in {0, case.lead_count}
            world.check_count()
            if case.has_key:
                claimed = {Step.CLAIM, Step.TRANSACT} & set(world.proxy.steps()[: None if takes_effect else -1])
                response = world.try_again()
                assert ("Idempotent-Replayed" in response.headers) is (bool(claimed) or lived)
                assert world.try_again().headers["Idempotent-Replayed"] == "true"

        return drill

    drills = [(f"call {position}", case, drill_for(position)) for position in range(1, calls + 2)]
    # Threads that wait for processes at the same time can take each other's exit codes.
    in_parallel(create_world, drills, at_once=1)
