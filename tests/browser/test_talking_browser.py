"""People talking: what each does is on everybody's page at once, in one order; nothing is lost, doubled or moved.

Every test has a server of its own on a database of its own, and a browser for each person. Unless a test breaks the
network on purpose, a single error in a browser's console fails it.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.around import (
    HASTE,
    Around,
    is_as_fresh,
    live,
    order,
    say,
    sign_in,
    state,
    statement,
    wait_for,
    waiting,
)
from tests.browser.axe import faults
from tests.browser.conftest import CHROMIUM
from tests.clocks import in_time

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (set CHROMIUM or put it on the PATH)"),
]


def agree(*pages: Page) -> None:
    """All of them show the same statements in the same order, and each what it would show if it were opened now."""
    wait_for(lambda: all(order(page) == order(pages[0]) for page in pages), 10, "the same order")
    for page in pages:
        is_as_fresh(page)


def reply(page: Page, words: str) -> None:
    statement(page, words).get_by_role("link", name="Reply").click()
    expect(page.locator("#say textarea")).to_be_focused()


def open_statement(page: Page, words: str, link: str = "More") -> Page:
    """The statement's own page, in another tab of the same person."""
    address = statement(page, words).locator("article").get_by_role("link", name=link, exact=True).get_attribute("href")
    tab = page.context.new_page()
    tab.goto(str(address))
    return tab


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


# ------------------------------------------------------------------ speaking


def test_five_people_speak_answer_and_take_stances_and_all_read_the_same(around: Around):
    ada, ben, cleo = around.sit("ada"), around.sit("ben", width=390), around.sit("cleo", width=820)
    dev, eve = around.sit("dev"), around.sit("eve")
    everybody = [ada, ben, cleo, dev, eve]
    say(ada, "The river is *low*.")
    say(dev, "Is it lower than in May?", kind="question")
    for page in everybody:
        expect(statement(page, "The river is low.").locator("em")).to_have_text("low")
        expect(statement(page, "lower than in May").locator(".meta")).to_contain_text("question")

    reply(ben, "The river is low.")
    say(ben, "Not upstream of the weir.", relation="disagrees")
    for page in everybody:
        expect(statement(page, "Not upstream").locator(".relations")).to_contain_text("disputes")
        assert "depth-1" in str(statement(page, "Not upstream").get_attribute("class"))

    # Two things at once, to two statements: the first by the link, the other by the key.
    reply(cleo, "The river is low.")
    statement(cleo, "Not upstream").locator("article").evaluate("one => { one.tabIndex = -1; one.focus(); }")
    cleo.keyboard.press("R")
    relations = cleo.locator("#say [name=relation]")
    expect(relations).to_have_count(2)
    relations.nth(0).select_option("disagrees")
    relations.nth(1).select_option("concedes")
    say(cleo, "Low, I grant, at the weir alone.")
    for page in everybody:
        ties = statement(page, "Low, I grant").locator(".relations .relation")
        expect(ties).to_have_count(2)
        expect(ties.nth(0)).to_contain_text("disputes")
        expect(ties.nth(1)).to_contain_text("concedes")

    # A stance by click and by key: everybody's bar moves.
    his, hers = statement(dev, "The river is low."), statement(eve, "The river is low.")
    with moving(everybody, "reservations"):
        his.get_by_role("button", name="With reservations").click()
    hers.get_by_role("button", name="Agree", exact=True).focus()
    with moving(everybody, "abstained"):
        eve.keyboard.press("4")
    expect(hers.get_by_role("button", name="Abstain")).to_have_attribute("aria-pressed", "true")
    expect(hers.get_by_role("button", name="Agree", exact=True)).to_be_focused()
    agree(*everybody)


MOVED = """kind => {
    const bar = document.querySelector("#discussion li.place .standing").id;
    window.moved = new Promise(done => new MutationObserver((_, watching) => {
        if (!document.querySelector(`#${bar} .cell.${kind}`)) return;
        watching.disconnect();
        done(Date.now());
    }).observe(document.body, {childList: true, subtree: true}));
}"""


@contextmanager
def moving(pages: list[Page], kind: str) -> Iterator[None]:
    """What is done in it puts a cell of that kind into the first bar of each page; says how long that took."""
    for page in pages:
        page.evaluate(MOVED, kind)
    start = time.time() * 1000
    yield
    took = max(page.evaluate("window.moved") for page in pages) - start
    print(f"{kind}: the bar has moved on {len(pages)} pages after {took:.0f} ms")
    assert in_time(took / 1000, 5)


