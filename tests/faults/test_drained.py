"""SIGTERM: what was posted is answered, pages are told to come again, and the process is gone within ten seconds."""

import time

import pytest

from tests.faults import kept
from tests.faults.scene import DATABASES, slack

GONE = 10.0  # seconds


@pytest.mark.faults_short
@pytest.mark.parametrize("kind", DATABASES)
def test_a_server_that_is_told_to_stop_answers_what_was_posted_and_sends_its_pages_away(stage, kind):
    scene = stage(kind)
    server = scene.server()
    pages = scene.readers(server, 20)
    people = scene.writers(server, 10, 100_000, pace=0.02)
    time.sleep(1)
    start = time.monotonic()
    assert server.drain() == 0
    took = time.monotonic() - start
    print(f"[{kind}] gone {took:.1f} s after SIGTERM")
    assert took < GONE * slack()
    answered = {saved for promise in scene.promises(people).values() for saved in promise.saved}
    assert set(kept.read(scene.database).contributions) == answered  # nothing was committed and not answered
    server.start()
    people.stop()
    scene.caught_up(pages, within=20)
    said = pages.report()
    codes = {detail[0] for reader in said.readers for _at, what, detail in reader["log"] if what == "closed"}
    assert codes == {1012}
    assert scene.verdict([people], pages) == []
