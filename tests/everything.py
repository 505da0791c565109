"""A database with a row in every table; what is in a database, row by row; and backups taken while others write.

Started as a program (`python -m tests.everything DEED …`) it does one of its deeds in the database that DATABASE_URL names.
"""

import contextlib
import datetime
import json
import os
import pathlib
import pickle
import signal
import sys
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import django
from django.apps import apps
from django.apps.registry import Apps
from django.db import connection, connections, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from tests import template

TEXT = "Élu « là » — 語 \U0001f5ff\n\t\\\"'\u2028 end"
MOMENT = datetime.datetime(2026, 3, 1, 9, 30, 15, 123456, tzinfo=datetime.UTC)
MADE_BY_DJANGO = {"auth", "contenttypes"}
UNUSED = {"socialaccount"}  # whose tables are always empty (tests/test_openid.py)
SIGN_INS = {"sessions.session", "dialogue.signin"}


def tables(apps: Apps = apps) -> list[type[models.Model]]:
    """Every table of every app, but for those that Django fills by itself, and those that nobody fills."""
    every = apps.get_models(include_auto_created=True)
    return [table for table in every if table._meta.app_label not in MADE_BY_DJANGO | UNUSED]


def one_of(table: type[models.Model]) -> models.Model:
    """A row for a table that has none: every value one that is easily spoiled on the way."""
    return table(**{
        field.attname: value(table, field) for field in table._meta.concrete_fields if not field.primary_key
    })  # fmt: skip


def restored(file: str) -> None:
    """Restore a backup in place of what is there; what is there then."""
    from django.core.management import call_command

    call_command("restore", file, "--replace")
    pathlib.Path("restored.pickle").write_bytes(pickle.dumps(held()))


def restore_killed(file: str, at: str, *weakened: str) -> None:
    """Restore, and be killed when so many migrations are applied; "0": when the rows are written. It never returns."""
    from dialogue.archive import restore

    made = iter(range(1, 1000))

    def apply(executor: MigrationExecutor, *given: Any, **named: Any) -> Any:
        state = applied(executor, *given, **named)
        if str(next(made)) == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return state

    applied, MigrationExecutor.apply_migration = MigrationExecutor.apply_migration, apply  # type: ignore[method-assign]
    if at == "0":
        restore.tell_apart = lambda *_given: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
    if weakened:
        restore.all_or_nothing = contextlib.nullcontext  # type: ignore[assignment]
    with pathlib.Path(file).open("rb") as opened:
        restore.restore(opened)


def value(table: type[models.Model], field: models.Field) -> Any:
    if isinstance(field, models.ForeignKey):
        about_nothing = field.null and field.name != "contribution"  # but some rows are about one statement
        return None if about_nothing else field.related_model._base_manager.values_list("pk", flat=True)[0]
    if table._meta.model_name == "relation" and field.name == "kind":
        return "opens"  # the one that needs no target
    if field.choices:
        return [key for key, _ in field.flatchoices][-1]
    return {
        "JSONField": {"a": [1, None, True, 0.5, TEXT]}, "UUIDField": uuid.uuid4(), "BooleanField": True,
        "DateTimeField": MOMENT, "DateField": MOMENT.date(), "TextField": TEXT, "CharField": TEXT[: field.max_length],
        "EmailField": "élu@example.org", "SlugField": "slug",
    }.get(field.get_internal_type(), 7)  # fmt: skip


def fill() -> None:
    """Victoria's record, published, with the cast around its table; and a row wherever there is none yet.

    With it, beside the database: `full.backup`, and `full.pickle` of what is in it.
    """
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    from dialogue.archive import format, load
    from dialogue.report.actions import publish
    from tests import cast

    template.copy_for(os.environ.get("DATABASE_URL", ""))
    call_command("migrate", verbosity=0)
    victoria = pathlib.Path(format.__file__).with_name("victoria-2007.json")
    event = load.load(format.read(victoria.read_bytes()))
    cast.seat(event)
    publish(event, None)
    SessionStore().save()
    fill_empty(tables())
    call_command("backup", "full.backup")
    pathlib.Path("full.pickle").write_bytes(pickle.dumps(held()))