def test_words_are_amended_and_withdrawn_before_everybodys_eyes(around: Around):
    around.refusals = (409,)
    ada, ben, rap = around.sit("ada"), around.sit("ben"), around.sit("rap")
    say(ada, "The river is low.")
    reply(ben, "The river is low.")
    say(ben, "Since when?", kind="question")
    change = open_statement(ada, "The river is low.", "Change")
    change.get_by_label("The words").fill("The river is *very* low.")
    press(change, "Change")
    for page in (ada, ben, rap):
        expect(statement(page, "The river is very low.")).to_contain_text("amended")
    expect(statement(ada, "The river is very low.").locator(".who")).to_have_text("you")
    for reader, former in ((ada, 1), (rap, 1), (ben, 0)):  # its author and the staff read the former words
        page = open_statement(reader, "The river is very low.", "Change" if reader is ada else "More")
        expect(page.locator(".former > li")).to_have_count(former)
        page.close()

    # Another tab that still shows the former version may not overwrite what it has not seen.
    late = open_statement(ada, "The river is very low.", "Change")
    press(change, "Change")
    late.get_by_label("The words").fill("Written on an old page.")
    change.get_by_label("The words").fill("The river is as low as in 1976.")
    press(change, "Change")
    press(late, "Change")
    expect(late.get_by_role("alert")).to_contain_text("changed meanwhile")
    expect(late.get_by_label("The words")).to_have_value("Written on an old page.")

    press(change, "Withdraw my words")
    for page in (ada, ben, rap):
        expect(page.locator("#discussion li.place").first).to_contain_text("Withdrawn by its author.")
        expect(statement(page, "Since when?")).to_contain_text("a statement that is no longer there")
        assert "1976" not in page.locator("#discussion").inner_text()
    agree(ada, ben, rap)


def test_the_moderator_hides_and_brings_back(around: Around):
    mod, ada, ben = around.sit("mod"), around.sit("ada"), around.sit("ben")
    say(ada, "Something about somebody who is not here.")
    page = open_statement(mod, "Something about somebody")
    page.get_by_label("Why: its author reads this").fill("They cannot answer.")
    press(page, "Hide it from the table")
    expect(ben.locator("#discussion li.place")).to_contain_text("Hidden by the moderator.")
    assert "somebody who is not here" not in ben.content()
    for sees in (mod, ada):
        expect(statement(sees, "Something about somebody")).to_contain_text("They cannot answer.")
    agree(mod, ada, ben)
    press(page, "Bring it back")
    for sees in (mod, ada, ben):
        expect(statement(sees, "Something about somebody")).not_to_contain_text("They cannot answer.")
    agree(mod, ada, ben)


def test_items_open_and_close_and_who_speaks_too_late_keeps_their_words(around: Around):
    around.refusals = (400,)
    mod, ada = around.sit("mod"), around.sit("ada")
    say(ada, "The river is low.")
    press(mod, "Close this item")
    expect(ada.locator("#items > li").first).to_contain_text("closed")
    say(ada, "One more thing.")
    expect(waiting(ada)).to_contain_text("“Water” is closed.")
    expect(waiting(ada)).to_contain_text("One more thing.")
    live(mod)
    press(mod, "Open this item")
    expect(ada.locator("#items > li").first).not_to_contain_text("closed")
    waiting(ada).get_by_role("button", name="Send again").click()
    expect(waiting(ada)).to_have_count(0)
    live(mod)
    expect(mod.locator("#discussion li.place")).to_have_count(2)
    mod.locator("#items").get_by_role("link", name="Fish").click()
    live(mod)
    press(mod, "Open this item")
    expect(ada.locator("#items > li").nth(1)).to_contain_text("open")
    ada.locator("#items").get_by_role("link", name="Fish").click()
    live(ada)
    say(ada, "There are none left.")
    expect(statement(mod, "There are none left.")).to_be_visible()
    mod.get_by_label("The floor to").select_option("ben")
    press(mod, "Give")
    expect(ada.locator("#state")).to_contain_text("has the floor")
    agree(mod, ada)


