"""After signing out nothing of somebody's is left in the browser: no page to go back to, and no readable draft."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dialogue.people.no_store import NoStore
from tests.browser.conftest import ARGUMENTS, CHROMIUM, Opener
from tests.browser.fake_table import Table

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (set CHROMIUM or put it on the PATH)"),
    pytest.mark.django_db(transaction=True),
]
DRAFT = "What nobody but its writer is to read."
RFC_8439 = (  # its section 2.4.2
    "6e2e359a2568f98041ba0728dd0d6981e97e7aec1d4360c20a27afccfd9fae0bf91b65c5524733ab8f593dabcd62b357"
    "1639d624e65152ab8f530c359f0861d807ca0dbf500d6a6156a38e088a22b65e52bc514d16ccf806818ce91ab7793736"
    "5af90bbf74a35be6b40b8eedf2785e42874d"
)
KEPT = "() => Object.entries(localStorage).flat().join(' ')"


@pytest.fixture
def going_back(chromium: Browser) -> Iterator[Browser]:
    """A browser that keeps pages to go back to, as people's browsers do and Playwright's does not."""
    left_out = ["--disable-back-forward-cache"]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=ARGUMENTS, ignore_default_args=left_out)
    yield browser
    browser.close()


def signed_in(browser: Browser, server: Any, person: Any) -> BrowserContext:
    client = Client()
    client.force_login(person)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context = browser.new_context(base_url=server.url)
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": server.url}])
    return context


def gone_back(browser: Browser, server: Any, person: Any, path: str) -> Page:
    """The page that somebody is on who signs out, and goes back."""
    page = signed_in(browser, server, person).new_page()
    page.goto(path)
    expect(page.locator(".masthead .account")).to_contain_text(person.name)
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".masthead")).not_to_contain_text(person.name)
    page.evaluate("history.back()")  # a page that was kept is never loaded again: nobody may wait for that
    return page


@pytest.mark.parametrize("path", ["/", "/events/victoria-2007/", "/events/victoria-2007/agreement/"])
def test_page_of_somebody_who_signed_out_is_not_gone_back_to(
    going_back: Browser, live_server: Any, people: dict, path: str
):
    page = gone_back(going_back, live_server, people["participant"], path)
    expect(page.locator(".masthead")).to_contain_text("Sign in")
    expect(page.locator("body")).not_to_contain_text(people["participant"].name)


def test_control_a_page_that_may_be_kept_is_gone_back_to(
    going_back: Browser, live_server: Any, people: dict, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(NoStore, "__call__", lambda self, request: self.answer(request))
    page = gone_back(going_back, live_server, people["participant"], "/events/victoria-2007/")
    expect(page.locator("body")).to_contain_text(people["participant"].name)


def test_draft_is_unreadable_in_the_storage_and_there_again_after_signing_in(
    chromium: Browser, live_server: Any, people: dict
):
    path = "/events/victoria-2007/table/roundtable/"
    context = signed_in(chromium, live_server, people["participant"])
    page = context.new_page()
    page.goto(path)
    page.locator("#say textarea").fill(DRAFT)
    page.goto("/")
    assert "draft:" in page.evaluate(KEPT) and DRAFT[:12] not in page.evaluate(KEPT)
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".masthead")).to_contain_text("Sign in")
    assert DRAFT[:12] not in page.evaluate(KEPT)
    again = signed_in(chromium, live_server, people["participant"]).cookies()
    context.add_cookies(again)
    page.goto(path)
    expect(page.locator("#say textarea")).to_have_value(DRAFT)


def test_what_is_sealed_opens_with_its_key_alone(table: Table, open_tab: Opener):
    page = open_tab()
    found = page.evaluate(
        """async (text) => {
            const { cipher, seal, unseal } = await import("/static/js/seal.js");
            const key = "0123456789abcdef".repeat(4);
            const sealed = seal(text, key);
            const bytes = new TextEncoder().encode("Ladies and Gentlemen of the class of '99: If I could offer you " +
                "only one tip for the future, sunscreen would be it.");
            const rfc = cipher(Uint8Array.from({ length: 32 }, (_, i) => i), Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x4a, 0, 0, 0, 0), bytes, 1);
            const hex = Array.from(rfc, (one) => one.toString(16).padStart(2, "0")).join("");
            return [unseal(sealed, key), unseal(sealed, "f" + key.slice(1)), unseal("sealed:x", key),
                    seal(text, key) === sealed, hex];
        }""",
        DRAFT,
    )
    assert found[:4] == [DRAFT, None, None, False]
    assert found[4] == RFC_8439


def test_words_that_wait_to_be_sent_are_sealed_too(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    page.locator("#say textarea").fill(DRAFT)
    page.get_by_role("button", name="Say it").click()
    table.post()
    kept = page.evaluate(KEPT)
    assert ":item:" in kept and DRAFT[:12] not in kept


def test_without_a_key_words_stay_out_of_the_storage(table: Table, open_tab: Opener):
    table.storage_key = ""
    page = open_tab()
    page.locator("#say textarea").fill(DRAFT)
    assert DRAFT[:12] not in page.evaluate(KEPT) and "draft:" not in page.evaluate(KEPT)


def test_control_kept_in_the_open_a_draft_is_read_from_the_storage(table: Table, open_tab: Opener):
    whole = "secret && seal(text, secret)"
    table.weakened = {"store.js": (whole, "text")}
    page = open_tab()
    page.locator("#say textarea").fill(DRAFT)
    assert DRAFT in page.evaluate(KEPT)


def test_what_was_kept_in_the_open_before_is_sealed_and_given_back(table: Table, open_tab: Opener):
    script = """localStorage.setItem("draft:p1:s1:say:a", localStorage.getItem("draft:p1:s1:say:a") ??
        JSON.stringify([["text", "Of before."]]));"""
    page = open_tab(script)
    expect(page.locator("#say textarea")).to_have_value("Of before.")
    assert "Of before." not in page.evaluate(KEPT)
