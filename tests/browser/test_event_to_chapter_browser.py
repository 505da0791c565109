"""A new event from nothing to its published chapter: moderator, rapporteur, three participants, convenor, visitor.

Everything is done through the pages, by each in a browser of their own; the record holds people and programme only.
"""

import pathlib
import re
import shutil
import tempfile
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.around import Around, Seated, is_as_fresh, live, say, statement
from tests.browser.axe import faults
from tests.browser.conftest import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (set CHROMIUM or put it on the PATH)"),
]


@pytest.fixture
def around(chromium: Browser, tmp_path: pathlib.Path) -> Iterator[Around]:
    folder = pathlib.Path(tempfile.mkdtemp(prefix="chapter-"))
    around = Around(Seated(folder, "begin").copy(tmp_path), chromium)
    yield around
    around.close()
    shutil.rmtree(folder, ignore_errors=True)
    assert around.wrong() == []


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def told(page: Page, words: str) -> None:
    expect(page.locator(".message")).to_contain_text(words)


def choose(desk: Page, *words: str) -> None:
    """Tick statements or findings on the desk."""
    for one in words:
        desk.locator("ol.chosen > li").filter(has_text=one).get_by_role("checkbox").first.check()


def mark(page: Page, of: str) -> str:
    """The mark that the paragraph's page offers for something."""
    return page.locator("dl.marks > div").filter(has_text=of).locator("code").inner_text()


