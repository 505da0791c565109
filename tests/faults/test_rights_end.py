"""Somebody is removed, signed out, expired, or given a lesser role: nothing committed after that reaches their page,
which closes within a second, or within three while hints are lost.
"""

import asyncio
import datetime
import shutil
import time

import pytest

from tests.clocks import deadline, in_time
from tests.faults import kept
from tests.faults.client import Client
from tests.faults.scene import Scene, inside, slack
from tests.faults.servers import Server

AT_ONCE, WITHOUT_HINTS = 1.0, 3.0  # seconds
SIGNED_OUT, NOT_ALLOWED = 4001, 4003
CODES = {"removed": NOT_ALLOWED, "lesser": NOT_ALLOWED, "signed-out": SIGNED_OUT, "expired": SIGNED_OUT}
WHO = {"removed": "r000", "lesser": "mod", "signed-out": "r001", "expired": "r002"}
ENTRIES = (
    "SELECT e.number, e.turn, e.at FROM dialogue_entry e JOIN dialogue_stream s ON s.id = e.stream_id "
    "WHERE s.audience = %s"
)

needs_redis = pytest.mark.skipif(
    not shutil.which("redis-server"), reason="no redis-server found (install redis-server)"
)


class Ended:
    """Four who lose a right while people go on talking: what each heard, and how their page ended."""

    def __init__(self, scene: Scene, server: Server, *, close: bool = True) -> None:
        self.scene, self.server = scene, server
        self.at: dict[str, float] = {}  # when each was lost
        self.last: dict[str, int] = {}  # the last number that may still be heard
        seats = {how: scene.seats["people"][who] for how, who in WHO.items()}
        seats["expired"] = inside(scene.folder, scene.database, "expiring", WHO["expired"], 16 * slack())
        self.pages = scene.keep_readers(server, list(seats.values()))
        self.people = scene.writers(server, 2, 100_000, pace=0.1)
        self.pages.all("heard", 30 * slack())  # without hints a hub looks every two seconds
        self.lose_seats()
        asyncio.run(self.sign_out())
        self.note("signed-out")
        time.sleep(max(0, seats["expired"]["at"] - time.monotonic()))
        self.at["expired"], until = seats["expired"]["at"], datetime.datetime.fromisoformat(seats["expired"]["until"])
        self.last["expired"] = max(number for number, _turn, at in self.entries("expired") if at <= until)
        soon = (WITHOUT_HINTS + 2) * slack()
        self.pages.ask("closed", deadline(soon) if close else soon)
        self.people.stop()
        self.readers = {reader["name"]: reader for reader in self.pages.report().readers}
        self.drawings = self.pages.report().drawings

    def lose_seats(self) -> None:
        """Two changes of the table's members, each in a turn that says what comes after it."""
        told = inside(
            self.scene.folder, self.scene.database, "lose", "remove", WHO["removed"], "lesser", WHO["lesser"]
        )  # fmt: skip
        for how in ("removed", "lesser"):
            lost = told[WHO[how]]
            self.at[how] = lost["at"]
            self.last[how] = max(number for number, turn, _at in self.entries(how) if turn <= lost["turn"])

    def entries(self, how: str) -> list[tuple[int, int, datetime.datetime]]:
        """(number, turn, when) of all that was entered for those who could hear what they heard."""
        rows = kept.rows(self.scene.database, ENTRIES, audience(how))
        return [(number, turn, moment(at)) for number, turn, at in rows]

    async def sign_out(self) -> None:
        """As the button does."""
        cookie = self.scene.seats["people"][WHO["signed-out"]]["cookie"]
        browser = Client(self.server.host, self.server.port, {"sessionid": cookie})
        await browser.get(self.scene.seats["table"])
        status, _headers, _body = await browser.post("/sign-out/", [])
        browser.close()
        assert status == 302

    def note(self, how: str) -> None:
        """It is lost now."""
        self.at[how] = time.monotonic()
        self.last[how] = self.scene.head(audience(how))[1]

    def heard_after(self, how: str) -> list[int]:
        """Numbers that they were told though they were entered too late for them."""
        streams = {one for one, name in kept.read(self.scene.database).streams.items() if name == audience(how)}
        heard = [index for stream in streams for index in self.readers[WHO[how]]["streams"].get(stream, [])]
        assert heard, "there was something to hear"
        return [number for number in (self.drawings[index][1] for index in heard) if number > self.last[how]]

    def closed(self, how: str) -> tuple[int, float]:
        """(code, seconds after the loss) of their page's end."""
        log = self.readers[WHO[how]]["log"]
        return next(((detail[0], at - self.at[how]) for at, what, detail in log if what == "closed"), (0, 1e9))


def moment(at: datetime.datetime | str) -> datetime.datetime:
    """A time as the database gives it: SQLite in words, in UTC without saying so."""
    return at if isinstance(at, datetime.datetime) else datetime.datetime.fromisoformat(at).replace(tzinfo=datetime.UTC)


def audience(how: str) -> str:
    """What they heard while they might."""
    return "staff" if how == "lesser" else "table"


def check(run: Ended, within: float) -> None:
    for how, code in CODES.items():
        closed, took = run.closed(how)
        print(f"[{run.scene.kind}] {how}: closed with {closed} after {took:.2f} s")
        assert run.heard_after(how) == []
        assert (how, closed) == (how, code)
        assert in_time(took, within * slack()), how


@needs_redis
@pytest.mark.faults_short
def test_nothing_is_heard_after_a_right_has_ended_and_the_page_closes_at_once(stage):
    scene = stage("postgres")
    check(Ended(scene, scene.server(redis=scene.redis())), AT_ONCE)


@pytest.mark.faults_short
def test_nothing_is_heard_after_a_right_has_ended_and_the_page_closes_soon_where_hints_are_lost(stage):
    scene = stage("sqlite")
    check(Ended(scene, scene.server("hints")), WITHOUT_HINTS)


@pytest.mark.faults_short
def test_it_is_heard_where_nobody_is_asked_again(stage):
    scene = stage("sqlite")
    run = Ended(scene, scene.server("asking-again"), close=False)
    assert [how for how in CODES if run.heard_after(how) == []] == []
