"""Backup and restore: everything comes back, from one moment, and nothing of a file that is not whole."""

import contextlib
import gzip
import hashlib
import io
import json
import math
import pathlib
import pickle
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session as SignIn
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction

from dialogue.archive import backup, restore
from dialogue.archive.values import Wrong, value_for
from dialogue.audit.models import Act
from dialogue.bootstrap import seized
from dialogue.events.models import Event, Session
from dialogue.people.models import Person
from dialogue.record.models import Entry
from tests import everything, stored
from tests.machine import environment, manage

# ------------------------------------------------------------------ databases


@pytest.fixture(scope="session")
def full(tmp_path_factory, django_db_setup, django_db_blocker) -> pathlib.Path:
    """A home whose SQLite database has a row in every table, with its backup; not to be written in."""
    home = tmp_path_factory.mktemp("full")
    if connection.vendor == "sqlite":  # has its tables already, which saves making them
        with django_db_blocker.unblock(), sqlite3.connect(home / "data.sqlite3") as file:
            connection.ensure_connection()
            connection.connection.backup(file)
    do(home, "fill")
    return home


@pytest.fixture(scope="session")
def copy(full) -> bytes:
    """Its backup."""
    return (full / "full.backup").read_bytes()


@pytest.fixture
def another(full, tmp_path) -> pathlib.Path:
    """A home with the same database, to be written in."""
    shutil.copy(full / "data.sqlite3", tmp_path)
    return tmp_path


