"""The one browser of all browser tests (a second Playwright in a process does not start), and the client's fake server."""

import os
import pathlib
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from dialogue.people.models import Person
from tests.browser.around import Around, Seated
from tests.browser.fake_table import Table, served

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

Opener = Callable[..., Page]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        watch(browser)
        yield browser
        browser.close()


REPORTS: list[str] = []
REPORTING = """addEventListener("securitypolicyviolation", (event) =>
    window.policyBroken(`${event.violatedDirective} ${event.blockedURI} on ${location.pathname}`));"""


def watch(browser: Browser) -> None:
    """Have every page of every test report what its Content-Security-Policy stops."""
    plain = browser.new_context

    def new_context(**options: Any) -> BrowserContext:
        context = plain(**options)
        context.expose_binding("policyBroken", lambda _source, what: REPORTS.append(what))
        context.add_init_script(REPORTING)
        return context

    browser.new_context = new_context  # type: ignore[method-assign]
    browser.new_page = lambda **options: new_context(**options).new_page()  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def reports() -> Iterator[list[str]]:
    """What policies have stopped: nothing, in any browser test that does not say so and clear it."""
    REPORTS.clear()
    yield REPORTS
    assert REPORTS == []


@pytest.fixture
def open_as(chromium: Browser, live_server: Any, people: dict[str, Person | None]) -> Iterator[Opener]:
    """`open_as("moderator", "/")` is a page open in a browser of their own; `page.complaints` is what it said."""
    opened = []

    def open_page(role: str, path: str, width: int = 1440, **options: Any) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 900}, base_url=live_server.url, **options)
        opened.append(context)
        if person := people[role]:
            client = Client()
            client.force_login(person)
            value = client.cookies[settings.SESSION_COOKIE_NAME].value
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        page = context.new_page()
        complaints = page.complaints = []  # type: ignore[attr-defined]
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in opened:
        context.close()


@pytest.fixture
def table() -> Iterator[Table]:
    """A table whose server does what the test says."""
    expect.set_options(timeout=10_000)
    with served(Table()) as table:
        yield table


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """One person's browser: its tabs share what it keeps."""
    context = chromium.new_context(viewport={"width": 1100, "height": 700})
    yield context
    context.close()


@pytest.fixture
def open_tab(context: BrowserContext, table: Table) -> Opener:
    """`open_tab()` is the table's page in a new tab; `tab.complaints` is what the browser said of it."""

    def open_tab(script: str = "", **options: Any) -> Page:
        page = context.new_page()
        complaints = page.complaints = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        if script:
            page.add_init_script(script)
        page.goto(table.url, **options)
        return page

    return open_tab


@pytest.fixture(scope="module")
def seated(tmp_path_factory: pytest.TempPathFactory) -> Seated:
    """Five participants at a table whose first item is open; made once for a module."""
    return Seated(tmp_path_factory.mktemp("talking"), "talk")


@pytest.fixture
def around(seated: Seated, chromium: Browser, tmp_path: pathlib.Path) -> Iterator[Around]:
    """The people around a table of a test's own. A single error in a browser's console fails it."""
    around = Around(seated.copy(tmp_path), chromium)
    yield around
    around.close()
    assert around.wrong() == []
