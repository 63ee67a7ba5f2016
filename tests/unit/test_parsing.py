"""From body to leads: what is tolerated, what is refused, and how it is said."""

import copy
import gc
import json
import random
import re
from collections.abc import Callable
from datetime import UTC, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leads_core.leads import complete
from leads_core.parsing import MalformedBody, TooManyLeads, parse_leads
from leads_core.problems import Problem
from leads_core.rows import BadLeads, ParsedLeads
from support.fields import CONTACT_TEXTS, LEAD_TEXTS

RECEIVED = "2026-11-23T08:15:00Z"
EMOJI = "\N{GRINNING FACE}"

LEAD_NAMES = [*LEAD_TEXTS, "contacts", "employeeCount", "labels", "date"]
CONTACT_NAMES = [*CONTACT_TEXTS, "dateCreated"]

Result = ParsedLeads | MalformedBody | TooManyLeads | BadLeads


def as_pascal(name: str) -> str:
    return name[0].upper() + name[1:]


SPELLINGS = [
    pytest.param(str, id="camelCase"),
    pytest.param(as_pascal, id="PascalCase"),
    pytest.param(str.lower, id="lowercase"),
    pytest.param(str.upper, id="UPPERCASE"),
]


def parse(body: bytes | str) -> Result:
    return parse_leads(body.encode() if isinstance(body, str) else body, max_leads=100)


def leads(rows: object) -> list[dict[str, Any]]:
    """The leads of a body that has to be accepted, as they are stored."""
    parsed = parse(rows if isinstance(rows, str) else json.dumps(rows))
    assert isinstance(parsed, ParsedLeads), parsed
    return [complete(lead, RECEIVED) for lead in parsed.leads]


def lead(members: dict[str, Any] | str) -> dict[str, Any]:
    """The one lead of a body that has to be accepted."""
    (only,) = leads(f"[{members}]" if isinstance(members, str) else [members])
    return only


def ignored(rows: object) -> list[list[str]]:
    parsed = parse(rows if isinstance(rows, str) else json.dumps(rows))
    assert isinstance(parsed, ParsedLeads), parsed
    return parsed.ignored


def refusal(rows: object) -> BadLeads:
    """What is wrong with a body that has to be refused for its leads."""
    parsed = parse(rows if isinstance(rows, str) else json.dumps(rows))
    assert isinstance(parsed, BadLeads), parsed
    return parsed


def problem(members: dict[str, Any] | str) -> Problem:
    """The only problem of a body of one bad lead."""
    bad = refusal(f"[{members}]" if isinstance(members, str) else [members])
    assert (bad.bad_rows, bad.lead_count) == (1, 1)
    (only,) = bad.problems
    assert only.index == 0
    return only


def reason(body: bytes | str) -> str:
    """The sentence about a body that has to be refused as a whole."""
    parsed = parse(body)
    assert isinstance(parsed, MalformedBody), parsed
    return parsed.reason


# Spelling

ANYTHING = st.sampled_from(["1", "1.5", "null", "true", '"text"', '{"company": "x"}', '[1, {"a": []}]', '"Infinity"'])


def _quoted(text: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda value, ascii_only: json.dumps(value, ensure_ascii=ascii_only), text, st.booleans())


def _object(names: list[str], value_of: Callable[[str], st.SearchStrategy[str]]) -> st.SearchStrategy[str]:
    """JSON objects whose names may repeat; those that mean something stand between < and >."""
    known = st.sampled_from(names)
    unknown = st.sampled_from(["id", "Source", "contact", "NaN", "company ", "\u00e4", ""])
    member = st.one_of(
        *[known.flatmap(lambda name: st.tuples(st.just(f"<{name}>"), value_of(name)))] * 3,
        st.tuples(unknown, ANYTHING),
    )
    return st.lists(member, max_size=5).map(
        lambda pairs: "{" + ", ".join(f"{json.dumps(name)}:{value}" for name, value in pairs) + "}"
    )


