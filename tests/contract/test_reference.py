"""The reference page and the OpenAPI description, on each way to run the API."""

import re

import httpx
import pytest


def test_a_browser_gets_the_page(http: httpx.Client) -> None:
    response = http.get("/")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in response.headers["Content-Security-Policy"]
    assert "Lead intake API" in response.text


def test_a_program_gets_the_description(http: httpx.Client) -> None:
    response = http.get("/openapi.json")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.json()["paths"].keys() == {"/api/v1/leads"}


@pytest.mark.not_on("deployed", because="MiniStack does not import the binary media types, and hands out base64")
def test_the_script_reaches_browsers_unchanged(http: httpx.Client) -> None:
    response = http.get("/reference.js")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "createApiReference" in response.text, "httpx unpacks it as a browser does"


@pytest.mark.not_on("deployed", because="the emulator's URLs have a path before the stage that functions are not told")
def test_the_pages_link_to_its_script_works(http: httpx.Client) -> None:
    [script] = re.findall(r'<script defer src="([^"]+)"', http.get("/").text)

    response = http.get(script)

    assert response.status_code == 200
    assert "immutable" in response.headers["Cache-Control"]


@pytest.mark.not_on("sam-local", "deployed", because="neither has the template's answers of the gateway itself")
@pytest.mark.parametrize("path", ["/", "/openapi.json", "/reference.js"])
def test_the_reference_allows_no_other_methods(http: httpx.Client, path: str) -> None:
    assert http.post(path, json=[{}]).status_code == 404


@pytest.mark.not_on("sam-local", because="sam local gives all requests the same id")
@pytest.mark.parametrize("path", ["/", "/openapi.json"])
def test_every_response_has_a_request_id(http: httpx.Client, path: str) -> None:
    assert http.get(path).headers["X-Request-Id"] != http.get(path).headers["X-Request-Id"]
