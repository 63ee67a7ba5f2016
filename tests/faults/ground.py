"""The environment of the drills: requests sent through handlers with running clocks, and checks of the final state.

Many drills run in parallel. When all of them have ended, and all late calls have taken effect, the tables are read
once, and the responses to each request are compared with the content of its workspace.
"""

import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

from faults.handlers import Handler, real_handler
from faults.kinds import Kind, kind
from faults.proxy import Proxy
from faults.world import LIMIT_MS, Case, Context, UnplannedError

from leads_core.dynamodb.schema import lead_key, workspace_key, workspace_of_partition
from leads_core.plans import Plan
from leads_core.settings import Settings
from support.api import ScannedWorkspaces

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# A drill that went off course for lack of time gets more time. If the cause is a bug, it goes off course again.
_MORE_MILLISECONDS = (0, 2_000, 6_000)
# No attempt takes longer, however busy the machine.
_LONGEST_ATTEMPT_SECONDS = 90
_MOST_KEYS_PER_READ = 100


class Route(NamedTuple):
    """The function's client, and the proxy through which it reaches the database."""

    proxy: Proxy
    client: "DynamoDBClient"


class Routes:
    """Reusable routes, because creating a client takes long."""

    def __init__(self, create: Callable[[], Route]) -> None:
        self._create = create
        self._lock = threading.Lock()
        self._free: list[Route] = []

    @contextmanager
    def one(self) -> Iterator[Route]:
        """A route for one user. It is released when everything that was sent on it has taken effect."""
        with self._lock:
            route = self._free.pop() if self._free else self._create()
        route.proxy.heal()
        yield route
        route.proxy.wait_until_landed()
        route.proxy.heal()
        self._free.append(route)


class Instance(NamedTuple):
    """An instance of the function."""

    handler: Handler
    proxy: Proxy


@dataclass(frozen=True)
class Response:
    """A response to a client. Only a 200 has ids of leads."""

    status: int
    message: str | None = None
    lead_ids: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> "Response":
        body = json.loads(event["body"])
        assert event["statusCode"] == body["statusCode"]
        assert body["succeeded"] is (body["statusCode"] == 200)
        leads = body["data"]["leads"] if body["succeeded"] else []
        return cls(body["statusCode"], body["message"], [lead["id"] for lead in leads])

    @property
    def claims_nothing_was_stored(self) -> bool:
        return self.status == 503 and "Nothing was stored" in (self.message or "")

    @property
    def is_in_doubt(self) -> bool:
        return self.status == 503 and not self.claims_nothing_was_stored


@dataclass
class Attempt:
    """A request that was sent; ``response`` is None as long as there is none."""

    response: Response | None = None
    kinds: list[Kind] = field(default_factory=list)

    @property
    def has_written(self) -> bool:
        return not {*self.kinds} <= {Kind.ADMISSION, Kind.READ}


class HeldLead(NamedTuple):
    company: str
    date: str


@dataclass(frozen=True)
class Snapshot:
    """What all workspaces hold: leads by their ids, and the count of those on the free plan."""

    leads: Mapping[str, Mapping[str, HeldLead]]
    lead_counts: Mapping[str, int]


