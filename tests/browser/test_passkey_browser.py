"""A passkey in a real browser, with the authenticator that it simulates; and the same errand without scripts, by an app."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from dialogue.mail.models import Mail
from dialogue.people.models import Person
from tests.browser.axe import faults
from tests.browser.conftest import CHROMIUM
from tests.proofs import app_code

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (set CHROMIUM or put it on the PATH)"),
]
ADA = "ada@rivers.invalid"


@pytest.fixture(autouse=True)
def ada(transactional_db: None) -> Person:
    cache.clear()  # whoever asked for codes in the test before
    return Person.objects.create(name="Ada Byron", email=ADA)


@pytest.fixture
def browser(chromium: Browser, live_server: Any) -> Iterator[BrowserContext]:
    context = chromium.new_context(base_url=live_server.url.replace("127.0.0.1", "localhost"))
    yield context
    context.close()


def watched(context: BrowserContext) -> Page:
    page = context.new_page()
    complaints = page.complaints = []  # type: ignore[attr-defined]
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page


def authenticator(page: Page, *, verifies: bool = True) -> tuple[CDPSession, str]:
    """What a computer with a finger reader has."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": verifies, "automaticPresenceSimulation": True,
    }  # fmt: skip
    return session, session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def sign_in(page: Page) -> None:
    page.goto("/sign-in/")
    page.get_by_label("Your e-mail address").fill(ADA)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("The code from the mail").wait_for()
    letter = Mail.objects.filter(to=ADA).order_by("-written_at").first()
    assert letter
    found = re.search(r"^ +(\d{6})$", letter.text, re.M)
    assert found
    page.get_by_label("The code from the mail").fill(found[1])
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_passkey_is_made_and_signs_in_alone(browser: BrowserContext):
    page = watched(browser)
    session, device = authenticator(page)
    sign_in(page)
    page.get_by_role("link", name="Ada Byron").click()
    page.get_by_role("link", name="Add one").click()
    page.get_by_role("link", name="Add a passkey").click()
    expect(page.locator("[data-without-passkey]")).to_be_hidden()
    page.get_by_label("A name for it").fill("office laptop")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert page.locator(".codes li").count() == 10
    (made,) = session.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert made["isResidentCredential"] and made["rpId"] == "localhost"
    page.get_by_role("link", name="I have them").click()
    expect(page.get_by_text("office laptop")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()

    page.goto("/sign-in/?next=/you/second-factor/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("This sign-in is confirmed.")).to_be_visible()
    expect(page).to_have_url(re.compile("/you/second-factor/$"))
    page.get_by_role("button", name="Sign out").click()

    sign_in(page)  # by mail it is the second factor
    expect(page.get_by_role("heading", name="And a second factor")).to_be_visible()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("link", name="Ada Byron")).to_be_visible()
    assert page.complaints == []  # type: ignore[attr-defined]


def test_where_the_browser_does_not_know_who_it_is_nothing_is_sent_and_the_page_says_so(browser: BrowserContext):
    page = watched(browser)
    authenticator(page, verifies=False)
    sign_in(page)
    page.goto("/you/second-factor/passkey/")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("alert")).to_have_text(re.compile("The browser has given no passkey"), timeout=15_000)
    expect(page.get_by_role("button", name="Make a passkey")).to_be_enabled()


def test_without_scripts_an_app_does(chromium: Browser, live_server: Any):
    with chromium.new_context(base_url=live_server.url, java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page)
        page.goto("/you/second-factor/passkey/")
        expect(page.get_by_role("button", name="Make a passkey")).to_be_hidden()
        page.get_by_role("link", name="An authenticator app works without.").click()
        page.get_by_role("button", name="Begin").click()
        secret = page.locator(".key").inner_text()
        box = page.locator(".scan svg").bounding_box()
        assert box and 100 < box["width"] == box["height"] <= 256
        page.get_by_label("The code that the app shows now").fill(app_code(secret, -1))
        page.get_by_role("button", name="Add it").click()
        code = page.locator(".codes code").first.inner_text()
        page.get_by_role("link", name="I have them").click()
        for proof in (app_code(secret), code):
            page.get_by_role("button", name="Sign out").click()
            sign_in(page)
            expect(page.get_by_role("button", name="Use a passkey")).to_be_hidden()
            page.get_by_label("The code from your app, or a recovery code").fill(proof)
            page.get_by_role("button", name="Sign in", exact=True).click()
            expect(page.get_by_role("link", name="Ada Byron")).to_be_visible()


def test_the_pages_are_fit_for_everybody_in_both_widths(browser: BrowserContext):
    page = watched(browser)
    authenticator(page)
    sign_in(page)
    for address in ("/you/", "/you/second-factor/", "/you/second-factor/passkey/", "/you/second-factor/app/", "begun"):
        if address == "begun":
            page.get_by_role("button", name="Begin").click()
        else:
            page.goto(address)
        for width in (360, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (address, width)
            assert faults(page) == [], (address, width)
    assert page.complaints == []  # type: ignore[attr-defined]
