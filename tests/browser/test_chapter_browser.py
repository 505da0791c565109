"""The chapter in a real browser: the margin, the keyboard, paper, and what axe finds wrong (nothing)."""

import pathlib
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page

from dialogue.events.models import Event
from dialogue.people.models import Person
from dialogue.report import html
from dialogue.report.actions import publish
from dialogue.report.compile import compile
from tests.browser.axe import LOOKS, faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CHAPTER = "/events/victoria-2007/chapter/"
KINSMAN = "#at-v005"  # the first sentence on what Kinsman said


@pytest.fixture
def page_of(chromium: Browser, live_server: Any, victoria: Event, people: dict[str, Person | None]) -> Iterator[Any]:
    """`page_of("participant", width)` is the chapter open in a browser, as that one of the cast sees it."""
    opened = []

    def open_page(role: str, width: int = 1440, path: str = CHAPTER, **options: Any) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 900}, **options)
        opened.append(context)
        if person := people[role]:
            client = Client()
            client.force_login(person)
            cookie: Any = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
            context.add_cookies([cookie])
        page = context.new_page()
        page.goto(live_server.url + path)
        return page

    yield open_page
    for context in opened:
        context.close()


def top(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["y"]


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_axe_finds_nothing_on_the_page_with_a_sentence_open(page_of: Any, width: int, theme: str) -> None:
    page = page_of("convenor", width, color_scheme=theme)
    page.locator(f"{KINSMAN} a.behind").click()
    page.locator(".basis .statements").wait_for()
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width


@pytest.mark.parametrize(("width", "theme"), LOOKS)
def test_axe_finds_nothing_in_the_file(
    chromium: Browser, victoria: Event, tmp_path: pathlib.Path, width: int, theme: str
) -> None:
    file = tmp_path / "chapter.html"
    file.write_bytes(html.write(compile(victoria)))
    page = chromium.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)  # type: ignore[arg-type]
    page.goto(file.as_uri())
    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


@pytest.mark.parametrize("path", ["publish/", "behind/?of=v005,v006,v001", "behind/?of=nope", "?language=fr"])
def test_axe_finds_nothing_on_the_smaller_pages(page_of: Any, path: str) -> None:
    assert faults(page_of("convenor", 820, CHAPTER + path)) == []


def test_a_click_on_a_sentence_shows_its_statements_beside_it_and_escape_puts_them_away(page_of: Any) -> None:
    page = page_of("participant")
    page.locator(KINSMAN).click(position={"x": 40, "y": 8})
    page.locator(".basis .statements").wait_for()
    assert page.locator(".basis .statements > li").count() == page.locator(KINSMAN).get_attribute(
        "data-statements"
    ).count("v")
    assert page.locator(".sentence.is-open").count() == 1
    beside = page.locator(".basis").bounding_box()
    text = page.locator(".chapter").bounding_box()
    assert beside["x"] > text["x"] + text["width"]
    assert 0 <= beside["y"] <= top(page, KINSMAN) <= beside["y"] + beside["height"]
    page.keyboard.press("Escape")
    assert page.locator(".basis").is_hidden()
    assert page.locator(".sentence.is-open").count() == 0


def test_statements_of_a_sentence_low_on_the_screen_are_in_sight_and_nothing_that_is_read_moves(page_of: Any) -> None:
    page, low = page_of("participant"), "#at-v013"
    page.set_viewport_size({"width": 1440, "height": 700})
    page.locator(low).evaluate("one => scrollBy(0, one.getBoundingClientRect().bottom - 660)")
    page.locator(low).locator("a.behind").evaluate("link => link.focus({ preventScroll: true })")
    before = top(page, low)
    page.keyboard.press("Enter")
    page.locator(".basis .statements").wait_for()
    page.wait_for_timeout(100)  # it is set in the next frame
    panel = page.locator(".basis").bounding_box()
    assert top(page, low) == before > 500
    assert panel["y"] >= 0
    assert before < panel["y"] + panel["height"] <= 700
    notes = [note.bounding_box() for note in page.locator(".notes > ol > li").all()]
    assert len(notes) > 5
    assert not [
        one for one in notes if one["y"] < panel["y"] + panel["height"] and one["y"] + one["height"] > panel["y"]
    ]


