"""API keys are created, listed, rotated and revoked, while requests and changes of plans continue."""

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from leads_admin.workspaces import MOST_KEYS_PER_WORKSPACE, AdministrationError
from leads_core import keys
from leads_core.admission import Admission, Admitted, InvalidKey, RateLimited
from leads_core.deadlines import Clock
from leads_core.dynamodb.key_store import DynamoDBKeyStore
from leads_core.errors import StoreUnavailableError
from leads_core.plans import Plan
from leads_core.rate_limit import RateLimit

if TYPE_CHECKING:
    pass

from support.clock import soon
from support.operators import RATE_LIMIT, Operator, once

HOUR, DAY = 3_600_000, 86_400_000


@pytest.mark.parametrize("plan", Plan)
def test_a_new_key_is_admitted_with_its_workspace_and_plan(operator: Operator, plan: Plan) -> None:
    workspace = operator.workspace(plan)

    secret = operator.workspaces.create_key(workspace, label="CRM")

    assert keys.is_well_formed(secret)
    admitted = operator.admit(secret)
    assert (admitted.workspace_id, admitted.plan) == (workspace, plan)
    assert operator.key_item(secret)["label"] == "CRM"


def test_the_secret_is_not_stored(operator: Operator) -> None:
    secret = operator.workspaces.create_key(operator.workspace(Plan.BASIC))

    everything = operator.client.scan(TableName=operator.settings.access_table)["Items"]
    assert secret not in str(everything)
    assert secret[: len("cdz_") + 8] in str(everything)
    assert secret[: len("cdz_") + 9] not in str(everything)


