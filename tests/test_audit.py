"""The audit: every deed is an act, once; and whatever is done to the acts afterwards is found and named."""

import io

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from dialogue.archive import load
from dialogue.audit import actions as audit
from dialogue.audit import chain
from dialogue.audit.models import Act
from dialogue.events.models import Event
from dialogue.people.models import Person
from dialogue.record import actions as record

pytestmark = pytest.mark.django_db


def acts(event: Event) -> list[Act]:
    """What was done in an event since it was loaded."""
    return list(Act.objects.filter(event=event).exclude(deed="record-loaded"))


def test_an_act_is_numbered_and_bound_to_the_one_before(victoria, people, settings):
    audit.note(victoria, people["convenor"], "invited", victoria.pk)
    audit.note(victoria, None, "signed-in", victoria.pk, victoria.sessions.first())
    first, second = acts(victoria)
    loaded = Act.objects.get(event=victoria, number=1)
    assert (loaded.deed, loaded.before, loaded.person, loaded.subject) == ("record-loaded", "", None, victoria.pk)
    assert [first.number, second.number, first.before, second.before] == [2, 3, loaded.hash, first.hash]
    assert [first.person, second.person] == [people["convenor"].pk, None]
    assert [first.session, second.session] == [None, victoria.sessions.first().pk]
    assert [one.hash for one in (first, second)] == [chain.hashed(one, settings.SECRET_KEY) for one in (first, second)]


def test_where_the_chain_ends_stands_with_the_event(victoria, people, settings):
    audit.note(victoria, people["convenor"], "invited", victoria.pk)
    victoria.refresh_from_db()
    (act,) = acts(victoria)
    assert [victoria.audit_number, victoria.audit_hash] == [2, act.hash]
    assert victoria.audit_seal == chain.seal(victoria.pk, 2, act.hash, settings.SECRET_KEY)


def test_each_event_has_a_chain_of_its_own(victoria, elsewhere):
    audit.note(elsewhere, None, "invited", elsewhere.pk)
    audit.note(victoria, None, "invited", victoria.pk)
    assert [one.number for one in (*acts(victoria), *acts(elsewhere))] == [2, 1]


def test_the_database_refuses_to_change_an_act(victoria):
    audit.note(victoria, None, "invited", victoria.pk)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Act.objects.filter(event=victoria).update(deed="uninvited")
    assert [one.deed for one in acts(victoria)] == ["invited"]


def test_an_event_that_is_deleted_takes_its_acts_along(victoria):
    audit.note(victoria, None, "invited", victoria.pk)
    victoria.delete()
    assert not Act.objects.exists()


def test_a_deed_that_fails_afterwards_leaves_no_act(victoria):
    with pytest.raises(RuntimeError), transaction.atomic():
        audit.note(victoria, None, "invited", victoria.pk)
        raise RuntimeError
    victoria.refresh_from_db()
    assert (acts(victoria), victoria.audit_number) == ([], 1)


def test_an_event_saved_by_who_read_it_earlier_keeps_where_its_chain_ends(victoria):
    earlier = Event.objects.get(pk=victoria.pk)
    with record.turn(victoria, by=None) as turn:
        turn.enter("said", victoria.pk, victoria.sessions.first(), ["staff"])
    earlier.title = "Another title"
    earlier.save()
    now = Event.objects.get(pk=victoria.pk)
    assert (now.title, now.turn, now.audit_number) == ("Another title", 1, 2)


def test_a_record_loaded_again_keeps_what_was_done_before(victoria, victoria_record):
    load.load(victoria_record, replace=True)
    told = list(Act.objects.filter(event=victoria).values_list("number", "deed"))
    assert told == [(1, "record-loaded"), (2, "record-replaced")]


def test_whom_a_command_lets_in_is_in_the_audit(victoria):
    call_command("admit", victoria.slug, "new@cast.invalid", "--role", "observer", stdout=io.StringIO())
    (act,) = acts(victoria)
    assert (act.deed, act.person, act.subject) == ("let-in", None, Person.objects.get(email="new@cast.invalid").pk)