@dataclass
class Scene:
    """One request of one workspace, which may be sent many times, by many instances."""

    ground: "Ground"
    case: Case
    chance: Random
    workspace_id: str
    key: str
    more_milliseconds: int = 0
    idempotency_key: str = field(default_factory=lambda: uuid.uuid4().hex)
    attempts: list[Attempt] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def instance(self, *, skew_ms: int = 0) -> AbstractContextManager[Instance]:
        """An instance whose clock is ahead by so much; it ends after all late calls have taken effect."""
        return self.ground.instance(skew_ms)

    def event(self) -> dict[str, Any]:
        return self.case.event(self.key, self.idempotency_key)

    def companies(self) -> list[str]:
        return self.case.companies()

    def warm_up(self, instance: Instance) -> None:
        """Use the key once: from now on counting a request takes one call."""
        reply = instance.handler({**self.event(), "body": ""}, Context(LIMIT_MS))
        if reply["statusCode"] != 400:
            raise UnplannedError(f"{reply} before the drill has begun")
        instance.proxy.wait_until_landed()
        instance.proxy.heal()

    def send(self, instance: Instance, milliseconds: int = LIMIT_MS) -> Response:
        """Send the request, and check that the leads of a 200 are stored."""
        attempt = Attempt()
        self.attempts.append(attempt)
        sent_before = len(instance.proxy.calls)
        response = Response.of(instance.handler(self.event(), Context(milliseconds)))
        attempt.kinds = [kind(call) for call in instance.proxy.calls[sent_before:]]
        self.record(attempt, response)
        return response

    def start(self, instance: Instance, milliseconds: int = LIMIT_MS) -> "Future[Response]":
        """Send the request without waiting for the response."""
        return self.ground.attempts.submit(self.send, instance, milliseconds)

    def record(self, attempt: Attempt, response: Response) -> None:
        """Record a response, and check that it is true now."""
        attempt.response = response
        missing = self.ground.missing(self.workspace_id, response.lead_ids)
        if missing:
            self.violations.append(f"{missing} of {self.case.lead_count} leads were not there at the 200")

    def check(self, snapshot: Snapshot) -> None:
        """Record the violations that are left when everything has ended."""
        held = snapshot.leads.get(self.workspace_id, {})
        self.violations += [
            f"{response} is not allowed" for response in self._responses() if not self._is_legal(response)
        ]
        self.violations += self._of_repeats(held) if self.case.has_key else self._of_requests(held)
        if self.case.plan is Plan.FREE and snapshot.lead_counts[self.workspace_id] != len(held):
            self.violations.append(f"{snapshot.lead_counts[self.workspace_id]} are counted, {len(held)} held")

    def _responses(self) -> list[Response]:
        return [attempt.response for attempt in self.attempts if attempt.response]

    def _stored(self) -> list[Response]:
        return [response for response in self._responses() if response.status == 200]

    def _is_legal(self, response: Response) -> bool:
        if response.status == 400:
            return self.case.plan is Plan.FREE and not self.case.has_key and "free plan" in (response.message or "")
        return response.status in {200, 503}

    def _of_repeats(self, held: Mapping[str, HeldLead]) -> Iterator[str]:
        """Violations by attempts at one request with an Idempotency-Key."""
        if stored := self._stored():
            yield from self._of_a_200(stored[0], held)
            if any(response.lead_ids != stored[0].lead_ids for response in stored):
                yield "two responses of 200 have different ids"
            if extra := held.keys() - set(stored[0].lead_ids):
                yield f"EXTRA: {len(extra)} leads are held besides those of the 200"
            return
        doubled = [company for company, count in Counter(lead.company for lead in held.values()).items() if count > 1]
        if doubled:
            yield f"DOUBLED: {len(doubled)} leads are held twice"
        if len({lead.date for lead in held.values()}) > 1:
            yield "the leads have several dates"
        have_written = any(attempt.has_written for attempt in self.attempts)
        for attempt in self.attempts:
            # An attempt that was not admitted cannot know of the others.
            knows = attempt.has_written or not have_written
            if held and attempt.response and attempt.response.claims_nothing_was_stored and knows:
                yield f"APPEARED: {len(held)} leads are held after {attempt.response.message!r}"

    def _of_requests(self, held: Mapping[str, HeldLead]) -> Iterator[str]:
        """Violations by independent requests."""
        reported_ids: set[str] = set()
        for response in self._stored():
            yield from self._of_a_200(response, held)
            if reported_ids & set(response.lead_ids):
                yield "two requests have the same ids"
            reported_ids |= set(response.lead_ids)
        others = Counter(held[lead_id].company for lead_id in held.keys() - reported_ids)
        in_doubt = sum(attempt.response is None or attempt.response.is_in_doubt for attempt in self.attempts)
        if others and max(others.values()) > in_doubt:
            yield f"APPEARED: {others.total()} leads are held that no response has, {in_doubt} requests are in doubt"

    def _of_a_200(self, response: Response, held: Mapping[str, HeldLead]) -> Iterator[str]:
        expected = dict(zip(response.lead_ids, self.companies(), strict=True))
        if lost := expected.keys() - held.keys():
            yield f"LOST: {len(lost)} of {len(expected)} leads are gone after a 200"
        if any(held[lead_id].company != expected[lead_id] for lead_id in expected.keys() & held.keys()):
            yield "leads are not what was sent"
        if len({held[lead_id].date for lead_id in expected.keys() & held.keys()}) > 1:
            yield "the leads have several dates"


Drill = Callable[[Scene], None]


