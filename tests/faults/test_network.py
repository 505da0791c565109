"""The network is cut, or dies without a word: pages notice, come back, and miss nothing."""

import time

import pytest

from dialogue.live import limits
from tests.clocks import PATIENCE, in_time
from tests.faults.proxy import Proxy
from tests.faults.scene import DATABASES, Scene, slack
from tests.faults.servers import wait_for
from tests.faults.verdict import kinds

SOON = 10.0  # seconds to be caught up after the network is back
NOTICED = 50.0  # seconds to notice that a line is dead


class Cut:
    """Pages behind a network of their own, while people elsewhere go on writing."""

    def __init__(self, scene: Scene, readers: int, pace: float = 0.1, **told) -> None:
        self.scene = scene
        self.server = scene.server()
        self.wires = scene.keep(Proxy(self.server.host, self.server.port))
        self.pages = scene.readers(self.wires, readers, **told)
        self.people = scene.writers(self.server, 3, 100_000, pace=pace)
        time.sleep(0.5)

    def end(self) -> list[str]:
        """Everything that is wrong."""
        self.people.stop()
        self.scene.caught_up(self.pages, within=60)
        self.scene.tell(self.people, self.pages.report())
        return self.scene.verdict([self.people], self.pages)


def cut_off(run: Cut, seconds: float) -> tuple[str, int]:
    """Cut the network for so long; where the record was at its return."""
    run.wires.cut()
    time.sleep(seconds)
    head = run.scene.head()
    run.wires.mend()
    return head


def caught_up_after(run: Cut, seconds: float) -> float:
    """Cut the network; how long until all pages were where the record was at its return. Nobody tells them of it."""
    stream, number = cut_off(run, seconds)
    took = run.pages.all("reached", 60, stream=stream, n=number)
    print(f"[{run.scene.kind}] caught up {took:.1f} s after {seconds} s without a network")
    return took


@pytest.mark.faults_short
@pytest.mark.parametrize("kind", DATABASES)
def test_pages_catch_up_soon_after_a_cut_of_five_seconds(stage, kind):
    run = Cut(stage(kind), readers=20)
    assert in_time(caught_up_after(run, 5), SOON * slack())
    assert run.end() == []


@pytest.mark.faults_short
@pytest.mark.parametrize("kind", DATABASES)
def test_pages_that_wait_their_longest_notice_the_return_too_unless_they_do_not_ask(stage, kind):
    run = Cut(stage(kind), readers=20, tries=6)
    deaf = run.scene.readers(run.wires, 10, name="deaf", first=20, tries=6, without=["asking"])
    stream, number = cut_off(run, 5)
    assert run.pages.ask("reached", PATIENCE, stream=stream, n=number)["missing"] == []
    assert deaf.ask("reached", 0.1, stream=stream, n=number)["missing"] != []
    assert run.end() == []


@pytest.mark.faults
@pytest.mark.parametrize("kind", DATABASES)
@pytest.mark.parametrize("seconds", [60, 600])
def test_pages_catch_up_soon_after_a_long_cut(stage, kind, seconds):
    run = Cut(stage(kind), readers=50, pace=1)
    assert in_time(caught_up_after(run, seconds), SOON * slack())
    assert run.end() == []


def half_open(run: Cut, within: float) -> dict:
    """Let every line die without a word; whether the pages come back by themselves."""
    run.wires.forget()
    time.sleep(1)
    stream, number = run.scene.head()
    return run.pages.ask("reached", within, stream=stream, n=number)


@pytest.mark.faults_short
@pytest.mark.parametrize("kind", DATABASES)
def test_pages_leave_a_line_on_which_nothing_comes_unless_they_do_not_watch_the_silence(stage, kind):
    run = Cut(stage(kind), readers=10, silence=3)
    deaf = run.scene.readers(run.wires, 3, name="deaf", first=20, silence=3, without=["silence"])
    assert half_open(run, PATIENCE)["missing"] == []
    assert run.end() == []
    assert kinds(run.scene.verdict([run.people], deaf)) == {"not caught up"}


@pytest.mark.faults
@pytest.mark.parametrize("kind", DATABASES)
def test_pages_and_server_notice_a_dead_line_in_time(stage, kind):
    run = Cut(stage(kind), readers=50, pace=1)
    took = half_open(run, NOTICED)
    assert took["missing"] == []
    print(f"[{kind}] all pages back {took['took']:.1f} s after their lines died")
    # Those that came back, and the writers'. Of what died, sockets go first, and then where only a page was fetched.
    wait_for(lambda: run.server.connections() <= 50 + 10, limits.IDLE + 30, "dead connections are kept")
    assert run.end() == []
