"""The read-only views of workspaces and leads, and the few reads that they take."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from leads_admin.arrivals import Arrivals, overlap_seconds
from leads_admin.errors import AdministrationError
from leads_admin.lead_filter import LeadFilter
from leads_admin.lead_times import received_at_ms
from leads_admin.newest_leads import NewestLeads, PartialCount
from leads_admin.overviews import Overviews
from leads_admin.stored_leads import ALL, Selection
from leads_core.dynamodb.schema import LEAD_SHARDS
from leads_core.intake import Batch
from leads_core.plans import Plan
from leads_core.ulids import new_ulid
from support.clock import soon
from support.operators import RATE_LIMIT, ULID_TIMES, Operator


@pytest.fixture
def newest(operator: Operator) -> NewestLeads:
    return NewestLeads(operator.client, operator.settings.leads_table)


@pytest.fixture
def overviews(operator: Operator) -> Overviews:
    return Overviews(operator.client, operator.settings.access_table, RATE_LIMIT)


@contextmanager
def calls_of(operator: Operator) -> Iterator[list[str]]:
    """The calls to the database during the block."""
    calls: list[str] = []

    def note(model: Any, **_: Any) -> None:  # noqa: ANN401 - botocore's
        calls.append(model.name)

    operator.client.meta.events.register("before-call.dynamodb", note)
    yield calls
    operator.client.meta.events.unregister("before-call.dynamodb", note)


def ids(leads: list[dict[str, Any]]) -> list[str]:
    return [lead["id"] for lead in leads]


def test_pages_of_the_newest_leads_have_each_lead_once_and_take_48_calls(
    operator: Operator, newest: NewestLeads
) -> None:
    workspace = operator.workspace(Plan.BASIC)
    stored = [lead_id for count in (1, 40, 19) for lead_id in operator.post(workspace, count)]
    operator.post(operator.workspace(Plan.BASIC), 3)

    seen: list[str] = []
    before = None
    with calls_of(operator) as calls:
        while True:
            look = newest.look(workspace, Selection(before=before), per_shard=2)
            seen += ids(look.leads)
            pages = len(calls) // LEAD_SHARDS
            before = look.reached
            if before is None:
                break

    assert seen == sorted(stored, reverse=True)
    assert 1 < pages < len(stored) / 3
    assert calls == ["Query"] * LEAD_SHARDS * pages


def test_a_query_for_ids_returns_only_ids(operator: Operator, newest: NewestLeads) -> None:
    workspace = operator.workspace(Plan.BASIC)
    [lead_id] = operator.post(workspace, 1)

    assert newest.look(workspace, per_shard=1, ids_alone=True).leads == [{"id": lead_id}]
    assert newest.look(workspace, Selection(batch="0" * 26), per_shard=1).leads == []
    assert newest.look(workspace, Selection(batch=lead_id[:26], since=received_at_ms(lead_id) + 1), per_shard=1) == (
        newest.look("nobody", per_shard=1)
    )


def test_leads_of_a_request_are_read_in_one_call(operator: Operator, newest: NewestLeads) -> None:
    workspace = operator.workspace(Plan.BASIC)
    stored = operator.post(workspace, 3)

    with calls_of(operator) as calls:
        found = newest.some(workspace, [*stored, f"{stored[0][:26]}-003"])

    assert sorted(found) == stored
    assert found[stored[1]]["company"] == "Company 1"
    assert calls == ["BatchGetItem"]


def test_a_count_resumes_where_it_stopped(operator: Operator, newest: NewestLeads) -> None:
    workspace = operator.workspace(Plan.BASIC)
    operator.post(workspace, 100)

    counted = PartialCount(0, 0)
    shards = []
    while not counted.is_complete:
        counted = newest.count_on(workspace, counted, most_pages=9)
        shards.append(counted.shards)

    assert shards == [16, 32, 48]
    assert (counted.leads, counted.estimate) == (100, 100)
    assert PartialCount(50, 12).estimate == 200


def test_workspaces_are_shown_with_their_keys_and_the_use_of_these(operator: Operator, overviews: Overviews) -> None:
    free, basic = operator.workspace(Plan.FREE), operator.workspace(Plan.BASIC)
    operator.post_on_free_plan(free, 2)
    used, _ = (operator.workspaces.create_key(basic, label=label) for label in ("used", "new"))
    for _ in range(3):
        operator.admit(used)

    page = overviews.page(most_pages=4)

    assert page.next_page is None
    shown = {each.workspace.id: each for each in page.overviews}
    assert list(shown) == [free, basic]
    assert [each.workspace.lead_count for each in page.overviews] == [2, None]
    assert {use.key.label: use.used for use in shown[basic].keys} == {"used": 3, "new": 0}
    assert sorted(overviews.of(basic).keys, key=str) == sorted(shown[basic].keys, key=str)
    assert shown[free].keys == overviews.of(free).keys == []
    with pytest.raises(AdministrationError, match="There is no workspace nobody"):
        overviews.of("nobody")


class Watch:
    """A clock in seconds that a test moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def follow(newest: NewestLeads, overviews: Overviews, watch: Watch) -> Callable[..., Arrivals]:
    def follow(workspace: str, selection: Selection = ALL) -> Arrivals:
        return Arrivals(newest, overviews, workspace, selection, clock=watch)

    return follow


