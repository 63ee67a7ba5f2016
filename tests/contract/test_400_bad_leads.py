import json

import pytest

from support.api import Post, Workspace
from support.fields import CONTACT_TEXTS, LEAD_TEXTS


def test_leads_at_every_limit_are_stored(post: Post, workspace: Workspace) -> None:
    contact = {name: "ü" * limit for name, limit in CONTACT_TEXTS.items()}
    lead = {name: "🙂" * limit for name, limit in LEAD_TEXTS.items()}
    assert post(workspace, [{**lead, "labels": ["é" * 64], "contacts": [contact]}]).status_code == 200


def test_a_field_that_is_one_character_too_long_is_refused(post: Post, workspace: Workspace) -> None:
    lead = {field: "x" * (limit + 1) for field, limit in LEAD_TEXTS.items()}
    response = post(workspace, [{"company": "fine"}, lead])
    assert response.status_code == 400
    assert response.json()["errors"] == [
        {
            "index": 1,
            "field": field,
            "pointer": f"/1/{field}",
            "code": "string_too_long",
            "message": f"must have at most {limit} characters, but has {limit + 1}",
        }
        for field, limit in LEAD_TEXTS.items()
    ]
    assert workspace.leads() == []


@pytest.mark.parametrize("contacts", ["contacts", "contactPerson"])
def test_fields_of_contacts_have_limits(post: Post, workspace: Workspace, contacts: str) -> None:
    contact = {field: "x" * (limit + 1) for field, limit in CONTACT_TEXTS.items()}
    errors = post(workspace, [{contacts: [{}, contact]}]).json()["errors"]
    assert [(error["pointer"], error["code"]) for error in errors] == [
        (f"/0/{contacts}/1/{field}", "string_too_long") for field in CONTACT_TEXTS
    ]


@pytest.mark.parametrize(
    ("lead", "pointer"),
    [
        ({"employeeCount": 0}, "/0/employeeCount"),
        ({"employeeCount": 5_000_001}, "/0/employeeCount"),
        ({"employeeCount": 1.5}, "/0/employeeCount"),
        ({"employeeCount": "many"}, "/0/employeeCount"),
        ({"employeeCount": True}, "/0/employeeCount"),
        ({"employeeCount": 10**400}, "/0/employeeCount"),
        ({"employeeCount": -1}, "/0/employeeCount"),
        ({"company": True}, "/0/company"),
        ({"company": ["A"]}, "/0/company"),
        ({"contactPerson": {"name": "A"}}, "/0/contactPerson"),
        ({"contacts": {"name": "A"}}, "/0/contacts"),
        ({"contacts": ["A"]}, "/0/contacts/0"),
        ({"labels": "Apollo"}, "/0/labels"),
        ({"labels": ["fine", "x" * 65]}, "/0/labels/1"),
        ({"labels": [{}]}, "/0/labels/0"),
        ({"date": "yesterday"}, "/0/date"),
        ({"date": 1714557600}, "/0/date"),
        ({"date": "2025-02-30T00:00:00Z"}, "/0/date"),
        ({"date": "0001-01-01T00:00:00+14:00"}, "/0/date"),
        ({"contacts": [{"dateCreated": "soon"}]}, "/0/contacts/0/dateCreated"),
        ("lead", "/0"),
        (None, "/0"),
        ([], "/0"),
    ],
)
def test_a_value_of_the_wrong_type_is_reported(post: Post, workspace: Workspace, lead: object, pointer: str) -> None:
    response = post(workspace, [lead])
    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert workspace.leads() == []


def test_the_message_names_the_first_problem_and_counts_the_rows(post: Post, workspace: Workspace) -> None:
    bad = {"email": "x" * 200, "phoneNumber": "1" * 65}
    body = post(workspace, [{}, bad, {}, bad]).json()
    assert body["message"] == (
        "The email of the lead at index 1 must have at most 124 characters, but has 200. "
        "Nothing was stored: 2 of 4 leads must be corrected."
    )
    assert [(error["index"], error["field"]) for error in body["errors"]] == [
        (1, "email"),
        (1, "phoneNumber"),
        (3, "email"),
        (3, "phoneNumber"),
    ]


def test_problems_name_fields_in_the_clients_spelling(post: Post, workspace: Workspace) -> None:
    lead = {"EMAIL": "x" * 200, "ContactPerson": [{"eMail": "y" * 200}]}
    errors = post(workspace, [lead]).json()["errors"]
    assert {error["pointer"] for error in errors} == {"/0/EMAIL", "/0/ContactPerson/0/eMail"}
    assert {error["field"] for error in errors} == {"email", "contactPerson.email"}


def test_at_most_a_hundred_problems_are_listed_but_all_rows_are_counted(post: Post, workspace: Workspace) -> None:
    body = post(workspace, [{"labels": ["x" * 65] * 30}] * 90).json()
    assert len(body["errors"]) == 100
    assert "90 of 90 leads" in body["message"]


def test_half_a_surrogate_pair_is_refused_with_its_row(post: Post, workspace: Workspace) -> None:
    body = b'[{"notes": "fine \\ud83d\\ude42"}, {"notes": "cut \\ud83d"}]'
    (error,) = post(workspace, body).json()["errors"]
    assert (error["pointer"], error["code"]) == ("/1/notes", "string_unicode")


def test_nan_is_refused_with_its_row(post: Post, workspace: Workspace) -> None:
    (error,) = post(workspace, b'[{}, {"employeeCount": NaN}]').json()["errors"]
    assert error["pointer"] == "/1/employeeCount"


def test_a_lead_that_is_too_large_for_the_database_is_refused(post: Post, workspace: Workspace) -> None:
    response = post(workspace, [{}, {"contacts": [{"address": "ü" * 256}] * 900}])
    (error,) = response.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/1", "lead_too_large")
    assert workspace.leads() == []


@pytest.mark.parametrize("field", ["contacts", "contactPerson"])
def test_ten_thousand_contacts_are_refused(post: Post, workspace: Workspace, field: str) -> None:
    response = post(workspace, [{field: [{"name": "Ada"}] * 10_000}])
    (error,) = response.json()["errors"]
    assert (error["pointer"], error["code"]) == (f"/0/{field}", "too_long")
    assert workspace.leads() == []


def test_the_message_repeats_nothing_that_the_client_sent(post: Post, workspace: Workspace) -> None:
    secret = "private" * 100
    lead = {
        "email": secret,
        "date": secret,
        "employeeCount": secret,
        "labels": [secret],
        "contacts": [{"name": secret}],
    }
    assert "private" not in post(workspace, [lead, secret]).text


def test_one_bad_lead_refuses_the_whole_array_and_uses_no_places(post: Post, free_workspace: Workspace) -> None:
    assert post(free_workspace, [{}, {"employeeCount": 0}]).status_code == 400
    assert post(free_workspace, [{}] * 5).status_code == 200


def test_a_field_name_of_four_kilobytes_is_just_unknown(post: Post, workspace: Workspace) -> None:
    body = json.dumps([{"k" * 4096: "v", "company": "A"}]).encode()
    response = post(workspace, body, Prefer="return=representation")
    assert response.status_code == 200
    (lead,) = response.json()["data"]["leads"]
    assert len(lead["ignored"][0]) < 100
