"""An anonymous room: N is fixed, bars come when a collection closes and then stay, small numbers are told nowhere."""

import contextlib
import io
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.utils import timezone
from opened import FORMATS, OPEN, squeezed, written

from dialogue.convening.actions import people, sessions
from dialogue.convening.spreadsheet import Row
from dialogue.discussion import actions as discussion
from dialogue.discussion.models import Contribution
from dialogue.events.models import Event, Membership, Session
from dialogue.management.commands import check_record
from dialogue.people.models import Person
from dialogue.positions.agreement import agreement
from dialogue.positions.agreement_words import phrase
from dialogue.positions.bars import Numbers as Drawn
from dialogue.positions.bars import count_words, drawn, of_position, without_few
from dialogue.positions.models import Finding, Stance
from dialogue.positions.quantifiers import Claim, Numbers, reached, thresholds, verdict
from dialogue.rapporteur.actions import assent, calls
from dialogue.rapporteur.actions.findings import findings
from dialogue.rapporteur.models import Paragraph
from dialogue.report.actions import CannotPublish, ready
from dialogue.report.compile import compile
from dialogue.report.material import gather
from dialogue.roundtable import actions as roundtable
from tests.forms import of, page, stand
from tests.reseated import reseat
from tests.tables import LiveTable
from tests.test_room import facts, frames, record, room

pytestmark = pytest.mark.django_db

SCALE = thresholds(None)
ANYONE = ("participant", "second-participant", "observer")


@pytest.fixture
def table() -> LiveTable:
    """Five participants and Ada's position, on which Ben agrees and Cleo does not."""
    made = room("unnamed", names="hidden")
    made.event.sessions.update(moderator_counts="never")
    made.say("participant", "p1", "position")
    return made


def take(table: LiveTable, on: Any, **stances: str) -> None:
    """People answer on a position (by its name) or a finding."""
    target = {"contribution": table.said[on]} if isinstance(on, str) else {"finding": on}
    for place, (who, stance) in enumerate(stances.items()):
        holder = table.attendee(who)
        Stance.every.create(event=table.event, attendee=holder, stance=stance, position=place, **target)


def come_late(table: LiveTable, who: str) -> None:
    """Their seat began after the items that are open now."""
    seat = Membership.objects.filter(session=table.session(), attendee__key=who)
    seat.update(started_at=timezone.now())


def claimed(table: LiveTable, level: str, *basis: str) -> Finding:
    """A finding on water that a paragraph of the chapter claims."""
    found = Finding.objects.create(
        event=table.event, item=table.item("water"), session=table.session(), text="It is low.", level=level,
        position=Finding.objects.count(),
    )  # fmt: skip
    for name in basis:
        found.basis.create(contribution=table.said[name])
    Paragraph.objects.create(
        event=table.event, item=table.item("water"), origin="room", text=f"{{{{{found.key}}}}} hold that it is low.",
        position=Paragraph.objects.count(),
    )  # fmt: skip
    return found


# ------------------------------------------------------------------ small numbers, from numbers alone


def few(n: int, of: int = 10, **more: Any) -> Numbers:
    return Numbers(n=n, N=of, T=n, answers=n, is_anonymous=True, **more)


@pytest.mark.parametrize(
    ("level", "numbers", "english", "french"),
    [
        ("one", few(1), "some participants, fewer than three of ten", "certains participants, moins de trois sur dix"),
        ("two", few(2), "some participants, fewer than three of ten", "certains participants, moins de trois sur dix"),
        ("some", few(0), "some participants, fewer than three of ten", "certains participants, moins de trois sur dix"),
        ("several", few(3), "several participants, three of ten", "plusieurs participants, trois sur dix"),
        ("several", few(3, reservations=1),
         "several participants, three of ten, fewer than three of them with reservations",
         "plusieurs participants, trois sur dix, dont moins de trois avec réserves"),
        ("one", few(1, reservations=1), "some participants, fewer than three of ten, support with reservations",
         "certains participants, moins de trois sur dix, appuis avec réserves"),
        ("two", few(2, reservations=1), "some participants, fewer than three of ten, support with reservations",
         "certains participants, moins de trois sur dix, appuis avec réserves"),
        ("divided", few(4, opposed=2),
         "views were divided, four of ten in support, fewer than three against",
         "les avis étaient partagés, quatre sur dix pour, moins de trois contre"),
        ("too_few", few(2), "too few positions to characterise, fewer than three of ten took a position",
         "trop peu de prises de position, moins de trois sur dix ont pris position"),
        ("all", few(4, 4), "all four participants", "tous les participants, au nombre de quatre"),
    ],
)  # fmt: skip
def test_words_of_an_anonymous_room_tell_no_number_of_one_or_two(
    level: str, numbers: Numbers, english: str, french: str
):
    for language, told in (("en", english), ("fr", french)):
        assert str(phrase(level, numbers, language)) == told


