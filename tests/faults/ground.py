"""Ground to drill on: requests sent through handlers by clocks that run, and what has to be true in the end.

Many drills are made at once. When all of them are over, and everything late has landed, the tables are read a single
time, and what each request was answered is held against what its workspace holds.
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

# A drill that lost its way for want of time gets more; one that did so for a bug loses it again.
_MORE_MILLISECONDS = (0, 2_000, 6_000)
# No attempt has more than that, however busy the machine.
_LONGEST_ATTEMPT_SECONDS = 90
_MOST_KEYS_PER_READ = 100


class Route(NamedTuple):
    """The function's client, and the proxy through which it reaches the database."""

    proxy: Proxy
    client: "DynamoDBClient"


class Routes:
    """Routes to use again, because a client takes long to make."""

    def __init__(self, create: Callable[[], Route]) -> None:
        self._create = create
        self._lock = threading.Lock()
        self._free: list[Route] = []

    @contextmanager
    def one(self) -> Iterator[Route]:
        """A route that nobody else uses; it is given back when everything that was sent on it has landed."""
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
class Told:
    """What a client was answered; the ids are told with a 200."""

    status: int
    message: str | None = None
    lead_ids: list[str] = field(default_factory=list)

    @classmethod
    def by(cls, event: Mapping[str, Any]) -> "Told":
        body = json.loads(event["body"])
        assert event["statusCode"] == body["statusCode"]
        assert body["succeeded"] is (body["statusCode"] == 200)
        leads = body["data"]["leads"] if body["succeeded"] else []
        return cls(body["statusCode"], body["message"], [lead["id"] for lead in leads])

    @property
    def says_nothing_was_stored(self) -> bool:
        return self.status == 503 and "Nothing was stored" in (self.message or "")

    @property
    def says_leads_may_be_stored(self) -> bool:
        return self.status == 503 and not self.says_nothing_was_stored


