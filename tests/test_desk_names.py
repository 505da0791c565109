"""Names typed at the desk: said beside the field on saving, answered once, and never in the way of the last report."""

import pytest

from dialogue.audit.models import Act
from dialogue.convening.actions.welcoming import Wishes, agree
from dialogue.convening.models import UnconfirmedName
from dialogue.rapporteur.models import Footnote, Paragraph, Source
from dialogue.report.actions import answer_name, publish
from dialogue.report.compile import CannotCompile, compile
from dialogue.report.models import NameAnswer
from tests.desks import Desk, desk, press, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def room() -> Desk:
    return desk(event={"attribution": "chatham_house"})


def write(room: Desk, text: str):
    """A paragraph under "water", saved by the rapporteur; the page that follows."""
    us = room.client()
    return press(us, us.get(f"{room.address}paragraph/new/?item=water"), "Save", text=text)


def test_typed_name_is_said_beside_its_field_and_the_text_is_saved(room: Desk):
    page = write(room, "The river is low, as Lovell said.")
    one = Paragraph.objects.get()
    assert one.text == "The river is low, as Lovell said."
    assert page.request["PATH_INFO"] == f"{room.address}paragraph/{one.pk}/"
    assert "“Lovell” stands in this paragraph; under the attribution rule it must not." in words(page)
    assert "The chapter cannot be made while it stands there." in words(page)
    assert write(room, "The river is low.").request["PATH_INFO"] == room.address


@pytest.mark.parametrize(
    ("kind", "filled"),
    [
        ("finding", {"text": "The river is low, says Lovell.", "level": "participants"}),
        ("source", {"title": "What Lovell wrote"}),
        ("footnote", {"text": "See also Lovell.", "kind": "remark"}),
        ("addressee", {"name": "The office of Lovell"}),
    ],
)
def test_every_paper_says_the_names_in_it(room: Desk, kind: str, filled: dict):
    us = room.client()
    page = press(us, us.get(f"{room.address}{kind}/new/?item=water"), "Save", **filled)
    assert "“Lovell” stands in" in words(page)


def test_doubtful_name_is_answered_once(room: Desk):
    page = write(room, "The river is low, as Ada said.")
    assert "“Ada” in this paragraph may name somebody whom the attribution rule protects." in words(page)
    us = room.client()
    again = press(us, page, "Not the person")
    assert "Answer saved." in words(again) and "may name somebody" not in words(again)
    kept = NameAnswer.objects.get()
    assert (kept.kind, kept.answered_by) == ("not_the_person", room.people["rapporteur"])
    assert Act.objects.filter(deed="name-answered", subject=kept.pk, person=kept.answered_by_id).count() == 1
    listed = us.get(f"{room.address}names/")
    assert "Account rapporteur" in words(listed) and "Nothing is left to look at." in words(listed)
    asked = press(us, listed, "Ask again")
    assert "may name somebody" in words(asked) and not NameAnswer.objects.exists()


def test_answer_holds_for_its_place_and_for_common_words_everywhere(room: Desk):
    room.event.attendees.filter(key="ben").update(name="Ben March")
    us = room.client()
    press(us, write(room, "The river is low, as Ada said."), "Not the person")
    press(us, write(room, "They met in the March of 2025."), "Not the person")
    page = write(room, "As Ada said in the March of 2026.")
    assert "“Ada” in this paragraph" in words(page) and "“March”" not in words(page)


def test_answers_are_for_those_who_write_the_report(room: Desk):
    write(room, "The river is low, as Ada said.")
    sent = {"answer": f"not_the_person/{'0' * 64}/"}
    for role in ("ada", "moderator", "note-taker", "observer"):
        assert room.client(role).get(f"{room.address}names/").status_code == 403
        assert room.client(role).post(f"{room.address}names/", sent).status_code == 403
    assert not NameAnswer.objects.exists()
    assert room.client().post(f"{room.address}names/", {"answer": "made/up"}).status_code == 422


def test_author_of_a_source_may_stand_note_by_note(room: Desk):
    source = Source.objects.create(event=room.event, author="Ada Lovell", title="On rivers", position=0)
    notes = [
        Footnote.objects.create(event=room.event, kind="citation", source=source, position=n) for n in range(2)
    ]
    calls = "".join(f"[^{one.key}]" for one in notes)
    write(room, f"The river is low.{calls}")
    us = room.client()

    def stops() -> int:
        try:
            compile(room.event)
        except CannotCompile as problem:
            return len(problem.reasons)
        return 0

    assert stops() == 2
    for left, one in ((1, notes[0]), (0, notes[1])):
        page = us.get(f"{room.address}footnote/{one.pk}/")
        assert "“Ada Lovell” stands in the source of the note" in words(page)
        press(us, page, "The author may stand in this note")
        assert stops() == left
    source.title = "On rivers, by Ada Lovell"  # the author alone may stand
    source.save()
    assert stops() == 2


