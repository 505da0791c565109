"""SIGTERM: what was posted is answered, pages are told to come again, and the process is gone within ten seconds."""

import time

import pytest

from tests.clocks import in_time
from tests.faults import kept
from tests.faults.scene import DATABASES, Scene, slack
from tests.faults.servers import Server

GONE = 10.0  # seconds
COME_AGAIN = 1012

pytestmark = [pytest.mark.faults_short, pytest.mark.parametrize("kind", DATABASES)]


def stopped(scene: Scene, server: Server) -> tuple[float, set[str], set[int]]:
    """A server told to stop while people write, and started again.

    Returns how many seconds it took, what was committed and not answered, and with which codes its pages were closed.
    """
    pages = scene.readers(server, 20)
    people = scene.writers(server, 10, 100_000, pace=0.02)
    time.sleep(1)
    start = time.monotonic()
    assert server.drain() == 0
    took = time.monotonic() - start
    answered = {saved for promise in scene.promises(people).values() for saved in promise.saved}
    unanswered = set(kept.read(scene.database).contributions) - answered
    server.start()
    people.stop()
    scene.caught_up(pages, within=20)
    said = pages.report()
    codes = {detail[0] for reader in said.readers for _at, what, detail in reader["log"] if what == "closed"}
    print(f"[{scene.kind}] gone {took:.1f} s after SIGTERM, {len(unanswered)} not answered, closed with {codes}")
    assert scene.verdict([people], pages) == []
    return took, unanswered, codes


def test_a_server_that_is_told_to_stop_answers_what_was_posted_and_sends_its_pages_away(stage, kind):
    scene = stage(kind)
    took, unanswered, codes = stopped(scene, scene.server())
    assert in_time(took, GONE * slack())
    assert unanswered == set() and codes == {COME_AGAIN}


def test_one_that_ends_at_once_sends_nobody_away(stage, kind):
    """The control: nothing is lost either, for the pages resend, but each must find out for itself that it is alone."""
    scene = stage(kind)
    _took, _unanswered, codes = stopped(scene, scene.server("draining"))
    assert COME_AGAIN not in codes
