"""Nothing that is drawn on a statement, where its speaker is not named, depends on who that is."""

import re

import pytest

from dialogue.events.models import Event
from dialogue.people.models import Person
from dialogue.report.formats import write
from dialogue.restricter import Restricter
from tests.forms import of, page, saved, say
from tests.records import ADA, BEN, CLEO, finding, paragraph, relates, said, stance
from tests.records import table as a_table
from tests.tables import LiveTable, seated
from tests.test_compile import chapter

pytestmark = pytest.mark.django_db
WISH = '<span class="mark">Chatham House Rule</span>'


def record(table: LiveTable, role: str) -> str:
    return table.client(role).get(f"/events/{table.event.slug}/record/").text


def wishing(regime: str) -> LiveTable:
    """Ada prefers the strictest rule for all that she says; Ben has no wish."""
    table = seated(regime)
    table.event.attendees.filter(key="ada").update(prefers="chatham_house")
    table.run("open_item", "water")
    return table


@pytest.mark.parametrize("regime", ["role", "unnamed"])
def test_wish_of_a_person_is_no_mark_on_what_they_say(regime: str):
    """Seen: of several statements by “one participant” those of one person had a mark of their own."""
    table = wishing(regime)
    one = saved(say(table, "participant", "The river is low."))
    assert one.attribution == "chatham_house"
    for role in ("second-participant", "observer"):
        assert WISH not in page(table, role) + record(table, role) + of(table, role, one), role
    for role in ("participant", "moderator", "rapporteur"):
        assert WISH in page(table, role) and WISH in record(table, role), role


def test_wish_is_a_mark_where_others_are_named():
    table = wishing("named")
    saved(say(table, "participant", "The river is low."))
    assert WISH in page(table, "observer") and WISH in record(table, "observer")


def test_mark_of_a_wish_with_the_defence_off_is_seen_by_all(monkeypatch: pytest.MonkeyPatch):
    table = wishing("unnamed")
    saved(say(table, "participant", "The river is low."))
    monkeypatch.setattr(Restricter, "tells_wishes", lambda *_told: True)
    assert WISH in page(table, "observer") and WISH in record(table, "observer")


@pytest.mark.parametrize(("regime", "offered"), [("chatham_house", "en"), ("role", "en"), ("named", "fr")])
def test_language_of_the_writers_pages_goes_out_with_nothing_that_they_say(regime: str, offered: str):
    """Where nobody is named the form begins with the event's language, whatever the reader's pages are in."""
    table = seated(regime)
    Event.objects.filter(pk=table.event.pk).update(bilingual=True)
    Person.objects.filter(pk=table.person("participant").pk).update(language="fr")
    table.run("open_item", "water")
    form = page(table, "participant").partition('name="language"')[2].partition("</select>")[0]
    assert re.findall(r'value="(\w+)" selected', form) == [offered]
    one = saved(say(table, "participant", "The river is low.", language=offered))
    assert f'<div class="words" lang="{offered}"' in of(table, "observer", one)


# ------------------------------------------------------------------ two objections of one person


def against(regime: str) -> str:
    """The annex of what holds against a finding that Cleo disputes twice, and is against with a reason."""
    disputes = [relates("disagrees", "f1")]
    made = a_table(
        event={"attribution": regime},
        contributions=[
            said("c1", ADA), said("c2", BEN),
            said("c3", CLEO, "It is high.", kind="comment", relations=disputes),
            said("c4", CLEO, "It is rising.", kind="comment", relations=disputes),
        ],
        findings=[finding("f1", "two", "c1", "c2", reason="So.")],
        stances=[stance(CLEO, "f1", "disagree", reason="It rained.")],
        paragraphs=[],
    )  # fmt: skip
    made["paragraphs"] = [paragraph("p1", "{f1} said so.", "f1")]
    told = write(chapter(made), "md")
    return told.decode() if isinstance(told, bytes) else told


@pytest.mark.parametrize("regime", ["role", "unnamed", "chatham_house"])
def test_annex_has_one_line_for_one_person_who_is_against(regime: str):
    """Three lines beside a bar with one against it would all be one person's."""
    told = against(regime)
    assert "It rained." in told
    assert not {one for one in ("It is high.", "It is rising.") if f"in a statement: {one}" in told.replace("\n", " ")}


def test_annex_has_every_line_where_all_are_named():
    """The control: each of them is something to print."""
    told = against("named").replace("\n", " ")
    assert "It rained." in told and "It is high." in told and "It is rising." in told
