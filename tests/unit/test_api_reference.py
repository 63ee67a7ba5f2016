"""The reference page and its files, behind any base path of the gateway."""

import base64
import gzip
import json
import re
from typing import Any

import pytest

from api_reference.app import handler
from leads_dev.openapi.document import openapi_document


def get(resource: str, path: str | None = None, **query: str) -> dict[str, Any]:
    """Request a route at the path that the client sees."""
    event = {
        "resource": resource,
        "requestContext": {"requestId": "test", "path": path or resource},
        "queryStringParameters": query or None,
    }
    return handler(event, None)


@pytest.mark.parametrize(
    ("path", "api"), [("/", ""), ("/prod/", "/prod"), ("/prod", "/prod"), ("/company/leads/", "/company/leads")]
)
def test_the_page_finds_its_files_under_any_base_path(path: str, api: str) -> None:
    page = get("/", path)["body"]

    assert f'data-api="{api}"' in page
    assert f'<script defer src="{api}/reference.js?version=' in page
    assert f'href="{api}/openapi.json"' in page


def test_the_page_contains_no_key() -> None:
    assert 'data-key=""' in get("/")["body"]


def test_a_path_cannot_inject_html_into_the_page() -> None:
    page = get("/", '/"><script>alert(1)</script>/')["body"]

    assert page.count("<script") == 1


@pytest.mark.parametrize(
    ("path", "server"),
    [("/openapi.json", "/"), ("/prod/openapi.json", "/prod"), ("/company/openapi.json", "/company")],
)
def test_the_description_is_the_committed_one_with_the_url_of_the_api(path: str, server: str) -> None:
    description = json.loads(get("/openapi.json", path)["body"])

    [entry] = description.pop("servers")
    expected = openapi_document()
    del expected["servers"]
    assert entry["url"] == server
    assert description == expected


def test_the_script_is_small_enough_for_a_response_of_lambda() -> None:
    response = get("/reference.js")

    assert response["headers"]["Content-Encoding"] == "gzip"
    assert len(response["body"]) < 6_000_000
    assert b"createApiReference" in gzip.decompress(base64.b64decode(response["body"]))


def test_the_script_may_be_cached_for_ever_and_the_page_may_not() -> None:
    page = get("/")
    [version] = re.findall(r"/reference\.js\?version=([0-9a-f]{16})", page["body"])

    assert "immutable" in get("/reference.js", version=version)["headers"]["Cache-Control"]
    assert page["headers"]["Cache-Control"] == get("/openapi.json")["headers"]["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("query", [{}, {"version": ""}, {"version": "0123456789abcdef"}, {"Version": "1"}])
def test_at_the_url_of_another_version_the_script_is_not_cached(query: dict[str, str]) -> None:
    response = get("/reference.js", **query)

    assert response["headers"]["Cache-Control"] == "no-cache"
    assert response["body"] == get("/reference.js")["body"]


def test_the_page_allows_no_other_hosts_and_no_inline_scripts() -> None:
    policy = get("/")["headers"]["Content-Security-Policy"]
    sources = dict(directive.split(" ", 1) for directive in policy.split("; "))

    assert sources["default-src"] == sources["frame-ancestors"] == sources["base-uri"] == "'none'"
    assert sources["script-src"] == sources["connect-src"] == "'self'"
    assert re.fullmatch(r"'nonce-[\w-]{22}'", sources["style-src-elem"])
    assert "http" not in policy
    assert "unsafe-eval" not in policy


def test_every_page_has_its_own_nonce() -> None:
    pages = [get("/") for _ in range(3)]
    nonces = {re.findall(r'property="csp-nonce" content="([^"]+)"', page["body"])[0] for page in pages}

    assert len(nonces) == len(pages)
    assert all(any(nonce in page["headers"]["Content-Security-Policy"] for nonce in nonces) for page in pages)
