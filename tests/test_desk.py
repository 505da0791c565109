"""The rapporteur's desk: who sits there, what lies on it, and a chapter written by plain forms from nothing."""

import itertools
import re
import sys

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dialogue.access import reader, sees
from dialogue.discussion.models import Authorship, Contribution, Relation
from dialogue.discussion.reading import Reading, readable
from dialogue.events.models import Membership
from dialogue.positions.models import Finding
from dialogue.record.models import Entry
from dialogue.report.actions import CannotPublish, publish
from dialogue.report.compile import compile
from tests import records
from tests.desks import Desk, another, desk, press, words
from tests.printed import texts


@pytest.fixture
def room(db: None) -> Desk:
    return desk()


# ------------------------------------------------------------------ who


def test_the_desk_is_in_the_navigation_of_those_who_record_the_table(room: Desk):
    front = f"/events/{room.event.slug}/"
    found = {role for role in room.people if f'href="{room.address}"' in room.client(role).get(front).text}
    assert found == {"rapporteur", "moderator", "note-taker"}
    assert {role for role in room.people if room.client(role).get(room.address).status_code == 200} == found


def test_the_assistant_keeps_notes_and_asks_the_table_but_writes_nothing(room: Desk):
    room.say("ada", "The river is low.")
    room.event.sessions.get().memberships.filter(attendee__key="nat").update(role="assistant")
    page = room.client("note-taker").get(room.address)
    assert re.findall(r"<button form[^>]*>([^<]+)<", page.text) == ["Keep a note"]
    statuses = [
        room.client("note-taker").get(room.address + where).status_code
        for where in ("note/new/", "finding/new/", "paragraph/new/", "references/", "recommendations/")
    ]
    assert statuses == [200, 403, 403, 403, 403]


def test_who_takes_notes_finds_no_buttons_for_writing_the_chapter(room: Desk):
    room.say("ada", "The river is low.")
    buttons = {
        role: re.findall(r"<button form[^>]*>([^<]+)<", room.client(role).get(room.address).text)
        for role in ("rapporteur", "moderator", "note-taker")
    }
    assert buttons == {
        "rapporteur": ["Make a finding", "Write a paragraph", "Recommend", "Keep a note"],
        "moderator": ["Keep a note"],
        "note-taker": ["Keep a note"],
    }


def test_who_records_one_of_two_closed_tables_has_no_desk_that_shows_the_other(db: None):
    two = [records.session("table"), records.session("other", title="The other table")]
    room = desk(sessions=two)
    for role in ("rapporteur", "moderator"):
        another(room, role, "table")
    refused = room.client().get(room.address)
    assert refused.status_code == 403
    told = "This draws on all closed tables, and you have no such role at: The other table."
    assert told in refused.text
    assert told not in room.client("ada").get(room.address).text, "who has it nowhere is told nothing of tables"
    another(room, "rapporteur", "other")
    assert room.client().get(room.address).status_code == 200
    assert room.client("moderator").get(room.address).status_code == 403


# ------------------------------------------------------------------ what lies on it


def test_an_item_shows_its_statements_as_the_staff_sees_them_and_no_other_items(db: None):
    room = desk(event={"attribution": "chatham_house"})
    room.say("ada", "The river is low.")
    room.say("ben", "Not released, this one.", released=False)
    room.say("cleo", "The air is thin.", item="air")
    page = words(room.client().get(room.address + "?item=water"))
    for told in ("Ada Lovell", "The river is low.", "Ben Okri", "Not released, this one.", "not released yet"):
        assert told in page
    assert "The air is thin." not in page
    assert "The air is thin." in words(room.client().get(room.address + "?item=air"))


def test_what_was_withdrawn_is_not_on_the_desk(room: Desk):
    said = room.say("ada", "The river is low.")
    assert "The river is low." in words(room.client().get(room.address))
    Contribution.objects.filter(pk=said.pk).update(state="withdrawn")
    assert "The river is low." not in words(room.client().get(room.address))


def test_an_item_that_is_not_there_is_not_found(room: Desk):
    assert [room.client().get(room.address + f"?item={key}").status_code for key in ("water", "sea", "%00")] == [
        200, 404, 404,
    ]  # fmt: skip


def test_an_event_without_a_programme_says_what_will_be_here(db: None):
    room = desk(outline=[])
    assert "This event has no programme yet" in words(room.client().get(room.address))


