"""A request that is sent several times is stored once, whatever happens to each attempt and to each of its calls.

The attempts are threads, and only one runs at a time: each stops before every call to the database until the test
decides the outcome of the call. The stores are the real ones. The database is a dictionary, and some calls take effect
late.
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from leads_core import timestamps
from leads_core.deadlines import Clock, Deadline, TimeBudget
from leads_core.dynamodb.idempotency_records import DynamoDBIdempotencyRecords
from leads_core.dynamodb.lead_items import identified_lead
from leads_core.dynamodb.lead_store import DynamoDBLeadStore
from leads_core.dynamodb.schema import idempotency_record_key, workspace_key
from leads_core.errors import StoreUnavailableError
from leads_core.idempotency import RequestFingerprint
from leads_core.intake import Intake, PlanLimitExceeded, PlanLimitReached, Stored, Submission
from leads_core.plans import MOST_LEADS, Plan
from support.tables import Item, Kind, Tables, TablesClient

NOON = 1_795_435_200_000
FUNCTION_SECONDS = 10
# What a downgrade waits for requests that were admitted before: see leads_admin.
WAITED_SECONDS = FUNCTION_SECONDS + 2
CLOSED_COUNT = 10
BUDGET = TimeBudget()
ACCESS, LEADS = "access", "leads"
WORKSPACE = "workspace"
FINGERPRINT = RequestFingerprint("hash of the API key", "Idempotency-Key", "hash of the body")
RECORD_KEY = idempotency_record_key(FINGERPRINT)
OF_THE_KEY = ["Company 0", "Company 1", "Company 2"]
LOST = ReadTimeoutError(endpoint_url="http://127.0.0.1")
THROTTLED = ClientError(
    {"Error": {"Code": "ThrottlingException"}, "ResponseMetadata": {"HTTPStatusCode": 400}},  # type: ignore[typeddict-item]
    "any",
)


class Fate(Enum):
    """The outcome of a call to the database."""

    SUCCEEDS = "succeeds"
    IS_HALF_DONE = "writes the first of its leads only, and says so"
    IS_REFUSED = "is refused for now"
    IS_LOST = "has no effect, and no answer"
    HAS_NO_ANSWER = "has its effect, but no answer"
    COMES_LATE = "has no answer, and its effect later"
    KILLS_BEFORE = "has no effect, because the attempt is killed"
    KILLS_AFTER = "has its effect, and the attempt is killed"
    KILLS_AND_COMES_LATE = "has its effect later, and the attempt is killed"


KILLS = {Fate.KILLS_BEFORE, Fate.KILLS_AFTER, Fate.KILLS_AND_COMES_LATE}
LATE = {Fate.COMES_LATE, Fate.KILLS_AND_COMES_LATE}
FAILS = [Fate.COMES_LATE, Fate.IS_REFUSED, Fate.IS_LOST, Fate.HAS_NO_ANSWER, Fate.IS_HALF_DONE]
EFFECTIVE = {Fate.HAS_NO_ANSWER, Fate.KILLS_AFTER}
FATES = st.sampled_from([*[Fate.SUCCEEDS] * 3, *Fate])


class KilledError(BaseException):
    """Ends an attempt immediately."""


class LateCall(NamedTuple):
    """A call that timed out, and can still take effect."""

    attempt: "Attempt"
    effect: Callable[[], object]

    def land(self) -> None:
        with suppress(ClientError):
            self.effect()


class World:
    """The database of one workspace, and the time."""

    def __init__(self, plan: Plan) -> None:
        self.seconds = 0.0
        self.tables = Tables()
        self.late: list[LateCall] = []
        self.set_plan(plan, 0)

    @property
    def plan(self) -> Plan:
        return Plan(self._workspace["plan"]["S"])

    @property
    def lead_count(self) -> int:
        return int(self._workspace["lead_count"]["N"])

    @property
    def _workspace(self) -> Item:
        workspace = self.tables.item(ACCESS, workspace_key(WORKSPACE))
        assert workspace
        return workspace

    def set_plan(self, plan: Plan, lead_count: int) -> None:
        count = {"lead_count": {"N": str(lead_count)}} if plan is Plan.FREE else {}
        self.tables.put(ACCESS, {**workspace_key(WORKSPACE), "plan": {"S": plan}, **count})

    def record(self) -> Item | None:
        return self.tables.item(ACCESS, RECORD_KEY)

    def leads(self) -> dict[str, dict[str, Any]]:
        return {lead["id"]: lead for lead in map(identified_lead, self.tables.items(LEADS))}

    def leads_of_the_key(self) -> dict[str, dict[str, Any]]:
        return {lead_id: lead for lead_id, lead in self.leads().items() if lead["company"] in OF_THE_KEY}

    def unfinished(self) -> set[str]:
        """Leads of a request whose record is not marked: no client got a 200 for them."""
        record = self.record()
        return set() if record and record["is_stored"]["BOOL"] else set(self.leads_of_the_key())


class Attempt(TablesClient, Clock):
    """An attempt at a request, in a thread that runs only between two calls of ``step``; its own client and clock."""

    def __init__(self, world: World, skew_seconds: int, *, has_key: bool) -> None:
        super().__init__(world.tables)
        self.world = world
        self.has_key = has_key
        self.skew_ms = skew_seconds * 1000
        self.received_ms = self.now_ms()
        self.outcome: object = None
        self.lead_ids: set[str] = set()
        self.proposed_batch_id: str | None = None
        self.kind = Kind.READ
        companies = OF_THE_KEY if has_key else ["Without a key 0", "Without a key 1"]
        self._submission = Submission(
            WORKSPACE,
            world.plan,
            [{"company": company} for company in companies],
            self.received_ms,
            FINGERPRINT if has_key else None,
        )
        self._deadline = Deadline.after(FUNCTION_SECONDS - BUDGET.response_seconds, self, BUDGET)
        self._next: tuple[Fate, float] = Fate.SUCCEEDS, 0
        self._go = threading.Semaphore(0)
        self._stopped = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._stopped.acquire()

    @property
    def is_over(self) -> bool:
        return self.outcome is not None

    @property
    def received_at(self) -> str:
        return timestamps.from_epoch_ms(self.received_ms)

    def step(self, fate: Fate, seconds: float = 0.01) -> None:
        """Make its call, which takes so long, and continue to the next call or to the end."""
        self._next = fate, seconds
        self._go.release()
        self._stopped.acquire()
        if self.is_over:
            self._thread.join()

    def _run(self) -> None:
        client: Any = self
        store = DynamoDBLeadStore(client, access_table=ACCESS, leads_table=LEADS)
        intake = Intake(store, DynamoDBIdempotencyRecords(client, ACCESS), MOST_LEADS)
        try:
            self.outcome = intake.take_in(self._submission, self._deadline)
        except BaseException as exc:  # noqa: BLE001 - the machine looks at it
            self.outcome = exc
        self._stopped.release()

    def call(self, operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        self._notice(operation, arguments)
        self._stopped.release()
        self._go.acquire()
        fate, seconds = self._next
        self.world.seconds += seconds
        call = LateCall(self, lambda: self.world.tables.make(operation, arguments))
        if fate in LATE:
            self.world.late.append(call)
        if fate in EFFECTIVE:
            call.land()
        if fate in KILLS:
            raise KilledError
        if fate is Fate.IS_REFUSED:
            raise THROTTLED
        if fate is Fate.IS_HALF_DONE and operation == "batch_write_item":
            first, *others = arguments["RequestItems"][LEADS]
            self.world.tables.make(operation, {"RequestItems": {LEADS: [first]}})
            return {"UnprocessedItems": {LEADS: others} if others else {}}
        if fate in {Fate.SUCCEEDS, Fate.IS_HALF_DONE}:
            return self.world.tables.make(operation, arguments)
        raise LOST

    def _notice(self, operation: str, arguments: dict[str, Any]) -> None:
        """Record the kind of the call, the leads that it would store, and the batch that it would record."""
        self.kind = Kind.of(operation, arguments)
        puts = [write.get("PutRequest", {}) for write in arguments.get("RequestItems", {}).get(LEADS, [])]
        puts += [action.get("Put", {}) for action in arguments.get("TransactItems", [])]
        items = [put["Item"] for put in puts if put]
        if self.kind is Kind.CLAIM:
            items.append({"batch_id": arguments["ExpressionAttributeValues"][":batch_id"]})
        self.lead_ids |= {item["sk"]["S"] for item in items if "sk" in item}
        for item in items:
            if "batch_id" in item:
                self.proposed_batch_id = item["batch_id"]["S"]

    # Clock

    def now_ms(self) -> int:
        return NOON + round(self.world.seconds * 1000) + self.skew_ms

    def monotonic(self) -> float:
        return self.world.seconds

    def sleep(self, seconds: float) -> None:
        self.world.seconds += seconds


class AttemptsAtRequests(RuleBasedStateMachine):
    """Attempts at a request with an Idempotency-Key, requests without one, and the workspace's plan, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(Plan.BASIC)
        self.attempts: list[Attempt] = []
        self.closed_for: list[Attempt] | None = None
        self.has_counted_unfinished = False

    @initialize(plan=st.sampled_from([Plan.BASIC, Plan.BASIC, Plan.FREE]))
    def begin(self, plan: Plan) -> None:
        self.world.set_plan(plan, 0)

    def under_way(self) -> list[Attempt]:
        return [attempt for attempt in self.attempts if not attempt.is_over]

    @precondition(lambda self: len(self.under_way()) < 3)
    @rule(
        has_key=st.booleans(),
        skew_seconds=st.sampled_from([0, 0, 2, -2, 3600, -3600]),
        calls=st.sampled_from([0, 0, 1, 1, 2, 99]),
    )
    def send(self, skew_seconds: int, calls: int, *, has_key: bool) -> None:
        """Send a request, and let it make so many calls."""
        attempt = Attempt(self.world, skew_seconds, has_key=has_key)
        self.attempts.append(attempt)
        while calls and not attempt.is_over:
            self.let(attempt, Fate.SUCCEEDS)
            calls -= 1

    @precondition(lambda self: self.under_way())
    @rule(
        which=st.integers(0, 2),
        fate=FATES,
        pause=st.sampled_from([0, 0, 0, 0.5, FUNCTION_SECONDS, 3600]),
        seconds=st.sampled_from([0.01, 1, BUDGET.call_seconds]),
    )
    def go_on(self, which: int, fate: Fate, pause: float, seconds: float) -> None:
        """Pause an attempt, and then let it make its call."""
        # Records are kept for a day. A later attempt is another request.
        self.world.seconds += pause if self.world.seconds < 70_000 else 0
        self.let(self.pick(which), fate, seconds)

    @precondition(lambda self: self.under_way())
    @rule(
        which=st.integers(0, 2),
        kind=st.sampled_from([None, None, Kind.PUT, Kind.MARK, Kind.DELETE]),
        fates=st.lists(st.sampled_from(FAILS), min_size=1, max_size=3),
    )
    def go_on_to_the_end(self, which: int, kind: Kind | None, fates: list[Fate]) -> None:
        """Make its calls of one kind fail like this, by default the kind of its next call. All others succeed."""
        attempt = self.pick(which)
        kind = kind or attempt.kind
        while not attempt.is_over:
            if attempt.kind is kind:
                self.let(attempt, fates[0], 1)
                fates = fates[1:] or fates
            else:
                self.let(attempt, Fate.SUCCEEDS)

    @precondition(lambda self: self.world.late)
    @rule(which=st.integers(0, 50))
    def a_late_call_is_carried_out(self, which: int) -> None:
        self.world.late.pop(which % len(self.world.late)).land()

    @rule(step=st.sampled_from(["begin a downgrade", "end it", "end it", "upgrade"]), are_carried_out=st.booleans())
    def change_the_plan(self, step: str, *, are_carried_out: bool) -> None:
        """Change the plan as administration does: a downgrade closes the workspace first."""
        if step == "upgrade":
            self.world.set_plan(Plan.BASIC, 0)
            self.closed_for = None
            return
        if self.world.plan is Plan.BASIC:
            self.world.set_plan(Plan.FREE, CLOSED_COUNT)
            self.closed_for = list(self.attempts)
        if self.closed_for is not None and step == "end it":
            self.end_the_downgrade(self.closed_for, are_carried_out=are_carried_out)

    def end_the_downgrade(self, before: list[Attempt], *, are_carried_out: bool) -> None:
        """Count the leads after all requests in flight have ended, because the function's time is over."""
        self.world.seconds += WAITED_SECONDS
        for attempt in before:
            if not attempt.is_over:
                self.let(attempt, Fate.KILLS_AFTER if are_carried_out else Fate.KILLS_BEFORE)
        for call in [call for call in self.world.late if call.attempt in before]:
            self.world.late.remove(call)
            if are_carried_out:
                call.land()
        self.closed_for = None
        self.has_counted_unfinished = bool(self.world.unfinished())
        self.world.set_plan(Plan.FREE, len(self.world.leads()))

    def pick(self, which: int) -> Attempt:
        under_way = self.under_way()
        return under_way[which % len(under_way)]

    def let(self, attempt: Attempt, fate: Fate, seconds: float = 0.01) -> None:
        attempt.step(fate, seconds)
        if attempt.is_over:
            self.check(attempt)

    def check(self, attempt: Attempt) -> None:
        """Check that the attempt ended in an expected way, and that its result is true now."""
        match attempt.outcome:
            case Stored() as outcome if attempt.has_key:
                record = self.world.record()
                assert record
                assert record["is_stored"]["BOOL"]
                assert outcome.batch_id == record["batch_id"]["S"]
                assert outcome.is_retry is (attempt.proposed_batch_id != outcome.batch_id)
                assert int(record["delete_at"]["N"]) >= attempt.received_ms // 1000 + 86_400, "a day begins again"
            case PlanLimitReached() | PlanLimitExceeded() if attempt.has_key:
                assert self.world.record() is None
            case Stored() | PlanLimitReached() | PlanLimitExceeded() | StoreUnavailableError() | KilledError():
                pass
            case _:
                raise AssertionError(attempt.outcome)

    @invariant()
    def what_is_stored_stays_so(self) -> None:
        held = self.world.leads()
        for attempt in self.attempts:
            if isinstance(attempt.outcome, Stored) and not attempt.has_key:
                assert set(attempt.outcome.lead_ids) == attempt.lead_ids
                assert {held[lead_id]["date"] for lead_id in attempt.lead_ids} == {attempt.received_at}
            if isinstance(attempt.outcome, Stored) and attempt.has_key:
                assert [held[str(each)]["company"] for each in attempt.outcome.lead_ids] == OF_THE_KEY

    @invariant()
    def what_is_said_not_to_be_stored_never_is(self) -> None:
        held = self.world.leads()
        for attempt in self.attempts:
            if attempt.has_key:
                continue
            outcome = attempt.outcome
            failed_for_certain = isinstance(outcome, StoreUnavailableError) and not outcome.leads_may_be_stored
            if failed_for_certain or isinstance(outcome, PlanLimitReached | PlanLimitExceeded):
                assert attempt.lead_ids.isdisjoint(held)

    @invariant()
    def the_leads_of_a_key_are_of_one_batch_and_of_the_first_attempts_time(self) -> None:
        record = self.world.record()
        leads = self.world.leads_of_the_key()
        if record is None:
            assert leads == {}
            return
        batch_id = record["batch_id"]["S"]
        [first] = [attempt for attempt in self.attempts if attempt.proposed_batch_id == batch_id]
        for lead_id, lead in leads.items():
            assert lead_id.startswith(f"{batch_id}-")
            assert lead["date"] == first.received_at

    @invariant()
    def leads_on_the_free_plan_are_counted(self) -> None:
        if self.world.plan is Plan.FREE and self.closed_for is None:
            finished = len(self.world.leads()) - len(self.world.unfinished())
            assert self.world.lead_count >= finished
            assert self.has_counted_unfinished or self.world.lead_count == finished

    def teardown(self) -> None:
        last = Attempt(self.world, 0, has_key=True)
        self.attempts.append(last)
        while not last.is_over:
            self.let(last, Fate.SUCCEEDS)
        assert isinstance(last.outcome, Stored) or (self.world.plan is Plan.FREE and self.world.lead_count > 2)
        for attempt in self.under_way():
            self.let(attempt, Fate.KILLS_AFTER)
        while self.world.late:
            self.world.late.pop().land()
        if isinstance(last.outcome, Stored):
            leads = self.world.leads_of_the_key()
            assert [lead["company"] for _, lead in sorted(leads.items())] == OF_THE_KEY
        self.what_is_stored_stays_so()
        self.what_is_said_not_to_be_stored_never_is()
        self.the_leads_of_a_key_are_of_one_batch_and_of_the_first_attempts_time()


