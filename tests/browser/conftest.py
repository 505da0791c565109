"""Browsers for the tests of the live page's client."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.fake_table import Table, served

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip

Opener = Callable[..., Page]


@pytest.fixture(scope="session")
def any_chromium() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright's loop runs in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def table() -> Iterator[Table]:
    """A table whose server does what the test says."""
    expect.set_options(timeout=10_000)
    with served(Table()) as table:
        yield table


@pytest.fixture
def context(any_chromium: Browser) -> Iterator[BrowserContext]:
    """One person's browser: its tabs share what it keeps."""
    context = any_chromium.new_context(viewport={"width": 1100, "height": 700})
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
