import pytest

from support.api import AssertEnvelope, Post, Workspace

DEEP = b"[" * 100_000

_NOT_UTF_8 = pytest.mark.not_on("deployed", because="MiniStack does not import binary media types, and mends the body")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"   ", "empty"),
        (b"null", "must be a JSON array"),
        (b'{"company": "A"}', "must be a JSON array"),
        (b'"text"', "must be a JSON array"),
        (b"[]", "at least one lead"),
        (b'[{"company": "A"}', "not valid JSON"),
        (b"[{'company': 'A'}]", "not valid JSON"),
        (b"company=A", "is a form"),
        pytest.param(b'[{"company": "\xff\xfe"}]', "not UTF-8", marks=_NOT_UTF_8),
        pytest.param('[{"company": "Å"}]'.encode("latin-1"), "not UTF-8", marks=_NOT_UTF_8),
        ('[{"company": "Å"}]'.encode("utf-16"), "not UTF-8"),
        (b'[{"company": "line\nbreak"}]', "not valid JSON"),
        (b'[{"company": "", "unknown": NaN}]', "not valid JSON"),
        (b'[{"company": "", "unknown": -Infinity}]', "not valid JSON"),
        (DEEP, "nested deeper than 16 levels"),
        (b'[{"unknown": ' + DEEP, "nested deeper than 16 levels"),
        (b'[{"unknown": [' + b"1," * 402_000 + b"1]}]", "more than 402000 values"),
        pytest.param(b"\x1f\x8b\x08\x00", "is compressed", marks=_NOT_UTF_8),
    ],
)
def test_a_body_that_is_not_an_array_of_leads_is_refused_with_the_reason(
    post: Post, workspace: Workspace, assert_envelope: AssertEnvelope, body: bytes, words: str
) -> None:
    response = post(workspace, body)
    assert words in response.json()["message"]
    assert_envelope(response, 400, response.json()["message"])
    assert workspace.leads() == []


def test_the_message_locates_a_json_syntax_error(post: Post, workspace: Workspace) -> None:
    message = post(workspace, b'[{"company": "A"},\n {"company": }]').json()["message"]
    assert "line 2 column 14" in message


@pytest.mark.parametrize("count", [101, 250])
def test_too_many_leads_are_refused_with_the_documented_message(
    post: Post, workspace: Workspace, assert_envelope: AssertEnvelope, count: int
) -> None:
    response = post(workspace, [{}] * count)
    assert_envelope(response, 400, f"The maximum amount of leads to create at once is 100, but was {count}.")
    assert workspace.leads() == []


def test_too_many_leads_are_refused_before_their_fields_are_validated(post: Post, workspace: Workspace) -> None:
    assert "but was 101." in post(workspace, [{"email": "x" * 1000}] * 101).json()["message"]


def test_millions_of_elements_are_counted_and_refused(post: Post, workspace: Workspace) -> None:
    response = post(workspace, b"[" + b"1," * 2_000_000 + b"1]")
    assert response.json()["message"].endswith("but was 2000001.")