def test_what_is_written_down_for_somebody_waits_for_them_and_is_confirmed(around: Around):
    mod, rap, eve, ben = around.sit("mod"), around.sit("rap"), around.sit("eve"), around.sit("ben")
    mod.locator("summary").filter(has_text="How the table is held").click()
    mod.get_by_label("What is written down for others is released").select_option("when_seen")
    press(mod, "Hold it so")
    say(rap, "The weir was built in 1911.", **{"for": "eve"})
    expect(statement(rap, "1911")).to_contain_text("not released yet")
    expect(statement(rap, "1911").locator(".who")).to_have_text("Eve Quill")
    yours = eve.locator("#yours > li").filter(has_text="1911")
    expect(yours).to_be_visible()
    expect(ben.locator("#discussion li.place")).to_have_count(0)
    assert "1911" not in ben.content()
    yours.get_by_role("button", name="So it was").click()
    for page in (rap, eve, ben):
        expect(statement(page, "1911")).to_contain_text("spoken, confirmed by its speaker")
    expect(yours).not_to_be_visible()
    say(rap, "And mended in 1950.", **{"for": "eve"})
    correct = eve.locator("#yours > li").filter(has_text="1950")
    expect(correct).to_be_visible()
    page = eve.context.new_page()
    page.goto(str(correct.get_by_role("link", name="Correct it").get_attribute("href")))
    page.get_by_label("The words").fill("And mended in 1951.")
    press(page, "Change")
    for reader in (rap, eve, ben):
        expect(statement(reader, "And mended in 1951.")).to_contain_text("spoken, confirmed by its speaker")
    agree(rap, eve, ben)


# ------------------------------------------------------------------ connections


def test_cut_off_and_back_nothing_is_lost_doubled_or_out_of_order(around: Around):
    around.is_rough = True
    ada, ben = around.sit("ada", haste=HASTE), around.sit("ben", haste=HASTE)
    beyond = around.sit("cleo", by=around.server)  # on the other side of the cut
    say(ada, "Before.")
    for page in (ada, ben, beyond):
        expect(statement(page, "Before.")).to_be_visible()
    around.network.cut()
    state(ada, "away")
    for number in range(3):
        say(ada, f"In the dark {number}.")
        say(beyond, f"In the light {number}.")
    expect(waiting(ada)).to_have_count(3)
    expect(waiting(ada).first).to_contain_text("Not saved yet")
    expect(waiting(beyond)).to_have_count(0)
    around.network.mend()
    start = time.monotonic()
    for page in (ada, ben, beyond):
        expect(page.locator("#discussion li.place")).to_have_count(7)
        live(page)
    print(f"caught up {time.monotonic() - start:.1f} s after the network was back")
    expect(waiting(ada)).to_have_count(0)
    agree(ada, ben, beyond)
    words = ada.locator("#discussion div.words").all_inner_texts()
    assert [one.strip() for one in words] == [
        "Before.", *(f"In the light {n}." for n in range(3)), *(f"In the dark {n}." for n in range(3)),
    ]  # fmt: skip


def test_a_line_that_died_without_a_word_is_noticed_and_what_was_said_into_it_is_saved_once(around: Around):
    around.is_rough = True
    hasty = {**HASTE, "silence": 4_000, "attempt": 2_000, "request": 1_500}
    ada, ben = around.sit("ada", haste=hasty), around.sit("ben", haste=hasty)
    around.network.forget()
    say(ada, "Into the dead line.")
    expect(waiting(ada)).to_have_count(1)
    for page in (ada, ben):
        expect(statement(page, "Into the dead line.")).to_be_visible(timeout=30_000)
    expect(waiting(ada)).to_have_count(0)
    expect(ada.locator("#discussion li.place")).to_have_count(1)
    around.network.drop_connections()  # the browser would try the dead ones first
    agree(ada, ben)


def test_words_that_a_frozen_server_did_not_answer_survive_a_reload_and_are_saved_once(around: Around):
    around.is_rough = True
    ada, ben = around.sit("ada", haste=HASTE), around.sit("ben", haste=HASTE)
    around.server.freeze()
    say(ada, "Said to nobody.")
    expect(waiting(ada)).to_contain_text("Being saved")
    ada.locator("#say textarea").fill("Half a sen")
    ada.evaluate("setTimeout(() => location.reload(), 0)")
    time.sleep(0.5)  # until it is on its way: nothing tells when a browser waits for an answer
    around.server.thaw()
    for page in (ada, ben):
        expect(page.locator("#discussion li.place")).to_have_count(1)
        expect(statement(page, "Said to nobody.")).to_be_visible()
    expect(waiting(ada)).to_have_count(0)
    expect(ada.locator("#say textarea")).to_have_value("Half a sen")

    # Away by a link and back by the browser's own way back: the same again.
    ada.locator(".where").get_by_role("link", name="The record").click()
    say(ben, "Said meanwhile.")
    ada.go_back()
    live(ada)
    expect(statement(ada, "Said meanwhile.")).to_be_visible()
    expect(ada.locator("#say textarea")).to_have_value("Half a sen")
    ada.go_forward()
    ada.go_back()
    live(ada)
    expect(ada.locator("#discussion li.place")).to_have_count(2)
    agree(ada, ben)


