"""A database from a backup: all of it in one transaction, or nothing; told apart from what was there before."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from dialogue.archive.backup import (
    FOREIGN,
    NEWER,
    SIGN_INS,
    Header,
    Migration,
    Part,
    Refused,
    Table,
    columns,
    contents,
    tables_at,
)
from dialogue.events.models import new_epoch

AT_ONCE = 1000  # rows written together
PATIENCE = "20s"  # that PostgreSQL waits for those who are writing
EVENT, SESSION = "dialogue.event", "dialogue.session"
ANOTHER = (
    "It is of another version than this database. Name a new one in DATABASE_URL: it gets the tables that the backup "
    "needs, and is brought up to date afterwards"
)

Tables = dict[str, Table]


class Occupied(Refused):
    """The database holds something already."""


def checked(file: BinaryIO) -> Header:
    """The header of an open backup that has been read to its end. Raises Refused where it is not whole."""
    header, rows = contents(file)
    for _ in rows:
        pass
    return header


def restore(file: BinaryIO, *, replace: bool = False) -> Header:
    """Fill the database from an open backup; the backup's header comes back.

    Without `replace` only an empty database is filled. Raises Refused (Occupied), and then no row has changed.
    """
    checked(file)  # before anything is touched
    header, rows = contents(file)
    tables = ready(header)
    with in_sentences(), transaction.atomic():
        held = make_room(tables, replace=replace)
        for part in header.tables:
            fill(tables[part.name], part, rows)
        for _ in rows:  # the digest again
            pass
        tell_apart(tables, held)
        connection.check_constraints()
        start_sequences(tables.values())
    bring_up_to_date()
    return header


# ------------------------------------------------------------------ tables


def ready(header: Header) -> Tables:
    """The database's tables by name, which are those that the backup came from. Raises Refused where they are not."""
    executor = MigrationExecutor(connection)
    here = set(executor.loader.applied_migrations or ())
    if not header.migrations <= set(executor.loader.disk_migrations or ()):
        raise Refused(NEWER)
    if here and here != header.migrations:
        raise Refused(ANOTHER)
    every = {one._meta.label_lower: one for one in tables_at(executor.loader, header.migrations, sign_ins=True)}
    expected = {name: columns(table) for name, table in every.items() if table._meta.label_lower not in SIGN_INS}
    promised = {part.name: part.columns for part in header.tables}
    if promised not in (expected, expected | {name: columns(every[name]) for name in every}):
        raise Refused(FOREIGN)
    if not here:
        make_tables(executor, header.migrations)
    return every


def make_tables(executor: MigrationExecutor, migrations: set[Migration]) -> None:
    """Apply these migrations, and no others, to a database that has none."""
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    executor.migrate([], [step for step in plan if (step[0].app_label, step[0].name) in migrations])


def bring_up_to_date() -> None:
    """Apply what is new since the backup."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)


def make_room(tables: Tables, *, replace: bool) -> dict[Any, int]:
    """Empty the tables; {session: its access epoch} of before. Raises Occupied where that was not asked for."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            lock(cursor, tables)
        if not replace and any(
            table._base_manager.exists() for table in tables.values() if table._meta.label_lower not in SIGN_INS
        ):
            raise Occupied("The database holds something already")
        held = dict(tables[SESSION]._base_manager.values_list("pk", "access_epoch")) if watched(tables) else {}
        for table in sorted(tables.values(), key=lambda table: table._meta.label_lower != EVENT):  # acts go with theirs
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table._meta.db_table)}")
    return held


def lock(cursor: Any, tables: Tables) -> None:
    """Keep writers out until the end, readers not. Events first: whoever takes a turn has locked one of those."""
    names = sorted(tables, key=lambda name: name != EVENT)
    quoted = (connection.ops.quote_name(tables[name]._meta.db_table) for name in names)
    cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
    cursor.execute(f"LOCK TABLE {', '.join(quoted)} IN EXCLUSIVE MODE")


def start_sequences(tables: Iterable[Table]) -> None:
    """Let the numbers that the database gives out begin after those that were restored."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(tables)):
            cursor.execute(statement)


# ------------------------------------------------------------------ rows


def fill(table: Table, part: Part, rows: Iterator[list[Any]]) -> None:
    """Write the rows of one table."""
    fields = table._meta.concrete_fields
    left = part.rows
    while some := list(islice(rows, min(left, AT_ONCE))):
        table._base_manager.bulk_create(
            table(**{field.attname: field.to_python(value) for field, value in zip(fields, row, strict=True)})
            for row in some
        )
        left -= len(some)


def watched(tables: Tables) -> bool:
    """Whether these tables are of a version with a live table."""
    return "epoch" in columns(tables[EVENT])


def tell_apart(tables: Tables, held: dict[Any, int]) -> None:
    """Have every open page read anew, and every reader be asked again who they are."""
    if not watched(tables):
        return
    for event in tables[EVENT]._base_manager.values_list("pk", flat=True):
        tables[EVENT]._base_manager.filter(pk=event).update(epoch=new_epoch())
    for session, moved in tables[SESSION]._base_manager.values_list("pk", "access_epoch"):
        further = max(moved, held.get(session, 0)) + 1
        tables[SESSION]._base_manager.filter(pk=session).update(access_epoch=further)


@contextmanager
def in_sentences() -> Iterator[None]:
    """What the database says against a backup, as Refused."""
    try:
        yield
    except (DatabaseError, ValidationError, ValueError) as problem:
        raise Refused(f"The database does not take it: {' '.join(str(problem).split())}") from problem
