"""Faults of a call."""

import json
import time
from collections.abc import Callable
from typing import Any

from faults.proxy import Call, DroppedError, Fault, Forward, HungError, Reply


def _refusal(status: int, code: str, **more: Any) -> Reply:  # noqa: ANN401 - any JSON
    error = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "Injected.", "Message": "Injected."}
    return Reply(status, json.dumps({**error, **more}).encode())


def refused(code: str, status: int = 400) -> Fault:
    def fault(_call: Call, _forward: Forward) -> Reply:
        return _refusal(status, code)

    return fault


def failed_behind(call: Call, forward: Forward) -> Reply:
    """A server error, though the call has taken effect."""
    forward(call.body)
    return _refusal(500, "InternalServerError")


def failed_without_dynamodb(_call: Call, _forward: Forward) -> Reply:
    """A load balancer's response."""
    return Reply(503, b"<html><body>Service Unavailable</body></html>")


def dropped(_call: Call, _forward: Forward) -> Reply:
    raise DroppedError


def dropped_behind(call: Call, forward: Forward) -> Reply:
    forward(call.body)
    raise DroppedError


def hung(_call: Call, _forward: Forward) -> Reply:
    raise HungError


def hung_behind(call: Call, forward: Forward) -> Reply:
    forward(call.body)
    raise HungError


def cut_short(call: Call, forward: Forward) -> Reply:
    """The connection is lost in the middle of the response."""
    reply = forward(call.body)
    return Reply(reply.status, reply.body, cut_after=len(reply.body) // 2)


def partly_done(call: Call, forward: Forward) -> Reply:
    """Half of a batch is written, and the rest is returned. A single item is not written."""
    ((table, writes),) = call.body["RequestItems"].items()
    done, rest = writes[: len(writes) // 2], writes[len(writes) // 2 :]
    if done:
        assert forward({"RequestItems": {table: done}}).status == 200
    return Reply(200, json.dumps({"UnprocessedItems": {table: rest}}).encode())


def cancelled(*codes: str) -> Fault:
    """A transaction is cancelled for these reasons of its first actions."""

    def fault(call: Call, _forward: Forward) -> Reply:
        others = len(call.body["TransactItems"]) - len(codes)
        reasons = [{"Code": code} if code == "None" else {"Code": code, "Message": "Injected."} for code in codes]
        reasons += [{"Code": "None"}] * others
        return _refusal(400, "TransactionCanceledException", CancellationReasons=reasons)

    return fault


def after(what: Callable[[], object]) -> Fault:
    """Something happens before the call is forwarded."""

    def fault(call: Call, forward: Forward) -> Reply:
        what()
        return forward(call.body)

    return fault


def slowly(seconds: float) -> Fault:
    def fault(call: Call, forward: Forward) -> Reply:
        time.sleep(seconds)
        return forward(call.body)

    return fault


THROTTLED = refused("ThrottlingException")
FAILED = refused("InternalServerError", 500)

# After these the call may have had an effect, as far as the function can know.
IN_DOUBT: dict[str, Fault] = {
    "500 before the effect": FAILED,
    "500 after the effect": failed_behind,
    "503 without DynamoDB": failed_without_dynamodb,
    "dropped before the effect": dropped,
    "dropped after the effect": dropped_behind,
    "cut in the answer": cut_short,
}
HUNG: dict[str, Fault] = {"hung before the effect": hung, "hung after the effect": hung_behind}
REFUSED: dict[str, Fault] = {
    code: refused(code) for code in ("ProvisionedThroughputExceededException", "ThrottlingException")
}
QUICK = REFUSED | IN_DOUBT
