"""The whole database as one file: taken at one moment, while people go on writing.

Gzip of JSON lines: a header (format, time, migrations, and each table with its columns and the number of its rows), the
rows, one table after another, and SHA-256 of all that. `restore.py` reads it.
"""

import base64
import datetime
import decimal
import gzip
import hashlib
import itertools
import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

FORMAT = "roundtable-backup/1"
ALIAS = "backup"
AT_ONCE = 2000  # rows
MADE_BY_MIGRATIONS = {"auth", "contenttypes"}  # Django's own lists, which every database has anyway
SIGN_INS = {"sessions"}  # who is signed in: left out unless asked for, since with it one can pass for them

Migration = tuple[str, str]


class Impossible(Exception):
    """Why there is no backup of this database, as a sentence."""


@contextmanager
def snapshot() -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own that sees the database as it is now, for as long as it lasts, and holds up no writer."""
    own = connections[DEFAULT_DB_ALIAS].copy(ALIAS)
    options = own.settings_dict["OPTIONS"]
    options.pop("transaction_mode", None)  # IMMEDIATE would take the lock that SQLite's writers need
    options.pop("pool", None)
    connections[ALIAS] = own
    try:
        with transaction.atomic(using=ALIAS):
            if own.vendor == "postgresql":  # whose ordinary transactions see what others commit meanwhile
                with own.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield own
    finally:
        own.close()
        del connections[ALIAS]


def write(file: BinaryIO, *, sign_ins: bool = False) -> dict[str, Any]:
    """Write a backup of the database to an open file; its header comes back. Raises Impossible."""
    digest = hashlib.sha256()
    with snapshot() as connection, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        lines = whole(connection, sign_ins=sign_ins)
        header = next(lines)
        for told in itertools.chain([header], lines):
            line = one_line(told)
            digest.update(line)
            packed.write(line)
        packed.write(one_line({"sha256": digest.hexdigest()}))
    return header


def whole(connection: BaseDatabaseWrapper, *, sign_ins: bool) -> Iterator[Any]:
    """The header, then each row as a list of its columns. Raises Impossible."""
    loader = migrations(connection)
    applied = list(loader.applied_migrations or ())
    tables = tables_at(loader, applied, sign_ins=sign_ins)
    yield {
        "format": FORMAT,
        "made": timezone.now().isoformat(timespec="seconds"),
        "migrations": named(applied),
        "tables": [
            {"name": table._meta.label_lower, "columns": columns(table), "rows": rows(table).count()}
            for table in tables
        ],
    }
    for table in tables:
        yield from rows(table).values_list(*columns(table)).iterator(AT_ONCE)


def migrations(connection: BaseDatabaseWrapper) -> MigrationLoader:
    """What has been applied to a database. Raises Impossible where that is nothing, or more than is known here."""
    loader = MigrationLoader(connection)
    applied = set(loader.applied_migrations or ())
    if not applied:
        raise Impossible("The database is empty")
    if unknown := applied - set(loader.disk_migrations or ()):
        raise Impossible(f"The database is of a newer version than this program ({named(unknown)[-1]})")
    return loader


def tables_at(loader: MigrationLoader, applied: list[Migration], *, sign_ins: bool) -> list[type[models.Model]]:
    """The tables that a backup holds, as they are where these migrations and no others have been applied.

    A database may be older than the program: one backs it up before one brings it up to date.
    """
    left_out = MADE_BY_MIGRATIONS | (set() if sign_ins else SIGN_INS)
    found = loader.project_state(applied).apps.get_models(include_auto_created=True)
    tables = [one for one in found if one._meta.app_label not in left_out and one._meta.managed]
    return sorted(tables, key=lambda table: table._meta.label_lower)


def described(connection: BaseDatabaseWrapper, tables: Iterable[type[models.Model]]) -> dict[str, Any]:
    """The header of a backup of these tables."""
    return {
        "format": FORMAT,
        "made": timezone.now().isoformat(timespec="seconds"),
        "migrations": named(MigrationLoader(connection).applied_migrations),
        "tables": [
            {"name": table._meta.label_lower, "columns": columns(table), "rows": rows(table).count()}
            for table in tables
        ],
    }


def named(migrations: Iterable[Migration]) -> list[str]:
    """Migrations as a header has them: `app.name`, in order."""
    return sorted(f"{app}.{name}" for app, name in migrations)


def columns(table: type[models.Model]) -> list[str]:
    """The names of a table's columns, in order."""
    return [field.attname for field in table._meta.concrete_fields]


def rows(table: type[models.Model]) -> models.QuerySet:
    """All rows as the snapshot sees them, also those that a model's own manager passes over."""
    return table._base_manager.using(ALIAS).order_by("pk")


def one_line(told: Any) -> bytes:
    """A line of the file."""
    return json.dumps(told, default=plain, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def plain(value: Any) -> str:
    """A value that JSON has no form for, as the field that it came from reads it again (`to_python`)."""
    if isinstance(value, datetime.date | datetime.time):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, uuid.UUID | decimal.Decimal):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    raise TypeError(f"a backup has no form for {type(value).__name__}")
