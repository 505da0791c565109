"""Redis killed, frozen, emptied, and hints lost altogether: nothing is lost, pages wait three seconds at most, posting
never fails."""

import shutil
import statistics
import time

import pytest

from tests.clocks import PATIENCE, in_time
from tests.faults import verdict
from tests.faults.scene import DATABASES, Scene, slack

LATE = 3.0  # seconds that a page may wait while hints are lost
SOON = 1.0  # seconds within which hints bring it

needs_redis = pytest.mark.skipif(
    not shutil.which("redis-server"), reason="no redis-server found (install redis-server)"
)


class Watched:
    """Two servers with one Redis, people writing at one and reading at the other, and what happened when."""

    def __init__(self, scene: Scene, defence: str = "") -> None:
        self.scene, self.redis = scene, scene.redis()
        here, there = (scene.server(defence, self.redis) for _ in range(2))
        self.pages = scene.readers(there, 10)
        self.people = scene.writers(here, 3, 10_000, pace=0.1, patience=3)
        self.phases: dict[str, tuple[float, float]] = {}

    def during(self, name: str, seconds: float, do=None, settle: float = 0) -> None:
        """Do something to Redis, and let people write for a while. `settle`: seconds before it counts."""
        if do:
            do()
        time.sleep(settle)
        start = time.monotonic()
        time.sleep(seconds)
        self.phases[name] = (start, time.monotonic())

    def end(self) -> list[str]:
        """Let everybody finish; everything that is wrong."""
        self.people.stop()
        self.scene.caught_up(self.pages, within=10)
        self.said, self.promises = self.pages.report(), self.scene.promises(self.people)
        return self.scene.verdict([self.people], self.pages)

    def waited(self, phase: str) -> list[float]:
        """Seconds that each page waited for each thing said in that time."""
        found = verdict.latencies(self.promises, self.said, *self.phases[phase])
        print(f"[{phase}] {len(found)} drawn: median {statistics.median(found):.3f} s, at most {max(found):.3f} s")
        return found


@needs_redis
@pytest.mark.faults_short
def test_pages_and_people_hardly_notice_what_happens_to_redis(stage):
    run = Watched(stage("postgres"))
    run.during("healthy", 2)
    run.during("frozen", 4, run.redis.freeze)
    run.during("thawed", 2, run.redis.thaw, settle=2)
    run.during("killed", 4, run.redis.kill)
    run.during("started again", 2, run.redis.start, settle=3)
    run.during("emptied", 2, run.redis.empty)
    assert run.end() == []
    assert in_time(statistics.median(run.waited("healthy")), SOON * slack())
    for phase in ("frozen", "killed", "emptied"):
        assert in_time(max(run.waited(phase)), LATE * slack())
    for phase in ("thawed", "started again"):
        assert in_time(statistics.median(run.waited(phase)), SOON * slack())
    assert [promise.troubles for promise in run.promises.values() if promise.troubles] == []
    assert in_time(max(took for promise in run.promises.values() for *_others, took in promise.answers), 1.5 * slack())


@needs_redis
@pytest.mark.faults_short
def test_pages_wait_for_ever_without_the_hub_s_own_clock(stage):
    run = Watched(stage("postgres"), defence="clock")
    run.during("killed", 5, run.redis.kill)
    run.people.stop()
    stream, number = run.scene.head()
    assert len(run.pages.ask("reached", LATE, stream=stream, n=number)["missing"]) == 10


@needs_redis
@pytest.mark.faults_short
def test_people_wait_where_hints_go_out_without_a_queue(stage):
    run = Watched(stage("postgres"), defence="queue")
    run.during("frozen", 5, run.redis.freeze)
    run.redis.thaw()
    run.people.stop()
    assert [promise for promise in run.scene.promises(run.people).values() if promise.troubles] != []


def without_hints(scene: Scene, defence: str, patience: float = PATIENCE) -> tuple[list[str], list[float]]:
    """(everything that is wrong, how long pages waited) in one process in which no hint arrives."""
    server = scene.server(defence)
    pages = scene.readers(server, 10)
    people = scene.writers(server, 3, 8, pace=0.1)
    people.finish(within=60)
    stream, number = scene.head()
    pages.ask("reached", patience, stream=stream, n=number)
    return scene.verdict([people], pages), verdict.latencies(scene.promises(people), pages.report())


@pytest.mark.faults_short
@pytest.mark.parametrize("kind", DATABASES)
def test_the_clock_brings_what_no_hint_announced(stage, kind):
    found, waited = without_hints(stage(kind), "hints")
    assert found == []
    assert in_time(max(waited), LATE * slack())
    assert in_time(statistics.median(waited), least=0.3)  # it was the clock


@pytest.mark.faults_short
def test_neither_hint_nor_clock_bring_nothing(stage):
    found, waited = without_hints(stage("sqlite"), "hints,clock", patience=LATE)
    assert verdict.kinds(found) == {"not caught up"}
    assert waited == []
