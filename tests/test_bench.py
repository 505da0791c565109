"""The benchmark's record is a real one, and its command prints its tables. No time is asserted."""

import json
import pathlib
import subprocess
import sys

import pytest

from dialogue.archive import format, load
from dialogue.archive.dump import dump
from dialogue.positions.agreement import agreement
from dialogue.report import formats
from dialogue.report.compile import compile
from tests.bench.generate import SMALL, canonical, generate

ROOT = pathlib.Path(__file__).parents[1]


def test_the_generated_record_is_valid_and_as_large_as_asked():
    record = generate(**SMALL)
    assert format.errors(record) == []
    assert canonical(record) == canonical(generate(**SMALL)) != canonical(generate(seed=1, **SMALL))
    lists = ("contributions", "persons", "findings", "paragraphs", "footnotes", "stances")
    assert [len(record[name]) for name in lists] == [300, 12, 20, 30, 40, 20 * 11]


@pytest.mark.django_db
def test_the_generated_record_loads_comes_out_again_and_makes_a_chapter_with_nothing_open():
    text = canonical(generate(**SMALL))
    event = load.load(json.loads(text))
    assert format.canonical(dump(event)) == text
    assert {holding.numbers.N for holding in agreement(event).holdings.values()} <= {10, 11}
    report = compile(event)
    assert (report.draft, len(report.notes)) == ("", SMALL["notes"])


@pytest.mark.django_db
def test_a_statement_that_only_disputes_a_finding_leads_back_to_where_it_is_told():
    """Its row in the last annex links to the line about what holds against the finding: a dead link is not printed."""
    record = generate(**SMALL)
    cited = {key for paragraph in record["paragraphs"] for key in paragraph["basis"]}
    disputes = [
        one["id"]
        for one in record["contributions"]
        if any(to["kind"] == "disagrees" and to["to"].startswith("f") for to in one["relations"])
    ]
    alone = [key for key in disputes if key not in cited]
    assert alone
    file = formats.write(compile(load.load(record)), "jats").decode()
    assert [key for key in alone if f'id="at-{key}"' not in file] == []


def test_one_command_prints_what_was_measured(tmp_path):
    command = [sys.executable, str(ROOT / "tests/bench/report.py"), "--small", "--times", "1", "count", "docx"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    rows = [line.split("|")[1].strip(" -") for line in done.stdout.splitlines() if line.startswith("| ")]
    assert rows == ["step", "", "load", "count", "format", "", "docx"]
    assert [line.split()[0].lower() in ("met", "missed") for line in done.stdout.splitlines()[-5:]] == [True] * 5
    assert list(tmp_path.iterdir()) == []


def test_one_command_measures_the_live_table_and_names_each_aim(tmp_path):
    """With a handful of pages: every server starts, every page hears everything, in order."""
    command = [sys.executable, str(ROOT / "tests/bench/live.py"), "--quick", "speak", "open"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    rows = [line.split("|")[1].strip(" -") for line in done.stdout.splitlines() if line.startswith("| ")]
    who = ["this product", "group_send, as in the tutorials", "bare websockets", "its hub, on a bare insert"]
    talks = [f"a discussion of {n} statements" for n in (5, 10, 20)]
    pages = [*talks, "10 statements on one page", "the same in a plain template loop"]
    assert rows == ["4 pages", "", *who, "this product on uvicorn", "to the whole page, ms", "", *pages]
    assert "failed" not in done.stdout
    assert len([line for line in done.stdout.splitlines() if line.startswith(("met ", "MISSED "))]) == 8
    assert list(tmp_path.iterdir()) == []
