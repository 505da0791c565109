"""Whose names a room shows: to those who are in it, while the session is open, and to nobody else."""

import datetime
import json
import pathlib
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from dialogue import restricter as restricting
from dialogue.access import Eyes, eyes, own_eyes, reader
from dialogue.archive.dump import dump
from dialogue.convening.actions import events, sessions
from dialogue.discussion.models import Contribution
from dialogue.due import actions as due
from dialogue.due.models import Due
from dialogue.events.models import Event, Membership, Session, new_epoch
from dialogue.live import doors, news, presence
from dialogue.live.wire import payload_of
from dialogue.people.models import Person
from dialogue.record.models import Entry
from dialogue.report.compile import compile
from dialogue.report.formats import write
from dialogue.roundtable import actions as roundtable
from tests.forms import do, of, page, run, saved, say, stand
from tests.tables import NAMES, LiveTable, seated

pytestmark = pytest.mark.django_db

ADA, BEN, CLEO = NAMES["ada"], NAMES["ben"], NAMES["cleo"]
IN_ROOM = ("participant", "second-participant", "observer", "moderator", "rapporteur", "convenor")
STRICT = ("role", "unnamed", "chatham_house")
LINE = "This page shows names: do not photograph or save it."


def room(regime: str = "chatham_house", names: str = "shown", at: str = "table") -> LiveTable:
    """A table whose room shows names, with an open item."""
    table = seated(regime, at=at)
    table.event.sessions.filter(access="closed").update(names_in_room=names)
    table.run("open_item", "water")
    return table


def anew() -> None:
    """Another event with the same people."""
    Event.objects.all().delete()
    Person.objects.all().delete()


def spoken(table: LiveTable) -> Contribution:
    """Ada says something, and Ben answers."""
    first = saved(say(table, "participant", "The river is low.", kind="position"))
    saved(say(table, "second-participant", "It rained.", relation=["disagrees"], to=[str(first.pk)]))
    return first


def record(table: LiveTable, role: str) -> str:
    return table.client(role).get(f"/events/{table.event.slug}/record/").text


def close(table: LiveTable, role: str = "moderator", hours: int = 0) -> None:
    roundtable.close_session(table.session(), table.person(role), hours)


def later(table: LiveTable, **passed: float) -> None:
    """So much time has passed since the close."""
    for one in table.event.sessions.exclude(closed_at=None):
        gone = datetime.timedelta(**passed)
        until = one.names_until and one.names_until - gone
        Session.objects.filter(pk=one.pk).update(closed_at=one.closed_at - gone, names_until=until)


# ------------------------------------------------------------------ while it is open


@pytest.mark.parametrize("regime", STRICT)
def test_room_shows_names_to_those_who_are_in_it(regime: str):
    """Seen: seven statements by four people who sit together all read “one participant”."""
    table = room(regime)
    spoken(table)
    for role in IN_ROOM:
        own = {"participant": ADA, "second-participant": BEN}.get(role, "")
        for shown in (page(table, role), record(table, role)):
            assert {one for one in (ADA, BEN) if one in shown} == {ADA, BEN} - {own}, role
        assert LINE in page(table, role), role


@pytest.mark.parametrize("regime", STRICT)
def test_room_that_follows_the_rule_names_nobody(regime: str):
    table = room(regime, names="as_rule")
    spoken(table)
    for role in ("participant", "second-participant", "observer"):
        assert not {one for one in (ADA, BEN) if one in page(table, role) + record(table, role)}, role
        assert LINE not in page(table, role)


def test_rule_stands_on_the_page_in_both_languages():
    lines = {
        "named": ("Named: what you say is reported with your name.", "Nominatif"),
        "role": ("By role:", "Selon le rôle"),
        "unnamed": ("Without names:", "Sans noms"),
        "chatham_house": (f"Chatham House Rule: use what is said, never who said it. {LINE}", "Règle de Chatham House"),
    }
    for place, (regime, (english, french)) in enumerate(lines.items()):
        anew()
        table = room(regime)
        assert english in page(table, "observer"), place
        Person.objects.filter(pk=table.person("observer").pk).update(language="fr")
        assert french in page(table, "observer")


