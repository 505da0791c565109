"""A group is named only where three who could be the author share it, as it was when the statement was made."""

from typing import Any

import pytest

from dialogue import restricter as restricting
from dialogue.archive import format
from dialogue.archive.dump import dump
from dialogue.archive.load import load
from dialogue.discussion.models import Contribution
from dialogue.events.models import Attendee, Event, Membership
from tests import records
from tests.forms import page, saved, say
from tests.tables import LiveTable, seated

pytestmark = pytest.mark.django_db
POLICE = "one participant from the police"


@pytest.fixture
def table() -> LiveTable:
    """A table reported by role: Ada alone is of the police among those who speak."""
    table = seated("role")
    table.event.attendees.update(sector="")
    police(table, "ada")
    table.run("open_item", "water")
    return table


def police(table: LiveTable, *keys: str) -> None:
    table.event.attendees.filter(key__in=keys).update(sector="police")


def sit(table: LiveTable, key: str, role: str, **more: Any) -> None:
    """Somebody more of the police has a seat."""
    who = Attendee.objects.create(event=table.event, key=key, name=f"Officer {key}", sector="police", position=50)
    Membership.objects.create(session=table.session(), attendee=who, role=role, position=50, **more)


def group(table: LiveTable, text: str = "It is low.") -> str:
    """The group that is fixed with something that Ada says now."""
    return Contribution.objects.get(pk=saved(say(table, "participant", text)).pk).group


def test_observers_and_staff_make_no_group(table: LiveTable):
    """Seen: one police participant and two police observers read “one participant from the police”."""
    for key, role in (("obs-1", "observer"), ("obs-2", "observer"), ("staff-1", "staff"), ("mod-1", "moderator")):
        sit(table, key, role)
    assert group(table) == ""
    assert "one participant" in page(table, "observer") and POLICE not in page(table, "observer")


def test_whoever_has_not_agreed_yet_makes_no_group(table: LiveTable):
    sit(table, "asked-1", "participant", is_asked=True)
    sit(table, "asked-2", "participant", is_asked=True)
    assert group(table) == ""


def test_three_who_could_be_the_author_make_a_group(table: LiveTable):
    police(table, "ben", "cleo")
    assert group(table) == "police"
    assert POLICE in page(table, "observer")


def test_moderator_makes_a_group_where_they_are_counted(table: LiveTable):
    """The moderator could be the author there; elsewhere nobody is led to think so."""
    police(table, "ben", "mod")
    assert group(table) == ""
    for counts, named in (("always", "police"), ("when_speaking", ""), ("never", "")):
        table.event.sessions.update(moderator_counts=counts)
        assert group(table, "Still low.") == named
        assert restricting.restricter(Event.objects.get())._groups["table"].get("ada", "") == named


@pytest.mark.parametrize("role", ["observer", "participant"])
def test_who_comes_later_changes_no_older_statement(table: LiveTable, role: str):
    police(table, "ben")
    assert group(table) == ""
    sit(table, "late", role)
    assert POLICE not in page(table, "observer")
    assert group(table, "Still low.") == ("police" if role == "participant" else "")


def test_who_leaves_changes_no_older_statement(table: LiveTable):
    police(table, "ben", "cleo")
    assert group(table) == "police"
    table.event.attendees.filter(key="cleo").update(sector="press")
    assert POLICE in page(table, "observer")
    assert group(table, "Still low.") == ""


def test_whose_group_is_another_later_keeps_what_was_said(table: LiveTable):
    police(table, "ben", "cleo")
    assert group(table) == "police"
    table.event.attendees.filter(key="ada").update(sector="union")
    shown = page(table, "observer")
    assert POLICE in shown and "from the union" not in shown


def test_roles_that_only_read_along_let_in_make_a_group(table: LiveTable, monkeypatch: pytest.MonkeyPatch):
    """The control: counted as they were before, observers give a participant away."""
    sit(table, "obs-1", "observer")
    sit(table, "obs-2", "observer")
    monkeypatch.setattr(restricting, "AUTHORS", restricting.AUTHORS | {"observer"})
    assert group(table) == "police"


# ------------------------------------------------------------------ in a record


def record(**told: Any) -> dict:
    """Three of the police at a table reported by role, one of whom speaks; `told` of the statement."""
    return records.record(
        event={"attribution": "role"},
        persons=[records.person(key, f"Name {key}", sector="police") for key in ("a", "b", "c", "o")],
        sessions=[
            records.session(members=[(key, "participant") for key in ("a", "b", "c")] + [("o", "observer")]),
        ],
        outline=[records.item("water")],
        contributions=[records.said("c1", "a", **told)],
    )


@pytest.mark.parametrize(
    ("told", "group"), [({}, "police"), ({"group": ""}, ""), ({"group": "press"}, "press")], ids=str
)
def test_record_keeps_the_group_where_a_loader_would_compute_another(told: dict, group: str):
    written = record(**told)
    event = load(written)
    assert event.contributions.get().group == group
    assert format.canonical(dump(event)) == format.canonical(written)


def test_record_of_today_is_dumped_with_the_group_that_was_fixed():
    event = load(record())
    Membership.objects.filter(attendee__key="c").update(role="observer")
    assert dump(event)["contributions"][0]["group"] == "police"
    Membership.objects.filter(attendee__key="c").update(role="participant")
    assert "group" not in dump(event)["contributions"][0]


def test_group_that_a_loader_computes_is_left_out():
    assert format.errors(record(group="police")) == [
        ("$.contributions[0].group", "leave it out: it is what it is without")
    ]
