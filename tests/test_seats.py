"""Seats end and are not deleted: N of an item, a finding's *against* and its bar after somebody has left."""

import pytest

from dialogue.access import reader
from dialogue.archive.dump import dump
from dialogue.archive.load import load
from dialogue.convening.actions import merging, people
from dialogue.convening.actions.people import Facts
from dialogue.convening.spreadsheet import Row
from dialogue.entrance.actions import may_convene
from dialogue.events.models import Absence, Event, Membership, Pass
from dialogue.people.models import Person
from dialogue.positions.agreement import agreement
from dialogue.positions.models import Finding, Stance
from dialogue.restricter import restricter
from tests import records
from tests.reseated import reseat
from tests.tables import LiveTable, seated

pytestmark = pytest.mark.django_db


@pytest.fixture
def table() -> LiveTable:
    """Five participants; the item of water is open at the table."""
    made = seated()
    made.run("open_item", "water")
    return made


def numbers(table: LiveTable, found: Finding) -> tuple[int, int, int]:
    """(n, N, against) of a finding."""
    held = agreement(table.event).holdings[found.pk].numbers
    return held.n, held.N, held.against


def bar(table: LiveTable, name: str) -> list[int]:
    """How many support it, support it with reservations, oppose it, abstain and are silent."""
    drawn = agreement(table.event).position_bar(table.said[name].pk)
    return [len(some) for some in (drawn.support, drawn.reservations, drawn.opposed, drawn.abstained, drawn.silent)]


def n_of(table: LiveTable, item: str = "water") -> int:
    """N of an item."""
    counted = agreement(table.event)
    return len(counted.counted(table.item(item).pk, None))


def claim(table: LiveTable, level: str = "several", item: str = "water", **more: object) -> Finding:
    """A finding without a basis."""
    where = {"event": table.event, "item": table.item(item)}
    return Finding.objects.create(**where, text="It is low.", level=level, position=Finding.objects.count(), **more)


def disagree(table: LiveTable, found: Finding, who: str, stance: str = "disagree") -> Stance:
    """Somebody stands against a finding."""
    return Stance.every.create(event=table.event, attendee=table.attendee(who), finding=found, stance=stance)


def remove(table: LiveTable, who: str) -> None:
    people.remove(table.attendee(who), table.person("convenor"))


def replace(table: LiveTable, who: str) -> str:
    """Somebody else comes in their place; their key."""
    return people.replace(table.attendee(who), table.person("convenor"), Facts(f"After {who}")).key


# ------------------------------------------------------------------ what stays


def test_dissent_counts_after_its_holder_is_removed(table: LiveTable):
    found = claim(table)
    for who in ("ada", "ben"):
        disagree(table, found, who, "agree")
    disagree(table, found, "cleo")
    assert numbers(table, found) == (2, 5, 1)
    remove(table, "cleo")
    assert numbers(table, found) == (2, 5, 1)
    assert not table.attendee("cleo").memberships.exists()


def test_dissent_is_lost_where_a_seat_is_deleted(table: LiveTable):
    """The control: what a removal did before seats ended."""
    found = claim(table)
    disagree(table, found, "cleo")
    Membership.objects.filter(attendee=table.attendee("cleo")).delete()
    assert numbers(table, found) == (0, 4, 0)


def test_finding_published_with_dissent_prints_the_same_after_a_removal():
    """Seen: "several, 4 of 9, 1 opposed" became "many, 4 of 8, 0 opposed"."""
    event = nine_at_a_table()
    found = event.findings.get()
    before = agreement(event).holdings[found.pk]
    told = (before.reached, before.numbers.n, before.numbers.N, before.numbers.against)
    assert told == ("several", 4, 9, 1)
    convenor = made_convenor(event)
    people.remove(event.attendees.get(key="p9"), convenor)
    after = agreement(event).holdings[found.pk]
    assert (after.reached, after.numbers.n, after.numbers.N, after.numbers.against) == told
    Membership.every.filter(attendee__key="p9").delete()  # the control
    gone = agreement(event).holdings[found.pk]
    assert (gone.reached, gone.numbers.n, gone.numbers.N, gone.numbers.against) == ("many", 4, 8, 0)


def nine_at_a_table() -> Event:
    """Nine participants and a finding on which one of them disagrees."""
    whole = [f"p{n}" for n in range(1, 10)]
    return load(
        records.record(
            persons=[records.person(key, f"Person {key}") for key in whole],
            sessions=[records.session(members=[(key, "participant") for key in whole])],
            outline=[records.item("water")],
            contributions=[records.said("c1", "p1")],
            findings=[records.finding("f1", "several", "c1")],
            stances=[records.stance(key, "f1", "agree") for key in ("p2", "p3", "p4")]
            + [records.stance("p9", "f1", "disagree", reason="It is high.")],
        )
    )


def made_convenor(event: Event) -> Person:
    """Somebody who invites."""
    person = may_convene("convenor@seats.invalid", "Connie Venor")
    Pass.objects.create(event=event, person=person, role="convenor")
    return person


def test_bars_before_and_after_a_removal_are_the_same(table: LiveTable):
    """Seen: two looks at 36 bars gave 36 of 36 stances of the person removed."""
    for number in range(6):
        table.say("participant", f"w{number}", "position")
        table.stand("second-participant", f"w{number}", ["agree", "disagree", "reservations"][number % 3])
    before = {name: bar(table, name) for name in table.said}
    remove(table, "ben")
    assert {name: bar(table, name) for name in table.said} == before
    assert before["w0"] == [2, 0, 0, 0, 3] and before["w1"] == [1, 0, 1, 0, 3] and before["w2"] == [1, 1, 0, 0, 3]


