"""The watchdog: a server whose thread has died ends, and systemd hears that it lives for as long as it does."""

import contextlib
import pathlib
import socket
import subprocess

import pytest

from dialogue.live.watchdog import Worker, list_dead, seconds_between_looks
from tests.served import QUICK, Home, copied, program, serving
from tests.test_serve import seeded  # noqa: F401 - the database that its server is started with

pytestmark = pytest.mark.sqlite

SOON = "from dialogue.live import watchdog\nwatchdog.LOOKS = 0.2\n"
DIES = "    raise MemoryError\n"
CLOCK_DIES = f"{SOON}from dialogue.due import clock\ndef run(work, forget):\n{DIES}clock.run = run\n"
READER_DIES = (
    f"{SOON}import concurrent.futures.thread as pool, threading\nwhole = pool._WorkItem.run\n"
    "def run(item):\n"
    "    if threading.current_thread().name.startswith('page'):\n"
    "        raise MemoryError\n"
    "    whole(item)\n"
    "pool._WorkItem.run = run\n"
)
UNWATCHED = "import django\ndjango.setup()\nfrom dialogue.live.server import Server\nServer.watch = lambda own: None\n"


def copied_with(seeded: Home, folder: pathlib.Path, more: str, **told: str) -> Home:  # noqa: F811
    home = copied(seeded, folder)
    home.serve = program(more, **QUICK)
    home.told = {**home.told, **told}
    return home


@pytest.mark.parametrize(("more", "name"), [(CLOCK_DIES, "due"), (READER_DIES, "page-1")])
def test_server_with_a_dead_thread_ends_with_a_code(more, name, seeded: Home, tmp_path):  # noqa: F811
    with serving(copied_with(seeded, tmp_path, more)) as server:
        with contextlib.suppress(OSError):  # the clock's death may have ended it already
            server.raw("GET / HTTP/1.1\nHost: 127.0.0.1\n\n", within=60)
        assert server.process.wait(60) == 70
        assert "threads-dead" in server.log() and f"threads={name}" in server.log()


def test_unwatched_server_goes_on_with_a_dead_thread(seeded: Home, tmp_path):  # noqa: F811
    home = copied_with(seeded, tmp_path, CLOCK_DIES + UNWATCHED)
    with serving(home) as server, pytest.raises(subprocess.TimeoutExpired):
        server.process.wait(5)


def test_systemd_hears_that_the_server_lives(seeded: Home, tmp_path):  # noqa: F811
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(30)
        told = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"}
        with serving(copied_with(seeded, tmp_path / "home", "", **told)):
            heard = [systemd.recv(64) for _one in range(4)]
    assert heard == [b"READY=1", b"WATCHDOG=1", b"WATCHDOG=1", b"WATCHDOG=1"]


@pytest.mark.parametrize(
    ("asked", "seconds"), [("", 5.0), ("x", 5.0), ("0", 5.0), ("400000", 0.2), ("60000000", 5.0)]
)
def test_looks_are_twice_in_the_time_of_systemd(asked: str, seconds: float, monkeypatch):
    monkeypatch.setenv("WATCHDOG_USEC", asked)
    assert seconds_between_looks() == seconds


def test_worker_that_never_worked_is_not_dead():
    worker = Worker("never-worked")
    assert not worker.is_dead and "never-worked" not in list_dead()
    assert worker.submit(lambda: 3).result() == 3
    worker.shutdown()
    assert worker.is_dead and "never-worked" in list_dead(None)
