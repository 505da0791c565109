"""The load of the live benchmark: many open pages in one process, and those who speak to them, by one clock.

`python -m tests.bench.pages` takes commands as JSON lines and answers each with one; see `Load`. A page here reads no
more than where a frame begins and ends and which entry it is, so that two thousand of them cost less than their server.
"""

import asyncio
import json
import sys
import time
from typing import Any

from tests.faults.client import Client, NoAnswer

HANDSHAKE = (
    "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\nOrigin: http://{host}:{port}\r\n"
    "{cookie}\r\n"
)
ENTRY, WELCOME = b'{"t":"entry"', b'{"t":"welcome"'
STREAM, NUMBER = slice(18, 54), 60  # where an entry's stream and number stand in its frame
OWED, WITHIN = 20, 5.0  # entries after which, and seconds in which, a page acknowledges


class Page(asyncio.Protocol):
    """One socket. `knock`: {path, cookie?, hello?, until?}; it is in when it is open, welcomed, or at `until`."""

    __slots__ = ("began", "head", "is_in", "is_open", "knock", "load", "owed", "rest", "seen", "transport")

    def __init__(self, load: "Load", knock: dict) -> None:
        self.load, self.knock = load, knock
        self.rest, self.seen, self.owed = b"", {}, 0
        self.is_open = self.is_in = False
        self.began = time.perf_counter()

    # -------------------------------------------------------------- the connection

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        cookie = f"Cookie: sessionid={self.knock['cookie']}\r\n" if "cookie" in self.knock else ""
        transport.write(HANDSHAKE.format(**self.load.at, path=self.knock["path"], cookie=cookie).encode())

    def connection_lost(self, problem: Exception | None) -> None:
        self.load.lost(self)

    def data_received(self, data: bytes) -> None:
        if self.rest:
            data = self.rest + data
        if not self.is_open:
            head, found, data = data.partition(b"\r\n\r\n")
            if not found:
                self.rest = head
                return
            self.opened(head)
        at, size = 0, len(data)
        while size - at >= 2:
            length, start = data[at + 1], at + 2
            if length >= 126:
                start += 2 if length == 126 else 8
                if size < start:
                    break
                length = int.from_bytes(data[at + 2 : start])
            if size < start + length:
                break
            self.frame(data[at] & 15, data, start, start + length)
            at = start + length
        self.rest = data[at:]

    def opened(self, head: bytes) -> None:
        if not head.startswith(b"HTTP/1.1 101"):
            self.transport.abort()
            return
        self.is_open = True
        if hello := self.knock.get("hello"):
            self.send(1, json.dumps({"t": "hello", "v": 1, "seen": hello}).encode())
        else:
            self.entered()

    def send(self, opcode: int, payload: bytes) -> None:
        """A frame under a mask of zeros, which changes nothing."""
        size = len(payload)
        length = bytes([128 | size]) if size < 126 else bytes([254]) + size.to_bytes(2)
        self.transport.write(bytes([128 | opcode]) + length + b"\0\0\0\0" + payload)

    # -------------------------------------------------------------- frames

    def frame(self, opcode: int, data: bytes, start: int, end: int) -> None:
        if opcode == 1:
            if data.startswith(ENTRY, start):
                self.entry(data, start, end)
            elif not self.is_in and data.startswith(WELCOME, start) and not self.knock.get("until"):
                self.entered()
        elif opcode == 9:
            self.send(10, data[start:end])
        elif opcode == 8:
            self.load.codes.append(int.from_bytes(data[start : start + 2]))
            self.transport.close()

    def entry(self, data: bytes, start: int, end: int) -> None:
        self.load.came(data, start, end)
        if "hello" not in self.knock:
            return
        stream = data[start + STREAM.start : start + STREAM.stop]
        number = int(data[start + NUMBER : data.index(b",", start + NUMBER)])
        expected = self.seen.get(stream)
        if expected is not None and number != expected + 1:
            self.load.gaps += 1
        self.seen[stream] = number
        self.owed += 1
        if self.owed >= OWED:
            self.acknowledge()
        if not self.is_in and number >= self.knock.get("until", 0):
            self.entered()

    def acknowledge(self) -> None:
        self.owed = 0
        told = b",".join(b'"%s":%d' % one for one in self.seen.items())
        self.send(1, b'{"t":"seen",' + told + b"}")

    def entered(self) -> None:
        self.is_in = True
        self.load.entered(time.perf_counter() - self.began)


