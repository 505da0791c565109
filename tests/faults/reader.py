"""One open page: it speaks the protocol as the page's script does, and writes down what it was told."""

import asyncio
import contextlib
import json
import random
import time
from array import array

import websockets
from websockets.asyncio.client import connect

from tests.faults import page
from tests.faults.client import Client, NoAnswer

ACKNOWLEDGE_AFTER, ACKNOWLEDGE_MUCH, ACKNOWLEDGE_WITHIN = 20, 64 * 1024, 5.0  # entries, characters, seconds
FAR = 500  # entries behind: the page is fetched anew
ASK = 4.0  # from one question whether anybody is there to the next, give or take a quarter
STEADY = 5.0  # seconds after which a connection was a good one
GONE = {4001, 4003, 4010}  # the page does not come back after these by itself

Drawing = tuple[int, str, str, str]  # number, kind, statement, words: what an entry said


def far(seen: dict | None, head: dict | None) -> str:
    """Why a stream cannot be caught up from where the page stands, or ""."""
    if not seen or not head:
        return "role"
    if seen["epoch"] != head["epoch"]:
        return "epoch"
    return "far" if head["n"] - seen["n"] > FAR or head["n"] < seen["n"] else ""


class Again(Exception):
    """Close, and say hello again from what was seen."""