def test_nobody_outside_the_room_reads_a_name():
    """The forum's public page and staff, a visitor, another event's moderator; the record, the report, its files."""
    table = room()
    spoken(table)
    address = f"/events/{table.event.slug}/"
    for role in ("visitor", "panelist", "mallory"):
        client = table.client(role)
        for where in ("", "record/", "table/forum/", "table/table/", "agreement/"):
            shown = client.get(address + where).text
            assert ADA.split()[-1] not in shown and BEN.split()[-1] not in shown, (role, where)
    told = write(compile(Event.objects.get(pk=table.event.pk)), "json").decode()
    assert ADA.split()[-1] not in told and BEN.split()[-1] not in told


def test_paper_follows_the_rule_and_not_the_room():
    """Each name that only the room reads stands where the print style takes it off, beside what the rule prints."""
    table = room()
    spoken(table)
    for shown in (page(table, "observer"), record(table, "observer")):
        assert f'<b class="who in-room">{ADA}</b><b class="unnamed on-paper">one participant</b>' in shown
        assert '<span class="in-room">Lovelladq</span><span class="on-paper">one participant</span>' in shown
        assert shown.count(ADA) == shown.count(f'in-room">{ADA}')
    style = pathlib.Path("static/css/layout.css").read_text()
    printed = style.partition("@media print")[2]
    assert ".in-room" in printed and "display: none !important" in printed and ".on-paper" in printed


def test_what_one_person_says_in_a_row_is_not_joined_for_the_room():
    """On paper it would be one person's."""
    table = room()
    first = saved(say(table, "participant", "The river is low."))
    saved(say(table, "participant", "And warm.", relation=["builds_on"], to=[str(first.pk)]))
    assert 'class="statement continues"' not in record(table, "observer")
    anew()
    named = room("named")
    first = saved(say(named, "participant", "The river is low."))
    saved(say(named, "participant", "And warm.", relation=["builds_on"], to=[str(first.pk)]))
    assert 'class="statement continues"' in record(named, "observer"), "the control"


def test_room_shows_no_time_of_a_statement():
    table = room()
    spoken(table)
    assert "<time" not in page(table, "observer").partition('id="discussion"')[2]


def test_whoever_has_the_floor_is_named_in_the_room_and_told_so_in_every_setting():
    for names in ("shown", "as_rule"):
        anew()
        table = room(names=names)
        run(table, "moderator", "floor", for_="ada", item="water")
        assert "You have the floor." in page(table, "participant")
        for role in ("second-participant", "observer"):
            shown = page(table, role)
            assert (f'<b class="who">{ADA}</b> has the floor since' in shown) is (names == "shown"), role
            assert "A participant has the floor." in shown, "on paper, or on the page"
        kinds = Entry.objects.filter(stream__audience=f"person:{table.person('participant').pk}")
        assert list(kinds.values_list("kind", flat=True)) == ["floor-given"]
        run(table, "moderator", "floor", for_="ben", item="water")
        assert [one.kind for one in kinds.order_by("number")] == ["floor-given", "floor-given"], "theirs has ended"
        assert "You have the floor." not in page(table, "participant")


def test_presence_is_by_name_in_the_room():
    table = room()
    people = [table.person(role).pk for role in ("participant", "second-participant", "panelist", "observer")]
    drawn = presence.draw(table.session(), people, sees_names=True)
    assert {one for one in NAMES.values() if one in drawn} == {ADA, BEN} and "2 more are here." in drawn
    assert ADA not in presence.draw(table.session(), people, sees_names=False)


def test_statement_written_with_a_stricter_wish_has_no_name_in_the_room():
    """One that was taken down from speech was heard, and has."""
    table = room("role")
    table.event.attendees.filter(key="ada").update(prefers="unnamed")
    saved(say(table, "participant", "Written."))
    assert ADA not in page(table, "observer")
    said = table.write_down("rapporteur", "ada", "r1")
    assert Contribution.objects.get(pk=said.pk).attribution == "unnamed"
    assert page(table, "observer").count(f'in-room">{ADA}') == 1


def frames(table: LiveTable, role: str) -> str:
    """Everything that one of the cast is told of the table, from its beginning."""
    who, session = reader(table.people[role], table.event), table.session()
    heard = doors.listening(who, session, doors.streams_heard([(session, who)]))
    told = [
        payload_of(frame)
        for one in heard
        for _number, frame in news.missed(session.pk, one.stream, news.Manner(one.eyes, "en"), 0, 1 << 62, 1000)
    ]
    return " ".join(json.loads(one)["html"] for one in told)