class Load:
    """All pages of the process, and what they are told to do. `at`: the server's host and port."""

    def __init__(self) -> None:
        self.at: dict = {}
        self.pages: set[Page] = set()
        self.codes: list[int] = []
        self.joined: list[float] = []
        self.gaps = self.arrived = self.expected = 0
        self.frame = b""
        self.all_in: asyncio.Event = asyncio.Event()
        self.all_have_it: asyncio.Event = asyncio.Event()
        self.last = 0.0
        self.speakers: list[Any] = []

    # -------------------------------------------------------------- told by pages

    def came(self, data: bytes, start: int, end: int) -> None:
        self.arrived += 1
        if self.arrived >= self.expected:
            self.last, self.frame = time.perf_counter(), data[start:end]
            self.all_have_it.set()

    def entered(self, took: float) -> None:
        self.joined.append(took)
        if len(self.joined) >= self.expected:
            self.last = time.perf_counter()
            self.all_in.set()

    def lost(self, page: Page) -> None:
        self.pages.discard(page)

    async def acknowledge(self) -> None:
        """What pages do every few seconds with what is left over."""
        while True:
            await asyncio.sleep(WITHIN)
            for page in self.pages:
                if page.owed:
                    page.acknowledge()

    # -------------------------------------------------------------- commands

    async def do_open(self, told: dict) -> dict:
        """Open a page for each of `knocks`, spread over `over` seconds; how long each took to be in, and all."""
        self.at = {"host": told["host"], "port": told["port"]}
        knocks, over = told["knocks"], told.get("over", 0)
        self.joined, self.expected = [], len(knocks)
        self.all_in.clear()
        start = time.perf_counter()
        coming = [asyncio.ensure_future(self.open(one, start + over * n / len(knocks))) for n, one in enumerate(knocks)]
        await self.until(self.all_in, told["within"])
        failed = sum(1 for one in coming if one.done() and one.exception())
        for one in coming:
            one.cancel()
        return {
            "took": self.last - start,
            "times": self.joined,
            "missing": len(knocks) - len(self.joined),
            "failed": failed,
        }

    async def open(self, knock: dict, at: float) -> None:
        if (wait := at - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        _, page = await asyncio.get_running_loop().create_connection(lambda: Page(self, knock), **self.at)
        self.pages.add(page)

    async def do_speakers(self, told: dict) -> dict:
        """Who speaks from now on: `kind` and what it needs (see below), one for each of `cookies`."""
        self.speakers = [SPEAKERS[told["kind"]](self, told, cookie) for cookie in told["cookies"]]
        for speaker in self.speakers:
            await speaker.begin()
        return {}

    async def do_speak(self, told: dict) -> dict:
        """One statement after another (`words`), at most for `within` seconds: until all have each, until it was answered."""
        all_have_it, answered, start = [], [], time.perf_counter()
        for number, words in enumerate(told["words"]):
            if time.perf_counter() - start > told["within"]:
                break
            self.arrived, self.expected = 0, len(self.pages)
            self.all_have_it.clear()
            begun = time.perf_counter()
            await self.speakers[number % len(self.speakers)].say(words)
            answered.append(time.perf_counter() - begun)
            if not await self.until(self.all_have_it, 30):
                return {"failed": f"{self.expected - self.arrived} of {self.expected} deliveries missing"}
            all_have_it.append(self.last - begun)
            await asyncio.sleep(told["gap"])
        return {"times": all_have_it, "answered": answered, "deliveries": len(all_have_it) * len(self.pages)}

    async def do_flood(self, told: dict) -> dict:
        """All speakers at once, each without a pause; how long until all have all."""
        self.arrived, self.expected = 0, len(self.pages) * len(told["words"])
        self.all_have_it.clear()
        start, left = time.perf_counter(), list(reversed(told["words"]))

        async def speak(speaker: Any) -> None:
            while left:
                await speaker.say(left.pop())

        await asyncio.gather(*(speak(speaker) for speaker in self.speakers))
        if not await self.until(self.all_have_it, told["within"]):
            return {"failed": f"{self.expected - self.arrived} of {self.expected} deliveries missing"}
        return {"took": self.last - start, "deliveries": self.expected}

    async def do_state(self, told: dict) -> dict:
        """What went wrong, if anything; how many pages are open; the last entry."""
        return {"pages": len(self.pages), "codes": self.codes, "gaps": self.gaps, "frame": self.frame.decode()}

    async def do_close(self, told: dict) -> dict:
        """All pages and speakers go."""
        for page in list(self.pages):
            page.transport.abort()
        for speaker in self.speakers:
            speaker.end()
        while self.pages:
            await asyncio.sleep(0.01)
        self.codes, self.gaps = [], 0
        return {}

    async def until(self, event: asyncio.Event, within: float) -> bool:
        try:
            await asyncio.wait_for(event.wait(), within)
        except TimeoutError:
            return False
        return True


# ------------------------------------------------------------------ who speaks


class Poster:
    """Somebody who posts a form as the page's script does (`path`, `item`, a session)."""

    def __init__(self, load: Load, told: dict, cookie: str | None) -> None:
        self.told, self.number = told, 0
        self.client = Client(load.at["host"], load.at["port"], {"sessionid": cookie} if cookie else {}, 60)

    async def begin(self) -> None:
        if "page" in self.told:
            await self.client.get(self.told["page"])

    async def say(self, words: str) -> None:
        self.number += 1
        fields = [("key", f"bench-{id(self)}-{self.number}"), ("item", self.told.get("item", "")), ("kind", "comment")]
        fields += [("text", words), ("attribution", "")]
        try:
            status, _, answer = await self.client.post(self.told["path"], fields)
        except NoAnswer:  # the connection was closed between two statements: as a page does, the same again
            status, _, answer = await self.client.post(self.told["path"], fields)
        if status not in (200, 201):
            raise SystemExit(f"{self.told['path']} answers {status}: {answer[:300]!r}")

    def end(self) -> None:
        self.client.close()


class Sender:
    """Somebody who says it over a socket, and hears nothing (`path`)."""

    def __init__(self, load: Load, told: dict, cookie: str | None) -> None:
        self.load, self.page = load, Page(load, {"path": told["path"]})

    async def begin(self) -> None:
        self.load.joined, self.load.expected = [], 1
        self.load.all_in.clear()
        await asyncio.get_running_loop().create_connection(lambda: self.page, **self.load.at)
        await self.load.all_in.wait()

    async def say(self, words: str) -> None:
        self.page.send(1, words.encode())

    def end(self) -> None:
        self.page.transport.abort()


SPEAKERS = {"post": Poster, "send": Sender}


async def main() -> None:
    load, lines, loop = Load(), asyncio.StreamReader(limit=2**26), asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    acknowledging = asyncio.ensure_future(load.acknowledge())
    while line := await lines.readline():
        told = json.loads(line)
        print(json.dumps(await getattr(load, f"do_{told['do']}")(told)), flush=True)
    acknowledging.cancel()


if __name__ == "__main__":
    asyncio.run(main())
