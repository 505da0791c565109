"""What a page tells without being asked: whether one may speak, under which rule, what the table is asked, what is missing."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.around import Around, say, statement, waiting
from tests.browser.conftest import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (set CHROMIUM or put it on the PATH)"),
]


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def test_whether_one_may_speak_is_said_where_one_writes(around: Around):
    ada, mod = around.sit("ada", width=390), around.sit("mod")
    closed = ada.get_by_text("This item is closed: what you write is kept here")
    expect(closed).to_be_hidden()
    ada.locator("#say textarea").fill("Half a sentence")
    press(mod, "Close this item")
    expect(closed).to_be_visible()
    expect(ada.locator("#say textarea")).to_have_value("Half a sentence")
    press(mod, "Open this item")
    expect(closed).to_be_hidden()
    ada.goto(f"{around.table}?item=fish")
    expect(ada.get_by_text("This item is not open yet")).to_be_visible()


def test_the_rule_under_which_one_speaks_stays_in_sight(around: Around):
    """Who has scrolled far down must not think that they still speak off the record, nor that they do not."""
    ada, mod = around.sit("ada", width=390), around.sit("mod")
    for n in range(12):
        say(mod, f"Statement {n}. " + "A long sentence that fills the screen. " * 12)
    expect(statement(ada, "Statement 11.")).to_be_visible()
    ada.locator("#say textarea").scroll_into_view_if_needed()
    told = ada.locator("#state .mark")
    press(mod, "From now on")
    expect(told).to_be_in_viewport()
    mod.locator(".end-span").click()
    expect(told).to_have_count(0)


def test_words_sent_from_one_tab_are_not_sent_again_from_another(around: Around):
    one = around.sit("ada")
    one.locator("#say textarea").fill("Said once.")
    other = one.context.new_page()
    other.goto(around.table)
    expect(other.locator("#say textarea")).to_have_value("Said once.")
    say(one, "Said once.")
    expect(other.locator("#say textarea")).to_have_value("")
    expect(statement(other, "Said once.")).to_have_count(1)
    one.locator("#say textarea").fill("Mine here.")
    other.locator("#say textarea").fill("Mine there.")
    say(one, "Mine here.")
    expect(statement(other, "Mine here.")).to_have_count(1)
    expect(other.locator("#say textarea")).to_have_value("Mine there.")


def test_a_reason_that_is_wanted_is_asked_for_at_once(around: Around):
    around.refusals = (400,)
    ada, ben, mod = around.sit("ada"), around.sit("ben"), around.sit("mod")
    mod.get_by_text("How the table is held").click()
    mod.get_by_label("ask for a reason").check()
    press(mod, "Hold it so")
    expect(ben.locator("#conduct")).to_contain_text("need a reason here")
    say(ada, "The river is low.", kind="position")
    statement(ben, "The river is low.").get_by_role("button", name="Disagree").click()
    dialog = ben.locator("dialog.why-dialog")
    expect(dialog.get_by_label("disagrees")).to_be_checked()
    expect(dialog.locator("[name=reason]")).to_be_focused()
    expect(waiting(ben)).to_have_count(0)
    dialog.locator("[name=reason]").fill("It rained.")
    dialog.get_by_role("button", name="Take this stance").click()
    expect(statement(ben, "The river is low.").get_by_role("button", name="Disagree")).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(waiting(ben)).to_have_count(0)


def test_a_finding_that_is_put_to_the_table_says_so_on_every_page(around: Around):
    ada, rap = around.sit("ada", width=390), around.sit("rap")
    asked = ada.get_by_text("A finding is put to the table:")
    expect(asked).to_be_hidden()
    say(ada, "The river is low.", kind="position")
    expect(statement(rap, "The river is low.")).to_be_visible()
    rap.goto(around.scene.seats["event"])
    rap.get_by_role("link", name="The desk", exact=True).click()
    rap.locator("li, article").filter(has_text="The river is low.").locator("input[type=checkbox]").first.check()
    press(rap, "Make a finding")
    rap.get_by_label("What the table holds, in a sentence").fill("The river is low.")
    press(rap, "Save")
    rap.locator("ol.chosen > li").get_by_role("link", name="Put it to the table").click()
    rap.get_by_label("People present").first.fill("3")
    press(rap, "Put it to the table")
    expect(asked).to_be_visible()
    ada.get_by_role("link", name="say where you stand").click()
    finding = ada.locator("#findings > li")
    expect(finding).to_be_in_viewport()
    finding.get_by_role("link", name="with a reason").click()
    dialog = ada.locator("dialog.why-dialog")
    dialog.get_by_label("reservations").check()
    dialog.locator("[name=reason]").fill("Not everywhere.")
    dialog.get_by_role("button", name="Take this stance").click()
    expect(finding.get_by_role("button", name="With reservations")).to_have_attribute("aria-pressed", "true")
