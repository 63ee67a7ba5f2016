"""Responses that are not from the API, and texts that must not contain the key."""

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads_client import LeadsClientError, UnexpectedResponseError
from support.scripted_server import KEY, LEAD, Step, Waits, client_of, drop, respond, scripted_server


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_reported_and_not_followed(waits: Waits, status: int) -> None:
    with scripted_server(respond()) as elsewhere, scripted_server(respond(status, Location=elsewhere.url)) as server:
        with client_of(server.url, waits) as client, pytest.raises(UnexpectedResponseError) as failed:
            client.send([LEAD])
        assert elsewhere.url in str(failed.value)
        assert elsewhere.connection_count == 0
        assert len(server.requests) == 1


ENVELOPE = {"succeeded": True, "statusCode": 200, "statusCodeDescription": "NONE", "message": None}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>Welcome</html>"),
        (200, b""),
        (200, []),
        (200, {"message": "Hello"}),
        (200, {**ENVELOPE, "succeeded": False}),
        (200, {**ENVELOPE, "statusCode": 201}),
        (200, {**ENVELOPE, "data": {"leads": 3}}),
        (201, {**ENVELOPE, "statusCode": 201}),
        (204, b""),
        (304, b""),
        (400, ENVELOPE),
        (401, b"<html>Who are you?</html>"),
        (404, b"Not here."),
    ],
)
def test_a_response_that_is_not_from_the_api_is_an_error(waits: Waits, status: int, body: object) -> None:
    with (
        scripted_server(respond(status, body, Content_Type="text/html")) as server,
        client_of(server.url, waits) as client,
        pytest.raises(UnexpectedResponseError) as failed,
    ):
        client.send([LEAD])
    assert f"There is no lead API at {server.url}/api/v1/leads" in str(failed.value)
    assert f"{status} with text/html" in str(failed.value)
    assert waits.seconds == []


def test_a_response_that_cannot_be_decompressed_is_retried(waits: Waits) -> None:
    with (
        scripted_server(respond(200, b"no gzip", Content_Encoding="gzip"), respond()) as server,
        client_of(server.url, waits) as client,
    ):
        client.send([LEAD])
    assert len(waits.seconds) == 1


@given(
    status=st.integers(200, 599),
    content_type=st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=300),
    location=st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=300),
    body=st.binary(max_size=300)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*ENVELOPE, "data", "errors"]), inner),
    ),
)
def test_the_error_for_any_response_is_short_and_printable(
    status: int, content_type: str, location: str, body: object
) -> None:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    step = respond(status, content, Content_Type=content_type, Location=location)
    with (
        scripted_server(step) as server,
        client_of(server.url, Waits(), give_up_after_seconds=0) as client,
        pytest.raises(LeadsClientError) as failed,
    ):
        client.send([LEAD])
    assert str(failed.value).isprintable()
    assert len(str(failed.value)) <= 200


@pytest.mark.parametrize(
    "step",
    [respond(), respond(401), respond(400), respond(500), respond(200, b"<html>"), drop],
    ids=["200", "401", "400", "500", "garbage", "drop"],
)
def test_no_text_contains_the_key(waits: Waits, step: Step, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    texts = []
    with scripted_server(step) as server, client_of(server.url, waits) as client:
        texts.append(repr(client))
        try:
            texts.append(repr(client.send([LEAD])))
        except LeadsClientError as exc:
            error: BaseException | None = exc
            while error:
                texts += [str(error), repr(error), repr(vars(error))]
                error = error.__cause__ or error.__context__
    assert server.url in texts[0]
    assert KEY not in "".join(texts) + caplog.text + "".join(reason for _, reason in waits.reported)
