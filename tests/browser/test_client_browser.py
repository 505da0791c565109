"""The rules of the live page, one by one, against a server that does what each test says (rule 8: test_tray_browser)."""

import itertools
import time

import pytest
from playwright.sync_api import Page, expect
from websockets.exceptions import ConnectionClosed

from tests.browser.conftest import CHROMIUM, Opener
from tests.browser.fake_table import Table, said, statement
from tests.clocks import PATIENCE, in_time

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (set CHROMIUM or put it on the PATH)"),
]

CEILING = "Math.random = () => 0.999999;"  # jitter at its longest
NAMES = ("three", "four", "five")


def words(page: Page) -> list[str]:
    """What stands in the discussion, in its order."""
    return page.locator("#discussion .words").all_inner_texts()


def wait_for_words(page: Page, *expected: str) -> None:
    expect(page.locator("#discussion .words")).to_have_text(list(expected))


def state(page: Page, name: str) -> None:
    expect(page.locator("#connection")).to_have_attribute("data-state", name)


def next_statement(name: str, after: str) -> str:
    return statement(name, f"{name.title()}.", after=after)


# ------------------------------------------------------------------ rules 1 and 2


def test_a_page_says_hello_from_the_heads_it_was_drawn_at(table: Table, open_tab: Opener):
    open_tab()
    assert table.socket().hello == {"t": "hello", "v": 1, "seen": {"T": {"epoch": "e1", "n": 10}}}


def test_entries_are_applied_number_after_number_and_a_second_time_not_at_all(table: Table, open_tab: Opener):
    page = open_tab()
    socket = table.joined(T=12)
    socket.entry(11, next_statement("three", "two"))
    socket.entry(11, statement("other", "Never drawn.", after="two"))
    socket.entry(10, statement("other", "Never drawn.", after="two"))
    socket.entry(12, next_statement("four", "three"))
    wait_for_words(page, "First.", "Second.", "Three.", "Four.")
    assert socket.read() == {"t": "seen", "T": 12}
    assert page.complaints == []  # type: ignore[attr-defined]


def test_each_stream_has_its_own_numbers(table: Table, open_tab: Opener):
    table.streams["P"] = {"epoch": "e1", "n": 3}
    page = open_tab()
    socket = table.joined()
    socket.entry(11, statement("three", "Mine.", after="two"))
    socket.entry(4, statement("three", "Mine.", mine=True), stream="P")
    expect(page.locator("#said-three")).to_have_attribute("data-mine", "")
    assert socket.read() == {"t": "seen", "T": 11, "P": 4}


def test_twenty_entries_are_acknowledged_at_once(table: Table, open_tab: Opener):
    table.times["seen"] = 60_000
    open_tab()
    socket = table.joined(T=50)
    for n in range(11, 51):
        socket.entry(n, "")
    assert [socket.read()["T"], socket.read()["T"]] == [30, 50]


# ------------------------------------------------------------------ rule 3


def test_over_a_gap_nothing_is_applied_and_the_page_asks_again_from_what_it_has(table: Table, open_tab: Opener):
    page = open_tab()
    socket = table.joined(T=13)
    socket.entry(11, next_statement("three", "two"))
    socket.entry(13, next_statement("five", "four"))
    again = table.socket()
    assert again.hello["seen"] == {"T": {"epoch": "e1", "n": 11}}
    assert words(page) == ["First.", "Second.", "Three."]
    again.welcome(table.streams, T=13)
    again.entry(12, next_statement("four", "three"))
    again.entry(13, next_statement("five", "four"))
    wait_for_words(page, "First.", "Second.", "Three.", "Four.", "Five.")
    state(page, "live")


def test_where_more_is_known_of_and_nothing_arrives_the_page_asks_again(table: Table, open_tab: Opener):
    table.times["stall"] = 300
    page = open_tab()
    socket = table.joined()
    state(page, "live")
    started = time.monotonic()
    socket.send(t="beat", heads={"T": 12})
    state(page, "catching-up")
    assert table.socket().hello["seen"]["T"]["n"] == 10
    assert in_time(time.monotonic() - started, least=table.times["stall"] / 1000)