def test_levels_of_one_and_two_people_are_some():
    """What one person reaches, two do, and nothing between them is another verdict."""
    for n in (1, 2):
        assert reached(Claim("one"), few(n), SCALE) == "some"
        told = {level: verdict(Claim(level), few(n, 5), SCALE) for level in ("one", "two", "some", "several", "most")}
        assert told == dict.fromkeys(("one", "two", "some"), "holds") | dict.fromkeys(("several", "most"), "overclaims")
    assert verdict(Claim("one"), few(3), SCALE) == "understates"
    for n, at in ((2, "overclaims"), (3, "holds")):
        assert verdict(Claim("participants"), few(n, 4), SCALE) == at
    assert verdict(Claim("participants"), Numbers(n=2, N=4), SCALE) == "holds", "the control: a room with names"


def test_words_of_a_bar_say_whether_there_are_objections():
    assert count_words("some", few(2)) == "some, fewer than three of 10, objections: no"
    assert count_words("many", few(5, opposed=1, against=1)) == (
        "many, 5 of 10, objections: yes, fewer than three against"
    )
    assert count_words("many", few(5, opposed=4, against=4, reservations=2)) == (
        "many, 5 of 10, fewer than three of them with reservations, objections: yes, 4 against"
    )
    told = {count_words("many", few(5, opposed=3, against=against, is_disputed=True)) for against in (3, 4, 5)}
    assert told == {"many, 5 of 10, objections: yes, 3 against, also in statements"}
    assert count_words("many", few(5, against=2)) == "many, 5 of 10, objections: yes, in statements"
    assert count_words("one", Numbers(n=1, N=10, against=1)) == "one, 1 of 10, 1 against", "the control"


def test_cells_of_a_bar_are_the_same_for_one_and_for_two():
    for numbers in ((1, 0, 2, 1, 6), (2, 0, 1, 2, 5), (1, 1, 0, 0, 8)):
        bar = without_few(Drawn(*numbers, words="some"))
        assert (bar.support, bar.reservations, bar.opposed, bar.abstained, bar.silent) == (0, 0, 0, 0, 10)
        assert drawn(bar).label == "some"
    bar = without_few(Drawn(3, 2, 4, 1, 0))
    assert (bar.support, bar.reservations, bar.opposed, bar.abstained, bar.silent) == (5, 0, 4, 0, 1)
    assert drawn(bar).label == "5 support, 4 oppose"
    bar = without_few(Drawn(3, 4, 0, 3, 0))
    assert (bar.support, bar.reservations, bar.opposed, bar.abstained, bar.silent) == (3, 4, 0, 3, 0)


# ------------------------------------------------------------------ a collection


def test_bar_appears_when_the_collection_closes_and_stays(table: LiveTable):
    take(table, "p1", ben="agree", cleo="disagree")
    Contribution.objects.filter(pk=table.said["p1"].pk).update(voices=2)
    veiled = page(table, "observer")
    assert "Result shown when the round closes." in veiled and "of 5 support" not in veiled
    table.open_stances("moderator", "p1")
    told = "fewer than three of 5 support, objections: yes, fewer than three against"
    french = "moins de trois sur 5 pour, objections\u00a0: oui, moins de trois contre"
    for role in (*ANYONE, "rapporteur"):
        for shown in (page(table, role), record(table, role), of(table, role, table.said["p1"])):
            assert told in shown, role
        bar = page(table, role).partition(f'id="bar-{table.said["p1"].pk}"')[2].partition("</div>")[0]
        assert re.findall(r"cell (\w+)", bar) == ["silent"] * 5
        assert 'data-version="1048576"' in bar, "not how many have answered"
    Person.objects.filter(pk=table.person("observer").pk).update(language="fr")
    assert french in page(table, "observer")
    answer = stand(table, "second-participant", table.said["p1"], "disagree")
    assert (answer.status_code, "The answers on this position are closed" in answer.text) == (400, True)
    with pytest.raises(ValidationError, match="state another position"):
        table.amend("participant", "p1")
    table.say("second-participant", "d1", "comment", ("disagrees", "p1"))
    assert told + ", also in statements" in page(table, "participant")


def test_bar_is_the_same_whoever_its_author_is_and_whoever_answered(table: LiveTable):
    """The moderator is not counted, a newcomer came too late: neither shows on what they say."""
    key = people.take_in(table.session(), table.person("convenor"), [Row(1, "Nia Comer")])[0].key
    table.say("moderator", "p2", "position")
    table.said["p3"] = Contribution.every.get(pk=table.say("participant", "p3", "position").pk)
    table.said["p3"].authorship.delete()
    type(table.said["p3"].authorship).objects.create(contribution=table.said["p3"], attendee=table.attendee(key))
    take(table, "p2", cleo="agree")
    counted = agreement(table.event)
    bars = [of_position(counted, table.said[name].pk) for name in ("p1", "p2", "p3")]
    assert bars[0] is not None and bars[0] == bars[1] == bars[2]
    assert bars[0].words == "fewer than three of 5 support, objections: no"


