"""Somebody is removed, signed out, expired, or given a lesser role: nothing committed after that reaches their page,
which closes within a second, or within three while hints are lost.
"""

import asyncio
import shutil
import time

import pytest

from tests.faults import kept
from tests.faults.client import Client
from tests.faults.scene import Scene, inside
from tests.faults.servers import Server

AT_ONCE, WITHOUT_HINTS = 1.0, 3.0  # seconds
SIGNED_OUT, NOT_ALLOWED = 4001, 4003
LOSES = {"removed": "r000", "signed-out": "r000", "expired": "r000", "lesser-role": "mod"}
TURNS = (
    "SELECT e.number, e.turn FROM dialogue_entry e JOIN dialogue_stream s ON s.id = e.stream_id WHERE s.audience = %s"
)

needs_redis = pytest.mark.skipif(
    not shutil.which("redis-server"), reason="no redis-server found (install redis-server)"
)


class Ended:
    """One who loses a right while people go on talking: what they heard, and how their page ended."""

    def __init__(self, scene: Scene, how: str, server: Server) -> None:
        self.scene, self.how, self.who, self.server = scene, how, LOSES[how], server
        seat = self.expiring() if how == "expired" else scene.seats["people"][self.who]
        self.pages = scene.keep_readers(server, [seat, scene.seats["people"]["r001"]])
        self.people = scene.writers(server, 3, 100_000, pace=0.05)
        time.sleep(1)
        self.last = self.lose()
        self.pages.ask("closed", 6, who=[self.who])
        self.people.stop()

    def expiring(self) -> dict:
        """A sign-in that ends soon."""
        seat = inside(self.scene.folder, self.scene.database, "expiring", self.who, 6)
        self.at = seat["at"]
        return seat

    def lose(self) -> int:
        """Lose it; the last number of the stream that may still be heard."""
        if self.how == "expired":
            time.sleep(max(0, self.at - time.monotonic()))
        elif self.how == "signed-out":
            asyncio.run(self.sign_out())
            self.at = time.monotonic()
        else:
            command = {"removed": "remove", "lesser-role": "lesser"}[self.how]
            told = inside(self.scene.folder, self.scene.database, command, self.who)
            self.at = told["at"]
            turns = kept.rows(self.scene.database, TURNS, self.audience)
            return max((number for number, turn in turns if turn <= told["turn"]), default=0)
        return self.scene.head(self.audience)[1]

    async def sign_out(self) -> None:
        """As the button does."""
        browser = Client(
            self.server.host, self.server.port, {"sessionid": self.scene.seats["people"][self.who]["cookie"]}
        )
        await browser.get(self.scene.seats["table"])
        status, _headers, _body = await browser.post("/sign-out/", [])
        assert status == 302

    @property
    def audience(self) -> str:
        """What they heard while they might."""
        return "staff" if self.how == "lesser-role" else "table"

    def heard_after(self) -> list[int]:
        """Numbers that they were told though they were entered too late for them."""
        said = self.pages.report()
        [reader] = [one for one in said.readers if one["name"] == self.who]
        streams = {
            stream for stream, audience in kept.read(self.scene.database).streams.items() if audience == self.audience
        }
        told = [said.drawings[index] for stream in streams for index in reader["streams"].get(stream, [])]
        assert told, "there was something to hear"
        return [number for _stream, number, *_rest in told if number > self.last]

    def closed(self) -> tuple[int, float]:
        """(code, seconds after the loss) of their page's end."""
        [reader] = [one for one in self.pages.report().readers if one["name"] == self.who]
        return next(((detail[0], at - self.at) for at, what, detail in reader["log"] if what == "closed"), (0, 1e9))


def check(run: Ended, within: float) -> None:
    code, took = run.closed()
    print(f"[{run.scene.kind}] {run.how}: closed with {code} after {took:.2f} s")
    assert run.heard_after() == []
    assert code == (SIGNED_OUT if run.how in {"signed-out", "expired"} else NOT_ALLOWED)
    assert took <= within


@needs_redis
@pytest.mark.faults_short
@pytest.mark.parametrize("how", LOSES)
def test_nothing_is_heard_after_a_right_has_ended_and_the_page_closes_at_once(stage, how):
    scene = stage("postgres")
    check(Ended(scene, how, scene.server(redis=scene.redis())), AT_ONCE)


@pytest.mark.faults_short
@pytest.mark.parametrize("how", LOSES)
def test_nothing_is_heard_after_a_right_has_ended_and_the_page_closes_soon_where_hints_are_lost(stage, how):
    scene = stage("sqlite")
    check(Ended(scene, how, scene.server("hints")), WITHOUT_HINTS)


@pytest.mark.faults_short
@pytest.mark.parametrize("how", LOSES)
def test_everything_is_heard_where_nobody_is_asked_again(stage, how):
    scene = stage("sqlite")
    assert Ended(scene, how, scene.server("asking-again")).heard_after() != []