def test_what_arrives_slowly_is_waited_for(table: Table, open_tab: Opener):
    table.times["stall"] = 1_000
    page = open_tab()
    socket = table.joined(T=13)
    for n, (name, after) in enumerate(zip(NAMES, ("two", *NAMES), strict=False), 11):
        page.wait_for_timeout(table.times["stall"] * 0.6)
        socket.entry(n, next_statement(name, after))
    state(page, "live")
    assert table.sockets.empty()


def test_what_is_only_so_now_does_not_hide_that_something_is_missing(table: Table, open_tab: Opener):
    table.times["stall"] = 300
    open_tab()
    socket = table.joined(T=11)
    with pytest.raises(ConnectionClosed):
        for _ in range(40):
            socket.send(t="now", html="")
            time.sleep(table.times["stall"] / 4000)
    assert table.socket().hello["seen"]["T"]["n"] == 10


# ------------------------------------------------------------------ rule 4


@pytest.mark.parametrize("why", ["another epoch", "far behind", "ahead of the record"])
def test_a_page_that_cannot_be_caught_up_fetches_itself_again(table: Table, open_tab: Opener, why: str):
    page = open_tab()
    socket = table.socket()
    table.statements = [statement("one", "First, restored."), statement("nine", "Ninth.")]
    heads = {"another epoch": ("e2", 12), "far behind": ("e1", 511), "ahead of the record": ("e1", 9)}[why]
    table.streams = {"T": {"epoch": heads[0], "n": heads[1]}}
    socket.welcome(table.streams)
    again = table.joined()
    assert again.hello["seen"] == table.streams
    wait_for_words(page, "First, restored.", "Ninth.")
    again.entry(heads[1] + 1, statement("ten", "Tenth.", after="nine"))
    wait_for_words(page, "First, restored.", "Ninth.", "Tenth.")