WORDS = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(
    [EMOJI, "caf\u00e9", "two\nlines", "NaN", "\u0000", "x" * 64, "x" * 65, EMOJI * 124, "x" * 256, "x" * 257]
)
TEXTS = st.one_of(_quoted(WORDS), _quoted(WORDS), st.just("null"), st.just('""'))
RARE_TEXTS = st.one_of(TEXTS, TEXTS, TEXTS, st.sampled_from(["46701234567", "1.50", "true", "[]", "{}"]))
COUNTS = st.sampled_from(
    ["null", "1", "50", "5000000", "50.0", '"50"', '" 7 "', '"50.0"', "1e3", '""', "0", "1.5", "5000001", '"x"', "true"]
)
DATES = _quoted(
    st.datetimes(timezones=st.sampled_from([None, UTC, timezone(timedelta(hours=-5))])).map(
        lambda moment: moment.isoformat()
    )
    | st.sampled_from(["2026-11-23", "2026-11-23T08:15:00.5Z", "20261123T0815+02:00", "", "soon"])
) | st.just("null")


def _array(elements: st.SearchStrategy[str], max_size: int) -> st.SearchStrategy[str]:
    return st.lists(elements, max_size=max_size).map(lambda values: "[" + ",".join(values) + "]")


CONTACT_VALUES = {**dict.fromkeys(CONTACT_NAMES, RARE_TEXTS), "dateCreated": DATES}
CONTACTS = _array(_object(CONTACT_NAMES, CONTACT_VALUES.__getitem__) | st.just("null"), 3) | st.just("null")
LEAD_VALUES = {
    **dict.fromkeys(LEAD_NAMES, RARE_TEXTS),
    "contactPerson": TEXTS | CONTACTS,
    "contacts": CONTACTS,
    "employeeCount": COUNTS,
    "labels": _array(RARE_TEXTS, 3) | st.just("null"),
    "date": DATES,
}
BODIES = _array(_object(LEAD_NAMES, LEAD_VALUES.__getitem__), 3)


def _meaning(body: str, spell: Callable[[str], str]) -> object:
    """What a body means, but for the client's own names of what is wrong."""
    parsed = parse(re.sub("<([A-Za-z]+)>", lambda known: spell(known[1]), body))
    if isinstance(parsed, BadLeads):
        return sorted((found.index, found.field, found.code) for found in parsed.problems), parsed.bad_rows
    return parsed


def spelled_by(dice: random.Random) -> Callable[[str], str]:
    return lambda name: "".join(dice.choice([letter.lower(), letter.upper()]) for letter in name)


@given(BODIES, st.integers())
@example('[{"<company>":null, "<email>":"0", "<email>":[]}]', 0)
def test_a_body_means_the_same_however_its_names_are_spelled(body: str, seed: int) -> None:
    meaning = _meaning(body, str)
    assert _meaning(body, as_pascal) == meaning
    assert _meaning(body, spelled_by(random.Random(seed))) == meaning  # noqa: S311 - not for secrets


@given(BODIES)
def test_what_is_wrong_is_pointed_to_where_it_stands(body: str) -> None:
    body = re.sub("<([A-Za-z]+)>", lambda known: known[1].swapcase(), body)
    parsed = parse(body)
    for found in parsed.problems if isinstance(parsed, BadLeads) else ():
        value = json.loads(body)
        for part in found.pointer.split("/")[1:]:
            value = value[int(part) if isinstance(value, list) else part]
        assert value not in (None, "")


# What is tolerated


@pytest.mark.parametrize("spell", SPELLINGS)
@pytest.mark.parametrize("name", LEAD_TEXTS)
def test_names_match_without_regard_to_case(spell: Callable[[str], str], name: str) -> None:
    assert lead({spell(name): "text"})[name] == "text"


