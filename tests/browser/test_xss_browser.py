"""In a real browser whose Content-Security-Policy is switched off nothing runs of what anybody has written."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

from dialogue.events.models import Opening
from dialogue.report.actions import publish
from tests import cast
from tests.browser.conftest import CHROMIUM
from tests.xss import CORPUS, Texts, event_of

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (set CHROMIUM or put it on the PATH)"),
]
COUNTS = "window.runs = 0; window.ran7 = () => { window.runs += 1 };"
# Opens, points at, looks at and presses whatever is there, without leaving the page.
PRODS = """async () => {
    addEventListener("submit", (event) => event.preventDefault(), true);
    for (const one of document.querySelectorAll("details")) one.open = true;
    for (const one of document.querySelectorAll("main *"))
        for (const kind of ["mouseover", "mouseenter", "pointerover", "focus"]) one.dispatchEvent(new Event(kind, {bubbles: true}));
    for (const one of document.querySelectorAll("a[href^='javascript:'], .pressed")) one.click?.();
    await new Promise((done) => setTimeout(done, 400));
    return window.runs;
}"""
PAGES = (
    "/", "/events/hostile/", "/events/hostile/record/", "/events/hostile/record/?theme=water&part=2", "/events/hostile/agreement/",
    "/events/hostile/chapter/", "/events/hostile/table/table/?item=water", "/events/hostile/table/table/?item=air&as=time",
    "/events/hostile/desk/?item=water", "/events/hostile/desk/references/", "/events/hostile/desk/recommendations/",
    "/events/hostile/chapter/behind/?of=c1,c2,c3,c4,c5",
)  # fmt: skip


def opened(chromium: Browser, address: str, cookie: str = "") -> Page:
    context = chromium.new_context(base_url=address, bypass_csp=True)
    if cookie:
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])
    page = context.new_page()
    page.add_init_script(COUNTS)
    return page


def test_of_some_hundred_attacks_none_runs(chromium: Browser, live_server: Any):
    event = event_of(Texts(hostile=True), "hostile", people=30)
    event.findings.exclude(key="f1").delete()
    publish(event, None)
    rapporteur = cast.account("rapporteur")
    event.attendees.filter(key="p1").update(person=rapporteur)
    Opening.objects.create(
        session=event.sessions.get(key="table"), item=event.items.get(key="water"), opened_at="2026-03-01T09:00:00Z"
    )
    client = Client()
    client.force_login(rapporteur)
    page = opened(chromium, live_server.url, client.cookies[settings.SESSION_COOKIE_NAME].value)
    words = 0
    for path in PAGES:
        answer = page.goto(path)
        assert answer is not None and answer.status == 200, path
        assert (path, page.evaluate(PRODS)) == (path, 0)
        words += page.locator("body").inner_text().count("ran7()")
    assert words > 500  # they are there to be read
    page.context.close()


def test_in_the_same_browser_they_would_run(chromium: Browser, live_server: Any):
    page = opened(chromium, live_server.url)
    page.goto("/sign-in/")
    runs = 0
    for one in CORPUS[::4]:
        if "http-equiv" not in one:  # leads away
            page.set_content(f"<!doctype html><script>{COUNTS}</script><main><p>{one}</p></main>")
            runs += page.evaluate(PRODS.replace("400", "50")) > 0
    assert runs > 30
    page.context.close()
