"""What operators do with workspaces, keys and plans, and what it means for the requests that come in meanwhile."""

import itertools
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from leads_core import keys
from leads_core.admission import Admission, Admitted, InvalidKey
from leads_core.dynamodb.key_store import DynamoDBKeyStore
from leads_core.dynamodb.lead_store import DynamoDBLeadStore
from leads_core.dynamodb.schema import api_key_key, workspace_key
from leads_core.intake import Batch, FreePlanUse
from leads_core.leads import complete
from leads_core.plans import Plan
from leads_core.rate_limit import RateLimit
from leads_core.settings import Settings
from leads_core.ulids import new_ulid
from leads_tools.local.client import local_client
from leads_tools.workspaces import MOST_KEYS_PER_WORKSPACE, AdministrationError, Workspaces

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# Longer than a request takes, and a tick of the rate limit on top.
SHORTEST_WAIT, LONGEST_WAIT = 10 - 0.5, 15
RATE_LIMIT = RateLimit(requests=1000, window_seconds=300)
ULID_TIMES = itertools.count(1_795_420_800_000)


class KilledError(BaseException):
    """Ends an operation on the spot."""


class Operator:
    """Workspaces as an operator administers them, and the service that works on the same tables."""

    def __init__(self, client: "DynamoDBClient", settings: Settings) -> None:
        self.client = client
        self.settings = settings
        self.slept: list[float] = []
        self.meanwhile: Callable[[], object] = lambda: None
        self.leads = DynamoDBLeadStore(client, access_table=settings.access_table, leads_table=settings.leads_table)
        self.workspaces = Workspaces(
            client,
            access_table=settings.access_table,
            leads_table=settings.leads_table,
            sleep=self._sleep,
        )

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.meanwhile()

    def workspace(self, plan: Plan, *, leads: int = 0) -> str:
        """A workspace that holds some leads."""
        workspace_id = self.workspaces.create_workspace("Acme", plan)
        if leads:
            self.post(workspace_id, leads)
        return workspace_id

    def post(self, workspace_id: str, count: int, **fields: str) -> list[str]:
        """Leads that a request stores which was admitted on the basic plan."""
        batch = self._batch(workspace_id, count, **fields)
        self.leads.put(batch, time.monotonic() + 20)
        return batch.lead_ids()

    def post_on_free_plan(self, workspace_id: str, count: int) -> Plan | FreePlanUse:
        """Leads that a request stores which was admitted on the free plan."""
        return self.leads.put_on_free_plan(self._batch(workspace_id, count), 5, time.monotonic() + 20)

    def admit(self, secret: str) -> Any:  # noqa: ANN401
        """What a request with a key is told at this moment."""
        admission = Admission(DynamoDBKeyStore(self.client, self.settings.access_table), RATE_LIMIT)
        return admission.admit(secret, now=time.time_ns() // 1_000_000, deadline=time.monotonic() + 20)

    def item(self, key: dict[str, Any]) -> dict[str, Any]:
        """An item of the access table, as plain values."""
        item = self.client.get_item(TableName=self.settings.access_table, Key=key, ConsistentRead=True)["Item"]
        return {name: value for name, typed in item.items() for value in typed.values()}

    def workspace_item(self, workspace_id: str) -> dict[str, Any]:
        return self.item(workspace_key(workspace_id))

    def key_item(self, secret: str) -> dict[str, Any]:
        return self.item(api_key_key(keys.hash_secret(secret)))

    @staticmethod
    def _batch(workspace_id: str, count: int, **fields: str) -> Batch:
        leads = [complete({"company": f"Company {row}", **fields}, "2026-11-23T08:00:00Z") for row in range(count)]
        return Batch(workspace_id, new_ulid(next(ULID_TIMES)), leads)


@pytest.fixture
def operator(dynamodb: "DynamoDBClient", settings: Settings) -> Operator:
    return Operator(dynamodb, settings)


@pytest.fixture
def other(dynamodb: "DynamoDBClient", settings: Settings) -> Iterator[Operator]:
    """Somebody else at the same tables, whom what is registered for the first one's calls does not touch."""
    with closing(local_client(dynamodb.meta.endpoint_url)) as client:
        yield Operator(client, settings)


def test_a_new_workspace_holds_no_leads_and_has_no_keys(operator: Operator) -> None:
    free, basic = operator.workspace(Plan.FREE), operator.workspace(Plan.BASIC)

    assert operator.workspace_item(free).items() >= {"name": "Acme", "plan": "free", "lead_count": "0"}.items()
    assert operator.workspace_item(basic).items() >= {"name": "Acme", "plan": "basic", "key_count": "0"}.items()
    assert "lead_count" not in operator.workspace_item(basic)
    assert list(operator.workspaces.leads(basic, page_size=5)) == []
    assert free != basic


@pytest.mark.parametrize("plan", Plan)
def test_a_new_key_admits_to_its_workspace_on_its_plan(operator: Operator, plan: Plan) -> None:
    workspace = operator.workspace(plan)

    secret = operator.workspaces.create_key(workspace, label="CRM")

    assert keys.is_well_formed(secret)
    admitted = operator.admit(secret)
    assert (admitted.workspace_id, admitted.plan) == (workspace, plan)
    assert operator.key_item(secret)["label"] == "CRM"


def test_the_secret_is_stored_nowhere(operator: Operator) -> None:
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


def test_a_start_that_several_keys_have_revokes_none(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secrets = [
        operator.workspaces.create_key(workspace, secret=secret_like(start)) for start in ("AAAAB", "AAAAC", "D")
    ]

    with pytest.raises(AdministrationError, match="2 valid keys that start with cdz_AAAA"):
        operator.workspaces.revoke_key(workspace, "cdz_AAAA")
    assert all(isinstance(operator.admit(secret), Admitted) for secret in secrets)

    assert operator.workspaces.revoke_key(workspace, "cdz_AAAAB") == "cdz_AAAAB000"
    assert operator.workspaces.revoke_key(workspace, "cdz_AAAA") == "cdz_AAAAC000"  # only one is left to be meant


def test_a_start_that_no_valid_key_has_revokes_none(operator: Operator) -> None:
    workspace, other = operator.workspace(Plan.BASIC), operator.workspace(Plan.BASIC)
    elsewhere = operator.workspaces.create_key(other)
    revoked = operator.workspaces.create_key(workspace)
    operator.workspaces.revoke_key(workspace, revoked[:12])

    for start in (elsewhere[:12], revoked[:12], "cdz_????"):
        with pytest.raises(AdministrationError, match="no valid keys"):
            operator.workspaces.revoke_key(workspace, start)
    assert isinstance(operator.admit(elsewhere), Admitted)


@pytest.mark.parametrize("start", ["", "cdz_", "cdz_AAA"])
def test_a_start_that_any_key_could_have_revokes_none(operator: Operator, start: str) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secret = operator.workspaces.create_key(workspace, secret=secret_like("AAAA"))

    with pytest.raises(AdministrationError, match="at least the first 8 characters"):
        operator.workspaces.revoke_key(workspace, start)
    assert isinstance(operator.admit(secret), Admitted)


def test_leads_of_any_size_are_counted(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    for _ in range(6):  # each request begins with row 0, so all are in one partition, of more than a page
        operator.post(workspace, 1, notes="x" * 300_000)

    assert operator.workspaces.set_plan(workspace, Plan.FREE) == 6


def test_an_unknown_workspace_is_named_by_every_operation(operator: Operator) -> None:
    for operate in (
        lambda: operator.workspaces.create_key("nowhere"),
        lambda: operator.workspaces.revoke_key("nowhere", "cdz_AAAA"),
        lambda: operator.workspaces.set_plan("nowhere", Plan.FREE),
        lambda: operator.workspaces.set_plan("nowhere", Plan.BASIC),
        lambda: list(operator.workspaces.leads("nowhere", page_size=1)),
    ):
        with pytest.raises(AdministrationError, match="There is no workspace nowhere"):
            operate()
    assert operator.client.scan(TableName=operator.settings.access_table)["Items"] == []


def test_a_workspace_has_as_many_keys_as_fit_and_all_change_their_plan(operator: Operator) -> None:
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


def test_a_plan_that_is_changed_while_a_key_is_created_is_the_keys_plan(operator: Operator, other: Operator) -> None:
    workspace = operator.workspace(Plan.FREE)
    once(
        operator,
        "TransactWriteItems",
        lambda: other.workspaces.set_plan(workspace, Plan.BASIC),
    )

    secret = operator.workspaces.create_key(workspace)

    assert operator.admit(secret).plan is Plan.BASIC
    assert operator.workspace_item(workspace)["key_count"] == "1"


def test_a_workspace_that_never_stops_changing_is_given_up_on(operator: Operator, other: Operator) -> None:
    workspace = operator.workspace(Plan.FREE)

    def interfere(**_: Any) -> None:  # noqa: ANN401
        other.workspaces.create_key(workspace)

    operator.client.meta.events.register("before-call.dynamodb.TransactWriteItems", interfere)

    with pytest.raises(AdministrationError, match="try again"):
        operator.workspaces.set_plan(workspace, Plan.BASIC)

    assert operator.workspace_item(workspace)["plan"] == "free"
    assert 0 < sum(operator.slept) < 60


@pytest.mark.parametrize(("leads", "held"), [(0, 0), (1, 1), (3, 3), (5, 5), (10, 10), (12, 10)])
def test_a_downgraded_workspace_keeps_its_leads_and_has_the_places_that_are_left(
    operator: Operator, leads: int, held: int
) -> None:
    workspace = operator.workspace(Plan.BASIC, leads=leads)

    assert operator.workspaces.set_plan(workspace, Plan.FREE) == held

    left = max(0, 5 - leads)
    assert operator.post_on_free_plan(workspace, left + 1) == FreePlanUse(held)
    if left:
        assert operator.post_on_free_plan(workspace, left) is Plan.FREE
    assert operator.post_on_free_plan(workspace, 1) == FreePlanUse(max(5, held))
    assert len(list(operator.workspaces.leads(workspace, page_size=100))) == leads + left


def test_leads_of_many_requests_are_counted_whichever_shard_they_are_in(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    for _ in range(4):
        operator.post(workspace, 1)
    operator.post(operator.workspace(Plan.BASIC), 3)

    assert operator.workspaces.set_plan(workspace, Plan.FREE) == 4


def test_an_upgraded_workspace_is_not_counted_any_more(operator: Operator) -> None:
    workspace = operator.workspace(Plan.FREE)
    secret = operator.workspaces.create_key(workspace)
    operator.post_on_free_plan(workspace, 5)

    assert operator.workspaces.set_plan(workspace, Plan.BASIC) is None

    assert "lead_count" not in operator.workspace_item(workspace)
    assert operator.post_on_free_plan(workspace, 1) is Plan.BASIC
    assert operator.admit(secret).plan is Plan.BASIC
    assert operator.slept == []


def test_a_plan_that_is_set_again_changes_nothing(operator: Operator) -> None:
    free, basic = operator.workspace(Plan.FREE), operator.workspace(Plan.BASIC, leads=7)
    operator.post_on_free_plan(free, 2)

    assert operator.workspaces.set_plan(free, Plan.FREE) == 2
    assert operator.workspaces.set_plan(basic, Plan.BASIC) is None

    assert operator.workspace_item(free)["lead_count"] == "2"
    assert "lead_count" not in operator.workspace_item(basic)


def test_the_keys_follow_their_workspace_down_and_up(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secrets = [operator.workspaces.create_key(workspace) for _ in range(3)]
    operator.workspaces.revoke_key(workspace, secrets[0][:12])

    for plan in (Plan.FREE, Plan.BASIC):
        operator.workspaces.set_plan(workspace, plan)
        assert [operator.admit(secret).plan for secret in secrets[1:]] == [plan, plan]
        assert operator.admit(secrets[0]) == InvalidKey()


def test_a_downgrade_waits_for_requests_under_way_and_counts_what_they_store(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC, leads=1)
    secret = operator.workspaces.create_key(workspace)
    assert operator.admit(secret).plan is Plan.BASIC
    refused: list[object] = []

    def meanwhile() -> None:
        operator.post(workspace, 2)
        assert operator.admit(secret).plan is Plan.FREE
        refused.append(operator.post_on_free_plan(workspace, 1))

    operator.meanwhile = meanwhile

    assert operator.workspaces.set_plan(workspace, Plan.FREE) == 3

    (waited,) = operator.slept
    assert SHORTEST_WAIT <= waited <= LONGEST_WAIT
    assert refused == [FreePlanUse(10)]  # closed until all is counted
    assert operator.post_on_free_plan(workspace, 3) == FreePlanUse(3)
    assert operator.post_on_free_plan(workspace, 2) is Plan.FREE


def test_a_downgrade_waits_for_the_key_that_was_used_last(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secrets = [operator.workspaces.create_key(workspace) for _ in range(3)]
    operator.admit(secrets[1])

    operator.workspaces.set_plan(workspace, Plan.FREE)

    (waited,) = operator.slept
    assert SHORTEST_WAIT <= waited <= LONGEST_WAIT


def test_a_downgrade_of_a_workspace_that_is_not_in_use_takes_no_time(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC, leads=2)
    secret = operator.workspaces.create_key(workspace)
    long_ago = time.time_ns() // 1_000_000 - 60_000
    Admission(DynamoDBKeyStore(operator.client, operator.settings.access_table), RATE_LIMIT).admit(
        secret, now=long_ago, deadline=time.monotonic() + 20
    )

    assert operator.workspaces.set_plan(workspace, Plan.FREE) == 2
    assert operator.slept == []


def test_a_request_that_is_admitted_just_before_the_plan_changes_is_waited_for(
    operator: Operator, other: Operator
) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secret = operator.workspaces.create_key(workspace)
    admitted: list[Any] = []
    once(operator, "TransactWriteItems", lambda: admitted.append(other.admit(secret)))
    operator.meanwhile = lambda: operator.post(workspace, 3)

    held = operator.workspaces.set_plan(workspace, Plan.FREE)

    assert [outcome.plan for outcome in admitted] == [Plan.BASIC]
    assert sum(operator.slept) >= SHORTEST_WAIT
    assert held == 3


def test_a_request_whose_key_was_revoked_since_is_waited_for(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secret = operator.workspaces.create_key(workspace)
    assert operator.admit(secret).plan is Plan.BASIC
    operator.workspaces.revoke_key(workspace, secret[:12])
    operator.meanwhile = lambda: operator.post(workspace, 3)

    held = operator.workspaces.set_plan(workspace, Plan.FREE)

    assert sum(operator.slept) >= SHORTEST_WAIT
    assert held == 3


def test_an_interrupted_downgrade_leaves_the_workspace_closed_and_opens_it_when_it_is_run_again(
    operator: Operator,
) -> None:
    workspace = operator.workspace(Plan.BASIC, leads=3)
    secret = operator.workspaces.create_key(workspace)
    operator.admit(secret)

    def killed() -> None:
        raise KilledError

    operator.meanwhile = killed
    with pytest.raises(KilledError):
        operator.workspaces.set_plan(workspace, Plan.FREE)

    assert operator.admit(secret).plan is Plan.FREE
    assert operator.post_on_free_plan(workspace, 1) == FreePlanUse(10)

    operator.meanwhile = lambda: None
    assert operator.workspaces.set_plan(workspace, Plan.FREE) == 3
    assert operator.post_on_free_plan(workspace, 3) == FreePlanUse(3)
    assert operator.post_on_free_plan(workspace, 2) is Plan.FREE


def test_a_downgrade_that_is_run_again_after_an_interruption_still_waits_for_requests_under_way(
    operator: Operator,
) -> None:
    workspace = operator.workspace(Plan.BASIC)
    secret = operator.workspaces.create_key(workspace)
    assert operator.admit(secret).plan is Plan.BASIC

    def killed() -> None:
        raise KilledError

    operator.meanwhile = killed
    with pytest.raises(KilledError):
        operator.workspaces.set_plan(workspace, Plan.FREE)
    operator.slept.clear()

    operator.meanwhile = lambda: operator.post(workspace, 3)
    held = operator.workspaces.set_plan(workspace, Plan.FREE)

    assert sum(operator.slept) >= SHORTEST_WAIT
    assert held == 3


def test_leads_are_listed_newest_first_across_shards_and_requests(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    ids = [lead_id for count in (1, 30, 9, 2) for lead_id in operator.post(workspace, count)]
    operator.post(operator.workspace(Plan.BASIC), 3)

    for page_size in (1, 4, 100):
        leads = list(operator.workspaces.leads(workspace, page_size=page_size))
        assert [lead["id"] for lead in leads] == sorted(ids, reverse=True)


def test_a_listed_lead_has_its_fields_and_nothing_of_how_it_is_stored(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    lead = complete(
        {"company": "Ö 🎉", "labels": ["a", "b"], "contacts": [{"name": "Zoë"}], "employeeCount": 7},
        "2026-11-23T08:00:00Z",
    )
    batch = Batch(workspace, new_ulid(next(ULID_TIMES)), [lead])
    operator.leads.put(batch, time.monotonic() + 20)

    assert list(operator.workspaces.leads(workspace, page_size=1)) == [{"id": f"{batch.batch_id}-000", **lead}]


def test_of_a_large_workspace_only_the_pages_that_are_asked_for_are_read(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    ids = operator.post(workspace, 100)
    queries: list[object] = []
    operator.client.meta.events.register("before-call.dynamodb.Query", lambda **_: queries.append(1))

    newest = list(itertools.islice(operator.workspaces.leads(workspace, page_size=3), 3))

    assert [lead["id"] for lead in newest] == ids[:-4:-1]
    assert len(queries) == 8


def secret_like(start: str) -> str:
    return keys.with_checksum(f"{keys.PREFIX}{start}".ljust(len(keys.PREFIX) + keys.RANDOM_LENGTH, "0"))


def once(operator: Operator, operation: str, act: Callable[[], object]) -> None:
    """Let something happen just before the operator's next call of an operation."""
    turn = itertools.count()

    def before_call(**_: Any) -> None:  # noqa: ANN401
        if next(turn) == 0:
            act()

    operator.client.meta.events.register(f"before-call.dynamodb.{operation}", before_call)