@pytest.mark.parametrize("spell", SPELLINGS)
@pytest.mark.parametrize("name", CONTACT_TEXTS)
def test_names_in_contacts_match_without_regard_to_case(spell: Callable[[str], str], name: str) -> None:
    assert lead({spell("contacts"): [{spell(name): "text"}]})["contacts"] == [{name: "text", "dateCreated": RECEIVED}]


@pytest.mark.parametrize("spell", SPELLINGS)
def test_fields_that_are_no_text_match_without_regard_to_case_too(spell: Callable[[str], str]) -> None:
    members = {
        "employeeCount": 7,
        "labels": ["Apollo"],
        "date": "2020-01-02",
        "contacts": [{"dateCreated": "2020-01-03"}],
    }
    assert lead({spell(name): value for name, value in members.items()}) == {
        "employeeCount": 7,
        "labels": ["Apollo"],
        "date": "2020-01-02T00:00:00Z",
        "contacts": [{"dateCreated": "2020-01-03T00:00:00Z"}],
    }


@pytest.mark.parametrize("one", SPELLINGS)
@pytest.mark.parametrize("other", SPELLINGS)
def test_of_a_field_spelled_twice_the_last_one_wins(one: Callable[[str], str], other: Callable[[str], str]) -> None:
    body = f'{{"{one("jobTitle")}": "first", "{other("jobTitle")}": "last"}}'
    assert lead(body)["jobTitle"] == "last"


def test_the_last_one_wins_even_when_it_is_null() -> None:
    assert "company" not in lead('{"company": "first", "Company": null}')


def test_the_last_one_wins_even_over_a_bad_one() -> None:
    assert lead('{"COMPANY": 5, "company": false, "Company": "last"}')["company"] == "last"


def test_of_a_field_spelled_three_times_the_last_one_wins() -> None:
    assert lead('{"company": "1", "Company": "2", "company": "3"}')["company"] == "3"


def test_of_a_contact_field_spelled_twice_the_last_one_wins() -> None:
    body = '{"contacts": [{"email": "1", "EMAIL": "2"}, {"Email": "3", "email": "4"}]}'
    assert [contact["email"] for contact in lead(body)["contacts"]] == ["2", "4"]


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


def test_a_lead_is_what_the_client_says_without_defaults() -> None:
    parsed = parse(
        '[{}, {"Company": "A", "notes": "", "contacts": [{"name": "Ada", "role": null}, {}], "labels": [""]}]'
    )
    assert isinstance(parsed, ParsedLeads)
    assert parsed.leads == [{}, {"company": "A", "contacts": [{"name": "Ada"}]}]


def test_completing_a_lead_leaves_it_as_it_is() -> None:
    said = {"company": "A", "contacts": [{"name": "Ada"}, {"name": "Jo", "dateCreated": "2020-01-01T00:00:00Z"}]}
    before = copy.deepcopy(said)
    assert complete(said, RECEIVED) == {
        "company": "A",
        "contacts": [{"name": "Ada", "dateCreated": RECEIVED}, said["contacts"][1]],
        "employeeCount": 1,
        "date": RECEIVED,
    }
    assert said == before


def test_a_lead_may_be_empty() -> None:
    assert lead({}) == {"employeeCount": 1, "date": RECEIVED}


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
def test_a_date_that_is_none_is_refused(sent: str) -> None:
    bad = refusal([{"date": sent}, {"contacts": [{"DateCreated": sent}]}])
    message = "must be an ISO 8601 date-time such as 2026-11-23T08:15:00Z"
    assert bad.problems == [
        Problem(0, "date", "/0/date", "datetime_parsing", message),
        Problem(1, "contacts.dateCreated", "/1/contacts/0/DateCreated", "datetime_parsing", message),
    ]


# Names that mean nothing


def test_unknown_fields_are_ignored_and_named_for_each_lead() -> None:
    rows = [{"Foo": 1, "company": "x", "foo": {"company": "y"}}, {}, {"bar": None}]
    assert ignored(rows) == [["Foo", "foo"], [], ["bar"]]
    assert leads(rows)[0] == {"company": "x", "employeeCount": 1, "date": RECEIVED}


