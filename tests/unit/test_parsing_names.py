"""Names of fields in any spelling, and unknown names."""

import json
import random
import re
from collections.abc import Callable
from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leads_core.rows import BadLeads
from support.fields import CONTACT_TEXTS, LEAD_TEXTS
from support.parsing import (
    CONTACT_NAMES,
    EMOJI,
    LEAD_NAMES,
    RECEIVED,
    SPELLINGS,
    as_pascal,
    ignored,
    lead,
    leads,
    parse,
)

# Any spelling

ANYTHING = st.sampled_from(["1", "1.5", "null", "true", '"text"', '{"company": "x"}', '[1, {"a": []}]', '"Infinity"'])


def _quoted(text: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds(lambda value, ascii_only: json.dumps(value, ensure_ascii=ascii_only), text, st.booleans())


def _object(names: list[str], value_of: Callable[[str], st.SearchStrategy[str]]) -> st.SearchStrategy[str]:
    """JSON objects whose names may repeat; known names are between < and >."""
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
    """The result for a body, without the pointers and messages, which have the client's spelling."""
    parsed = parse(re.sub("<([A-Za-z]+)>", lambda known: spell(known[1]), body))
    if isinstance(parsed, BadLeads):
        return sorted((found.index, found.field, found.code) for found in parsed.problems), parsed.bad_rows
    return parsed


def spelled_by(dice: random.Random) -> Callable[[str], str]:
    return lambda name: "".join(dice.choice([letter.lower(), letter.upper()]) for letter in name)


@given(BODIES, st.integers())
@example('[{"<company>":null, "<email>":"0", "<email>":[]}]', 0)
def test_the_spelling_of_names_does_not_change_the_result(body: str, seed: int) -> None:
    meaning = _meaning(body, str)
    assert _meaning(body, as_pascal) == meaning
    assert _meaning(body, spelled_by(random.Random(seed))) == meaning  # noqa: S311 - not for secrets


@given(BODIES)
def test_the_pointer_of_a_problem_leads_to_its_value(body: str) -> None:
    body = re.sub("<([A-Za-z]+)>", lambda known: known[1].swapcase(), body)
    parsed = parse(body)
    for found in parsed.problems if isinstance(parsed, BadLeads) else ():
        value = json.loads(body)
        for part in found.pointer.split("/")[1:]:
            value = value[int(part) if isinstance(value, list) else part]
        assert value not in (None, "")


# Letter case and repeated names


@pytest.mark.parametrize("spell", SPELLINGS)
@pytest.mark.parametrize("name", LEAD_TEXTS)
def test_names_match_in_any_letter_case(spell: Callable[[str], str], name: str) -> None:
    assert lead({spell(name): "text"})[name] == "text"


@pytest.mark.parametrize("spell", SPELLINGS)
@pytest.mark.parametrize("name", CONTACT_TEXTS)
def test_names_in_contacts_match_in_any_letter_case(spell: Callable[[str], str], name: str) -> None:
    assert lead({spell("contacts"): [{spell(name): "text"}]})["contacts"] == [{name: "text", "dateCreated": RECEIVED}]


@pytest.mark.parametrize("spell", SPELLINGS)
def test_names_of_fields_that_are_not_text_match_in_any_letter_case(spell: Callable[[str], str]) -> None:
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
def test_the_last_spelling_of_a_field_wins(one: Callable[[str], str], other: Callable[[str], str]) -> None:
    body = f'{{"{one("jobTitle")}": "first", "{other("jobTitle")}": "last"}}'
    assert lead(body)["jobTitle"] == "last"


def test_the_last_spelling_wins_even_if_it_is_null() -> None:
    assert "company" not in lead('{"company": "first", "Company": null}')


def test_the_last_spelling_wins_over_bad_ones() -> None:
    assert lead('{"COMPANY": 5, "company": false, "Company": "last"}')["company"] == "last"


def test_the_last_of_three_spellings_wins() -> None:
    assert lead('{"company": "1", "Company": "2", "company": "3"}')["company"] == "3"


def test_the_last_spelling_of_a_contact_field_wins() -> None:
    body = '{"contacts": [{"email": "1", "EMAIL": "2"}, {"Email": "3", "email": "4"}]}'
    assert [contact["email"] for contact in lead(body)["contacts"]] == ["2", "4"]


# Unknown names


def test_unknown_fields_are_ignored_and_reported_for_each_lead() -> None:
    rows = [{"Foo": 1, "company": "x", "foo": {"company": "y"}}, {}, {"bar": None}]
    assert ignored(rows) == [["Foo", "foo"], [], ["bar"]]
    assert leads(rows)[0] == {"company": "x", "employeeCount": 1, "date": RECEIVED}


@pytest.mark.parametrize("spell", SPELLINGS)
def test_unknown_fields_of_contacts_are_reported_with_their_place(spell: Callable[[str], str]) -> None:
    rows = [{"contacts": [{}, {"age": 1, spell("name"): "Jo"}], "zip": 1, spell("contactPerson"): [{"age": 1}]}]
    assert ignored(rows) == [["contactPerson/0/age", "contacts/1/age", "zip"]]


def test_an_unknown_field_is_reported_once() -> None:
    assert ignored('[{"b": 1, "a": 2, "b": 3, "company": "A"}]') == [["a", "b"]]
    assert ignored('[{"b": 1, "a": 2, "b": 3, "ZIP": 4, "Company": 5, "COMPANY": "A"}]') == [["ZIP", "a", "b"]]


@pytest.mark.parametrize("name", ["company", "COMPANY"])
def test_ignored_names_are_truncated_so_that_the_response_stays_small(name: str) -> None:
    rows = [{name: "x", **{f"{place:02}" + "x" * 100: 1 for place in range(30)}}]
    assert ignored(rows) == [[f"{place:02}" + "x" * 62 for place in range(20)]]