def test_what_a_closed_tab_had_not_sent_is_sent_by_another_one(around: Around):
    ada, ben = around.sit("ada", haste=HASTE), around.sit("ben")
    tab = ada.context.new_page()
    tab.goto(around.table)
    live(tab)
    tab.route("**/say/", lambda route: None)  # no answer, ever
    say(tab, "From the closed tab.")
    expect(waiting(tab)).to_contain_text("Being saved")
    expect(waiting(ada)).to_have_count(1)  # one tray for both
    tab.close()
    for page in (ada, ben):
        expect(statement(page, "From the closed tab.")).to_be_visible()
    expect(waiting(ada)).to_have_count(0)
    expect(ben.locator("#discussion li.place")).to_have_count(1)
    other = ada.context.new_page()
    other.goto(around.table)
    live(other)
    statement(other, "From the closed tab.").get_by_role("button", name="Abstain").click()
    expect(statement(ada, "From the closed tab.").get_by_role("button", name="Abstain")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_pages_outlive_a_server_that_restarts_and_one_that_is_killed(around: Around):
    around.is_rough = True
    ada, ben = around.sit("ada", haste=HASTE), around.sit("ben", haste=HASTE)
    say(ada, "First.")
    expect(statement(ben, "First.")).to_be_visible()
    ben.evaluate("""() => {
        const line = document.getElementById("connection");
        window.states = [];
        new MutationObserver(() => window.states.push(line.dataset.state)).observe(line, {attributes: true});
    }""")
    assert around.server.drain() == 0
    state(ben, re.compile("restarting|away"))
    assert ben.evaluate("window.states[0]") == "restarting"
    say(ada, "While it restarted.")
    around.server.start()
    for page in (ada, ben):
        expect(statement(page, "While it restarted.")).to_be_visible()
        live(page)
    around.server.kill()
    state(ben, "away")
    say(ben, "While it was dead.")
    around.server.start()
    for page in (ada, ben):
        expect(page.locator("#discussion li.place")).to_have_count(3)
        expect(waiting(page)).to_have_count(0)
        live(page)
    agree(ada, ben)


# ------------------------------------------------------------------ rights


def test_who_is_removed_while_reading_has_an_empty_page_that_says_why(around: Around):
    around.refusals = (403, 404)
    ada, ben = around.sit("ada"), around.sit("ben")
    say(ada, "Among ourselves.")
    expect(statement(ben, "Among ourselves.")).to_be_visible()
    ben.locator("#say textarea").fill("What I was about to say")
    start = time.monotonic()
    removed = around.do("remove", "ben")
    expect(ben.get_by_role("heading", name="Your place at this table was changed")).to_be_visible(timeout=5_000)
    print(f"empty {time.monotonic() - max(start, removed['at']):.1f} s after the removal was committed, without a hint")
    assert "Among ourselves." not in ben.content()
    expect(ben.locator(".left-room")).to_be_focused()
    say(ada, "After that.")
    expect(statement(ada, "After that.")).to_be_visible()
    assert "After that." not in ben.content()
    assert ben.title() == "Your place at this table was changed"
    assert faults(ben) == []
    ben.get_by_role("link", name="Open it again").click()
    assert "Among ourselves." not in ben.content()


def test_signed_out_in_another_tab_the_page_empties_and_unsent_words_wait_for_the_same_person(around: Around):
    ada, ben = around.sit("ada", haste=HASTE), around.sit("ben")
    say(ben, "Among ourselves.")
    expect(statement(ada, "Among ourselves.")).to_be_visible()
    ada.route("**/say/", lambda route: None)
    say(ada, "Not sent yet.")
    tab = ada.context.new_page()
    tab.goto("/")
    press(tab, "Sign out")
    expect(ada.get_by_role("heading", name="You are signed out")).to_be_visible(timeout=5_000)
    for words in ("Among ourselves.", "Not sent yet."):
        assert words not in ada.content()
    sign_in(ada.context, around.do("again", "ada"), tab.url)
    ada.unroute("**/say/")
    ada.goto(around.table)
    for page in (ada, ben):
        expect(statement(page, "Not sent yet.")).to_be_visible()
    expect(waiting(ada)).to_have_count(0)
    agree(ada, ben)


# ------------------------------------------------------------------ reading while others speak


def test_nothing_that_the_reader_is_doing_moves_in_a_burst(around: Around):
    mod, ada, ben = around.sit("mod"), around.sit("ada", width=390), around.sit("ben")
    long = "\n\n".join(["A paragraph of some length, so that a page of it is longer than any screen."] * 4)
    said = [speak(ben, f"{number}: {long}") for number in range(8)]
    expect(mod.locator("#discussion li.place")).to_have_count(8)

    # The moderator reads the sixth, has something open, something changed and half a sentence written, the caret in it.
    mod.locator("summary").filter(has_text="How the table is held").click()
    mod.get_by_label("Hide the result until the round closes").check()
    mod.locator("#say textarea").click()
    mod.locator("#say [name=kind]").select_option("question")
    mod.locator("#say textarea").fill("Half a sentence that is being written")
    mod.locator("#say textarea").evaluate("one => { one.focus(); one.setSelectionRange(5, 15); }")
    for page in (mod, ada):
        page.locator(f"#s-{said[5]} article").evaluate("one => scrollBy(0, one.getBoundingClientRect().top - 200)")
    # The participant has marked some words in it, to copy them.
    ada.locator(f"#s-{said[5]} div.words p").nth(1).evaluate("one => getSelection().selectAllChildren(one)")
    doing = [doing_of(page, said[5]) for page in (mod, ada)]
    burst(ben, said, 50)
    for page in (mod, ada, ben):
        expect(page.locator("#discussion li.place")).to_have_count(58)
    after = [doing_of(page, said[5]) for page in (mod, ada)]
    for before, now in zip(doing, after, strict=True):
        assert now["top"] == pytest.approx(before["top"], abs=1)  # fifty roundings must not add up
        assert {**now, "top": 0} == {**before, "top": 0}
    agree(mod, ada, ben)


DOING = """(_, id) => ({
    top: document.querySelector(`#s-${id} article`).getBoundingClientRect().top,
    focused: document.activeElement.name ?? document.activeElement.localName,
    written: document.querySelector("#say textarea").value,
    caret: (one => [one.selectionStart, one.selectionEnd])(document.querySelector("#say textarea")),
    chosen: document.querySelector("#say [name=kind]").value,
    blind: document.querySelector("[name=blind]")?.checked,
    marked: document.activeElement.localName === "textarea" ? "" : String(getSelection()),
    open: [...document.querySelectorAll("details[open] > summary")].map(one => one.textContent),
})"""


def doing_of(page: Page, id: str) -> Any:
    """What somebody is doing: where they read, write, what they have marked, chosen and opened."""
    return page.locator("body").evaluate(DOING, id)


def speak(page: Page, words: str, **fields: str) -> str:
    """Say something as fast as the server takes it; the statement's id."""
    form = {
        "csrfmiddlewaretoken": page.locator("#say [name=csrfmiddlewaretoken]").input_value(), "item": "water",
        "kind": "position", "text": words, "key": f"key-{time.monotonic_ns()}", **fields,
    }  # fmt: skip
    answer = page.request.post(
        f"{page.url.split('?')[0].split('#')[0]}say/", form=form, headers={"Accept": "application/json"}
    )
    assert answer.status == 200, answer.text()
    return answer.json()["saved"]


def burst(page: Page, said: list[str], many: int) -> None:
    """So many statements: at the end, and above and below what is being read, and stances on it."""
    token = page.locator("#say [name=csrfmiddlewaretoken]").input_value()
    for number in range(many):
        answers = {"relation": "agrees", "to": said[number % 8]} if number % 3 else {}
        speak(page, f"Burst {number}.", **answers)
        if number % 10 == 0:
            form = {
                "csrfmiddlewaretoken": token,
                "key": f"key-{number:08}",
                "stance": ("agree", "abstain")[number // 10 % 2],
            }
            page.request.post(f"{page.url}stance/{said[4]}/", form=form, headers={"Accept": "application/json"})


def test_a_press_that_takes_the_focus_from_the_form_lands_on_what_it_was_aimed_at(around: Around):
    ada = around.sit("ada", width=820)
    for number in range(6):
        say(ada, f"Something that is said. {number}.")
        expect(statement(ada, f"{number}.")).to_be_visible()
    expect(waiting(ada)).to_have_count(0)
    ada.locator("#say textarea").click()
    ada.evaluate("scrollTo(0, document.documentElement.scrollHeight)")  # where the page ends, so does the scrolling
    button = statement(ada, "4.").get_by_role("button", name="Disagree")
    at = button.bounding_box()
    assert at
    ada.mouse.move(at["x"] + 20, at["y"] + at["height"] / 2)
    ada.mouse.down()
    expect(ada.locator("#say textarea")).not_to_be_focused()
    assert button.bounding_box() == at
    ada.mouse.up()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(ada.locator("#say .row")).to_be_hidden()


# ------------------------------------------------------------------ for everybody


def test_axe_finds_nothing_at_the_table_or_on_a_statement_in_either_theme_at_any_width(around: Around):
    mod, ada = around.sit("mod"), around.sit("ada")
    say(ada, "The river is low.")
    change = open_statement(ada, "The river is low.", "Change")
    change.get_by_label("The words").fill("The river is very low.")
    press(change, "Change")
    say(mod, "It rose in May.", **{"for": "ben"})
    say(ada, "Something about somebody.")
    expect(statement(mod, "Something about somebody.")).to_be_visible()
    hidden = open_statement(mod, "Something about somebody.")
    hidden.get_by_label("Why: its author reads this").fill("They cannot answer.")
    press(hidden, "Hide it from the table")
    stand = open_statement(mod, "The river is very low.")
    expect(mod.locator("#discussion")).to_contain_text("They cannot answer.")
    mod.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = []
    for theme in ("light", "dark"):
        for width in (390, 820, 1440):
            for page in (mod, change, hidden, stand):
                page.set_viewport_size({"width": width, "height": 900})
                page.emulate_media(color_scheme=theme, reduced_motion="reduce")
                found += [f"{theme} {width} {fault}" for fault in faults(page)]
                if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                    found.append(f"{theme} {width} {page.url} can be scrolled sideways")
    assert found == []


def test_without_scripts_everything_is_done_by_plain_forms(around: Around):
    around.refusals = (422,)
    plain = {"java_script_enabled": False}
    ada, mod, rap = around.sit("ada", **plain), around.sit("mod", **plain), around.sit("rap", **plain)
    ben = around.sit("ben")
    say(ada, "The river is low.")
    say(ben, "Since May.")
    expect(statement(ben, "Since May.")).to_be_visible()
    ada.reload()
    statement(ada, "Since May.").get_by_role("link", name="Reply").click()
    say(ada, "Since April.", relation="disagrees")
    expect(statement(ben, "Since April.").locator(".relations")).to_contain_text("disputes you")
    statement(ada, "Since May.").get_by_role("link", name="with a reason").click()
    ada.get_by_label("disagrees").check()
    ada.get_by_label("strongly").check()
    ada.get_by_label("Why, in a sentence").fill("I measured it.")
    press(ada, "Take this stance")
    expect(statement(ben, "Since May.").locator(".cell.disagree")).to_have_count(1)

    ada.goto(around.table)
    statement(ada, "Since April.").get_by_role("link", name="Change").click()
    ada.get_by_label("The words").fill("Since the first of April.")
    press(ada, "Change")
    expect(statement(ben, "Since the first of April.")).to_contain_text("amended")
    press(ada, "Withdraw my words")
    expect(ben.locator("#discussion")).to_contain_text("Withdrawn by its author.")

    mod.reload()
    statement(mod, "Since May.").get_by_role("link", name="More").click()
    press(mod, "Hide it from the table")
    expect(statement(ben, "Since May.")).to_contain_text("hidden from the table")
    press(mod, "Bring it back")
    expect(statement(ben, "Since May.")).not_to_contain_text("hidden from the table")
    say(rap, "It is the lowest in a century.", **{"for": "ben"})
    yours = ben.locator("#yours > li").filter(has_text="century")
    yours.get_by_role("button", name="So it was").click()
    expect(yours.get_by_role("button", name="So it was")).to_have_count(0)  # saved, before somebody looks
    rap.reload()
    expect(statement(rap, "century")).to_contain_text("spoken, confirmed by its speaker")

    mod.goto(around.table)
    press(mod, "Close this item")
    ada.goto(around.table)
    say(ada, "One more thing.")
    expect(ada.get_by_role("alert")).to_contain_text("“Water” is closed.")
    expect(ada.locator("#say textarea")).to_have_value("One more thing.")
    press(mod, "Open this item")
    ada.get_by_role("button", name="Put it on record").click()
    expect(statement(ben, "One more thing.")).to_be_visible()
    is_as_fresh(ben)