def do(home: pathlib.Path, *deed: str) -> Any:
    """A deed of `everything.py`, in the SQLite database of a home; what came of it."""
    command = [sys.executable, "-m", "tests.everything", *deed]
    done = subprocess.run(command, env=environment(home), cwd=home, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def do_here(home: pathlib.Path, copy: bytes, deed: Callable, *how: str) -> Any:
    """The same in the database of this test run; but not in an SQLite that is in memory: that has locks of its own."""
    if connection.vendor == "sqlite":
        return do(home, deed.__name__, *how)
    restore.restore(io.BytesIO(copy))
    return deed(*how)


def rows_of(written: bytes) -> tuple[dict, dict[str, list[dict]]]:
    """A backup's header and its rows by table, read by these tests alone."""
    lines = [json.loads(line) for line in gzip.decompress(written).splitlines()]
    header, at, found = lines[0], 1, {}
    for table in header["tables"]:
        some = lines[at : at + table["rows"]]
        found[table["name"]] = [dict(zip(table["columns"], row, strict=True)) for row in some]
        at += table["rows"]
    assert len(lines) == at + 1
    return header, found


def written(**asked: bool) -> tuple[bytes, dict[str, list[dict]]]:
    """A backup of the database of this test run, and its rows."""
    file = io.BytesIO()
    backup.write(file, **asked)
    return file.getvalue(), rows_of(file.getvalue())[1]


def packed(lines: list[bytes]) -> bytes:
    """A backup of these lines, with the digest that they need."""
    whole = b"".join(line + b"\n" for line in lines)
    digest = json.dumps({"sha256": hashlib.sha256(whole).hexdigest()}).encode()
    return gzip.compress(whole + digest + b"\n")


def changed(copy: bytes, **header) -> bytes:
    """That backup with another header."""
    first, *rest, _ = gzip.decompress(copy).split(b"\n")[:-1]
    return packed([json.dumps(json.loads(first) | header).encode(), *rest])


# ------------------------------------------------------------------ all of it


def test_nothing_in_the_database_is_left_out_but_who_is_signed_in(copy):
    header, rows = rows_of(copy)
    expected = {table._meta.label_lower for table in everything.tables()}
    assert expected - set(rows) == everything.SIGN_INS
    assert "mfa.authenticator" in rows, "who has a second factor has it after a restore"
    assert [name for name, some in rows.items() if not some] == []  # or the tests below say nothing about it
    assert {tuple(one) for one in header["migrations"]} >= {("dialogue", "0001_initial"), ("forum", "0001_initial")}


def test_no_table_has_a_column_that_writes_itself():
    """Restoring would set it to now; then `restore.fill` has to learn about it."""
    fields = [field for table in everything.tables() for field in table._meta.concrete_fields]
    assert [field for field in fields if getattr(field, "auto_now", 0) or getattr(field, "auto_now_add", 0)] == []


@pytest.mark.django_db(transaction=True)
def test_everything_comes_back_row_by_row_in_either_database(full, copy, another):
    """From SQLite into the database of this run, and from there into SQLite again."""
    before = pickle.loads((full / "full.pickle").read_bytes())
    assert len(before) >= 40 and min(map(len, before.values())) > 0
    restore.restore(io.BytesIO(copy))
    assert everything.held() == before
    with (another / "back.backup").open("wb") as file:
        backup.write(file)
    do(another, "restored", "back.backup")
    assert pickle.loads((another / "restored.pickle").read_bytes()) == before


@pytest.mark.django_db(transaction=True)
def test_what_is_restored_goes_on_where_it_was(copy):
    restore.restore(io.BytesIO(copy))
    last = Entry.objects.order_by("-pk")[0].pk
    before = Entry.objects.count()
    everything.take_turn()
    assert Entry.objects.count() == before + 3
    assert Entry.objects.order_by("-pk")[0].pk == last + 3


@pytest.mark.django_db(transaction=True)
def test_streams_have_a_new_epoch_and_readers_are_asked_again(copy):
    _, rows = rows_of(copy)
    was = {one["id"]: one["epoch"] for one in rows["dialogue.event"]}
    restore.restore(io.BytesIO(copy))
    now = {str(pk): epoch for pk, epoch in Event.objects.values_list("pk", "epoch")}
    assert now.keys() == was.keys() and all(now[pk] != was[pk] for pk in was)
    Session.objects.update(access_epoch=50)  # the servers have seen that
    restore.restore(io.BytesIO(copy), replace=True)
    assert set(Session.objects.values_list("access_epoch", flat=True)) == {51}
    assert set(Event.objects.values_list("epoch", flat=True)).isdisjoint(now.values())


@pytest.mark.django_db(transaction=True)
def test_who_is_signed_in_is_in_it_when_asked_for(full, copy):
    restore.restore(io.BytesIO(copy))
    SessionStore().save()
    was = list(SignIn.objects.values_list())
    (without, _), (with_them, rows) = written(), written(sign_ins=True)
    assert [len(rows["sessions.session"]), rows["sessions.session"][0]["session_key"]] == [1, was[0][0]]
    restore.restore(io.BytesIO(with_them), replace=True)
    assert list(SignIn.objects.values_list()) == was
    restore.restore(io.BytesIO(without), replace=True)
    assert not SignIn.objects.exists()


# ------------------------------------------------------------------ while people write


@pytest.mark.django_db(transaction=True)
def test_a_backup_sees_one_moment_and_holds_nobody_up(another, copy):
    assert do_here(another, copy, everything.write_in_the_middle, "snapshot") == {"writer": [], "came in": 0}


@pytest.mark.django_db(transaction=True)
def test_in_an_ordinary_transaction_the_writer_is_held_up_or_the_backup_is_of_two_moments(another, copy):
    """The control: what SQLite, and what PostgreSQL, would do to it."""
    found = do_here(another, copy, everything.write_in_the_middle, "ordinary")
    sqlite, postgres = {"writer": ["database is locked"], "came in": 0}, {"writer": [], "came in": 6}  # a turn's rows
    assert found == (sqlite if connection.vendor == "sqlite" else postgres)


@pytest.mark.django_db(transaction=True)
def test_every_backup_taken_while_people_write_is_a_whole_beginning(another, copy):
    do_here(another, copy, everything.back_up_while_writing, str(another), "3")
    _, rows = rows_of(copy)
    before = sum(one["turn"] for one in rows["dialogue.event"]) - len(rows["dialogue.deed"])
    turns = []
    for number in range(3):
        _, rows = rows_of((another / f"{number}.backup").read_bytes())
        numbers = {one["id"]: [] for one in rows["dialogue.stream"]}
        for entry in sorted(rows["dialogue.entry"], key=lambda one: one["number"]):
            numbers[entry["stream_id"]].append(entry["number"])
        written = [one for one in rows["dialogue.stream"] if one["audience"] in {"table", "staff"}]
        assert [numbers[one["id"]] for one in written] == [list(range(1, one["head"] + 1)) for one in written]
        turns.append(sum(one["turn"] for one in rows["dialogue.event"]))
        assert len(rows["dialogue.deed"]) == turns[-1] - before
    assert turns == sorted(set(turns))  # somebody wrote all the while


# ------------------------------------------------------------------ files that are not whole, or not for here


def damaged(copy: bytes) -> dict[str, tuple[bytes, str]]:
    """What may have become of a file -> (it, what is said of it)."""
    lines = gzip.decompress(copy).split(b"\n")[:-2]
    row = next(at for at, line in enumerate(lines) if b'"Bloomfield' in line or b"Bloomfield" in line)
    other = [*lines[:row], lines[row].replace(b"Bloomfield", b"Broomfield", 1), *lines[row + 1 :]]
    cut, foreign = "It is damaged or cut off", "It is not a backup of this program"
    promised = gzip.decompress(copy).split(b"\n")[-2]
    unsigned = gzip.compress(b"\n".join([*other, promised, b""]))
    middle = len(copy) // 2
    return {
        "empty": (b"", foreign),
        "cut in the middle": (copy[:middle], cut),
        "cut before its end": (copy[:-9], cut),
        "a bit turned": (copy[:middle] + bytes([copy[middle] ^ 4]) + copy[middle + 1 :], cut),
        "a word changed": (unsigned, cut),
        "a row less": (packed(lines[:-1]), cut),
        "a row more": (packed([*lines, lines[-1]]), cut),
        "without its digest": (gzip.compress(b"\n".join([*lines, b""])), cut),
        "a text": (b"Dear Sir,\n", foreign),
        "another program's": (gzip.compress(b'{"format": "tar"}\n'), foreign),
        "no header": (gzip.compress(b"[]\n"), foreign),
        "a header without tables": (packed([b'{"format": "roundtable-backup/1"}']), cut),
        "of a later format": (changed(copy, format="roundtable-backup/2"), "It is of a newer version of this program"),
        "of a later version": (
            changed(copy, migrations=[*json.loads(lines[0])["migrations"], ["dialogue", "9999_later"]]),
            "It is of a newer version of this program",
        ),
        "of an older version": (
            changed(copy, migrations=[["dialogue", "0001_initial"]]), "It is of another version than this database",
        ),
        "with other tables": (
            changed(copy, tables=[one | {"name": one["name"] + "s"} for one in json.loads(lines[0])["tables"]]),
            f"{foreign}: nobody knows its table ",
        ),
        "with a table less": (
            rewritten(copy, lambda table: table["name"] != "account.emailaddress"),
            f"{foreign}: it lacks the table account.emailaddress",
        ),
        "with a column less": (
            rewritten(copy, lambda table: table["columns"].pop() if table["name"] == "dialogue.item" else True),
            f"{foreign}: its table dialogue.item lacks the column discussed",
        ),
        "with another column": (
            rewritten(copy, lambda table: table["columns"].__setitem__(0, "a") if table["name"] == "dialogue.item" else 1),
            f"{foreign}: its table dialogue.item has the column a",
        ),
        "with columns in another order": (
            rewritten(copy, lambda table: table["columns"].reverse() or True), f"{foreign}: its tables have their columns in",
        ),
        "with rows without end": (changed(copy, tables=[{"name": "x", "columns": [], "rows": math.inf}]), cut),
        "with rows that are no number": (changed(copy, tables=[{"name": "x", "columns": [], "rows": "x"}]), cut),
        "with columns that are null": (changed(copy, tables=[{"name": "x", "columns": None, "rows": 1}]), cut),
    }  # fmt: skip


def rewritten(copy: bytes, keep: Callable[[dict], Any]) -> bytes:
    """That backup with those tables that `keep` keeps, whose columns it may change: rows have as many values."""
    header, rows = rows_of(copy)
    header["tables"] = [table for table in header["tables"] if keep(table) is not False]
    lines = [
        list(row.values())[: len(table["columns"])] for table in header["tables"] for row in rows[table["name"]]
    ]  # fmt: skip
    return packed([json.dumps(line).encode() for line in [header, *lines]])


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_not_whole_or_not_for_here_changes_nothing(copy):
    restore.restore(io.BytesIO(copy))
    before, epochs = everything.held(), list(Event.objects.values_list("epoch"))
    said = {}
    for name, (written, _) in damaged(copy).items():
        with pytest.raises(backup.Refused) as refused:
            restore.restore(io.BytesIO(written), replace=True)
        said[name] = str(refused.value)
    wanted = {name: sentence for name, (_, sentence) in damaged(copy).items()}
    assert {name: told[: len(wanted[name])] for name, told in said.items()} == wanted
    assert (everything.held(), list(Event.objects.values_list("epoch"))) == (before, epochs)


@pytest.mark.django_db(transaction=True)
def test_rows_that_break_a_rule_of_the_database_change_nothing(copy):
    restore.restore(io.BytesIO(copy))
    before = everything.held()
    said = {}
    for table, column, value in [
        ("dialogue.authorship", "attendee_id", str(uuid.uuid4())),  # nobody
        ("dialogue.event", "attribution", "whispered"),  # no such rule
        ("dialogue.item", "key", "intro"),  # all of the same
        ("dialogue.event", "date", "yesterday"),
        ("dialogue.event", "title", None),
        ("dialogue.event", "scale", math.nan),
    ]:
        with pytest.raises(backup.Refused) as refused:
            restore.restore(io.BytesIO(spoiled(copy, table, column, value)), replace=True)
        said[table, column] = str(refused.value)
        assert everything.held() == before
    event, item = (line_of(copy, name) for name in ("dialogue.event", "dialogue.item"))
    assert said.pop(("dialogue.event", "date")) == (
        f'Line {event}, table dialogue.event, column date: the value must be a date (YYYY-MM-DD), not "yesterday"'
    )
    assert said.pop(("dialogue.event", "title")).endswith("column title: the value must not be null")
    assert said.pop(("dialogue.authorship", "attendee_id")).startswith("The database does not take it: ")
    first = f"Line {event}, table dialogue.event: the database does not take it: "
    assert said.pop(("dialogue.event", "attribution")).startswith(first)
    assert said.pop(("dialogue.event", "scale")).startswith(first)
    assert said.pop(("dialogue.item", "key")).startswith(f"Line {item + 1}, table dialogue.item: the database ")
    assert said == {}


def line_of(copy: bytes, table: str) -> int:
    """The line of a backup with the first row of a table."""
    tables = rows_of(copy)[0]["tables"]
    place = next(at for at, one in enumerate(tables) if one["name"] == table)
    return 2 + sum(one["rows"] for one in tables[:place])


def fields() -> dict[str, Any]:
    """A column of each kind that there is: {kind: it}."""
    return {
        field.get_internal_type(): field
        for table in everything.tables()
        for field in table._meta.concrete_fields
        if not field.remote_field and not field.null
    }


@pytest.mark.django_db
def test_a_column_takes_what_a_backup_writes_for_it_and_nothing_else(copy):
    """Whatever a value is, one sentence says what it must be; never is one made into another, or is there a crash."""
    key = Session._meta.get_field("event")
    right = {
        "CharField": "x", "TextField": "", "UUIDField": str(uuid.uuid4()), "BooleanField": False, "DateField": "2026-03-01",
        "DateTimeField": "2026-03-01T10:00:00+00:00", "TimeField": "10:00:00", "JSONField": {"a": [1, None, "x"]},
        "EmailField": "a@b.example", "ForeignKey": str(uuid.uuid4()),
    }  # fmt: skip
    strange = [None, True, 1, -1, 2**70, 1.5, math.inf, "", "x", "yesterday", "2026-13-41", "2026-03-01", "10:00", "9" * 5000,
               "a\0b", "\ud800", [], [1], {}, {"a": "b"}, "2026-03-01T10:00:00", "2026-03-01T10:00:00+00:00"]  # fmt: skip
    taken: dict[str, list] = {}
    every = fields() | {"ForeignKey": key}
    for kind, field in every.items():
        assert value_for(field, right.get(kind, 7)) is not None
        taken[kind] = []
        for value in strange:
            try:
                value_for(field, value)
                taken[kind].append(value)
            except Wrong as problem:
                assert str(problem).startswith("must ") and len(str(problem)) < 200
    on_postgres = connection.vendor == "postgresql"
    texts = [one for one in strange if isinstance(one, str) and one != "\ud800" and not (on_postgres and "\0" in one)]
    assert taken.pop("JSONField") == [one for one in strange if one is not None and not (on_postgres and one in HALF)]
    assert taken.pop("TextField") == texts
    for kind in {"CharField", "EmailField"} & taken.keys():
        most = every[kind].max_length
        assert taken.pop(kind) == [one for one in texts if not (on_postgres and len(one) > most)]
    assert taken.pop("BooleanField") == [True]
    assert taken.pop("DateField") == ["2026-03-01"] and taken.pop("DateTimeField") == ["2026-03-01T10:00:00+00:00"]
    assert taken.pop("ForeignKey") == taken.pop("UUIDField") == []
    assert taken.pop("TimeField", ["10:00"]) == ["10:00"]
    assert set(taken) <= {"AutoField", "BigAutoField"} | {f"Positive{one}IntegerField" for one in ("", "Small", "Big")}
    assert {kind: some for kind, some in taken.items() if some not in ([1], [1, -1])} == {}


HALF = ("a\0b", "\ud800")


@pytest.mark.postgres
@pytest.mark.django_db
def test_what_is_too_long_for_postgresql_is_refused_with_its_length():
    field = Event._meta.get_field("slug")
    assert value_for(field, "x" * 64) == "x" * 64
    with pytest.raises(Wrong, match="^must have at most 64 characters, and has 65$"):
        value_for(field, "x" * 65)


def spoiled(copy: bytes, table: str, column: str, value: Any) -> bytes:
    """A whole backup in which that column of all rows of that table says this."""
    header, rows = rows_of(copy)
    for row in rows[table]:
        row[column] = value
    lines = [header, *(list(row.values()) for some in rows.values() for row in some)]
    return packed([json.dumps(line).encode() for line in lines])


@pytest.mark.django_db(transaction=True)
def test_a_database_that_holds_something_is_filled_only_when_told_to_replace_it(copy):
    newcomer = Person.objects.create(name="Newcomer")
    with pytest.raises(restore.Occupied):
        restore.restore(io.BytesIO(copy))
    assert list(Person.objects.all()) == [newcomer] and not Event.objects.exists()
    restore.restore(io.BytesIO(copy), replace=True)
    assert not Person.objects.filter(name="Newcomer").exists() and Event.objects.count() == 1


@pytest.fixture(scope="session")
def old(tmp_path_factory) -> pathlib.Path:
    """A home with the backup of a database that is older than the program; not to be written in."""
    home = tmp_path_factory.mktemp("old")
    do(home, "fill_old")
    return home


@pytest.mark.both
def test_restore_that_is_killed_leaves_a_database_without_tables_as_it_was(old, tmp_path):
    """Killed when the tables are made; when they are filled, and that the next one does all: below."""
    with stored.database(tmp_path / "new") as url:
        assert killed(old, url, "1") == -signal.SIGKILL
        assert tables_in(url) == set()
        assert killed(old, url, "1", "weakened") == -signal.SIGKILL  # the control: without that transaction
        assert "dialogue_event" in tables_in(url)


def killed(home: pathlib.Path, url: str, *how: str) -> int:
    """How a restore of the old backup in that home ends: `everything.restore_killed`."""
    command = [sys.executable, "-m", "tests.everything", "restore_killed", "old.backup", *how]
    told = environment(home, DATABASE_URL=url)
    return subprocess.run(command, env=told, cwd=home, capture_output=True, timeout=120).returncode


def tables_in(url: str) -> set[str]:
    return set(stored.rows_of(url)) - {"sqlite_sequence"}


def test_a_backup_of_an_older_version_is_brought_up_to_date(old, tmp_path):
    """Taken with this program before `migrate`, as one should; restored where there are no tables yet."""
    shutil.copy(old / "old.backup", tmp_path)
    _, was = rows_of((tmp_path / "old.backup").read_bytes())
    assert "dialogue.entry" not in was and len(was["dialogue.contribution"]) == 1
    assert killed(tmp_path, f"sqlite:///{tmp_path / 'data.sqlite3'}", "0") == -signal.SIGKILL
    do(tmp_path, "restored", "old.backup")
    now = pickle.loads((tmp_path / "restored.pickle").read_bytes())
    assert {table for table, rows in now.items() if rows} == set(was) and len(now["dialogue.contribution"]) == 1
    with contextlib.closing(sqlite3.connect(tmp_path / "data.sqlite3")) as file:
        assert file.execute("SELECT count(*) FROM sqlite_master WHERE name = 'act_stands'").fetchone() == (1,)


# ------------------------------------------------------------------ the audit in it


def key_of(home: pathlib.Path) -> str:
    return (home / ".data" / "secret-key").read_text()


def may_change(table: str, column: str = "deed") -> bool:
    """Whether the database lets somebody change a table."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET {column} = 'x'")
    except DatabaseError:
        return False
    return True


@pytest.mark.django_db(transaction=True)
def test_the_audit_comes_back_whole_and_is_still_not_to_be_changed(full, copy, settings):
    settings.FORMER_SECRET_KEYS = [key_of(full)]
    restore.restore(io.BytesIO(copy))
    assert "acts, whole" in command("verify_audit")
    restore.restore(io.BytesIO(copy), replace=True)
    everything.take_turn()
    assert "acts, whole" in command("verify_audit")
    assert Act.objects.count() > 2 and may_change("dialogue_entry", "kind") and not may_change("dialogue_act")


def test_on_a_server_with_another_secret_key_the_audit_says_so_and_knows_it_by_the_former_one(full, another):
    key = key_of(full)
    assert "acts, whole" in manage(another, "verify_audit", SECRET_KEY=key).stdout
    elsewhere = "another-secret-key-of-another-server-that-is-as-long"
    told = manage(another, "verify_audit", SECRET_KEY=elsewhere)
    assert told.returncode == 1 and len(told.stdout.splitlines()) == 1
    assert "were written under another secret key" in told.stdout
    assert "acts, whole" in manage(another, "verify_audit", SECRET_KEY=elsewhere, FORMER_SECRET_KEYS=f"x {key}").stdout


# ------------------------------------------------------------------ the commands


@pytest.mark.django_db(transaction=True)
def test_the_file_is_for_its_owner_alone_and_replaces_another_only_when_it_is_whole(copy, tmp_path):
    restore.restore(io.BytesIO(copy))
    file = tmp_path / "b.backup"
    file.write_bytes(b"yesterday's")
    said = command("backup", str(file))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and list(tmp_path.iterdir()) == [file]
    assert said.startswith(f"Wrote {file} ({file.stat().st_size:,} bytes): ")
    assert "the secret key" in said and "Nor is who is signed in." in said
    assert "Nor is who is signed in." not in command("backup", "--sign-ins", str(file))
    with pytest.raises(CommandError, match="^no/such/folder: No such file or directory.$"):
        command("backup", "no/such/folder")


def test_a_backup_that_fails_leaves_the_last_one(tmp_path):
    """Here of a database without tables; a full disk ends the same way."""
    (tmp_path / "b.backup").write_bytes(b"yesterday's")
    told = manage(tmp_path, "backup", "b.backup")
    assert (told.returncode, (tmp_path / "b.backup").read_bytes()) == (1, b"yesterday's")
    assert told.stderr == "CommandError: The database has no tables: there is nothing to back up.\n"
    assert [one.name for one in tmp_path.glob(".unfinished*")] == []


@pytest.mark.django_db(transaction=True)
def test_restoring_says_what_it_did_and_checking_changes_nothing(copy, tmp_path):
    file = tmp_path / "b.backup"
    file.write_bytes(copy)
    assert command("restore", "--check", str(file)).startswith("Whole: 1 events, 13 people, 87 contributions; ")
    assert not Event.objects.exists()
    said = command("restore", str(file))
    assert said.startswith("Restored: 1 events, ") and said.endswith("anew; everybody signs in again.\n")
    full = "^The database holds something already. Give --replace to replace all of it. Nothing was changed.$"
    with pytest.raises(CommandError, match=full):
        command("restore", str(file))
    file.write_bytes(copy[:-1])
    with pytest.raises(CommandError, match=f"^{file}: It is damaged or cut off. Nothing was changed.$"):
        command("restore", "--replace", str(file))
    with pytest.raises(CommandError, match=r"^none.backup: No such file or directory.$"):
        command("restore", "none.backup")


def test_no_database_is_replaced_under_its_running_server(full, another):
    with (another / "data.sqlite3.server").open("w") as lock:  # as `startup.alone` holds it
        assert seized(lock)
        print(4711, file=lock, flush=True)
        told = manage(another, "restore", "--replace", str(full / "full.backup"))
    assert (told.returncode, told.stdout) == (1, "")
    sentence = "A server (process 4711) has this database open. Stop it, restore, and start it again."
    assert told.stderr == f"CommandError: {sentence}\n"


def command(*told: str) -> str:
    """Run a command here; what it said."""
    said = io.StringIO()
    call_command(*told, stdout=said)
    return said.getvalue()