class Reader:
    """One open page. `seen` is where it stands in each stream; `told` what it was told, in the order in which it came."""

    def __init__(self, plan: dict, name: str, cookie: str, drawings: dict[tuple, int]) -> None:
        self.plan, self.name, self.drawings = plan, name, drawings
        self.without = set(plan.get("without", []))
        self.chance = random.Random(f"{plan['seed']}/{name}")
        self.client = Client(plan["host"], plan["port"], {"sessionid": cookie}, 10)
        self.seen: dict[str, dict] = {}
        self.heads: dict[str, int] = {}
        self.streams: dict[str, list[int]] = {}  # stream -> indexes of drawings, as they were applied
        self.times: dict[str, array] = {}
        self.log: list[
            tuple[float, str, object]
        ] = []  # when, what, detail: opened, closed, gap, dropped, reset, fetched
        self.words: dict[str, str] = {}  # what the page shows: {statement: words}
        self.owed = [0, 0]  # entries and characters that are not acknowledged
        self.tries = self.least = plan.get("tries", 0)
        self.asking: asyncio.Task | None = None
        self.may_read, self.hurry = asyncio.Event(), asyncio.Event()
        self.may_read.set()
        self.socket = ""

    def note(self, what: str, detail: object = None) -> None:
        self.log.append((time.monotonic(), what, detail))

    # ------------------------------------------------------------ the page's life

    async def live(self) -> None:
        """Open the page, then stay connected until the room is closed to its reader."""
        await self.fetch()
        while True:
            start, code = time.monotonic(), 0
            try:
                code = await self.connected()
            except (OSError, websockets.WebSocketException, TimeoutError, Again) as problem:
                self.note("failed", f"{type(problem).__name__} {problem}"[:120])
            if code in GONE:
                self.words.clear()  # rule 9
                return
            self.tries = self.least if time.monotonic() - start >= STEADY else self.tries
            self.tries = max(self.tries, 6) if code == 4013 else self.tries
            most = 5 if code == 1012 else min(0.5 * 2**self.tries, 30)  # rule 6, with full jitter
            self.tries = min(self.tries + 1, 10)
            if self.asking is None and "asking" not in self.without:
                self.asking = asyncio.create_task(self.ask())
            await self.pause(self.chance.uniform(0, most))

    async def pause(self, seconds: float) -> None:
        """Wait; that somebody answers again ends it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.hurry.wait()
        self.hurry.clear()

    async def ask(self) -> None:
        """Ask the lightest address as long as nobody answers; when somebody does after all, come back at once."""
        client = Client(self.plan["host"], self.plan["port"], {}, 5)
        missed = False
        await asyncio.sleep(self.chance.uniform(0, 1))
        while not await client.is_answered("/health/"):
            missed = True
            await asyncio.sleep(self.chance.uniform(0.75 * ASK, 1.25 * ASK))
        client.close()
        if missed:
            self.note("answered")
            await asyncio.sleep(self.chance.uniform(0, 1))
            self.hurry.set()
        self.asking = None

    def stop_asking(self) -> None:
        """It is connected: there is nothing to ask any more."""
        if self.asking:
            self.asking.cancel()
        self.asking = None
        self.hurry.clear()

    async def fetch(self, stream: str | None = None) -> None:
        """Get the page: all of it, or what a reset asks for, which is where it stands now."""
        while True:
            try:
                status, _headers, body = await self.client.get(self.plan["table"])
            except NoAnswer:
                status = 0
            if status == 200:
                break
            self.note("no page", status)
            await self.pause(self.chance.uniform(0.2, 1))
        drawn = page.read(body.decode())
        self.socket = drawn.socket
        self.words |= drawn.words
        for one, head in drawn.heads.items():
            if stream in (None, one):
                self.seen[one] = dict(head)
                self.streams.setdefault(one, [])
                self.times.setdefault(one, array("d"))
                self.note("fetched", [one, head["n"]])

    async def connected(self) -> int:
        """One connection, from hello to its close. Returns the close code."""
        host = f"{self.plan['host']}:{self.plan['port']}"
        headers = {"Cookie": f"sessionid={self.client.cookies['sessionid']}", "Accept-Language": "en"}
        async with connect(
            f"ws://{host}{self.socket}", origin=f"http://{host}", additional_headers=headers, compression=None,
            ping_interval=None, close_timeout=0.5, open_timeout=10, max_queue=16, max_size=None, proxy=None,
        ) as wire:  # fmt: skip
            await wire.send(json.dumps({"t": "hello", "v": 1, "seen": self.seen}))
            self.note("opened")
            self.owed, self.heads = [0, 0], {}
            acknowledging = asyncio.create_task(self.acknowledge_in_time(wire))
            try:
                await self.listen(wire)
            except websockets.ConnectionClosed as closed:
                code = closed.rcvd.code if closed.rcvd else 1006
                self.note("closed", [code, closed.rcvd.reason if closed.rcvd else ""])
                return code
            finally:
                acknowledging.cancel()
        return 1000

    async def listen(self, wire) -> None:
        """Rules 1 to 5, frame by frame."""
        ahead_since = None
        while True:
            await self.may_read.wait()
            try:
                async with asyncio.timeout(self.patience(ahead_since)):
                    frame = json.loads(await wire.recv())
            except TimeoutError:
                if "silence" in self.without:
                    continue
                raise Again(f"nothing for {self.patience(ahead_since)} s") from None
            await self.take(frame, wire)
            ahead_since = self.ahead_since(frame, ahead_since)

    def ahead_since(self, frame: dict, before: float | None) -> float | None:
        """Since when a head has been told that no entry followed; None when all is here."""
        is_behind = any(head > self.seen[one]["n"] for one, head in self.heads.items() if one in self.seen)
        if not is_behind:
            return None
        return time.monotonic() if before is None or frame["t"] == "entry" else before

    def patience(self, ahead_since: float | None) -> float:
        """How long nothing may come: less while a head has been told that nothing followed."""
        if ahead_since is None:
            return self.plan.get("silence", 45)
        return max(0.05, self.plan.get("behind", 6) - (time.monotonic() - ahead_since))

    # ------------------------------------------------------------ frames

    async def take(self, frame: dict, wire) -> None:
        if frame["t"] == "entry":
            await self.entry(frame, wire)
        elif frame["t"] == "welcome":
            self.heads = {one: head["n"] for one, head in frame["heads"].items()}
            self.note("welcome", self.heads)
            self.stop_asking()
            for stream in sorted(self.seen.keys() | frame["heads"].keys()):
                if why := far(self.seen.get(stream), frame["heads"].get(stream)):
                    await self.reset(stream, why)
        elif frame["t"] == "beat":
            self.heads |= frame["heads"]
        elif frame["t"] == "reset":
            await self.reset(frame["s"], frame["why"])
        elif frame["t"] != "now":
            self.note("unknown frame", frame)

    async def reset(self, stream: str, why: str) -> None:
        """Rule 4: that part again, and from there."""
        self.note("reset", [stream, why])
        await self.fetch(stream)
        raise Again("reset")

    async def entry(self, frame: dict, wire) -> None:
        """Rules 1, 2 and 3: drop, apply, or ask again."""
        stream, number = frame["s"], frame["n"]
        stands = self.seen.get(stream)
        if stands is None:
            self.note("unknown stream", stream)
        elif number <= stands["n"] and "dropping" not in self.without:
            self.note("dropped", [stream, number])
        elif number > stands["n"] + 1 and "gaps" not in self.without:
            self.note("gap", [stream, stands["n"], number])
            raise Again("gap")
        else:
            stands["n"] = number
            self.apply(stream, number, frame)
            await self.owe(len(frame["html"]), wire)

    def apply(self, stream: str, number: int, frame: dict) -> None:
        drawn = page.words_in(frame["html"])
        self.words |= drawn
        statement, words = next(iter(drawn.items()), ("", ""))
        drawing = (number, frame["kind"], statement, words)
        self.streams.setdefault(stream, []).append(self.drawings.setdefault((stream, *drawing), len(self.drawings)))
        self.times.setdefault(stream, array("d")).append(time.monotonic())

    async def owe(self, characters: int, wire) -> None:
        """Acknowledge every 20 entries, or 64 KiB."""
        self.owed = [self.owed[0] + 1, self.owed[1] + characters]
        if self.owed[0] >= ACKNOWLEDGE_AFTER or self.owed[1] >= ACKNOWLEDGE_MUCH:
            await self.acknowledge(wire)

    async def acknowledge(self, wire) -> None:
        if "acknowledging" not in self.without:
            self.owed = [0, 0]
            await wire.send(json.dumps({"t": "seen", **{stream: head["n"] for stream, head in self.seen.items()}}))

    async def acknowledge_in_time(self, wire) -> None:
        """And what is left over, every 5 seconds."""
        while True:
            await asyncio.sleep(ACKNOWLEDGE_WITHIN)
            if self.owed[0] and self.may_read.is_set():
                await self.acknowledge(wire)

    def report(self) -> dict:
        """What a verdict needs."""
        return {
            "name": self.name, "seen": self.seen, "streams": self.streams, "log": self.log, "words": self.words,
            "times": {stream: [round(at, 4) for at in times] for stream, times in self.times.items()},
        }  # fmt: skip
