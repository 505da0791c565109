"""Whatever is done to the audit behind the program's back, `verify_audit` finds it, and names the act that it was done to."""

import datetime
import io
import tracemalloc
import uuid

import pytest
from django.core.management import call_command
from django.db import connection

from dialogue.audit import actions as audit
from dialogue.audit import chain
from dialogue.audit.actions import Done
from dialogue.audit.checking import Walk, What, checked, end_of
from dialogue.audit.models import Act
from dialogue.events.models import Event

pytestmark = pytest.mark.django_db

ELSE = "another-secret-key-of-somebody-else-entirely"


@pytest.fixture
def event(victoria: Event, people) -> Event:
    """An event with nine acts, of which the first is that it was loaded, and a database that refuses nothing any more."""
    for number in range(2, 10):
        audit.note(victoria, people["convenor"], f"deed-{number}", uuid.uuid4(), victoria.sessions.first())
    with connection.cursor() as cursor:
        for trigger in ("act_stands", "act_is_next", "act_stays"):
            at_table = " ON dialogue_act" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER {trigger}{at_table}")
    return victoria


def verified(*events: str) -> tuple[int, list[str]]:
    """How the command ends, and what it says, without times."""
    told = io.StringIO()
    try:
        call_command("verify_audit", *events, stdout=told)
    except SystemExit as end:
        code = end.code
    else:
        code = 0
    return code, [line.split(" (")[0] for line in told.getvalue().splitlines()]


def at(event: Event, number: int):
    return Act.objects.filter(event=event, number=number)


def slug(event: Event, *told: str) -> list[str]:
    return [f"{event.slug}: {one}" for one in told]


def rehashed(event: Event, number: int, secret: str, **columns) -> None:
    """An act says something else, with a hash that fits it under that key."""
    act = at(event, number).get()
    for name, value in columns.items():
        setattr(act, name, value)
    Act.objects.filter(pk=act.pk).update(hash=chain.hashed(act, secret), **columns)


def end(event: Event, **columns) -> None:
    Event.objects.filter(pk=event.pk).update(**columns)


def test_a_chain_that_nobody_touched_is_whole(event, elsewhere):
    assert verified() == (0, [f"{elsewhere.slug}: 0 acts, whole", f"{event.slug}: 9 acts, whole"])
    audit.note(elsewhere, None, "invited", elsewhere.pk)
    assert verified(elsewhere.slug) == (0, [f"{elsewhere.slug}: 1 act, whole"])


TOUCHED: dict[str, object] = {
    "id": uuid.UUID(int=7), "at": datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC), "person": uuid.UUID(int=8),
    "deed": "deed-8", "subject": uuid.UUID(int=9), "session": uuid.UUID(int=10), "key": "0123456789abcdef", "before": "0" * 64,
    "hash": "f" * 64, "erased": "e" * 64,
}  # fmt: skip


@pytest.mark.parametrize("number", [1, 5, 9])
@pytest.mark.parametrize("column", TOUCHED)
def test_an_act_with_another_column_is_the_one_that_is_named(event, column: str, number: int):
    assert at(event, number).update(**{column: TOUCHED[column]}) == 1
    assert verified() == (1, slug(event, f"act {number} was changed"))


def test_every_column_is_tried():
    assert {field.name for field in Act._meta.concrete_fields} == {*TOUCHED, "event", "number"}


@pytest.mark.parametrize("given", [0, 999, 10])
@pytest.mark.parametrize("number", [1, 5, 9])
def test_an_act_with_another_number_is_named_by_its_own(event, number: int, given: int):
    at(event, number).update(number=given)
    assert verified() == (1, slug(event, f"act {number} was given the number {given}"))


def test_an_act_that_is_moved_to_another_event_is_missing_here_and_one_too_many_there(event, elsewhere):
    at(event, 5).update(event=elsewhere)
    assert verified() == (
        1, slug(elsewhere, "act 5 was added by somebody who does not have the secret key")
        + slug(event, "act 5 was taken away"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ([1], "act 1 was taken away"), ([5], "act 5 was taken away"), ([9], "act 9 was cut off at the end"),
        ([4, 5], "acts 4 to 5 were taken away"), ([8, 9], "acts 8 to 9 were cut off at the end"),
        (list(range(1, 10)), "acts 1 to 9 were cut off at the end"),
    ],
)  # fmt: skip
def test_acts_that_are_gone_are_the_ones_that_are_named(event, gone: list[int], told: str):
    Act.objects.filter(event=event, number__in=gone).delete()
    assert verified() == (1, slug(event, told))


def test_an_act_put_in_behind_the_last_is_named(event):
    last = at(event, 9).get()
    Act.objects.create(event=event, number=10, at=last.at, deed="deed", subject=last.subject, key=last.key,
                       before=last.hash, hash="a" * 64)  # fmt: skip
    assert verified() == (1, slug(event, "act 10 was added by somebody who does not have the secret key"))


def test_an_act_put_in_where_another_one_was_is_one_that_was_changed(event):
    fifth = at(event, 5).get()
    at(event, 5).delete()
    Act.objects.create(event=event, number=5, at=fifth.at, deed="deed", subject=fifth.subject, key=fifth.key,
                       before=fifth.before, hash=fifth.hash)  # fmt: skip
    assert verified() == (1, slug(event, "act 5 was changed"))