def test_five_hundred_behind_is_caught_up(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined(T=510)
    state(page, "catching-up")
    assert page.locator("#connection").inner_text().startswith("Catching up")


def test_a_reset_that_the_server_asks_for_keeps_what_is_being_written(table: Table, open_tab: Opener):
    page = open_tab()
    socket = table.joined()
    page.locator("#say textarea").fill("Half a sentence")
    table.statements = [*table.statements, statement("three", "Three.")]
    table.streams["T"]["n"] = 700
    socket.send(t="reset", s="T", why="far")
    table.joined()
    wait_for_words(page, "First.", "Second.", "Three.")
    expect(page.locator("#say textarea")).to_be_focused()
    expect(page.locator("#say textarea")).to_have_value("Half a sentence")


def test_a_reset_brings_the_lists_beside_the_discussion_too(table: Table, open_tab: Opener):
    table.more = '<ol id="items"><li id="i1" data-version="1">One 1</li></ol><p id="state" data-version="1">Closed</p>'
    page = open_tab()
    socket = table.joined()
    table.more = (
        '<ol id="items"><li id="i1" data-version="2">One 2</li><li id="i2" data-version="1">Two 1</li></ol>'
        '<p id="state" data-version="2">Open</p>'
    )
    socket.send(t="reset", s="T", why="far")
    table.joined()
    expect(page.locator("#items li")).to_have_text(["One 2", "Two 1"])
    expect(page.locator("#state")).to_have_text("Open")


def test_a_reset_is_tried_again_until_the_page_can_be_had(table: Table, open_tab: Opener):
    page = open_tab()
    table.status = 503
    table.socket().send(t="reset", s="T", why="far")
    state(page, "away")
    table.statements = [statement("nine", "Ninth.")]
    table.status = 200
    table.joined()
    wait_for_words(page, "Ninth.")


def test_in_another_role_the_page_is_another_page(table: Table, open_tab: Opener):
    page = open_tab()
    socket = table.joined()
    page.locator("#say textarea").fill("Half a sentence")
    table.streams = {"S": {"epoch": "e1", "n": 4}}
    table.statements = [statement("nine", "For staff.")]
    socket.send(t="reset", s="T", why="role")
    assert table.socket().hello["seen"] == {"S": {"epoch": "e1", "n": 4}}
    wait_for_words(page, "For staff.")
    expect(page.locator("#say textarea")).to_have_value("Half a sentence")


# ------------------------------------------------------------------ rules 5 and 6


def test_a_line_on_which_nothing_comes_is_left_and_tried_anew(table: Table, open_tab: Opener):
    table.times["silence"] = 600
    page = open_tab()
    started = time.monotonic()
    socket = table.joined()
    state(page, "live")
    assert socket.closed() is not None
    assert in_time(time.monotonic() - started, least=table.times["silence"] / 1000)
    table.joined()
    state(page, "live")


def test_a_beat_keeps_the_line(table: Table, open_tab: Opener):
    table.times["silence"] = 1_200
    open_tab()
    socket = table.joined()
    for _ in range(6):
        socket.send(t="beat", heads={"T": 10})
        time.sleep(table.times["silence"] / 3000)
    assert table.sockets.empty()


def test_it_comes_back_after_twice_as_long_each_time_up_to_a_limit(table: Table, open_tab: Opener):
    table.times |= {"first": 100, "most": 500}
    page = open_tab(CEILING)
    moments = []
    for _ in range(6):
        table.socket().close(1011)
        moments.append(time.monotonic())
    waits = [after - before for before, after in itertools.pairwise(moments)]
    for wait, expected in zip(waits, [0.1, 0.2, 0.4, 0.5, 0.5], strict=True):
        assert in_time(wait, expected + 0.25, least=expected)
    state(page, "away")
    table.joined()
    state(page, "live")


def test_a_restart_spreads_the_pages_over_its_own_time(table: Table, open_tab: Opener):
    table.times |= {"first": 10, "restart": 600}
    page = open_tab(CEILING)
    socket = table.joined()
    state(page, "live")
    socket.close(1012)
    started = time.monotonic()
    state(page, "restarting")
    table.joined()
    assert in_time(time.monotonic() - started, 1, least=0.55)
    state(page, "live")


@pytest.mark.parametrize("code", [4008, 4009, 1006])
def test_after_other_codes_it_comes_back_by_itself(table: Table, open_tab: Opener, code: int):
    open_tab()
    socket = table.joined()
    socket.connection.socket.shutdown(2) if code == 1006 else socket.close(code)
    table.joined()


def test_with_too_many_pages_it_waits_its_longest(table: Table, open_tab: Opener):
    table.times |= {"first": 10, "most": 500}
    page = open_tab(CEILING)
    table.joined().close(4013)
    started = time.monotonic()
    state(page, "too-many")
    table.socket()
    assert in_time(time.monotonic() - started, least=0.45)


def test_a_press_or_a_network_that_is_back_ends_the_waiting(table: Table, open_tab: Opener):
    table.times |= {"first": 60_000, "most": 60_000}
    page = open_tab(CEILING)
    table.joined().close(1011)
    page.get_by_role("button", name="Try now").click()
    table.joined().close(1011)
    state(page, "away")
    page.evaluate("dispatchEvent(new Event('online'))")
    table.joined()


def test_a_network_that_comes_back_is_noticed_though_nobody_says_so(table: Table, open_tab: Opener):
    table.times |= {"first": 60_000, "most": 60_000}
    table.health = 502  # as a proxy answers for a server that is not there
    page = open_tab(CEILING)
    table.joined().close(1011)
    state(page, "away")
    assert [table.asked.get(timeout=PATIENCE) for _ in range(3)] == ["/health/"] * 3
    assert table.sockets.empty()
    table.health = 200
    table.joined()
    state(page, "live")


def test_a_server_that_is_there_and_takes_no_sockets_is_asked_once_and_left_alone(table: Table, open_tab: Opener):
    table.times |= {"first": 60_000, "most": 60_000}
    page = open_tab(CEILING)
    table.joined().close(1011)
    assert table.asked.get(timeout=PATIENCE) == "/health/"
    page.wait_for_timeout(5 * table.times["ask"])
    assert table.asked.empty()
    assert table.sockets.empty()


def test_a_try_that_hangs_is_given_up_when_the_network_is_back(table: Table, open_tab: Opener):
    table.health = 502
    page = open_tab()
    table.joined().close(1011)
    hanging = table.socket()
    table.asked.get(timeout=PATIENCE)
    table.health = 200
    table.joined()
    assert hanging.closed() is not None
    state(page, "live")


def test_another_version_asks_for_a_reload_and_does_not_knock(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined().close(4010)
    state(page, "reload")
    page.get_by_role("button", name="Reload").click()
    table.joined()
    state(page, "live")


# ------------------------------------------------------------------ rule 7


def test_an_older_version_never_replaces_a_newer(table: Table, open_tab: Opener):
    table.statements = [statement("one", "Third wording.", version=3, bar=4)]
    page = open_tab()
    socket = table.joined()
    socket.entry(11, statement("one", "Second wording.", version=2, bar=5))
    expect(page.locator("#bar-one")).to_have_text("bar 5")
    assert words(page) == ["Third wording."]
    socket.entry(12, said("one", "Fourth wording.", version=4))
    wait_for_words(page, "Fourth wording.")


def test_of_two_as_new_the_one_drawn_for_its_author_stays(table: Table, open_tab: Opener):
    table.streams["P"] = {"epoch": "e1", "n": 0}
    page = open_tab()
    socket = table.joined()
    socket.entry(1, said("one", "Mine.", version=2, mine=True), stream="P")
    socket.entry(11, said("one", "Not mine.", version=2))
    socket.entry(12, statement("three", "Three.", after="two"))
    wait_for_words(page, "Mine.", "Second.", "Three.")
    socket.entry(13, said("one", "Amended.", version=3))
    wait_for_words(page, "Amended.", "Second.", "Three.")


# ------------------------------------------------------------------ rules 9 and 10


@pytest.mark.parametrize(
    ("code", "why"), [(4003, "Your place at this table was changed"), (4001, "You are signed out")]
)
def test_whoever_may_not_be_there_has_nothing_of_it_left_and_does_not_come_back(
    table: Table, open_tab: Opener, code: int, why: str
):
    table.more = "<aside>Margin.</aside>"
    page = open_tab()
    socket = table.joined()
    page.locator("#say textarea").fill("Half a sentence")
    socket.entry(11, statement("three", "Three.", after="two"))
    socket.close(code)
    expect(page.get_by_role("heading", name=why)).to_be_visible()
    everything = page.content().split('<template id="words">')[0]
    for gone in ("First.", "Three.", "Margin.", "Crabbe", "Half a sentence"):
        assert gone not in everything
    expect(page.locator(".left-room")).to_be_focused()
    page.evaluate("dispatchEvent(new Event('online'))")
    assert table.sockets.empty()
    assert page.complaints == []  # type: ignore[attr-defined]


def test_whoever_may_not_fetch_the_page_again_leaves_too(table: Table, open_tab: Opener):
    page = open_tab()
    table.status = 403
    table.socket().send(t="reset", s="T", why="far")
    expect(page.get_by_role("heading", name="Your place at this table was changed")).to_be_visible()


def test_the_state_of_the_connection_is_said_in_words_all_the_time(table: Table, open_tab: Opener):
    table.times |= {"first": 300, "most": 300}
    page = open_tab(CEILING)
    line = page.locator("#connection")
    expect(line).to_have_text("Connecting…")
    socket = table.socket()
    socket.welcome(table.streams, T=11)
    expect(line).to_have_text("Catching up with what was said meanwhile…")
    socket.entry(11, statement("three", "Three.", after="two"))
    expect(line).to_have_text("Live: what others say appears here at once.")
    socket.close(1011)
    expect(line).to_contain_text("No connection.")
    table.socket().close(1012)
    expect(line).to_contain_text("The server is restarting.")