@pytest.mark.parametrize(("names", "is_named"), [("shown", True), ("as_rule", False), ("hidden", False)])
def test_frames_name_whom_the_page_names(names: str, is_named: bool):
    table = room(names=names)
    spoken(table)
    assert (ADA in frames(table, "observer")) is is_named
    assert ADA in frames(table, "rapporteur")


def test_eyes_of_the_public_are_never_in_the_room():
    table = room()
    table.event.sessions.filter(key="forum").update(names_in_room="shown")
    forum = table.session("forum")
    for role in ("visitor", "panelist", "moderator"):
        assert not eyes(reader(table.people[role], table.event), forum).in_room, role


# ------------------------------------------------------------------ when it closes


def test_close_takes_the_names_from_members_and_observers_and_leaves_them_to_the_staff():
    table = room()
    spoken(table)
    run(table, "moderator", "floor", for_="ada", item="water")
    close(table)
    for role in ("participant", "second-participant", "observer"):
        shown = page(table, role) + record(table, role) + frames(table, role)
        assert not {one for one in (ADA, BEN) if one in shown}, role
        assert LINE not in shown and "The session is closed." in shown
    assert '<b class="who">you</b>' in record(table, "participant"), "one's own are marked as one's own"
    for role in ("moderator", "rapporteur", "convenor"):
        assert ADA in record(table, role), role
    assert not table.session().openings.filter(closed_at=None).exists()


def test_convenor_may_let_members_see_names_for_a_day_and_no_longer():
    table = room()
    spoken(table)
    close(table, "convenor", hours=24)
    assert ADA in record(table, "second-participant") and ADA in page(table, "second-participant")
    assert ADA not in record(table, "observer") + page(table, "observer"), "observers lose it at the close"
    later(table, hours=24, seconds=1)
    assert ADA not in record(table, "second-participant") + page(table, "second-participant")


def test_members_see_names_no_longer_than_a_day_and_by_nobody_but_the_convenor():
    table = room()
    with pytest.raises(PermissionDenied, match="Only the convenor lets members see names after the session"):
        close(table, "moderator", hours=1)
    for hours in (25, -1):
        with pytest.raises(ValidationError, match="24 hours at most"):
            close(table, "convenor", hours=hours)
    with pytest.raises(PermissionDenied):
        close(table, "participant")
    assert not table.session().is_over


def test_open_pages_are_reset_at_the_close_and_when_the_day_is_over():
    table = room()
    spoken(table)
    client = table.client("second-participant")
    knock = doors.Knock(client.cookies["sessionid"].value, table.session().pk, "en")

    def admitted() -> doors.Admission:
        (answer,) = doors.admissions([knock])
        assert isinstance(answer, doors.Admission)
        return answer

    before = admitted()
    close(table, "convenor", hours=2)
    kept = admitted()
    assert (kept.epoch != before.epoch, kept.access_epoch > before.access_epoch) == (True, True)
    work = Due.objects.get(kind="names-end")
    assert work.due_at == table.session().names_until
    later(table, hours=3)
    Due.objects.filter(pk=work.pk).update(due_at=timezone.now())
    while due.work():
        pass
    after = admitted()
    assert after.epoch != kept.epoch and after.access_epoch > kept.access_epoch
    assert (before.streams == kept.streams, kept.streams == after.streams) == (True, False)
    assert not after.lost_against(kept), "they stay, and fetch the page again"


def test_closed_session_opens_nothing_until_it_is_reopened():
    table = room()
    close(table)
    with pytest.raises(ValidationError, match="The session is closed. Reopen it first."):
        table.run("open_item", "water")
    with pytest.raises(ValidationError, match="The session is closed"):
        table.run("give_floor", "ada", "water")
    roundtable.reopen_session(table.session(), table.person("moderator"))
    table.run("open_item", "water")
    spoken(table)
    assert ADA in page(table, "observer")


def test_names_come_back_within_a_day_and_never_later():
    table = room()
    spoken(table)
    close(table)
    later(table, hours=25)
    roundtable.reopen_session(table.session(), table.person("convenor"))
    assert table.session().names_in_room == "as_rule"
    assert ADA not in page(table, "observer")


def test_off_the_record_is_erased_with_the_close():
    table = room()
    said = saved(say(table, "participant", "Between us.", attribution="off_record"))
    close(table)
    assert Contribution.every.get(pk=said.pk).state == "erased"