def test_stances_reach_nobody_below_the_staff_before_it_closes(table: LiveTable):
    before = [frames(table, role) for role in ("participant", "observer")]
    table.stand("second-participant", "p1", "disagree", "It rained.")
    assert [frames(table, role) for role in ("participant", "observer")] == before
    assert "1 of 5 have answered" in page(table, "rapporteur") or "have answered" in page(table, "rapporteur")
    assert "It rained." not in of(table, "observer", table.said["p1"])


def test_close_of_the_sitting_closes_every_collection(table: LiveTable):
    take(table, "p1", ben="agree")
    table.close()
    assert "fewer than three of 5 support" in page(table, "observer")
    Contribution.every.update(stances_open=False)
    assert "fewer than three of 5 support" in page(table, "observer"), "a record that was loaded says it is closed"


# ------------------------------------------------------------------ N


def test_n_is_the_seats_when_the_item_was_opened(table: LiveTable):
    def n(item: str = "water") -> int:
        return len(agreement(table.event).counted(table.item(item).pk, table.said["p1"].pk))

    by, at = table.person("convenor"), table.session()
    assert n() == 5
    people.take_in(at, by, [Row(1, "Nia Comer")])
    people.remove(table.attendee("dev"), by)
    people.replace(table.attendee("eve"), by, people.Facts("Ned Wcomer"))
    reseat(at, table.attendee("cleo"), "observer", by)
    table.say("moderator", "m1", "position")
    assert n() == 5
    table.run("close_item", "water")
    table.run("open_item", "water")
    assert n() == 5, "opened again"
    table.run("open_item", "air")
    assert n("air") == 4, "Ada, Ben, and two who came"
    found = claimed(table, "some", "p1")
    calls.put_to_round(found, table.person("rapporteur"), 5, was=findings.standing(found).digest)
    assert agreement(table.event).holdings[found.pk].numbers.N == 5
    Session.objects.update(names_in_room="as_rule")
    assert n() == 6, "the control: in a room that follows the rule comings and goings show"


def test_who_came_after_the_item_was_opened_is_not_asked(table: LiveTable):
    come_late(table, "ben")
    answer = stand(table, "second-participant", table.said["p1"], "agree")
    assert (answer.status_code, "before you had a seat" in answer.text) == (400, True)


def test_what_is_not_done_in_an_anonymous_room(table: LiveTable):
    """Hands, attendance, assent, spans, and words off the record: each would tell of somebody."""
    at, mod, rap = table.session(), table.person("moderator"), table.person("rapporteur")
    found = claimed(table, "some", "p1")
    with pytest.raises(ValidationError, match="no hands are raised here"):
        calls.enter_hands(found, at, rap, calls.Hands(5, 1, 0, 0, 0), was=findings.standing(found).digest)
    with pytest.raises(ValidationError, match="nobody notes who nods here"):
        assent.enter_assent(table.said["p1"], rap, 3, 5)
    with pytest.raises(ValidationError, match="who had a seat when an item was opened"):
        roundtable.mark_away(at, mod, table.attendee("eve"), table.item("air"))
    with pytest.raises(ValidationError, match="nobody is named for anything"):
        discussion.open_span(at, rap, "chatham_house")
    with pytest.raises(ValidationError, match="nothing is off the record here"):
        table.say("participant", "o1", attribution="off_record")
    shown = page(table, "participant")
    assert "off_record" not in shown and "Attendance" not in shown
    assert not {one for one in ("Mark away", 'value="span"', "Said by") if one in page(table, "rapporteur")}


# ------------------------------------------------------------------ findings