def test_from_the_first_word_to_the_published_chapter(around: Around):
    mod, rap = around.sit("mod"), around.sit("rap")
    ada, ben, cleo = around.sit("ada"), around.sit("ben", width=820), around.sit("cleo", width=390)

    # The table: an item opens, they state, answer, and take stances; what one says aloud is written down for her.
    press(mod, "Open this item")
    for page in (ada, ben, cleo):
        expect(page.locator("#items > li").first).to_contain_text("open")
    live(mod)
    say(ada, "The river is lower than in any year since 1976.")
    expect(statement(ben, "since 1976")).to_be_visible()
    statement(ben, "since 1976").get_by_role("link", name="Reply").click()
    say(ben, "Lower at the weir, but not upstream.", relation="qualifies")
    statement(cleo, "since 1976").get_by_role("button", name="Agree", exact=True).click()
    statement(ben, "since 1976").get_by_role("button", name="With reservations").click()
    expect(statement(ada, "since 1976").locator(".cell.agree")).to_have_count(2)
    say(rap, "The gauge was moved in 1990.", **{"for": "cleo"})
    expect(statement(ada, "The gauge was moved")).to_contain_text("spoken, written down")
    cleo.locator("#yours > li").get_by_role("button", name="So it was").click()
    expect(statement(ada, "The gauge was moved")).to_contain_text("spoken, confirmed by its speaker")

    # The desk: a note bound to a statement, which the table never sees.
    desk = rap.context.new_page()
    desk.goto(around.scene.seats["event"])
    desk.get_by_role("link", name="The desk", exact=True).click()
    choose(desk, "Lower at the weir")
    press(desk, "Keep a note")
    desk.get_by_label("The note").fill("Ask Ben for his figures.")
    press(desk, "Save")
    expect(desk.locator("aside.note")).to_contain_text("Ask Ben for his figures.")

    # A finding from two statements, at the level that the count proposes.
    choose(desk, "since 1976", "The gauge was moved")
    press(desk, "Make a finding")
    expect(desk.locator("fieldset.rests input[type=checkbox]:checked")).to_have_count(2)
    desk.get_by_label("What the table holds, in a sentence").fill("The river is low.")
    expect(desk.locator("#levels .reached")).to_contain_text("The record reaches:")
    expect(desk.locator("#levels input:checked")).to_have_count(1)
    expect(desk.locator("#levels label").filter(has=desk.locator("input:checked"))).to_contain_text(
        "what the record reaches"
    )
    press(desk, "Save")
    finding = desk.locator("ol.chosen > li").filter(has_text="The river is low.")
    expect(finding).to_contain_text("holds")

    # The check-round: everybody answers on their own page.
    finding.get_by_role("link", name="Put it to the table").click()
    desk.get_by_label("People present").first.fill("3")
    press(desk, "Put it to the table")
    told(desk, "It is put to the table")
    for page, answer in ((ada, "Agree"), (ben, "With reservations"), (cleo, "Agree")):
        at_table = page.locator("#findings > li").filter(has_text="The river is low.")
        if not at_table.is_visible():
            page.locator("summary").filter(has_text="What the rapporteur says").click()
        at_table.get_by_role("button", name=answer, exact=True).click()
        expect(at_table.get_by_role("button", name=answer, exact=True)).to_have_attribute("aria-pressed", "true")
    for page in (ada, ben, cleo):
        is_as_fresh(page)
    desk.locator("ol.chosen > li").filter(has_text="The river is low.").get_by_role(
        "link", name="Close the check-round"
    ).click()
    expect(desk.locator("main")).to_contain_text("3 of")
    press(desk, "Close the check-round")
    told(desk, "The check-round is closed.")
    claim_what_is_reached(desk, "The river is low.")  # more of them hold it now than when it was written

    # A second finding, counted by a show of hands.
    choose(desk, "Lower at the weir")
    press(desk, "Make a finding")
    desk.get_by_label("What the table holds, in a sentence").fill("The weir should be opened in summer.")
    press(desk, "Save")
    second = desk.locator("ol.chosen > li").filter(has_text="opened in summer")
    second.get_by_role("link", name="Put it to the table").click()
    hands = desk.locator("section").filter(has=desk.get_by_role("heading", name="Show of hands"))
    for name, number in {"People present": 3, "For": 2, "With reservations": 0, "Against": 1, "Abstaining": 0}.items():
        hands.get_by_label(name, exact=True).fill(str(number))
    hands.get_by_role("button", name="Enter the show of hands").click()
    told(desk, "The show of hands is entered.")
    claim_what_is_reached(desk, "opened in summer")

    # A footnote; a paragraph with its marks, looked at as printed; a recommendation with its basis.
    desk.get_by_role("link", name="Footnotes and sources").click()
    desk.get_by_role("link", name="A new footnote").click()
    desk.get_by_label("Words", exact=True).fill("The gauge stood below the weir until 1990.")
    press(desk, "Save")
    desk.get_by_role("link", name="The desk", exact=True).click()
    choose(desk, "since 1976", "The river is low.")
    press(desk, "Write a paragraph")
    person, agreed, note = mark(desk, "Ada Lovell"), mark(desk, "The river is low."), mark(desk, "The gauge stood")
    desk.get_by_label("The text").fill(
        f"{agreed} hold that the river is low. As {person} said, it is the lowest since 1976.{note}"
    )
    press(desk, "Show it as printed")
    expect(desk.locator("#preview")).to_contain_text("Ada Lovell")
    assert "@" not in desk.locator("#preview .printed").inner_text()
    press(desk, "Save")
    expect(desk.locator("section").filter(has=desk.locator("#paragraphs"))).to_contain_text(
        "hold that the river is low"
    )
    desk.get_by_role("link", name="Recommendations").click()
    desk.get_by_role("link", name="A new addressee").click()
    desk.get_by_label("Name", exact=True).fill("The Water Board")
    press(desk, "Save")
    desk.get_by_role("link", name="The desk", exact=True).click()
    choose(desk, "opened in summer")
    press(desk, "Recommend")
    desk.get_by_label("What is recommended").fill("Open the weir in July and August.")
    desk.get_by_label("To", exact=True).select_option(label="The Water Board")
    press(desk, "Save")
    expect(desk.locator("ol.papers")).to_contain_text("rests on 1")
    press(mod, "Close this item")

    # The convenor publishes.
    convenor = around.sit("convenor", around.scene.seats["event"])
    convenor.get_by_role("link", name="The chapter", exact=True).click()
    convenor.get_by_role("link", name=re.compile("Publish")).click()
    press(convenor, "Publish version 1")
    told(convenor, "Version 1 is published.")
    chapter = convenor.url.split("?")[0]

    # A visitor reads it, and a sentence leads back to what was said.
    visitor = around.sit("", chapter)
    text = visitor.locator("article.chapter")
    expect(text).to_contain_text("hold that the river is low")
    expect(text).to_contain_text("The gauge stood below the weir until 1990.")
    expect(text).to_contain_text("Open the weir in July and August.")
    expect(text).to_contain_text("The Water Board")
    assert "Ask Ben" not in visitor.content()
    visitor.locator(".sentence").filter(has_text="lowest since 1976").locator("a.behind").click()
    expect(visitor.locator(".basis .statements")).to_contain_text("The river is lower than in any year since 1976.")
    assert faults(visitor) == []


def claim_what_is_reached(desk: Page, words: str) -> None:
    """Have a finding claim the level that the record reaches now."""
    finding = desk.locator("ol.chosen > li").filter(has_text=words)
    finding.get_by_role("link", name="Change").click()
    desk.locator("#levels label").filter(has_text="what the record reaches").get_by_role("radio").check()
    press(desk, "Save")
    expect(finding).to_contain_text("holds")