@pytest.mark.parametrize("spell", SPELLINGS)
def test_unknown_fields_of_contacts_are_named_with_their_place(spell: Callable[[str], str]) -> None:
    rows = [{"contacts": [{}, {"age": 1, spell("name"): "Jo"}], "zip": 1, spell("contactPerson"): [{"age": 1}]}]
    assert ignored(rows) == [["contactPerson/0/age", "contacts/1/age", "zip"]]


def test_an_unknown_field_is_named_once() -> None:
    assert ignored('[{"b": 1, "a": 2, "b": 3, "company": "A"}]') == [["a", "b"]]
    assert ignored('[{"b": 1, "a": 2, "b": 3, "ZIP": 4, "Company": 5, "COMPANY": "A"}]') == [["ZIP", "a", "b"]]


@pytest.mark.parametrize("name", ["company", "COMPANY"])
def test_ignored_names_are_cut_so_that_the_answer_stays_small(name: str) -> None:
    rows = [{name: "x", **{f"{place:02}" + "x" * 100: 1 for place in range(30)}}]
    assert ignored(rows) == [[f"{place:02}" + "x" * 62 for place in range(20)]]


# Limits


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


def test_the_pointer_has_the_spelling_that_counts() -> None:
    assert problem('{"email": "fine", "EMAIL": "fine", "eMail": true}').pointer == "/0/eMail"


def test_every_problem_of_every_lead_is_named_in_order() -> None:
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


# Without its contacts a lead takes 56 bytes here, and each of them 44 more than its text; the store takes 409344.
FULL = [{"website": "x" * 512}] * 736 + [{"website": "x" * 28}]
TOO_FULL = [{"website": "x" * 512}] * 736 + [{"website": "x" * 29}]


@pytest.mark.parametrize("spell", SPELLINGS)
def test_a_lead_may_be_as_large_as_the_store_takes_it(spell: Callable[[str], str]) -> None:
    expected = [contact | {"dateCreated": RECEIVED} for contact in FULL]
    assert lead({spell("contacts"): FULL})["contacts"] == expected


@pytest.mark.parametrize("spell", SPELLINGS)
def test_a_lead_larger_than_the_store_takes_it_is_refused(spell: Callable[[str], str]) -> None:
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


# The body as a whole


def test_a_hundred_leads_are_read_in_their_order() -> None:
    companies = [f"company {place}" for place in range(100)]
    assert [row["company"] for row in leads([{"company": company} for company in companies])] == companies


@pytest.mark.parametrize("row", ['{"company": "x"}', '{"COMPANY": "x"}', "{}", "null", '{"email": true}'])
@pytest.mark.parametrize("lead_count", [101, 1000])
def test_too_many_leads_are_counted_whatever_they_hold(row: str, lead_count: int) -> None:
    assert parse(f"[{','.join([row] * lead_count)}]") == TooManyLeads(lead_count)


def test_how_many_are_too_many_can_be_set() -> None:
    two, three = b"[{}, {}]", b"[{}, {}, {}]"
    assert isinstance(parse_leads(two, max_leads=2), ParsedLeads)
    assert parse_leads(three, max_leads=2) == TooManyLeads(3)


@pytest.mark.parametrize("body", [b"", b" ", b"\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf \r\n"])
def test_an_empty_body_is_called_empty(body: bytes) -> None:
    assert reason(body) == "The body is empty: send a JSON array of leads."


@pytest.mark.parametrize("body", ["[]", " [ ] "])
def test_an_empty_array_is_called_empty(body: str) -> None:
    assert reason(body) == "The array is empty: send at least one lead."


