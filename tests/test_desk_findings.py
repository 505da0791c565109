"""Findings at the desk: the level proposed, what each other level would be, rounds, calls, hands, pairs; who hears."""

import uuid

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from lxml import html

from dialogue.access import Eyes
from dialogue.discussion.actions import ChangedMeanwhile
from dialogue.discussion.models import Contribution, Relation
from dialogue.events.models import Session
from dialogue.live.drawing import Pointer, drawing
from dialogue.live.findings import draw_findings
from dialogue.positions import actions as positions
from dialogue.positions.actions import Taking
from dialogue.positions.agreement import agreement
from dialogue.positions.models import Count, Finding, Stance
from dialogue.rapporteur.actions import calls
from dialogue.rapporteur.actions import findings as pairs
from dialogue.rapporteur.actions.calls import Hands
from dialogue.rapporteur.actions.findings import FindingWords, findings
from dialogue.rapporteur.actions.papers import StillUsed
from dialogue.rapporteur.models import Note, NoteSubject, Paragraph, ParagraphBasis, RecommendationBasis
from dialogue.record.actions import KeyReused
from dialogue.record.models import Entry
from dialogue.report.compile import compile
from tests import records
from tests.desks import Desk, another, desk, press, words

STAFF_AND_TABLE = ("staff", "table")


@pytest.fixture
def room(db: None) -> Desk:
    return desk()


def claim(room: Desk, *basis: Contribution, level: str = "one", text: str = "It is low.", **told) -> Finding:
    """The rapporteur makes a finding."""
    said = FindingWords(
        item=room.event.items.get(key=told.pop("item", "water")), text=text, level=level, reason=told.pop("reason", ""),
        basis=tuple(one.pk for one in basis),
    )  # fmt: skip
    return findings.make(room.event, room.people["rapporteur"], said, key=told.pop("key", uuid.uuid4().hex))


def was(finding: Finding) -> str:
    return findings.standing(Finding.objects.get(pk=finding.pk)).digest


def verdict(finding: Finding) -> str:
    return agreement(finding.event).holdings[finding.pk].verdict


def since(room: Desk, before: int) -> list[tuple[str, str]]:
    """(audience, kind) of everything entered since."""
    return sorted((audience, kind) for _session, audience, kind in room.entries(before))


# ------------------------------------------------------------------ the level


def test_the_form_proposes_what_the_count_reaches_and_says_what_each_other_level_would_be(db: None):
    seats = [(f"p{n}", "participant") for n in range(9)]
    people = [records.person(key, f"Person {key}") for key, _role in seats]
    people += [records.person("rap", "Rhys Apple"), records.person("mod", "Mona Oduya")]
    room = desk(
        persons=people, sessions=[records.session(members=[*seats, ("rap", "rapporteur"), ("mod", "moderator")])]
    )
    said = [room.say(f"p{n}", f"It is low, says {n}.") for n in range(3)]
    chosen = "&".join(f"rests={one.pk}" for one in said)
    page = room.client().get(f"{room.address}finding/new/?item=water&{chosen}")
    told = words(page)
    assert "The record reaches: several participants, 3 of 9." in told
    assert 'name="level" value="several" checked' in page.text
    for level in (
        "one participant understates", "two participants understates", "some participants understates",
        "several participants holds, what the record reaches", "many participants overclaims",
        "all participants overclaims", "participants overclaims", "others overclaims", "consensus overclaims",
        "too few positions holds",
    ):  # fmt: skip
        assert level in told


def test_counting_again_takes_the_boxes_as_they_are_and_saves_nothing(room: Desk):
    one, two = room.say("ada", "It is low."), room.say("ben", "It is.")
    us = room.client()
    form = us.get(f"{room.address}finding/new/?item=water&rests={one.pk}&rests={two.pk}")
    assert "two participants, 2 of 4" in words(form)
    again = press(us, form, "Count again", rests=[one.pk], text="Half done")
    assert "one participant, 1 of 4" in words(again) and "Half done" in words(again)
    assert again.status_code == 200 and not Finding.objects.exists()


