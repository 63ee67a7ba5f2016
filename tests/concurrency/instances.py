"""Instances of the function as separate processes: what runs in them, and how a test controls them.

A test calls a function of this module in a process by ``Instance.start``, and may start it in several at once. Each has
its own client, its own memory of keys and, because the function's ``now`` is an argument, its own clock.
"""

import contextlib
import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from itertools import count, cycle
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from botocore.awsrequest import AWSPreparedRequest

from leads_admin.local_client import local_client
from leads_admin.workspaces import Workspaces
from leads_core import intake
from leads_core.admission import Admission, Admitted, InvalidKey, RateLimited
from leads_core.deadlines import Clock, Deadline, TimeBudget
from leads_core.dynamodb.client import create_client
from leads_core.dynamodb.idempotency_records import DynamoDBIdempotencyRecords
from leads_core.dynamodb.key_store import DynamoDBKeyStore
from leads_core.dynamodb.lead_store import DynamoDBLeadStore
from leads_core.errors import StoreUnavailableError
from leads_core.idempotency import RequestFingerprint
from leads_core.intake import Intake, Submission
from leads_core.leads import Lead
from leads_core.plans import Plan
from leads_core.settings import Settings
from support.clock import SkewedClock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

P = ParamSpec("P")
T = TypeVar("T")

Admittance = Admitted | InvalidKey | RateLimited
Outcome = intake.IntakeResult | InvalidKey | RateLimited


# --- The test's side


