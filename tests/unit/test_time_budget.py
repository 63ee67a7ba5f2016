"""A request gets a response before the function's time is up, however slow its calls are and however they fail."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from leads_core.deadlines import TimeBudget
from leads_core.dynamodb.lead_store import DynamoDBLeadStore
from leads_core.intake import Batch
from leads_core.plans import Plan
from support.clock import soon
from support.handlers import Api
from support.tables import Kind, Tables, TablesClient

BUDGET = TimeBudget()
LOST = ReadTimeoutError(endpoint_url="http://127.0.0.1")
NOTHING_STORED = "The service is temporarily unavailable. Nothing was stored. Please try again later."
WITH_KEY = {"Idempotency-Key": "key"}


def refused(code: str) -> ClientError:
    response: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return ClientError(response, "any")


THROTTLED = refused("ThrottlingException")
Next = Callable[[Kind], tuple[float, Exception | None]]


def slow(*kinds: Kind, failing: Exception | None = None, seconds: float = BUDGET.call_seconds) -> Next:
    """Calls of these kinds are as slow as possible, and fail if there is an error. All others take no time."""
    return lambda kind: (seconds, failing) if kind in kinds else (0, None)


@given(
    plan=st.sampled_from(Plan),
    has_key=st.booleans(),
    dry_run=st.booleans(),
    limit=st.sampled_from([10, 10, 10, 6, 3, 0.3]),
    calls=st.lists(
        st.tuples(
            st.sampled_from([BUDGET.call_seconds, BUDGET.call_seconds, 1, 0.1, 0]),
            st.sampled_from([None, LOST, THROTTLED]),
        ),
        min_size=1,
        max_size=12,
    ),
)
def test_every_request_gets_a_response_in_time(
    plan: Plan, limit: float, calls: list[tuple[float, Exception | None]], *, has_key: bool, dry_run: bool
) -> None:
    api = Api(plan)
    api.client.next_call = lambda _kind: calls[len(api.client.begun) % len(calls)]

    status, _ = api.send(
        milliseconds=round(limit * 1000),
        headers=WITH_KEY if has_key else {},
        queryStringParameters={"dryRun": str(dry_run)},
    )

    assert status in {200, 503}
    assert api.clock.seconds <= max(0, limit - BUDGET.response_seconds)
    assert all(at + BUDGET.call_seconds <= limit - BUDGET.response_seconds for _, at in api.client.begun)
    kinds = api.client.kinds()
    if has_key:
        assert Kind.DELETE not in kinds
        assert Kind.MARK in kinds or not api.leads() or plan is Plan.FREE, "what was written could be marked"
    elif Kind.PUT in kinds:
        assert (Kind.DELETE in kinds) is (status == 503), "what failed could be rolled back"


@pytest.mark.parametrize("failure", [LOST, THROTTLED], ids=["lost", "throttled"])
@pytest.mark.parametrize("seconds", [BUDGET.call_seconds, 1.3, 0.7, 0.1, 0])
def test_failing_puts_leave_time_for_a_rollback(seconds: float, failure: Exception) -> None:
    api = Api(Plan.BASIC)
    api.client.next_call = slow(Kind.PUT, failing=failure, seconds=seconds)

    assert api.send()[0] == 503

    assert api.client.kinds()[-1] is Kind.DELETE
    # They were retried until less time was left than a pause and a call take.
    puts_until = 10 - BUDGET.response_seconds - BUDGET.rollback_seconds
    last_put = max(at for kind, at in api.client.begun if kind is Kind.PUT)
    assert puts_until - 2 * BUDGET.call_seconds - 1 < last_put <= puts_until - BUDGET.call_seconds


def test_a_rollback_is_retried_after_a_transient_error() -> None:
    api = Api(Plan.BASIC)
    refusals = [THROTTLED]

    def next_call(kind: Kind) -> tuple[float, Exception | None]:
        if kind is Kind.PUT:  # all the time that puts may take
            return 10 - BUDGET.response_seconds - BUDGET.rollback_seconds, THROTTLED
        if kind is Kind.DELETE:
            return (0, refusals.pop()) if refusals else (BUDGET.call_seconds, None)
        return 0, None

    api.client.next_call = next_call

    assert api.send() == (503, NOTHING_STORED)
    assert api.client.kinds()[-3:] == [Kind.PUT, Kind.DELETE, Kind.DELETE]


@pytest.mark.parametrize("failures", range(4))
def test_leads_that_were_written_at_the_last_moment_are_marked_as_stored(failures: int) -> None:
    """Puts are retried only as long as there is time to mark the record, which is slow too."""
    api = Api(Plan.BASIC)
    left = [LOST] * failures
    api.client.next_call = lambda kind: (
        BUDGET.call_seconds if kind in {Kind.PUT, Kind.MARK} else 0,
        left.pop() if left and kind is Kind.PUT else None,
    )

    status, _ = api.send(headers=WITH_KEY)

    assert (status == 200) is bool(api.leads())
    assert [record["is_stored"]["BOOL"] for record in api.records()] == [status == 200]


@pytest.mark.parametrize("milliseconds", [0, 300, 2400])
def test_a_request_without_time_for_a_call_gets_a_response_without_one(milliseconds: int) -> None:
    api = Api(Plan.BASIC)
    assert api.send(milliseconds=milliseconds) == (503, NOTHING_STORED)
    assert api.client.begun == []


@pytest.mark.parametrize("count", [26, 100])
def test_a_rollback_waits_for_puts_in_flight(count: int) -> None:
    """A delete that takes effect before its put leaves the lead."""
    deleting = threading.Event()
    order: list[Kind] = []

    class Client(TablesClient):
        def call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
            kind = Kind.of(operation, arguments)
            if kind is Kind.PUT:
                [first, *_] = arguments["RequestItems"]["leads"]
                if first["PutRequest"]["Item"]["sk"]["S"].endswith("-000"):
                    raise refused("AccessDeniedException")
                deleting.wait(0.1)
            else:
                deleting.set()
            order.append(kind)
            return super().call(operation, arguments)

    tables = Tables()
    client: Any = Client(tables)
    store = DynamoDBLeadStore(client, access_table="access", leads_table="leads")
    with pytest.raises(ClientError):
        store.put_or_roll_back(Batch("workspace", "batch", "2026-11-23T12:00:00Z", [{}] * count), soon())
    assert order == sorted(order, reverse=True), "all puts before all deletes"
    assert tables.items("leads") == []


def test_a_rollback_deletes_all_leads_whatever_became_of_their_puts() -> None:
    """Includes a call that was carried out in part, and one whose response was lost."""
    tries: list[Kind] = []

    class Client(TablesClient):
        def call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
            tries.append(Kind.of(operation, arguments))
            writes = arguments["RequestItems"]["leads"]
            if len(tries) == 1:
                super().call(operation, {"RequestItems": {"leads": writes[:3]}})
                return {"UnprocessedItems": {"leads": writes[3:]}}
            answer = super().call(operation, arguments)
            if len(tries) == 2:
                raise LOST
            if len(tries) == 3:
                raise refused("AccessDeniedException")
            return answer

    tables = Tables()
    client: Any = Client(tables)
    store = DynamoDBLeadStore(client, access_table="access", leads_table="leads")
    with pytest.raises(ClientError):
        store.put_or_roll_back(Batch("workspace", "batch", "2026-11-23T12:00:00Z", [{}] * 7), soon())
    assert tries == [Kind.PUT, Kind.PUT, Kind.PUT, Kind.DELETE]
    assert tables.items("leads") == []