TestAttemptsAtRequests = AttemptsAtRequests.TestCase


def machine(plan: Plan) -> AttemptsAtRequests:
    machine = AttemptsAtRequests()
    machine.begin(plan)
    return machine


@pytest.mark.parametrize("fate", FAILS)
def test_a_failed_attempt_deletes_nothing_that_another_attempt_stored(fate: Fate) -> None:
    attempts = machine(Plan.BASIC)
    attempts.send(0, 1, has_key=True)
    attempts.send(0, 99, has_key=True)
    attempts.go_on_to_the_end(0, Kind.PUT, [fate])
    attempts.what_is_stored_stays_so()
    attempts.teardown()


def test_an_attempt_that_resumes_an_hour_later_changes_nothing() -> None:
    attempts = machine(Plan.BASIC)
    attempts.send(-2, 1, has_key=True)
    attempts.send(0, 99, has_key=True)
    attempts.go_on(0, Fate.SUCCEEDS, 3600, 1)
    attempts.what_is_stored_stays_so()
    attempts.teardown()


@pytest.mark.parametrize("then", [Fate.IS_REFUSED, Fate.IS_LOST])
def test_after_a_put_in_doubt_no_response_claims_that_nothing_was_stored(then: Fate) -> None:
    attempts = machine(Plan.BASIC)
    attempts.send(0, 0, has_key=False)
    attempts.go_on_to_the_end(0, Kind.PUT, [Fate.COMES_LATE, then])
    [attempt] = attempts.attempts
    assert isinstance(attempt.outcome, StoreUnavailableError)
    assert attempt.outcome.leads_may_be_stored
    attempts.teardown()