def test_a_level_beyond_the_record_makes_the_chapter_a_draft_unless_a_reason_is_given(room: Desk):
    us, said = room.client(), room.say("ada", "It is low.")
    form = us.get(f"{room.address}finding/new/?item=water&rests={said.pk}")
    board = press(us, form, "Save", text="It is low.", level="most")
    assert "overclaims" in words(board) and "makes the chapter a draft" in words(board)
    found = Finding.objects.get()
    Paragraph.objects.create(event=room.event, item=found.item, origin="room", text=f"{{{found.key}}} said so.")
    assert compile(room.event).draft
    form = us.get(f"{room.address}finding/{found.pk}/")
    assert "Without a reason the chapter stays a draft and cannot be published." in words(form)
    board = press(us, form, "Save", reason="Heads nodded all around.")
    assert "overclaims" in words(board) and "makes the chapter a draft" not in words(board)
    assert not compile(room.event).draft


def test_a_finding_on_statements_of_nobody_who_counts_is_offered_no_number_of_people(room: Desk):
    said = room.say("rap", "I think that it is low.")
    page = words(room.client().get(f"{room.address}finding/new/?item=water&rests={said.pk}"))
    assert "The record reaches: too few positions, 0 of 4." in page
    assert "one participant overclaims" in page


# ------------------------------------------------------------------ making, changing, deleting


def test_only_the_rapporteur_makes_a_finding(room: Desk):
    said = room.say("ada", "It is low.")
    told = FindingWords(item=said.item, text="It is low.", level="one", reason="", basis=(said.pk,))
    for role in room.people.keys() - {"rapporteur"}:
        with pytest.raises(PermissionDenied):
            findings.make(room.event, room.people[role], told, key="a-key-of-a-form")
    assert findings.make(room.event, room.people["rapporteur"], told, key="a-key-of-a-form") == Finding.objects.get()


def test_the_same_form_sent_twice_makes_one_finding_and_other_words_are_refused(room: Desk):
    said = room.say("ada", "It is low.")
    first, again = (claim(room, said, key="the-same-key") for _n in range(2))
    assert first == again == Finding.objects.get()
    with pytest.raises(KeyReused):
        claim(room, said, key="the-same-key", text="It is high.")
    assert Finding.objects.get().text == "It is low."


def test_a_finding_is_heard_of_at_its_table_and_drawn_anew_with_a_higher_version(room: Desk):
    found = claim(room, room.say("ada", "It is low."))
    assert since(room, 0) == [(one, "finding-made") for one in STAFF_AND_TABLE]
    assert {one.subject for one in Entry.objects.all()} == {found.pk}
    before = drawn_version(room, found)
    told = FindingWords(item=found.item, text="It is very low.", level="one", reason="", basis=())
    findings.change(found, room.people["rapporteur"], told, was=was(found))
    assert since(room, 2) == [(one, "finding-changed") for one in STAFF_AND_TABLE]
    assert drawn_version(room, found) > before
    findings.delete(found, room.people["rapporteur"], was=was(found))
    assert since(room, 4) == [(one, "finding-changed") for one in STAFF_AND_TABLE]


@pytest.mark.parametrize("blind", [False, True])
def test_who_has_answered_a_round_hears_of_a_change_as_all_others_do(room: Desk, blind: bool):
    """Nobody sees more of a blind round for having answered: nothing of it is theirs alone."""
    room.event.sessions.update(blind=blind)
    found, mod = claim(room, room.say("ada", "It is low.")), room.people["moderator"]
    calls.put_to_round(found, mod, 4, was=was(found))
    session, cleo = room.event.sessions.get(), room.people["cleo"]
    positions.take_stance(session, cleo, found, Taking("agree"), key="stance-cleo")
    before = Entry.objects.count()
    found.refresh_from_db()
    told = FindingWords(item=found.item, text=found.text, level="two", reason="So.", basis=findings.rests(found))
    findings.change(found, room.people["rapporteur"], told, was=was(found))
    calls.close_round(found, mod, 0)
    every = [(one, "finding-changed") for one in STAFF_AND_TABLE]
    assert sorted(since(room, before)) == sorted(every * 2)


