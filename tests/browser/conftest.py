"""A real Chromium, and in it the reference page of a real server."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from leads_cli.local_state import LocalState
from support.server import running_server, server_command

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Chromium's sandbox needs rights that containers do not have, and it opens only our own pages here.
LAUNCH: dict[str, Any] = {"executable_path": CHROMIUM, "chromium_sandbox": False}


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    assert CHROMIUM, "Chromium was not found: install it (apt-get install chromium)."
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    with playwright.chromium.launch(**LAUNCH) as browser:
        yield browser


@pytest.fixture
def api(tmp_path: Path) -> Iterator[LocalState]:
    with running_server(server_command(tmp_path), tmp_path) as server:
        yield server.state


@dataclass
class Visit:
    """An open page, and the browser's errors and requests since then."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


def listened_to(page: Page) -> Visit:
    """A visit whose errors and requests are recorded from now on."""
    visit = Visit(page)
    page.on(
        "console",
        lambda message: visit.complaints.append(message.text) if message.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on("request", lambda request: visit.requests.append(request.url))
    return visit


@dataclass
class Visitor:
    """Opens the reference page, each time as a new visitor."""

    _browser: Browser
    _url: str

    def opens_the_page(self, *, dark: bool = False, width: int = 1280) -> Visit:
        context = self._browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme="dark" if dark else "light"
        )
        visit = listened_to(context.new_page())
        page = visit.page
        page.goto(f"{self._url}/")
        page.get_by_role("heading", name="Lead intake API").wait_for()
        return visit


@pytest.fixture
def visitor(browser: Browser, api: LocalState) -> Iterator[Visitor]:
    yield Visitor(browser, api.url)
    for context in browser.contexts:
        context.close()
