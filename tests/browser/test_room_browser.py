"""A room that shows names, in browsers: names come with what is said, are off the paper, and leave at the close."""

import os
import pathlib

import pytest
from playwright.sync_api import Page, expect

from tests.browser.around import Around, live, say, statement

pytestmark = pytest.mark.browser

LINE = "Chatham House Rule: use what is said, never who said it. This page shows names: do not photograph or save it."


def kept(page: Page, name: str) -> None:
    """A picture for whoever looks at it (PICTURES names a folder)."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=str(pathlib.Path(folder) / f"{name}.png"), full_page=True)


def test_names_are_in_the_room_off_the_paper_and_gone_at_the_close(around: Around) -> None:
    around.do("room", "chatham_house")
    ada, ben, rap = around.sit("ada"), around.sit("ben", width=390), around.sit("rap")
    say(ada, "The river is low.", kind="position")
    heard = statement(ben, "The river is low.")
    expect(heard.locator(".who")).to_have_text("Ada Lovell")
    expect(ben.locator("#conduct")).to_contain_text(LINE)
    heard.locator("[data-reply]").click()
    say(ben, "It rained in May.")
    expect(statement(ada, "It rained in May.").locator(".speaker .who")).to_have_text("Ben Okri")
    expect(ben.locator("#here")).to_contain_text("Rhys Apple")
    for theme in ("light", "dark"):
        for page, width in ((ada, 1440), (ben, 390)):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            kept(page, f"room-{width}-{theme}")

    ben.emulate_media(media="print")
    expect(heard.locator(".in-room").first).to_be_hidden()
    expect(heard.locator(".on-paper").first).to_be_visible()
    assert "Ada" not in ben.locator("main").inner_text()
    ben.emulate_media(media="screen")

    record = ben.context.new_page()
    record.goto(f"{around.scene.seats['event']}record/")
    expect(record.locator("main")).to_contain_text("Ada Lovell")
    mod = around.sit("mod")
    mod.get_by_text("How the table is held").click()
    mod.get_by_role("button", name="Close the session").click()
    expect(mod.locator("#state")).to_contain_text("The session is closed.")
    for page in (ben, record):
        expect(page.get_by_text("Ada Lovell")).to_have_count(0)
    live(ben)
    expect(statement(ben, "The river is low.").locator(".speaker")).to_have_text("one participant")
    expect(ben.locator("#conduct")).not_to_contain_text("This page shows names")
    expect(statement(rap, "The river is low.").locator(".who")).to_have_text("Ada Lovell")
    kept(ben, "room-390-closed")
