"""Limits of fields and of leads, and the problems that are reported."""

from collections.abc import Callable

import pytest

from leads_core.problems import Problem
from support.fields import CONTACT_TEXTS, LEAD_TEXTS
from support.parsing import EMOJI, RECEIVED, SPELLINGS, lead, problem, refusal

# Limits of fields


@pytest.mark.parametrize("spell", SPELLINGS)
@pytest.mark.parametrize(("name", "limit"), LEAD_TEXTS.items())
def test_text_may_be_as_long_as_its_limit_in_code_points(spell: Callable[[str], str], name: str, limit: int) -> None:
    for character in ("x", EMOJI):
        assert lead({spell(name): character * limit})[name] == character * limit


@pytest.mark.parametrize("spell", SPELLINGS)
@pytest.mark.parametrize(("name", "limit"), LEAD_TEXTS.items())
def test_text_longer_than_its_limit_is_refused(spell: Callable[[str], str], name: str, limit: int) -> None:
    message = f"must have at most {limit} characters, but has {limit + 1}"
    expected = Problem(0, name, f"/0/{spell(name)}", "string_too_long", message)
    assert problem({spell(name): "x" * (limit + 1)}) == expected


@pytest.mark.parametrize("spell", SPELLINGS)
@pytest.mark.parametrize("list_name", ["contacts", "contactPerson"])
@pytest.mark.parametrize(("name", "limit"), CONTACT_TEXTS.items())
def test_text_of_contacts_has_limits_too(spell: Callable[[str], str], list_name: str, name: str, limit: int) -> None:
    fitting, long = EMOJI * limit, EMOJI * (limit + 1)
    assert lead({list_name: [{name: fitting}]})["contacts"] == [{name: fitting, "dateCreated": RECEIVED}]
    message = f"must have at most {limit} characters, but has {limit + 1}"
    pointer = f"/0/{spell(list_name)}/1/{spell(name)}"
    expected = Problem(0, f"{list_name}.{name}", pointer, "string_too_long", message)
    assert problem({spell(list_name): [{spell(name): fitting}, {spell(name): long}]}) == expected


@pytest.mark.parametrize("spell", SPELLINGS)
def test_a_label_has_a_limit(spell: Callable[[str], str]) -> None:
    assert lead({spell("labels"): [EMOJI * 64]})["labels"] == [EMOJI * 64]
    expected = Problem(
        0, "labels", f"/0/{spell('labels')}/1", "string_too_long", "must have at most 64 characters, but has 65"
    )
    assert problem({spell("labels"): ["Apollo", "x" * 65]}) == expected


def test_a_number_where_text_is_expected_has_the_limit_of_text() -> None:
    assert problem(f'{{"phoneNumber": {"1" * 65}}}').code == "string_too_long"


@pytest.mark.parametrize(
    ("members", "pointer", "code", "message"),
    [
        ('{"company": true}', "/0/company", "string_type", "must be text"),
        ('{"company": ["x"]}', "/0/company", "string_type", "must be text"),
        (
            '{"contactPerson": {"name": "Jo"}}',
            "/0/contactPerson",
            "string_type",
            "must be text or an array of contacts",
        ),
        ('{"contactPerson": ["Jo"]}', "/0/contactPerson/0", "dict_type", "must be an object"),
        ('{"Contacts": "Jo"}', "/0/Contacts", "list_type", "must be an array"),
        ('{"contacts": {"name": "Jo"}}', "/0/contacts", "list_type", "must be an array"),
        ('{"contacts": [{}, 5]}', "/0/contacts/1", "dict_type", "must be an object"),
        ('{"contacts": [{"Name": []}]}', "/0/contacts/0/Name", "string_type", "must be text"),
        ('{"labels": "Apollo"}', "/0/labels", "list_type", "must be an array"),
        ('{"LABELS": ["a", {}]}', "/0/LABELS/1", "string_type", "must be text"),
        ('{"date": false}', "/0/date", "string_type", "must be text"),
        ("5", "/0", "dict_type", "must be an object"),
        ("null", "/0", "dict_type", "must be an object"),
        ("[]", "/0", "dict_type", "must be an object"),
    ],
)
def test_a_value_of_another_type_is_refused(members: str, pointer: str, code: str, message: str) -> None:
    found = problem(members)
    assert (found.pointer, found.code, found.message) == (pointer, code, message)


