"""The audit: every deed is an act, once; and whatever is done to the acts afterwards is found and named."""

import io
import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from dialogue.archive import load
from dialogue.audit import actions as audit
from dialogue.audit import chain
from dialogue.audit.models import Act
from dialogue.db.sqlite3.base import schema
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


def tried_in_sql(statement: str, *values: Any) -> str:
    """What the database says against a statement; "" where it takes it. Nothing is left of it."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
            transaction.set_rollback(True)
    except DatabaseError as problem:
        return str(problem)
    return ""


ONLY_NEXT, STAYS = "only the next act is added", "goes away with its event alone"
COLUMNS = "id, event_id, number, at, person, deed, subject, session, key, before, hash, erased"
COPY = "SELECT {id}, event_id, {number}, at, person, deed, subject, session, key, before, hash, erased FROM dialogue_act"


def copied(event: Event, number: int, own_id: bool = True, verb: str = "INSERT", rowid: str = "") -> str:
    """What the database says against one more act: the last one's copy under that number."""
    last = Act.objects.filter(event=event).order_by("-number")[0]
    as_kept = Act._meta.pk.get_db_prep_value
    fresh, event_id = (as_kept(one, connection) for one in (uuid.uuid4(), event.pk))
    told = COPY.format(id="%s" if own_id else "id", number=number)
    names, told = (f"rowid, {COLUMNS}", told.replace("SELECT", "SELECT rowid,")) if rowid else (COLUMNS, told)
    values = [*([fresh] if own_id else []), event_id, last.number]
    return tried_in_sql(f"{verb} INTO dialogue_act ({names}) {told} WHERE event_id = %s AND number = %s", *values)


def deleted(event: Event, *, number: int) -> str:
    event_id = Act._meta.pk.get_db_prep_value(event.pk, connection)
    return tried_in_sql("DELETE FROM dialogue_act WHERE event_id = %s AND number = %s", event_id, number)


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_database_lets_no_act_go_while_its_event_is_there(victoria, number: int):
    audit.note(victoria, None, "invited", victoria.pk)
    audit.note(victoria, None, "invited", victoria.pk)
    assert STAYS in deleted(victoria, number=number)
    assert [one.number for one in Act.objects.filter(event=victoria)] == [1, 2, 3]


def test_the_database_takes_no_act_but_the_next(victoria):
    audit.note(victoria, None, "invited", victoria.pk)
    assert copied(victoria, 3) == "", "control: the next one is taken"
    for number in (0, 1, 2, 4, 5, 1000):
        assert ONLY_NEXT in copied(victoria, number), number
    assert ONLY_NEXT in copied(victoria, 3, own_id=False), "a row of that id is there already"


@pytest.mark.sqlite
def test_nothing_replaces_the_last_act(victoria):
    """REPLACE takes a row away that is in its way, and asks no trigger of DELETE."""
    for verb in ("INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE"):
        assert ONLY_NEXT in copied(victoria, 1, verb=verb)
        assert ONLY_NEXT in copied(victoria, 2, own_id=False, verb=verb)
        assert ONLY_NEXT in copied(victoria, 2, verb=verb, rowid="rowid")


@pytest.mark.postgres
def test_nothing_truncates_the_acts_of_an_event_that_is_there(victoria):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # nothing waits for the end of the test's transaction
    assert STAYS in tried_in_sql("TRUNCATE dialogue_act")


@pytest.mark.parametrize("trigger", ["act_stays", "act_is_next"])
def test_control_without_the_trigger_the_last_act_goes_or_is_followed_by_any(victoria, trigger: str):
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {trigger}" + (" ON dialogue_act" if connection.vendor == "postgresql" else ""))
    assert (deleted(victoria, number=1) if trigger == "act_stays" else copied(victoria, 7)) == ""


def test_events_deleted_in_number_take_their_own_acts_along(victoria, elsewhere):
    audit.note(elsewhere, None, "invited", elsewhere.pk)
    Event.objects.filter(pk=victoria.pk).delete()
    assert set(Act.objects.values_list("event", flat=True)) == {elsewhere.pk}


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_tables_made_anew_keep_every_trigger_of_the_audit():
    def triggers() -> list[tuple[str, str]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
            return cursor.fetchall()

    before = triggers()
    assert [name for name, _sql in before] == ["act_is_next", "act_stands", "act_stays", "acts_go"]
    for table in (Act, Event):
        with connection.schema_editor() as editor:
            editor._remake_table(table)
        assert triggers() == before


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_control_without_our_backend_a_table_made_anew_is_refused_or_loses_them():
    with pytest.raises(DatabaseError), connection.schema_editor() as editor:
        schema.DatabaseSchemaEditor._remake_table(editor, Event)


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
