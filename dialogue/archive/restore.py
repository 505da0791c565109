"""A database from a backup: all of it in one transaction, or nothing. What follows is told apart from what was before."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from dialogue.archive.backup import FORMAT, SIGN_INS, Migration, columns, tables_at
from dialogue.events.models import new_epoch

AT_ONCE = 1000  # rows written together
LONGEST = 256 * 1024 * 1024  # bytes of a line: a published chapter is one row
PATIENCE = "20s"  # that PostgreSQL waits for those who are writing

Table = type[models.Model]
DAMAGED = "It is damaged or cut off"


class Refused(Exception):
    """Why a file is not restored, as a sentence."""


class Occupied(Refused):
    """The database holds something already."""


# ------------------------------------------------------------------ reading


def contents(file: BinaryIO) -> Iterator[Any]:
    """The header, then row after row. Raises Refused where that is no whole backup, at the latest after the last row."""
    file.seek(0)
    digest = hashlib.sha256()
    with gzip.GzipFile(fileobj=file) as packed:
        header = headed(first_line(packed, digest))
        yield header
        for table in header["tables"]:
            for _ in range(table["rows"]):
                row = parsed(next_line(packed, digest))
                if not isinstance(row, list) or len(row) != len(table["columns"]):
                    raise Refused(DAMAGED)
                yield row
        promised = {"sha256": digest.hexdigest()}
        if parsed(next_line(packed, digest)) != promised or next_line(packed, digest):
            raise Refused(DAMAGED)


def first_line(packed: gzip.GzipFile, digest: Any) -> bytes:
    """The line that says what the file is."""
    try:
        return next_line(packed, digest)
    except gzip.BadGzipFile as problem:
        raise Refused("It is not a backup of this program") from problem


def next_line(packed: gzip.GzipFile, digest: Any) -> bytes:
    """One line, counted into the digest; b"" at the end. Raises Refused where the file is damaged."""
    try:
        line = packed.readline(LONGEST + 1)
    except (EOFError, zlib.error) as problem:
        raise Refused(DAMAGED) from problem
    digest.update(line)
    return line


def parsed(line: bytes) -> Any:
    """What a line says. Raises Refused."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise Refused(DAMAGED) from problem