# Problems


def test_the_pointer_has_the_spelling_that_counts() -> None:
    assert problem('{"email": "fine", "EMAIL": "fine", "eMail": true}').pointer == "/0/eMail"


def test_every_problem_of_every_lead_is_reported_in_order() -> None:
    bad = refusal([{}, {"email": "x" * 125, "phoneNumber": "x" * 65}, {}, {"labels": ["x" * 65, "", "x" * 66]}])
    assert sorted(found.pointer for found in bad.problems[:2]) == ["/1/email", "/1/phoneNumber"]
    assert [found.pointer for found in bad.problems[2:]] == ["/3/labels/0", "/3/labels/2"]
    assert (bad.bad_rows, bad.lead_count) == (2, 4)


def test_one_bad_lead_refuses_all() -> None:
    bad = refusal([{"company": "fine"}] * 99 + [{"email": "x" * 125}])
    assert [found.index for found in bad.problems] == [99]
    assert (bad.bad_rows, bad.lead_count) == (1, 100)


def test_beyond_a_hundred_problems_one_is_found_for_each_row() -> None:
    bad = refusal([{"email": "x" * 125, "phoneNumber": "x" * 65}] * 100)
    assert [found.index for found in bad.problems] == [row for row in range(50) for _ in range(2)] + [*range(50, 100)]
    assert (bad.bad_rows, bad.lead_count) == (100, 100)


def test_beyond_a_hundred_problems_no_others_of_a_row_are_found() -> None:
    bad = refusal([{"email": "x" * 125}, {"labels": ["x" * 65] * 150}, {"email": "x" * 125}])
    assert [found.pointer for found in bad.problems] == [
        "/0/email",
        *(f"/1/labels/{place}" for place in range(99)),
        "/2/email",
    ]
    assert bad.bad_rows == 3


# Limits of a lead


# Without its contacts a lead takes 56 bytes here, and each of them 44 more than its text; the store takes 409344.
FULL = [{"website": "x" * 512}] * 736 + [{"website": "x" * 28}]
TOO_FULL = [{"website": "x" * 512}] * 736 + [{"website": "x" * 29}]


@pytest.mark.parametrize("spell", SPELLINGS)
def test_a_lead_may_be_as_large_as_the_store_allows(spell: Callable[[str], str]) -> None:
    expected = [contact | {"dateCreated": RECEIVED} for contact in FULL]
    assert lead({spell("contacts"): FULL})["contacts"] == expected


@pytest.mark.parametrize("spell", SPELLINGS)
def test_a_lead_larger_than_the_store_allows_is_refused(spell: Callable[[str], str]) -> None:
    bad = refusal([{}, {spell("contacts"): TOO_FULL}])
    message = "must take at most 409344 bytes when stored, but takes 409345"
    assert bad.problems == [Problem(1, "", "/1", "lead_too_large", message)]
    assert (bad.bad_rows, bad.lead_count) == (1, 2)


def test_size_is_counted_in_bytes_not_in_characters() -> None:
    assert problem({"contacts": [{"website": EMOJI * 512}] * 200}).code == "lead_too_large"


def test_leads_that_are_too_large_are_problems_among_others() -> None:
    bad = refusal([{"contacts": TOO_FULL}, {"email": "x" * 125}, {"labels": ["x" * 65] * 98}, {"contacts": TOO_FULL}])
    assert [found.code for found in bad.problems] == [
        "lead_too_large",
        *["string_too_long"] * 99,
        "lead_too_large",
    ]
    assert bad.bad_rows == 4


@pytest.mark.parametrize("spell", SPELLINGS)
@pytest.mark.parametrize(
    ("name", "element"), [("contacts", {"name": "A"}), ("contactPerson", {"name": "A"}), ("labels", "Apollo")], ids=str
)
def test_a_list_may_have_a_thousand_elements(spell: Callable[[str], str], name: str, element: object) -> None:
    (stored,) = (value for value in lead({spell(name): [element] * 1000}).values() if isinstance(value, list))
    assert len(stored) == 1000
    expected = Problem(0, name, f"/0/{spell(name)}", "too_long", "must have at most 1000 elements")
    for length in (1001, 10_000):
        assert problem({spell(name): [element] * length}) == expected
