"""The reference page as people use it."""

import json
import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Visitor
from leads_cli.local_state import LocalState
from leads_core.lead_schema import CONTACT_FIELDS, LEAD_FIELDS
from support.api import workspaces_in

SCREENSHOT = Path(__file__).parents[2] / "docs" / "images" / "reference.png"


def open_form(page: Page) -> Locator:
    """The form for test requests."""
    page.get_by_role("button", name="Test Request").click()
    form = page.get_by_role("dialog", name="API Client")
    expect(form.get_by_role("region", name="Request: Create leads")).to_be_visible()
    return form


def send(form: Locator, key: str) -> Locator:
    """Send the form's sample with a key. Return the element with the response."""
    form.get_by_role("textbox", name="Value").first.fill(key)
    form.get_by_role("button", name=re.compile("^Send post request")).click()
    response = form.get_by_role("region", name="Response")
    expect(response.get_by_role("button", name="Body", exact=True)).to_be_visible()
    return response


def test_the_page_loads_without_errors_and_contacts_no_other_host(visitor: Visitor, api: LocalState) -> None:
    visit = visitor.opens_the_page()
    expect(visit.page.get_by_role("heading", name="Create leads")).to_be_attached()

    assert visit.complaints == []
    assert {url.split("?")[0] for url in visit.requests if not url.startswith("data:")} == {
        f"{api.url}{path}" for path in ("/", "/reference.js", "/openapi.json")
    }


def test_a_lead_is_created_by_the_form(visitor: Visitor, api: LocalState) -> None:
    visit = visitor.opens_the_page()
    response = send(open_form(visit.page), api.basic.key)

    expect(response.get_by_role("link", name="200 OK")).to_be_visible()
    expect(response).to_contain_text('"succeeded": true')
    [lead] = workspaces_in(api).leads(api.basic.workspace, page_size=100)
    assert lead["company"] == "Open AI"
    assert visit.complaints == []
    assert [url for url in visit.requests if not url.startswith((api.url, "data:", "blob:"))] == []


def test_the_sample_can_be_sent_unchanged_and_gets_the_response_beside_it(visitor: Visitor) -> None:
    page = visitor.opens_the_page().page
    [shown, *_] = page.evaluate("""fetch("openapi.json").then(response => response.json()).then(description =>
        Object.values(description.paths["/api/v1/leads"].post.responses["200"].content["application/json"].examples)
    )""")
    form = open_form(page)
    form.get_by_role("button", name=re.compile("^Send post request")).click()

    response = form.get_by_role("region", name="Response")
    expect(response.get_by_role("link", name="200 OK")).to_be_visible()
    for name, value in shown["value"].items():
        expect(response).to_contain_text(f'"{name}": {json.dumps(value)}')


def test_an_empty_key_looks_empty(visitor: Visitor) -> None:
    key = visitor.opens_the_page().page.get_by_role("textbox").first
    expect(key).to_have_value(re.compile("^cdz_Demo"))

    assert key.evaluate("key => getComputedStyle(key, '::placeholder').opacity") == "0"


def test_all_fields_are_shown_in_the_order_of_the_model(visitor: Visitor) -> None:
    page = visitor.opens_the_page().page
    page.get_by_role("heading", name="Create leads").evaluate("heading => heading.scrollIntoView()")
    expect(page.get_by_text("employeeCount").first).to_be_visible()
    shown = page.evaluate("[...document.querySelectorAll('.property-name')].map(name => name.textContent.trim())")
    fields = [name for name in shown if name in LEAD_FIELDS and name not in CONTACT_FIELDS]

    assert fields == [name for name in LEAD_FIELDS if name not in CONTACT_FIELDS]


def test_content_is_shown_before_the_renderer_has_started(visitor: Visitor) -> None:
    page = visitor.opens_the_page().page
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    started = page.evaluate(
        "performance.getEntriesByType('resource').find(({ name }) => name.endsWith('openapi.json')).startTime"
    )

    assert painted < started


