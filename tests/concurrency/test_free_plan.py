"""Several processes race for the free plan's five leads, with and without changes of the plan."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from concurrency.instances import (
    HURRIED,
    Instance,
    Post,
    Response,
    Setup,
    all_of,
    change_plans,
    freeze_before,
    post,
    post_all,
    post_on,
    set_plan,
    slow_writes_down,
)

from leads_admin.workspaces import Workspaces
from leads_core.intake import PlanLimitExceeded, PlanLimitReached, Stored
from leads_core.plans import Plan

Item = Callable[[str], dict[str, Any]]

MOST = 5


def race(secrets: Iterable[str], largest: Sequence[int], chance: random.Random, label: str = "") -> list[list[Post]]:
    """Requests for each of four processes, in the same order so that they race; ``largest`` request of each round.

    Half of them have an Idempotency-Key, and most of those are sent by two processes or more.
    """
    posts: list[list[Post]] = [[], [], [], []]
    for secret in secrets:
        for number, most in enumerate(largest):
            name = f"{label}{number} {secret[-8:]}"
            shared = Post(secret, name, chance.randint(1, most), f"{label}{number}")
            for process, of_process in enumerate(posts):
                alone = Post(secret, f"{name} {process}", chance.randint(1, most))
                of_process.append(chance.choice([shared, alone]))
    return posts


def names(leads: Iterable[dict[str, Any]]) -> Counter[str]:
    """The number of leads of each request."""
    return Counter(lead["company"].partition("/")[0] for lead in leads)


def check_all_or_nothing(responses: Iterable[Response], leads: list[dict[str, Any]]) -> None:
    """Check that all leads of accepted requests are there exactly once, and no other leads."""
    assert len({lead["company"] for lead in leads}) == len(leads)
    found = names(leads)
    by_request: dict[str, list[Response]] = defaultdict(list)
    for response in responses:
        by_request[response.post.name].append(response)
    assert set(found) <= set(by_request)
    for name, same in by_request.items():
        size = same[0].post.size
        stored = [response.outcome for response in same if isinstance(response.outcome, Stored)]
        if stored:
            assert found[name] == size
            assert len({outcome.batch_id for outcome in stored}) == 1
            assert {lead["id"] for lead in leads if lead["company"].startswith(f"{name}/")} == set(stored[0].lead_ids)
            assert [outcome.is_retry for outcome in stored].count(False) <= 1
        elif all(response.outcome is not None for response in same):
            assert found[name] == 0
        else:
            assert found[name] <= size


def test_requests_that_race_for_the_last_places_are_stored_whole_and_never_exceed_five_leads(
    instances: list[Instance], setups: list[Setup], workspaces: Workspaces, workspace_item: Item, chance: random.Random
) -> None:
    free = [workspaces.create_workspace("Acme", Plan.FREE) for _ in range(12)]
    secrets = [workspaces.create_key(workspace_id) for workspace_id in free]
    # Single leads at the end, so that the last place is used.
    posts = race(secrets, [MOST] * 5 + [1] * 3, chance)

    results = all_of(
        instance.start(post_all, setup, requests)
        for instance, setup, requests in zip(instances, setups, posts, strict=True)
    )

    responses = [response for several in results for response in several]
    assert all(isinstance(response.outcome, Stored | PlanLimitReached | PlanLimitExceeded) for response in responses)
    for workspace_id, secret in zip(free, secrets, strict=True):
        leads = list(workspaces.leads(workspace_id, page_size=100))
        assert len(leads) == int(workspace_item(workspace_id)["lead_count"]) == MOST
        check_all_or_nothing([response for response in responses if response.post.secret == secret], leads)


def test_a_downgraded_workspace_never_exceeds_its_limit_while_plans_change(
    instances: list[Instance],
    operator: Instance,
    setups: list[Setup],
    workspaces: Workspaces,
    workspace_item: Item,
    chance: random.Random,
) -> None:
    # Their clocks are behind the operator's, so that what is in flight looks older than it is.
    setups = [replace(setup, pace=HURRIED, skew=setup.skew - 1000) for setup in setups]
    changing = [workspaces.create_workspace("Acme", Plan.FREE) for _ in range(16)]
    secrets = [workspaces.create_key(workspace_id) for workspace_id in changing]
    posts = race(secrets, [2, 2, 1, 5] * 15, chance)
    for of_process in posts:
        chance.shuffle(of_process)
    for instance, setup in zip(instances, setups, strict=True):
        instance.do(slow_writes_down, setup, share=0.4, seconds=0.5)

    changes = operator.start(change_plans, setups[0], changing, rounds=2)
    posting = [
        instance.start(post_on, setup, requests, pause=0.04)
        for instance, setup, requests in zip(instances, setups, posts, strict=True)
    ]
    changed = changes()
    for instance in instances:
        instance.enough()
    results = all_of(posting)
    last = race(secrets, [1] * 3, chance, label="last ")
    results += all_of(
        instance.start(post_all, setup, requests)
        for instance, setup, requests in zip(instances, setups, last, strict=True)
    )

    responses = [response for several in results for response in several]
    judged = []
    for workspace_id, secret, (first_up, first_down, second_up, second_down) in zip(
        changing, secrets, changed, strict=True
    ):
        of_workspace = [response for response in responses if response.post.secret == secret]
        leads = list(workspaces.leads(workspace_id, page_size=100))
        check_all_or_nothing(of_workspace, leads)
        assert first_up.held_before <= MOST
        if any(response.outcome is None and response.post.idempotency_key for response in of_workspace):
            continue  # It may have left leads that a downgrade counted, and that its retry has counted again.
        judged.append(workspace_id)
        for reported, held_then, held_later in (
            (first_down.reported, first_down.held_after, second_up.held_before),
            (second_down.reported, second_down.held_after, len(leads)),
        ):
            assert reported is not None
            # A downgrade counts to ten; what was stored on the basic plan stays, and then there are at most five.
            assert min(held_then, 10) == reported or reported < held_then <= MOST
            assert held_later == held_then or held_then < held_later <= MOST
        assert len(leads) >= MOST
        assert int(workspace_item(workspace_id)["lead_count"]) == min(len(leads), 10)
    assert len(judged) > len(changing) // 2
    # Leads were stored in both ways, and both errors occurred.
    assert {(response.plan, type(response.outcome)) for response in responses} >= {
        (Plan.FREE, Stored),
        (Plan.BASIC, Stored),
        (Plan.FREE, PlanLimitReached),
        (Plan.FREE, PlanLimitExceeded),
    }


def test_a_repeat_on_the_free_plan_finishes_and_counts_a_request_that_died_on_the_basic_plan(
    instances: list[Instance],
    operator: Instance,
    victim: Instance,
    setups: list[Setup],
    workspaces: Workspaces,
    workspace_item: Item,
) -> None:
    hurried = replace(setups[0], pace=HURRIED)
    died: list[tuple[str, Post]] = []
    # Before the first batch, when 50 of the 100 were stored, and when both of the two were but not marked.
    for size, call in ((2, 2), (100, 4), (2, 3)):
        workspace_id = workspaces.create_workspace("Acme", Plan.BASIC)
        request = Post(workspaces.create_key(workspace_id), "died", size, "key")
        victim.begin_life(hurried)
        victim.do(freeze_before, hurried, call)
        victim.start(post, hurried, request)
        victim.wait_until_frozen()
        victim.end_life()
        died.append((workspace_id, request))

    assert [operator.do(set_plan, hurried, workspace_id, Plan.FREE) for workspace_id, _ in died] == [0, 10, 2]
    results = all_of(
        instance.start(post_all, setup, [request for _, request in died])
        for instance, setup in zip(instances, setups, strict=True)
    )

    for (workspace_id, request), responses in zip(died, zip(*results, strict=True), strict=True):
        assert all(isinstance(response.outcome, Stored) for response in responses)
        leads = list(workspaces.leads(workspace_id, page_size=1000))
        check_all_or_nothing(responses, leads)
        assert len(leads) == request.size
    # What the downgrade had counted is counted twice, which is too strict and never too lax, and can be set right.
    counts = [int(workspace_item(workspace_id)["lead_count"]) for workspace_id, _ in died]
    assert counts == [2, 110, 4]
    assert [operator.do(set_plan, hurried, workspace_id, Plan.FREE) for workspace_id, _ in died] == [2, 10, 2]
