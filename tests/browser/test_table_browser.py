"""The table in real browsers, with the real server behind a network that can be cut."""

import pathlib
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import LOOKS, faults
from tests.browser.conftest import CHROMIUM
from tests.browser.test_pages_browser import sideways
from tests.faults.proxy import Proxy
from tests.faults.scene import Ground, Scene

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (set CHROMIUM or put it on the PATH)"),
]

Sit = Callable[..., Page]


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    """An event with five participants, observers and a moderator, its item open; to be copied."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="table-"))
    yield Ground(folder, writers=5, readers=2)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def scene(ground: Ground, tmp_path: pathlib.Path) -> Iterator[Scene]:
    """A fresh copy of it, on SQLite."""
    database, seats = ground.copy("sqlite", tmp_path)
    scene = Scene(tmp_path, "sqlite", database, seats, seed=1)
    yield scene
    scene.end()


@pytest.fixture
def network(scene: Scene) -> Proxy:
    """What lies between the browsers and the server."""
    expect.set_options(timeout=15_000)
    server = scene.server()
    return scene.keep(Proxy(server.host, server.port))


@pytest.fixture
def sit(scene: Scene, network: Proxy, chromium: Browser) -> Iterator[Sit]:
    """`sit("w00")` is that person in front of the table, in a browser of their own, connected."""
    opened = []

    def sit(key: str, path: str = "", width: int = 1440, **options: Any) -> Page:
        url = f"http://{network.host}:{network.port}"
        context = chromium.new_context(viewport={"width": width, "height": 900}, base_url=url, **options)
        opened.append(context)
        context.add_cookies([{"name": "sessionid", "value": scene.seats["people"][key]["cookie"], "url": url}])
        page = context.new_page()
        complaints = page.complaints = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(scene.seats["table"] + path)
        if options.get("java_script_enabled", True):
            state(page, "live")
        return page

    yield sit
    for context in opened:
        context.close()


def state(page: Page, name: str) -> None:
    expect(page.locator("#connection")).to_have_attribute("data-state", name)


def say(page: Page, words: str) -> None:
    page.locator("#say textarea").fill(words)
    page.get_by_role("button", name="Put it on record").click()


def reads(page: Page, *words: str) -> None:
    expect(page.locator("#discussion article .words")).to_have_text(list(words))


def statement(page: Page, words: str) -> Any:
    return page.locator("#discussion li").filter(has=page.locator(".words", has_text=words))


def test_two_people_talk(sit: Sit):
    one, other = sit("w00"), sit("w01", width=390)
    say(one, "The river is *low*.")
    reads(other, "The river is low.")
    expect(statement(one, "The river is low.").locator(".who")).to_have_text("you")
    expect(statement(other, "The river is low.").locator(".who")).to_have_text("Seat w00")
    statement(other, "The river").get_by_role("link", name="Reply").click()
    other.locator("#say [name=relation]").select_option(label="disputes")
    say(other, "Not upstream.")
    reads(one, "The river is low.", "Not upstream.")
    expect(statement(one, "Not upstream.").locator(".relations")).to_have_text(re.compile("disputes you"))
    assert "depth-1" in (statement(one, "Not upstream.").get_attribute("class") or "")
    for page in (one, other):
        expect(page.locator("[data-waiting] > li")).to_have_count(0)
        assert page.complaints == []  # type: ignore[attr-defined]


def test_a_stance_moves_the_bar_on_every_page_and_stays_pressed_on_ones_own(sit: Sit):
    one, other = sit("w00"), sit("w01")
    say(one, "The river is low.")
    mine = statement(other, "The river is low.")
    mine.get_by_role("button", name="Disagree").click()
    expect(mine.get_by_role("button", name="Disagree")).to_have_attribute("aria-pressed", "true")
    expect(mine.get_by_role("button", name="Disagree")).to_be_focused()
    theirs = statement(one, "The river is low.")
    expect(theirs.locator(".cell.disagree")).to_have_count(1)
    expect(theirs.get_by_role("button", name="Disagree")).to_have_attribute("aria-pressed", "false")
    other.keyboard.press("2")
    expect(theirs.locator(".cell.reservations")).to_have_count(1)
    expect(theirs.locator(".cell.disagree")).to_have_count(0)


def test_a_stance_with_its_reason_is_taken_without_leaving_the_table(sit: Sit):
    one, other = sit("w00"), sit("w01")
    say(one, "The river is low.")
    statement(other, "The river is low.").get_by_role("link", name="with a reason").click()
    dialog = other.get_by_role("dialog", name="Where you stand")
    dialog.get_by_label("disagrees").check()
    dialog.get_by_label("Why, in a sentence").fill("It rose in May.")
    dialog.get_by_role("button", name="Take this stance").click()
    expect(dialog).to_have_count(0)
    expect(statement(one, "The river is low.").locator(".cell.disagree")).to_have_count(1)
    assert other.url == one.url


def test_what_was_said_while_no_page_was_connected_is_there_when_they_are_back(sit: Sit, network: Proxy, scene: Scene):
    one, other = sit("w00"), sit("w01")
    writer = sit("w02", java_script_enabled=False)  # no socket of its own
    network.cut()
    state(one, "away")
    state(other, "away")
    server = f"http://{network.target[0]}:{network.target[1]}"
    writer.context.add_cookies([{"name": "sessionid", "value": scene.seats["people"]["w02"]["cookie"], "url": server}])
    writer.goto(server + scene.seats["table"])
    say(writer, "Said meanwhile.")
    reads(writer, "Said meanwhile.")
    network.mend()
    for page in (one, other):
        page.evaluate("dispatchEvent(new Event('online'))")
        reads(page, "Said meanwhile.")


def test_a_reload_with_unsent_words_and_the_way_back_lose_nothing(sit: Sit, network: Proxy):
    page = sit("w00")
    page.route("**/say/", lambda route: route.abort())
    say(page, "Said before the reload.")
    page.locator("#say textarea").fill("Half a sen")
    expect(page.locator("[data-waiting] > li")).to_contain_text("Not saved yet")
    page.reload()
    expect(page.locator("[data-waiting] > li")).to_contain_text("Said before the reload.")
    page.goto("/events/faults/")
    page.unroute("**/say/")
    page.go_back()
    reads(page, "Said before the reload.")
    expect(page.locator("[data-waiting] > li")).to_have_count(0)
    expect(page.locator("#say textarea")).to_have_value("Half a sen")


def test_another_tab_shows_the_same_and_sends_nothing_twice(sit: Sit, scene: Scene):
    page = sit("w00")
    tab = page.context.new_page()
    tab.goto(scene.seats["table"])
    state(tab, "live")
    say(page, "From one tab.")
    say(tab, "From another.")
    for one in (page, tab):
        expect(one.locator("#discussion article .words")).to_have_count(2)
        expect(one.locator("[data-waiting] > li")).to_have_count(0)
    page.reload()
    expect(page.locator("#discussion article .words")).to_have_count(2)


def test_what_came_while_the_page_was_left_is_marked_as_new(sit: Sit):
    one, other = sit("w00"), sit("w01")
    say(one, "Seen.")
    reads(other, "Seen.")
    other.goto("/events/faults/")
    say(one, "Not seen.")
    reads(one, "Seen.", "Not seen.")
    other.go_back()
    expect(other.locator("[data-new-count]")).to_have_text("1 new statement")
    other.keyboard.press("n")
    expect(statement(other, "Not seen.").locator("article")).to_be_focused()


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_axe_finds_nothing_on_a_table_that_is_being_used(sit: Sit, width: int, theme: Any):
    moderator, other = sit("mod", width=width, color_scheme=theme), sit("w01")
    say(other, "The river is low.")
    statement(moderator, "The river is low.").get_by_role("link", name="Reply").click()
    moderator.route("**/say/", lambda route: route.abort())
    say(moderator, "Waiting in the tray.")
    moderator.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert faults(moderator) == []
    assert sideways(moderator) == 0
    moderator.locator("#say textarea").blur()
    moderator.keyboard.press("?")
    assert faults(moderator) == []


def test_an_observer_reads_along_and_has_nothing_to_press(sit: Sit):
    one, observer = sit("w00"), sit("r000")
    say(one, "The river is low.")
    reads(observer, "The river is low.")
    expect(observer.locator("#say")).to_have_count(0)
    expect(observer.locator(".stances").first).not_to_be_visible()


def test_on_paper_there_is_what_was_said_and_no_control(sit: Sit):
    page = sit("w00")
    say(page, "The river is low.")
    reads(page, "The river is low.")
    page.emulate_media(media="print")
    expect(page.locator("#discussion article .words")).to_be_visible()
    for control in ("#say", ".standby", ".modes", ".stances", ".place .meta a"):
        expect(page.locator(control).first).not_to_be_visible()
