"""`Prefer: handling=lenient`: good rows are stored, and bad rows are reported."""

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


def test_good_rows_are_stored_and_bad_rows_are_reported(
    post: Post, workspace: Workspace, assert_envelope: AssertEnvelope
) -> None:
    response = post(workspace, ROWS, Prefer=LENIENT)

    assert_envelope(response, 200, PARTLY, extra=("errors",))
    assert [(problem["index"], problem["pointer"]) for problem in response.json()["errors"]] == [
        (1, "/1/email"),
        (1, "/1/phoneNumber"),
        (3, "/3"),
    ]
    assert response.headers["Preference-Applied"] == LENIENT
    assert companies(workspace) == ["A", "B"]


def test_rows_keep_their_numbers_in_ids_and_in_the_response(post: Post, workspace: Workspace) -> None:
    response = post(workspace, ROWS, Prefer=BOTH)

    body = response.json()
    leads = body["data"]["leads"]
    assert list(body)[4:] == ["data", "errors"]
    assert [lead["index"] for lead in leads] == [0, 2]
    assert [lead["id"] for lead in leads] == [f"{body['data']['batchId']}-{row:03d}" for row in (0, 2)]
    assert {lead["id"] for lead in workspace.leads()} == {lead["id"] for lead in leads}
    assert response.headers["Preference-Applied"] == BOTH


def test_without_the_header_nothing_changes(post: Post, workspace: Workspace) -> None:
    assert post(workspace, ROWS).status_code == 400
    assert post(workspace, ROWS, Prefer="handling=strict").status_code == 400
    assert workspace.leads() == []


def test_if_all_rows_are_good_the_response_is_the_usual_one(
    post: Post, workspace: Workspace, assert_envelope: AssertEnvelope
) -> None:
    response = post(workspace, [{"company": "A"}], Prefer=LENIENT)

    assert_envelope(response, 200, None)
    assert response.headers["Preference-Applied"] == LENIENT


@pytest.mark.parametrize("body", [[BAD, BAD], [], {}, b"[{", [{}] * 101])
def test_a_request_without_good_rows_is_refused(post: Post, workspace: Workspace, body: object) -> None:
    lenient, strict = post(workspace, body, Prefer=LENIENT), post(workspace, body)

    assert (lenient.status_code, lenient.json()) == (400, strict.json())
    assert "Preference-Applied" not in lenient.headers
    assert workspace.leads() == []


def test_a_retry_gets_the_same_split_and_the_same_response(post: Post, workspace: Workspace) -> None:
    first = post(workspace, ROWS, Prefer=BOTH, Idempotency_Key="k")
    repeat = post(workspace, ROWS, Prefer=BOTH, Idempotency_Key="k")

    assert repeat.json() == first.json()
    assert "Idempotent-Replayed" not in first.headers
    assert repeat.headers["Idempotent-Replayed"] == "true"
    assert companies(workspace) == ["A", "B"]


def test_the_plans_limit_refuses_the_whole_request(
    post: Post, free_workspace: Workspace, assert_envelope: AssertEnvelope
) -> None:
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


def test_a_dry_run_reports_what_would_be_stored(
    post: Post, workspace: Workspace, assert_envelope: AssertEnvelope
) -> None:
    response = post(workspace, ROWS, query="?dryRun=true", Prefer=LENIENT)

    assert_envelope(response, 200, PARTLY.replace("were", "would be"), extra=("errors",))
    assert workspace.leads() == []


def test_every_bad_row_is_reported_however_many_problems_others_have(post: Post, workspace: Workspace) -> None:
    many = {"labels": ["x" * 65] * 150}
    rows = [{"company": "A"}, many, *[BAD] * 98]

    errors = post(workspace, rows, Prefer=LENIENT).json()["errors"]

    assert len(errors) == 100
    assert {problem["index"] for problem in errors} == set(range(1, 100))
    assert [problem["index"] for problem in errors] == sorted(problem["index"] for problem in errors)


def test_duplicate_rows_are_reported_and_stored(post: Post, workspace: Workspace) -> None:
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


def test_a_strict_retry_of_a_lenient_request_gets_its_response(post: Post, workspace: Workspace) -> None:
    first = post(workspace, ROWS, Prefer=LENIENT, Idempotency_Key="k")
    repeat = post(workspace, ROWS, Idempotency_Key="k")

    assert repeat.json() == first.json()
    assert repeat.headers["Idempotent-Replayed"] == "true"
    assert post(workspace, ROWS, Idempotency_Key="other").status_code == 400
    assert companies(workspace) == ["A", "B"]


def test_a_dry_run_of_a_stored_request_reports_that_it_is_stored(post: Post, workspace: Workspace) -> None:
    post(workspace, ROWS, Prefer=LENIENT, Idempotency_Key="k")

    assert post(workspace, ROWS, query="?dryRun=1", Prefer=LENIENT, Idempotency_Key="k").json()["message"] == PARTLY