@pytest.mark.parametrize("body", ["{}", '{"leads": [{}]}', '"[]"', "5", "null", "true"])
def test_a_body_that_is_no_array_is_refused(body: str) -> None:
    assert reason(body) == "The body must be a JSON array of leads, even for a single one: [{...}]."


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[{]", id="a brace"),
        pytest.param(b'[{"company": "x"}', id="cut off"),
        pytest.param(b'[{"company": "x",}]', id="trailing comma"),
        pytest.param(b"[{'company': 'x'}]", id="single quotes"),
        pytest.param(b'[{"company": "a\nb"}]', id="raw line feed"),
        pytest.param(b"[{}][{}]", id="two documents"),
        pytest.param(b'[{"company": 01}]', id="leading zero"),
        pytest.param(b"\xef\xbb\xbf\xef\xbb\xbf[{}]", id="two byte order marks"),
        pytest.param(b'[{"company": "x", "unknown": NaN}]', id="NaN in an unknown field"),
        pytest.param(b'[{"company": "x", "unknown": -Infinity}]', id="Infinity in an unknown field"),
        pytest.param(rb'[{"company": "x", "unknown": "\ud83d"}]', id="half a surrogate pair in an unknown field"),
        pytest.param(rb'[{"company": "x", "\ud83d": 1}]', id="half a surrogate pair as a name"),
        pytest.param(b'[{"company": NaN, "company": "x"}]', id="NaN in a field that is said again"),
        pytest.param(
            b'[{"isContact": true, "name": "x", "emails": [{"type": NaN, "a": "x"}]}]', id="NaN in the newer shape"
        ),
        pytest.param(b'[{"unknown": [1 2]}]', id="no comma in an unknown field"),
        pytest.param(b"[" * 16, id="brackets"),
    ],
)
def test_what_is_not_json_is_refused_with_the_place(body: bytes) -> None:
    said = reason(body)
    assert said.startswith("The body is not valid JSON: ")
    assert " at line " in said


def test_the_place_where_json_ends_is_right() -> None:
    assert reason('[{"company": "x"},\n {"company" "y"}]').endswith("at line 2 column 13.")


@pytest.mark.parametrize("nested", ["[" * 14 + "]" * 14, '{"a":' * 14 + "1" + "}" * 14, '"' + "[" * 100 + '"'])
def test_unknown_fields_may_nest(nested: str) -> None:
    assert lead(f'{{"company": "", "unknown": {nested}}}') == {"employeeCount": 1, "date": RECEIVED}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('[{"unknown": ' + "[" * 15 + "]" * 15 + "}]", id="arrays"),
        pytest.param('[{"unknown": ' + '{"]":' * 15 + "1" + "}" * 16 + "]", id="objects"),
        pytest.param('[{"company": "x", "a": "[", "\\"": ' + '[{"b": ' * 8 + "1" + "}]" * 8 + "}]", id="both"),
        pytest.param("[" * 100_000, id="brackets"),
        pytest.param('[{"a":' * 100_000, id="braces"),
        pytest.param("[" * 100_000 + "]" * 100_000, id="deep nesting"),
    ],
)
def test_what_nests_deeper_is_refused(body: str) -> None:
    assert reason(body) == ("The body is nested deeper than 16 levels: send deeper values as text, or leave them out.")


def test_more_values_than_a_body_may_hold_are_refused() -> None:
    filled = '[{"company": "", "unknown": [%s]}]'
    assert lead(filled[1:-1] % ("1," * 401_990 + "1")) == {"employeeCount": 1, "date": RECEIVED}
    assert lead(json.dumps({"company": "", "unknown": ",[{" * 402_000})) == {"employeeCount": 1, "date": RECEIVED}
    assert reason(filled % ("1," * 402_000 + "1")) == (
        "The body holds more than 402000 values: send fewer leads at a time, and only fields of leads."
    )


@pytest.mark.parametrize("row", ["1", "[]", '{"a": [[], {}]}', '{"company": ",[{"}', '"\\\\"', '{"a": [1, 2], "b": 3}'])
def test_leads_are_counted_even_when_they_are_too_many_to_read(row: str) -> None:
    assert parse(f"[{','.join([row] * 450_001)}]") == TooManyLeads(450_001)


