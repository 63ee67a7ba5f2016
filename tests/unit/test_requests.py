"""Requests are read alike in every form that clients and gateways send."""

import base64
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads_api.requests import MOST_BODY_BYTES, Request


def event(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - an event holds anything
    return {
        "httpMethod": "POST",
        "path": "/api/v1/leads",
        "headers": {"X-API-Key": "key"},
        "multiValueHeaders": {"X-API-Key": ["key"]},
        "queryStringParameters": None,
        "body": "[{}]",
        "isBase64Encoded": False,
        "requestContext": {"requestId": "request-1"},
    } | changes


def request_with(headers: dict[str, list[str]]) -> Request:
    return Request.from_event(event(multiValueHeaders=headers))


def test_a_request_has_the_values_of_the_gateways_event() -> None:
    request = Request.from_event(event())
    assert (request.request_id, request.method, request.path) == ("request-1", "POST", "/api/v1/leads")
    assert request.api_key == "key"
    assert request.content() == b"[{}]"


@pytest.mark.parametrize("name", ["X-API-Key", "x-api-key", "X-Api-Key", "X-API-KEY"])
def test_names_of_headers_match_in_any_case(name: str) -> None:
    assert request_with({name: ["key"]}).api_key == "key"
    assert Request.from_event(event(multiValueHeaders=None, headers={name: "key"})).api_key == "key"


def test_a_header_sent_twice_is_joined() -> None:
    request = request_with({"Prefer": ["respond-async", "return=representation"], "X-API-Key": ["one", "other"]})
    assert request.prefers_representation
    assert request.api_key == "one,other"


@pytest.mark.parametrize("lacking", [{"multiValueHeaders": None}, {"multiValueHeaders": {}}])
def test_an_event_may_have_single_value_headers_only(lacking: dict[str, Any]) -> None:
    assert Request.from_event(event(**lacking)).api_key == "key"
    without = event()
    del without["multiValueHeaders"], without["queryStringParameters"], without["body"], without["isBase64Encoded"]
    request = Request.from_event(without)
    assert (request.api_key, request.content(), request.dry_run) == ("key", b"", False)


def test_a_request_may_have_no_headers_at_all() -> None:
    request = Request.from_event(event(headers=None, multiValueHeaders=None))
    assert request.api_key == ""
    assert request.is_json
    assert not request.prefers_representation


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        " application/json ",
        "text/json",
        "application/vnd.api+json",
        "application/problem+json; x=y",
        "",
        " ",
    ],
)
def test_json_is_accepted_under_all_its_media_types(content_type: str) -> None:
    assert request_with({"Content-Type": [content_type]}).is_json


def test_a_body_without_a_content_type_is_read_as_json() -> None:
    assert request_with({"X-API-Key": ["key"]}).is_json


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=json",
        "application/xml",
        "application/jsonp",
        "application/jsonlines",
        "application/x-json-seq",
        "application/json+xml",
        "image/json",
        "json",
        "application/",
        "application/+json",
        "text/plain; application/json",
        "application/json application/json",
    ],
)
def test_other_types_are_not_json(content_type: str) -> None:
    assert not request_with({"Content-Type": [content_type]}).is_json


@pytest.mark.parametrize(
    "prefer",
    [
        "return=representation",
        "Return=Representation",
        'return="representation"',
        "return = representation",
        " return=representation ",
        "return=representation; foo=bar",
        "return=representation;foo",
        "respond-async, return=representation",
        "respond-async,return=representation,wait=10",
        'handling=lenient; x="y", return=representation',
        "return=representation, return=minimal",
    ],
)
def test_a_client_may_ask_for_the_representation(prefer: str) -> None:
    assert request_with({"Prefer": [prefer]}).prefers_representation


@pytest.mark.parametrize(
    "prefer",
    [
        "",
        ",",
        "return",
        "return=",
        "return=minimal",
        "representation",
        "noreturn=representation",
        "x; return=representation",
        "return=representations",
        "return=minimal, return=representation",
        "wait=representation",
    ],
)
def test_a_client_that_does_not_ask_gets_no_representation(prefer: str) -> None:
    assert not request_with({"Prefer": [prefer]}).prefers_representation


