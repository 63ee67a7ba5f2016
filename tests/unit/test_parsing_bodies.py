"""The body as a whole: what is not an array of leads, or is too large, and what any input may be."""

import gc
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads_core.parsing import TooManyLeads, parse_leads
from leads_core.rows import BadLeads, ParsedLeads
from support.parsing import CONTACT_NAMES, LEAD_NAMES, RECEIVED, Result, as_pascal, lead, leads, parse, reason


def test_a_hundred_leads_are_read_in_their_order() -> None:
    companies = [f"company {place}" for place in range(100)]
    assert [row["company"] for row in leads([{"company": company} for company in companies])] == companies


@pytest.mark.parametrize("row", ['{"company": "x"}', '{"COMPANY": "x"}', "{}", "null", '{"email": true}'])
@pytest.mark.parametrize("lead_count", [101, 1000])
def test_too_many_leads_are_counted_without_being_read(row: str, lead_count: int) -> None:
    assert parse(f"[{','.join([row] * lead_count)}]") == TooManyLeads(lead_count)


def test_the_most_leads_can_be_set() -> None:
    two, three = b"[{}, {}]", b"[{}, {}, {}]"
    assert isinstance(parse_leads(two, max_leads=2), ParsedLeads)
    assert parse_leads(three, max_leads=2) == TooManyLeads(3)


@pytest.mark.parametrize("body", [b"", b" ", b"\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf \r\n"])
def test_an_empty_body_is_refused(body: bytes) -> None:
    assert reason(body) == "The body is empty: send a JSON array of leads."


@pytest.mark.parametrize("body", ["[]", " [ ] "])
def test_an_empty_array_is_refused(body: str) -> None:
    assert reason(body) == "The array is empty: send at least one lead."


@pytest.mark.parametrize("body", ["{}", '{"leads": [{}]}', '"[]"', "5", "null", "true"])
def test_a_body_that_is_not_an_array_is_refused(body: str) -> None:
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
        pytest.param(b'[{"company": NaN, "company": "x"}]', id="NaN in a field that is repeated"),
        pytest.param(
            b'[{"isContact": true, "name": "x", "emails": [{"type": NaN, "a": "x"}]}]', id="NaN in the newer shape"
        ),
        pytest.param(b'[{"unknown": [1 2]}]', id="no comma in an unknown field"),
        pytest.param(b"[" * 16, id="brackets"),
    ],
)
def test_invalid_json_is_refused_with_the_place_of_the_error(body: bytes) -> None:
    text = reason(body)
    assert text.startswith("The body is not valid JSON: ")
    assert " at line " in text


def test_the_place_of_the_error_is_right() -> None:
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
def test_deeper_nesting_is_refused(body: str) -> None:
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
def test_garbage_collection_is_as_before_afterwards(body: str, *, was_enabled: bool) -> None:
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


# Any input


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
# A refusal reports names: unknown ones, and where a problem is.
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
        text = str(refused.problems if isinstance(refused, BadLeads) else refused)
        assert MARKER not in text
        assert "271828182845" not in text
