"""The whole database as one file: taken at one moment, while people go on writing; and such a file, read again.

Gzip of JSON lines: a header (format, time, migrations, and each table with its columns and the number of its rows), the
rows, one table after another, and the SHA-256 of all that.
"""

import base64
import datetime
import decimal
import gzip
import hashlib
import json
import uuid
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

FORMAT = "roundtable-backup/1"
ALIAS = "backup"
AT_ONCE = 2000  # rows
LONGEST = 256 * 1024 * 1024  # bytes of a line: a published chapter is one row
MADE_BY_MIGRATIONS = {"auth", "contenttypes"}  # Django's own lists, which every database has anyway
UNUSED = {"socialaccount"}  # of a library, and always empty: who comes by an OpenID provider is known by their address
# Who is signed in, and where: left out unless asked for, since with it one can pass for them.
SIGN_INS = {"sessions.session", "dialogue.signin"}
FOREIGN = "It is not a backup of this program"
NEWER = "It is of a newer version of this program"
DAMAGED = "It is damaged or cut off"

Migration = tuple[str, str]
Table = type[models.Model]


class Refused(Exception):
    """Why there is no backup, or no restoring of one: a sentence without its full stop."""


@dataclass(frozen=True)
class Part:
    """One table in a backup."""

    name: str  # app.model
    columns: list[str]
    rows: int


@dataclass(frozen=True)
class Header:
    """What a backup says about itself."""

    made: datetime.datetime
    migrations: set[Migration]
    tables: list[Part]


# ------------------------------------------------------------------ what is in it


def tables_at(loader: MigrationLoader, applied: Iterable[Migration], *, sign_ins: bool) -> list[Table]:
    """The tables that a backup holds, as they are where these migrations and no others have been applied.

    A database may be older than the program: one backs it up before one brings it up to date.
    """
    found = loader.project_state(list(applied)).apps.get_models(include_auto_created=True)
    kept = [table for table in found if table._meta.app_label not in MADE_BY_MIGRATIONS | UNUSED]
    tables = [table for table in kept if table._meta.managed and (sign_ins or table._meta.label_lower not in SIGN_INS)]
    return sorted(tables, key=lambda table: table._meta.label_lower)


def columns(table: Table) -> list[str]:
    """The names of a table's columns, in order."""
    return [field.attname for field in table._meta.concrete_fields]


# ------------------------------------------------------------------ writing


def write(file: BinaryIO, *, sign_ins: bool = False) -> Header:
    """Write a backup of the database to an open file; its header comes back. Raises Refused."""
    digest = hashlib.sha256()
    with snapshot() as connection, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed:
        header, tables = described(connection, sign_ins=sign_ins)
        for told in whole(header, tables):
            line = one_line(told)
            digest.update(line)
            packed.write(line)
        packed.write(one_line({"sha256": digest.hexdigest()}))
    return header


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


def described(connection: BaseDatabaseWrapper, *, sign_ins: bool) -> tuple[Header, list[Table]]:
    """What the backup of a database will hold. Raises Refused."""
    loader = MigrationLoader(connection)
    applied = set(loader.applied_migrations or ())
    if not applied:
        raise Refused("The database has no tables: there is nothing to back up")
    if applied - set(loader.disk_migrations or ()):
        raise Refused("The database is of a newer version than this program")
    tables = tables_at(loader, applied, sign_ins=sign_ins)
    parts = [Part(table._meta.label_lower, columns(table), rows(table).count()) for table in tables]
    return Header(timezone.now(), applied, parts), tables


def whole(header: Header, tables: Iterable[Table]) -> Iterator[Any]:
    """What is written line by line: the header, then each row as a list of its columns."""
    yield {
        "format": FORMAT,
        "made": header.made,
        "migrations": sorted(header.migrations),
        "tables": [asdict(part) for part in header.tables],
    }
    for table in tables:
        yield from rows(table).values_list(*columns(table)).iterator(AT_ONCE)


def rows(table: Table) -> models.QuerySet:
    """All rows that the snapshot sees, also those that a model's own manager passes over."""
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


# ------------------------------------------------------------------ reading


def contents(file: BinaryIO) -> tuple[Header, Iterator[list[Any]]]:
    """The header and the rows of an open backup. Raises Refused where it is none or, with the last row, not whole."""
    file.seek(0)
    if file.read(2) != b"\x1f\x8b":
        raise Refused(FOREIGN)
    file.seek(0)
    packed, digest = gzip.GzipFile(fileobj=file), hashlib.sha256()
    header = headed(next_line(packed, digest))
    return header, rows_in(packed, header, digest)


def rows_in(packed: gzip.GzipFile, header: Header, digest: Any) -> Iterator[list[Any]]:
    """The rows that the header promises, and nothing after them but their digest. Raises Refused."""
    for part in header.tables:
        for _ in range(part.rows):
            row = parsed(next_line(packed, digest))
            if not isinstance(row, list) or len(row) != len(part.columns):
                raise Refused(DAMAGED)
            yield row
    promised = {"sha256": digest.hexdigest()}
    if parsed(next_line(packed, digest)) != promised or next_line(packed, digest):
        raise Refused(DAMAGED)


def next_line(packed: gzip.GzipFile, digest: Any) -> bytes:
    """One line, counted into the digest; b"" at the end. Raises Refused where the file is damaged."""
    try:
        line = packed.readline(LONGEST)
    except (EOFError, zlib.error, gzip.BadGzipFile) as problem:
        raise Refused(DAMAGED) from problem
    digest.update(line)
    return line


def parsed(line: bytes) -> Any:
    """What a line says. Raises Refused."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise Refused(DAMAGED) from problem


def headed(line: bytes) -> Header:
    """The header that a file begins with. Raises Refused."""
    told = parsed(line)
    named = str(told.get("format")) if isinstance(told, dict) else ""
    if named != FORMAT:
        raise Refused(NEWER if named.startswith(FORMAT.partition("/")[0]) else FOREIGN)
    try:
        return Header(
            datetime.datetime.fromisoformat(told["made"]),
            {(str(app), str(name)) for app, name in told["migrations"]},
            [Part(str(one["name"]), list(one["columns"]), int(one["rows"])) for one in told["tables"]],
        )
    except (KeyError, TypeError, ValueError, OverflowError) as problem:
        raise Refused(DAMAGED) from problem