def test_rights_end_with_the_seat_at_once(table: LiveTable):
    remove(table, "ada")
    ada = reader(table.person("participant"), table.event)
    assert (ada.roles, ada.attendee, ada.sessions) == (frozenset(), "", frozenset({"forum"}))


# ------------------------------------------------------------------ N of an item


def test_who_left_is_absent_from_what_is_opened_after(table: LiveTable):
    table.run("close_item", "water")
    remove(table, "eve")
    table.run("open_item", "air")
    assert (n_of(table), n_of(table, "air")) == (5, 4)


def test_who_comes_later_is_counted_for_what_is_open_then(table: LiveTable):
    table.run("close_item", "water")
    table.run("open_item", "air")
    convenor = table.person("convenor")
    people.take_in(table.session(), convenor, [Row(1, "Nia Comer")])
    assert (n_of(table), n_of(table, "air")) == (5, 6)
    table.run("open_item", "water")
    assert n_of(table) == 6, "opened again, it is discussed with them"


def test_seat_held_between_two_runs_only_is_not_counted(table: LiveTable):
    table.run("close_item", "water")
    key = replace(table, "eve")
    assert n_of(table) == 5
    remove(table, key)
    table.run("open_item", "water")
    assert n_of(table) == 5


def test_replaced_midway_counts_only_with_a_trace(table: LiveTable):
    table.write_down("moderator", "eve", "e1")
    for who in ("dev", "eve"):
        replace(table, who)
    assert n_of(table) == 6, "Eve who spoke, and both who came; Dev left no trace"
    table.run("close_item", "water")
    replace(table, "cleo")
    assert n_of(table) == 6, "the run was over, and Cleo was there"


def test_silent_table_counts_where_its_item_was_open():
    table = seated(at="annex")
    table.run("open_item", "water", at="table")
    table.run("open_item", "water", at="annex")
    table.say("participant", "w1", "position")
    both = {"ada", "ben", "cleo", "dev", "eve", "pan"}
    assert n_of(table) == len(both) == 6, "nobody spoke at the table: not acting never lowers N"


def test_absence_is_outdone_by_a_trace_where_items_were_run(table: LiveTable):
    for who in ("ada", "eve"):
        seat = Membership.objects.get(attendee=table.attendee(who), session=table.session())
        Absence.objects.create(membership=seat, item=table.item("water"))
    assert n_of(table) == 3
    table.say("participant", "w1", "position")
    assert n_of(table) == 4, "Ada spoke"


def test_role_change_ends_a_seat_and_begins_another(table: LiveTable):
    found = claim(table)
    disagree(table, found, "ben")
    reseat(table.session(), table.attendee("ben"), "observer", table.person("convenor"))
    assert numbers(table, found) == (0, 5, 1)
    seats = Membership.every.filter(attendee=table.attendee("ben")).order_by("started_at")
    assert sorted((seat.role, seat.ended_at is None) for seat in seats) == [("observer", True), ("participant", False)]
    table.run("open_item", "air")
    assert n_of(table, "air") == 4


def test_role_changed_before_anything_was_discussed_is_one_seat():
    table = seated()
    reseat(table.session(), table.attendee("ben"), "observer", table.person("convenor"))
    assert Membership.every.get(attendee=table.attendee("ben")).role == "observer"
    table.run("open_item", "water")
    assert n_of(table) == 4


# ------------------------------------------------------------------ merges


@pytest.mark.parametrize(("stays", "goes"), [("observer", "participant"), ("participant", "observer")])
def test_dissent_outlives_a_merge_whatever_the_roles(table: LiveTable, stays: str, goes: str):
    found = claim(table)
    roles = {"ada": stays, "eve": goes}
    against = next(who for who, role in roles.items() if role == "participant")
    disagree(table, found, against)
    other = next(who for who in roles if who != against)
    reseat(table.session(), table.attendee(other), "observer", table.person("convenor"))
    Membership.every.filter(attendee=table.attendee(other), role="participant").delete()
    assert numbers(table, found) == (0, 4, 1)
    merging.merge(table.attendee("ada"), table.attendee("eve"), table.person("convenor"))
    assert numbers(table, found) == (0, 4, 1)
    assert table.attendee("ada").memberships.get(session=table.session()).role == stays


# ------------------------------------------------------------------ the list of participants


def test_who_left_stays_in_the_list_of_participants(table: LiveTable):
    remove(table, "eve")
    listed = [key for session, key, _role in restricter(table.event).listed() if session == "table"]
    assert listed == ["mod", "rap", "ada", "ben", "cleo", "dev", "eve"]


# ------------------------------------------------------------------ records


def test_numbers_survive_the_file_with_seats_that_ended(table: LiveTable):
    found = claim(table)
    disagree(table, found, "ben")
    table.write_down("moderator", "eve", "e1")
    replace(table, "eve")
    remove(table, "ben")
    table.run("close_item", "water")
    remove(table, "dev")
    table.run("open_item", "air")
    assert (numbers(table, found), n_of(table), n_of(table, "air")) == ((0, 6, 1), 6, 3)
    written = dump(table.event)
    runs = [run["item"] for run in written["sessions"][0]["runs"]]
    seats = [one for one in written["sessions"][0]["members"] if one.keys() & {"since", "until", "succeeds"}]
    assert (runs, len(seats)) == (["water", "air"], 4)
    again = load(written, replace=True)
    table.event = again
    found = again.findings.get()
    assert (numbers(table, found), n_of(table), n_of(table, "air")) == ((0, 6, 1), 6, 3)
    assert dump(again) == written


def test_runs_that_change_no_count_are_not_written(table: LiveTable):
    table.say("participant", "w1", "position")
    assert [session.keys() & {"runs", "moderator_counts"} for session in dump(table.event)["sessions"]] == [set()] * 2