def drawn_version(room: Desk, found: Finding) -> int:
    """The version that the live page draws of a finding."""
    drawn = draw_findings(room.event.sessions.get(), Eyes("table"), [found.pk])
    return int(drawn.split('data-version="')[1].split('"')[0])


def test_a_public_forum_hears_nothing_of_the_closed_tables_findings(db: None):
    room = desk(sessions=[
        records.session(members=[("rap", "rapporteur")]),
        records.session("open", access="public", kind="forum"),
    ])  # fmt: skip
    claim(room)
    assert room.entries() == [("table", "staff", "finding-made"), ("table", "table", "finding-made")]


def test_what_is_off_the_record_carries_nothing(room: Desk):
    off = room.say("ada", "Between us.", attribution="off_record")
    with pytest.raises(ValidationError, match="off the record"):
        claim(room, off)
    assert claim(room, room.say("ada", "It is low.", attribution="unnamed")).basis.count() == 1


def test_a_statement_of_another_event_carries_nothing(room: Desk, elsewhere):
    foreign = Contribution.objects.get(key="m1")
    with pytest.raises(ValidationError, match="not there any more"):
        claim(room, foreign)


def test_words_put_to_the_table_stay_and_the_level_may_change(room: Desk):
    found, us = claim(room, room.say("ada", "It is low.")), room.client()
    calls.put_to_round(found, room.people["moderator"], 4, was=was(found))
    form = us.get(f"{room.address}finding/{found.pk}/")
    assert "It is put to the table now: close the check-round before you change its words." in words(form)
    told = FindingWords(item=found.item, text="It is high.", level="one", reason="", basis=findings.rests(found))
    with pytest.raises(ValidationError, match="Close the check-round first."):
        findings.change(found, room.people["rapporteur"], told, was=was(found))
    press(us, form, "Save", level="two")
    found.refresh_from_db()
    assert (found.text, found.level) == ("It is low.", "two")


def test_amended_finding_keeps_its_earlier_wording_with_its_call_and_hands(room: Desk):
    found, us = claim(room, room.say("ada", "It is low.")), room.client()
    calls.enter_call(found, room.people["moderator"], "read_back", 4, 0, was=was(found))
    calls.enter_hands(found, room.event.sessions.get(key="table"), room.people["moderator"], Hands(4, 3, 1, 0, 0), was=was(found))
    held = agreement(room.event).holdings[found.pk].numbers
    assert (held.n, held.N) == (4, 4)
    press(us, us.get(f"{room.address}finding/{found.pk}/"), "Save", text="It is high.")
    found.refresh_from_db()
    assert (found.text, found.call, found.count, found.words_version) == ("It is high.", None, None, 2)
    [former] = found.former.all()
    assert (former.text, former.call, former.count.agree, former.words_version) == ("It is low.", "read_back", 3, 1)
    held = agreement(room.event).holdings[found.pk].numbers
    assert (held.n, held.N) == (1, 4)
    shown = words(us.get(f"{room.address}finding/{found.pk}/"))
    assert "Earlier wordings" in shown and "3 for, 1 with reservations, 0 against, 4 present" in shown


def test_finding_respelled_keeps_call_and_version(room: Desk):
    found, us = claim(room, room.say("ada", "It is low.")), room.client()
    calls.enter_call(found, room.people["moderator"], "read_back", 4, 0, was=was(found))
    press(us, us.get(f"{room.address}finding/{found.pk}/"), "Save", text="It is LOW!")
    found.refresh_from_db()
    assert (found.text, found.call, found.words_version) == ("It is LOW!", "read_back", 1)


