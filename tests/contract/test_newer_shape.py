"""The newer shape of a lead, which the vendor documents for the same path. Each lead may have either shape."""

from typing import Any

import pytest

from support.api import Post, Workspace


def stored(post: Post, workspace: Workspace, *leads: dict[str, Any]) -> list[dict[str, Any]]:
    """Stored leads, without the fields that every lead has."""
    response = post(workspace, list(leads))
    assert response.status_code == 200, response.text
    ours = {"id", "date", "employeeCount"}
    return [
        {name: _without_date(value) for name, value in lead.items() if name not in ours} for lead in workspace.leads()
    ]


def _without_date(value: Any) -> Any:  # noqa: ANN401 - any part of a lead
    if not isinstance(value, list):
        return value
    return [
        {name: text for name, text in each.items() if name != "dateCreated"} if isinstance(each, dict) else each
        for each in value
    ]


def test_the_vendors_curl_example(post: Post, workspace: Workspace) -> None:
    assert stored(post, workspace, {"isContact": False, "Name": "ClosingDealz"}) == [
        {"company": "ClosingDealz", "custom": {"isContact": False}}
    ]


def test_the_vendors_example_of_a_body(post: Post, workspace: Workspace) -> None:
    lead = {
        "isContact": False,
        "name": "ClosingDealz",
        "email": [{"Address": "hello@closingdealz.io"}],
        "phoneNumber": [{"Number": "+46701234567"}],
        "industry": "SaaS",
    }

    assert stored(post, workspace, lead) == [
        {
            "company": "ClosingDealz",
            "email": "hello@closingdealz.io",
            "phoneNumber": "+46701234567",
            "industry": "SaaS",
            "custom": {"isContact": False},
        }
    ]


def test_a_contact_with_everything(post: Post, workspace: Workspace) -> None:
    lead = {
        "isContact": True,
        "name": "Ada",
        "lastName": "Lovelace",
        "role": "Head of Analytics",
        "emails": ["ada@example.com", {"value": "ada@example.org"}],
        "phoneNumbers": [{"Number": 46701234567}, {"Number": "2"}, {"Number": "3"}],
        "addresses": [{"Type": "work", "Address": "1 Example Street"}],
        "socials": [
            {"type": "LinkedIn", "url": "in/ada"},
            "https://www.x.com/ada",
            {"url": "https://m.facebook.com/ada"},
            {"type": "website", "url": "https://example.com"},
            {"type": "Xing", "url": "https://xing.com/ada"},
            {"url": "https://twitter.com/again"},
        ],
        "companyId": "6f1c1c1e-0000-4000-8000-000000000001",
        "contactId": "6f1c1c1e-0000-4000-8000-000000000002",
        "employeeCount": 0,
    }

    assert stored(post, workspace, lead) == [
        {
            "contactPerson": "Ada Lovelace",
            "jobTitle": "Head of Analytics",
            "email": "ada@example.com",
            "phoneNumber": "46701234567",
            "address": "1 Example Street",
            "linkedIn": "in/ada",
            "twitter": "https://www.x.com/ada",
            "facebook": "https://m.facebook.com/ada",
            "website": "https://example.com",
            "contacts": [{"email": "ada@example.org", "phoneNumber": "2"}, {"phoneNumber": "3"}],
            "custom": {
                "isContact": True,
                "companyId": "6f1c1c1e-0000-4000-8000-000000000001",
                "contactId": "6f1c1c1e-0000-4000-8000-000000000002",
                "social1": "https://xing.com/ada",
                "social2": "https://twitter.com/again",
            },
        }
    ]
    assert workspace.leads()[0]["employeeCount"] == 1


def test_contacts_of_the_newer_shape_follow_the_named_ones(post: Post, workspace: Workspace) -> None:
    contacts = [{"name": "Ada", "emails": ["1", "2"]}, {"name": "Bo", "socials": ["https://linkedin.com/in/bo"]}]

    [lead] = stored(
        post, workspace, {"name": "A", "emails": ["a", "b"], "contactPerson": [{"name": "C"}], "contacts": contacts}
    )

    assert lead["contacts"] == [
        {"name": "C"},
        {"name": "Ada", "email": "1"},
        {"name": "Bo", "linkedIn": "https://linkedin.com/in/bo"},
        {"email": "b"},
        {"email": "2"},
    ]


def test_the_older_shape_takes_precedence(post: Post, workspace: Workspace) -> None:
    lead = {
        "company": "Older",
        "name": "Newer",
        "email": "older@example.com",
        "emails": ["newer@example.com"],
        "linkedIn": "older",
        "socials": [{"type": "linkedin", "url": "newer"}],
        "isContact": False,
        "custom": {"isContact": "mine"},
    }

    assert stored(post, workspace, lead) == [
        {
            "company": "Older",
            "email": "older@example.com",
            "linkedIn": "older",
            "contacts": [{"email": "newer@example.com"}],
            "custom": {"isContact": "mine", "social1": "newer"},
        }
    ]


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ({"Label": "work", "Address": "a@example.com"}, "a@example.com"),
        ({"id": 1, "value": "a@example.com", "isPrimary": True}, "a@example.com"),
        ({"type": "work", "mail": "a@example.com"}, "a@example.com"),
    ],
    ids=str,
)
def test_only_the_text_of_an_object_is_stored(
    post: Post, workspace: Workspace, sent: dict[str, Any], text: str
) -> None:
    assert stored(post, workspace, {"name": "A", "emails": [sent]}) == [{"company": "A", "email": text}]


