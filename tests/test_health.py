"""The health address: 200 only where what people say can be kept, on a disk that is really full and on one that is not."""

import contextlib
import pathlib
import subprocess
from collections.abc import Iterator

import pytest
from django.db import Error, connection
from django.test import Client

from dialogue import health
from dialogue.health import AGAIN, TRIED, Disk


class Clock:
    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the disk, which nothing was asked of yet."""
    made = Clock()
    monkeypatch.setattr(health, "disk", Disk(made))
    return made


def asked(clock: Clock) -> tuple[int, str]:
    """What the address says, a while later."""
    clock.time += AGAIN
    answer = Client().get("/health/")
    return answer.status_code, answer.content.decode()


WELL, FULL, AWAY = (200, "ok\n"), (503, "cannot write\n"), (503, "no database\n")


@contextlib.contextmanager
def small_disk(place: pathlib.Path) -> Iterator[pathlib.Path]:
    """A file system of 1 MiB. Skips where nobody lets us make one."""
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", place], capture_output=True).returncode:
        pytest.skip("mounting a file system takes the rights of root")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


@pytest.mark.sqlite
@pytest.mark.django_db
def test_full_disk_of_an_embedded_database_is_told_and_so_is_its_end(clock, monkeypatch, tmp_path, caplog):
    with small_disk(tmp_path) as place:
        monkeypatch.setattr(health, "database_file", lambda: place / "data.sqlite3")
        assert asked(clock) == WELL
        filling = place / "backup.gz"
        filling.write_bytes(bytes(2**20 - TRIED // 2))
        assert asked(clock) == FULL
        (told,) = [one for one in caplog.records if one.message == "cannot-write"]
        assert (told.levelname, told.fields) == ("ERROR", {"problem": "ENOSPC"})
        with monkeypatch.context() as weakened:  # the control: a database that is only asked answers well
            weakened.setattr(health, "tried", lambda: "")
            assert asked(clock) == WELL
        filling.unlink()
        assert asked(clock) == WELL
        assert list(place.iterdir()) == []


@pytest.mark.both
@pytest.mark.django_db
def test_write_is_tried_at_most_once_in_three_seconds(clock, monkeypatch):
    tries: list[str] = []
    monkeypatch.setattr(health, "tried", lambda: tries.append("") or "OSError")
    for _time in range(5):
        assert Client().get("/health/").status_code == 503
    clock.time += AGAIN / 2
    assert (Client().get("/health/").status_code, len(tries)) == (503, 1)
    clock.time += AGAIN / 2
    assert (Client().head("/health/").status_code, len(tries)) == (503, 2)


@pytest.mark.sqlite
@pytest.mark.django_db
@pytest.mark.parametrize("problem", [OSError(28, "No space left on device"), PermissionError(13, "Permission denied")])
def test_folder_that_takes_no_file_is_told(problem, clock, monkeypatch, tmp_path):
    monkeypatch.setattr(health, "database_file", lambda: tmp_path / "data.sqlite3")
    assert asked(clock) == WELL

    def fail(*_given: object, **_named: object) -> None:
        raise problem

    monkeypatch.setattr(health.os, "fsync", fail)
    assert asked(clock) == FULL


@pytest.mark.postgres
@pytest.mark.django_db
def test_disk_of_postgresql_is_written_to(clock):
    """A limit of temporary files ends the try as a full disk does; a standby takes no writing either."""
    assert asked(clock) == WELL
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL temp_file_limit = 0")
        assert asked(clock) == FULL
        cursor.execute("SET LOCAL temp_file_limit = -1")
        assert asked(clock) == WELL
        cursor.execute("SET TRANSACTION READ ONLY")
        assert asked(clock) == FULL


@pytest.mark.both
@pytest.mark.django_db
def test_without_a_database_nothing_is_tried(clock, monkeypatch):
    def away() -> None:
        raise Error

    monkeypatch.setattr(health.connection, "cursor", away)
    monkeypatch.setattr(health, "tried", lambda: pytest.fail("there is no database"))
    assert asked(clock) == AWAY
