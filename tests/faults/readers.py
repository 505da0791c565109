"""The open pages, and what they are told to do.

A process of its own: `python -m tests.faults.readers PLAN`, where PLAN is a JSON file:
    host, port, table, seed, readers [{name, cookie}], without [names of the page's defences that are switched off],
    silence (seconds until rule 5; 45 on a page), behind (seconds until rule 3's second half; 6 on a page),
    tries (how many have failed before the first: 0 on a page; at 6 it waits its longest).
Commands come as JSON lines on standard input, and each is answered by a line: see `Audience`.
"""

import asyncio
import json
import sys
import time

from tests.faults.reader import Reader


class Audience:
    """All readers of one process, and the commands that they are given."""

    def __init__(self, plan: dict) -> None:
        self.drawings: dict[tuple, int] = {}
        made = (Reader(plan, one["name"], one["cookie"], self.drawings) for one in plan["readers"])
        self.readers = {reader.name: reader for reader in made}
        self.tasks = {name: asyncio.create_task(reader.live()) for name, reader in self.readers.items()}

    def some(self, told: dict) -> list[Reader]:
        """The readers whom a command is about: those that it names, or all."""
        return [self.readers[name] for name in told.get("who", self.readers)]

    async def obey(self, told: dict) -> dict:
        """Carry out one command; the answer."""
        return await getattr(self, f"do_{told['do']}")(told)

    async def do_joined(self, told: dict) -> dict:
        """Wait until each has been welcomed."""
        joined = lambda reader: any(what == "welcome" for _at, what, _detail in reader.log)  # noqa: E731
        return await self.until(told, joined)

    async def do_heard(self, told: dict) -> dict:
        """Wait until each has been told something since its page was drawn."""
        return await self.until(told, lambda reader: any(reader.streams.values()))

    async def do_reached(self, told: dict) -> dict:
        """Wait until each stands at `n` of `stream`."""
        return await self.until(told, lambda reader: reader.seen.get(told["stream"], {"n": -1})["n"] >= told["n"])

    async def do_closed(self, told: dict) -> dict:
        """Wait until each has left for good."""
        return await self.until(told, lambda reader: self.tasks[reader.name].done())

    async def until(self, told: dict, holds) -> dict:
        """`took` seconds until it held for all, or who is `missing` after `within` seconds."""
        start = time.monotonic()
        waiting = self.some(told)
        while waiting and time.monotonic() - start < told["within"]:
            self.raise_what_broke()
            waiting = [reader for reader in waiting if not holds(reader)]
            await asyncio.sleep(0.02 if waiting else 0)
        return {"took": time.monotonic() - start, "missing": [reader.name for reader in waiting]}

    def raise_what_broke(self) -> None:
        for task in self.tasks.values():
            if task.done() and not task.cancelled() and (problem := task.exception()):
                raise problem

    async def do_stall(self, told: dict) -> dict:
        """They stop reading: the window of their connection fills up."""
        for reader in self.some(told):
            reader.may_read.clear()
        return {}

    async def do_go_on(self, told: dict) -> dict:
        """They read again."""
        for reader in self.some(told):
            reader.may_read.set()
        return {}

    async def do_report(self, told: dict) -> dict:
        """Write down what each was told, in a file."""
        whole = {"drawings": list(self.drawings), "readers": [reader.report() for reader in self.readers.values()]}
        with open(told["path"], "w", encoding="utf-8") as file:
            json.dump(whole, file)
        return {}


async def main(plan: dict) -> None:
    """Open the pages, then obey until the input ends."""
    audience = Audience(plan)
    lines: asyncio.StreamReader = asyncio.StreamReader(limit=2**20)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        print(json.dumps(await audience.obey(json.loads(line))), flush=True)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        asyncio.run(main(json.load(file)))
