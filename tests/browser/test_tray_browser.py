"""Own words: they wait in the tray until they are saved, over failures, reloads and tabs (rule 8); drafts and the counter."""

import re
import time

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import CHROMIUM, Opener
from tests.browser.fake_table import Post, Table, statement
from tests.clocks import in_time

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (set CHROMIUM or put it on the PATH)"),
]

WITHOUT_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });"
WITHOUT_STORAGE = (
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"
)


def say(page: Page, words: str) -> None:
    page.locator("#say textarea").fill(words)
    page.get_by_role("button", name="Say it").click()


def tray(page: Page, *expected: str | re.Pattern[str]) -> None:
    expect(page.locator("[data-waiting] > li")).to_have_text(list(expected))


def like(*parts: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, parts)), re.DOTALL)


def saved(post: Post, name: str = "x") -> None:
    post.answer(201, {"saved": name})


# ------------------------------------------------------------------ saved, and not yet


def test_words_wait_under_the_form_until_the_server_says_that_it_has_them(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    say(page, "A first\nstatement.")
    post = table.post()
    tray(page, like("A first", "Being saved…"))
    expect(page.locator("#say textarea")).to_have_value("")
    assert post.path == "/table/say/"
    assert (post["text"], post["item"], post["kind"]) == ("A first\nstatement.", "a", "position")
    assert post["csrfmiddlewaretoken"] == "c"
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", post["key"])
    saved(post)
    tray(page)
    expect(page.locator("[data-live-region]")).to_have_text("Saved.")
    assert page.complaints == []  # type: ignore[attr-defined]


def test_one_thing_is_sent_at_a_time_in_the_order_of_writing(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    for words in ("One.", "Two.", "Three."):
        say(page, words)
    sent = []
    for words in ("One.", "Two.", "Three."):
        post = table.post()
        assert table.posts.empty()
        sent.append((post["text"], post["key"]))
        saved(post)
        assert post["text"] == words
    tray(page)
    assert len({key for _words, key in sent}) == 3


@pytest.mark.parametrize("failure", ["500", "503", "time-out", "a page in between", "no answer"])
def test_where_nobody_knows_it_is_sent_again_with_the_same_key(table: Table, open_tab: Opener, failure: str):
    table.times["request"] = 1_000 if failure == "time-out" else 60_000
    page = open_tab()
    table.joined()
    say(page, "A statement.")
    first = table.post()
    if failure.isdigit():
        first.answer(int(failure), {"error": "not now"})
    elif failure == "a page in between":
        first.answer(200, None, Content_Type="text/html")
    elif failure == "no answer":
        first.answer(999)  # no status at all: the connection breaks
    second = table.post()
    assert second.fields == first.fields
    tray(page, like("A statement."))
    saved(second)
    tray(page)
    assert table.posts.empty()


def test_it_waits_as_long_as_the_server_asks(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    say(page, "A statement.")
    table.post().answer(503, {"error": "Too many are writing."}, Retry_After="1")
    started = time.monotonic()
    tray(page, like("A statement.", "Not saved yet", "Too many are writing."))
    saved(table.post())
    assert in_time(time.monotonic() - started, least=0.9)


def test_what_cannot_be_saved_for_long_lets_the_rest_pass(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    say(page, "Poison.")
    for _ in range(4):
        table.post().answer(500)
    poison = table.post()
    say(page, "Water.")
    poison.answer(500, None, Retry_After="60")
    water = table.post()
    assert (poison["text"], water["text"]) == ("Poison.", "Water.")
    saved(water)
    tray(page, like("Poison."))
    page.get_by_role("button", name="Send again").click()
    saved(table.post())
    tray(page)


def test_the_connection_coming_back_ends_the_waiting(table: Table, open_tab: Opener):
    page = open_tab()
    socket = table.joined()
    say(page, "A statement.")
    table.post().answer(503, None, Retry_After="300")
    tray(page, like("Not saved yet"))
    socket.close(1011)
    table.joined()
    saved(table.post())
    tray(page)


# ------------------------------------------------------------------ refused


@pytest.mark.parametrize("status", [400, 403, 409, 422])
def test_what_is_refused_stays_with_the_reason_and_an_edit_gets_a_new_key(table: Table, open_tab: Opener, status: int):
    page = open_tab()
    table.joined()
    say(page, "A statement.")
    first = table.post()
    first.answer(status, {"error": "the item is closed."})
    tray(page, like("A statement.", "Not saved: the item is closed."))
    expect(page.locator("[data-live-region]")).to_have_text("Not saved: the item is closed.")
    page.get_by_role("button", name="Change").click()
    tray(page)
    expect(page.locator("#say textarea")).to_have_value("A statement.")
    expect(page.locator("#say textarea")).to_be_focused()
    say(page, "Another statement.")
    second = table.post()
    assert second["text"] == "Another statement."
    assert second["key"] != first["key"]


def test_what_is_refused_does_not_hold_up_the_rest_and_can_be_sent_again_as_it_is(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    say(page, "One.")
    say(page, "Two.")
    first = table.post()
    first.answer(403, {"error": "not now."})
    saved(table.post())
    tray(page, like("One.", "Not saved: not now."))
    page.get_by_role("button", name="Send again").click()
    again = table.post()
    assert again.fields == first.fields
    saved(again)
    tray(page)


def test_changing_what_was_refused_sets_aside_what_stands_in_the_form(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    say(page, "One.")
    table.post().answer(403, {"error": "not now."})
    tray(page, like("One."))
    page.locator("#say textarea").fill("Two, half")
    page.get_by_role("button", name="Change").click()
    expect(page.locator("#say textarea")).to_have_value("One.")
    tray(page, like("Two, half", "Not saved: you set it aside."))
    assert table.posts.empty()


def test_without_a_reason_the_page_gives_one(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    say(page, "One.")
    table.post().answer(403, None, Content_Type="text/html")
    tray(page, like("One.", "Reload the page, then send it again."))


def test_a_way_to_the_page_for_signing_in_is_no_saving(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    say(page, "One.")
    table.post().answer(302, None, Location="/sign-in/")
    tray(page, like("One.", "you are signed out."))


def test_too_fast_is_sent_again_after_the_time_that_the_server_gives(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    say(page, "One.")
    first = table.post()
    first.answer(429, {"error": "Too fast."}, Retry_After="1")
    tray(page, like("One.", "Too fast."))
    assert table.post().fields == first.fields


# ------------------------------------------------------------------ reloads, tabs, people


def test_a_reload_finds_the_tray_again_and_sends_it_with_the_same_key(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    say(page, "One.")
    say(page, "Two.")
    first = table.post()
    page.reload()
    again = table.post()
    tray(page, like("One."), like("Two."))
    assert again.fields == first.fields
    saved(again)
    saved(table.post())
    tray(page)


def test_what_was_refused_is_there_after_a_reload_and_not_sent(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    say(page, "One.")
    table.post().answer(400, {"error": "no."})
    tray(page, like("Not saved: no."))
    page.reload()
    tray(page, like("One.", "Not saved: no."))
    table.joined()
    expect(page.locator("#connection")).to_have_attribute("data-state", "live")
    assert table.posts.empty()


@pytest.mark.parametrize("locks", ["", WITHOUT_LOCKS], ids=["locks", "lease"])
def test_several_tabs_do_not_send_the_same_tray_twice(table: Table, open_tab: Opener, locks: str):
    pages = [open_tab(locks) for _ in range(3)]
    for _ in pages:
        table.joined()
    for number, page in enumerate(pages):
        say(page, f"From tab {number}.")
    posts = [table.post() for _ in pages]
    for page in pages:
        expect(page.locator("[data-waiting] > li")).to_have_count(3)
    pages[0].wait_for_timeout(3 * (table.times["others"] + table.times["settle"]))
    for post in posts:
        saved(post)
    for page in pages:
        tray(page)
    pages[0].wait_for_timeout(table.times["others"] + table.times["settle"])
    assert table.posts.empty()
    assert sorted(post["text"] for post in posts) == ["From tab 0.", "From tab 1.", "From tab 2."]


@pytest.mark.parametrize("locks", ["", WITHOUT_LOCKS], ids=["locks", "lease"])
def test_what_a_closed_tab_left_is_sent_by_one_of_the_others(table: Table, open_tab: Opener, locks: str):
    first, *others = [open_tab(locks) for _ in range(4)]
    for _ in range(4):
        table.joined()
    say(first, "One.")
    post = table.post()
    tray(others[0], like("One."))
    first.close()
    again = table.post()
    assert again.fields == post.fields
    others[0].wait_for_timeout(3 * (table.times["others"] + table.times["settle"]))
    saved(again)
    for page in others:
        tray(page)
    assert table.posts.empty()


def test_another_person_in_the_same_browser_has_another_tray(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    say(page, "One.")
    table.post().answer(400, {"error": "no."})
    tray(page, like("One."))
    page.locator("#say textarea").fill("A draft")
    table.person = "p2"
    page.goto(table.url)
    table.joined()
    tray(page)
    expect(page.locator("#say textarea")).to_have_value("")
    table.person = "p1"
    page.goto(table.url)
    tray(page, like("One."))
    expect(page.locator("#say textarea")).to_have_value("A draft")


def test_a_browser_that_keeps_nothing_says_so_and_still_sends(table: Table, open_tab: Opener):
    page = open_tab(WITHOUT_STORAGE)
    table.joined()
    say(page, "One.")
    say(page, "Two.")
    post = table.post()
    tray(page, like("One."), like("Two.", "do not close the page"))
    saved(post)
    saved(table.post())
    tray(page)


def test_a_removed_person_still_has_the_words_that_were_never_sent(table: Table, open_tab: Opener):
    page = open_tab()
    socket = table.joined()
    say(page, "One.")
    table.post().answer(403, {"error": "you may not speak here."})
    tray(page, like("One."))
    socket.close(4003)
    expect(page.locator(".left-room blockquote")).to_have_text("One.")


# ------------------------------------------------------------------ stances go the same way


def test_a_stance_is_sent_with_a_key_and_again_where_nobody_knows(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    page.locator("#s-one").get_by_role("button", name="disagree").click()
    first = table.post()
    assert (first.path, first["stance"]) == ("/table/stance/one/", "disagree")
    first.answer(503)
    tray(page, like("disagree"))
    again = table.post()
    assert (again.path, again.fields) == (first.path, first.fields)
    saved(again)
    tray(page)


# ------------------------------------------------------------------ drafts and the counter


def test_what_is_being_typed_is_there_after_a_reload_and_gone_once_sent(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    page.locator("#s-two").get_by_role("link", name="Reply").click()
    page.locator("#say textarea").fill("Half a sen")
    page.locator("#say [name=relation]").select_option("disagrees")
    page.locator("#say [name=kind]").select_option("comment")
    page.reload()
    table.joined()
    expect(page.locator("#say textarea")).to_have_value("Half a sen")
    expect(page.locator("#say .relations > li q")).to_have_text("Crabbe: Second.")
    say(page, "Half a sentence, and its end.")
    post = table.post()
    assert [pair for pair in post.fields if pair[0] in ("relation", "to", "kind")] == [
        ("relation", "disagrees"), ("to", "two"), ("kind", "comment"),
    ]  # fmt: skip
    page.reload()
    expect(page.locator("#connection")).not_to_have_attribute("data-state", "")
    expect(page.locator("#say textarea")).to_have_value("")
    expect(page.locator("#say .relations > li")).to_have_count(0)


def test_each_form_has_its_draft(table: Table, open_tab: Opener):
    amend = '<form method="post" action="/table/said/one/"><textarea name="text" aria-label="Amend">First.</textarea></form>'
    table.statements = [statement("one", "First.", extra=amend)]
    page = open_tab()
    table.joined()
    page.get_by_label("Amend").fill("First, amended")
    page.locator("#say textarea").fill("Something else")
    page.reload()
    expect(page.get_by_label("Amend")).to_have_value("First, amended")
    expect(page.locator("#say textarea")).to_have_value("Something else")


def test_the_counter_counts_what_the_server_counts(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    counter = page.locator("[data-count]")
    expect(counter).to_have_text("0/5,000")
    page.locator("#say textarea").fill("𝒜é\n.")
    expect(counter).to_have_text("4/5,000")
    expect(counter).to_have_attribute("aria-live", "off")
    page.locator("#say textarea").fill("𝒜" * 4_900)
    expect(counter).to_have_text("4,900/5,000")
    expect(counter).to_have_attribute("aria-live", "polite")


@pytest.mark.parametrize(
    ("words", "why"),
    [("x" * 5_002, "This is 2 characters too long."), ("x" * 5_001, "This is 1 character too long."), ("  ", "Write")],
)
def test_what_cannot_be_said_is_not_sent_and_nothing_is_cut(table: Table, open_tab: Opener, words: str, why: str):
    page = open_tab()
    table.joined()
    say(page, words)
    expect(page.locator("[data-error]")).to_contain_text(why)
    expect(page.locator("#say textarea")).to_have_value(words)
    expect(page.locator("#say textarea")).to_be_focused()
    tray(page)
    say(page, "Short.")
    assert table.post()["text"] == "Short."
    expect(page.locator("[data-error]")).to_have_text("")


def test_the_plain_form_says_the_same_without_scripts(context: BrowserContext, table: Table):
    page = context.browser.new_context(java_script_enabled=False).new_page()  # type: ignore[union-attr]
    page.goto(table.url)
    page.locator("#say textarea").fill("One.")
    page.get_by_role("button", name="Say it").click(no_wait_after=True)
    post = table.post()
    assert (post["text"], post["key"]) == ("One.", "server")
    post.answer(303, None, Location="/table/")
    page.context.close()
