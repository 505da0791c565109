"""How fast what is said reaches the open pages, beside what the tools below can do. Prints tables and which aims are met.

    python tests/bench/live.py [--quick] [--times 3] [--pages 50 500 2000] [part …]

Parts: speak, memory, growth, join, catch-up, open. Every server runs in a process and with an SQLite database of its
own; the pages are another process, and all are gone afterwards. What is compared is done in turn, round by round, and
the medians of the rounds are told. Seconds depend on the machine and on what else it does, ratios much less.
"""

import argparse
import os
import pathlib
import platform
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import version
from typing import Any

ROOT = pathlib.Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.bench import told  # noqa: E402 - started as a file, it finds the project itself
from tests.bench.served import Pages, Server, prepared  # noqa: E402

GAP = 0.03  # seconds between two statements
LENGTH = 1000  # characters of one
TEXT = "The river is lower than it was, and those who live by it say so. "


@dataclass
class Plan:
    """How much of everything."""

    times: int = 3
    pages: list[int] = field(default_factory=lambda: [50, 500, 2000])
    deliveries: int = 30_000  # of one measurement
    within: float = 20.0  # seconds that it may take
    memory: int = 500
    growth: int = 10_000
    joining: int = 1000
    storm: float = 5.0  # seconds in which they come
    behind: tuple[int, int] = (500, 100)  # pages that missed so many entries
    talks: list[int] = field(default_factory=lambda: [100, 1000, 10_000])
    opening: int = 10


QUICK = Plan(
    times=1, pages=[4, 4, 4], deliveries=40, within=5, memory=8, growth=20, joining=8, storm=0.2, behind=(4, 10), talks=[5, 10, 20],
    opening=2,
)  # fmt: skip