def test_a_revoked_key_is_refused_and_the_workspaces_other_keys_are_not(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    leaked, other = operator.workspaces.create_key(workspace), operator.workspaces.create_key(workspace)
    operator.admit(leaked)

    assert operator.workspaces.revoke_key(workspace, leaked[:12]) == leaked[:12]

    assert operator.admit(leaked) == InvalidKey()
    assert isinstance(operator.admit(other), Admitted)
    assert operator.workspace_item(workspace)["key_count"] == "1"


def test_an_ambiguous_start_revokes_no_key(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secrets = [
        operator.workspaces.create_key(workspace, secret=secret_like(start)) for start in ("AAAAB", "AAAAC", "D")
    ]

    with pytest.raises(AdministrationError, match="2 valid keys that start with cdz_AAAA"):
        operator.workspaces.revoke_key(workspace, "cdz_AAAA")
    assert all(isinstance(operator.admit(secret), Admitted) for secret in secrets)

    assert operator.workspaces.revoke_key(workspace, "cdz_AAAAB") == "cdz_AAAAB000"
    assert operator.workspaces.revoke_key(workspace, "cdz_AAAA") == "cdz_AAAAC000"  # now unique


def test_an_unknown_start_revokes_no_key(operator: Operator) -> None:
    workspace, other = operator.workspace(Plan.BASIC), operator.workspace(Plan.BASIC)
    elsewhere = operator.workspaces.create_key(other)
    revoked = operator.workspaces.create_key(workspace)
    operator.workspaces.revoke_key(workspace, revoked[:12])

    for start in (elsewhere[:12], revoked[:12], "cdz_????"):
        with pytest.raises(AdministrationError, match="no valid keys"):
            operator.workspaces.revoke_key(workspace, start)
    assert isinstance(operator.admit(elsewhere), Admitted)


@pytest.mark.parametrize("start", ["", "cdz_", "cdz_AAA"])
def test_a_start_that_is_too_short_revokes_no_key(operator: Operator, start: str) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secret = operator.workspaces.create_key(workspace, secret=secret_like("AAAA"))

    with pytest.raises(AdministrationError, match="at least the first 8 characters"):
        operator.workspaces.revoke_key(workspace, start)
    assert isinstance(operator.admit(secret), Admitted)


@pytest.mark.slow
def test_a_workspace_may_have_the_maximum_of_keys_and_all_change_their_plan(operator: Operator) -> None:
    workspace = operator.workspace(Plan.FREE)
    secrets = [operator.workspaces.create_key(workspace) for _ in range(MOST_KEYS_PER_WORKSPACE)]
    with pytest.raises(AdministrationError, match="90 keys, the most possible"):
        operator.workspaces.create_key(workspace)

    for plan in (Plan.BASIC, Plan.FREE):
        operator.workspaces.set_plan(workspace, plan)
        assert {operator.key_item(secret)["plan"] for secret in secrets} == {plan}

    operator.workspaces.revoke_key(workspace, secrets[0][:12])
    assert operator.admit(operator.workspaces.create_key(workspace)).plan is Plan.FREE


def test_a_key_that_is_created_while_the_plan_changes_is_on_the_new_plan(operator: Operator, other: Operator) -> None:
    workspace = operator.workspace(Plan.FREE)
    secrets = [operator.workspaces.create_key(workspace)]
    once(
        operator,
        "TransactWriteItems",
        lambda: secrets.append(other.workspaces.create_key(workspace)),
    )

    operator.workspaces.set_plan(workspace, Plan.BASIC)

    assert [operator.admit(secret).plan for secret in secrets] == [Plan.BASIC, Plan.BASIC]


def test_a_key_gets_the_plan_that_is_set_while_it_is_created(operator: Operator, other: Operator) -> None:
    workspace = operator.workspace(Plan.FREE)
    once(
        operator,
        "TransactWriteItems",
        lambda: other.workspaces.set_plan(workspace, Plan.BASIC),
    )

    secret = operator.workspaces.create_key(workspace)

    assert operator.admit(secret).plan is Plan.BASIC
    assert operator.workspace_item(workspace)["key_count"] == "1"


def test_a_key_that_expires_is_refused_from_then_on(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)

    secret = operator.workspaces.create_key(workspace, expires_in=HOUR)

    assert isinstance(operator.admit(secret, after=HOUR - 5_000), Admitted)
    assert operator.admit(secret, after=HOUR) == InvalidKey()


def test_the_keys_of_a_workspace_are_listed_with_their_state(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    assert operator.workspaces.keys(workspace) == []
    secrets = {
        "valid": operator.workspaces.create_key(workspace, label="CRM"),
        "expired": operator.workspaces.create_key(workspace, expires_in=0),
        "revoked": operator.workspaces.create_key(workspace, expires_in=DAY),
    }
    operator.workspaces.revoke_key(workspace, secrets["revoked"][:12])
    operator.admit(secrets["valid"])
    operator.workspaces.create_key(operator.workspace(Plan.BASIC))

    listed = {key.state: key for key in operator.workspaces.keys(workspace)}

    assert {state: key.start for state, key in listed.items()} == {state: key[:12] for state, key in secrets.items()}
    assert (listed["valid"].label, listed["expired"].label) == ("CRM", None)
    assert (listed["valid"].expires_at, listed["valid"].revoked_at) == (None, None)
    assert [bool(listed[state].last_used_at) for state in secrets] == [True, False, False]
    for state, secret in secrets.items():
        assert isinstance(operator.admit(secret), Admitted) is (state == "valid")


def test_a_rotated_key_works_until_its_grace_period_ends_and_the_new_one_afterwards(operator: Operator) -> None:
    workspace = operator.workspace(Plan.FREE)
    old = operator.workspaces.create_key(workspace, label="CRM")

    rotation = operator.workspaces.rotate_key(workspace, old[:12], grace=DAY)

    assert rotation.old_start == old[:12]
    assert operator.key_item(old)["expires_at"] == rotation.old_expires_at
    assert isinstance(operator.admit(old, after=DAY - 5_000), Admitted)
    assert operator.admit(old, after=DAY) == InvalidKey()
    admitted = operator.admit(rotation.secret, after=1000 * DAY)
    assert (admitted.workspace_id, admitted.plan) == (workspace, Plan.FREE)
    assert operator.key_item(rotation.secret)["label"] == "CRM"
    assert operator.workspace_item(workspace)["key_count"] == "2"


def test_a_process_that_knows_a_key_refuses_it_after_its_grace_period(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    old = operator.workspaces.create_key(workspace)
    admission = Admission(DynamoDBKeyStore(operator.client, operator.settings.access_table), RATE_LIMIT)
    now = Clock().now_ms()

    def admit(after: int) -> Any:  # noqa: ANN401
        return admission.admit(old, now_ms=now + after, deadline=soon())

    assert isinstance(admit(0), Admitted)
    operator.workspaces.rotate_key(workspace, old[:12], grace=HOUR)

    assert isinstance(admit(HOUR - 5_000), Admitted)
    assert admit(HOUR + 5_000) == InvalidKey()


def test_without_a_grace_period_a_rotated_key_is_refused_immediately(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    old = operator.workspaces.create_key(workspace)

    rotation = operator.workspaces.rotate_key(workspace, old[:12], grace=0, expires_in=HOUR)

    assert operator.admit(old) == InvalidKey()
    assert isinstance(operator.admit(rotation.secret), Admitted)
    assert operator.admit(rotation.secret, after=HOUR) == InvalidKey()


def test_a_rotation_never_extends_a_key(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    old = operator.workspaces.create_key(workspace, expires_in=HOUR)
    ends_at = operator.key_item(old)["expires_at"]

    first = operator.workspaces.rotate_key(workspace, old[:12], grace=DAY)
    second = operator.workspaces.rotate_key(workspace, old[:12], grace=2 * DAY)

    assert (first.old_expires_at, second.old_expires_at) == (ends_at, ends_at)
    assert operator.admit(old, after=HOUR) == InvalidKey()


def test_a_key_that_is_revoked_while_it_is_rotated_is_not_replaced(operator: Operator, other: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    old = operator.workspaces.create_key(workspace)

    def revoke() -> None:
        other.workspaces.revoke_key(workspace, old[:12])
        other.workspaces.create_key(workspace)  # there are as many keys as before

    once(operator, "TransactWriteItems", revoke)

    with pytest.raises(AdministrationError, match="no valid keys"):
        operator.workspaces.rotate_key(workspace, old[:12], grace=DAY)

    assert sorted(key.state for key in operator.workspaces.keys(workspace)) == ["revoked", "valid"]


@pytest.mark.parametrize("expires_in", [None, 10 * DAY])
def test_the_shorter_grace_period_of_two_simultaneous_rotations_holds(
    operator: Operator, other: Operator, expires_in: int | None
) -> None:
    workspace = operator.workspace(Plan.BASIC)
    old = operator.workspaces.create_key(workspace, expires_in=expires_in)

    def rotate() -> None:
        rotation = other.workspaces.rotate_key(workspace, old[:12], grace=HOUR)
        other.workspaces.revoke_key(workspace, rotation.secret[:12])  # there are as many keys as before

    once(operator, "TransactWriteItems", rotate)

    operator.workspaces.rotate_key(workspace, old[:12], grace=DAY)

    assert operator.admit(old, after=HOUR) == InvalidKey()


def test_a_rotation_fails_if_the_workspace_has_the_maximum_of_keys(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secrets = [operator.workspaces.create_key(workspace) for _ in range(MOST_KEYS_PER_WORKSPACE)]

    with pytest.raises(AdministrationError, match="90 keys, the most possible"):
        operator.workspaces.rotate_key(workspace, secrets[0][:12], grace=0)

    assert isinstance(operator.admit(secrets[0]), Admitted)


def secret_like(start: str) -> str:
    return keys.with_checksum(f"{keys.PREFIX}{start}".ljust(len(keys.PREFIX) + keys.RANDOM_LENGTH, "0"))


CLOCK = Clock()
SMALL_LIMIT = RateLimit(requests=3, window_seconds=300)


def instance(
    operator: Operator, clock: Callable[[], int] = CLOCK.now_ms, limit: RateLimit = SMALL_LIMIT
) -> Callable[[str], Any]:
    """An instance of the function: it returns the result for a request with a key, at the time of its clock."""
    admission = Admission(DynamoDBKeyStore(operator.client, operator.settings.access_table), limit)
    return lambda secret: admission.admit(secret, now_ms=clock(), deadline=soon())


def counted(operator: Operator, secret: str) -> int:
    """The number of requests in a key's counters, after a check that they agree."""
    item = operator.key_item(secret)
    slots = [int(value) for name, value in item.items() if name[1:].isdigit()]
    assert int(item["used"]) == sum(slots)
    return sum(slots)


def test_a_key_that_a_fast_clock_has_used_up_is_admitted_after_a_reset(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secret, other = operator.workspaces.create_key(workspace), operator.workspaces.create_key(workspace)
    ahead = instance(operator, lambda: Clock().now_ms() + HOUR)
    assert [isinstance(ahead(secret), Admitted) for _ in range(4)] == [True] * 3 + [False]
    assert isinstance(ahead(other), Admitted)
    refused = instance(operator)(secret)
    assert isinstance(refused, RateLimited)
    assert refused.retry_after_seconds * 1000 > HOUR

    assert operator.workspaces.reset_limit(workspace, secret[:12]) == secret[:12]

    assert counted(operator, secret) == 0
    admits = instance(operator)
    assert [isinstance(admits(secret), Admitted) for _ in range(4)] == [True] * 3 + [False]
    assert counted(operator, secret) == 3
    assert counted(operator, other) == 1


@pytest.mark.parametrize("used_by", ["nobody", "this instance", "another instance", "a clock ahead"])
@pytest.mark.parametrize("call", range(3))
def test_a_request_during_a_reset_is_counted_once_or_not_at_all(
    operator: Operator, other: Operator, used_by: str, call: int
) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secret = operator.workspaces.create_key(workspace)
    admits = instance(operator)
    {
        "nobody": lambda _: None,
        "this instance": admits,
        "another instance": instance(other),
        "a clock ahead": instance(other, lambda: Clock().now_ms() + HOUR),
    }[used_by](secret)
    calls = itertools.count()
    resets: list[str] = []

    def reset(**_: Any) -> None:  # noqa: ANN401
        if next(calls) == call:
            resets.append(other.workspaces.reset_limit(workspace, secret[:12]))

    operator.client.meta.events.register("before-call.dynamodb.UpdateItem", reset)
    assert isinstance(admits(secret), Admitted)
    operator.client.meta.events.unregister("before-call.dynamodb.UpdateItem", reset)

    if resets:
        assert counted(operator, secret) == 1
    remaining = SMALL_LIMIT.requests - counted(operator, secret)
    assert [isinstance(admits(secret), Admitted) for _ in range(remaining + 1)] == [True] * remaining + [False]


def test_counters_add_up_after_simultaneous_requests_and_resets(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secret = operator.workspaces.create_key(workspace)
    start = threading.Barrier(4)

    def use(skew: int) -> None:
        admits = instance(operator, lambda: Clock().now_ms() + skew, RATE_LIMIT)
        start.wait()
        for _ in range(25):
            with suppress(StoreUnavailableError):  # the error if the counters change at every attempt
                admits(secret)

    def reset() -> None:
        start.wait()
        for _ in range(15):
            operator.workspaces.reset_limit(workspace, secret[:12])

    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(use, skew) for skew in (0, 0, 5_000)] + [pool.submit(reset)]
        for future in done:
            future.result()

    before = counted(operator, secret)
    assert isinstance(instance(operator, limit=RATE_LIMIT)(secret), Admitted)
    assert counted(operator, secret) == before + 1


def test_a_key_that_is_revoked_while_its_limit_is_reset_stays_revoked(operator: Operator, other: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secret = operator.workspaces.create_key(workspace)
    once(operator, "UpdateItem", lambda: other.workspaces.revoke_key(workspace, secret[:12]))

    with pytest.raises(AdministrationError, match="no valid keys"):
        operator.workspaces.reset_limit(workspace, secret[:12])

    assert operator.admit(secret) == InvalidKey()
