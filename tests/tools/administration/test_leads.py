"""Leads that operators list, select and delete."""

import itertools
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from leads_admin.stored_leads import Selection
from leads_admin.workspaces import AdministrationError
from leads_core.dynamodb.schema import LEAD_SHARDS
from leads_core.intake import Batch, PlanUse
from leads_core.leads import complete
from leads_core.plans import Plan
from leads_core.ulids import new_ulid

if TYPE_CHECKING:
    pass

from support.clock import soon
from support.operators import A_LEAD, LONGEST_WAIT, SHORTEST_WAIT, ULID_TIMES, Operator


def test_leads_are_listed_newest_first_across_shards_and_requests(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    ids = [lead_id for count in (1, 30, 9, 2) for lead_id in operator.post(workspace, count)]
    operator.post(operator.workspace(Plan.BASIC), 3)

    for page_size in (1, 4, 100):
        leads = list(operator.workspaces.leads(workspace, page_size=page_size))
        assert [lead["id"] for lead in leads] == sorted(ids, reverse=True)


def test_a_listed_lead_has_its_fields_and_no_internal_attributes(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    received_at = "2026-11-23T08:00:00Z"
    lead = {"company": "Ö 🎉", "labels": ["a", "b"], "contacts": [{"name": "Zoë"}], "employeeCount": 7}
    batch = Batch(workspace, new_ulid(next(ULID_TIMES)), received_at, [lead])
    operator.leads.put(batch, soon())

    assert list(operator.workspaces.leads(workspace, page_size=1)) == [
        {"id": f"{batch.batch_id}-000", **complete(lead, received_at)}
    ]


def test_only_the_requested_pages_of_a_large_workspace_are_read(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    ids = operator.post(workspace, 100)
    queries: list[object] = []
    operator.client.meta.events.register("before-call.dynamodb.Query", lambda **_: queries.append(1))

    newest = list(itertools.islice(operator.workspaces.leads(workspace, page_size=3), 3))

    assert [lead["id"] for lead in newest] == ids[:-4:-1]
    assert len(queries) == LEAD_SHARDS


def test_leads_are_selected_by_time_batch_and_label(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    batches = []
    for label in ("a", "b", "a"):
        next(ULID_TIMES)
        batches.append(operator.post(workspace, 9, labels=[label, "all"]))
    received = [ulid_time(batch[0]) for batch in batches]

    def selected(**selection: Any) -> list[str]:  # noqa: ANN401
        leads = operator.workspaces.leads(workspace, Selection(**selection), page_size=4, newest_first=False)
        return [lead["id"] for lead in leads]

    assert selected() == [*batches[0], *batches[1], *batches[2]]
    assert selected(since=received[1]) == [*batches[1], *batches[2]]
    assert selected(since=received[1] + 1) == batches[2]
    assert selected(since=received[2] + 1) == []
    assert selected(since=0) == selected()
    assert selected(batch=batches[1][0][:26]) == batches[1]
    assert selected(batch=batches[1][0][:26], since=received[1]) == batches[1]
    assert selected(batch=batches[0][0][:26], since=received[1]) == []
    assert selected(batch=batches[0][0][:25]) == []
    assert selected(label="a") == [*batches[0], *batches[2]]
    assert selected(label="al") == []
    assert selected(after=batches[1][4]) == [*batches[1][5:], *batches[2]]


def test_a_deleted_lead_frees_its_place(operator: Operator) -> None:
    workspace = operator.workspace(Plan.FREE)
    operator.post_on_free_plan(workspace, 5)
    ids = [lead["id"] for lead in operator.workspaces.leads(workspace, page_size=5)]

    assert operator.workspaces.delete_leads(workspace, [ids[0], A_LEAD, ids[3]]) == [A_LEAD]

    assert operator.workspace_item(workspace)["lead_count"] == "3"
    assert operator.post_on_free_plan(workspace, 3) == PlanUse(Plan.FREE, 3)
    assert operator.post_on_free_plan(workspace, 2) is None
    assert operator.workspaces.delete_leads(workspace, [ids[0]]) == [ids[0]]
    assert operator.workspace_item(workspace)["lead_count"] == "5"


@pytest.mark.parametrize("plan", Plan)
def test_a_lead_that_a_request_in_flight_rewrites_is_deleted(operator: Operator, plan: Plan) -> None:
    workspace = operator.workspace(plan)
    operator.admit(operator.workspaces.create_key(workspace))
    batch = Batch(workspace, new_ulid(next(ULID_TIMES)), "2026-11-23T08:00:00Z", [{"company": "Acme"}] * 2)

    def write() -> None:
        if plan is Plan.FREE:
            operator.leads.put_counted(batch, Plan.FREE, 5, soon())
        else:
            operator.leads.put(batch, soon())

    if plan is Plan.BASIC:
        write()
    operator.meanwhile = write

    assert operator.workspaces.delete_leads(workspace, batch.lead_ids()[:1]) == []

    (waited,) = operator.slept
    assert SHORTEST_WAIT <= waited <= LONGEST_WAIT
    assert [lead["id"] for lead in operator.workspaces.leads(workspace, page_size=5)] == batch.lead_ids()[1:]
    assert operator.workspace_item(workspace).get("lead_count") == ("1" if plan is Plan.FREE else None)


def test_leads_are_deleted_immediately_if_no_key_was_used_recently(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    ids = operator.post(workspace, 2)
    operator.admit(operator.workspaces.create_key(workspace), after=-60_000)

    assert operator.workspaces.delete_leads(workspace, ids) == []

    assert operator.slept == []


def test_deleting_leads_on_the_basic_plan_counts_nothing(operator: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    ids = operator.post(workspace, 12)
    elsewhere = operator.post(operator.workspace(Plan.BASIC), 1)

    assert operator.workspaces.delete_leads(workspace, [*ids[1:], *elsewhere]) == elsewhere

    assert [lead["id"] for lead in operator.workspaces.leads(workspace, page_size=5)] == ids[:1]
    assert "lead_count" not in operator.workspace_item(workspace)
    assert operator.workspaces.delete_leads(workspace, ids) == ids[1:]


@pytest.mark.parametrize(
    "lead", ["", "x", "01M83QHZX06B68476KBMMNZ82K", "01m83qhzx06b68476kbmmnz82k-000", "01M83QHZX06B68476KBMMNZ82K-0000"]
)
def test_an_invalid_lead_id_is_refused_before_anything_is_deleted(operator: Operator, lead: str) -> None:
    workspace = operator.workspace(Plan.BASIC)
    ids = operator.post(workspace, 1)

    with pytest.raises(AdministrationError, match="is not a lead's id"):
        operator.workspaces.delete_leads(workspace, [*ids, lead])
    with pytest.raises(AdministrationError, match="is not a lead's id"):
        operator.workspaces.lead(workspace, lead)

    assert operator.workspaces.lead(workspace, ids[0])["id"] == ids[0]


@pytest.mark.parametrize("plan", Plan)
def test_simultaneous_deletions_of_the_same_leads_free_each_place_once(
    operator: Operator, other: Operator, plan: Plan
) -> None:
    workspace = operator.workspace(plan)
    ids = []
    for _ in range(5):
        if plan is Plan.FREE:
            operator.post_on_free_plan(workspace, 1)
        else:
            operator.post(workspace, 1)
    ids = [lead["id"] for lead in operator.workspaces.leads(workspace, page_size=5)]
    start = threading.Barrier(2)

    def delete(deleter: Operator) -> list[str]:
        start.wait()
        return deleter.workspaces.delete_leads(workspace, ids[:4])

    with ThreadPoolExecutor(2) as pool:
        missing = list(pool.map(delete, (operator, other)))

    assert sorted(missing[0] + missing[1]) == sorted(ids[:4])
    assert [lead["id"] for lead in operator.workspaces.leads(workspace, page_size=5)] == ids[4:]
    if plan is Plan.FREE:
        assert operator.workspace_item(workspace)["lead_count"] == "1"


def ulid_time(lead_id: str) -> int:
    time = 0
    for character in lead_id[:10]:
        time = time * 32 + "0123456789ABCDEFGHJKMNPQRSTVWXYZ".index(character)
    return time


def test_deleting_leads_never_undoes_an_upgrade_of_another_operator(operator: Operator, other: Operator) -> None:
    workspace = operator.workspace(Plan.BASIC)
    ids = operator.post(workspace, 12)
    operator.workspaces.set_plan(workspace, Plan.FREE)
    reads = 0

    def upgrade_before_the_last_count(params: dict[str, Any], **_: Any) -> None:  # noqa: ANN401
        nonlocal reads
        reads += "WORKSPACE#" in str(params["body"])
        if reads == 4:
            other.workspaces.set_plan(workspace, Plan.BASIC)

    operator.client.meta.events.register("before-call.dynamodb.GetItem", upgrade_before_the_last_count)

    assert operator.workspaces.delete_leads(workspace, ids[:1]) == []
    assert reads >= 4
    assert operator.workspace_item(workspace)["plan"] == Plan.BASIC
