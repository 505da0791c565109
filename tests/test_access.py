"""How a person appears to a reader of a page, and what a reader may read at all."""

import pytest

from dialogue.access import reader, sees, visible_events
from dialogue.archive.load import load
from dialogue.events.models import Pass
from dialogue.people.models import Person
from dialogue.restricter import Spoken, restricter, shown_to
from tests.records import ADA, BEN, item, person, record, said, session, table

pytestmark = pytest.mark.django_db


def account(name: str) -> Person:
    return Person.objects.create(name=name, email=f"{name}@example.org")


def seat(event, key: str) -> Person:
    """An account for somebody of the record."""
    who = account(key)
    event.attendees.filter(key=key).update(person=who)
    return who


def rivers(regime: str | None = None, **told):
    return load(
        table(contributions=[said("c1", ADA)], **told)
        | ({"event": table(event={"attribution": regime})["event"]} if regime else {})
    )


def appears(event, who, attribution=None):
    shown, mine = shown_to(reader(who, event), restricter(event), Spoken(ADA, "table", attribution))
    return shown.label, shown.affiliation, mine


def test_under_named_everybody_at_the_table_sees_the_name():
    event = rivers()
    assert appears(event, seat(event, BEN)) == ("Ada Lovell", "Northern Water Board", False)


@pytest.mark.parametrize("regime", ["role", "unnamed", "chatham_house"])
def test_under_a_strict_rule_the_table_sees_one_participant_staff_and_the_author_see_who(regime):
    event = rivers(regime)
    assert appears(event, seat(event, BEN)) == ("one participant", "", False)
    assert appears(event, seat(event, "rap")) == ("Ada Lovell", "Northern Water Board", False)
    assert appears(event, seat(event, ADA)) == ("Ada Lovell", "Northern Water Board", True)


def test_one_statement_may_be_stricter_than_its_session():
    event = rivers()
    assert appears(event, seat(event, BEN), "unnamed") == ("one participant", "", False)


def test_a_statement_withheld_is_read_by_its_author_and_by_staff_alone():
    event = rivers()
    for who, may in [(seat(event, ADA), True), (seat(event, "mod"), True), (seat(event, BEN), False), (None, False)]:
        assert sees(reader(who, event), "table", False, None, ADA) is may
        assert sees(reader(who, event), "table", True, "off_record", ADA) is may
    assert sees(reader(Person.objects.get(name=BEN), event), "table", True, None, ADA)


def test_a_visitor_reads_public_sessions_and_no_closed_ones():
    event = load(table(sessions=[session(), session("hall", kind="forum", access="public")]))
    visitor = reader(None, event)
    assert sees(visitor, "hall", True, None, ADA) and not sees(visitor, "table", True, None, ADA)
    assert not visitor.may("read the table")


def test_a_panelist_reads_their_own_session_and_not_the_closed_one():
    sessions = [session(members=[(ADA, "participant")]), session("hall", members=[(BEN, "panelist")], kind="forum")]
    event = load(table(sessions=sessions))
    ben = reader(seat(event, BEN), event)
    assert ben.sessions == {"hall"} and not ben.may("read the table")


def test_a_pass_gives_its_role_in_its_event_and_no_other():
    event, other = load(table()), load(record(event={"slug": "lakes"}, sessions=[session("s")], outline=[item("x")]))
    who = account("mallory")
    Pass.objects.create(event=other, person=who, role="moderator")
    assert reader(who, other).may("see who") and not reader(who, event).may("read the table")
    assert reader(who, event).sessions == frozenset()


def test_somebody_who_left_for_good_is_a_visitor():
    event = rivers()
    who = seat(event, "mod")
    Person.objects.filter(pk=who.pk).update(is_active=False)
    who.refresh_from_db()
    assert reader(who, event).roles == frozenset()


def test_an_event_is_known_to_its_people_and_to_all_once_something_of_it_is_public():
    closed = load(table())
    public = load(record(event={"slug": "lakes"}, sessions=[session("hall", kind="forum", access="public")]))
    ben = seat(closed, BEN)
    assert set(visible_events(None)) == {public}
    assert set(visible_events(ben)) == {public, closed}
    assert set(visible_events(account("mallory"))) == {public}


def test_the_list_leaves_out_observers_strict_sessions_and_who_does_not_want_to_stand_there():
    event = load(
        record(
            persons=[person("a", "A"), person("b", "B"), person("c", "C", listed=False), person("d", "D")],
            sessions=[
                session(members=[("a", "participant"), ("b", "observer"), ("c", "participant")], attribution="role"),
                session("strict", members=[("d", "participant"), ("a", "participant")], attribution="unnamed"),
            ],
        )
    )
    rules = restricter(event)
    assert rules.listed() == [("table", "a", "participant")]
    assert [rules.is_protected(key) for key in "abcd"] == [False, False, False, True]


def test_a_label_is_the_key_in_the_open_and_a_code_otherwise():
    event = rivers()
    rules = restricter(event)
    assert rules.label("ada-1", "named") == "ada-1"
    code = rules.label("ada-1", "unnamed")
    assert "ada" not in code and code == rules.label("ada-1", "chatham_house") != rules.label("ada-2", "unnamed")
