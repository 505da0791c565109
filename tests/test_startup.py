"""What the server does not start with: each refusal is a sentence that says how to mend it."""

import contextlib
import pathlib
import socket
import subprocess
import sys

import pytest
from django.core.management.base import CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from dialogue.management import startup
from dialogue.people.models import Person
from tests.cast import account
from tests.machine import environment, manage

ON_SQLITE = pytest.mark.sqlite
ON_POSTGRES = pytest.mark.postgres


def refused(check, *arguments) -> str:
    with pytest.raises(CommandError) as refusal:
        check(*arguments)
    return str(refusal.value)


# ------------------------------------------------------------------ settings


@pytest.mark.parametrize(
    ("changed", "host", "told"),
    [
        ({"SECRET_KEY": "short"}, "127.0.0.1", "set 50 random characters or more"),
        ({"SECRET_KEY": "a" * 80}, "127.0.0.1", "set 50 random characters or more"),
        ({"SECRET_KEY": "django-insecure-" + "abcdefghij" * 5}, "127.0.0.1", "set 50 random characters or more"),
        ({"ALLOWED_HOSTS": ["*"]}, "127.0.0.1", "ALLOWED_HOSTS=table.example.org"),
        ({"ALLOWED_HOSTS": []}, "127.0.0.1", "ALLOWED_HOSTS=table.example.org"),
        ({"ALLOWED_HOSTS": ["localhost", "*"]}, "127.0.0.1", "ALLOWED_HOSTS=table.example.org"),
        ({"DEBUG": True}, "0.0.0.0", "Take DEBUG out of the environment"),
        ({"DEBUG": True, "ALLOWED_HOSTS": ["table.example.org"]}, "127.0.0.1", "Take DEBUG out of the environment"),
    ],
)
def test_unsafe_settings_are_refused(settings, changed: dict, host: str, told: str):
    settings.ALLOWED_HOSTS = ["localhost"]  # pytest adds a name of its own
    startup.require_safe_settings("0.0.0.0")
    for name, value in changed.items():
        setattr(settings, name, value)
    assert told in refused(startup.require_safe_settings, host)


def test_a_developer_may_debug_on_their_own_machine(settings):
    settings.ALLOWED_HOSTS, settings.DEBUG = ["localhost", "127.0.0.1", "[::1]"], True
    startup.require_safe_settings("127.0.0.1")


# ------------------------------------------------------------------ the database


def test_a_good_database_is_served(db: None):
    startup.require_database()


@ON_SQLITE
@pytest.mark.parametrize(
    ("statement", "told"), [("synchronous=OFF", "synchronous=0"), ("foreign_keys=OFF", "foreign_keys=0")]
)
def test_an_embedded_database_that_may_lose_words_is_not_served(transactional_db: None, statement: str, told: str):
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA {statement}")
        problem = refused(startup.require_database)
        assert told in problem and "on a local disk" in problem
    finally:
        with connection.cursor() as cursor:  # a database in memory is not closed
            cursor.execute("PRAGMA synchronous=FULL")
            cursor.execute("PRAGMA foreign_keys=ON")


@ON_POSTGRES
def test_a_server_that_may_lose_words_is_not_used(transactional_db: None):
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET synchronous_commit = off")
        assert "Set synchronous_commit = on" in refused(startup.require_database)
    finally:
        connection.close()


def test_a_database_of_an_older_version_is_not_served(db: None):
    MigrationRecorder(connection).record_unapplied("forum", "0001_initial")
    assert "manage.py migrate" in refused(startup.require_database)


def test_the_demos_people_are_served_in_a_demo_only(db: None, settings):
    account("participant", is_sample=True)
    assert "Serve it with manage.py demo" in refused(startup.require_database)
    settings.DEMO = True
    startup.require_database()
    Person.objects.update(is_sample=False)
    settings.DEMO = False
    startup.require_database()


# ------------------------------------------------------------------ static files


def test_collected_files_are_those_of_this_version_and_import_one_another(tmp_path: pathlib.Path):
    """Collected once: every module asks for the others by the name that a browser may keep; then one grows old."""
    assert manage(tmp_path, "collectstatic", "--noinput").returncode == 0
    root = tmp_path / ".data" / "static"
    modules = list((root / "js").glob("*.*.js"))
    imported = {name for path in modules for name in startup_imports(path.read_text())}
    assert len(modules) > 2 and imported
    assert [name for name in imported if not (root / "js" / name).exists() or name.count(".") != 2] == []
    check = (
        "import django; django.setup(); from dialogue.management.startup import require_static_files as check; check()"
    )
    assert run(tmp_path, check) == (0, "")
    (root / "css" / "tokens.css").write_text("/* of last year */")
    code, told = run(tmp_path, check)
    assert code == 1 and "css/tokens.css). Run: manage.py collectstatic --noinput" in told


def startup_imports(module: str) -> list[str]:
    """The files that a module imports."""
    return [part.split('"')[0] for part in module.split('from "./')[1:]]


def run(home: pathlib.Path, code: str) -> tuple[int, str]:
    """A piece of Python in that home: its exit code and what it complains of."""
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(home), capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stderr


# ------------------------------------------------------------------ as a command


def test_serve_says_in_a_sentence_what_is_wrong(tmp_path: pathlib.Path):
    done = manage(tmp_path, "serve", "--port", "0")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("CommandError: The database is empty. Make its tables: manage.py migrate")
    done = manage(tmp_path, "serve", "--port", "0", DATABASE_URL="postgres://nobody@127.0.0.1:1/none")
    assert done.returncode == 1
    assert "The database cannot be reached" in done.stderr and "Traceback" not in done.stderr


def test_what_could_work_better_is_told(db: None, settings):
    settings.REDIS_URL = ""
    told = list(startup.notes("127.0.0.1"))
    assert not any("certificate" in note for note in told)
    assert any("certificate" in note for note in startup.notes("0.0.0.0"))
    assert any("collectstatic" in note for note in told)
    assert any("manage.py convene" in note for note in told)
    Person.objects.create(name="Connie", email="connie@house.invalid", may_convene=True)
    assert not any("manage.py convene" in note for note in startup.notes("127.0.0.1"))
    assert any("REDIS_URL is not set" in note for note in told) is (connection.vendor == "postgresql")
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as deaf:
        settings.REDIS_URL = f"redis://127.0.0.1:{deaf.getsockname()[1]}"
        settings.DEMO = True
        deaf.close()
        assert list(startup.notes("0.0.0.0")) == [
            "Redis does not answer at REDIS_URL: until it does, open pages hear of things within two seconds."
        ]


@ON_SQLITE
def test_the_lock_lies_beside_the_database_whatever_the_path_is_called(tmp_path: pathlib.Path, monkeypatch):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "link" / "data.sqlite3"))
    assert startup.lock_file() == (tmp_path / "real" / "data.sqlite3.server").resolve()
    with startup.alone():
        pass
    with startup.alone():  # again, once the first has left
        pass
