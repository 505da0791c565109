"""The made-up forum half of the sample event: seen beside the real table, and no part of what its chapter counts."""

import datetime
import json
import pathlib

import pytest
from django.test import Client

from dialogue.access import reader
from dialogue.archive import format
from dialogue.archive.load import load
from dialogue.archive.rehearsal import rehearsal
from dialogue.discussion.actions import own_seat
from dialogue.events.actions import seat_samples
from dialogue.events.models import Event, Membership, Pass, Session
from dialogue.management.commands.demo import open_forum
from dialogue.people.views import first_page
from dialogue.positions.agreement import agreement
from dialogue.report.compile import compile, items_of_forum
from tests import cast, records
from tests.records import real_half
from tests.tables import seated

VICTORIA = json.loads(pathlib.Path(format.__file__).with_name("victoria-2007.json").read_text())
TODAY = datetime.date(2026, 12, 1)


def forum_half() -> tuple[dict, list[dict]]:
    """The forum's session and what was said in it."""
    session = next(one for one in VICTORIA["sessions"] if one["kind"] == "forum")
    return session, [one for one in VICTORIA["contributions"] if one["session"] == session["id"]]


# ------------------------------------------------------------------ what it is


def test_forum_half_has_two_panelists_who_disagree_and_twelve_questions():
    session, said = forum_half()
    assert [seat["role"] for seat in session["members"]] == ["panelist", "panelist"]
    assert {one["by"] for one in said} == {seat["person"] for seat in session["members"]}
    disputes = {(one["by"], tie["kind"]) for one in said for tie in one["relations"] if tie["kind"] == "disagrees"}
    assert len(disputes) == 2
    assert len(VICTORIA["questions"]) == 12
    assert {one["status"] for one in VICTORIA["questions"]} == {"answered", "approved"}


def test_forum_half_says_that_it_is_made_up():
    session, _said = forum_half()
    assert "made up" in session["title"]
    assert "made up" in next(one for one in VICTORIA["outline"] if one["id"] == "forum-half")["title"]
    people = [one for one in VICTORIA["persons"] if one["id"] in {seat["person"] for seat in session["members"]}]
    assert [("made up" in one["function"], one["listed"]) for one in people] == [(True, False), (True, False)]


def test_nothing_of_the_table_points_at_the_forum_half():
    session, said = forum_half()
    mine = {one["id"] for one in said} | {one["person"] for one in session["members"]}
    table = real_half(VICTORIA)
    words = json.dumps([table[name] for name in ("findings", "paragraphs", "recommendations", "contributions")])
    assert [key for key in mine if f'"{key}"' in words or f"@{key}" in words] == []
    assert not [one for one in said if one["text"] in words]


@pytest.mark.django_db
def test_counts_of_the_table_are_those_without_the_forum_half():
    whole, older = load(VICTORIA), load({**real_half(VICTORIA), "event": VICTORIA["event"] | {"slug": "older"}})
    numbers = [
        {finding.key: counted.holdings[finding.pk].numbers for finding in event.findings.all()}
        for event, counted in ((whole, agreement(whole)), (older, agreement(older)))
    ]
    assert numbers[0] == numbers[1] and len(numbers[0]) == 26


@pytest.mark.django_db
def test_chapter_is_that_without_the_forum_half():
    whole, older = load(VICTORIA), load({**real_half(VICTORIA), "event": VICTORIA["event"] | {"slug": "older"}})
    printed = [compile(event) for event in (whole, older)]
    assert printed[0].sections == printed[1].sections
    assert printed[0].annexes == printed[1].annexes


# ------------------------------------------------------------------ headings of the chapter


def test_item_that_the_forum_alone_took_up_is_no_gap_of_the_chapter():
    hall = records.session("hall", kind="forum", access="public")
    items = [records.item("water"), records.item("air", records.item("wind")), records.item("fire")]
    said = [records.said("c1", "ada"), records.said("c2", "ada", item="wind", session="hall")]
    record = records.table(sessions=[records.session(), hall], outline=items, contributions=said)
    assert items_of_forum(record) == {"air", "wind"}
    found = records.finding("f1", "one", "c2", item="wind")
    assert items_of_forum(record | {"findings": [found]}) == set()
    assert items_of_forum(record | {"sessions": [hall], "contributions": said[1:]}) == set()


# ------------------------------------------------------------------ the event to try live


def fresh() -> dict:
    return rehearsal(VICTORIA, "rehearsal", "To try", TODAY)


def test_rehearsal_is_a_valid_record_with_an_empty_table_and_its_forum():
    record = fresh()
    assert format.errors(record) == []
    session, said = forum_half()
    assert {one["session"] for one in record["contributions"]} == {session["id"]}
    assert len(record["contributions"]) == len(said)
    assert (len(record["questions"]), len(record["stances"])) == (12, 5)
    assert (record["findings"], record["paragraphs"], record["footnotes"]) == ([], [], [])
    assert {one["date"] for one in record["sessions"]} == {"2026-12-01"}


