"""The pages in a real browser: for each of the cast, at three widths, in both themes, by keyboard, without scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from dialogue.events.models import Attendee, Event
from dialogue.people.models import Person
from tests.browser.axe import LOOKS, faults
from tests.browser.conftest import CHROMIUM
from tests.cast import CAST, TABLE
from tests.test_pages import AGREEMENT, FRONT, RECORD, grow
from tests.tiers import some

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium (set CHROMIUM or put it on the PATH)"),
]

FOR_EVERYONE = ["/", "/sign-in/", FRONT, RECORD]
FOR_THE_TABLE = [*FOR_EVERYONE, RECORD + "?theme=rules-of-engagement", AGREEMENT]
Open = Callable[..., Page]


def sideways(page: Page) -> int:
    """How many pixels the page can be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_axe_finds_nothing_and_nothing_is_cut_off(open_as: Open, width: int, theme: Any):
    page = open_as("moderator", "/", width, color_scheme=theme)
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    lightness = float(paper.removeprefix("oklch(").split()[0])
    assert lightness > 0.9 if theme == "light" else lightness < 0.3
    for path in [*FOR_THE_TABLE, "/events/missing/"]:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert faults(page) == []
        assert sideways(page) == 0
    visitors = open_as("visitor", RECORD, width, color_scheme=theme)
    for path in [RECORD, AGREEMENT]:  # an empty page, a closed one
        visitors.goto(path)
        assert faults(visitors) == []


@pytest.mark.parametrize("role", some(CAST, "convenor", "rapporteur", "participant", "panelist", "visitor"))
def test_every_page_of_each_of_the_cast_opens_without_a_complaint(open_as: Open, role: str):
    page = open_as(role, "/")
    for path in FOR_THE_TABLE if role in TABLE else FOR_EVERYONE:
        answer = page.goto(path)
        assert answer is not None
        assert (path, answer.status) == (path, 200)
        assert page.locator("h1").count() == 1
    assert page.evaluate("htmx.config.allowEval") is False
    assert page.complaints == []  # type: ignore[attr-defined]


def test_a_script_in_the_page_would_be_refused_and_heard_of(open_as: Open, reports: list[str]):
    page = open_as("visitor", "/")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
    )
    assert page.evaluate("window.ran") is None
    assert "Content Security Policy" in page.complaints[0]  # type: ignore[attr-defined]
    assert reports == ["script-src-elem inline on /"]
    reports.clear()


def test_the_keyboard_reaches_everything_and_always_shows_where_it_is(open_as: Open):
    page = open_as("moderator", AGREEMENT)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    reached = set()
    for _press in range(40):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent.trim()"))
        seen = page.evaluate(
            "getComputedStyle(document.activeElement).outlineStyle + (document.activeElement === document.body)"
        )
        assert seen in ("solidfalse", "nonetrue")
    assert {"See who", "English", "Français", "Dark"} <= reached
    names = page.locator("details.names").first
    assert not names.locator("dl").is_visible()
    names.locator("summary").press("Enter")
    assert names.locator("dl").is_visible()


def test_everything_works_without_scripts(open_as: Open):
    page = open_as("participant", RECORD, java_script_enabled=False)
    page.get_by_role("button", name="Dark").click()
    assert page.url.endswith(RECORD)
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.get_by_role("button", name="Français").click()
    assert page.locator("html").get_attribute("lang") == "fr"
    page.goto(RECORD + "?theme=ngos")
    assert page.locator("article.statement").count() == 5


def test_reading_on_adds_the_next_part_where_one_is(open_as: Open, victoria: Event):
    grow(victoria, "canada", 150)
    page = open_as("observer", RECORD + "?theme=canada")
    before = page.locator("article.statement").count()
    page.get_by_role("link", name="Read on").click()
    page.locator("#g00149").wait_for()
    ids = page.locator("article.statement").evaluate_all("all => all.map(one => one.id)")
    assert before < 152 == len(ids) == len(set(ids))
    assert page.get_by_role("link", name="Read on").count() == 0
    assert page.complaints == []  # type: ignore[attr-defined]


def test_a_link_to_a_statement_leads_to_it(open_as: Open, victoria: Event):
    grow(victoria, "canada", 150)
    page = open_as("observer", RECORD + "?at=g00149#g00149")
    assert page.locator("#g00149").evaluate("one => one.matches(':target')")
    assert page.locator("#g00149").bounding_box()["y"] < 900  # type: ignore[index]


@pytest.mark.parametrize("width", [390, 1440])
def test_names_and_titles_of_three_hundred_characters_break_nothing(open_as: Open, victoria: Event, width: int):
    long = "Bartholomäus-Wolfeschlegelsteinhausenbergerdorff" * 6 + " the 300th"
    Attendee.objects.filter(key__in=["crabbe", "kinsman"]).update(name=long, affiliation=long, function=long)
    Event.objects.update(title=long, convenor_name=long, place=long, occasion=long)
    victoria.items.update(title=long)
    Person.objects.filter(email__startswith="moderator@").update(name=long[:200])
    page = open_as("moderator", "/", width)
    for path in [*FOR_THE_TABLE, "/events/missing/"]:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert (path, sideways(page)) == (path, 0)


def test_paper_has_no_controls_and_all_that_is_folded(open_as: Open, victoria: Event):
    grow(victoria, "canada", 6, chained=True)
    page = open_as("moderator", RECORD + "?theme=canada")
    assert not page.locator("#g00005").is_visible()
    page.emulate_media(media="print")
    assert page.locator("#g00005 .words").first.is_visible()
    for control in (".masthead nav", ".where", ".foot", ".programme"):
        assert not page.locator(control).is_visible()