class Instance:
    """A process that runs one task at a time."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._connection, theirs = Pipe()
        tests = str(Path(__file__).parents[1])
        paths = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), tests)))
        self._process = subprocess.Popen(
            [sys.executable, "-c", f"from concurrency.instances import serve; serve({theirs.fileno()})"],
            env={**os.environ, **environment, "PYTHONPATH": paths},
            pass_fds=[theirs.fileno()],
        )
        theirs.close()
        self._life: int | None = None
        self.is_busy = False

    def start(self, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Callable[[], T]:
        """Start a task. The returned function waits until it is done, and returns its result or raises its error."""
        self._connection.send((do, args, kwargs))
        self.is_busy = True

        def result() -> T:
            outcome: T | BaseException = self._connection.recv()
            self.is_busy = False
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        return result

    def do(self, do: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a task, and return its result."""
        return self.start(do, *args, **kwargs)()

    def enough(self) -> None:
        """End a task that runs until the test has enough."""
        self._connection.send(_ENOUGH)

    def wait_until_frozen(self) -> None:
        """Wait until the process has stopped at the call of ``freeze_before``."""
        assert self._connection.recv() == _FROZEN

    def begin_life(self, setup: "Setup") -> None:
        """Let a copy of the process do all that follows, so that it can be killed. Starting a process takes long."""
        self._life = self.do(live, setup)

    def end_life(self) -> None:
        """Kill the copy immediately. The process is as it was before."""
        assert self._life
        os.kill(self._life, signal.SIGKILL)
        while self._connection.recv() != _DIED:
            pass
        self._life = None
        self.is_busy = False

    def end(self) -> None:
        """End the process."""
        if self._life:
            os.kill(self._life, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        self._connection.close()


def all_of(results: Iterable[Callable[[], T]]) -> list[T]:
    """The results of what was started in several processes, in the order of starting."""
    return [result() for result in results]


# --- The processes' side

_FROZEN = "frozen"
_DIED = 0
_ENOUGH = "enough"
_to_test: list[Connection] = []


def serve(descriptor: int) -> None:
    """Do what the test sends, until it hangs up."""
    connection = Connection(descriptor)
    _to_test.append(connection)
    with contextlib.suppress(EOFError, ConnectionResetError):
        while True:
            do, args, kwargs = connection.recv()
            try:
                response = pickle.dumps(do(*args, **kwargs))
            except BaseException as exc:  # noqa: BLE001 - it is raised at the test's side
                response = pickle.dumps(_portable(exc))
            connection.send_bytes(response)


def _portable(error: BaseException) -> BaseException:
    if isinstance(error, StoreUnavailableError):
        return error
    return RuntimeError(f"{type(error).__name__}: {error}")


@dataclass(frozen=True)
class Pace:
    """How long the store's responses and whole requests may take: the function's settings, scaled."""

    budget: TimeBudget
    request_seconds: float


# Even on a busy machine no call times out, so that nothing is counted twice.
PATIENT = Pace(TimeBudget(connect_timeout_seconds=2, read_timeout_seconds=8), request_seconds=55)
# A third of the function's ten seconds: a downgrade's wait is short.
HURRIED = Pace(TimeBudget(0.3, 0.6, backoff_seconds=0.1), request_seconds=3.8)
# On a busy machine a request may end so much later than Lambda would have ended it.
LATENESS = 0.8


@dataclass(frozen=True)
class Setup:
    """How to make an instance; ``skew`` is how far its clock is ahead, in milliseconds."""

    settings: Settings
    pace: Pace = PATIENT
    skew: int = 0

    def deadline(self) -> Deadline:
        """When a request that begins now must end."""
        return Deadline.after(self.pace.request_seconds, SkewedClock(self.skew), self.pace.budget)


@dataclass(frozen=True)
class Service:
    """The parts of the function."""

    client: "DynamoDBClient"
    admission: Admission
    intake: Intake


@cache
def service(setup: Setup) -> Service:
    """This process's instance of the function: always the same one, with its cache."""
    client = create_client(setup.pace.budget)
    settings = setup.settings
    leads = DynamoDBLeadStore(client, access_table=settings.access_table, leads_table=settings.leads_table)
    records = DynamoDBIdempotencyRecords(client, settings.access_table)
    return Service(
        client,
        Admission(DynamoDBKeyStore(client, settings.access_table), settings.rate_limit),
        Intake(leads, records, settings.most_leads),
    )


def live(setup: Setup) -> int:
    """Continue as a copy of this process, and return its id. The process itself continues when the copy has died."""
    service(setup)  # which has neither threads nor connections yet
    copy = os.fork()
    if copy == 0:
        return os.getpid()
    os.waitpid(copy, 0)
    return _DIED


def admit(setup: Setup, secret: str, now: int, times: int = 1) -> list[Admittance]:
    """Admit so many requests at a moment of the instance's own clock."""
    admission = service(setup).admission
    return [admission.admit(secret, now_ms=now, deadline=setup.deadline()) for _ in range(times)]


@dataclass(frozen=True)
class Attempt:
    """A request in real time, in milliseconds: it read its clock at ``start``, and had its response at ``end``."""

    start: int
    end: int
    admittance: Admittance


def hammer(setup: Setup, secrets: Iterable[str], pause: float = 0) -> list[Attempt]:
    """Admit requests with each key once, by the real clock and the instance's skew, until the test has enough."""
    attempts = []
    for secret in secrets:
        if _enough():
            break
        start = Clock().now_ms()
        (admittance,) = admit(setup, secret, start + setup.skew)
        attempts.append(Attempt(start, Clock().now_ms() + 1, admittance))
        time.sleep(pause)
    return attempts


def hammer_on(setup: Setup, secrets: Sequence[str], pause: float = 0) -> list[Attempt]:
    """The same, with each key in turn, repeatedly."""
    return hammer(setup, cycle(secrets), pause)


def _enough() -> bool:
    if not _to_test[0].poll():
        return False
    assert _to_test[0].recv() == _ENOUGH
    return True


@dataclass(frozen=True)
class Post:
    """A request: leads whose company names identify the request, and perhaps an Idempotency-Key."""

    secret: str
    name: str
    size: int
    idempotency_key: str | None = None

    def leads(self) -> list[Lead]:
        return [{"company": f"{self.name}/{row}", "notes": "x" * 500} for row in range(self.size)]


@dataclass(frozen=True)
class Response:
    """The outcome of a request; the times are as in ``Attempt``. None means a 503 in doubt."""

    post: Post
    start: int
    end: int
    plan: Plan | None
    outcome: Outcome | None


def post(setup: Setup, request: Post) -> Response:
    """Take in a request as the function does."""
    start = Clock().now_ms()
    deadline = setup.deadline()
    now_ms = start + setup.skew
    parts = service(setup)
    plan = None
    outcome: Outcome | None = None
    with contextlib.suppress(StoreUnavailableError):
        admitted = parts.admission.admit(request.secret, now_ms=now_ms, deadline=deadline)
        if isinstance(admitted, Admitted):
            plan = admitted.plan
            outcome = parts.intake.take_in(
                Submission(admitted.workspace_id, plan, request.leads(), now_ms, _fingerprint(admitted, request)),
                deadline,
            )
        else:
            outcome = admitted
    return Response(request, start, Clock().now_ms() + 1, plan, outcome)


def _fingerprint(admitted: Admitted, request: Post) -> RequestFingerprint | None:
    if request.idempotency_key is None:
        return None
    return RequestFingerprint(admitted.key_hash, request.idempotency_key, f"{request.name} {request.size}")


def post_all(setup: Setup, requests: Iterable[Post], pause: float = 0) -> list[Response]:
    """Take in requests one after the other, with random pauses between them, until the test has enough."""
    responses = []
    for request in requests:
        if _enough():
            break
        responses.append(post(setup, request))
        time.sleep(random.uniform(0, 2 * pause))  # noqa: S311 - not for secrets
    return responses


def post_on(setup: Setup, requests: Sequence[Post], pause: float = 0) -> list[Response]:
    """The same, but repeat all of them as new requests until the test has enough."""
    numbered = ((round_, request) for round_ in count() for request in requests)
    return post_all(
        setup,
        (
            replace(request, name=f"{round_} {request.name}", idempotency_key=key and f"{round_} {key}")
            for round_, request in numbered
            for key in [request.idempotency_key]
        ),
        pause,
    )


def slow_writes_down(setup: Setup, *, share: float, seconds: float) -> None:
    """Delay a share of the batch writes by up to so many seconds."""

    def wait(**_: object) -> None:
        if random.random() < share:  # noqa: S311 - not for secrets
            time.sleep(random.uniform(0, seconds))  # noqa: S311 - not for secrets

    service(setup).client.meta.events.register("before-send.dynamodb.BatchWriteItem", wait)


def freeze_before(setup: Setup, call: int) -> None:
    """Freeze the process before the n-th call of the next request reaches the store, and notify the test.

    Admission's calls do not count. The calls before the n-th get their responses first. The calls after it, in other
    threads, wait for ever too.
    """
    begun, responded = 0, 0
    all_responded = threading.Event()
    lock = threading.Lock()

    def stop(request: AWSPreparedRequest, **_: object) -> None:
        nonlocal begun
        with lock:
            if b'"KEY#' in bytes(request.body):  # type: ignore[arg-type]  # that is what it is
                return
            begun += 1
            number = begun
        if number == call:
            if call > 1:
                all_responded.wait()
            _to_test[0].send(_FROZEN)
        if number >= call:
            time.sleep(3600)

    def count_response(**_: object) -> None:
        nonlocal responded
        with lock:
            responded += bool(begun)
            if responded == call - 1:
                all_responded.set()

    events = service(setup).client.meta.events
    events.register("before-send.dynamodb", stop)
    events.register("response-received.dynamodb", count_response)


@cache
def _operators_client() -> "DynamoDBClient":
    return local_client(os.environ["AWS_ENDPOINT_URL_DYNAMODB"])


def _administration(setup: Setup, sleep: Callable[[float], None] = time.sleep) -> Workspaces:
    settings = setup.settings
    return Workspaces(
        _operators_client(),
        access_table=settings.access_table,
        leads_table=settings.leads_table,
        sleep=sleep,
        function_timeout_seconds=setup.pace.request_seconds + LATENESS,
    )


def set_plan(setup: Setup, workspace_id: str, plan: Plan) -> int | None:
    """Put a workspace on a plan."""
    return _administration(setup).set_plan(workspace_id, plan)


def set_plan_of_idle(setup: Setup, workspace_id: str, plan: Plan) -> int | None:
    """Put a workspace on a plan without waiting, because none of its requests is writing."""
    return _administration(setup, sleep=lambda seconds: time.sleep(min(seconds, 0.25))).set_plan(workspace_id, plan)


def revoke_key(setup: Setup, workspace_id: str, secret: str) -> str:
    """Revoke a key."""
    return _administration(setup).revoke_key(workspace_id, secret)


@dataclass(frozen=True)
class Change:
    """A change of a workspace's plan, and its number of leads before and just after."""

    plan: Plan
    held_before: int
    reported: int | None
    held_after: int


def change_plans(setup: Setup, workspace_ids: Sequence[str], rounds: int) -> list[list[Change]]:
    """Upgrade and downgrade workspaces so many times, each at its own random moments."""

    def turn(workspace_id: str) -> Iterator[Change]:
        administration = _administration(setup)
        for plan in [Plan.BASIC, Plan.FREE] * rounds:
            time.sleep(random.uniform(0, 0.3))  # noqa: S311 - not for secrets
            before = held(setup, workspace_id)
            reported = administration.set_plan(workspace_id, plan)
            yield Change(plan, len(before), reported, len(held(setup, workspace_id)))

    with ThreadPoolExecutor(len(workspace_ids)) as operators:
        return list(operators.map(lambda workspace_id: list(turn(workspace_id)), workspace_ids))


def held(setup: Setup, workspace_id: str) -> list[dict[str, Any]]:
    """The leads of a workspace."""
    return list(_administration(setup).leads(workspace_id, page_size=1000))