@dataclass
class Attempt:
    """A request that was sent; ``told`` is None as long as nobody was answered."""

    told: Told | None = None
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
        """An instance of the function whose clock is ahead by so much; it ends when everything late has landed."""
        return self.ground.instance(skew_ms)

    def event(self) -> dict[str, Any]:
        return self.case.event(self.key, self.idempotency_key)

    def companies(self) -> list[str]:
        return self.case.companies()

    def warm_up(self, instance: Instance) -> None:
        """Let the key be in use: from now on it is counted in one call."""
        answer = instance.handler({**self.event(), "body": ""}, Context(LIMIT_MS))
        if answer["statusCode"] != 400:
            raise UnplannedError(f"{answer} before the drill has begun")
        instance.proxy.wait_until_landed()
        instance.proxy.heal()

    def send(self, instance: Instance, milliseconds: int = LIMIT_MS) -> Told:
        """Send the request; what it is told to have stored has to be there at once."""
        attempt = Attempt()
        self.attempts.append(attempt)
        sent_before = len(instance.proxy.calls)
        told = Told.by(instance.handler(self.event(), Context(milliseconds)))
        attempt.kinds = [kind(call) for call in instance.proxy.calls[sent_before:]]
        self.note(attempt, told)
        return told

    def start(self, instance: Instance, milliseconds: int = LIMIT_MS) -> "Future[Told]":
        """Send the request, and do not wait for the answer."""
        return self.ground.attempts.submit(self.send, instance, milliseconds)

    def note(self, attempt: Attempt, told: Told) -> None:
        """Note an answer, and whether it is true as yet."""
        attempt.told = told
        missing = self.ground.missing(self.workspace_id, told.lead_ids)
        if missing:
            self.violations.append(f"{missing} of {self.case.lead_count} leads were not there at the 200")

    def check(self, snapshot: Snapshot) -> None:
        """Note what is not true of the answers when everything is over."""
        held = snapshot.leads.get(self.workspace_id, {})
        self.violations += [f"{told} must not be" for told in self._told() if not self._is_legal(told)]
        self.violations += self._of_repeats(held) if self.case.has_key else self._of_requests(held)
        if self.case.plan is Plan.FREE and snapshot.lead_counts[self.workspace_id] != len(held):
            self.violations.append(f"{snapshot.lead_counts[self.workspace_id]} are counted, {len(held)} held")

    def _told(self) -> list[Told]:
        return [attempt.told for attempt in self.attempts if attempt.told]

    def _stored(self) -> list[Told]:
        return [told for told in self._told() if told.status == 200]

    def _is_legal(self, told: Told) -> bool:
        if told.status == 400:
            return self.case.plan is Plan.FREE and not self.case.has_key and "free plan" in (told.message or "")
        return told.status in {200, 503}

    def _of_repeats(self, held: Mapping[str, HeldLead]) -> Iterator[str]:
        """What is not true of attempts at one request with an Idempotency-Key."""
        if stored := self._stored():
            yield from self._of_a_200(stored[0], held)
            if any(told.lead_ids != stored[0].lead_ids for told in stored):
                yield "two answers of 200 tell different ids"
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
            # One that was not even admitted cannot know of the others.
            knows = attempt.has_written or not have_written
            if held and attempt.told and attempt.told.says_nothing_was_stored and knows:
                yield f"APPEARED: {len(held)} leads are held after {attempt.told.message!r}"

    def _of_requests(self, held: Mapping[str, HeldLead]) -> Iterator[str]:
        """What is not true of requests that have nothing to do with each other."""
        told_ids: set[str] = set()
        for told in self._stored():
            yield from self._of_a_200(told, held)
            if told_ids & set(told.lead_ids):
                yield "two requests are told the same ids"
            told_ids |= set(told.lead_ids)
        others = Counter(held[lead_id].company for lead_id in held.keys() - told_ids)
        in_doubt = sum(attempt.told is None or attempt.told.says_leads_may_be_stored for attempt in self.attempts)
        if others and max(others.values()) > in_doubt:
            yield f"APPEARED: {others.total()} leads are held that nobody was told of, {in_doubt} requests are in doubt"

    def _of_a_200(self, told: Told, held: Mapping[str, HeldLead]) -> Iterator[str]:
        expected = dict(zip(told.lead_ids, self.companies(), strict=True))
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
        """Make each drill on a scene of its own, and tell of all that left something untrue behind."""
        scenes: dict[str, Scene] = {}
        lost_their_way: dict[str, BaseException] = {}
        for milliseconds in _MORE_MILLISECONDS:
            to_be_made = [name for name in drills if name not in scenes or name in lost_their_way]
            scenes |= {name: self._scene(name, drills[name][0], milliseconds) for name in to_be_made}
            errors = _at_once(at_once, {name: _bound(drills[name][1], scenes[name]) for name in to_be_made})
            lost_their_way = {name: error for name, error in errors.items() if isinstance(error, UnplannedError)}
            for name, error in errors.items():
                if name not in lost_their_way:
                    scenes[name].violations.append(repr(error))
        self._check(scenes.values())
        # The store has recovered, and nobody is at work any more: the next try has to make everything right.
        repeatable = {name: scene for name, scene in scenes.items() if scene.case.has_key}
        errors = _at_once(at_once, {name: _bound(self._try_again, scene) for name, scene in repeatable.items()})
        for name, error in errors.items():
            scenes[name].violations.append(f"the last try: {error!r}")
        self._check(repeatable.values())
        failures = [
            f"{name}: {'; '.join(dict.fromkeys(scene.violations))}"
            for name, scene in scenes.items()
            if scene.violations
        ]
        failures += [f"{name}: went another way: {error}" for name, error in lost_their_way.items()]
        assert not failures, "\n".join(
            [f"FAULT_SEED={self._seed}: {len(failures)} of {len(drills)} drills failed", *failures]
        )

    def calls_of(self, case: Case) -> int:
        """How many calls an attempt makes that nothing disturbs."""
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
        """How many of these leads a workspace does not hold."""
        if not lead_ids:
            return 0
        assert len(lead_ids) <= _MOST_KEYS_PER_READ
        table = self._settings.leads_table
        keys = [lead_key(workspace_id, lead_id) for lead_id in lead_ids]
        answer = self._database.batch_get_item(RequestItems={table: {"Keys": keys, "ConsistentRead": True}})
        assert not answer["UnprocessedKeys"]
        return len(lead_ids) - len(answer["Responses"][table])

    def _scene(self, name: str, case: Case, more_milliseconds: int) -> Scene:
        workspace_id = self._workspaces.create_workspace("Test", case.plan)
        chance = Random(f"{self._seed} {name}")  # noqa: S311 - not for secrets
        return Scene(self, case, chance, workspace_id, self._workspaces.create_key(workspace_id), more_milliseconds)

    def _try_again(self, scene: Scene) -> None:
        with scene.instance() as instance:
            told = scene.send(instance)
        if told.status != 200:
            scene.violations.append(f"STUCK: the last try was answered {told.status} {told.message!r}")

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
    """Whether it came to be so within so many seconds."""
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def answer_to(attempt: "Future[Told]") -> Told:
    """Wait for the answer to a request that was started."""
    return attempt.result(_LONGEST_ATTEMPT_SECONDS)


def _bound(what: Drill, scene: Scene) -> Callable[[], None]:
    return lambda: what(scene)


def _at_once(at_once: int, work: Mapping[str, Callable[[], None]]) -> dict[str, BaseException]:
    """Do all of it, so much at once, and return what went wrong."""
    with ThreadPoolExecutor(at_once) as pool:
        done = {name: pool.submit(call) for name, call in work.items()}
    return {name: error for name, call in done.items() if (error := call.exception())}