def test_socials_without_a_field_take_the_next_free_field(post: Post, workspace: Workspace) -> None:
    lead = {"name": "A", "socials": ["a", "b"], "custom": {"social1": "mine"}}

    [lead] = stored(post, workspace, lead)

    assert lead["custom"] == {"social1": "mine", "social2": "a", "social3": "b"}


@pytest.mark.parametrize("is_contact", ["true", "TRUE", 1])
def test_a_contact_may_be_marked_by_other_spellings_of_true(
    post: Post, workspace: Workspace, is_contact: object
) -> None:
    [lead] = stored(post, workspace, {"isContact": is_contact, "name": "Ada", "lastName": "Lovelace"})

    assert lead["contactPerson"] == "Ada Lovelace"


@pytest.mark.parametrize(
    ("lead", "ignored"),
    [
        ({"name": "A", "emails": [f"{number}" for number in range(30)]}, ["emails"]),
        ({"name": "A", "EMAIL": [f"{number}" for number in range(22)]}, ["EMAIL"]),
        ({"name": "A", "email": ["1"], "emails": [f"{number}" for number in range(21)]}, ["emails"]),
        ({"contacts": [{"emails": [f"{number}" for number in range(12)]}] * 2}, ["contacts/1/emails"]),
        ({"contacts": [{"name": "A", "socials": ["https://example.com"]}]}, ["contacts/0/socials"]),
        ({"name": "A", "Foo": 1, "foo": 2, "EMAIL": "a", "email": "b"}, ["Foo", "foo"]),
    ],
    ids=["addresses", "array of the older name", "both names", "of two contacts", "socials", "two spellings"],
)
def test_values_without_a_field_are_reported(
    post: Post, workspace: Workspace, lead: dict[str, Any], ignored: list[str]
) -> None:
    response = post(workspace, [lead], Prefer="return=representation")

    assert response.json()["data"]["leads"][0]["ignored"] == ignored


def test_further_contacts_beyond_twenty_are_ignored(post: Post, workspace: Workspace) -> None:
    [lead] = stored(post, workspace, {"name": "A", "emails": [f"{number}" for number in range(30)]})

    assert [contact["email"] for contact in lead["contacts"]] == [f"{number}" for number in range(1, 21)]


@pytest.mark.parametrize(
    ("lead", "pointer"),
    [
        ({"Name": "x" * 257}, "/0/Name"),
        ({"isContact": True, "NAME": "x" * 257}, "/0/NAME"),
        ({"role": "x" * 257}, "/0/role"),
        ({"Email": [{"Address": "x" * 125}]}, "/0/Email/0/Address"),
        ({"emails": ["a", {"Value": "x" * 125}]}, "/0/emails/1/Value"),
        ({"phoneNumber": [{"Number": []}]}, "/0/phoneNumber/0/Number"),
        ({"socials": [{"type": "x", "url": "y" * 513}]}, "/0/socials/0/url"),
        ({"Contacts": [{}, {"Emails": ["a", "x" * 125]}]}, "/0/Contacts/1/Emails/1"),
        ({"name": "A", "companyId": []}, "/0/companyId"),
        ({"name": "A", "companyId": "\ud800"}, "/0/companyId"),
        ({"isContact": True, "name": ["a"], "lastName": "b"}, "/0/name"),
        ({"isContact": True, "name": "a", "lastName": True}, "/0/lastName"),
        ({"name": "A", "socials": ["x"] * 60}, "/0/socials"),
        ({"address": [{"street": "1 Example Street", "city": "Stockholm"}]}, "/0/address/0"),
        ({"emails": [{"\ud800": True}]}, "/0/emails/0/?"),
    ],
    ids=str,
)
def test_a_problem_has_the_path_in_the_clients_body(
    post: Post, workspace: Workspace, lead: dict[str, Any], pointer: str
) -> None:
    response = post(workspace, [lead])

    assert response.status_code == 400, response.text
    assert [problem["pointer"] for problem in response.json()["errors"]] == [pointer]
    assert workspace.leads() == []


@pytest.mark.parametrize("lead", [{"Foo": 1}, {"Firma": "ACME", "Ort": "Bonn"}, {"lastName": "Lovelace"}])
def test_a_lead_without_any_known_field_is_refused(post: Post, workspace: Workspace, lead: dict[str, Any]) -> None:
    response = post(workspace, [{}, lead])

    [problem] = response.json()["errors"]
    assert (response.status_code, problem["code"], problem["pointer"]) == (400, "no_known_field", "/1")
    assert all(name in problem["message"] for name in lead)
    assert workspace.leads() == []


@pytest.mark.parametrize("lead", [{}, {"company": ""}, {"Foo": None}, {"Foo": "", "email": None}, {"name": ""}])
def test_an_empty_lead_is_accepted(post: Post, workspace: Workspace, lead: dict[str, Any]) -> None:
    assert stored(post, workspace, lead) == [{}]