def test_new_leads_are_reported_once_and_in_their_order(operator: Operator, follow: Callable[..., Arrivals]) -> None:
    workspace = operator.workspace(Plan.BASIC)
    key = operator.workspaces.create_key(workspace)
    operator.post(workspace, 5)
    arrivals = follow(workspace)
    assert arrivals.new() == []

    operator.admit(key)
    first, second = operator.post(workspace, 3), operator.post(workspace, 20)
    assert ids(arrivals.new()) == [*first, *second]
    assert arrivals.new() == []
    third = operator.post(workspace, 1)
    assert ids(arrivals.new()) == third


def test_a_lead_that_appears_later_than_newer_ones_is_not_missed(
    operator: Operator, follow: Callable[..., Arrivals]
) -> None:
    workspace = operator.workspace(Plan.BASIC)
    key = operator.workspaces.create_key(workspace)
    arrivals = follow(workspace)
    operator.admit(key)
    began = next(ULID_TIMES)
    newer = operator.post(workspace, 2)
    assert ids(arrivals.new()) == newer

    late = Batch(workspace, new_ulid(began), "2026-11-23T08:00:00Z", [{"company": "Slow"}])
    operator.leads.put(late, soon())

    assert ids(arrivals.new()) == late.lead_ids()


def test_leads_are_not_read_while_no_key_is_used(
    operator: Operator, follow: Callable[..., Arrivals], watch: Watch
) -> None:
    workspace = operator.workspace(Plan.BASIC)
    key = operator.workspaces.create_key(workspace)
    arrivals = follow(workspace)
    watch.seconds += overlap_seconds() + 1
    with calls_of(operator) as calls:
        assert arrivals.new() == []
    assert sorted(calls) == ["BatchGetItem", "GetItem", "Query"]  # workspace, index, keys

    operator.admit(key)
    with calls_of(operator) as calls:
        assert arrivals.new() == []
    assert calls.count("Query") == LEAD_SHARDS + 1
    watch.seconds += overlap_seconds() - 1
    stored = operator.post(workspace, 1)
    assert ids(arrivals.new()) == stored, "the function may take as long"


def test_leads_that_came_during_an_error_are_reported_after_it(
    operator: Operator, newest: NewestLeads, overviews: Overviews, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = operator.workspace(Plan.BASIC)
    key = operator.workspaces.create_key(workspace)
    arrivals = Arrivals(newest, overviews, workspace, ALL, clock=watch)
    operator.admit(key)
    stored = operator.post(workspace, 1)
    with monkeypatch.context() as patch:
        patch.setattr(newest, "look", lambda *_args, **_options: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            arrivals.new()
    watch.seconds += 10 * overlap_seconds()

    assert ids(arrivals.new()) == stored


def test_following_ends_if_the_workspace_is_deleted(operator: Operator, follow: Callable[..., Arrivals]) -> None:
    workspace = operator.workspace(Plan.BASIC)
    arrivals = follow(workspace)
    operator.workspaces.delete_workspace(workspace, lambda _: None)

    with pytest.raises(AdministrationError, match=f"There is no workspace {workspace}"):
        arrivals.new()


ADA = {
    "id": "01M83QHZX06B68476KBMMNZ82K-000",
    "company": "Straße AG",
    "email": "Office@Example.com",
    "contacts": [{"name": "Ada", "email": "ada@example.com"}],
    "labels": ["web form"],
    "custom": {"utm_source": "Ads", "score": 71},
}


@pytest.mark.parametrize(
    ("wanted", "matches"),
    [
        (LeadFilter(), True),
        (LeadFilter(email="office@example.COM"), True),
        (LeadFilter(email="ADA@example.com"), True),
        (LeadFilter(email="ada"), False),
        (LeadFilter(label="web form"), True),
        (LeadFilter(label="Web form"), False),
        (LeadFilter(text="STRASSE"), True),
        (LeadFilter(text="ads"), True),
        (LeadFilter(text="71"), True),
        (LeadFilter(text="82k-000"), True),
        (LeadFilter(text="utm_source"), False),
        (LeadFilter(email="ada@example.com", label="web form", text="straße"), True),
        (LeadFilter(email="ada@example.com", label="fair"), False),
    ],
)
def test_leads_are_found_by_their_content(wanted: LeadFilter, matches: bool) -> None:  # noqa: FBT001 - a case
    assert wanted.matches(ADA) is matches
