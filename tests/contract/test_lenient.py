"""`Prefer: handling=lenient`: the good rows are stored, the bad ones told."""

import json

import pytest

from support.api import AssertEnvelope, Post, Workspace

LENIENT = "handling=lenient"
BOTH = "return=representation, handling=lenient"
BAD = {"email": "x" * 125, "phoneNumber": "x" * 65}
ROWS = [{"company": "A"}, BAD, {"company": "B"}, {"Foo": 1}]
PARTLY = "2 of 4 leads were stored: correct the others, which are in errors, and send those."


def companies(workspace: Workspace) -> list[str]:
    return sorted(lead["company"] for lead in workspace.leads())


def test_good_rows_are_stored_and_bad_ones_told(
    post: Post, workspace: Workspace, assert_envelope: AssertEnvelope
) -> None:
    answer = post(workspace, ROWS, Prefer=LENIENT)

    assert_envelope(answer, 200, PARTLY, extra=("errors",))
    assert [(problem["index"], problem["pointer"]) for problem in answer.json()["errors"]] == [
        (1, "/1/email"),
        (1, "/1/phoneNumber"),
        (3, "/3"),
    ]
    assert answer.headers["Preference-Applied"] == LENIENT
    assert companies(workspace) == ["A", "B"]


def test_rows_keep_their_numbers_in_ids_and_in_the_answer(post: Post, workspace: Workspace) -> None:
    answer = post(workspace, ROWS, Prefer=BOTH)

    body = answer.json()
    leads = body["data"]["leads"]
    assert list(body)[4:] == ["data", "errors"]
    assert [lead["index"] for lead in leads] == [0, 2]
    assert [lead["id"] for lead in leads] == [f"{body['data']['batchId']}-{row:03d}" for row in (0, 2)]
    assert {lead["id"] for lead in workspace.leads()} == {lead["id"] for lead in leads}
    assert answer.headers["Preference-Applied"] == BOTH


def test_without_the_header_nothing_changes(post: Post, workspace: Workspace) -> None:
    assert post(workspace, ROWS).status_code == 400
    assert post(workspace, ROWS, Prefer="handling=strict").status_code == 400
    assert workspace.leads() == []


def test_when_all_rows_are_good_the_answer_is_the_usual_one(
    post: Post, workspace: Workspace, assert_envelope: AssertEnvelope
) -> None:
    answer = post(workspace, [{"company": "A"}], Prefer=LENIENT)

    assert_envelope(answer, 200, None)
    assert answer.headers["Preference-Applied"] == LENIENT


@pytest.mark.parametrize("body", [[BAD, BAD], [], {}, b"[{", [{}] * 101])
def test_what_has_no_good_row_is_refused_as_ever(post: Post, workspace: Workspace, body: object) -> None:
    lenient, strict = post(workspace, body, Prefer=LENIENT), post(workspace, body)

    assert (lenient.status_code, lenient.json()) == (400, strict.json())
    assert "Preference-Applied" not in lenient.headers
    assert workspace.leads() == []


def test_a_retry_gets_the_same_split_and_the_same_answer(post: Post, workspace: Workspace) -> None:
    first = post(workspace, ROWS, Prefer=BOTH, Idempotency_Key="k")
    again = post(workspace, ROWS, Prefer=BOTH, Idempotency_Key="k")

    assert again.json() == first.json()
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert companies(workspace) == ["A", "B"]


def test_the_plans_limit_is_no_bad_row(post: Post, free_workspace: Workspace, assert_envelope: AssertEnvelope) -> None:
    too_many = [{"company": str(row)} for row in range(6)]

    assert_envelope(
        post(free_workspace, [*too_many, BAD], Prefer=LENIENT),
        400,
        "Can not have more than 5 leads on the free plan.",
    )
    assert free_workspace.leads() == []


def test_only_good_rows_count_towards_the_plan(
    post: Post, free_workspace: Workspace, assert_envelope: AssertEnvelope
) -> None:
    rows = [{"company": str(row)} for row in range(5)] + [BAD] * 5

    assert post(free_workspace, rows, Prefer=LENIENT).status_code == 200
    assert len(free_workspace.leads()) == 5
    assert_envelope(
        post(free_workspace, [{}], Prefer=LENIENT), 400, "Reached the maximum limit of leads on the free plan."
    )


def test_a_dry_run_says_what_would_be_stored(post: Post, workspace: Workspace, assert_envelope: AssertEnvelope) -> None:
    answer = post(workspace, ROWS, query="?dryRun=true", Prefer=LENIENT)

    assert_envelope(answer, 200, PARTLY.replace("were", "would be"), extra=("errors",))
    assert workspace.leads() == []


def test_every_bad_row_is_told_however_many_problems_others_have(post: Post, workspace: Workspace) -> None:
    many = {"labels": ["x" * 65] * 150}
    rows = [{"company": "A"}, many, *[BAD] * 98]

    errors = post(workspace, rows, Prefer=LENIENT).json()["errors"]

    assert len(errors) == 100
    assert {problem["index"] for problem in errors} == set(range(1, 100))
    assert [problem["index"] for problem in errors] == sorted(problem["index"] for problem in errors)


def test_rows_that_say_an_earlier_row_again_are_told_and_stored(post: Post, workspace: Workspace) -> None:
    rows = [
        {"company": "A", "email": "Ada@Example.com"},
        BAD,
        {"company": "B", "email": " ada@example.COM "},
        {"company": "C"},
        {"Company": "C", "notes": ""},
        {"company": "C", "email": "c@example.com"},
        {"company": "D", "email": "ada@example.com"},
    ]

    leads = post(workspace, rows, Prefer=BOTH).json()["data"]["leads"]

    assert {lead["index"]: lead["duplicateOf"] for lead in leads if "duplicateOf" in lead} == {2: 0, 4: 3, 6: 0}
    assert len(workspace.leads()) == 6
    assert "duplicateOf" not in json.dumps(post(workspace, [{"company": "A"}], Prefer=BOTH).json())


def test_a_strict_retry_of_a_lenient_request_gets_its_answer(post: Post, workspace: Workspace) -> None:
    first = post(workspace, ROWS, Prefer=LENIENT, Idempotency_Key="k")
    again = post(workspace, ROWS, Idempotency_Key="k")

    assert again.json() == first.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert post(workspace, ROWS, Idempotency_Key="other").status_code == 400
    assert companies(workspace) == ["A", "B"]


def test_a_dry_run_of_what_is_stored_says_that_it_is(post: Post, workspace: Workspace) -> None:
    post(workspace, ROWS, Prefer=LENIENT, Idempotency_Key="k")

    assert post(workspace, ROWS, query="?dryRun=1", Prefer=LENIENT, Idempotency_Key="k").json()["message"] == PARTLY
