"""The template of a test database: it is what migrating makes, and nothing is left to be migrated."""

import contextlib
import pathlib
import sqlite3

import pytest
from django.core.management import call_command
from django.db import connection

from tests.machine import manage
from tests.template import copy_for, template


def tables_of(path: pathlib.Path) -> set[tuple]:
    """Tables, indexes and triggers, as they were written."""
    with contextlib.closing(sqlite3.connect(path)) as opened:
        return set(opened.execute("SELECT type, name, sql FROM sqlite_master"))


@pytest.mark.sqlite
@pytest.mark.django_db
def test_nothing_is_left_to_be_migrated():
    call_command("migrate", check_unapplied=True, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT type, name, sql FROM sqlite_master")
        assert set(cursor.fetchall()) == tables_of(template())


def test_a_copy_is_what_migrating_makes(tmp_path: pathlib.Path):
    copy_for(f"sqlite:///{tmp_path / 'data.sqlite3'}")
    before = tables_of(tmp_path / "data.sqlite3")
    assert manage(tmp_path, "migrate", "--check").returncode == 0
    assert any(kind == "trigger" for kind, _name, _sql in before) and tables_of(tmp_path / "data.sqlite3") == before


def test_what_is_there_already_stays(tmp_path: pathlib.Path):
    (tmp_path / "data.sqlite3").write_bytes(b"Something.")
    copy_for(f"sqlite:///{tmp_path / 'data.sqlite3'}")
    assert (tmp_path / "data.sqlite3").read_bytes() == b"Something."
