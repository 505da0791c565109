"""PostgreSQL crashes and comes back: people write again within ten seconds, and what they sent again is said once."""

import time

import pytest

from tests.clocks import in_time
from tests.faults.scene import Scene, slack
from tests.faults.servers import wait_for

SOON = 10.0


def restarted(scene: Scene, times: int) -> tuple[list[str], list[float]]:
    """(everything that is wrong, seconds from each return of the database to the next acknowledgement)."""
    server = scene.server()
    pages = scene.readers(server, 20)
    people = scene.writers(server, 10, 10_000, pace=0.1, patience=5)
    waits = []
    for _ in range(times):
        time.sleep(1)
        scene.cluster.crash()
        time.sleep(1)
        scene.cluster.start()
        before = people.progress.count()
        waits.append(wait_for(lambda before=before: people.progress.count() > before, 30, "an answer"))
    people.stop()
    scene.caught_up(pages, within=30)
    scene.tell(
        people, pages.report(), f"{times} crashes, writing again after {', '.join(f'{one:.1f}' for one in waits)} s"
    )
    return scene.verdict([people], pages), waits


@pytest.mark.faults_short
def test_people_write_again_soon_after_the_database_is_back(stage, own_postgres):
    found, waits = restarted(stage("postgres", own_postgres), times=2)
    assert found == []
    assert in_time(max(waits), SOON * slack())


@pytest.mark.faults
def test_people_write_again_soon_however_often_the_database_comes_back(stage, own_postgres):
    found, waits = restarted(stage("postgres", own_postgres), times=12)
    assert found == []
    assert in_time(max(waits), SOON * slack())


@pytest.mark.faults_short
def test_nobody_writes_again_over_connections_that_nobody_looks_at(stage, own_postgres):
    scene = stage("postgres", own_postgres)
    people = scene.writers(scene.server("reconnecting"), 2, 10_000, pace=0.1, patience=3)
    wait_for(lambda: people.progress.count() >= 20, 60, "twenty answers over the threads' connections")
    scene.cluster.crash()
    scene.cluster.start()
    before = people.progress.count()
    time.sleep(SOON)
    assert people.progress.count() == before
