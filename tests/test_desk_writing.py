"""What is written at the desk: notes, paragraphs with their marks and order, footnotes, sources, recommendations."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from dialogue.archive import dump, format
from dialogue.discussion.actions import ChangedMeanwhile
from dialogue.discussion.models import Relation
from dialogue.rapporteur.actions.advice import AdviceWords, addressees, recommendations
from dialogue.rapporteur.actions.notes import NoteWords, notes
from dialogue.rapporteur.actions.papers import Papers, StillUsed, Words
from dialogue.rapporteur.actions.sources import FootnoteWords, SourceWords, footnotes, sources
from dialogue.rapporteur.actions.writing import ParagraphWords, move, order, paragraphs
from dialogue.rapporteur.models import Note, Paragraph, Recommendation
from dialogue.record.models import Entry
from dialogue.report.compile import compile
from tests import records
from tests.desks import Desk, another, desk, press, words
from tests.printed import printed_words


@pytest.fixture
def room(db: None) -> Desk:
    return desk()


def make(room: Desk, papers: Papers, told: Words, role: str = "rapporteur"):
    return papers.make(room.event, room.people[role], told, key=uuid.uuid4().hex)


def item(room: Desk, key: str = "water"):
    return room.event.items.get(key=key)


def paragraph(room: Desk, text: str, *basis, under: str = "water", origin: str = "room") -> Paragraph:
    told = ParagraphWords(item=item(room, under), origin=origin, text=text, basis=tuple(one.pk for one in basis))
    return make(room, paragraphs, told)


def was(papers: Papers, row) -> str:
    return papers.standing(papers.rows(row.event).get(pk=row.pk)).digest


# ------------------------------------------------------------------ notes


def test_a_note_is_bound_to_what_it_is_about_and_told_to_the_staff_alone(room: Desk):
    said, us = room.say("ada", "It is low."), room.client("note-taker")
    form = press(us, us.get(room.address), "Keep a note", tick=[said])
    board = press(us, form, "Save", text="Check the gauge.", flagged="on")
    note = Note.objects.get()
    assert (note.attendee.key, note.flagged, notes.rests(note)) == ("nat", True, (said.pk,))
    assert "Check the gauge. Nat Ortega" in words(board)
    assert room.entries() == [("table", "staff", "note-made")]


def test_those_who_keep_notes_read_all_notes_and_change_their_own(room: Desk):
    said = room.say("ada", "It is low.")
    told = NoteWords(item=item(room), text="Check the gauge.", flagged=False, basis=(said.pk,))
    note = make(room, notes, told, "note-taker")
    for role in ("rapporteur", "moderator"):
        board = room.client(role).get(room.address)
        assert "Check the gauge." in words(board)
        assert f"/note/{note.pk}/" not in board.text
        assert room.client(role).get(f"{room.address}note/{note.pk}/").status_code == 403
        with pytest.raises(PermissionDenied):
            notes.delete(note, room.people[role], was=was(notes, note))
    mine = room.client("note-taker")
    press(mine, mine.get(f"{room.address}note/{note.pk}/"), "Save", text="The gauge is right.")
    assert Note.objects.get().text == "The gauge is right."
    press(mine, mine.get(f"{room.address}note/{note.pk}/"), "Delete")
    assert not Note.objects.exists()


def test_nobody_without_the_right_keeps_a_note_and_nobody_without_a_seat(room: Desk):
    told = NoteWords(item=item(room), text="Hm.", flagged=False)
    for role in ("ada", "convenor", "observer"):
        with pytest.raises(PermissionDenied):
            make(room, notes, told, role)
    room.event.passes.create(person=room.people["observer"], role="rapporteur")
    with pytest.raises(PermissionDenied, match="no seat in the record"):
        make(room, notes, told, "observer")


def test_a_note_of_one_table_is_told_to_its_own_staff(db: None):
    room = desk(sessions=[records.session("table"), records.session("other")])
    for session in ("table", "other"):
        another(room, "rapporteur", session)
    said = room.say("ada", "It is low.", session="other")
    make(room, notes, NoteWords(item=None, text="Hm.", flagged=False, basis=(said.pk,)))
    assert room.entries() == [("other", "staff", "note-made")]
    make(room, notes, NoteWords(item=item(room, "air"), text="On the air.", flagged=False))
    assert room.entries(1) == [("other", "staff", "note-made"), ("table", "staff", "note-made")]


def test_a_note_is_in_no_report_and_keeps_nothing_off_the_record(room: Desk):
    said = room.say("ada", "It is low.")
    paragraph(room, "The river is low.", said)
    make(room, notes, NoteWords(item=item(room), text="Quillwort.", flagged=True, basis=(said.pk,)))
    assert "The river is low." in printed_words(compile(room.event))
    assert "Quillwort" not in printed_words(compile(room.event))
    off = room.say("ben", "Between us.", attribution="off_record")
    with pytest.raises(ValidationError, match="off the record"):
        make(room, notes, NoteWords(item=item(room), text="He said so.", flagged=False, basis=(off.pk,)))


# ------------------------------------------------------------------ paragraphs


def test_unknown_marks_are_named_and_known_ones_are_none_of_the_errors(room: Desk):
    us = room.client()
    form = us.get(f"{room.address}paragraph/new/?item=water")
    text = "@ada and @adda spoke of {k404}[^none]. Write to ada@example.org."
    answer = press(us, form, "Save", text=text)
    assert answer.status_code == 422
    for told in ("“@adda” is nobody of this event.", "“{k404}” is no finding", "“[^none]” is no footnote"):
        assert told in words(answer)
    assert "“@ada”" not in words(answer) and "“@example”" not in words(answer)
    assert text in words(answer) and not Paragraph.objects.exists()
    with pytest.raises(ValidationError, match="nobody of this event"):
        paragraph(room, "@adda spoke.")


def test_the_form_lists_every_mark_that_can_be_set(room: Desk):
    make(room, footnotes, FootnoteWords(kind="remark", text="A remark.", source=None, page=""))
    found = room.event.findings.create(item=item(room), text="It is low.", level="two")
    page = words(room.client().get(f"{room.address}paragraph/new/"))
    note = room.event.footnotes.get()
    assert page  # the lists stand beside the form, in the margin
    margin = room.client().get(f"{room.address}paragraph/new/").text
    for mark in ("@ada", "@rap", f"{{{found.key}}}", f"[^{note.key}]"):
        assert f"<code>{mark}</code>" in margin


def test_a_paragraph_is_told_to_its_table_and_shown_in_the_chapter_at_once(room: Desk):
    us, address = room.client(), f"/events/{room.event.slug}/chapter/"
    one = paragraph(room, "The river is low.", room.say("ada", "It is low."))
    assert room.entries() == [("table", "staff", "chapter-changed"), ("table", "table", "chapter-changed")]
    assert {entry.subject for entry in Entry.objects.all()} == {one.pk}
    assert "The river is low." in us.get(address).text
    press(us, us.get(f"{room.address}paragraph/{one.pk}/"), "Save", text="The river is dry.")
    assert "The river is dry." in us.get(address).text and "The river is low." not in us.get(address).text
    press(us, us.get(f"{room.address}paragraph/{one.pk}/"), "Delete")
    assert "The river is dry." not in us.get(address).text
    assert len(room.entries()) == 6


def test_a_preview_says_which_protected_name_was_typed_and_saves_nothing(db: None):
    room = desk(event={"attribution": "chatham_house"})
    us = room.client()
    form = us.get(f"{room.address}paragraph/new/?item=water")
    good = press(us, form, "Show it as printed", text="@ada said that it is low.")
    assert "One participant said that it is low." in words(good) and "must not" not in words(good)
    bad = press(us, form, "Show it as printed", text="Ada Lovell said that it is low.")
    assert "under the attribution rule it must not" in words(bad)
    assert not Paragraph.objects.exists()


def test_paragraphs_move_within_their_heading_and_not_beyond_its_ends(room: Desk):
    us = room.client()
    paragraph(room, "Of the air.", under="air")
    rows = [paragraph(room, f"Paragraph {n}.") for n in range(3)]
    board = us.get(room.address + "?item=water")
    assert told(room) == ["Of the air.", "Paragraph 0.", "Paragraph 1.", "Paragraph 2."]
    down = board.text.split(f'/paragraph/{rows[0].pk}/move/"')[1].split("</form>")[0]
    us.post(
        f"{room.address}paragraph/{rows[0].pk}/move/",
        {"to": "down", "was": down.split('name="was" value="')[1].split('"')[0]},
    )
    assert told(room) == ["Of the air.", "Paragraph 1.", "Paragraph 0.", "Paragraph 2."]
    line = list(paragraphs.rows(room.event).filter(item=item(room)))
    move(paragraphs, line[0], room.people["rapporteur"], True, was=order(line))
    assert told(room) == ["Of the air.", "Paragraph 1.", "Paragraph 0.", "Paragraph 2."]
    with pytest.raises(PermissionDenied):
        move(paragraphs, line[0], room.people["moderator"], False, was=order(line))


def test_a_move_sent_twice_moves_once(room: Desk):
    rows = [paragraph(room, f"Paragraph {n}.") for n in range(3)]
    us, sent = room.client(), {"to": "down", "was": order(rows)}
    for _time in range(2):
        answer = us.post(f"{room.address}paragraph/{rows[0].pk}/move/", sent, follow=True)
    assert "The order was changed meanwhile" in words(answer)
    assert told(room) == ["Paragraph 1.", "Paragraph 0.", "Paragraph 2."]


def told(room: Desk) -> list[str]:
    """The paragraphs as the record has them."""
    return [one["text"] for one in dump.dump(room.event)["paragraphs"]]


def test_a_paragraph_keeps_the_order_of_what_it_rests_on(room: Desk):
    one, two = room.say("ada", "Low."), room.say("ben", "High.")
    found = room.event.findings.create(item=item(room), text="It is low.", level="one")
    row = paragraph(room, "So it was.", two, found, one)
    assert paragraphs.rests(row) == (two.pk, found.pk, one.pk)


def test_more_is_chosen_for_a_paragraph_from_the_desk(room: Desk):
    one, two = room.say("ada", "Low."), room.say("ben", "High.", item="air")
    row, us = paragraph(room, "So it was.", one), room.client()
    board = us.get(f"{room.address}?item=air&for=paragraph-{row.pk}")
    assert "Choose what this rests on: So it was." in words(board)
    press(us, press(us, board, "Take it", tick=[two]), "Save")
    assert paragraphs.rests(row) == (one.pk, two.pk)


# ------------------------------------------------------------------ what a change meanwhile does


def test_a_change_meanwhile_answers_409_with_both_texts_and_nothing_is_lost(room: Desk):
    row, us, them = paragraph(room, "It was low."), room.client(), room.client()
    mine, theirs = (client.get(f"{room.address}paragraph/{row.pk}/") for client in (us, them))
    press(them, theirs, "Save", text="It was lower.", origin="literature")
    answer = press(us, mine, "Save", text="It was lowest.")
    assert answer.status_code == 409
    for text in ("It was changed meanwhile.", "What stands there now", "It was lower.", "literature", "It was lowest."):
        assert text in words(answer)
    assert Paragraph.objects.get().text == "It was lower."
    press(us, answer, "Save")
    assert Paragraph.objects.get().text == "It was lowest."


def test_the_same_change_twice_is_one_change(room: Desk):
    row, us = paragraph(room, "It was low."), room.client()
    form, before = us.get(f"{room.address}paragraph/{row.pk}/"), Entry.objects.count()
    for _time in range(2):
        assert "Saved." in words(press(us, form, "Save", text="It was lower."))
    assert Entry.objects.count() == before + 2  # for the staff and for the table, once


def test_words_for_what_was_deleted_meanwhile_are_kept_and_make_a_new_one(room: Desk):
    row, us = paragraph(room, "It was low."), room.client()
    form = us.get(f"{room.address}paragraph/{row.pk}/")
    paragraphs.delete(row, room.people["rapporteur"], was=was(paragraphs, row))
    answer = press(us, form, "Save", text="It was lower.")
    assert answer.status_code == 409 and "It was deleted meanwhile." in words(answer)
    press(us, answer, "Save")
    assert [one.text for one in Paragraph.objects.all()] == ["It was lower."]


def test_what_was_changed_meanwhile_is_not_deleted(room: Desk):
    row, us = paragraph(room, "It was low."), room.client()
    form = us.get(f"{room.address}paragraph/{row.pk}/")
    press(us, form, "Save", text="It was lower.")
    answer = press(us, form, "Delete")
    assert answer.status_code == 409 and Paragraph.objects.get().text == "It was lower."
    press(us, answer, "Delete")
    assert not Paragraph.objects.exists()


def test_a_statement_withdrawn_while_a_form_was_open_is_taken_out_and_the_words_stay(room: Desk):
    said, us = room.say("ada", "It is low."), room.client()
    form = us.get(f"{room.address}paragraph/new/?item=water&rests={said.pk}")
    type(said).objects.filter(pk=said.pk).update(state="withdrawn")
    answer = press(us, form, "Save", text="So it was.")
    assert answer.status_code == 422 and "is not there any more" in words(answer) and "So it was." in words(answer)
    press(us, answer, "Save")
    assert Paragraph.objects.get().text == "So it was."


def test_translations_go_with_what_they_translate(room: Desk):
    row, other = paragraph(room, "It was low."), paragraph(room, "It was dry.")
    for one in (row, other):
        room.event.translations.create(of=one.key, language="fr", text="Basse.", original="0" * 64)
    paragraphs.delete(row, room.people["rapporteur"], was=was(paragraphs, row))
    assert [one.of for one in room.event.translations.all()] == [other.key]
    assert format.errors(dump.dump(room.event)) == []


# ------------------------------------------------------------------ footnotes and sources


def test_a_footnote_that_a_text_calls_stays_and_so_does_a_source_that_is_cited(room: Desk):
    rap = room.people["rapporteur"]
    book = make(
        room,
        sources,
        SourceWords(author="", title="Gauges", container="", year=None, date="", url="", accessed="", page=""),
    )
    note = make(room, footnotes, FootnoteWords(kind="citation", text="", source=book, page="7"))
    row = paragraph(room, f"It was low[^{note.key}].")
    with pytest.raises(StillUsed, match="1 paragraph calls it"):
        footnotes.delete(note, rap, was=was(footnotes, note))
    with pytest.raises(StillUsed, match="1 footnote cites it"):
        sources.delete(book, rap, was=was(sources, book))
    paragraphs.delete(row, rap, was=was(paragraphs, row))
    footnotes.delete(note, rap, was=was(footnotes, note))
    tie = Relation.every.create(source_statement=room.say("ada", "See there."), kind="cites", to_source=book)
    with pytest.raises(StillUsed, match="1 statement cites it"):
        sources.delete(book, rap, was=was(sources, book))
    tie.delete()
    sources.delete(book, rap, was=was(sources, book))
    assert not room.event.sources.exists()


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        ("citation", "See there.", "A citation needs its source."),
        ("remark", "", "A footnote needs words, or a source."),
    ],
)
def test_a_footnote_without_what_it_is_for_is_refused(room: Desk, kind: str, text: str, why: str):
    us = room.client()
    answer = press(us, us.get(f"{room.address}footnote/new/"), "Save", kind=kind, text=text)
    assert answer.status_code == 422 and why in words(answer)
    assert not room.event.footnotes.exists()


def test_a_web_address_is_one(room: Desk):
    us = room.client()
    answer = press(us, us.get(f"{room.address}source/new/"), "Save", title="A book", url="javascript:alert(1)")
    assert answer.status_code == 422 and "A web address begins with" in words(answer)
    assert "A book" in words(press(us, answer, "Save", url="https://example.org/"))


# ------------------------------------------------------------------ recommendations


def advise(room: Desk, text: str, *basis, to=None, parent=None, level: str | None = None) -> Recommendation:
    to = to or room.event.addressees.get_or_create(name="Everybody")[0]
    told = AdviceWords(addressee=to, parent=parent, text=text, level=level, basis=tuple(one.pk for one in basis))
    return make(room, recommendations, told)


def test_a_recommendation_that_claims_beyond_its_basis_makes_the_chapter_a_draft(room: Desk):
    us, said = room.client(), room.say("ada", "It is low.")
    advise(room, "Build a weir.", said, level="one")
    page = us.get(room.address + "recommendations/")
    assert "one participant rests on 1" in words(page) and "draft" not in words(page)
    assert not compile(room.event).draft
    form = us.get(f"{room.address}recommendation/{Recommendation.objects.get().pk}/")
    assert "The record reaches: one participant, 1 of 4." in words(form)
    page = press(us, form, "Save", level="most")
    assert "makes the chapter a draft" in words(page)
    assert compile(room.event).draft


def test_a_recommendation_without_an_antecedent_says_so(room: Desk):
    advise(room, "Build a weir.")
    assert "no antecedent on record" in words(room.client().get(room.address + "recommendations/"))


def test_parts_go_with_their_whole_and_have_no_parts_and_no_level(room: Desk):
    first, second = (room.event.addressees.create(name=name, position=place) for place, name in enumerate(("A", "B")))
    whole = advise(room, "Build.", to=first)
    part = advise(room, "A weir.", to=first, parent=whole)
    with pytest.raises(ValidationError, match="has no parts itself"):
        advise(room, "Of stone.", to=first, parent=part)
    with pytest.raises(ValidationError, match="claims no level"):
        advise(room, "Of stone.", to=first, parent=whole, level="one")
    with pytest.raises(ValidationError, match="goes to whom"):
        advise(room, "Of stone.", to=second, parent=whole)
    told = AdviceWords(addressee=second, parent=None, text="Build.", level=None)
    recommendations.change(whole, room.people["rapporteur"], told, was=was(recommendations, whole))
    part.refresh_from_db()
    assert part.addressee == second
    with pytest.raises(ValidationError, match="has no parts itself"):
        recommendations.change(
            whole, room.people["rapporteur"], AdviceWords(addressee=second, parent=whole, text="Build.", level=None),
            was=was(recommendations, whole),
        )  # fmt: skip
    assert format.errors(dump.dump(room.event)) == []


def test_what_is_directed_to_somebody_keeps_them_and_parts_keep_their_whole(room: Desk):
    rap = room.people["rapporteur"]
    whole = advise(room, "Build.")
    part = advise(room, "A weir.", parent=whole)
    to = whole.addressee
    with pytest.raises(StillUsed, match="1 recommendation is directed to it"):
        addressees.delete(to, rap, was=was(addressees, to))
    with pytest.raises(StillUsed, match="It has 1 part"):
        recommendations.delete(whole, rap, was=was(recommendations, whole))
    for papers, row in ((recommendations, part), (recommendations, whole), (addressees, to)):
        papers.delete(row, rap, was=was(papers, row))
    assert not room.event.addressees.exists()


def test_recommendations_parts_and_addressees_move_among_their_like(room: Desk):
    us = room.client()
    one, two = advise(room, "First."), advise(room, "Second.")
    a, b = advise(room, "Part a.", parent=one), advise(room, "Part b.", parent=one)
    other = room.event.addressees.create(name="Others", position=7)
    for row, papers in ((two, recommendations), (b, recommendations), (other, addressees)):
        kind = "addressee" if papers is addressees else "recommendation"
        page = us.get(room.address + "recommendations/").text
        form = page.split(f'/{kind}/{row.pk}/move/"')[1].split("</form>")[0]
        us.post(
            f"{room.address}{kind}/{row.pk}/move/",
            {"to": "up", "was": form.split('name="was" value="')[1].split('"')[0]},
        )
    found = dump.dump(room.event)["recommendations"]
    assert [group["addressee"] for group in found] == ["Others", "Everybody"]
    assert [one["text"] for one in found[1]["items"]] == ["Second.", "First."]
    assert [one["text"] for one in found[1]["items"][1]["items"]] == ["Part b.", "Part a."]
    assert a.parent == one


def test_only_the_rapporteur_writes_the_chapter(room: Desk):
    told = ParagraphWords(item=item(room), origin="room", text="It was low.")
    for role in room.people.keys() - {"rapporteur"}:
        with pytest.raises(PermissionDenied):
            make(room, paragraphs, told, role)
    row = paragraph(room, "It was low.")
    for role in room.people.keys() - {"rapporteur"}:
        with pytest.raises(PermissionDenied):
            paragraphs.change(row, room.people[role], told, was=was(paragraphs, row))
        with pytest.raises(PermissionDenied):
            paragraphs.delete(row, room.people[role], was=was(paragraphs, row))
    with pytest.raises(ChangedMeanwhile):
        paragraphs.delete(row, room.people["rapporteur"], was="something else")