@pytest.mark.postgres
def test_an_act_put_in_between_two_is_named(event):
    """SQLite would make the table anew to forget that a number stands once."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE dialogue_act DROP CONSTRAINT act_number_once")
    fifth = at(event, 5).get()
    Act.objects.create(event=event, number=5, at=fifth.at, deed="deed", subject=fifth.subject, key=fifth.key,
                       before=fifth.before, hash=fifth.hash)  # fmt: skip
    assert verified() == (1, slug(event, "act 5 was added by somebody who does not have the secret key"))


def test_two_acts_that_change_places_are_named_both(event):
    at(event, 3).update(number=50)
    at(event, 7).update(number=3)
    at(event, 50).update(number=7)
    assert verified() == (1, slug(event, "act 7 was given the number 3", "act 3 was given the number 7"))


@pytest.mark.parametrize("number", [1, 5, 9])
def test_an_act_hashed_anew_with_another_key_is_the_one_that_is_named(event, number: int):
    rehashed(event, number, ELSE, deed="deed-x")
    assert verified() == (1, slug(event, f"act {number} was changed"))


@pytest.mark.parametrize("number", [1, 5, 9])
def test_so_it_is_with_the_mark_of_that_key(event, number: int):
    rehashed(event, number, ELSE, deed="deed-x", key=chain.mark(ELSE))
    assert verified() == (1, slug(event, f"act {number} was changed"))


def test_who_cuts_off_the_end_cannot_say_that_it_ended_before(event):
    eighth = at(event, 8).get()
    at(event, 9).delete()
    end(event, audit_number=8, audit_hash=eighth.hash)
    told = "the event's row was changed and does not say where the audit ends; the last act that is there is 8"
    assert verified() == (1, slug(event, told))


@pytest.mark.parametrize(
    "columns", [{"audit_number": 8}, {"audit_number": 99}, {"audit_hash": "a" * 64}, {"audit_seal": ""}]
)
def test_the_events_row_is_checked_as_well(event, columns: dict):
    end(event, **columns)
    told = "the event's row was changed and does not say where the audit ends; the last act that is there is 9"
    assert verified() == (1, slug(event, told))


def test_an_event_saved_as_it_was_earlier_is_found(event):
    """As a program does that keeps an event for too long: its row was true once."""
    before = Event.objects.get(pk=event.pk)
    audit.note(event, None, "deed-10", event.pk)
    end(event, audit_number=before.audit_number, audit_hash=before.audit_hash, audit_seal=before.audit_seal)
    assert verified() == (1, slug(event, "act 10 was written, and the event's row says that the audit ends before"))


def test_two_things_are_two_findings(event):
    at(event, 2).update(deed="x")
    at(event, 6).delete()
    assert verified() == (1, slug(event, "act 2 was changed", "act 6 was taken away"))


def test_when_it_was_done_is_told(event):
    told = io.StringIO()
    at(event, 5).update(deed="x")
    with pytest.raises(SystemExit):
        call_command("verify_audit", stdout=told)
    assert (
        told.getvalue() == f"{event.slug}: act 5 was changed ({at(event, 5).get().at.isoformat(timespec='seconds')})\n"
    )


def test_another_event_is_not_looked_at_where_one_is_named(event, elsewhere):
    at(event, 5).update(deed="x")
    assert verified(elsewhere.slug) == (0, [f"{elsewhere.slug}: 0 acts, whole"])


def test_under_another_secret_key_it_says_so_in_one_sentence(event, settings):
    settings.SECRET_KEY = ELSE
    told = "acts 1 to 9 were written under another secret key: nobody can say whether as it stands, unless FORMER_SECRET_KEYS names it"
    assert verified() == (1, slug(event, told))
    audit.note(event, None, "deed-10", event.pk)
    assert verified() == (1, slug(event, told))


def test_a_former_key_that_is_named_checks_its_acts(event, settings):
    settings.FORMER_SECRET_KEYS, settings.SECRET_KEY = [settings.SECRET_KEY], ELSE
    audit.note(event, None, "deed-10", event.pk)
    assert verified() == (0, slug(event, "10 acts, whole"))
    at(event, 5).update(deed="x")
    assert verified() == (1, slug(event, "act 5 was changed"))


def test_what_is_missing_among_acts_of_another_key_is_found_all_the_same(event, settings):
    settings.SECRET_KEY = ELSE
    at(event, 5).delete()
    code, told = verified()
    assert (code, told[0]) == (1, f"{event.slug}: act 5 was taken away") and len(told) == 3


def test_a_thousand_faults_are_told_of_in_a_few_lines(event):
    for _number in range(10, 520):
        audit.note(event, None, "deed", event.pk)
    Act.objects.filter(event=event).update(deed="x")
    code, told = verified()
    assert (code, len(told), told[-1]) == (1, 201, f"{event.slug}: and more of the kind: 319")


def test_acts_written_while_it_looks_are_no_fault(event):
    walk = Walk(event.pk, end_of(event.pk))
    audit.note(event, None, "deed-10", event.pk)
    for act in Act.objects.filter(event=event):
        walk.meet(act)
    assert list(walk.faults(end_of(event.pk))) == []
    (fault,) = walk.faults(walk.end)
    assert (fault.what, fault.first, fault.last) == (What.BEYOND, 10, 10), "as it would be, were none written meanwhile"


def test_however_long_the_chain_it_takes_the_same_memory(event):
    def most(acts: int) -> int:
        held = Event.objects.get(pk=event.pk)
        end(event, **audit.append(held, None, [Done("deed", event.pk)] * acts))
        tracemalloc.start()
        walk = checked(event)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert walk.count == held.audit_number + acts
        return peak

    first = most(2000)
    assert most(4000) < first * 1.2
