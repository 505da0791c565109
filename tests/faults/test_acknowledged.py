"""An acknowledgement: between a request and its answer something was forced to disk, counted call by call."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.faults.scene import DATABASES, Scene
from tests.faults.servers import wait_for

DONE = re.compile(r"^(?:\[pid +)?\d*\]? *(\d+\.\d+) .*?(resumed)?.*= 0 <(\d+\.\d+)>$")


@contextlib.contextmanager
def traced(scene: Scene, pids: list[int]) -> Iterator:
    """Write down every call that forces data to disk, of these processes and all that they start."""
    path, errors = scene.folder / "strace", scene.folder / "strace.stderr"
    command = ["strace", "-f", "-ttt", "-T", "-e", "trace=fsync,fdatasync", "-o", str(path)]
    with errors.open("w") as out:
        tracer = subprocess.Popen([*command, *(word for pid in pids for word in ("-p", str(pid)))], stderr=out)
    try:
        attached = lambda: all(re.search(rf"\b{pid} attached", errors.read_text()) for pid in pids if alive(pid))  # noqa: E731
        wait_for(lambda: tracer.poll() is not None or attached(), 10, "strace")
        assert tracer.poll() is None, errors.read_text()
        yield path
    finally:
        tracer.send_signal(signal.SIGINT)
        tracer.wait(10)


def alive(pid: int) -> bool:
    return os.path.exists(f"/proc/{pid}")


def syncs(trace: str) -> list[tuple[float, float]]:
    """(begin, end) of each call that succeeded, on the wall clock."""
    found = []
    for line in trace.splitlines():
        if done := DONE.match(line):
            at, took = float(done[1]), float(done[3])
            found.append((at - took, at) if "resumed" in line else (at, at + took))
    return found


def synced(scene: Scene, defence: str = "") -> list[int]:
    """How many syncs there were between request and answer, for each of a row of contributions said one by one."""
    server = scene.server(defence)
    people = scene.writers(server, 1, 10_000, pace=0.02)
    pids = [server.pid] if scene.kind == "sqlite" else scene.cluster.pids()
    with traced(scene, pids) as trace:
        begin, already = time.monotonic(), people.progress.count()
        wait_for(lambda: people.progress.count() >= already + 20, 30, "twenty answers")
        end = time.monotonic()
        people.stop()
    offset = time.time() - time.monotonic()
    calls = [(start - offset, stop - offset) for start, stop in syncs(trace.read_text())]
    said = [one for one in scene.promises(people).values() if one.first > begin and one.kept_at and one.kept_at < end]
    return [sum(one.first <= start and stop <= one.kept_at for start, stop in calls) for one in said]


needs_strace = pytest.mark.skipif(not shutil.which("strace"), reason="no strace found (install strace)")


@needs_strace
@pytest.mark.faults_short
@pytest.mark.parametrize("kind", DATABASES)
def test_every_acknowledgement_follows_a_sync_to_disk(stage, kind):
    counted = synced(stage(kind))
    print(f"[{kind}] syncs between request and answer: {counted}")
    assert len(counted) >= 15
    assert min(counted) >= 1


@needs_strace
@pytest.mark.faults_short
@pytest.mark.parametrize("kind", DATABASES)
def test_some_do_not_where_the_database_may_take_its_time(stage, kind):
    counted = synced(stage(kind), defence="synchronous-commit")
    assert len(counted) >= 15
    assert min(counted) == 0
