"""The depth and size of a body, compared with those of the parsed JSON."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads_core import body_shape

TEXTS = st.text('[]{},:"\\/\n\u00e9a', max_size=8)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=30,
)


def depth(value: object) -> int:
    match value:
        case dict():
            return 1 + max(map(depth, value.values()), default=0)
        case list():
            return 1 + max(map(depth, value), default=0)
        case _:
            return 0


def marks(value: object) -> int:
    """Count the opening brackets and the commas."""
    match value:
        case dict():
            return 1 + max(0, len(value) - 1) + sum(map(marks, value.values()))
        case list():
            return 1 + max(0, len(value) - 1) + sum(map(marks, value))
        case _:
            return 0


@given(VALUES, st.booleans())
def test_the_depth_of_any_json_is_known_exactly(value: object, ascii_only: bool) -> None:  # noqa: FBT001 - drawn
    outline = body_shape.outline(json.dumps(value, ensure_ascii=ascii_only).encode())
    assert [body_shape.is_deeper(outline, limit) for limit in range(depth(value) + 3)] == [
        limit < depth(value) for limit in range(depth(value) + 3)
    ]


@given(VALUES)
def test_the_number_of_values_of_any_json_is_known(value: object) -> None:
    outline = body_shape.outline(json.dumps(value, indent=1).encode())
    assert not body_shape.holds_more_values(outline, marks(value))
    if marks(value):
        assert body_shape.holds_more_values(outline, marks(value) - 1)


@given(st.lists(VALUES, min_size=1, max_size=6))
def test_the_elements_of_any_array_are_counted(value: list[object]) -> None:
    assert body_shape.element_count(body_shape.outline(json.dumps(value).encode())) == len(value)


@pytest.mark.parametrize("body", [b"[" * 17, b'[{"a":' * 9, b'["' + b'\\"' * 9 + b'",' + b"[" * 16])
def test_unclosed_brackets_count(body: bytes) -> None:
    assert body_shape.is_deeper(body_shape.outline(body), 16)


@given(st.text('[]{},"\\ 1', max_size=60).map(str.encode))
def test_a_text_that_is_not_json_has_a_shape(body: bytes) -> None:
    outline = body_shape.outline(body)
    assert body_shape.is_deeper(outline, 60) is False
    assert body_shape.holds_more_values(outline, 60) is False
    assert body_shape.element_count(outline) >= 1
