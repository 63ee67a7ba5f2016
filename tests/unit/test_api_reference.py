"""The reference, behind whatever path the gateway puts before it."""

import base64
import gzip
import json
import re
from typing import Any

import pytest

from api_reference.app import handler
from leads_dev.openapi.document import openapi_document


def get(resource: str, path: str | None = None, **query: str) -> dict[str, Any]:
    """Ask for a route, at its path as the client sees it."""
    event = {
        "resource": resource,
        "requestContext": {"requestId": "test", "path": path or resource},
        "queryStringParameters": query or None,
    }
    return handler(event, None)


@pytest.mark.parametrize(
    ("path", "api"), [("/", ""), ("/prod/", "/prod"), ("/prod", "/prod"), ("/company/leads/", "/company/leads")]
)
def test_the_page_finds_its_parts_wherever_it_is(path: str, api: str) -> None:
    page = get("/", path)["body"]

    assert f'data-api="{api}"' in page
    assert f'<script defer src="{api}/reference.js?version=' in page
    assert f'href="{api}/openapi.json"' in page


def test_a_page_that_everyone_can_open_has_no_key() -> None:
    assert 'data-key=""' in get("/")["body"]


def test_a_path_cannot_put_anything_else_into_the_page() -> None:
    page = get("/", '/"><script>alert(1)</script>/')["body"]

    assert page.count("<script") == 1


@pytest.mark.parametrize(
    ("path", "server"),
    [("/openapi.json", "/"), ("/prod/openapi.json", "/prod"), ("/company/openapi.json", "/company")],
)
def test_the_description_is_the_committed_one_and_says_where_the_api_is(path: str, server: str) -> None:
    description = json.loads(get("/openapi.json", path)["body"])

    [entry] = description.pop("servers")
    expected = openapi_document()
    del expected["servers"]
    assert entry["url"] == server
    assert description == expected


def test_the_script_is_small_enough_for_an_answer_of_lambda() -> None:
    answer = get("/reference.js")

    assert answer["headers"]["Content-Encoding"] == "gzip"
    assert len(answer["body"]) < 6_000_000
    assert b"createApiReference" in gzip.decompress(base64.b64decode(answer["body"]))


def test_the_script_may_be_kept_for_ever_and_what_names_it_may_not() -> None:
    page = get("/")
    [version] = re.findall(r"/reference\.js\?version=([0-9a-f]{16})", page["body"])

    assert "immutable" in get("/reference.js", version=version)["headers"]["Cache-Control"]
    assert page["headers"]["Cache-Control"] == get("/openapi.json")["headers"]["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("query", [{}, {"version": ""}, {"version": "0123456789abcdef"}, {"Version": "1"}])
def test_at_the_address_of_another_version_the_script_is_not_kept(query: dict[str, str]) -> None:
    answer = get("/reference.js", **query)

    assert answer["headers"]["Cache-Control"] == "no-cache"
    assert answer["body"] == get("/reference.js")["body"]


def test_the_page_lets_no_other_host_and_no_script_in_the_page_do_anything() -> None:
    policy = get("/")["headers"]["Content-Security-Policy"]
    sources = dict(directive.split(" ", 1) for directive in policy.split("; "))

    assert sources["default-src"] == sources["frame-ancestors"] == sources["base-uri"] == "'none'"
    assert sources["script-src"] == sources["connect-src"] == "'self'"
    assert re.fullmatch(r"'nonce-[\w-]{22}'", sources["style-src-elem"])
    assert "http" not in policy
    assert "unsafe-eval" not in policy


def test_every_page_has_a_nonce_of_its_own() -> None:
    pages = [get("/") for _ in range(3)]
    nonces = {re.findall(r'property="csp-nonce" content="([^"]+)"', page["body"])[0] for page in pages}

    assert len(nonces) == len(pages)
    assert all(any(nonce in page["headers"]["Content-Security-Policy"] for nonce in nonces) for page in pages)