def test_finding_is_shown_when_its_round_is_over(table: LiveTable):
    """Before that, its numbers would move with each statement that it rests on."""
    found = claimed(table, "one", "p1")
    address = f"/events/{table.event.slug}/agreement/"
    assert "not shown yet" in table.client("participant").get(address).text
    assert "fewer than three of 5" in table.client("rapporteur").get(address).text
    for role in ("participant", "rapporteur"):
        chapter = table.client(role).get(f"/events/{table.event.slug}/chapter/").text
        assert "It is low" in chapter and not re.search("three of 5|three of five", chapter), role
    with pytest.raises(CannotPublish, match="hold a check-round on it, or close the session"):
        ready(Event.objects.get())
    with contextlib.suppress(SystemExit):
        call_command("check_record", table.event.slug, stdout=(told := io.StringIO()))
    assert "not shown before the round" in told.getvalue()
    calls.put_to_round(found, table.person("rapporteur"), 5, was=findings.standing(found).digest)
    table.stand("second-participant", Finding.objects.get(), "disagree", "It rained.")
    calls.close_round(Finding.objects.get(), table.person("rapporteur"), 1)
    told = "some participants, fewer than three of 5, objections: yes, fewer than three against"
    for role in ("participant", "observer"):
        shown = table.client(role).get(address).text
        assert told in shown and "check-round, objections: yes" in shown, role
        assert not re.search(r"\b[12] (of|objection|against|oppose|support)|one participant", shown), role
        assert told in page(table, role)
        version = re.search(rf'finding-said-{found.pk}"[^>]*data-version="(\d+)"', page(table, role))
        assert version and int(version[1]) % (1 << 20) == 0, "not how many have answered"
    with pytest.raises(ValidationError, match="not put to the table"):
        table.stand("participant", Finding.objects.get(), "disagree")


@pytest.mark.parametrize("format", FORMATS)
def test_report_tells_no_number_of_one_or_two(table: LiveTable, format: str):
    table.say("second-participant", "p2", "position")
    found = claimed(table, "two", "p1", "p2")
    take(table, found, cleo="disagree")
    table.close()
    for language, some in (("en", "Some participants"), ("fr", "Certains participants")):
        Event.objects.update(language=language)
        if format not in OPEN:
            continue
        told = squeezed(OPEN[format](written(compile(Event.objects.get()), format)).text)
        assert squeezed(some) in told
        assert not re.search("(?i)twoparticipantsout|deuxparticipantssur|2(of|sur)5|1(against|contre)", told)


def test_check_record_tells_no_number_of_one_or_two(table: LiveTable):
    claimed(table, "one", "p1")
    table.close()
    material = gather(Event.objects.get(), None, None)
    (finding,) = material.record["findings"]
    told = check_record.row(finding, material.holdings[finding["id"]])
    assert (told["claimed"], told["n"], told["N"], check_record.n_of(told)) == ("some", None, 5, "fewer than three")
    Session.objects.update(names_in_room="as_rule")
    material = gather(Event.objects.get(), None, None)
    assert check_record.row(finding, material.holdings[finding["id"]])["n"] == 1, "the control"


# ------------------------------------------------------------------ becoming anonymous


def change(table: LiveTable, **to: str) -> None:
    sessions.change_session(table.session(), table.person("convenor"), facts(table, **to))


def test_room_whose_moderator_counts_when_speaking_becomes_anonymous():
    """From then on the moderator is counted: without them a disagreement of theirs would be lost."""
    table = room("unnamed", names="as_rule")
    table.say("participant", "p1", "position")
    table.found["f"] = found = claimed(table, "some", "p1")
    table.say("moderator", "d1", "comment", ("disagrees", "f"))
    table.say("moderator", "p2", "position")
    people.take_in(table.session(), table.person("convenor"), [Row(1, "Nia Comer")])

    def counted() -> tuple[int, int]:
        told = agreement(table.event).holdings[found.pk].numbers
        return told.against, told.N

    assert counted() == (1, 7)
    before = Event.objects.get().epoch
    with pytest.raises(ValidationError, match="Choose yes"):
        change(table, names_in_room="hidden", moderator_counts="never")
    change(table, names_in_room="hidden", moderator_counts="when_speaking")
    assert (table.session().moderator_counts, counted()) == ("always", (1, 6))
    assert Event.objects.get().epoch != before, "pages are fetched anew"
    assert "Result shown when the round closes." in page(table, "observer")


def test_room_in_which_nothing_was_said_chooses_whether_its_moderator_counts():
    table = room("unnamed", names="as_rule")
    table.session().runs.all().delete()
    with pytest.raises(ValidationError, match="Choose whether the moderator is counted"):
        change(table, names_in_room="hidden", moderator_counts="when_speaking")
    change(table, names_in_room="hidden", moderator_counts="never")
    assert table.session().moderator_counts == "never"


def test_dissent_of_a_newcomer_outlasts_that_the_room_becomes_anonymous():
    table = room("unnamed", names="as_rule")
    table.event.sessions.update(moderator_counts="never")
    come_late(table, "ben")
    table.found["f"] = found = claimed(table, "some")
    table.say("second-participant", "d1", "comment", ("disagrees", "f"))
    take(table, found, eve="disagree")
    change(table, names_in_room="hidden", moderator_counts="never")
    told = agreement(table.event).holdings[found.pk].numbers
    assert (told.against, told.opposed, told.N) == (2, 1, 4)
    with pytest.raises((ValidationError, PermissionDenied)):
        change(table, names_in_room="as_rule")
