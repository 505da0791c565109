"""Pages that stopped reading: the server's memory stays what it was, others do not notice, and afterwards they catch up."""

import asyncio
import base64
import json
import os
import statistics
import threading
import time
from dataclasses import dataclass

import pytest

from tests.clocks import in_time
from tests.faults import page, verdict
from tests.faults.client import Client
from tests.faults.scene import DATABASES, Scene, slack
from tests.faults.servers import Server

MEMORY = 64 * 1024 * 1024  # bytes by which the server may grow
STALLED = 50


class Stalled:
    """Pages that say hello and then never read again, each with a small window, so that nothing hides in the network."""

    def __init__(self, scene: Scene, server: Server, count: int, first: int = 100) -> None:
        self.scene, self.server = scene, server
        self.who = [scene.seats["people"][f"r{n:03}"] for n in range(first, first + count)]
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.writers = asyncio.run_coroutine_threadsafe(self.open_all(), self.loop).result(60)

    async def open_all(self) -> list:
        return [await self.open(one["cookie"]) for one in self.who]

    async def open(self, cookie: str):
        """A handshake and a hello by hand: a library would go on reading."""
        client = Client(self.server.host, self.server.port, {"sessionid": cookie})
        _status, _headers, body = await client.get(self.scene.seats["table"])
        client.close()
        drawn = page.read(body.decode())
        reader, writer = await asyncio.open_connection(self.server.host, self.server.port, limit=4096)
        place = f"{self.server.host}:{self.server.port}"
        lines = [
            f"GET {drawn.socket} HTTP/1.1", f"Host: {place}", f"Origin: http://{place}", f"Cookie: sessionid={cookie}",
            "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}", "", "",
        ]  # fmt: skip
        writer.write("\r\n".join(lines).encode())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(masked(hello(drawn.heads)))
        writer.transport.pause_reading()
        return writer

    def close(self) -> None:
        """Their connections end."""
        for writer in self.writers:
            self.loop.call_soon_threadsafe(writer.transport.abort)
        self.loop.call_soon_threadsafe(self.loop.stop)


def hello(heads: dict) -> bytes:
    """The page's first frame."""
    return json.dumps({"t": "hello", "v": 1, "seen": heads}).encode()


def masked(text: bytes) -> bytes:
    """A text frame as a browser sends it; the mask is four zeros."""
    size = bytes([0x80 | len(text)]) if len(text) < 126 else b"\xfe" + len(text).to_bytes(2)
    return b"\x81" + size + bytes(4) + text


@dataclass(frozen=True)
class Grown:
    """Bytes by which the server grew, and how many of its connections are open; how long others waited; what is wrong."""

    growth: int
    opened: int
    waited: list[float]
    found: list[str]


def grown(scene: Scene, each: int, defence: str = "") -> Grown:
    """Five people say so much each, before pages of which some do not read."""
    server = scene.server(defence)
    pages = scene.readers(server, 10)
    warm = scene.writers(server, 2, 5, name="warm", first=10)
    warm.finish(within=30)
    scene.keep(Stalled(scene, server, STALLED))
    before = server.memory()
    people = scene.writers(server, 5, each, length=4500)
    people.finish(within=60 + each / 2)
    most = server.memory()
    scene.caught_up(pages, within=10)
    said = pages.report()
    found = scene.verdict([warm, people], pages)
    return Grown(most - before, server.connections(), verdict.latencies(scene.promises(people), said), found)


def stalled(scene: Scene, each: int) -> Grown:
    run = grown(scene, each)
    waited = run.waited
    print(
        f"[{scene.kind}] {STALLED} pages that do not read, {5 * each} contributions of 4,500 characters: the server "
        f"grew by {run.growth / 2**20:.1f} MiB, {run.opened} connections are open; others waited {statistics.median(waited):.3f} s, "
        f"at most {max(waited):.3f} s"
    )
    assert run.growth < MEMORY
    assert run.found == []
    assert in_time(statistics.quantiles(waited, n=20)[-1], slack())
    return run


@pytest.mark.faults_short
@pytest.mark.parametrize("kind", DATABASES)
def test_pages_that_stopped_reading_cost_no_memory_and_nobody_s_time(stage, kind):
    stalled(stage(kind), each=60)


@pytest.mark.faults
@pytest.mark.parametrize("kind", DATABASES)
def test_pages_that_stopped_reading_are_given_up_and_cost_no_memory_however_much_is_said(stage, kind):
    assert stalled(stage(kind), each=600).opened < STALLED


@pytest.mark.faults
@pytest.mark.parametrize("kind", DATABASES)
def test_where_nobody_counts_what_they_acknowledge_nor_asks_whether_they_are_there_they_stay(stage, kind):
    """The control. All pages wait for the same bytes, so memory alone would not show it at once."""
    run = grown(stage(kind), each=300, defence="acknowledging,pinging")
    print(f"[{kind}] left alone: the server grew by {run.growth / 2**20:.1f} MiB, {run.opened} connections are open")
    assert run.opened >= STALLED


# ------------------------------------------------------------------ one page stalls in a burst


def burst(scene: Scene, each: int, *, readers: int = 5, stalls: float = 0) -> list[str]:
    """Twenty people say a lot at once while two pages stall; everything that is wrong once these read again."""
    server = scene.server()
    pages = scene.readers(server, readers)
    pages.ask("stall", who=["r000", "r001"])
    start = time.monotonic()
    people = scene.writers(server, 20, each)
    people.finish(within=60 + each)
    time.sleep(max(0, stalls - (time.monotonic() - start)))
    pages.ask("go_on")
    took = scene.caught_up(pages, within=40)
    said = pages.report()
    scene.tell(people, said, f"the stalled pages were there {took:.1f} s after they read again")
    anew = scene.readers(server, 1, name="anew", first=50).report()
    found = scene.verdict([people], pages)
    for reader in said.readers:  # one that fetched its part again may have an earlier part than another, or not
        now = anew.readers[0]["words"].items()
        found += [
            f"not so on the page of {reader['name']}: {one}" for one, said in now if reader["words"].get(one) != said
        ]
    return found


@pytest.mark.faults_short
@pytest.mark.parametrize("kind", DATABASES)
def test_a_page_that_stalled_in_a_burst_equals_the_record_afterwards(stage, kind):
    assert burst(stage(kind), each=15) == []


@pytest.mark.faults
@pytest.mark.parametrize("kind", DATABASES)
def test_a_page_that_stalled_in_a_burst_of_five_thousand_equals_the_record_afterwards(stage, kind):
    assert burst(stage(kind), each=250, stalls=40) == []
