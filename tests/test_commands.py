"""Every command of ours where the database is empty, or is not there: one sentence that says what to do."""

import pathlib
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command, get_commands
from django.db import DEFAULT_DB_ALIAS, connections

from dialogue.management import events
from tests.conftest import VICTORIA

pytestmark = pytest.mark.sqlite
OURS = {name for name, app in get_commands().items() if app == "dialogue"}
GIVEN: dict[str, list[str]] = {
    "admit": ["rivers", "a@rivers.example", "--role", "convenor"], "backup": ["b.backup"], "bounced": [],
    "check_format": [str(VICTORIA)], "check_record": ["rivers"], "convene": ["a@rivers.example"],
    "demo": ["--export", "chapters"], "dump_record": ["rivers"], "erase_names": ["rivers"], "forget_factor": ["a@rivers.example"],
    "load_record": [str(VICTORIA)], "report": ["rivers", "--format", "html", "-o", "x.html"], "restore": ["b.backup"],
    "roles": ["-o", "roles.md"], "serve": ["--port", "0"], "take_in": ["rivers", "people.csv"], "verify_audit": [],
}  # fmt: skip
ASKS_NONE = {"check_format", "roles"}
EMPTY = "The database is empty. Make its tables: manage.py migrate"
ANY_EVENT = ["check_record", "demo", "dump_record", "erase_names", "load_record", "report", "verify_audit"]
SAID = {
    "backup": "The database has no tables: there is nothing to back up.",
    "restore": "b.backup: It is not a backup of this program. Nothing was changed.",
} | dict.fromkeys(ANY_EVENT, "Tables are made.")


@pytest.fixture
def elsewhere(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, settings) -> Iterator[pathlib.Path]:
    """An empty SQLite database in place of that of the tests, and an empty folder to be in."""
    former = connections[DEFAULT_DB_ALIAS]
    told = {**former.settings_dict, "NAME": str(tmp_path / "data.sqlite3")}
    monkeypatch.setitem(connections.settings, DEFAULT_DB_ALIAS, told)
    connections[DEFAULT_DB_ALIAS] = own = connections.create_connection(DEFAULT_DB_ALIAS)
    settings.DATA = tmp_path
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    own.close()
    connections[DEFAULT_DB_ALIAS] = former


def answers(home: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What each command says."""

    def make(*_given: object, **_named: object) -> None:
        raise CommandError("Tables are made.")

    monkeypatch.setattr(events, "call_command", make)  # making them takes seconds
    (home / "b.backup").write_text("no backup")
    said = {}
    for name, given in GIVEN.items():
        try:
            call_command(name, *given)
            said[name] = ""
        except CommandError as problem:
            said[name] = str(problem)
    return said


def test_every_command_of_ours_is_tried():
    assert set(GIVEN) == OURS


def test_command_on_an_empty_database_says_what_to_do_in_a_sentence(elsewhere, monkeypatch, django_db_blocker):
    with django_db_blocker.unblock():
        said = answers(elsewhere, monkeypatch)
    assert said == {name: "" if name in ASKS_NONE else SAID.get(name, EMPTY) for name in GIVEN}


def test_command_without_a_database_says_so_in_a_sentence(elsewhere, monkeypatch, django_db_blocker):
    (elsewhere / "data.sqlite3").mkdir()
    with django_db_blocker.unblock():
        said = answers(elsewhere, monkeypatch)
    asking = {name: told for name, told in said.items() if name not in ASKS_NONE | {"restore"}}
    assert [name for name, told in asking.items() if "DATABASE_URL says where it is." not in told] == []