@pytest.mark.parametrize("fate", [Fate.IS_REFUSED, Fate.IS_LOST])
def test_after_a_failed_rollback_no_response_claims_that_nothing_was_stored(fate: Fate) -> None:
    attempts = machine(Plan.BASIC)
    attempts.send(0, 0, has_key=False)
    attempts.go_on(0, Fate.IS_HALF_DONE, 0, 1)
    while attempts.under_way():
        attempts.go_on(0, Fate.IS_REFUSED if attempts.pick(0).kind is Kind.PUT else fate, 0, 1)
    [attempt] = attempts.attempts
    assert isinstance(attempt.outcome, StoreUnavailableError)
    assert attempt.outcome.leads_may_be_stored
    attempts.teardown()


@pytest.mark.parametrize("calls", [1, 2])
def test_a_batch_begun_before_a_downgrade_is_finished_and_counted_after_it(calls: int) -> None:
    attempts = machine(Plan.BASIC)
    attempts.send(0, calls, has_key=True)
    attempts.go_on(0, Fate.KILLS_BEFORE, 0, 1)
    attempts.change_the_plan("end it", are_carried_out=False)
    counted_before = attempts.world.lead_count
    attempts.send(0, 99, has_key=True)
    assert isinstance(attempts.attempts[-1].outcome, Stored)
    assert (counted_before, attempts.world.lead_count) == ((0, 3) if calls == 1 else (3, 6))
    attempts.send(0, 99, has_key=True)
    assert attempts.world.lead_count == counted_before + 3, "it is counted once"
    attempts.teardown()


def test_leads_are_counted_once_if_the_response_to_the_mark_is_lost() -> None:
    attempts = machine(Plan.BASIC)
    attempts.send(0, 1, has_key=True)
    attempts.change_the_plan("end it", are_carried_out=False)
    attempts.send(0, 0, has_key=True)
    attempts.go_on_to_the_end(0, Kind.MARK, [Fate.HAS_NO_ANSWER])
    assert attempts.world.lead_count == 3
    attempts.teardown()


def test_a_retry_with_a_slow_clock_does_not_shorten_the_life_of_the_record() -> None:
    attempts = machine(Plan.BASIC)
    kept_until = []
    for skew_seconds in (3600, -3600):
        attempts.send(skew_seconds, 99, has_key=True)
        record = attempts.world.record()
        assert record
        kept_until.append(record["delete_at"])
    assert kept_until[0] == kept_until[1]