def test_stance_on_an_amended_finding_lapses_until_it_is_kept(room: Desk):
    found, us = claim(room, room.say("ada", "It is low.")), room.client()
    table = room.event.sessions.get(key="table")
    calls.put_to_round(found, room.people["moderator"], 4, was=was(found))
    positions.take_stance(table, room.people["ben"], Finding.objects.get(pk=found.pk), Taking("agree"), key="one-two-three")
    calls.close_round(found, room.people["moderator"], 0)

    def n() -> int:
        return agreement(room.event).holdings[found.pk].numbers.n

    assert n() == 2
    press(us, us.get(f"{room.address}finding/{found.pk}/"), "Save", text="It is high.")
    assert n() == 1
    positions.take_stance(table, room.people["ben"], Finding.objects.get(pk=found.pk), Taking("keep"), key="four-five-six")
    assert n() == 2
    with pytest.raises(ValidationError, match="not put to the table now"):
        positions.take_stance(table, room.people["ben"], Finding.objects.get(pk=found.pk), Taking("agree"), key="seven-eight-nine")


def test_a_finding_is_deleted_only_when_nothing_rests_on_it(room: Desk):
    found, us = claim(room, room.say("ada", "It is low.")), room.client()
    other = claim(room, text="It is high.")
    room_item, rap = found.item, room.event.attendees.get(key="rap")
    marked = Paragraph.objects.create(event=room.event, item=room_item, origin="room", text=f"{{{found.key}}} agreed.")
    ties = [
        (marked, "1 paragraph speaks of it."),
        (ParagraphBasis.every.create(paragraph=paragraph(room), finding=found), "1 paragraph speaks of it."),
        (RecommendationBasis.every.create(recommendation=recommendation(room), finding=found), "1 recommendation rests on it."),
        (NoteSubject.every.create(note=Note.objects.create(event=room.event, attendee=rap, text="Hm."), finding=found), "1 note is about it."),
        (Relation.every.create(source_statement=room.say("ben", "No."), kind="disagrees", to_finding=found), "1 statement answers it."),
        (Stance.every.create(event=room.event, attendee=rap, finding=found, stance="agree"), "1 person took a stance on it."),
    ]  # fmt: skip
    for tie, _why in ties:
        tie.delete()
    for tie, why in ties:
        tie.save()
        with pytest.raises(StillUsed) as refused:
            findings.delete(found, room.people["rapporteur"], was=was(found))
        assert refused.value.messages == ["It cannot be deleted: something rests on it.", why]
        tie.delete()
    Finding.objects.filter(pk=other.pk).update(pair=found)
    answer = press(us, us.get(f"{room.address}finding/{found.pk}/"), "Delete")
    assert answer.status_code == 409 and "1 finding is its other half." in words(answer)
    Finding.objects.filter(pk=other.pk).update(pair=None)
    press(us, us.get(f"{room.address}finding/{found.pk}/"), "Delete")
    assert list(Finding.objects.all()) == [other]


def paragraph(room: Desk) -> Paragraph:
    return Paragraph.objects.create(event=room.event, item=room.event.items.get(key="air"), origin="room", text="So.")


def recommendation(room: Desk):
    return room.event.addressees.create(name="All").recommendations.create(event=room.event, text="Do it.")


def test_what_rested_on_a_finding_that_was_withdrawn_stays_unseen_when_its_basis_changes(room: Desk):
    gone, stays = room.say("ada", "It is low."), room.say("ben", "It is.")
    found = claim(room, gone, stays)
    Contribution.objects.filter(pk=gone.pk).update(state="withdrawn")
    press(room.client(), room.client().get(f"{room.address}finding/{found.pk}/"), "Save", reason="Ada took it back.")
    assert findings.rests(found) == (stays.pk,)
    assert Contribution.every.filter(pk=gone.pk).exists()


# ------------------------------------------------------------------ live

Shown = dict[str, tuple[int, str]]  # a finding's id -> the version and the words of what is drawn