def test_names_that_stay_after_the_close_would_be_read(monkeypatch: pytest.MonkeyPatch):
    """The control: where closing changes nobody's eyes, everybody goes on reading names."""
    table = room()
    spoken(table)
    close(table)
    monkeypatch.setattr("dialogue.access.Room.shows_names_to", lambda _self, roles: bool(roles))
    assert ADA in record(table, "observer")


# ------------------------------------------------------------------ several tables


def test_page_of_several_tables_names_nobody_unless_each_of_them_does():
    table = room(at="annex")
    spoken(table)
    assert ADA in record(table, "second-participant")
    roundtable.close_session(table.session("table"), table.person("moderator"))
    assert ADA in page(table, "second-participant"), "its own page draws on the annex alone"
    assert ADA not in record(table, "second-participant")
    assert ADA not in frames(table, "panelist") or "panelist" in table.seats


# ------------------------------------------------------------------ stances


@pytest.mark.parametrize("regime", STRICT)
def test_stances_and_reasons_are_never_shown_by_name_in_a_room_under_a_strict_rule(regime: str):
    """Speaking is heard; pressing “Disagree” is not."""
    table = room(regime)
    said = spoken(table)
    stand(table, "moderator", said, "disagree", reason="It rained.")
    stand(table, "rapporteur", said, "disagree", reason="It snowed.", for_="cleo")
    shown = of(table, "second-participant", said).partition("Reasons given")[2]
    assert "It snowed." in shown and CLEO not in shown and NAMES["mod"] not in shown
    agreed = table.client("second-participant").get(f"/events/{table.event.slug}/agreement/").text
    assert "See who" not in agreed and CLEO not in agreed


def test_under_named_everybody_at_the_table_sees_who_gave_which_reason():
    table = room("named")
    said = spoken(table)
    stand(table, "second-participant", said, "disagree", reason="It rained.")
    assert f'<b class="who">{BEN}</b>: disagrees. <q lang="en">It rained.</q>' in of(table, "observer", said)
    table.hold(blind=True)
    assert "It rained." not in of(table, "observer", said)
    table.hold(blind=False)
    table.event.attendees.filter(key="cleo").update(prefers="unnamed")
    Event.objects.update(epoch=new_epoch())
    assert f'<b class="who">{BEN}</b>: disagrees' not in of(table, "observer", said), "by elimination"


# ------------------------------------------------------------------ the setting


def facts(table: LiveTable, **other: Any) -> dict[str, Any]:
    names = ("title", "kind", "access", "date", "starts", "ends", "names_in_room")
    rule = {"attribution": table.session().attribution or table.event.attribution}
    return {name: getattr(table.session(), name) for name in names} | rule | other


def test_names_are_shown_only_before_anything_is_said_and_then_only_become_fewer():
    table = room(names="as_rule")
    table.event.sessions.update(moderator_counts="never")  # “when speaking” would tell in a hidden room
    by = table.person("convenor")
    sessions.change_session(table.session(), by, facts(table, names_in_room="shown"))
    spoken(table)
    for names in ("as_rule", "hidden"):
        sessions.change_session(table.session(), by, facts(table, names_in_room=names))
    for names in ("as_rule", "shown"):
        with pytest.raises(ValidationError, match="can become stricter, never more open"):
            sessions.change_session(table.session(), by, facts(table, names_in_room=names))
    assert table.session().names_in_room == "hidden"


def test_whoever_agreed_to_less_is_asked_again():
    table = room(names="as_rule")
    seat = Membership.objects.filter(attendee__key="ben", session__key="table")
    seat.update(is_asked=True, agreed_to="chatham_house", agreed_at=timezone.now())

    def unagreed() -> frozenset[str]:
        return reader(table.person("second-participant"), Event.objects.get(pk=table.event.pk)).unagreed

    assert unagreed() == set()
    sessions.change_session(table.session(), table.person("convenor"), facts(table, names_in_room="shown"))
    assert unagreed() == {"table"}
    client, address = table.client("second-participant"), f"/events/{table.event.slug}/welcome/"
    read = client.get(address).text
    assert "those at the table see on their pages who speaks" in read
    told = {"rule-table": "chatham_house", "name": BEN, "listed": "on"}
    client.post(address, told)
    assert unagreed() == {"table"}, "a page from before says nothing of names"
    client.post(address, told | {"names-table": "shown"})
    assert unagreed() == set()
    assert seat.get().agreed_names == "shown"


