"""A database of a test's own for a server in another process, on whatever the tests run on; and what stands in it."""

import contextlib
import os
import pathlib
import secrets
import sqlite3
import urllib.parse
from collections import Counter
from collections.abc import Iterator

import psycopg

Rows = dict[str, Counter[str]]


@contextlib.contextmanager
def database(path: pathlib.Path) -> Iterator[str]:
    """The address of an empty one: a file in `path`, or a database beside the one that DATABASE_URL names."""
    given = os.environ.get("DATABASE_URL", "")
    if not given.startswith("postgres"):
        path.mkdir(exist_ok=True)
        yield f"sqlite:///{path / 'data.sqlite3'}"
        return
    place, name = urllib.parse.urlsplit(given), f"test_own_{secrets.token_hex(6)}"
    with psycopg.connect(place._replace(path="/postgres").geturl(), autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {name}")
        try:
            yield place._replace(path=f"/{name}").geturl()
        finally:
            owner.execute(f"DROP DATABASE {name} WITH (FORCE)")


def rows_of(url: str) -> Rows:
    """Every row of every table, as text: {table: how often each row stands in it}."""
    with contextlib.closing(opened(url)) as connection:
        listed = (
            "SELECT name FROM sqlite_master WHERE type = 'table'" if isinstance(connection, sqlite3.Connection)
            else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )  # fmt: skip
        tables = [name for (name,) in connection.execute(listed).fetchall()]
        return {name: Counter(map(repr, connection.execute(f'SELECT * FROM "{name}"'))) for name in tables}


def opened(url: str) -> sqlite3.Connection | psycopg.Connection:
    if url.startswith("sqlite"):
        return sqlite3.connect(url.removeprefix("sqlite:///"))
    return psycopg.connect(url)
