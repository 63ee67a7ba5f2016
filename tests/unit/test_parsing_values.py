"""Values of fields: what is accepted, and how it is stored."""

import copy
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads_core.leads import complete
from leads_core.problems import Problem
from leads_core.rows import ParsedLeads
from support.fields import LEAD_TEXTS
from support.parsing import CONTACT_NAMES, EMOJI, LEAD_NAMES, RECEIVED, SPELLINGS, lead, leads, parse, problem, refusal

# Absent values


@pytest.mark.parametrize("name", LEAD_NAMES)
@pytest.mark.parametrize("absent", [None, ""])
def test_null_and_empty_text_are_absent_in_every_field(name: str, absent: str | None) -> None:
    assert lead({name: absent}) == {"employeeCount": 1, "date": RECEIVED}


@pytest.mark.parametrize("name", CONTACT_NAMES)
@pytest.mark.parametrize("absent", [None, ""])
def test_null_and_empty_text_are_absent_in_every_field_of_a_contact(name: str, absent: str | None) -> None:
    other = "role" if name == "name" else "name"
    assert lead({"contacts": [{name: absent, other: "x"}]})["contacts"] == [{other: "x", "dateCreated": RECEIVED}]
    assert "contacts" not in lead({"contacts": [{name: absent}]})


def test_empty_lists_and_empty_elements_of_lists_are_absent() -> None:
    empty = {"employeeCount": 1, "date": RECEIVED}
    rows = [{"labels": []}, {"contacts": []}, {"contactPerson": []}, {"labels": ["", None]}, {"contacts": [None]}]
    assert leads(rows) == [empty] * 5


def test_a_parsed_lead_has_no_defaults() -> None:
    parsed = parse(
        '[{}, {"Company": "A", "notes": "", "contacts": [{"name": "Ada", "role": null}, {}], "labels": [""]}]'
    )
    assert isinstance(parsed, ParsedLeads)
    assert parsed.leads == [{}, {"company": "A", "contacts": [{"name": "Ada"}]}]


def test_completing_a_lead_does_not_change_it() -> None:
    sent = {"company": "A", "contacts": [{"name": "Ada"}, {"name": "Jo", "dateCreated": "2020-01-01T00:00:00Z"}]}
    before = copy.deepcopy(sent)
    assert complete(sent, RECEIVED) == {
        "company": "A",
        "contacts": [{"name": "Ada", "dateCreated": RECEIVED}, sent["contacts"][1]],
        "employeeCount": 1,
        "date": RECEIVED,
    }
    assert sent == before


def test_a_lead_may_be_empty() -> None:
    assert lead({}) == {"employeeCount": 1, "date": RECEIVED}


# Text and numbers


@pytest.mark.parametrize("text", [" ", "0", "NaN", "Infinity", "null", "a\r\n\tb", EMOJI, "\u0000", "e\u0301"])
def test_text_is_kept_as_it_is(text: str) -> None:
    assert lead({"notes": text, "labels": [text]}) == {
        "notes": text,
        "labels": [text],
        "employeeCount": 1,
        "date": RECEIVED,
    }


@pytest.mark.parametrize("text", ["not an address", "javascript:alert(1)", "call me", "http://", "@"])
@pytest.mark.parametrize("name", ["email", "phoneNumber", "website", "linkedIn"])
def test_scraped_text_needs_no_syntax(name: str, text: str) -> None:
    assert lead({name: text})[name] == text


@pytest.mark.parametrize("number", ["46701234567", "0", "-1", "1.50", "-0.0", "123456789012345678901234567890"])
@pytest.mark.parametrize("name", LEAD_TEXTS)
def test_a_number_where_text_is_expected_keeps_its_digits(name: str, number: str) -> None:
    stored = lead(f'{{"{name}": {number}}}')[name]
    assert stored == number
    assert type(stored) is str


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1e5", "100000"),
        ("4.67E+10", "46700000000"),
        ("-1.5e-3", "-0.0015"),
        ("1e007", "10000000"),
        ("1e100", "1e100"),
        ("1e99999999999999999999999", "1e99999999999999999999999"),
        ("0e-99999999999999999999999", "0e-99999999999999999999999"),
    ],
)
def test_a_small_exponent_is_written_out_and_a_large_one_is_not(number: str, text: str) -> None:
    assert lead(f'{{"phoneNumber": {number}}}')["phoneNumber"] == text


@given(
    st.from_regex(
        r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,30})?", fullmatch=True, alphabet="0123456789.eE+-"
    )
)
def test_every_number_of_json_is_taken_as_text_of_the_same_value(number: str) -> None:
    stored = lead(f'{{"notes": {number}, "unknown": {number}}}')["notes"]
    assert stored == number or Decimal(stored) == Decimal(number)