def test_new_events_and_sessions_show_names_and_loaded_ones_follow_the_rule():
    by = Person.objects.create(name="Vera", email="vera@people.invalid", may_convene=True)
    when, zone = datetime.date(2027, 1, 1), "Europe/Paris"
    made = events.set_up(by, {"title": "Lakes", "date": when, "language": "en", "time_zone": zone, "convenor_name": "Us"})
    assert made.sessions.get().names_in_room == "shown"
    client = Client()
    client.force_login(by)
    form = client.get(f"/events/{made.slug}/setup/sessions/new/").text
    assert '<option value="shown" selected>' in form
    assert {one.names_in_room for one in seated().event.sessions.all()} == {"as_rule"}


# ------------------------------------------------------------------ an anonymous room


def test_anonymous_room_names_nobody_below_the_staff_and_takes_nothing_down():
    table = room(names="hidden")
    spoken(table)
    for role in ("participant", "second-participant", "observer"):
        assert not {one for one in (ADA, BEN) if one in page(table, role) + record(table, role) + frames(table, role)}
    assert ADA in page(table, "rapporteur")
    with pytest.raises(ValidationError, match="This is an anonymous room: nobody has the floor here."):
        table.run("give_floor", "ada", "water")
    with pytest.raises(ValidationError, match="nothing is written down for others here"):
        table.write_down("rapporteur", "ada", "r1")
    said = Contribution.objects.filter(kind="position").get()
    assert stand(table, "rapporteur", said, "agree", for_="cleo").status_code == 400
    assert "Who is here is not shown" in presence.draw(table.session(), [], sees_names=True)
    assert 'value="floor"' not in page(table, "moderator")


def test_anonymous_room_needs_a_rule_that_names_nobody():
    table = seated("role")
    client = table.client("convenor")
    sent = {"title": "The table", "kind": "roundtable", "access": "closed", "date": "2026-03-01",
            "names_in_room": "hidden", "attribution": "role", "moderator_counts": "never",
            "do": "save"}  # fmt: skip
    shown = client.post(f"/events/{table.event.slug}/setup/sessions/table/", sent).text
    assert "An anonymous room needs a rule that names nobody" in shown
    client.post(f"/events/{table.event.slug}/setup/sessions/table/", sent | {"attribution": "unnamed"})
    assert table.session().names_in_room == "hidden"


# ------------------------------------------------------------------ controls, and the record


def test_everybody_let_into_the_room_is_seen_to_leak(monkeypatch: pytest.MonkeyPatch):
    """The control: with the room's own defence switched off, a table that follows the rule names everybody."""
    table = room(names="as_rule")
    spoken(table)
    seen_with = restricting.seen_with
    monkeypatch.setattr(
        "dialogue.live.statements.seen_with",
        lambda _eyes, rules, said: seen_with(Eyes("table", in_room=True), rules, said),
    )
    assert ADA in page(table, "observer")


def test_own_eyes_are_in_the_room_as_the_audiences_are():
    table = room()
    for role in IN_ROOM:
        who = reader(table.people[role], table.event)
        both = (eyes(who, table.session()).in_room, own_eyes(who, table.session()).in_room)
        assert both == (True, True), role
    assert do(table, "observer", spoken(table), "withdraw").status_code == 403


def test_record_keeps_the_room_and_its_close():
    table = room()
    (one,) = [one for one in dump(table.event)["sessions"] if one["id"] == "table"]
    assert (one["names_in_room"], "closed" in one) == ("shown", False)
    close(table)
    (one,) = [one for one in dump(table.event)["sessions"] if one["id"] == "table"]
    assert (one["names_in_room"], one["closed"]) == ("shown", True)


def test_changed_role_keeps_what_was_agreed_to_of_names():
    table = room(names="shown")
    seats = Membership.objects.filter(attendee__key="ben", session__key="table")
    seats.update(is_asked=True, agreed_to="chatham_house", agreed_names="shown", agreed_at=timezone.now())
    table.reseat("ben", "observer")
    assert [(one.role, one.agreed_to, one.agreed_names) for one in seats.all()] == [
        ("observer", "chatham_house", "shown")
    ]
