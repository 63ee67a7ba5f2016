"""One request sent several times: simultaneously, and after its process was killed."""

import random
import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from concurrency.instances import (
    HURRIED,
    PATIENT,
    Instance,
    Post,
    Response,
    Setup,
    all_of,
    freeze_before,
    post,
    post_all,
)

from leads_admin.workspaces import Workspaces
from leads_core.intake import Stored
from leads_core.leads import complete
from leads_core.plans import Plan

# The calls of a request with 100 leads: claiming its record, four batches, marking the record.
CALLS = 6


@pytest.fixture
def workspace_id(workspaces: Workspaces) -> str:
    return workspaces.create_workspace("Acme", Plan.BASIC)


def request(secret: str, number: int, size: int = 100) -> Post:
    return Post(secret, f"request {number}", size, f"key {number}")


def rows(leads: Iterable[dict[str, Any]], of: Post) -> list[str]:
    """The companies of a request's leads that are stored, sorted."""
    return sorted(lead["company"] for lead in leads if lead["company"].startswith(f"{of.name}/"))


def all_rows(of: Post) -> list[str]:
    return sorted(f"{of.name}/{row}" for row in range(of.size))


@pytest.mark.parametrize(("plan", "size"), [(Plan.BASIC, 100), (Plan.BASIC, 1), (Plan.FREE, 5), (Plan.FREE, 1)])
def test_simultaneous_duplicates_are_stored_once_and_get_the_same_result(
    instances: list[Instance], setups: list[Setup], workspaces: Workspaces, plan: Plan, size: int
) -> None:
    taking = [workspaces.create_workspace("Acme", plan) for _ in range(5)]
    posts = [request(workspaces.create_key(workspace_id), 1, size) for workspace_id in taking]

    results = all_of(instance.start(post_all, setup, posts) for instance, setup in zip(instances, setups, strict=True))

    for workspace_id, sent, responses in zip(taking, posts, zip(*results, strict=True), strict=True):
        outcomes = [response.outcome for response in responses]
        stored = [outcome for outcome in outcomes if isinstance(outcome, Stored)]
        assert len(stored) == len(outcomes)
        assert len({outcome.batch_id for outcome in stored}) == 1
        assert sorted(outcome.is_retry for outcome in stored) == [False, True, True, True]
        leads = list(workspaces.leads(workspace_id, page_size=1000))
        assert sorted(lead["company"] for lead in leads) == all_rows(sent)
        assert {lead["id"] for lead in leads} == set(stored[0].lead_ids)
        # All leads are as the attempt that stored them got them.
        assert len({lead["date"] for lead in leads}) == 1


def test_a_repeat_finishes_a_request_whose_process_was_killed_at_any_call(
    instances: list[Instance],
    victim: Instance,
    setups: list[Setup],
    workspaces: Workspaces,
    workspace_id: str,
    chance: random.Random,
) -> None:
    secret = workspaces.create_key(workspace_id)
    hurried = [replace(setup, pace=HURRIED) for setup in setups]
    found: list[int] = []
    frozen = [request(secret, call) for call in range(1, CALLS + 1)]
    for call, sent in enumerate(frozen, start=1):
        setup = chance.choice(hurried)
        victim.begin_life(setup)
        victim.do(freeze_before, setup, call)
        victim.start(post, setup, sent)
        victim.wait_until_frozen()
        victim.end_life()
        found.append(len(rows(workspaces.leads(workspace_id, page_size=1000), sent)))
    at_random = [request(secret, 100 + number) for number in range(10)]
    for sent in at_random:
        setup = chance.choice(hurried)
        victim.begin_life(setup)
        victim.start(post, setup, sent)
        time.sleep(chance.uniform(0, 0.15))
        victim.end_life()

    patient = [replace(setup, pace=PATIENT) for setup in setups]
    results = all_of(
        instance.start(post_all, setup, [*frozen, *at_random])
        for instance, setup in zip(instances, patient, strict=True)
    )

    # Before the batches nothing was there, then more and more of it.
    assert found == [0, 0, 25, 50, 75, 100]
    leads = list(workspaces.leads(workspace_id, page_size=1000))
    for sent, responses in zip([*frozen, *at_random], zip(*results, strict=True), strict=True):
        assert rows(leads, sent) == all_rows(sent)
        assert len({lead["date"] for lead in leads if lead["company"] in all_rows(sent)}) == 1
        assert len({batch_id(response) for response in responses}) == 1


def batch_id(response: Response) -> str | None:
    assert isinstance(response.outcome, Stored)
    return response.outcome.batch_id


def test_leads_left_by_a_killed_process_are_complete_without_an_idempotency_key(
    victim: Instance, setups: list[Setup], workspaces: Workspaces, workspace_id: str
) -> None:
    secret = workspaces.create_key(workspace_id)
    sent = Post(secret, "cut off", 100)
    victim.begin_life(setups[0])
    victim.do(freeze_before, setups[0], 3)
    victim.start(post, setups[0], sent)
    victim.wait_until_frozen()
    victim.end_life()

    leads = list(workspaces.leads(workspace_id, page_size=1000))
    assert len(leads) == 50
    (received_at,) = {lead["date"] for lead in leads}
    whole = {lead["company"]: complete(lead, received_at) for lead in sent.leads()}
    assert [{**whole[lead["company"]], "id": lead["id"]} for lead in leads] == leads
