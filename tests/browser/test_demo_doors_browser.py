"""The demo as the README's first command serves it: behind each of its doors somebody does what they came for."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import CHROMIUM
from tests.test_demo import demo

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (set CHROMIUM or put it on the PATH)"),
]

Enter = Callable[[str], Page]


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Role -> the address of its door, of a demo that is served."""
    with demo(tmp_path_factory.mktemp("demo")) as (_base, printed):
        yield dict(re.findall(r"^  ([\w-]+) +(http://\S+/enter/\S+)$", printed, re.MULTILINE))


@pytest.fixture
def enter(doors: dict[str, str], chromium: Browser) -> Iterator[Enter]:
    """`enter("panelist")` is that door opened and its button pressed, in a browser of their own."""
    opened = []
    complaints: list[str] = []

    def enter(role: str) -> Page:
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.set_default_timeout(20_000)
        expect.set_options(timeout=20_000)
        page.goto(doors[role])
        page.get_by_role("button", name="Sign in").click()
        return page

    yield enter
    for context in opened:
        context.close()
    assert complaints == []


def is_live(page: Page) -> None:
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")


def statement(page: Page, words: str) -> Any:
    return page.locator("#discussion li").filter(has=page.locator(".words", has_text=words))


def test_panelist_states_a_position_relates_it_and_takes_a_stance(enter: Enter):
    page = enter("panelist")
    is_live(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Who should send the soldiers?")
    expect(page.locator(".questions > ol > li")).to_have_count(12)
    statement(page, "Whoever votes for a mission").get_by_role("link", name="Reply").click()
    page.locator("#say [name=relation]").select_option(label="disputes")
    page.locator("#say [name=kind]").select_option("position")
    page.locator("#say textarea").fill("Police are harder to find than soldiers.")
    page.get_by_role("button", name="Put it on record").click()
    mine = statement(page, "Police are harder to find")
    expect(mine.locator(".relations")).to_contain_text("disputes Calloway")
    other = statement(page, "Paying on time would help")
    other.get_by_role("button", name="Agree", exact=True).click()
    expect(other.get_by_role("button", name="Agree", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(other.locator(".cell.agree")).to_have_count(2)  # its author, and the panelist
    page.reload()
    expect(statement(page, "Police are harder to find")).to_have_count(1)


def test_panelist_posts_in_the_sample_event_too(enter: Enter):
    page = enter("panelist")
    page.goto(page.url.replace("/rehearsal/", "/victoria-2007/"))
    is_live(page)
    page.locator("#say textarea").fill("A promise is kept or it is broken.")
    page.get_by_role("button", name="Put it on record").click()
    expect(statement(page, "A promise is kept")).to_have_count(1)


def test_moderator_opens_an_item_gives_the_floor_and_closes(enter: Enter):
    page = enter("moderator")
    is_live(page)
    page.goto(f"{page.url.partition('?')[0]}?item=rule-of-law")
    page.get_by_role("button", name="Open this item").click()
    run = page.locator(".run")
    expect(run.get_by_role("button", name="Close this item")).to_be_visible()
    is_live(page)
    run.get_by_label("The floor to").select_option(label="Ray Crabbe")
    run.get_by_role("button", name="Give", exact=True).click()
    expect(page.locator(".now")).to_contain_text("Crabbe")
    run.get_by_role("button", name="Close this item").click()
    expect(page.locator(".run").get_by_role("button", name="Open this item")).to_be_visible()


def test_rapporteur_writes_a_paragraph_and_exports_the_chapter(enter: Enter):
    page = enter("rapporteur")
    page.get_by_role("link", name="Future challenges of UN peacekeeping").first.click()
    page.get_by_role("link", name="The desk").click()
    page.goto(f"{page.url}paragraph/new/?item=rule-of-law")
    page.get_by_label("The text").fill("Courts were asked for before prisons were.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Courts were asked for before prisons were.").first).to_be_visible()
    page.get_by_role("link", name="The chapter").first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Markdown")).first.click()
    assert "Courts were asked for before prisons were." in download.value.path().read_text()