def test_rehearsal_drops_ties_from_the_forum_to_the_table():
    hall = records.session("hall", kind="forum", access="public")
    said = [
        records.said("c1", "ada"),
        records.said("c2", "ben", session="hall", relations=[records.relates("disagrees", "c1")]),
        records.said("c3", "ada", session="hall", relations=[records.relates("agrees", "c2")]),
    ]
    asked = {
        "id": "q1", "session": "hall", "item": None, "name": None, "text": "Why?", "status": "answered", "votes": 1,
        "forwarded_to": None, "answers": ["c1", "c3"],
    }  # fmt: skip
    record = records.table(sessions=[records.session(), hall], contributions=said, questions=[asked])
    tried = rehearsal(record, "rehearsal", "To try", TODAY)
    assert format.errors(tried) == []
    assert [[tie["to"] for tie in one["relations"]] for one in tried["contributions"]] == [[], ["c2"]]
    assert tried["questions"][0]["answers"] == ["c3"]
    assert record["questions"][0]["answers"] == ["c1", "c3"], "the first record is left alone"


# ------------------------------------------------------------------ the panelist's door


@pytest.fixture
def demo(db: None) -> Event:
    event = load(fresh())
    open_forum(event, seat_samples(event))
    return event


@pytest.mark.django_db
def test_door_of_the_panelist_leads_to_the_forum_that_is_open(demo: Event, settings):
    settings.DEMO = True
    panelist = demo.attendees.get(key="okonjo").person
    assert first_page(panelist) == "/events/rehearsal/table/forum/"
    client = Client()
    client.force_login(panelist)
    text = client.get(first_page(panelist)).text
    assert 'id="say"' in text and "Who should send the soldiers?" in text
    assert "You read along here." not in text
    assert text.count('<p class="words" dir="auto">') == 12


@pytest.mark.django_db
def test_door_of_who_may_not_speak_leads_to_the_events(demo: Event):
    for role in ("observer", "rapporteur", "convenor"):
        person = next(one for one in seat_samples(demo) if one.email.startswith(role))
        assert first_page(person) == "/"


@pytest.mark.django_db
def test_moderator_of_the_demo_runs_its_forum_too():
    event = load(VICTORIA)
    people = seat_samples(event)
    open_forum(event, people)
    opened = Session.objects.get(event=event, kind="forum").openings.get()
    assert (opened.item.key, opened.is_open) == ("forum-soldiers", True)
    assert [one.pk for one in seat_samples(event)] == [one.pk for one in people]


@pytest.mark.django_db
def test_forum_of_an_older_demo_is_opened_once():
    older = fresh() | {"contributions": [], "stances": [], "questions": []}
    event = load(older)
    for _again in range(2):
        open_forum(event, seat_samples(event))
    opened = Session.objects.get(event=event, kind="forum").openings.get()
    assert (opened.item.key, opened.version) == ("political-will", 1)


@pytest.mark.django_db
def test_event_without_a_forum_is_left_alone():
    event = load(records.table())
    open_forum(event, [])
    assert event.sessions.get().openings.count() == 0


# ------------------------------------------------------------------ a role without a seat


@pytest.mark.django_db
@pytest.mark.parametrize(("at", "role"), [("forum", "panelist"), ("forum", "participant"), ("table", "participant")])
def test_speaker_without_a_seat_is_told_what_they_lack(at: str, role: str):
    table = seated()
    table.run("open_item", "water", at=at)
    person = cast.account("lent")
    Pass.objects.create(event=table.event, person=person, role=role)
    client = Client()
    client.force_login(person)
    text = client.get(f"/events/{table.event.slug}/table/{at}/").text
    assert "You have no seat in the record of this event" in text
    assert 'id="say"' not in text and "You read along here." not in text


@pytest.mark.django_db
def test_lent_panelist_is_one_in_public_sessions_alone():
    table = seated()
    person = cast.account("lent")
    Pass.objects.create(event=table.event, person=person, role="panelist")
    who = reader(person, table.event)
    assert (who.may_in("speak", "forum"), who.may_in("speak", "table")) == (True, False)
    assert who.sessions == {"forum"} and not who.may("read the table")
    with pytest.raises(Exception, match="no seat in the record"):
        own_seat(who)


@pytest.mark.django_db
def test_panelist_with_a_seat_may_speak_in_every_public_session():
    table = seated()
    second = Session.objects.create(
        event=table.event, key="hall", kind="forum", title="Hall", date=TODAY, access="public", position=9
    )
    Membership.objects.create(session=second, attendee=table.attendee("pan"), role="panelist", position=0)
    for session in ("forum", "hall"):
        text = table.client("panelist").get(f"/events/{table.event.slug}/table/{session}/").text
        assert 'id="say"' in text and "You read along here." not in text
