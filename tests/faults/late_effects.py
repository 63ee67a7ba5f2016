"""Calls that take effect after they were given up."""

from random import Random

from faults.proxy import Call, Fault, Forward, LateError, Reply

SHORTEST_SECONDS = 0.1
LONGEST_SECONDS = 3.0


def late(seconds: float, *, drops: bool = False) -> Fault:
    """The call is carried out so many seconds after the function has given it up.

    It times out, unless the connection ``drops`` immediately. ``Proxy.wait_until_landed`` waits for all.
    """

    def fault(call: Call, forward: Forward) -> Reply:
        raise LateError(lambda: forward(call.body), seconds, drops=drops)

    return fault


def late_at_any_time(
    chance: Random, shortest: float = SHORTEST_SECONDS, longest: float = LONGEST_SECONDS, *, drops: bool | None = None
) -> Fault:
    """Each call is late by another time. Unless ``drops`` is given, it times out or its connection drops."""

    def fault(call: Call, forward: Forward) -> Reply:
        dropped = chance.random() < 0.5 if drops is None else drops
        return late(chance.uniform(shortest, longest), drops=dropped)(call, forward)

    return fault