def test_ten_thousand_statements_are_shown_fifty_at_a_time_in_a_bounded_number_of_queries(room: Desk):
    room.say("ada", "The first of all.")
    client = room.client()
    few = queries(client, room.address)
    fill(room, 9_999, tied=False)
    assert queries(client, room.address) <= few + 2
    page = client.get(room.address + "?part=200")
    assert re.findall(r"Number (\d+)\.", page.text) == [str(n) for n in range(9950, 10_000)]
    assert "part 200 of 200" in words(page)
    assert page.text.count('name="rests"') == 50


def test_the_desk_takes_no_more_work_at_five_thousand_statements_than_at_a_hundred(room: Desk):
    client = room.client()
    fill(room, 100)
    few = work(client, room.address)
    fill(room, 4900)
    assert few > 10_000 and work(client, room.address) <= 1.5 * few


def fill(room: Desk, how_many: int, *, tied: bool = True) -> None:
    """So many more positions, each of which answers the one before it where they are `tied`."""
    session, item = room.event.sessions.get(), room.event.items.get(key="water")
    first = Contribution.every.filter(event=room.event).count()
    speakers = list(room.event.attendees.filter(key__in=["ada", "ben"]))
    many = [
        Contribution(event=room.event, session=session, item=item, kind="position", text=f"Number {n}.", position=n)
        for n in range(first, first + how_many)
    ]
    Contribution.objects.bulk_create(many)
    Authorship.objects.bulk_create(Authorship(contribution=one, attendee=speakers[n % 2]) for n, one in enumerate(many))
    ties = [Relation(source_statement=b, to_contribution=a, kind="answers") for a, b in itertools.pairwise(many)]
    Relation.objects.bulk_create(ties if tied else [])


def work(client, address: str) -> int:
    """For opening the page, in calls of functions: a processor may have other things to do, but these are the same."""
    calls = 0

    def count(_frame, event: str, _argument) -> None:
        nonlocal calls
        calls += event == "call"

    assert client.get(address).status_code == 200  # what is read once is read now
    sys.setprofile(count)
    try:
        client.get(address)
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("role", ["rapporteur", "moderator", "note-taker", "ada", "cleo", "convenor", "observer"])
def test_what_may_be_read_is_the_same_for_the_database_and_for_access(db: None, role: str):
    sessions = [records.session("table"), records.session("forum", kind="forum", access="public")]
    room = desk(sessions=sessions)
    another(room, "rapporteur", "table")
    another(room, "moderator", "forum")
    for session, seat in (("forum", "note_taker"), ("table", "participant")):
        Membership.objects.create(
            session=room.event.sessions.get(key=session), attendee=room.event.attendees.get(key="nat"), role=seat
        )
    rules: list[str | None] = [None, "named", "chatham_house", "off_record"]
    for session, released, rule, by in itertools.product(("table", "forum"), (True, False), rules, ("ada", "nat")):
        room.say(by, "Something.", session=session, released=released, attribution=rule)
    who = reader(room.people[role], room.event)
    rows = room.event.contributions.values_list(
        "pk", "session__key", "released", "attribution", "authorship__attendee__key"
    )
    assert set(readable(who).values_list("pk", flat=True)) == {pk for pk, *row in rows if sees(who, *row)}
    assert readable(who).count() == len(Reading(who).seen)


def queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


# ------------------------------------------------------------------ from nothing to a published chapter


