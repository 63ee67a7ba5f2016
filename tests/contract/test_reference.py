"""The reference page and the description, as every way to run the API hands them out."""

import re

import httpx
import pytest


def test_people_get_a_page(http: httpx.Client) -> None:
    answer = http.get("/")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "Lead intake API" in answer.text


def test_machines_get_the_description(http: httpx.Client) -> None:
    answer = http.get("/openapi.json")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["paths"].keys() == {"/api/v1/leads"}


@pytest.mark.not_on("deployed", because="MiniStack does not import the binary media types, and hands out base64")
def test_the_script_reaches_browsers_as_it_was_packed(http: httpx.Client) -> None:
    answer = http.get("/reference.js")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "createApiReference" in answer.text, "httpx unpacks it as a browser does"


@pytest.mark.not_on("deployed", because="the emulator's URLs have a path before the stage that functions are not told")
def test_the_page_names_an_address_of_the_script_that_works(http: httpx.Client) -> None:
    [script] = re.findall(r'<script defer src="([^"]+)"', http.get("/").text)

    answer = http.get(script)

    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]


@pytest.mark.not_on("sam-local", "deployed", because="neither has the template's answers of the gateway itself")
@pytest.mark.parametrize("path", ["/", "/openapi.json", "/reference.js"])
def test_nothing_else_can_be_done_with_it(http: httpx.Client, path: str) -> None:
    assert http.post(path, json=[{}]).status_code == 404


@pytest.mark.not_on("sam-local", because="sam local gives all requests the same id")
@pytest.mark.parametrize("path", ["/", "/openapi.json"])
def test_every_answer_has_a_request_id(http: httpx.Client, path: str) -> None:
    assert http.get(path).headers["X-Request-Id"] != http.get(path).headers["X-Request-Id"]
