"""Files that commands write: whole or not at all, and nothing left beside them, whatever ends the process."""

import pathlib
import signal
import subprocess
import sys

import pytest

from dialogue.bootstrap import seized
from dialogue.management.files import ENDING, keep, kept
from tests.machine import ROOT

WRITES = """
import contextlib, os, pathlib, sys
from dialogue.management import files
if sys.argv[2:]:
    files.ended_in_order = contextlib.nullcontext
with files.kept(pathlib.Path("b.backup")) as file:
    file.write(b"words")
    file.flush()
    os.kill(os.getpid(), int(sys.argv[1]))
"""


def ended_by(number: int, folder: pathlib.Path, *weakened: str) -> tuple[int, list[str]]:
    """How a process ends that gets a signal while it writes, and what lies in the folder then."""
    told = [sys.executable, "-c", WRITES, str(int(number)), *weakened]
    done = subprocess.run(told, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, timeout=60)
    return done.returncode, sorted(one.name[:12] for one in folder.iterdir())


def test_signal_that_ends_a_process_leaves_nothing_beside_the_file(tmp_path, monkeypatch):
    former = [signal.getsignal(number) for number in ENDING]
    (tmp_path / "b.backup").write_bytes(b"yesterday's")
    for number in ENDING:
        with pytest.raises(SystemExit) as ended, kept(tmp_path / "b.backup") as file:
            file.write(b"words")
            assert len(list(tmp_path.iterdir())) == 2
            signal.raise_signal(number)
        assert ended.value.code == 128 + number
        assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("b.backup", b"yesterday's")]
    assert [signal.getsignal(number) for number in ENDING] == former


def test_what_a_killed_process_left_is_removed_by_the_next_one(tmp_path):
    assert ended_by(signal.SIGKILL, tmp_path) == (-signal.SIGKILL, [".unfinished-"])
    assert ended_by(signal.SIGTERM, tmp_path, "weakened") == (-signal.SIGTERM, [".unfinished-"])  # its control, too
    (tmp_path / ".unfinished-theirs").write_bytes(b"words of somebody who still writes")
    (tmp_path / "unfinished-mine").write_bytes(b"")
    with (tmp_path / ".unfinished-theirs").open("rb") as theirs:
        assert seized(theirs)
        keep(tmp_path / "b.backup", b"today's")
        assert sorted(one.name for one in tmp_path.iterdir()) == [".unfinished-theirs", "b.backup", "unfinished-mine"]
    keep(tmp_path / "b.backup", b"today's")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["b.backup", "unfinished-mine"]
    assert (tmp_path / "b.backup").read_bytes() == b"today's"


def test_two_at_once_do_not_remove_each_others(tmp_path):
    with kept(tmp_path / "one") as first:
        first.write(b"1")
        keep(tmp_path / "two", b"2")
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == {"one": b"1", "two": b"2"}