@pytest.mark.parametrize("was_enabled", [True, False])
@pytest.mark.parametrize("body", ["[{}]", "[", "[[]]"])
def test_garbage_is_collected_afterwards_as_it_was_before(body: str, *, was_enabled: bool) -> None:
    (gc.enable if was_enabled else gc.disable)()
    try:
        parse(body)
        assert gc.isenabled() is was_enabled
    finally:
        gc.enable()


@pytest.mark.parametrize("name", ["company", "COMPANY"])
def test_a_byte_order_mark_is_accepted(name: str) -> None:
    parsed = parse(f'\ufeff[{{"{name}": "x"}}]')
    assert isinstance(parsed, ParsedLeads)
    assert parsed.leads[0]["company"] == "x"


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
@pytest.mark.parametrize(("name", "code"), [("company", "string_type"), ("employeeCount", "int_type")])
def test_a_number_that_is_none_is_blamed_on_its_row(name: str, code: str, value: str) -> None:
    bad = refusal(f'[{{}}, {{"{name}": {value}}}]')
    assert [(found.pointer, found.code) for found in bad.problems] == [(f"/1/{name}", code)]


def test_half_a_surrogate_pair_is_blamed_on_its_row() -> None:
    bad = refusal(r'[{}, {"notes": "cut \ud83d"}, {"Contacts": [{"Name": "\ude00"}]}, {"labels": ["\ud83d\ude00"]}]')
    message = "must be valid Unicode, but holds half of a surrogate pair"
    assert bad.problems == [
        Problem(1, "notes", "/1/notes", "string_unicode", message),
        Problem(2, "contacts.name", "/2/Contacts/0/Name", "string_unicode", message),
    ]


# Whatever comes

KNOWN_NAMES = st.sampled_from([*LEAD_NAMES, *CONTACT_NAMES]).flatmap(
    lambda name: st.sampled_from([name, as_pascal(name), name.upper()])
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(["", "x" * 7000, "\ud83d", "2026-11-23", "50"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KNOWN_NAMES | st.text(max_size=5), inner, max_size=4),
    max_leaves=15,
)
ROWS = st.lists(st.dictionaries(KNOWN_NAMES | st.text(max_size=5), VALUES, max_size=4) | VALUES, max_size=4)


@given(st.binary(max_size=60) | st.text('[]{}",:\\u0d8Na1-.e \ufeff', max_size=30).map(str.encode))
def test_no_bytes_break_the_parser(body: bytes) -> None:
    assert isinstance(parse(body), Result)


@given(ROWS | VALUES)
def test_no_json_breaks_the_parser(value: object) -> None:
    assert isinstance(parse(json.dumps(value)), Result)


MARKER = "Zq7"
MARKED = st.sampled_from(
    [MARKER, MARKER * 3000, f"{MARKER}\ud83d", f"2026-11-23T{MARKER}", f"5{MARKER}", f"[{MARKER}]", f"\n{MARKER}"]
)
# Names are said: which one is not known, and where the problem is.
MARKED_NAMES = KNOWN_NAMES | st.sampled_from(["unknown", "company/unknown", "~unknown"])
MARKED_VALUES = st.recursive(
    MARKED | st.sampled_from([True, 0, 271_828_182_845]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(MARKED_NAMES, inner, max_size=4),
    max_leaves=12,
)
MARKED_ROWS = st.lists(st.dictionaries(MARKED_NAMES, MARKED_VALUES, max_size=4) | MARKED_VALUES, min_size=1, max_size=4)


@given(MARKED_ROWS, st.none() | st.integers(0, 60))
def test_a_refusal_repeats_nothing_of_what_the_client_sent(rows: list[object], cut: int | None) -> None:
    refused = parse(json.dumps(rows, ensure_ascii=True)[:cut])
    if not isinstance(refused, ParsedLeads):
        said = str(refused.problems if isinstance(refused, BadLeads) else refused)
        assert MARKER not in said
        assert "271828182845" not in said
