"""What the page does for a reader: where things come to stand, that nothing moves under their hands, keys, what is new."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import CHROMIUM, Opener
from tests.browser.fake_table import Table, said, stance, statement
from tests.browser.test_client_browser import next_statement, wait_for_words
from tests.clocks import PATIENCE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (set CHROMIUM or put it on the PATH)"),
]

LONG = "<br>".join(["A line of a long statement."] * 12)


def places(page: Page) -> list[str]:
    return page.locator("#discussion li[id^=s-]").evaluate_all("all => all.map((one) => one.id.slice(2))")


def long_table(table: Table, n: int = 12) -> None:
    table.statements = [statement(f"n{i}", f"{i}. {LONG}") for i in range(n)]


def top(page: Page, name: str) -> float:
    return page.locator(f"#said-{name}").evaluate("one => one.getBoundingClientRect().top")


def in_sight(page: Page, name: str) -> None:
    page.locator(f"#said-{name}").evaluate("one => scrollBy(0, one.getBoundingClientRect().top - 150)")


def done(page: Page) -> None:
    """Wait until the last entry of a test (an unnamed element of the page's own) is on the page."""
    expect(page.locator("#mark")).to_have_text("done")


MARK = '<p id="mark" data-version="0"></p>'
DONE = '<p id="mark" data-version="1">done</p>'


# ------------------------------------------------------------------ where things come to stand


def test_a_statement_stands_after_the_one_that_it_names(table: Table, open_tab: Opener):
    page = open_tab()
    socket = table.joined()
    socket.entry(11, statement("reply", "A reply.", after="one", after_time="two", depth=1))
    socket.entry(12, statement("zero", "Before all.", after=""))
    wait_for_words(page, "Before all.", "First.", "A reply.", "Second.")


def test_shown_as_time_it_stands_after_what_was_said_before_it(table: Table, open_tab: Opener):
    table.shown_as = "time"
    page = open_tab()
    table.joined().entry(11, statement("reply", "A reply.", after="one", after_time="two", depth=1))
    wait_for_words(page, "First.", "Second.", "A reply.")


def test_what_follows_something_that_is_not_there_yet_waits_for_it(table: Table, open_tab: Opener):
    page = open_tab()
    socket = table.joined()
    socket.entry(11, statement("four", "Fourth.", after="three"))
    socket.entry(12, statement("four", "Fourth, amended.", version=2, after="three"))
    socket.entry(13, said("four", "Fourth, too old."))
    socket.entry(14, statement("three", "Third.", after="two"))
    wait_for_words(page, "First.", "Second.", "Third.", "Fourth, amended.")


def test_what_lies_in_a_part_that_is_not_loaded_is_passed_over(table: Table, open_tab: Opener):
    table.partial, table.more = True, MARK
    page = open_tab()
    socket = table.joined()
    socket.entry(11, statement("zero", "Before all.", after=""))
    socket.entry(12, statement("early", "Early.", after="elsewhere"))
    socket.entry(13, said("nobody", "Not on this page."))
    socket.entry(14, DONE)
    done(page)
    assert places(page) == ["one", "two"]


def test_a_list_that_only_grows_takes_what_comes_at_its_end(table: Table, open_tab: Opener):
    table.more = '<ol id="yours" data-append><li id="y1" data-version="1">One</li></ol><ol id="findings"></ol>'
    page = open_tab()
    socket = table.joined()
    socket.entry(11, '<li id="y2" data-into="yours" data-version="1">Two</li>')
    socket.entry(12, '<li id="f1" data-into="findings" data-append><div id="f1-said" data-version="1">F</div></li>')
    expect(page.locator("#yours li")).to_have_text(["One", "Two"])
    expect(page.locator("#findings li")).to_have_text(["F"])


def test_who_is_here_is_what_was_heard_last(table: Table, open_tab: Opener):
    table.more = '<div id="here">Crabbe</div>'
    page = open_tab()
    socket = table.joined()
    socket.send(t="now", html='<div id="here">Crabbe, Kyer</div>')
    expect(page.locator("#here")).to_have_text("Crabbe, Kyer")
    socket.send(t="now", html='<div id="here">Kyer</div><div id="elsewhere">x</div>')
    expect(page.locator("#here")).to_have_text("Kyer")
    assert page.locator("#elsewhere").count() == 0


def test_an_earlier_part_comes_before_what_is_there_and_moves_nothing(table: Table, open_tab: Opener):
    long_table(table)
    table.partial = True
    table.earlier = [
        statement("e1", f"Early. {LONG}"),
        statement("e2", "Later."),
        statement("n0", f"0, amended. {LONG}", version=2),
    ]
    page = open_tab()
    table.joined()
    before = top(page, "n1")
    page.get_by_role("link", name="What was said before").click()
    page.locator("#s-e1").wait_for()
    assert places(page)[:4] == ["e1", "e2", "n0", "n1"]
    expect(page.locator("#said-n0 .words")).to_contain_text("0, amended.")
    assert abs(top(page, "n1") - before) <= 1
    assert page.locator("#thread-a[data-partial]").count() == 0
    expect(page.get_by_role("link", name="What was said before")).to_have_count(0)


# ------------------------------------------------------------------ nothing that the reader is doing moves


def test_what_is_read_stays_where_it_is_when_others_speak_above(table: Table, open_tab: Opener):
    long_table(table)
    page = open_tab()
    socket = table.joined()
    in_sight(page, "n6")
    before = top(page, "n6")
    socket.entry(11, statement("x", f"Above. {LONG}", after="n1"))
    page.locator("#s-x").wait_for()
    socket.entry(12, said("n3", f"Amended. {LONG}<br>{LONG}", version=2))
    expect(page.locator("#said-n3")).to_contain_text("Amended.")
    assert abs(top(page, "n6") - before) <= 1


def test_without_the_anchor_what_is_read_would_move(table: Table, open_tab: Opener):
    """The control of the test above: the browser does not do it for us."""
    long_table(table)
    page = open_tab("window.scrollBy = () => {};")
    socket = table.joined()
    page.locator("#said-n6").evaluate("one => scrollTo(0, scrollY + one.getBoundingClientRect().top - 150)")
    before = top(page, "n6")
    socket.entry(11, statement("x", f"Above. {LONG}", after="n1"))
    page.locator("#s-x").wait_for()
    assert top(page, "n6") - before > 100


def drift(table: Table, page: Page) -> float:
    """By how many pixels what is read has moved after fifty arrivals above it, none of them a whole pixel high."""
    page.evaluate("""document.styleSheets[0].insertRule(
        "#discussion .place { block-size: 60.4px !important; padding: 0 !important; overflow: hidden }")""")
    socket = table.joined()
    for n in range(11, 31):
        socket.entry(n, statement(f"below{n}", "Below.", after="two" if n == 11 else f"below{n - 1}"))
    page.locator("#s-below30").wait_for()
    page.evaluate("scrollTo(0, 400)")
    read = next(name for name in places(page) if top(page, name) > 200)
    before = top(page, read)
    for n in range(31, 81):
        socket.entry(n, statement(f"above{n}", "Above.", after="one"))
        page.locator(f"#s-above{n}").wait_for()
    return top(page, read) - before


def test_parts_of_pixels_do_not_add_up(table: Table, open_tab: Opener):
    assert abs(drift(table, open_tab())) <= 1


def test_typing_goes_on_when_others_speak(table: Table, open_tab: Opener):
    long_table(table)
    page = open_tab()
    socket = table.joined()
    box = page.locator("#say textarea")
    box.click()
    page.keyboard.type("Half a ")
    before = box.bounding_box()
    socket.entry(11, statement("x", f"Above. {LONG}", after="n1"))
    page.locator("#s-x").wait_for()
    page.keyboard.type("sentence")
    expect(box).to_have_value("Half a sentence")
    assert abs(box.bounding_box()["y"] - before["y"]) <= 1  # type: ignore[index]


def test_words_that_are_selected_stay_until_they_are_let_go(table: Table, open_tab: Opener):
    table.more = MARK
    page = open_tab()
    socket = table.joined()
    page.locator("#said-one .words p").evaluate("one => getSelection().selectAllChildren(one)")
    socket.entry(11, said("one", "Amended.", version=2))
    socket.entry(12, said("two", "Amended too.", version=2))
    socket.entry(13, said("one", "Amended again.", version=3))
    socket.entry(14, said("one", "Amended.", version=2) + DONE)
    done(page)
    assert page.evaluate("getSelection().toString()") == "First."
    wait_for_words(page, "First.", "Amended too.")
    page.evaluate("getSelection().removeAllRanges()")
    wait_for_words(page, "Amended again.", "Amended too.")


FORM = (
    '<details><summary>Amend</summary><form method="post" action="/table/said/one/">'
    '<textarea name="text" aria-label="Amended">First.</textarea></form></details>'
)


def test_a_form_with_something_in_it_stays_until_it_is_empty_again(table: Table, open_tab: Opener):
    table.statements = [statement("one", "First.", extra=FORM)]
    table.more = MARK
    page = open_tab()
    socket = table.joined()
    page.get_by_text("Amend").click()
    page.get_by_label("Amended").fill("First, and")
    page.locator("#say textarea").focus()
    socket.entry(11, said("one", "By another tab.", version=2, extra=FORM) + DONE)
    done(page)
    expect(page.get_by_label("Amended")).to_have_value("First, and")
    wait_for_words(page, "First.")
    page.get_by_label("Amended").fill("First.")
    page.locator("#say textarea").focus()
    wait_for_words(page, "By another tab.")


def test_what_is_unfolded_stays_unfolded(table: Table, open_tab: Opener):
    table.statements = [statement("one", "First.", extra=FORM)]
    page = open_tab()
    socket = table.joined()
    page.get_by_text("Amend").click()
    socket.entry(11, said("one", "By another tab.", version=2, extra=FORM))
    wait_for_words(page, "By another tab.")
    expect(page.get_by_label("Amended")).to_be_visible()


def test_focus_on_a_button_goes_over_to_its_new_drawing(table: Table, open_tab: Opener):
    page = open_tab()
    socket = table.joined()
    page.locator("#stance-two").get_by_role("button", name="disagree").focus()
    socket.entry(11, stance("two", version=1, own="disagree", mine=True))
    expect(page.locator("#stance-two")).to_have_attribute("data-version", "1")
    focused = page.evaluate("[document.activeElement.value, document.activeElement.closest('li').id]")
    assert focused == ["disagree", "s-two"]


def press_while(table: Table, page: Page, html: str) -> None:
    """Press "disagree" on the second statement, and let go of it only after this has come."""
    socket = table.joined()
    page.locator("#stance-two").get_by_role("button", name="disagree").hover()
    page.mouse.down()
    socket.entry(11, html)
    page.wait_for_timeout(200)
    page.mouse.up()
    expect(page.locator("#said-two .words")).to_have_text("Amended.")


PRESSED = stance("two", version=1) + said("two", "Amended.", version=2)


def test_a_press_is_a_press_whatever_comes_while_it_lasts(table: Table, open_tab: Opener):
    press_while(table, open_tab(), PRESSED)
    assert table.post()["stance"] == "disagree"


def test_a_box_that_is_typed_in_is_replaced_when_it_is_left(table: Table, open_tab: Opener):
    box = '<input name="reason" aria-label="Why" form="act">'
    table.statements = [statement("one", "First.", extra=box)]
    table.more = MARK
    page = open_tab()
    socket = table.joined()
    page.get_by_label("Why").focus()
    socket.entry(11, said("one", "Amended.", version=2, extra=box) + DONE)
    done(page)
    expect(page.get_by_label("Why")).to_be_focused()
    wait_for_words(page, "First.")
    page.get_by_label("Why").blur()
    wait_for_words(page, "Amended.")


def test_what_is_new_fades_in_and_for_those_who_want_no_motion_stands_there(table: Table, open_tab: Opener):
    page = open_tab()
    socket = table.joined()
    socket.entry(11, next_statement("three", "two"))
    page.locator("#s-three").wait_for()
    name = "getComputedStyle(document.querySelector('#s-three')).animationName"
    assert page.evaluate(name) == "come"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(name) == "none"


def test_the_live_region_hears_a_few_sentences_and_of_many_how_many(table: Table, open_tab: Opener):
    page = open_tab()
    socket = table.joined()
    socket.entry(11, '<template data-say="Crabbe has the floor."></template>')
    region = page.locator("[data-live-region]")
    expect(region).to_have_text("Crabbe has the floor.")
    for n in range(12, 20):
        socket.entry(n, f'<template data-say="Sentence {n}."></template>')
    expect(region).to_have_text("8 things were added.")


# ------------------------------------------------------------------ answering


def test_reply_sets_the_target_and_goes_to_the_form_without_leaving_the_page(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    page.locator("#s-two").get_by_role("link", name="Reply").click()
    expect(page.locator("#say textarea")).to_be_focused()
    expect(page.locator("#say .relations > li q")).to_have_text("Crabbe: Second.")
    assert page.url == table.url
    page.locator("#s-one").get_by_role("link", name="Reply").click()
    expect(page.locator("#say .relations > li q")).to_have_text("Crabbe: First.")


def test_one_statement_may_do_two_things_to_two_others(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    page.locator("#s-two").get_by_role("link", name="Reply").click()
    page.locator("#say textarea").fill("Yes, but")
    page.locator("#s-one").get_by_role("link", name="Reply").click()
    rows = page.locator("#say .relations > li")
    expect(rows.locator("q")).to_have_text(["Crabbe: Second.", "Crabbe: First."])
    rows.nth(1).locator("select").select_option("disagrees")
    page.get_by_role("button", name="Say it").click()
    post = table.post()
    assert [pair for pair in post.fields if pair[0] in ("relation", "to")] == [
        ("relation", "responds_to"), ("to", "two"), ("relation", "disagrees"), ("to", "one"),
    ]  # fmt: skip
    expect(rows).to_have_count(0)


def test_a_target_can_be_taken_away_again(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    page.locator("#s-two").get_by_role("link", name="Reply").click()
    page.locator("#say [data-remove]").click()
    expect(page.locator("#say .relations > li")).to_have_count(0)
    expect(page.locator("#say textarea")).to_be_focused()


# ------------------------------------------------------------------ keys, and what is new


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.closest('li')?.id ?? document.activeElement.localName")


def test_keys_go_from_one_new_statement_to_the_next_and_answer_it(table: Table, open_tab: Opener):
    page = open_tab()
    socket = table.joined()
    page.keyboard.press("n")
    expect(page.locator("[data-live-region]")).to_have_text("There is nothing new.")
    socket.entry(11, next_statement("three", "one"))
    socket.entry(12, next_statement("four", "two"))
    expect(page.locator("[data-new-count]")).to_have_text("2 new statements")
    page.keyboard.press("n")
    assert focused(page) == "s-three"
    page.keyboard.press("n")
    assert focused(page) == "s-four"
    expect(page.locator("[data-new-count]")).to_have_text("1 new statement")
    page.keyboard.press("p")
    expect(page.locator("[data-new-count]")).to_have_text("")
    page.keyboard.press("k")
    page.keyboard.press("k")
    assert focused(page) == "s-three"
    page.keyboard.press("r")
    expect(page.locator("#say textarea")).to_be_focused()
    expect(page.locator("#say .relations > li q")).to_have_text("Crabbe: Three.")
    expect(page.locator("#say textarea")).to_have_value("")


def test_a_key_takes_a_stance_on_the_position_in_focus_only(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    page.keyboard.press("3")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert focused(page) == "s-two"
    page.keyboard.press("3")
    post = table.post()
    assert (post.path, post["stance"]) == ("/table/stance/two/", "disagree")
    assert table.posts.empty()


def test_a_statement_that_came_live_has_buttons_that_work(table: Table, open_tab: Opener):
    page = open_tab()
    socket = table.joined()
    socket.entry(11, next_statement("three", "two"))
    page.locator("#stance-three").get_by_role("button", name="reservations").click()
    post = table.post()
    assert (post.path, post["stance"], post["csrfmiddlewaretoken"]) == ("/table/stance/three/", "reservations", "c")
    assert table.posts.empty()


def test_keys_never_fire_while_somebody_types_or_holds_another_key(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    page.locator("#said-one").evaluate("one => { one.tabIndex = -1; one.focus(); }")
    page.keyboard.press("Control+1")
    page.locator("#say textarea").focus()
    page.keyboard.type("1 r n ? g t")
    expect(page.locator("#say textarea")).to_have_value("1 r n ? g t")
    expect(page.locator("#keys")).not_to_be_visible()
    assert table.posts.empty()


def test_a_list_of_the_keys_opens_and_turns_them_off(table: Table, open_tab: Opener):
    page = open_tab()
    table.joined()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("j")
    assert focused(page) != "s-one"
    page.get_by_label("Keys").uncheck()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).not_to_be_visible()
    page.reload()
    table.joined()
    page.keyboard.press("j")
    assert focused(page) == "body"
    page.keyboard.press("?")
    page.get_by_label("Keys").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert focused(page) == "s-one"


def test_two_keys_after_one_another_change_how_the_discussion_is_read(table: Table, open_tab: Opener):
    table.more = '<a data-as="time" href="?as=time">In order of time</a><a data-as="new" href="?as=new">New</a>'
    page = open_tab()
    table.joined()
    page.locator("#say textarea").fill("Half a sentence")
    page.locator("#say textarea").blur()
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url("**/?as=time")
    expect(page.locator("#say textarea")).to_have_value("Half a sentence")
    page.keyboard.press("o")
    page.keyboard.press("g")
    page.keyboard.press("n")
    page.wait_for_url("**/?as=new")


def test_own_words_are_no_news(table: Table, open_tab: Opener):
    table.streams["P"] = {"epoch": "e1", "n": 0}
    page = open_tab()
    socket = table.joined()
    page.locator("#say textarea").fill("Three.")
    page.get_by_role("button", name="Say it").click()
    post = table.post()
    socket.entry(11, next_statement("three", "two"))
    expect(page.locator("[data-new-count]")).to_have_text("1 new statement")
    post.answer(201, {"saved": "three"})
    expect(page.locator("[data-new-count]")).to_have_text("")
    socket.entry(12, statement("four", "Mine from another tab.", after="three", mine=True))
    page.locator("#s-four").wait_for()
    expect(page.locator("[data-new-count]")).to_have_text("")


def test_the_server_hears_how_far_one_has_looked(table: Table, open_tab: Opener):
    table.times["looked"] = 400
    open_tab()
    socket = table.joined()
    assert table.looks.get(timeout=PATIENCE) == {"T": 10}
    socket.entry(11, next_statement("three", "two"))
    assert table.looks.get(timeout=PATIENCE) == {"T": 11}


def test_of_a_visitor_nothing_is_remembered(table: Table, open_tab: Opener):
    table.times["looked"] = 100
    table.person = ""
    page = open_tab()
    table.joined().entry(11, next_statement("three", "two"))
    page.locator("#s-three").wait_for()
    page.goto("about:blank")
    assert table.looks.empty()


def test_what_was_on_the_screen_when_the_server_heard_of_it_is_no_longer_new(table: Table, open_tab: Opener):
    table.times["looked"] = 400
    long_table(table)
    page = open_tab()
    socket = table.joined()
    socket.entry(11, statement("seen", "On the screen.", after=""))
    socket.entry(12, statement("unseen", "Below it.", after="n11"))
    page.locator("#s-unseen").wait_for()
    page.evaluate("scrollTo(0, 0)")
    expect(page.locator("[data-new-count]")).to_have_text("1 new statement")
    page.locator("[data-next-new]").click()
    assert focused(page) == "s-unseen"


def test_and_hears_it_when_the_page_is_left(table: Table, open_tab: Opener):
    page = open_tab()
    socket = table.joined()
    socket.entry(11, next_statement("three", "two"))
    page.locator("#s-three").wait_for()
    page.goto("about:blank")
    assert table.looks.get(timeout=PATIENCE) == {"T": 11}