def shown(page: str, before: Shown | None = None) -> Shown:
    """The findings of a page, or of a page after an entry's HTML: an older version never replaces a newer."""
    found = dict(before or {})
    for one in html.fragments_fromstring(page) if page.strip() else []:
        id = one.get("id").removeprefix("finding-")
        if one.get("hidden") is not None:
            found.pop(id, None)
            continue
        said = one.get_element_by_id(f"finding-said-{id}")
        version = int(said.get("data-version"))
        if version > found.get(id, (-1, ""))[0]:
            found[id] = (version, html.tostring(said, encoding="unicode"))
    return found


@pytest.mark.parametrize("blind", [False, True])
@pytest.mark.parametrize(("audience", "sees_who"), [("table", False), ("table", True), ("staff", True)])
def test_a_page_with_the_entries_of_every_deed_is_the_page_now(room: Desk, audience: str, sees_who: bool, blind: bool):
    room.event.sessions.update(blind=blind)
    session, eyes = room.event.sessions.get(), Eyes(audience, sees_who)
    rap, mod = room.people["rapporteur"], room.people["moderator"]
    one, two = room.say("ada", "Low."), room.say("ben", "Low.")
    first, second = claim(room, one, two), claim(room, text="It is high.")
    told = FindingWords(item=first.item, text="It is low now.", level="two", reason="So it seemed.", basis=(one.pk,))
    deeds = [
        lambda: claim(room, one, text="A third."),
        lambda: findings.change(first, rap, told, was=was(first)),
        lambda: calls.put_to_round(first, mod, 4, was=was(first)),
        lambda: positions.take_stance(session, room.people["cleo"], first, Taking("agree"), key="stance-1"),
        lambda: positions.take_stance(session, room.people["cleo"], first, Taking("disagree"), key="stance-2"),
        lambda: calls.close_round(first, mod, 0),
        lambda: calls.take_back_call(first, rap),
        lambda: calls.enter_call(second, mod, "consensus", 4, 1, was=was(second)),
        lambda: calls.enter_hands(second, session, mod, Hands(9, 5, 1, 2, 1), was=was(second)),
        lambda: calls.take_back_hands(second, rap),
        lambda: pairs.pair(first, second, rap, was=was(first)),
        lambda: pairs.unpair(second, rap),
        lambda: calls.take_back_call(second, rap),
        lambda: findings.delete(second, rap, was=was(second)),
    ]
    pages = [shown(draw_findings(session, eyes))]  # as they were after each deed
    for number, deed in enumerate(deeds):
        before = Entry.objects.filter(stream__audience=audience).count()
        deed()
        pages.append(heard(pages[-1], session, eyes, before))
        assert pages[-1] == shown(draw_findings(session, eyes)), number
    assert len(pages[-1]) == 2
    assert [heard(page, session, eyes, 0) for page in pages] == [pages[-1]] * len(
        pages
    )  # what is told twice changes nothing


def heard(page: Shown, session: Session, eyes: Eyes, after: int) -> Shown:
    """A page with the entries of its audience after so many."""
    new = Entry.objects.filter(stream__audience=eyes.audience).order_by("number")[after:]
    for entry in drawing(session, eyes).entries([Pointer(one.kind, one.subject, one.turn) for one in new]):
        page = shown(entry, page)
    return page


# ------------------------------------------------------------------ at the table


def test_a_check_round_is_opened_and_closed_by_the_moderator_and_counts_its_answers(room: Desk):
    found = claim(room, room.say("ada", "It is low."), level="all")
    mod, session = room.people["moderator"], room.event.sessions.get()
    with pytest.raises(ValidationError):
        positions.take_stance(session, room.people["ben"], found, Taking("agree"), key="too-early-1")
    before = Entry.objects.count()
    calls.put_to_round(found, mod, 4, was=was(found))
    found.refresh_from_db()
    assert (found.is_open, found.call, found.call_present, found.call_objections) == (True, "check_round", 4, 0)
    assert found.call_at is not None
    assert since(room, before) == [(one, "finding-changed") for one in STAFF_AND_TABLE]
    for role in ("ada", "ben", "cleo"):
        positions.take_stance(session, room.people[role], found, Taking("agree"), key=f"stance-{role}")
    assert verdict(found) == "overclaims"  # three of four have answered
    positions.take_stance(session, room.people["dev"], found, Taking("agree"), key="stance-dev")
    assert verdict(found) == "holds"
    with pytest.raises(ValidationError, match="more objections than people"):
        calls.close_round(found, mod, 5)
    calls.close_round(found, mod, 1)
    found.refresh_from_db()
    assert (found.is_open, found.call, found.call_objections) == (False, "check_round", 1)
    with pytest.raises(ValidationError, match="not put to the table"):
        calls.close_round(found, mod, 0)