def test_a_wrong_key_shows_the_documented_401(visitor: Visitor, api: LocalState) -> None:
    visit = visitor.opens_the_page()
    expect(visit.page.get_by_role("list", name="Responses")).to_contain_text("Invalid API key.")
    response = send(open_form(visit.page), "cdz_wrong")

    expect(response.get_by_role("link", name="401 Unauthorized")).to_be_visible()
    expect(response).to_contain_text("Invalid API key.")
    assert list(workspaces_in(api).leads(api.basic.workspace, page_size=100)) == []


def test_the_key_is_not_stored(visitor: Visitor, api: LocalState) -> None:
    visit = visitor.opens_the_page()
    send(open_form(visit.page), api.basic.key)

    assert api.basic.key not in str(visit.page.context.storage_state(indexed_db=True))
    assert api.basic.key not in str(visit.page.evaluate("({...sessionStorage})"))
    assert not any(api.basic.key in url for url in visit.requests)


@pytest.mark.parametrize("client", ["Curl", "Fetch", "Requests"])
def test_examples_are_shown_for_the_command_line_javascript_and_python(visitor: Visitor, client: str) -> None:
    page = visitor.opens_the_page().page
    page.get_by_role("button", name="Select from all clients").click()
    page.get_by_role("option", name=client).click()

    expected = {"Curl": "curl ", "Fetch": "fetch(", "Requests": "requests.post("}[client]
    expect(page.get_by_role("region", name="Create leads").get_by_text(expected).first).to_be_attached()


def test_the_search_finds_text_in_a_schema(visitor: Visitor) -> None:
    visit = visitor.opens_the_page()
    visit.page.get_by_role("button", name=re.compile("^Open Search")).click()
    visit.page.get_by_role("combobox", name="Enter search query").fill("employeeCount")

    results = visit.page.get_by_role("listbox", name="Reference Search Results")
    expect(results.get_by_role("option").first).to_be_visible()
    expect(results).to_contain_text("Lead")


def test_errors_are_shown_with_their_causes_and_remedies(visitor: Visitor) -> None:
    responses = visitor.opens_the_page().page.get_by_role("list", name="Responses")

    for text in ("Too many requests. Please try again later.", "Wait as many seconds as", "Nothing was stored"):
        expect(responses).to_contain_text(text)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_follows_the_visitors_colour_scheme(visitor: Visitor, dark: bool) -> None:  # noqa: FBT001 - a case
    page = visitor.opens_the_page(dark=dark).page
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    red, green, blue = map(int, re.findall(r"\d+", colour)[:3])

    assert (red + green + blue < 3 * 128) is dark


@pytest.mark.parametrize("width", [360, 390])
def test_the_page_fits_the_width_of_a_phone(visitor: Visitor, width: int) -> None:
    page = visitor.opens_the_page(width=width).page
    expect(page.get_by_role("heading", name="Create leads")).to_be_attached()

    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_injected_text_neither_runs_nor_changes_the_style(visitor: Visitor) -> None:
    visit = visitor.opens_the_page()
    visit.page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.intruder = true";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", "<style>body { opacity: 0.5 }</style>");
    }""")

    assert visit.page.evaluate("window.intruder") is None
    assert visit.page.evaluate("getComputedStyle(document.body).opacity") == "1"
    assert any("Content Security Policy" in complaint for complaint in visit.complaints)


@pytest.mark.skipif("SCREENSHOT" not in os.environ, reason="make screenshot takes it")
def test_take_the_readmes_screenshot(visitor: Visitor) -> None:
    page = visitor.opens_the_page().page
    page.get_by_role("heading", name="Create leads").evaluate("heading => heading.scrollIntoView()")
    expect(page.get_by_role("region", name="Create leads").get_by_text("curl ").first).to_be_visible()
    page.screenshot(path=SCREENSHOT)
