"""The page on testing names tests that are there, and every mark and option that it has."""

import pathlib
import re

import pytest

from tests import run

ROOT = pathlib.Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "testing.md").read_text(encoding="utf-8")
# Each is a promise of the product, or the rule of one: none of them may lose its row.
PROVED = (
    "test_doors", "test_law", "test_blind", "test_audit_covers", "test_desk_input", "test_canaries", "test_table_input",
    "test_killed", "test_verify_audit", "test_archive", "test_backup", "test_agreement", "test_speaking",
)  # fmt: skip


def test_every_file_that_it_names_is_there():
    named = set(re.findall(r"`(tests/[\w/.]+)`", PAGE))
    assert len(named) > 60
    assert [one for one in named if not (ROOT / one).is_file()] == []


@pytest.mark.parametrize("name", PROVED)
def test_every_promise_has_a_row(name: str):
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and f"/{name}.py`" in line]
    assert len(rows) >= 1 and all(len(row.split(" | ")) == 4 for row in rows)


def test_it_tells_of_every_part_that_is_run():
    told = PAGE.partition("## The parts")[2].partition("## Promises")[0]
    parts = {name for long in (False, True) for name, *_more in run.parts(True, "postgres://", True, long)}
    assert [name for name in parts if name.removesuffix(" on SQLite") not in told] == []