def test_a_number_where_text_is_expected_keeps_its_digits_in_lists_too() -> None:
    stored = lead('{"labels": [2026, 1.0], "contacts": [{"phoneNumber": 46701234567, "name": 7.10}]}')
    assert stored["labels"] == ["2026", "1.0"]
    assert stored["contacts"] == [{"phoneNumber": "46701234567", "name": "7.10", "dateCreated": RECEIVED}]


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("null", 1),
        ('""', 1),
        ("1", 1),
        ("50", 50),
        ("5000000", 5_000_000),
        ('"50"', 50),
        ('" 50 "', 50),
        ('"+50"', 50),
        ('"0050"', 50),
        ("50.0", 50),
        ('"50.0"', 50),
        ("5e1", 50),
        ('"5000000"', 5_000_000),
        ("50.00000000000000000000", 50),
        ("0.5e1", 5),
    ],
)
@pytest.mark.parametrize("spell", SPELLINGS)
def test_an_employee_count_is_read_as_spreadsheets_write_it(
    spell: Callable[[str], str], sent: str, stored: int
) -> None:
    count = lead(f'{{"{spell("employeeCount")}": {sent}}}')["employeeCount"]
    assert count == stored
    assert type(count) is int


@pytest.mark.parametrize(
    ("sent", "code", "message"),
    [
        ("0", "greater_than_equal", "must be at least 1"),
        ("-1", "greater_than_equal", "must be at least 1"),
        ('"0"', "greater_than_equal", "must be at least 1"),
        ("5000001", "less_than_equal", "must be at most 5000000"),
        ('"5000001"', "less_than_equal", "must be at most 5000000"),
        ("1.5", "int_type", "must be a whole number"),
        ('"1.5"', "int_type", "must be a whole number"),
        ('"many"', "int_type", "must be a whole number"),
        ('"1,000"', "int_type", "must be a whole number"),
        ('"\u0665"', "int_type", "must be a whole number"),
        ("true", "int_type", "must be a whole number"),
        ("[1]", "int_type", "must be a whole number"),
        ("NaN", "int_type", "must be a whole number"),
        ("1e400", "int_type", "must be a whole number"),
        ("1.99999999999999999999", "int_type", "must be a whole number"),
        ("5000000.0000000000001", "int_type", "must be a whole number"),
        ("5e-1", "int_type", "must be a whole number"),
        ("1e30", "less_than_equal", "must be at most 5000000"),
        ("1" * 400, "less_than_equal", "must be at most 5000000"),
        ("1" * 5000, "int_type", "must be a whole number"),
    ],
)
def test_an_employee_count_out_of_its_limits_is_refused(sent: str, code: str, message: str) -> None:
    expected = Problem(0, "employeeCount", "/0/EmployeeCount", code, message)
    assert problem(f'{{"EmployeeCount": {sent}}}') == expected


# Contacts and dates


def test_contact_person_as_text_stays_text() -> None:
    assert lead({"contactPerson": "Jo", "contacts": [{"name": "Al"}]}) == {
        "contactPerson": "Jo",
        "contacts": [{"name": "Al", "dateCreated": RECEIVED}],
        "employeeCount": 1,
        "date": RECEIVED,
    }


@pytest.mark.parametrize("spell", SPELLINGS)
def test_contacts_come_behind_those_of_contact_person(spell: Callable[[str], str]) -> None:
    stored = lead({spell("contacts"): [{"name": "2"}, None, {"name": "3"}], spell("contactPerson"): [{"name": "1"}]})
    assert [contact["name"] for contact in stored["contacts"]] == ["1", "2", "3"]
    assert "contactPerson" not in stored


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z"),
        ("2026-01-02T03:04:05", "2026-01-02T03:04:05Z"),
        ("2026-01-02", "2026-01-02T00:00:00Z"),
        ("2026-01-02T03:04:05+05:30", "2026-01-01T21:34:05Z"),
        ("2026-01-02T03:04:05-08:00", "2026-01-02T11:04:05Z"),
        ("2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05Z"),
    ],
)
@pytest.mark.parametrize("spell", SPELLINGS)
def test_dates_are_stored_in_utc(spell: Callable[[str], str], sent: str, stored: str) -> None:
    row = lead({spell("date"): sent, "contacts": [{spell("dateCreated"): sent}]})
    assert row["date"] == stored
    assert row["contacts"] == [{"dateCreated": stored}]


@pytest.mark.parametrize("sent", ["soon", "2026-02-30", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", " "])
def test_an_invalid_date_is_refused(sent: str) -> None:
    bad = refusal([{"date": sent}, {"contacts": [{"DateCreated": sent}]}])
    message = "must be an ISO 8601 date-time such as 2026-11-23T08:15:00Z"
    assert bad.problems == [
        Problem(0, "date", "/0/date", "datetime_parsing", message),
        Problem(1, "contacts.dateCreated", "/1/contacts/0/DateCreated", "datetime_parsing", message),
    ]


# Values that JSON does not allow


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize(("name", "code"), [("company", "string_type"), ("employeeCount", "int_type")])
def test_nan_and_infinity_are_a_problem_of_their_row(name: str, code: str, value: str) -> None:
    bad = refusal(f'[{{}}, {{"{name}": {value}}}]')
    assert [(found.pointer, found.code) for found in bad.problems] == [(f"/1/{name}", code)]


def test_half_a_surrogate_pair_is_a_problem_of_its_row() -> None:
    bad = refusal(r'[{}, {"notes": "cut \ud83d"}, {"Contacts": [{"Name": "\ude00"}]}, {"labels": ["\ud83d\ude00"]}]')
    message = "must be valid Unicode, but holds half of a surrogate pair"
    assert bad.problems == [
        Problem(1, "notes", "/1/notes", "string_unicode", message),
        Problem(2, "contacts.name", "/2/Contacts/0/Name", "string_unicode", message),
    ]
