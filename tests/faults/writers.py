"""The load program: writers who say something, ask again with the same key while they have no answer, and go on.

A process of its own: `python -m tests.faults.writers PLAN`, where PLAN is a JSON file:
    host, port, table (path of the page), item, ledger (path), seed, writers [{name, cookie}], each (words per writer),
    patience (seconds for one answer), pace (seconds between two statements of one writer), length (characters).
It prints `signed in`, and `done` when every intent has been answered. A line on its standard input ends it early:
what is under way is carried to its answer first.
"""

import asyncio
import json
import random
import sys
import time

from tests.faults import page
from tests.faults.client import Client, NoAnswer
from tests.faults.ledger import Ledger

LATER = {429, 500, 502, 503, 504}  # what the page's rule 8 asks again after, with the same key


class Writer:
    """One person with one tab: one request at a time."""

    def __init__(self, plan: dict, name: str, cookie: str, ledger: Ledger) -> None:
        self.plan, self.name, self.ledger = plan, name, ledger
        self.chance = random.Random(f"{plan['seed']}/{name}")
        self.client = Client(plan["host"], plan["port"], {"sessionid": cookie}, plan.get("patience", 10))

    async def sign_in(self) -> None:
        """Open the page until it comes: its cookie has the form's token."""
        while True:
            try:
                status, _headers, _body = await self.client.get(self.plan["table"])
                if status == 200:
                    return
                if status not in LATER:
                    raise SystemExit(f"{self.name}: the page answers {status}")
            except NoAnswer:
                pass
            await asyncio.sleep(0.2)

    async def speak(self, stop: asyncio.Event) -> None:
        """Say all that there is to say."""
        for number in range(self.plan["each"]):
            if stop.is_set():
                return
            await self.say(number)
            await asyncio.sleep(self.plan.get("pace", 0) * self.chance.uniform(0.5, 1.5))

    async def say(self, number: int) -> None:
        """One intent, carried to its answer."""
        key = f"{self.name}-{self.chance.getrandbits(64):016x}"
        words = page.marked(self.name, number, self.chance, self.plan.get("length", 0))
        self.ledger.intend(self.name, key, words)
        wait = 0.1
        while not await self.sent(key, words):
            await asyncio.sleep(self.chance.uniform(wait / 2, wait))
            wait = min(wait * 2, 2)

    async def sent(self, key: str, words: str) -> bool:
        """Send it once. True when there is an answer to believe."""
        fields = [("key", key), ("item", self.plan["item"]), ("kind", "comment"), ("text", words), ("attribution", "")]
        self.ledger.sent(key)
        start = time.monotonic()
        try:
            status, _headers, body = await self.client.post(f"{self.plan['table']}say/", fields)
        except NoAnswer as why:
            self.ledger.trouble(key, str(why))
            return False
        if status in LATER:
            self.ledger.trouble(key, str(status))
            return False
        self.ledger.answered(key, status, saved(status, body), time.monotonic() - start)
        return True


def saved(status: int, body: bytes) -> str:
    """The statement's id, or what else the server said."""
    try:
        return str(json.loads(body)["saved"])
    except (ValueError, KeyError, TypeError):
        return body[:200].decode("utf-8", "replace") or str(status)


async def main(plan: dict) -> None:
    """Sign in, speak, stop when told or done."""
    ledger, stop = Ledger(plan["ledger"]), asyncio.Event()
    writers = [Writer(plan, one["name"], one["cookie"], ledger) for one in plan["writers"]]
    await asyncio.gather(*(writer.sign_in() for writer in writers))
    print("signed in", flush=True)
    asyncio.get_running_loop().add_reader(sys.stdin, stop.set)
    await asyncio.gather(*(writer.speak(stop) for writer in writers))
    print("done", flush=True)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        asyncio.run(main(json.load(file)))
