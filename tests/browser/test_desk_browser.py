"""The rapporteur's desk in a real browser: at three widths, in both themes, with and without scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dialogue.events.models import Event
from dialogue.rapporteur.models import Note
from tests.browser.axe import LOOKS, faults
from tests.browser.conftest import CHROMIUM
from tests.browser.test_pages_browser import sideways

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (set CHROMIUM or put it on the PATH)"),
]
DESK = "/events/victoria-2007/desk/"
Open = Callable[..., Page]


@pytest.fixture
def open_desk(open_as: Open) -> Open:
    """`open_desk("")` is the rapporteur in front of a page of the desk."""
    return lambda path, *size, **options: open_as("rapporteur", DESK + path, *size, **options)


def pages(event: Event) -> list[str]:
    """Every kind of page of the desk."""
    finding, paragraph = event.findings.get(key="v002"), event.paragraphs.get(key="p-2-1-1")
    advice = event.recommendations.filter(parent=None).first()
    assert advice is not None
    return [
        "", "?item=political-will", f"?item=canada&for=paragraph-{paragraph.pk}", "note/new/?item=political-will",
        "finding/new/", f"finding/{finding.pk}/", f"finding/{finding.pk}/table/", f"paragraph/{paragraph.pk}/",
        "references/", "source/new/", "footnote/new/", "recommendations/", "addressee/new/",
        f"recommendation/{advice.pk}/",
    ]  # fmt: skip


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_axe_finds_nothing_on_the_desk_and_nothing_is_cut_off(open_desk: Open, victoria: Event, width: int, theme: Any):
    rapporteur = victoria.attendees.get(key="bloomfield")
    item = victoria.items.get(key="political-will")
    Note.objects.create(event=victoria, attendee=rapporteur, item=item, text="Ask for the figures.", flagged=True)
    page = open_desk("", width, color_scheme=theme)
    for path in pages(victoria):
        page.goto(DESK + path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert faults(page) == []
        assert (path, sideways(page)) == (path, 0)
    assert page.complaints == []  # type: ignore[attr-defined]


def test_the_preview_and_the_count_come_without_leaving_the_page(open_desk: Open, victoria: Event):
    page = open_desk("paragraph/new/?item=political-will")
    page.get_by_label("The text").fill("@crabbe said so. {v001} agreed.")
    page.get_by_role("button", name="Show it as printed").click()
    expect(page.locator("#preview")).to_contain_text(
        "Crabbe said so. Participants, one of the two in support with reservations†2/8, agreed."
    )
    assert page.get_by_label("The text").input_value() == "@crabbe said so. {v001} agreed."
    page.get_by_label("The text").fill("@crabb said so.")
    page.get_by_role("button", name="Show it as printed").click()
    expect(page.locator("#preview")).to_contain_text("“@crabb” is nobody of this event.")
    assert page.evaluate("performance.getEntriesByType('navigation').length") == 1

    page.goto(DESK + "?item=political-will")
    for box in page.locator(".chosen input").all()[:3]:
        box.check()
    page.get_by_role("button", name="Make a finding").click()
    expect(page.locator("#levels")).to_contain_text("two participants, 2 of 8")
    page.locator(".rests input").nth(0).uncheck()
    page.get_by_label("What the table holds, in a sentence").fill("Half a sentence")
    page.get_by_role("button", name="Count again").click()
    expect(page.locator("#levels")).to_contain_text("one participant, 1 of 8")
    assert page.get_by_label("What the table holds, in a sentence").input_value() == "Half a sentence"


def test_a_finding_is_made_without_scripts_and_by_keyboard(open_desk: Open, victoria: Event):
    page = open_desk("?item=political-will", java_script_enabled=False)
    page.locator(".chosen input").first.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Make a finding").focus()
    page.keyboard.press("Enter")
    page.get_by_label("What the table holds, in a sentence").fill("Casualties are feared.")
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Casualties are feared.")).to_be_visible()
    assert victoria.findings.get(text="Casualties are feared.").level == "one"


def test_paper_shows_the_desk_without_its_controls(open_desk: Open):
    page = open_desk("?item=political-will")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Make a finding")).to_be_hidden()
    expect(page.locator(".chosen input").first).to_be_hidden()
    expect(page.locator(".chosen .words").first).to_be_visible()
