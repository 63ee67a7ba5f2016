"""Rows become leads, which are validated by the API's rules before anything is sent."""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads_cli.importing.checking import BadRow, Checked, RowChecker
from leads_cli.importing.columns import map_columns, parse_map_options
from leads_cli.importing.imported_table import Row
from leads_cli.importing.json_objects import decode
from leads_cli.importing.lead_builder import lead_builder
from leads_cli.importing.unreadable import mark_unreadable
from leads_core.parsing import parse_leads
from leads_core.rows import ParsedLeads

COLUMNS = ("Firm", "First name", "Last name", "E-mail", "Phone", "Tags", "Headcount", "Created", "contacts")
LONG = "x" * 257


def checker() -> RowChecker:
    mapping = map_columns(COLUMNS, {})
    return RowChecker(mapping, lead_builder(mapping))


def lead_of(**cells: object) -> dict[str, Any]:
    return lead_builder(map_columns(COLUMNS, {}))([cells.get(column.replace(" ", "_")) for column in COLUMNS])


def check(rows: Sequence[Row]) -> tuple[Checked, list[BadRow]]:
    bad: list[BadRow] = []
    checked = checker().check(rows, bad.append)
    assert list(checked.bad) == [row.number for row, _ in bad]
    return checked, bad


def test_cells_are_trimmed_and_empty_ones_are_omitted() -> None:
    assert lead_of(Firm=" Åsa AB\n", Phone="  ", Tags=None) == {"company": "Åsa AB"}


def test_tags_are_split_at_commas_and_semicolons() -> None:
    assert lead_of(Tags="fair, web;; 2026 ,") == {"labels": ["fair", "web", "2026"]}
    assert lead_of(Tags='"Fair","VIP, gold"') == {"labels": ["Fair", "VIP, gold"]}
    assert lead_of(Tags=["a,b", "c"]) == {"labels": ["a,b", "c"]}
    assert lead_of(Tags=" , ") == {}


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("46701234567.0", "46701234567"),
        ("+46701234567.0", "+46701234567"),
        (46701234567, "46701234567"),
        ("070-123.0", "070-123.0"),
        ("1.50", "1.50"),
    ],
)
def test_a_telephone_number_loses_the_decimals_of_a_spreadsheet(cell: object, number: str) -> None:
    assert lead_of(Phone=cell) == {"phoneNumber": number}


def test_a_company_keeps_what_looks_like_a_number() -> None:
    assert lead_of(Firm="7.0") == {"company": "7.0"}


def test_nested_contacts_are_unchanged() -> None:
    contacts = [{"Name": "Zoë", "phoneNumber": 7}]
    assert lead_of(contacts=contacts) == {"contacts": contacts}


def custom_of(cell: object, *, heading: str = "custom.a") -> object:
    return lead_builder(map_columns((heading,), {}))([cell]).get("custom")


@pytest.mark.parametrize("value", [" a ", "12", 12, True, False, 0, "=1", {"b": 1}], ids=repr)
def test_a_custom_member_has_the_type_of_its_cell(value: object) -> None:
    assert custom_of(value) == {"a": value}


@pytest.mark.parametrize("value", ["", "  ", None])
def test_an_empty_cell_makes_no_custom_member(value: object) -> None:
    assert custom_of(value) is None


def test_custom_members_keep_numbers_of_json() -> None:
    table = decode('[{"share": 0.25, "n": 7.0, "large": 1e400}, 1.5, "1.5"]')
    assert custom_of(table[0], heading="custom") == {"share": 0.25, "n": 7.0, "large": "1E+400"}
    assert [type(custom_of(number)["a"]) for number in table[1:]] == [float, str]  # type: ignore[index]


@pytest.mark.parametrize(
    ("cell", "custom"),
    [
        ('{"a": 1.5, "b": "x"}', {"a": 1.5, "b": "x"}),
        ("{}", None),
        ({}, None),
        ("{", "{"),
        ("x", "x"),
        ("{" * 100_000, "{" * 100_000),
    ],
    ids=range(6),
)
def test_custom_members_may_be_json_in_one_cell(cell: object, custom: object) -> None:
    assert custom_of(cell, heading="custom") == custom


def test_a_member_with_its_own_column_takes_precedence() -> None:
    build = lead_builder(map_columns(("custom.b", "custom"), {}))
    assert build(["x", '{"a": 1, "b": 2}']) == {"custom": {"a": 1, "b": "x"}}
    assert build(["x", "no JSON"]) == {"custom": "no JSON"}, "and the API says that it must be an object"


def test_contacts_and_labels_may_be_json_in_a_cell() -> None:
    assert lead_of(contacts=' [{"name": "Zoë"}]', Tags='["a,b", " c"]') == {
        "contacts": [{"name": "Zoë"}],
        "labels": ["a,b", " c"],
    }
    assert lead_of(contacts="[Zoë]", Tags="[a, b") == {"contacts": "[Zoë]", "labels": ["[a", "b"]}


