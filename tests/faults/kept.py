"""What the database holds, read past the product's own code: plain SQL on SQLite or PostgreSQL."""

import contextlib
import pathlib
import sqlite3
import uuid
from dataclasses import dataclass
from urllib.parse import urlsplit

import psycopg

CONTRIBUTIONS = "SELECT c.id, c.text, a.key FROM dialogue_contribution c JOIN dialogue_authorship o ON o.contribution_id = c.id JOIN dialogue_attendee a ON a.id = o.attendee_id"
ENTRIES = "SELECT s.id, s.audience, e.number, e.kind, e.subject FROM dialogue_entry e JOIN dialogue_stream s ON s.id = e.stream_id ORDER BY s.audience, e.number"
HEADS = "SELECT id, audience, head FROM dialogue_stream"


@dataclass
class Kept:
    """What there is."""

    contributions: dict[str, tuple[str, str]]  # {id: (words, who)}
    entries: dict[str, list[tuple[int, str, str]]]  # {audience: [(number, kind, subject)]}
    streams: dict[str, str]  # {stream id: audience}
    heads: dict[str, int]  # {audience: head}


def rows(database: str, statement: str, *values) -> list[tuple]:
    """What a statement selects or returns."""
    place = urlsplit(database)
    if place.scheme == "sqlite":
        with contextlib.closing(sqlite3.connect(pathlib.Path(place.path), timeout=20)) as connection, connection:
            return connection.execute(statement.replace("%s", "?"), values).fetchall()
    with psycopg.connect(database, connect_timeout=5) as connection:
        cursor = connection.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def read(database: str) -> Kept:
    """All of it."""
    entries: dict[str, list] = {}
    for _stream, audience, number, kind, subject in rows(database, ENTRIES):
        entries.setdefault(audience, []).append((number, kind, plain(subject)))
    streams = rows(database, HEADS)
    said = {plain(one): (text, who) for one, text, who in rows(database, CONTRIBUTIONS)}
    return Kept(
        said, entries, {plain(one): audience for one, audience, _ in streams}, {who: n for _, who, n in streams}
    )


def plain(value: object) -> str:
    """An id as pages write it, whatever the database makes of it."""
    return str(uuid.UUID(str(value)))


def head(database: str, audience: str = "table") -> tuple[str, int]:
    """(stream id, its last number); ("", 0) where nobody has been told anything yet."""
    found = rows(database, "SELECT id, head FROM dialogue_stream WHERE audience = %s", audience)
    return (plain(found[0][0]), found[0][1]) if found else ("", 0)