@pytest.mark.parametrize(
    ("query", "dry_run"),
    [
        (None, False),
        ({}, False),
        ({"other": "true"}, False),
        ({"dryRun": "true"}, True),
        ({"dryRun": "True"}, True),
        ({"dryrun": "TRUE"}, True),
        ({"DRYRUN": "true"}, True),
        ({"dryRun": "false"}, False),
        ({"dryRun": "False"}, False),
        ({"dryRun": ""}, None),
        ({"dryRun": "1"}, True),
        ({"dryRun": "0"}, False),
        ({"dry_run": "TRUE"}, True),
        ({"DRY-RUN": "1"}, True),
        ({"dryRun": "true", "dry_run": "1"}, True),
        ({"dryRun": "true", "dry_run": "0"}, None),
        ({"dryRunning": "1"}, False),
        ({"dryRun": "yes"}, None),
        ({"dryRun": "tru"}, None),
        ({"dryRun": " true"}, None),
    ],
)
def test_a_dry_run_parameter_must_be_clear(query: dict[str, str] | None, *, dry_run: bool | None) -> None:
    assert Request.from_event(event(queryStringParameters=query)).dry_run is dry_run


@given(st.binary(max_size=50))
def test_a_body_in_base64_is_decoded(body: bytes) -> None:
    encoded = base64.b64encode(body).decode()
    assert Request.from_event(event(body=encoded, isBase64Encoded=True)).content() == body


@given(st.text(st.characters(codec="utf-8")))
def test_a_body_that_is_not_base64_is_encoded_as_utf_8(body: str) -> None:
    assert Request.from_event(event(body=body)).content() == body.encode()


@pytest.mark.parametrize("body", [None, ""])
@pytest.mark.parametrize("is_base64", [False, True])
def test_a_missing_body_is_empty(body: str | None, *, is_base64: bool) -> None:
    assert Request.from_event(event(body=body, isBase64Encoded=is_base64)).content() == b""


@given(st.text())
def test_no_body_breaks_the_request(body: str) -> None:
    for is_base64 in (False, True):
        assert isinstance(Request.from_event(event(body=body, isBase64Encoded=is_base64)).content(), bytes)


def test_truncated_base64_is_left_unchanged() -> None:
    assert Request.from_event(event(body="W3t9X", isBase64Encoded=True)).content() == b"W3t9X"


def test_half_a_surrogate_pair_in_the_event_is_not_utf_8() -> None:
    body = Request.from_event(event(body='["\ud83d"]')).content()
    with pytest.raises(UnicodeDecodeError):
        body.decode()


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("bare", "bare"),
        ('"quoted"', "quoted"),
        (r'"a\"b\\c"', r'a"b\c'),
        (r"back\slash", r"back\slash"),
        ('"open', '"open'),
        ('"', '"'),
        ('""', ""),
        ("", ""),
    ],
)
def test_an_idempotency_key_may_be_quoted(sent: str, expected: str) -> None:
    assert request_with({"idempotency-KEY": [sent]}).idempotency_keys == [expected]


def test_a_request_needs_no_idempotency_key() -> None:
    request = request_with({})
    assert request.idempotency_keys == []


@pytest.mark.parametrize(
    ("body", "is_base64", "is_too_large"),
    [
        ("x" * MOST_BODY_BYTES, False, False),
        ("x" * (MOST_BODY_BYTES + 1), False, True),
        ("\N{GRINNING FACE}" * (MOST_BODY_BYTES // 4), False, False),
        ("\N{GRINNING FACE}" * (MOST_BODY_BYTES // 4 + 1), False, True),
        (b64encode(b"x" * MOST_BODY_BYTES).decode(), True, False),
        (b64encode(b"x" * (MOST_BODY_BYTES + 1)).decode(), True, True),
    ],
    ids=["text", "longer text", "emoji", "more emoji", "base64", "longer base64"],
)
def test_a_body_is_too_large_from_4500001_bytes_on(body: str, *, is_base64: bool, is_too_large: bool) -> None:
    event = request_with({})._replace(body=body, is_base64=is_base64)
    assert event.is_too_large is is_too_large