class Ground:
    """A pair of tables, and instances of the function that work on them."""

    def __init__(self, settings: Settings, database: "DynamoDBClient", routes: Routes, seed: str) -> None:
        self._settings = settings
        self._database = database
        self._routes = routes
        self._seed = seed
        self._workspaces = ScannedWorkspaces(database, settings)
        self.attempts = ThreadPoolExecutor(400, thread_name_prefix="attempt")

    @property
    def settings(self) -> Settings:
        return self._settings

    @contextmanager
    def instance(self, skew_ms: int = 0) -> Iterator[Instance]:
        with self._routes.one() as route:
            yield Instance(real_handler(self._settings, route.client, skew_ms), route.proxy)

    def make(self, drills: Mapping[str, tuple[Case, Drill]], *, at_once: int = 40) -> None:
        """Run each drill on its own scene, and report all violations."""
        scenes: dict[str, Scene] = {}
        off_course: dict[str, BaseException] = {}
        for milliseconds in _MORE_MILLISECONDS:
            to_be_made = [name for name in drills if name not in scenes or name in off_course]
            scenes |= {name: self._scene(name, drills[name][0], milliseconds) for name in to_be_made}
            errors = _in_parallel(at_once, {name: _bound(drills[name][1], scenes[name]) for name in to_be_made})
            off_course = {name: error for name, error in errors.items() if isinstance(error, UnplannedError)}
            for name, error in errors.items():
                if name not in off_course:
                    scenes[name].violations.append(repr(error))
        self._check(scenes.values())
        # The store has recovered, and no request is running: the next attempt must complete everything.
        repeatable = {name: scene for name, scene in scenes.items() if scene.case.has_key}
        errors = _in_parallel(at_once, {name: _bound(self._try_again, scene) for name, scene in repeatable.items()})
        for name, error in errors.items():
            scenes[name].violations.append(f"the last attempt: {error!r}")
        self._check(repeatable.values())
        failures = [
            f"{name}: {'; '.join(dict.fromkeys(scene.violations))}"
            for name, scene in scenes.items()
            if scene.violations
        ]
        failures += [f"{name}: went off course: {error}" for name, error in off_course.items()]
        assert not failures, "\n".join(
            [f"FAULT_SEED={self._seed}: {len(failures)} of {len(drills)} drills failed", *failures]
        )

    def calls_of(self, case: Case) -> int:
        """The number of calls of an undisturbed attempt."""
        calls = 0

        def drill(scene: Scene) -> None:
            nonlocal calls
            with scene.instance() as instance:
                scene.warm_up(instance)
                scene.send(instance)
                calls = len(instance.proxy.calls)

        self.make({"alone": (case, drill)})
        return calls

    def missing(self, workspace_id: str, lead_ids: list[str]) -> int:
        """The number of these leads that a workspace does not hold."""
        if not lead_ids:
            return 0
        assert len(lead_ids) <= _MOST_KEYS_PER_READ
        table = self._settings.leads_table
        keys = [lead_key(workspace_id, lead_id) for lead_id in lead_ids]
        reply = self._database.batch_get_item(RequestItems={table: {"Keys": keys, "ConsistentRead": True}})
        assert not reply["UnprocessedKeys"]
        return len(lead_ids) - len(reply["Responses"][table])

    def _scene(self, name: str, case: Case, more_milliseconds: int) -> Scene:
        workspace_id = self._workspaces.create_workspace("Test", case.plan)
        chance = Random(f"{self._seed} {name}")  # noqa: S311 - not for secrets
        return Scene(self, case, chance, workspace_id, self._workspaces.create_key(workspace_id), more_milliseconds)

    def _try_again(self, scene: Scene) -> None:
        with scene.instance() as instance:
            response = scene.send(instance)
        if response.status != 200:
            scene.violations.append(f"STUCK: the last attempt got {response.status} {response.message!r}")

    def _check(self, scenes: Iterable[Scene]) -> None:
        snapshot = self._snapshot()
        for scene in scenes:
            scene.check(snapshot)

    def _snapshot(self) -> Snapshot:
        leads: dict[str, dict[str, HeldLead]] = {}
        for item in self._scan(self._settings.leads_table):
            held = leads.setdefault(workspace_of_partition(item["pk"]["S"]), {})
            held[item["sk"]["S"]] = HeldLead(item["company"]["S"], item["date"]["S"])
        prefix = workspace_key("")["pk"]["S"]
        counts = {
            item["pk"]["S"].removeprefix(prefix): int(item["lead_count"]["N"])
            for item in self._scan(self._settings.access_table)
            if item["pk"]["S"].startswith(prefix) and "lead_count" in item
        }
        return Snapshot(leads, counts)

    def _scan(self, table: str) -> Iterator[dict[str, Any]]:
        for page in self._database.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
            yield from page["Items"]


def wait_until(is_so: Callable[[], bool], seconds: float) -> bool:
    """Wait until a condition holds. Return whether it did within so many seconds."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def response_to(attempt: "Future[Response]") -> Response:
    """Wait for the response to a request that was started."""
    return attempt.result(_LONGEST_ATTEMPT_SECONDS)


def _bound(what: Drill, scene: Scene) -> Callable[[], None]:
    return lambda: what(scene)


def _in_parallel(at_once: int, work: Mapping[str, Callable[[], None]]) -> dict[str, BaseException]:
    """Do all the work, so much in parallel, and return the errors."""
    with ThreadPoolExecutor(at_once) as pool:
        done = {name: pool.submit(call) for name, call in work.items()}
    return {name: error for name, call in done.items() if (error := call.exception())}
