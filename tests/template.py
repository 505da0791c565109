"""An empty SQLite database that is migrated already: made once for each state of the migrations, and copied.

Migrating takes seconds, and every process of a test run, and every server that a test starts, would do it again. It lies
in the machine's directory for temporary files, under a name that changes with every migration.
"""

import contextlib
import functools
import hashlib
import os
import pathlib
import shutil
import sqlite3
import tempfile
from typing import Any

import allauth
import django

from tests.machine import ROOT, manage


@functools.cache
def template() -> pathlib.Path:
    """Where it lies; made where there is none."""
    told = hashlib.sha256(f"{django.__version__} {allauth.__version__}".encode())
    for path in sorted(
        [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/*/migrations/*.py"), ROOT / "dialogue/settings.py"]
    ):
        told.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    place = pathlib.Path(tempfile.gettempdir()) / f"roundtable-{os.getuid()}-{told.hexdigest()[:16]}.sqlite3"
    if not place.exists():
        make(place)
    return place


def make(place: pathlib.Path) -> None:
    """Migrate an empty database, as anybody would, and put it there whole: several may do so at once."""
    with tempfile.TemporaryDirectory() as home:
        done = manage(pathlib.Path(home), "migrate", "--verbosity", "0")
        assert done.returncode == 0, done.stderr
        made = pathlib.Path(home, "data.sqlite3")
        with contextlib.closing(sqlite3.connect(made)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")  # all of it in this one file
        whole = place.with_suffix(f".{os.getpid()}")
        shutil.copy(made, whole)
        whole.replace(place)


def copy_for(url: str) -> None:
    """Put a copy where a database is to be migrated, if it is an SQLite one and there is none: migrating finds it done."""
    path = pathlib.Path(url.removeprefix("sqlite:///"))
    if url.startswith("sqlite:///") and not (path.exists() and path.stat().st_size):
        shutil.copyfile(template(), path)


def create_test_db(creation: Any, *, verbosity: int = 1, **_more: Any) -> str:
    """What Django does to make a test database in memory, but for the migrations: the template is read into it."""
    from django.conf import settings

    connection, name = creation.connection, creation._get_test_db_name()
    creation._create_test_db(verbosity, autoclobber=True, keepdb=False)
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name
    connection.ensure_connection()
    with contextlib.closing(sqlite3.connect(template())) as whole:
        whole.backup(connection.connection)
    return name