class Bench:
    """One run."""

    def __init__(self, plan: Plan, room: pathlib.Path) -> None:
        self.plan, self.room = plan, room
        readers = max(*plan.pages, plan.memory + plan.memory // 5, plan.joining, plan.behind[0])
        there = prepared(room, readers, plan.talks)
        self.hall, self.talks = there["hall"], there["talks"]
        self.pages = Pages()
        self.frame = ""  # what a statement is on the wire; the others are given the same

    # -------------------------------------------------------------- who listens, who speaks

    def knocks(self, name: str, count: int, behind: int = 0, head: int = 0, first: int = 0) -> list[dict]:
        """So many pages at the door of a server; `behind` so many entries, if that is said."""
        if name in ("tutorial", "limit"):
            return [{"path": "/chat/"}] * count
        at, hall = {"epoch": self.hall["epoch"]}, self.hall
        hello = {hall["stream"]: at | {"n": head - behind}}
        return [
            {"path": hall["socket"], "cookie": one["cookie"], "hello": hello | {one["stream"]: at | {"n": 0}}}
            | ({"until": head} if behind else {})
            for one in hall["readers"][first : first + count]
        ]  # fmt: skip

    def speakers(self, name: str) -> None:
        """Let in who will speak there."""
        if name in ("ours", "uvicorn"):
            cookies = [one["cookie"] for one in self.hall["writers"]]
            table, item = self.hall["table"], self.hall["item"]
            self.pages.ask("speakers", kind="post", page=table, path=f"{table}say/", item=item, cookies=cookies)
        elif name == "limit":
            self.pages.ask("speakers", kind="send", path="/say/", cookies=[None])
        else:
            self.pages.ask("speakers", kind="post", path="/bare/", cookies=[None] * len(self.hall["writers"]))

    def words(self, name: str, count: int) -> list[str]:
        if name in ("tutorial", "limit"):
            return [self.frame] * count
        return [f"{n}: {TEXT * (LENGTH // len(TEXT) + 1)}"[:LENGTH] for n in range(count)]

    def opened(self, server: Server, knocks: list[dict], over: float, within: float = 120) -> dict:
        """Open these pages. Fails where one does not come in."""
        came = self.pages.ask("open", **server.at, knocks=knocks, over=over, within=within)
        if came["missing"]:
            raise SystemExit(f"{server.name}: {came['missing']} of {len(knocks)} pages did not come in\n{server.log()}")
        return came

    def closed(self, server: Server) -> None:
        """Everybody goes. Fails where something went wrong meanwhile."""
        state = self.pages.ask("state")
        self.pages.ask("close")
        if state["codes"] or state["gaps"]:
            raise SystemExit(f"{server.name}: closed with {state['codes'][:5]}, {state['gaps']} gaps\n{server.log()}")

    # -------------------------------------------------------------- what is measured

    def speak(self, name: str, count: int) -> dict[str, float]:
        """Statements one by one to `count` pages, then as many as the server takes."""
        plan = self.plan
        with Server(name, self.room) as server:
            self.opened(server, self.knocks(name, count), over=count / 400)
            self.speakers(name)
            many = max(5, min(100, plan.deliveries // count))
            self.pages.ask("speak", words=self.words(name, 3), gap=GAP, within=60)
            self.frame = self.frame or self.pages.ask("state")["frame"]
            before = server.cpu()
            one_by_one = self.pages.ask("speak", words=self.words(name, many), gap=GAP, within=plan.within)
            between = server.cpu()
            at_once = self.pages.ask("flood", words=self.words(name, many), within=3 * plan.within)
            after = server.cpu()
            self.closed(server)
        for part in (one_by_one, at_once):
            if "failed" in part:
                print(f"{name}, {count} pages: {part['failed']}", file=sys.stderr)
                return {}
        times = sorted(one_by_one["times"])
        return {
            "p50": statistics.median(times), "p95": times[int(len(times) * 0.95)], "p99": times[int(len(times) * 0.99)],
            "answered": statistics.median(one_by_one["answered"]),
            "cpu": (between - before) / one_by_one["deliveries"], "cpu at once": (after - between) / at_once["deliveries"],
            "rate": at_once["deliveries"] / at_once["took"],
        }  # fmt: skip

    def memory(self, name: str) -> float:
        """KiB that one more page costs, once the first are there and have heard something."""
        count = self.plan.memory
        with Server("tutorial" if name == "consumer" else name, self.room) as server:
            doors = [{"path": "/bare/"}] * (count * 6 // 5) if name == "consumer" else self.knocks(name, count * 6 // 5)
            self.opened(server, doors[: count // 5], over=1)
            if name != "consumer":
                self.speakers(name)
                self.pages.ask("speak", words=self.words(name, 10), gap=GAP, within=60)
            before = server.memory()
            self.opened(server, doors[count // 5 :], over=count / 400)
            if name != "consumer":
                self.pages.ask("speak", words=self.words(name, 10), gap=GAP, within=60)
            after = server.memory()
            self.closed(server)
        return (after - before) / count

    def growth(self) -> list[float]:
        """MiB of the server with fifty pages: at first, and after each tenth of the statements."""
        with Server("ours", self.room) as server:
            self.opened(server, self.knocks("ours", min(50, self.plan.memory)), over=1)
            self.speakers("ours")
            self.pages.ask("flood", words=self.words("ours", 20), within=60)
            found = [server.memory() / 1024]
            for _ in range(10):
                self.pages.ask("flood", words=self.words("ours", self.plan.growth // 10), within=900)
                found.append(server.memory() / 1024)
            self.closed(server)
        return found

    def spoken(self, server: Server, count: int) -> int:
        """So many statements before anybody comes; the number of the last."""
        self.opened(server, self.knocks(server.name, 1), over=0)
        self.speakers(server.name)
        self.pages.ask("flood", words=self.words(server.name, count), within=300)
        self.closed(server)
        return count

    def join(self, name: str) -> dict[str, float]:
        """Many pages come in five seconds, then as many at once; each missed ten entries, and is in when it has them."""
        count, found = self.plan.joining, {}
        with Server(name, self.room) as server:
            behind = 0 if name in ("tutorial", "limit") else 10
            head = self.spoken(server, 12) if behind else 0
            for word, over in (("storm", self.plan.storm), ("burst", 0.0)):
                came = self.opened(server, self.knocks(name, count, behind, head), over)
                found |= {word: came["took"], f"{word} p95": sorted(came["times"])[int(len(came["times"]) * 0.95)]}
                self.closed(server)
        return found

    def catch_up(self, name: str) -> dict[str, float]:
        """Pages that come back at once and missed a hundred entries each."""
        count, missed = self.plan.behind
        with Server(name, self.room) as server:
            head = self.spoken(server, missed + 2)
            before = server.cpu()
            came = self.opened(server, self.knocks(name, count, missed, head), 0)
            after = server.cpu()
            self.closed(server)
        times = sorted(came["times"])
        return {
            "took": came["took"], "p50": statistics.median(times), "p95": times[int(len(times) * 0.95)],
            "cpu": (after - before) / (count * missed),
        }  # fmt: skip

    def open(self) -> dict[str, dict[str, float]]:
        """Seconds to the whole of a page: the first time, and when it has been read before."""
        ways = {size: (talk, talk["table"]) for size, talk in self.talks.items()}
        middle = self.talks[str(self.plan.talks[1])]
        at = f"?at={middle['first']}"
        ways |= {
            "whole": (middle, middle["table"] + at),
            "plain": (middle, middle["table"].replace("/events/", "/plain/") + at),
        }
        found: dict[str, list[float]] = {name: [] for name in ways}
        with Server("bare", self.room) as server:
            for _ in range(self.plan.opening + 1):
                for name, (talk, path) in ways.items():
                    found[name].append(server.get(path, talk["reader"]["cookie"]))
        return {name: {"first": times[0], "again": statistics.median(times[1:])} for name, times in found.items()}


# ------------------------------------------------------------------ the whole run

Found = dict[str, Any]


def run(bench: Bench, parts: list[str]) -> Found:
    """Part -> what was found, a list of one for each round."""
    found: Found = {}

    def note(part: str, name: str, measured: Any) -> None:
        found.setdefault(part, {}).setdefault(name, []).append(measured)

    for number in range(bench.plan.times):
        for part, names, measure in rounds(bench):
            for name in names if part.partition(" ")[0] in parts else ():
                print(f"round {number + 1}: {part}, {name} …", file=sys.stderr, flush=True)
                note(part, name, measure(name))
    if "growth" in parts:
        print("growth …", file=sys.stderr, flush=True)
        note("growth", "ours", bench.growth())
    return found


def rounds(bench: Bench) -> Iterator[tuple[str, list[str], Callable[[str], Any]]]:
    """(part, who is compared in it, how) of one round."""
    for count in dict.fromkeys(bench.plan.pages):
        # "ours" first: what it sends is what the others are given to send
        yield f"speak {count}", ["ours", "tutorial", "limit", "bare", "uvicorn"], partial(bench.speak, count=count)
    yield "memory", ["consumer", "ours", "uvicorn"], bench.memory
    yield "join", ["ours", "tutorial", "uvicorn"], bench.join
    yield "catch-up", ["ours", "uvicorn"], bench.catch_up
    yield "open", ["ours"], lambda name: bench.open()


def machine() -> str:
    cpus = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    model = next((line.partition(": ")[2] for line in cpus if line.startswith("model name")), platform.processor())
    tools = ", ".join(f"{tool} {version(tool)}" for tool in ("django", "channels", "daphne", "websockets", "uvicorn"))
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return f"{os.cpu_count()} × {model.strip()}, Python {platform.python_version()}, {tools}; load before: {load}"


def main() -> None:
    asking = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asking.add_argument("--quick", action="store_true", help="a few pages and statements, to see that it works")
    asking.add_argument("--times", type=int, help="rounds; the medians are told")
    asking.add_argument("--pages", type=int, nargs=3, help="how many pages are open: three numbers (50 500 2000)")
    asking.add_argument("parts", nargs="*", help=f"only these ({', '.join(PARTS)})")
    asked = asking.parse_args()
    plan = replace(
        QUICK if asked.quick else Plan(),
        **{name: value for name in ("times", "pages") if (value := getattr(asked, name))},
    )
    print(machine(), end="\n\n")
    with tempfile.TemporaryDirectory(prefix="bench-") as room:
        bench = Bench(plan, pathlib.Path(room))
        try:
            found = run(bench, asked.parts or PARTS)
        finally:
            bench.pages.end()
    print(told.whole(found, plan))


PARTS = ["speak", "memory", "growth", "join", "catch-up", "open"]

if __name__ == "__main__":
    main()