def test_with_the_keyboard_alone_focus_stays_on_the_sentence_and_the_margin_comes_next(page_of: Any) -> None:
    page = page_of("participant")
    last = page.locator(f"p:has({KINSMAN}) a.behind").last
    last.focus()
    before = page.evaluate("scrollY")
    page.keyboard.press("Enter")
    page.locator(".basis .statements").wait_for()
    assert last.evaluate("link => link === document.activeElement")
    assert last.get_attribute("aria-expanded") == "true"
    assert page.evaluate("scrollY") == before
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "plain close"
    page.keyboard.press("Enter")
    assert page.locator(".basis").is_hidden()
    assert last.evaluate("link => link === document.activeElement")


def test_words_that_are_being_selected_are_not_a_question(page_of: Any) -> None:
    page = page_of("participant")
    sentence = page.locator(KINSMAN)
    sentence.scroll_into_view_if_needed()
    box = page.locator(f"p:has({KINSMAN})").bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 300, box["y"] + 12, steps=4)
    page.mouse.up()
    assert len(page.evaluate("getSelection().toString()")) > 10
    page.wait_for_timeout(300)
    assert page.locator(".basis").is_hidden()


def test_on_a_phone_the_open_sentence_is_not_covered(page_of: Any) -> None:
    page = page_of("participant", 390, reduced_motion="reduce")
    page.locator(f"{KINSMAN} a.behind").click()
    page.locator(".basis .statements").wait_for()
    page.wait_for_timeout(200)
    sentence, sheet = page.locator(KINSMAN).bounding_box(), page.locator(".basis").bounding_box()
    assert sentence["y"] + sentence["height"] <= sheet["y"]
    assert sheet["y"] + sheet["height"] == 900


def test_where_there_is_room_notes_stand_beside_their_calls_and_never_on_each_other(page_of: Any) -> None:
    page = page_of("participant")
    page.locator(".beside-notes").wait_for()
    page.wait_for_timeout(200)
    notes = [one.bounding_box() for one in page.locator(".notes > ol > li").all()]
    calls = [top(page, f"#call-{number}") for number in range(1, len(notes) + 1)]
    assert len(notes) > 10
    assert [at for at, note in enumerate(notes) if note["y"] < calls[at] - 12] == []
    assert [at for at, two in enumerate(pairwise(notes)) if two[0]["y"] + two[0]["height"] > two[1]["y"]] == []
    assert abs(notes[0]["y"] - calls[0]) < 12


def test_without_scripts_a_sentence_leads_to_a_page_and_the_notes_stand_at_the_end(page_of: Any) -> None:
    page = page_of("participant", java_script_enabled=False)
    assert top(page, "#note-1") > top(page, ".chapter .recommendations")
    page.locator(f"{KINSMAN} a.behind").click()
    page.wait_for_url("**/behind/?of=v005,v006**")
    assert page.locator("h1").inner_text().endswith("statements behind the sentence")


def test_a_visitor_opens_a_sentence_of_the_published_chapter(page_of: Any, victoria: Event) -> None:
    publish(victoria, None)
    page = page_of("visitor")
    page.locator(f"{KINSMAN} a.behind").click()
    page.locator(".basis .statements").wait_for()
    assert "Jeremy Kinsman" in page.locator(".basis").inner_text()


def test_when_the_server_is_gone_the_margin_says_so(page_of: Any) -> None:
    page = page_of("participant")
    page.route("**/behind/**", lambda route: route.abort())
    page.locator(f"{KINSMAN} a.behind").click()
    page.locator(".basis .missing").wait_for()
    assert "What you read here is safe" in page.locator(".basis").inner_text()


def test_on_paper_there_are_no_controls_and_the_notes_stand_at_the_end(page_of: Any) -> None:
    page = page_of("convenor")
    page.locator(f"{KINSMAN} a.behind").click()
    page.locator(".basis .statements").wait_for()
    page.emulate_media(media="print")
    shown = ".where, .contents, .contents-folded, .edition, .about, .basis, a.behind, .notes .back, .masthead nav"
    assert [one for one in page.locator(shown).all() if one.is_visible()] == []
    assert page.locator(".notes > h2").is_visible()
    assert top(page, "#note-1") > top(page, ".chapter .recommendations")