def fill_old() -> None:
    """A row in every table of a database that is older than the program, and its backup."""
    from django.core.management import call_command

    call_command("migrate", "dialogue", "0001", verbosity=0)
    loader = MigrationLoader(connection)
    fill_empty(tables(loader.project_state(list(loader.applied_migrations)).apps))
    call_command("backup", "old.backup")


def fill_empty(some: list[type[models.Model]]) -> None:
    while empty := [table for table in some if not table._base_manager.exists()]:
        for table in empty:
            with contextlib.suppress(IndexError):  # what it points at comes first
                table._base_manager.bulk_create([one_of(table)])


def held() -> dict[str, list[tuple]]:
    """Everything in the database: {table: its rows}, without who is signed in and without what a restore makes anew."""
    found = {}
    for table in tables():
        if table._meta.label_lower not in SIGN_INS:
            names = [field.attname for field in table._meta.concrete_fields]
            columns = [name for name in names if name not in {"epoch", "access_epoch"}]
            found[table._meta.label_lower] = list(table._base_manager.order_by("pk").values_list(*columns))
    return found


# ------------------------------------------------------------------ while others write


def take_turn() -> None:
    """Something happens at the table: an entry in three streams, of which one is new, the deed that made it, and its act."""
    from dialogue.events.models import Session
    from dialogue.people.models import Person
    from dialogue.record import actions as record

    session, person = Session.objects.get(kind="roundtable"), Person.objects.order_by("pk")[0]
    with record.turn(session.event, by=person) as turn:
        turn.enter("said", uuid.uuid4(), session, ["table", "staff", f"person:{person.pk}"])
        turn.keep(session, person, uuid.uuid4().hex, [], "said", uuid.uuid4())


def back_up_while_writing(folder: str, times: str) -> None:
    """Backups, one after another, while two threads take turn after turn."""
    from dialogue.archive import backup

    over = threading.Event()

    def write() -> None:
        while not over.is_set():
            take_turn()
        connections.close_all()

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        for number in range(int(times)):
            with pathlib.Path(folder, f"{number}.backup").open("wb") as file:
                backup.write(file)
    finally:
        over.set()
        for writer in writers:
            writer.join()


def write_in_the_middle(how: str) -> dict[str, Any]:
    """One turn after a backup has begun and before it has read a row: what the writer and the backup saw of it.

    `how`: "snapshot", or "ordinary" for a transaction as all others are.
    """
    from dialogue.archive import backup

    problems: list[str] = []

    def write() -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA busy_timeout = 300")
        try:
            take_turn()
        except Exception as problem:
            problems.append(str(problem))
        connection.close()

    with (backup.snapshot if how == "snapshot" else ordinary)() as own:
        header, kept = backup.described(own, sign_ins=False)
        lines = backup.whole(header, kept)
        next(lines)
        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
        promised, found = sum(part.rows for part in header.tables), len(list(lines))
    return {"writer": problems, "came in": found - promised}


def write_at_once(writers: str, times: str) -> dict[str, Any]:
    """So many threads, each with so many turns and as many acts outside a turn: what the audit is then."""
    from django.core.management import call_command

    from dialogue.archive.load import load
    from dialogue.audit import actions as audit
    from dialogue.audit.checking import checked, end_of
    from dialogue.people.models import Person
    from tests import records

    template.copy_for(os.environ.get("DATABASE_URL", ""))
    call_command("migrate", verbosity=0)
    Person.objects.create(name="Writer", email="writer@example.org")
    event, problems = load(records.table()), []

    def write() -> None:
        try:
            for _ in range(int(times)):
                take_turn()
                audit.note(event, None, "noted", event.pk)
        except Exception as problem:
            problems.append(str(problem))
        connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(int(writers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    walk = checked(event)
    return {"acts": walk.count, "faults": [str(one) for one in walk.faults(end_of(event.pk))], "problems": problems}


@contextlib.contextmanager
def ordinary() -> Iterator[Any]:
    """What `snapshot` would be without its care."""
    connections["backup"] = own = connection.copy("backup")
    own.settings_dict["OPTIONS"].pop("pool", None)
    with transaction.atomic(using="backup"):
        yield own
    own.close()


if __name__ == "__main__":
    django.setup()
    deeds = (fill, fill_old, restored, restore_killed, back_up_while_writing, write_in_the_middle, write_at_once)
    print(json.dumps({deed.__name__: deed for deed in deeds}[sys.argv[1]](*sys.argv[2:])))