def test_eight_words_of_a_strict_statement_are_flagged_and_answered(room: Desk):
    said = "We must never again let the northern dam be opened without a word to those downstream."
    room.say("ada", said)
    page = write(room, "Some held: let the northern dam be opened without a word.")
    assert "these words are one statement’s, and may give its speaker away" in words(page)
    assert compile(room.event)
    done = press(room.client(), page, "These words may stand")
    assert "one statement’s" not in words(done)


# ------------------------------------------------------------------ the last published report


def published(room: Desk):
    write(room, "The river is low.")
    return publish(room.event, room.people["convenor"])


def test_draft_that_cannot_be_made_leaves_the_last_published_report(room: Desk):
    address, member, staff = f"/events/{room.event.slug}/chapter/", room.client("ada"), room.client("rapporteur")
    published(room)
    write(room, "As Lovell said.")
    page = member.get(address)
    assert page.status_code == 200
    assert "The draft cannot be shown at the moment. This is the last published version." in words(page)
    assert "Version 1, published on" in words(page) and "The river is low." in words(page)
    assert "Lovell" not in page.text
    told = staff.get(address)
    assert "“Lovell” stands in paragraph 2 under “Water”" in words(told)
    assert f'{room.address}paragraph/{Paragraph.objects.get(text__contains="Lovell").pk}/' in told.text
    file = member.get(f"{address}download/md/")
    assert file.status_code == 200 and b"The river is low." in file.content
    assert file["Content-Disposition"] == 'attachment; filename="rivers-chapter-version-1.md"'


def test_draft_that_cannot_be_made_is_said_where_nothing_is_published(room: Desk):
    write(room, "As Lovell said.")
    address = f"/events/{room.event.slug}/chapter/"
    assert room.client("ada").get(address).status_code == 409
    told = room.client().get(address)
    assert told.status_code == 409 and "/desk/paragraph/" in told.text


def test_common_words_of_a_name_stop_neither_chapter_nor_publishing(room: Desk):
    room.event.attendees.filter(key="ben").update(name="Paul The", affiliation="Water")
    write(room, "The river is low. In the Water.")
    address = f"/events/{room.event.slug}/chapter/"
    assert room.client("ada").get(address).status_code == 200
    page = room.client("convenor").get(f"{address}publish/")
    assert "words in the text may be names" in words(page)
    assert publish(room.event, room.people["convenor"]).version == 1


def test_answering_twice_is_one_answer(room: Desk):
    by = room.people["rapporteur"]
    first = answer_name(room.event, by, "not_the_person", "0" * 64, "paragraph:p1:text")
    assert answer_name(room.event, by, "not_the_person", "0" * 64, "paragraph:p1:text") == first
    assert Act.objects.filter(deed="name-answered").count() == 1


# ------------------------------------------------------------------ names that somebody set for themselves


def test_name_that_somebody_set_for_themselves_counts_once_it_is_confirmed(room: Desk):
    wishes = Wishes("Paula Riverbank", "", "Canals", True, None)
    agree(room.event, room.people["ada"], wishes, {})
    told = words(write(room, "As Riverbank said."))
    assert "“Riverbank” in this paragraph may name somebody whom the attribution rule protects." in told
    assert "“Lovell” stands in this paragraph" in words(write(room, "As Lovell said."))  # the one confirmed last
    Paragraph.objects.filter(text__contains="Lovell").delete()
    assert compile(room.event)
    us, one = room.client("convenor"), room.event.attendees.get(key="ada")
    page = us.get(f"/events/{room.event.slug}/setup/people/{one.pk}/")
    assert "They changed this themselves. Confirmed last: Ada Lovell, Northern Water Board." in words(page)
    press(us, page, "Save")
    with pytest.raises(CannotCompile, match="“Riverbank” stands in paragraph 1"):
        compile(room.event)


def test_name_set_back_to_what_was_confirmed_stops_again(room: Desk):
    for name in ("Paula Riverbank", "Ada Lovell"):
        agree(room.event, room.people["ada"], Wishes(name, "", "Northern Water Board", True, None), {})
    assert not UnconfirmedName.objects.exists()


def test_title_with_a_name_is_said_where_it_is_set_up(room: Desk):
    us = room.client("convenor")
    page = us.get(f"/events/{room.event.slug}/setup/facts/")
    saved = press(us, page, "Save", title="What Lovell wanted")
    assert "“Lovell” stands in the title of the event; under the attribution rule it must not." in saved.text
    room.event.refresh_from_db()
    assert room.event.title == "What Lovell wanted"
