"""Exchanges at a table in real browsers: what a statement cites, whose words it answers, what lies too deep to stand open."""

import pytest
from playwright.sync_api import expect

from tests.browser.around import Around, is_as_fresh, live, say, statement
from tests.browser.conftest import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (set CHROMIUM or put it on the PATH)"),
]


# ------------------------------------------------------------------ citing


def test_a_key_leads_to_the_sources_and_what_is_cited_is_read_by_everybody(around: Around):
    desk = around.sit("rap", "/events/rivers/desk/source/new/")
    desk.get_by_label("Author").fill("Kyer")
    desk.get_by_label("Title").fill("Gauges")
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_text("Kyer, Gauges")).to_be_visible()
    one, other = around.sit("ada", width=390), around.sit("ben")
    expect(one.locator("#say [name=cites]")).not_to_be_visible()
    one.keyboard.press("c")
    expect(one.locator("#say [name=cites]")).to_be_focused()
    one.locator("#say [name=cites]").select_option(label="Kyer, Gauges")
    say(one, "It was lower then.")
    expect(statement(other, "It was lower then.").locator(".relations")).to_have_text("cites Kyer, Gauges")
    expect(one.locator("#say [name=cites]")).to_have_value("")
    one.reload()
    expect(statement(one, "It was lower then.").locator(".relations")).to_have_text("cites Kyer, Gauges")


# ------------------------------------------------------------------ to oneself


def test_who_answers_ones_own_words_answers_you_and_others_read_a_name(around: Around):
    one, other, third = around.sit("ada"), around.sit("ben"), around.sit("cleo")
    say(one, "The river is low.")
    statement(other, "The river is low.").get_by_role("link", name="Reply").click()
    say(other, "Not upstream.")
    expect(statement(one, "Not upstream.").locator(".relations")).to_have_text("responds to you")
    for page in (other, third):
        expect(statement(page, "Not upstream.").locator(".relations")).to_have_text("responds to Lovell")
    statement(one, "Not upstream.").get_by_role("link", name="Reply").click()
    say(one, "Upstream too.")
    expect(statement(other, "Upstream too.").locator(".relations")).to_have_text("responds to you")
    for page in (one, other, third):
        is_as_fresh(page)


def test_what_was_said_from_another_tab_is_ones_own_too(around: Around):
    one, other = around.sit("ada"), around.sit("ben")
    tab = one.context.new_page()
    tab.goto(around.table)
    say(tab, "From another tab.")
    statement(other, "From another tab.").get_by_role("link", name="Reply").click()
    say(other, "Heard.")
    expect(statement(one, "Heard.").locator(".relations")).to_have_text("responds to you")
    is_as_fresh(one)


# ------------------------------------------------------------------ not for attribution


RULE = "What is said now is under a stricter rule: unnamed."


def test_a_key_puts_what_is_said_next_under_a_stricter_rule_and_ends_it_again(around: Around):
    rapporteur, ada, ben = around.sit("rap"), around.sit("ada"), around.sit("ben", width=390)
    end = rapporteur.locator("button[value=end-span]")
    expect(end).not_to_be_visible()
    rapporteur.keyboard.press("x")
    for page in (rapporteur, ada, ben):
        expect(page.locator("#state .mark")).to_have_text(RULE)
        expect(page.locator("#state .mark")).to_be_visible()
    expect(end).to_be_visible()
    say(ada, "Not for attribution.")
    expect(statement(ben, "Not for attribution.").locator(".who")).to_have_text("one participant")
    expect(statement(ben, "Not for attribution.").locator(".mark")).to_have_text("unnamed")
    live(rapporteur)
    rapporteur.keyboard.press("x")
    for page in (rapporteur, ada, ben):
        expect(page.locator("#state .mark")).to_have_count(0)
    expect(end).not_to_be_visible()
    say(ada, "In the open.")
    expect(statement(ben, "In the open.").locator(".who")).to_have_text("Ada Lovell")
    expect(statement(ben, "Not for attribution.").locator(".who")).to_have_text("one participant")


def test_the_key_ends_what_somebody_else_began_and_is_nothing_to_who_only_speaks(around: Around):
    rapporteur, moderator, ada = around.sit("rap"), around.sit("mod"), around.sit("ada")
    ada.keyboard.press("x")
    moderator.keyboard.press("x")
    expect(rapporteur.locator("#state .mark")).to_have_text(RULE)
    rapporteur.keyboard.press("x")
    expect(moderator.locator("#state .mark")).to_have_count(0)
    expect(ada.locator("#state .mark")).to_have_count(0)
