"""kill -9 at any moment, and answers that never arrive: no saved word is lost, doubled or reordered."""

import os
import random
import time

import pytest

from tests.faults.proxy import Proxy
from tests.faults.scene import DATABASES, Scene
from tests.faults.servers import wait_for
from tests.faults.verdict import kinds

CONTRIBUTIONS = int(os.environ.get("FAULTS_CONTRIBUTIONS") or 10_000)  # of the long form; fewer on a busy machine
PAGES = int(os.environ.get("FAULTS_PAGES") or 200)


def killed(scene: Scene, *, writers: int, each: int, readers: int, kills: int, defence: str = "") -> list[str]:
    """Kill the server again and again while people write and read; everything that is wrong afterwards."""
    chance = random.Random(scene.seed)
    server = scene.server(defence)
    pages = scene.readers(server, readers)
    start = time.monotonic()
    people = scene.writers(server, writers, each, patience=10)
    for after in sorted(chance.sample(range(1, writers * each), kills)):
        wait_for(lambda after=after: people.progress.count() >= after, 300, f"{after} answers")
        time.sleep(chance.uniform(0, 0.05))
        server.kill()
        server.start()
    people.finish(within=900)
    took = time.monotonic() - start
    caught_up = scene.caught_up(pages, within=90)
    scene.tell(
        people, pages.report(), f"{kills} kills in {took:.0f} s; all {readers} pages there {caught_up:.1f} s later"
    )
    return scene.verdict([people], pages)


@pytest.mark.faults_short
@pytest.mark.parametrize("kind", DATABASES)
def test_nothing_is_lost_doubled_or_reordered_when_the_server_is_killed(stage, kind):
    assert killed(stage(kind), writers=20, each=10, readers=20, kills=3) == []


@pytest.mark.faults
@pytest.mark.parametrize("kind", DATABASES)
def test_nothing_is_lost_doubled_or_reordered_when_the_server_is_killed_fifty_times(stage, kind):
    assert killed(stage(kind), writers=20, each=CONTRIBUTIONS // 20, readers=PAGES, kills=50) == []


@pytest.mark.faults_short
def test_words_are_lost_by_a_server_that_answers_before_it_commits(stage):
    found = killed(stage("sqlite"), writers=8, each=5, readers=1, kills=1, defence="committing-first")
    assert "lost" in kinds(found)


def answers_lost(scene: Scene, *, each: int, times: int, defence: str = "") -> list[str]:
    """Let requests arrive and their answers vanish, again and again; everything that is wrong afterwards."""
    server = scene.server(defence)
    wires = scene.keep(Proxy(server.host, server.port))
    people = scene.writers(wires, 10, each, pace=0.05, patience=2)
    for _ in range(times):
        before = people.progress.count()
        wires.eat_answers()
        time.sleep(0.3)
        wires.drop_connections()
        wires.mend()
        wait_for(lambda before=before: people.progress.count() > before + 5, 30, "answers again")
    people.finish(within=60)
    assert any(promise.sends > 1 for promise in scene.promises(people).values())
    return scene.verdict([people])


@pytest.mark.faults_short
@pytest.mark.parametrize("kind", DATABASES)
def test_what_is_sent_again_because_its_answer_was_lost_is_said_once(stage, kind):
    assert answers_lost(stage(kind), each=8, times=2) == []


@pytest.mark.faults_short
def test_it_is_said_twice_where_nobody_looks_for_the_key(stage):
    assert "doubled" in kinds(answers_lost(stage("sqlite"), each=6, times=1, defence="keys"))


@pytest.mark.faults_short
def test_a_page_asks_again_for_what_was_dropped_on_the_way_and_one_without_gap_detection_misses_it(stage):
    scene = stage("sqlite")
    server = scene.server("swallowing")
    pages = scene.readers(server, 3)
    blind = scene.readers(server, 3, name="blind", first=3, without=["gaps"])
    people = scene.writers(server, 5, 8)
    people.finish(within=60)
    scene.caught_up(pages, within=20)
    assert scene.verdict([people], pages) == []
    assert "out of order" in kinds(scene.verdict([people], blind))
