"""Which tests run where: what the list names is there, and the long forms wait to be asked for."""

import pathlib

import pytest
from django.db import connection

from tests import run, tiers

TESTS = pathlib.Path(__file__).parent


@pytest.mark.parametrize("where", tiers.ON_BOTH)
def test_what_runs_on_both_databases_is_there(where: str):
    file, _colons, name = where.partition("::")
    assert f"def {name.partition('[')[0] or 'test_'}" in (TESTS / file).read_text(encoding="utf-8")


def speaks_sql() -> None:
    connection.cursor()


def speaks_of_nothing() -> None:
    assert parts()


def test_what_meets_the_database_runs_on_both():
    assert tiers.meets_database(speaks_sql) and not tiers.meets_database(speaks_of_nothing)


def parts(**more: bool) -> dict[str, str]:
    """{name of a part: the tests that it takes}."""
    told = {"has_office": True, "postgres": "postgres://", "has_chromium": True, "long": False} | more
    return {name: markers for name, markers, _more, _how in run.parts(**told)}


def test_the_short_form_has_every_part_and_the_long_one_more():
    short, long = parts(), parts(long=True)
    assert [*short] == ["unit on SQLite", "unit on PostgreSQL", "browser", "faults"]
    assert {*long} - {*short} == {"long forms on SQLite", "everything on PostgreSQL", "faults, long forms"}
    assert "both" in short["unit on PostgreSQL"] and "both" not in long["everything on PostgreSQL"]


def test_a_part_without_its_program_is_left_out():
    assert [*parts(postgres=None, has_chromium=False)] == ["unit on SQLite", "faults"]
    assert "not office" in parts(has_office=False)["unit on SQLite"]


@pytest.mark.parametrize(("told", "long"), [([], False), (["--long"], True), (["--faults"], True)])
def test_faults_is_another_word_for_long(told: list[str], long: bool, capsys: pytest.CaptureFixture):
    options, _rest = run.parsed(told)
    assert options.long is long
    assert ("--faults is now called --long" in capsys.readouterr().out) == (told == ["--faults"])