def test_a_bad_custom_member_is_reported_by_its_heading() -> None:
    mapping = map_columns(("Click/ID", "custom.b"), parse_map_options(["Click/ID=custom.a/b"]))
    bad: list[BadRow] = []
    row = Row(2, ["x" * 1025, [1]])
    RowChecker(mapping, lead_builder(mapping)).check([row], bad.append)
    assert bad[0].reason == (
        "Click/ID must have at most 1024 characters, but has 1025; custom.b must be text, a number, true or false."
    )


def test_a_row_that_is_nested_too_deeply_is_bad_and_the_others_are_not() -> None:
    deep: list[object] = []
    for _ in range(20):
        deep = [deep]
    cells = [""] * 8
    checked, bad = check([Row(2, ["A"]), Row(3, [*cells, deep]), Row(4, ["x" * 257]), Row(5, ["B"])])
    assert [row.number for row, _ in bad] == [3, 4]
    assert "nested deeper than 16 levels" in bad[0].reason
    assert checked.good == 2


def test_bad_rows_are_reported_by_the_users_headings() -> None:
    checked, bad = check(
        [
            Row(2, ["A"]),
            Row(3, ["A", "", "", "x" * 125, "1" * 65]),
            Row(5, [LONG, "x" * 200, "y" * 200]),
            Row(6, ["A", "", "", "", "", "", "many", "soon"]),
            Row(9, ["A", "", "", "", "", "ok," + "x" * 65]),
            Row(10, ["A", "", "", "", "", "", "", "", [{"name": "B"}, {"Email": "x" * 125}]]),
        ]
    )
    assert {row.number: reason for row, reason in bad} == {
        3: "E-mail must have at most 124 characters, but has 125; Phone must have at most 64 characters, but has 65.",
        5: "Firm must have at most 256 characters, but has 257; "
        "First name + Last name must have at most 256 characters, but has 401.",
        6: "Headcount must be a whole number; Created must be an ISO 8601 date-time such as 2026-11-23T08:15:00Z.",
        9: "Tags/1 must have at most 64 characters, but has 65.",
        10: "contacts/1/Email must have at most 124 characters, but has 125.",
    }
    assert (checked.good, checked.empty, checked.rows) == (1, 0, 6)


def test_empty_rows_are_neither_good_nor_bad() -> None:
    checked, bad = check([Row(2, []), Row(3, ["", " "]), Row(4, [None] * 9), Row(5, ["A"])])
    assert (checked.good, checked.empty, bad) == (1, 3, [])


def test_a_row_that_could_not_be_read_is_bad() -> None:
    checked, bad = check([Row(2, ["A"], "too wide."), Row(3, ["B"])])
    assert ([reason for _, reason in bad], checked.good) == (["too wide."], 1)


def test_every_bad_row_is_found_however_many_there_are() -> None:
    rows = [Row(number, [LONG, LONG, "", LONG, LONG, LONG, "x", "x"]) for number in range(2, 352)]
    rows[120] = Row(122, ["A"])
    checked, bad = check(rows)
    assert [row.number for row, _ in bad] == [number for number in range(2, 352) if number != 122]
    assert checked.good == 1


def test_a_lead_that_is_too_large_as_a_whole_is_bad() -> None:
    ((_, reason),) = check([Row(2, [""] * 8 + [[{"name": "x" * 256, "website": "x" * 512}] * 700])])[1]
    assert reason.startswith("The lead must take at most")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("x" * 257, "E-mail address must have at most"), ("#N/A", "E-mail address is an error of a spreadsheet")],
)
def test_a_reason_is_one_line_although_the_heading_has_two(cell: str, reason: str) -> None:
    mapping = map_columns(("Firm", "E-mail\naddress"), {})
    bad: list[BadRow] = []
    RowChecker(mapping, lead_builder(mapping)).check([Row(2, ["A", mark_unreadable(cell, "email")])], bad.append)
    assert [row.reason.startswith(reason) for row in bad] == [True]


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=70),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(rows=st.lists(st.lists(ANY_JSON, max_size=9), max_size=6))
def test_the_api_accepts_every_checked_lead(rows: list[list[object]]) -> None:
    numbered = [Row(number, cells) for number, cells in enumerate(rows, start=2)]
    checked, bad = check(numbered)
    sent = list(checker().good_leads(numbered, checked))
    assert len(sent) == checked.good
    assert checked.rows == len(rows)
    bad_numbers = {row.number for row, _ in bad}
    assert not bad_numbers & {row.number for row, _ in sent}
    if sent:
        body = json.dumps([lead for _, lead in sent]).encode()
        assert isinstance(parse_leads(body, max_leads=100), ParsedLeads)
    for row, reason in bad:
        lead = lead_builder(map_columns(COLUMNS, {}))(row.cells)
        assert not isinstance(parse_leads(json.dumps([lead]).encode(), max_leads=100), ParsedLeads)
        assert len(reason.splitlines()) == 1