def test_a_chapter_is_written_and_published_by_plain_forms_from_nothing(room: Desk):
    """Three speak; the rapporteur finds, the moderator asks the table, the rapporteur writes, the convenor publishes."""
    low, dry, other = (
        room.say("ada", "The river is low."), room.say("ben", "It dries up in June."),
        room.say("cleo", "It is as high as ever."),
    )  # fmt: skip
    us = room.client()
    start = us.get(room.address + "?item=water")

    note = press(us, press(us, start, "Keep a note", tick=[low]), "Save", text="Ask for the gauge’s numbers.")
    assert "Ask for the gauge’s numbers." in words(note)

    form = press(us, note, "Make a finding", tick=[low, dry])
    assert "The record reaches: two participants, 2 of 4." in words(form)
    board = press(us, form, "Save", text="The river is low in summer.")
    found = Finding.objects.get()
    assert (found.level, found.basis.count(), found.item.key) == ("two", 2, "water")

    them = room.client("moderator")
    table = them.get(f"{room.address}finding/{found.pk}/table/")
    press(them, table, "Put it to the table", present=4)
    for role, stance in {"ada": "agree", "ben": "agree", "cleo": "reservations", "dev": "agree"}.items():
        address = f"/events/{room.event.slug}/table/table/stance/{found.pk}/"
        assert room.client(role).post(address, {"stance": stance, "key": f"stance-of-{role}"}).status_code == 302
    press(them, them.get(f"{room.address}finding/{found.pk}/table/"), "Close the check-round", objections=0)
    form = us.get(f"{room.address}finding/{found.pk}/")
    assert "The record reaches: all participants, 4 of 4." in words(form)
    board = press(us, form, "Save", level="all")
    assert "makes the chapter a draft" not in words(board)

    references = us.get(room.address + "references/")
    book = press(
        us, us.get(room.address + "source/new/"), "Save", title="The gauge book", author="Water Board", year=2025
    )
    assert "Water Board, The gauge book" in words(book)
    key = room.event.sources.get().key
    references = press(us, us.get(room.address + "footnote/new/"), "Save", kind="citation", source=key, page="7")
    mark = re.search(r"\[\^k\w+\]", words(references))[0]

    writing = press(us, us.get(room.address + "?item=water"), "Write a paragraph", tick=[found, other])
    text = f"{{{found.key}}} agreed that the river is low{mark}. @cleo added that it was once higher."
    seen = press(us, writing, "Show it as printed", text=text)
    assert "All four participants agreed that the river is low1. Cleo Marsh added that it was once higher." in words(seen)
    assert not room.event.paragraphs.exists()
    board = press(us, seen, "Save")
    assert room.event.paragraphs.get().text == text

    to = press(us, us.get(room.address + "addressee/new/"), "Save", name="Ministry of Canals", short_name="MoC")
    group = room.event.addressees.get()
    form = us.get(f"{room.address}recommendation/new/?addressee={group.pk}&rests={found.pk}")
    assert "The record reaches: most participants, 4 of 4." in words(form)  # a recommendation is put to no round
    to = press(us, form, "Save", text="Build a weir.", level="most")
    assert "rests on 1" in words(to) and "draft" not in words(to)
    whole = room.event.recommendations.get()
    press(us, us.get(f"{room.address}recommendation/new/?parent={whole.pk}"), "Save", text="Where the gauge stands.")

    report = compile(room.event)
    told = [text for _where, _kind, text in texts(report)]
    assert report.draft == ""
    assert "All four participants agreed that the river is low. Cleo Marsh added that it was once higher." in told
    assert any("Build a weir. (most participants, four of four)" in one for one in told)
    assert not any("gauge’s numbers" in one for one in told)
    assert "All four participants agreed" in us.get(f"/events/{room.event.slug}/chapter/").text

    convenor = room.client("convenor")
    before = Entry.objects.count()
    press(convenor, convenor.get(f"/events/{room.event.slug}/chapter/publish/"), "Publish version 1")
    assert room.event.publications.get().version == 1
    assert room.entries(before) == [("table", "staff", "published"), ("table", "table", "published")]
    assert "All four participants agreed" in Client().get(f"/events/{room.event.slug}/chapter/").text


def test_publishing_is_heard_in_every_session_by_everybody_who_listens(db: None):
    room = desk(
        sessions=[records.session("table", members=[("rap", "rapporteur")]), records.session("open", access="public")],
        paragraphs=[records.paragraph("p1", "The river is low.", origin="rapporteur")],
    )
    publish(room.event, room.people["convenor"])
    assert room.entries() == [
        ("open", "public", "published"), ("open", "staff", "published"),
        ("table", "staff", "published"), ("table", "table", "published"),
    ]  # fmt: skip
    made = room.event.publications.get()
    assert {one.subject for one in Entry.objects.all()} == {made.pk}


def test_what_cannot_be_published_is_heard_nowhere(db: None):
    room = desk(
        findings=[records.finding("f1", "most")],
        paragraphs=[records.paragraph("p1", "{f1} agreed.", origin="rapporteur")],
    )
    with pytest.raises(CannotPublish):
        publish(room.event, room.people["convenor"])
    assert room.entries() == [] and not room.event.publications.exists()