@pytest.mark.parametrize("role", ["rapporteur", "moderator", "note-taker", "ada", "convenor", "observer"])
def test_who_writes_the_report_or_runs_the_table_asks_the_table(room: Desk, role: str):
    found = claim(room, room.say("ada", "It is low."))
    deeds = [
        lambda who: calls.put_to_round(found, who, 4, was=was(found)),
        lambda who: calls.close_round(found, who, 0),
        lambda who: calls.enter_call(found, who, "consensus", 4, 0, was=was(found)),
        lambda who: calls.enter_hands(found, room.event.sessions.get(), who, Hands(4, 4, 0, 0, 0), was=was(found)),
        lambda who: calls.take_back_call(found, who),
        lambda who: calls.take_back_hands(found, who),
    ]
    may = []
    for deed in deeds:
        try:
            deed(room.people[role])
            may.append(True)
        except PermissionDenied:
            may.append(False)
    assert may == [role in ("rapporteur", "moderator")] * 6


def test_the_table_is_asked_exactly_what_stood_before_who_asks(room: Desk):
    found, them = claim(room, room.say("ada", "It is low.")), room.client("moderator")
    page = them.get(f"{room.address}finding/{found.pk}/table/")
    told = FindingWords(item=found.item, text="It is high.", level="one", reason="", basis=findings.rests(found))
    findings.change(found, room.people["rapporteur"], told, was=was(found))
    answer = press(them, page, "Put it to the table")
    assert answer.status_code == 409 and "It was changed meanwhile." in words(answer) and "It is high." in words(answer)
    assert not Finding.objects.get().is_open
    press(them, answer, "Put it to the table")
    assert Finding.objects.get().is_open


@pytest.mark.parametrize(
    ("kind", "level", "objections", "told"),
    [
        ("read_back", "no_objection", 0, "holds"), ("read_back", "no_objection", 1, "overclaims"),
        ("consensus", "consensus", 0, "holds"), ("read_back", "consensus", 0, "overclaims"),
    ],
)  # fmt: skip
def test_a_read_back_or_a_call_bears_a_level_out_where_nobody_kept_up_an_objection(
    room: Desk, kind: str, level: str, objections: int, told: str
):
    found, them = claim(room, room.say("ada", "It is low."), level=level), room.client("moderator")
    page = them.get(f"{room.address}finding/{found.pk}/table/")
    answer = press(them, page, "Enter it", kind=kind, present=4, objections=objections)
    assert "It is entered." in words(answer)
    assert verdict(found) == told


def test_a_call_is_not_entered_while_a_round_runs_and_a_mistaken_one_is_taken_back(room: Desk):
    found, mod = claim(room, room.say("ada", "It is low.")), room.people["moderator"]
    calls.put_to_round(found, mod, 4, was=was(found))
    with pytest.raises(ValidationError, match="already"):
        calls.put_to_round(found, mod, 4, was=was(found))
    with pytest.raises(ValidationError, match="Close the check-round first"):
        calls.enter_call(found, mod, "consensus", 4, 0, was=was(found))
    calls.take_back_call(found, mod)
    found.refresh_from_db()
    assert (found.call, found.is_open, found.call_present) == (None, False, None)


