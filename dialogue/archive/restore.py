"""A database from a backup: all of it in one transaction, or nothing; told apart from what was there before."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, BinaryIO

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DatabaseError, DataError, IntegrityError, connection, models, transaction
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
from dialogue.archive.values import Wrong, value_for
from dialogue.events.models import new_epoch

AT_ONCE = 1000  # rows written together
PATIENCE = "20s"  # that PostgreSQL waits for those who are writing
EVENT, SESSION = "dialogue.event", "dialogue.session"
ANOTHER = (
    "It is of another version than this database. Name a new one in DATABASE_URL: it gets the tables that the backup "
    "needs, and is brought up to date afterwards"
)

Tables = dict[str, Table]
Numbered = tuple[int, Any]  # a line of the file, and what stands in it


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

    Without `replace` only an empty database is filled; one without tables gets them. Where it raises Refused
    (Occupied), or the process is killed, nothing has changed, tables included.
    """
    checked(file)  # before anything is touched
    header, rows = contents(file)
    lines = enumerate(rows, 2)  # the header is the first
    with in_sentences(), all_or_nothing():
        tables = ready(header)
        held = make_room(tables, replace=replace)
        for part in header.tables:
            fill(tables[part.name], part, lines)
        for _ in lines:  # the digest again
            pass
        tell_apart(tables, held)
        connection.check_constraints()
        start_sequences(tables.values())
    bring_up_to_date()
    return header


@contextmanager
def all_or_nothing() -> Iterator[None]:
    """One transaction, also around tables that are made: SQLite makes none while it looks at foreign keys.

    That they hold is asked before it ends.
    """
    with connection.constraint_checks_disabled(), transaction.atomic():
        yield


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
    if promised not in (expected, whole := {name: columns(every[name]) for name in every}):
        raise Refused(f"{FOREIGN}: {difference(promised, whole)}")
    if not here:
        make_tables(executor, header.migrations)
    return every


def difference(promised: dict[str, list[str]], known: dict[str, list[str]]) -> str:
    """How the tables of a backup differ from those that the program knows: the first of them, in words."""
    for name in promised.keys() - known.keys():
        return f"nobody knows its table {name}"
    for name, some in known.items():
        if name not in promised and name not in SIGN_INS:
            return f"it lacks the table {name}"
        for column in sorted(set(some) ^ set(promised.get(name, some))):
            return f"its table {name} {'lacks' if column in some else 'has'} the column {column}"
    return "its tables have their columns in another order"


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


def fill(table: Table, part: Part, lines: Iterator[Numbered]) -> None:
    """Write the rows of one table. Raises Refused with the place of a value or a row that is not taken."""
    left = part.rows
    while some := [(line, row_of(table, part, line, row)) for line, row in islice(lines, min(left, AT_ONCE))]:
        try:
            write(table, [row for _line, row in some])
        except (DataError, IntegrityError):
            find_fault(table, part, some)
            raise
        left -= len(some)


def row_of(table: Table, part: Part, line: int, values: list[Any]) -> models.Model:
    """A row out of a line of the file. Raises Refused."""
    found = {}
    for field, value in zip(table._meta.concrete_fields, values, strict=True):
        try:
            found[field.attname] = value_for(field, value)
        except Wrong as problem:
            raise Refused(f"Line {line}, table {part.name}, column {field.attname}: the value {problem}") from problem
    return table(**found)


@transaction.atomic
def write(table: Table, rows: list[models.Model]) -> None:
    """These rows, or none of them."""
    table._base_manager.bulk_create(rows)


def find_fault(table: Table, part: Part, some: list[Numbered]) -> None:
    """Write rows one by one, up to the one that the database does not take. Raises Refused."""
    for line, row in some:
        try:
            write(table, [row])
        except (DataError, IntegrityError) as problem:
            place = f"Line {line}, table {part.name}"
            raise Refused(f"{place}: the database does not take it: {said_by(problem)}") from problem


def said_by(problem: Exception) -> str:
    """What the database says, in one line."""
    return " ".join(str(problem).split())


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
    except (DatabaseError, ValueError, OverflowError, RecursionError) as problem:
        raise Refused(f"The database does not take it: {said_by(problem)}") from problem
