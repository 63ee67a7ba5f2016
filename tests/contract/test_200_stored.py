import json
from datetime import UTC, datetime, timedelta

import pytest

from support.api import AssertEnvelope, Post, Workspace


def test_the_documented_example_is_stored(post: Post, workspace: Workspace, assert_envelope: AssertEnvelope) -> None:
    lead = {
        "company": "Company Name",
        "contactPerson": "Contact Person Name",
        "jobTitle": "Job Title",
        "email": "email@example.com",
        "phoneNumber": "Phone Number",
        "notes": "Any relevant notes or information about the lead",
    }
    response = post(workspace, [lead])
    assert_envelope(response, 200, None)
    (stored,) = workspace.leads()
    assert stored.items() >= lead.items()


def test_the_response_is_the_documented_text(post: Post, workspace: Workspace) -> None:
    expected = '{"succeeded": true, "statusCode": 200, "statusCodeDescription": "NONE", "message": null}'
    assert post(workspace, [{}]).text == expected


def test_the_field_names_of_the_documented_curl_example_are_accepted(post: Post, workspace: Workspace) -> None:
    body = b'[{ "Company": "Open AI", "Notes": "Interested in API integration" }]'
    assert post(workspace, body).status_code == 200
    (lead,) = workspace.leads()
    assert (lead["company"], lead["notes"]) == ("Open AI", "Interested in API integration")


def test_every_field_is_stored_as_sent(post: Post, workspace: Workspace) -> None:
    contact = {
        "name": "Ada",
        "lastName": "Lovelace",
        "email": "ada@example.com",
        "phoneNumber": "+44 20",
        "address": "12 St James's Square",
        "website": "https://example.com",
        "linkedIn": "in/ada",
        "twitter": "@ada",
        "facebook": "ada",
        "role": "Countess",
        "dateCreated": "2025-01-01T00:00:00Z",
    }
    lead = {
        "company": "Analytical Engines",
        "contactPerson": "Charles",
        "jobTitle": "Engineer",
        "industry": "Computing",
        "employeeCount": 5_000_000,
        "website": "https://example.com",
        "linkedIn": "company/ae",
        "twitter": "@ae",
        "facebook": "ae",
        "email": "info@example.com",
        "phoneNumber": "+44 21",
        "address": "1 Dorset Street\nLondon",
        "notes": 'Line one\nLine two\t"quoted" 🧮 ünïcode \\ back',
        "labels": ["Apollo", "🚀"],
        "contacts": [contact],
        "date": "2025-06-01T12:00:00Z",
    }
    assert post(workspace, [lead]).status_code == 200
    (stored,) = workspace.leads()
    del stored["id"]
    assert stored == lead


def test_absent_fields_get_their_defaults(post: Post, workspace: Workspace) -> None:
    assert post(workspace, [{"company": "", "notes": None, "contacts": [{"name": "Ada"}]}]).status_code == 200
    (lead,) = workspace.leads()
    assert lead.keys() == {"id", "employeeCount", "date", "contacts"}
    assert lead["employeeCount"] == 1
    for moment in (lead["date"], lead["contacts"][0]["dateCreated"]):
        assert abs(datetime.fromisoformat(moment) - datetime.now(UTC)) < timedelta(minutes=1)


def test_contact_person_may_be_an_array_and_comes_before_contacts(post: Post, workspace: Workspace) -> None:
    lead = {"contactPerson": [{"name": "first"}], "contacts": [{"name": "second"}, {"NAME": "third"}]}
    assert post(workspace, [lead]).status_code == 200
    (stored,) = workspace.leads()
    assert "contactPerson" not in stored
    assert [contact["name"] for contact in stored["contacts"]] == ["first", "second", "third"]


def test_a_hundred_leads_with_the_longest_notes_are_stored_in_order(post: Post, workspace: Workspace) -> None:
    leads = [{"company": str(row), "notes": "🙂" * 6942} for row in range(100)]
    body = json.dumps(leads, ensure_ascii=False).encode()
    assert post(workspace, body).status_code == 200
    stored = workspace.leads()
    assert [lead["company"] for lead in stored] == [str(row) for row in range(100)]
    assert all(lead["notes"] == "🙂" * 6942 for lead in stored)


def test_lead_ids_contain_batch_and_row(post: Post, workspace: Workspace) -> None:
    response = post(workspace, [{}] * 3, Prefer="return=representation")
    data = response.json()["data"]
    assert [lead["id"] for lead in data["leads"]] == [f"{data['batchId']}-00{row}" for row in range(3)]
    assert [lead["id"] for lead in workspace.leads()] == [lead["id"] for lead in data["leads"]]


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "APPLICATION/JSON", "text/json", ""])
def test_json_is_accepted_under_its_usual_names(post: Post, workspace: Workspace, content_type: str) -> None:
    assert post(workspace, [{}], Content_Type=content_type).status_code == 200


def test_two_keys_of_different_workspaces_do_not_see_each_other(
    post: Post, workspace: Workspace, free_workspace: Workspace
) -> None:
    post(workspace, [{"company": "Mine", "workspaceId": free_workspace.workspace_id, "pk": "x", "sk": "y", "id": "z"}])
    assert free_workspace.leads() == []
    (lead,) = workspace.leads()
    assert lead.keys() == {"id", "company", "employeeCount", "date"}


def test_clients_that_map_spreadsheets_are_accepted(post: Post, workspace: Workspace) -> None:
    lead = {
        "company": "Acme",
        "contactPerson": "Jane Doe",
        "jobTitle": "CEO",
        "industry": "",
        "employeeCount": None,
        "website": "",
        "linkedIn": "",
        "email": "",
        "phoneNumber": 46701234567,
        "notes": "Keywords: a, b\n\nTechnologies: c",
        "labels": ["Apollo"],
        "date": "",
        "contacts": "",
    }
    assert post(workspace, [lead, {**lead, "employeeCount": 50.0, "labels": ""}]).status_code == 200
    first, second = workspace.leads()
    assert (first["employeeCount"], second["employeeCount"]) == (1, 50)
    assert first["phoneNumber"] == "46701234567"
    assert "industry" not in first


@pytest.mark.slow
def test_a_body_of_the_largest_size_is_accepted(post: Post, workspace: Workspace) -> None:
    notes = "x" * 6942
    contact = {"address": "y" * 256, "website": "z" * 512}
    lead = {"notes": notes, "contacts": [contact] * 40}
    response = post(workspace, [lead] * 100)
    assert response.status_code == 200
    assert len(workspace.leads()) == 100