def test_hands_are_the_count_of_their_finding_and_are_corrected_in_place(room: Desk):
    found, them = claim(room, room.say("ada", "It is low."), level="many"), room.client("moderator")
    address = f"{room.address}finding/{found.pk}/table/"
    numbers = {"agree": 9, "reservations": 1, "disagree": 4, "abstain": 2}
    before = Entry.objects.count()
    answer = press(them, them.get(address), "Enter the show of hands", present=18, **numbers)
    assert "many participants, 10 of 18" in words(answer) and "a count, without names" in words(answer)
    count = Count.objects.get()
    assert (count.question, count.kind, count.item, count.session.key) == ("It is low.", "hands", found.item, "table")
    assert since(room, before) == sorted(
        (who, kind) for who in STAFF_AND_TABLE for kind in ("count-entered", "finding-changed")
    )
    press(them, them.get(address), "Correct the numbers", agree=10)
    assert Count.objects.get().agree == 10 and Count.objects.get().pk == count.pk
    assert compile(room.event)
    press(them, them.get(address), "Take it back: it was entered by mistake")
    found.refresh_from_db()
    assert found.count is None and not Count.objects.exists()


def test_more_hands_than_people_are_refused_and_the_numbers_stay_in_the_form(room: Desk):
    found, them = claim(room), room.client("moderator")
    page = them.get(f"{room.address}finding/{found.pk}/table/")
    answer = press(them, page, "Enter the show of hands", present=5, agree=3, reservations=2, disagree=1, abstain=0)
    assert answer.status_code == 422 and "There are more hands than people." in words(answer)
    assert 'name="agree" value="3"' in answer.text and not Count.objects.exists()


def test_hands_are_raised_at_one_of_several_tables(db: None):
    room = desk(sessions=[records.session("table", title="First"), records.session("other", title="Second")])
    for session in ("table", "other"):
        another(room, "rapporteur", session)
    found, us = claim(room), room.client()
    page = us.get(f"{room.address}finding/{found.pk}/table/")
    numbers = {"agree": 1, "reservations": 0, "disagree": 0, "abstain": 0}
    press(us, page, "Enter the show of hands", present=2, session="other", **numbers)
    assert Count.objects.get().session.title == "Second"


# ------------------------------------------------------------------ pairs


def test_a_pair_says_some_and_others_and_each_half_hears_of_the_other(room: Desk):
    us = room.client()
    low = claim(room, room.say("ada", "Low."), room.say("ben", "Low."))
    high = claim(room, room.say("cleo", "High."), room.say("dev", "High."), text="It is high.")
    before = Entry.objects.count()
    page = press(us, us.get(f"{room.address}finding/{low.pk}/"), "Make them a pair", other=high.pk)
    for one in (low, high):
        one.refresh_from_db()
    assert (low.level, high.level, low.pair, high.pair) == ("some", "others", high, low)
    assert verdict(low) == verdict(high) == "holds"
    told = Entry.objects.order_by("pk")[before:]
    assert {(one.subject, one.stream.audience) for one in told} == {
        (one.pk, audience) for one in (low, high) for audience in STAFF_AND_TABLE
    }
    assert "some participants holds" in words(page)
    press(us, page, "Loosen the pair")
    low.refresh_from_db()
    assert (low.pair, verdict(low)) == (None, "overclaims")  # two are not some


def test_a_new_pair_loosens_the_old_one(room: Desk):
    one, two, three = (claim(room, text=f"Finding {n}.") for n in range(3))
    rap = room.people["rapporteur"]
    pairs.pair(one, two, rap, was=was(one))
    pairs.pair(three, two, rap, was=was(three))
    assert list(Finding.objects.order_by("position").values_list("pair__text", flat=True)) == [
        None, "Finding 2.", "Finding 1.",
    ]  # fmt: skip
    with pytest.raises(ValidationError, match="no pair with itself"):
        pairs.pair(one, one, rap, was=was(one))
    with pytest.raises(ChangedMeanwhile):
        pairs.pair(one, two, rap, was="another")
    with pytest.raises(PermissionDenied):
        pairs.unpair(three, room.people["moderator"])
