"""The controls: with one rule taken out of the page's scripts, what the rule is there for happens no more."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CHROMIUM, Opener
from tests.browser.fake_table import Table, said, statement
from tests.browser.test_client_browser import next_statement, words
from tests.browser.test_reading_browser import PRESSED, drift, press_while
from tests.browser.test_tray_browser import like, saved, say, tray

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (set CHROMIUM or put it on the PATH)"),
]


def weakened(table: Table, file: str, rule: str, instead: str = "") -> None:
    table.weakened[file] = (rule, instead)


def came(page: Page, name: str) -> None:
    page.locator(f"#s-{name}").wait_for()


def test_without_rule_1_what_comes_twice_is_applied_twice(table: Table, open_tab: Opener):
    weakened(table, "live.js", "if (!seen || n <= seen.n) return;")
    page = open_tab()
    socket = table.joined()
    socket.entry(10, statement("other", "Drawn.", after="two"))
    came(page, "other")


def test_without_rule_3_a_gap_is_passed_over(table: Table, open_tab: Opener):
    weakened(table, "live.js", 'if (n > seen.n + 1) return this.again("catching-up");')
    page = open_tab()
    socket = table.joined()
    socket.entry(12, next_statement("four", "two"))
    came(page, "four")
    assert table.sockets.empty()


def test_without_the_watch_what_is_missing_at_the_end_stays_missing(table: Table, open_tab: Opener):
    table.times["stall"] = 100
    weakened(table, "live.js", 'else if (!this.timers.stall) this.set("stall"', 'else if (false) this.set("stall"')
    page = open_tab()
    table.joined(T=12)
    expect(page.locator("#connection")).to_have_attribute("data-state", "catching-up")
    page.wait_for_timeout(600)
    assert table.sockets.empty()


def test_without_rule_5_a_dead_line_stays_live(table: Table, open_tab: Opener):
    table.times["silence"] = 200
    weakened(table, "live.js", 'this.set("silence", this.times.silence, () => this.again());', 'this.clear("silence");')
    page = open_tab()
    table.joined()
    page.wait_for_timeout(800)
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")


def test_without_asking_a_network_that_comes_back_is_not_noticed(table: Table, open_tab: Opener):
    table.times |= {"first": 60_000, "most": 60_000}
    weakened(table, "live.js", "this.reach.start();")
    page = open_tab("Math.random = () => 0.999999;")
    table.joined().close(1011)
    page.wait_for_timeout(1_000)
    assert table.asked.empty()
    assert table.sockets.empty()


def test_without_what_no_scrolling_gives_back_many_arrivals_add_up(table: Table, open_tab: Opener):
    weakened(table, "apply.js", "rest = moved() + owed;", "rest = 0;")
    assert abs(drift(table, open_tab())) > 4


def test_without_waiting_for_its_end_a_press_comes_to_nothing(table: Table, open_tab: Opener):
    weakened(table, "pressing.js", "if (isDown) waiting.add(work);", "if (false) null;")
    press_while(table, open_tab(), PRESSED)
    assert table.posts.empty()


def test_without_rule_7_an_older_version_replaces_a_newer(table: Table, open_tab: Opener):
    table.statements = [statement("one", "Third wording.", version=3)]
    weakened(table, "apply.js", "return version(fresh) > version(present);", "return true;")
    page = open_tab()
    table.joined().entry(11, said("one", "Second wording.", version=2))
    expect(page.locator("#said-one .words")).to_have_text("Second wording.")


def test_without_it_what_was_drawn_for_its_author_is_lost(table: Table, open_tab: Opener):
    table.statements = [statement("one", "Mine.", version=2, mine=True)]
    weakened(table, "apply.js", "return isMine(fresh) && !isMine(present);", "return true;")
    page = open_tab()
    table.joined().entry(11, said("one", "Not mine.", version=2))
    expect(page.locator("#said-one .words")).to_have_text("Not mine.")


def test_without_waiting_what_follows_something_later_is_lost(table: Table, open_tab: Opener):
    weakened(table, "apply.js", "return this.wait(fresh);", "return;")
    page = open_tab()
    socket = table.joined()
    socket.entry(11, statement("four", "Fourth.", after="three"))
    socket.entry(12, statement("three", "Third.", after="two"))
    came(page, "three")
    assert words(page) == ["First.", "Second.", "Third."]


def test_without_holding_back_the_selection_is_gone(table: Table, open_tab: Opener):
    weakened(table, "apply.js", "if (isBusy(present, fresh))", "if (false)")
    page = open_tab()
    socket = table.joined()
    page.locator("#said-one .words p").evaluate("one => getSelection().selectAllChildren(one)")
    socket.entry(11, said("one", "Amended.", version=2))
    expect(page.locator("#said-one .words")).to_have_text("Amended.")
    assert page.evaluate("getSelection().toString()") == ""


def test_without_its_key_the_same_words_are_two_things(table: Table, open_tab: Opener):
    weakened(table, "tray.js", '["key", item.key]', '["key", newKey()]')
    page = open_tab()
    table.joined()
    say(page, "One.")
    first = table.post()
    first.answer(503)
    assert table.post()["key"] != first["key"]


def test_without_the_storage_a_reload_loses_the_tray(table: Table, open_tab: Opener):
    weakened(table, "store.js", "localStorage.setItem(key, kept)", "null")
    page = open_tab()
    table.joined()
    say(page, "One.")
    table.post().answer(400, {"error": "no."})
    tray(page, like("One."))
    page.reload()
    table.joined()
    tray(page)


def test_without_claims_every_tab_sends_what_one_left_behind(table: Table, open_tab: Opener):
    weakened(
        table, "claim.js", "return navigator.locks ? lock(name) : lease(name);", "return Promise.resolve(() => {});"
    )
    pages = [open_tab() for _ in range(3)]
    for _ in pages:
        table.joined()
    say(pages[0], "One.")
    posts = [table.post() for _ in pages]
    assert len({post["key"] for post in posts}) == 1
    for post in posts:
        saved(post)


def test_without_rule_9_what_was_said_stays_on_the_screen(table: Table, open_tab: Opener):
    weakened(table, "left.js", ".replaceChildren(panel)", ".append(panel)")
    page = open_tab()
    table.joined().close(4003)
    expect(page.get_by_role("heading", name="Your place at this table was changed")).to_be_visible()
    assert words(page) == ["First.", "Second."]
