"""The hub's own rules, without a database: who is told what, and who is told nothing before they are looked at."""

import asyncio
import dataclasses
import math
import uuid
from typing import Any

import pytest

from dialogue.access import Eyes
from dialogue.live import doors, news
from dialogue.live import hub as hub_module
from dialogue.live.awake import AwakeClock, awake
from dialogue.live.consumers import HELLO, NO_HELLO, OpenPage
from dialogue.live.doors import Admission, Knock, Listening
from dialogue.live.drawing import Pointer
from dialogue.live.hub import Hub
from dialogue.live.news import Numbered, Standing
from dialogue.live.page import TOO_SLOW, Page
from dialogue.live.presence import Presence

SESSION, STREAM = uuid.uuid4(), uuid.uuid4()
EYES = Eyes("table")


class Wire:
    """What was written to a page."""

    def __init__(self) -> None:
        self.frames: list[bytes] = []

    def write(self, frame: bytes) -> None:
        self.frames.append(frame)


def opened(at: int) -> Page:
    """A page that stands at this number."""
    heard = (Listening(STREAM, "table", EYES),)
    admission = Admission(SESSION, uuid.uuid4(), uuid.uuid4(), "en", frozenset(), heard, None, {STREAM: at}, "e", 0)

    async def close(code: int) -> None:
        pass

    page = Page(Knock("", SESSION, "en"), admission, Wire(), close)  # type: ignore[arg-type]
    page.sent[STREAM] = at
    return page


def told(page: Page) -> list[bytes]:
    return [frame for frame in page.wire.frames if frame.startswith(b"entry")]  # type: ignore[union-attr]


class Record:
    """What the hub would read: entries up to `head`, each in a turn of its own number. Counts what it draws."""

    def __init__(self, head: int) -> None:
        self.head, self.drawn, self.during = head, 0, lambda: None

    async def read(self, function: Any, *asked: Any) -> Any:
        await asyncio.sleep(0)
        if function is news.heads:
            return {STREAM: self.head}
        if function is news.drawn_for:
            self.during()
            _session, some, manners = asked
            return {one: self.frames(range(some[0].number, some[-1].number + 1)) for one in manners}
        if function is news.missed:
            after, upto = asked[3], asked[4]
            return self.frames(range(after + 1, min(upto, after + news.PART) + 1))
        assert function is not doors.admissions, "nobody's rights have moved"
        return {}

    def frames(self, numbers: range) -> list[tuple[int, bytes]]:
        self.drawn += len(numbers)
        return [(number, b"entry %d" % number) for number in numbers]


async def standing(record: Record, *pages: Page) -> Hub:
    """A hub where these pages have been looked at, all with what the record holds."""
    hub = Hub()
    hub.hinted = asyncio.Event()
    hub.read = record.read  # type: ignore[method-assign]
    for page in pages:
        hub.join(page)
    await heard(hub, record, 0)
    return hub


async def heard(hub: Hub, record: Record, new: int) -> None:
    """One look that finds so many new entries, and all that comes of it."""
    was, record.head = record.head, record.head + new
    some = [Numbered(STREAM, n, Pointer("contribution-made", uuid.uuid4(), n)) for n in range(was + 1, record.head + 1)]
    await hub.catch_on(hub.watched[SESSION], SESSION, Standing(record.head, 0, "e"), some)
    while hub.tasks:
        await asyncio.gather(*hub.tasks)


def test_who_came_while_something_was_drawn_is_told_after_the_next_look():
    async def run() -> tuple[list[bytes], list[bytes], list[bytes]]:
        ada, ben, record = opened(7), opened(7), Record(7)
        hub = await standing(record, ada)
        record.during = lambda: hub.join(ben)
        await heard(hub, record, 1)
        early = told(ben)
        record.during = lambda: None
        await heard(hub, record, 0)
        return told(ada), early, told(ben)

    assert asyncio.run(run()) == ([b"entry 8"], [], [b"entry 8"])


def test_a_hundred_pages_that_missed_the_same_share_one_drawing_of_it_whatever_is_said_meanwhile():
    async def run() -> tuple[int, list[list[bytes]]]:
        late, record = [opened(10) for _ in range(100)], Record(60)
        hub = await standing(record, opened(60))
        for page in late:
            hub.join(page)
        await heard(hub, record, 2)
        return record.drawn, [told(page) for page in late]

    drawn, all_told = asyncio.run(run())
    assert all(one == [b"entry %d" % n for n in range(11, 63)] for one in all_told)
    assert drawn == 2 + 32 + 20  # as news, and in two readings for all hundred of them


def test_a_page_is_told_no_more_than_it_has_room_for_and_the_rest_when_it_acknowledges():
    async def run() -> tuple[int, int]:
        page, record = opened(0), Record(100)
        hub = await standing(record, page)
        first = len(told(page))
        page.acknowledge(STREAM, 64)
        await hub.late.pump(page)
        return first, len(told(page))

    assert asyncio.run(run()) == (Page.MOST_OWED, 100)


# ------------------------------------------------------------------ changes that make every page fetch itself anew


def fetches_told(gather: float, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """How often a page is told to fetch itself over ten changes of how people appear, and once the time is over."""
    monkeypatch.setattr(hub_module, "GATHER", gather)

    async def run() -> tuple[int, int]:
        page, record = opened(7), Record(7)
        hub = await standing(record, page)
        watched = hub.watched[SESSION]

        def told_to_fetch() -> int:
            return sum(b'"reset"' in frame for frame in page.wire.frames)  # type: ignore[union-attr]

        for change in range(10):
            await hub.catch_on(watched, SESSION, Standing(7, 0, f"e{change}"), [])
            page.sent[STREAM] = 7  # it has fetched itself
        during = told_to_fetch()
        watched.told_at -= gather
        await hub.catch_on(watched, SESSION, Standing(7, 0, "e9"), [])
        return during, told_to_fetch()

    return asyncio.run(run())


def test_ten_renames_make_a_page_fetch_itself_at_once_and_once_more(monkeypatch: pytest.MonkeyPatch):
    assert fetches_told(1000.0, monkeypatch) == (1, 2)


def test_control_ungathered_each_rename_makes_every_page_fetch_itself(monkeypatch: pytest.MonkeyPatch):
    assert fetches_told(0.0, monkeypatch) == (10, 10)


def test_page_that_came_since_the_change_is_not_told_to_fetch_itself(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hub_module, "GATHER", 1000.0)

    async def run() -> list[bytes]:
        before, after, record = opened(7), opened(7), Record(7)
        hub = await standing(record, before)
        watched = hub.watched[SESSION]
        for epoch in ("e1", "e2"):
            await hub.catch_on(watched, SESSION, Standing(7, 0, epoch), [])
        after.admission = dataclasses.replace(after.admission, epoch="e2")
        hub.join(after)
        watched.told_at -= 1000.0
        await hub.catch_on(watched, SESSION, Standing(7, 0, "e2"), [])
        return [frame for frame in after.wire.frames if b'"reset"' in frame]  # type: ignore[union-attr]

    assert asyncio.run(run()) == []


# ------------------------------------------------------------------ a process that slept


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.time = 1000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock by which this process knows how long it was awake."""
    made = Clock()
    for name, value in vars(AwakeClock(made)).items():
        monkeypatch.setattr(awake, name, value)
    return made


async def closed_with(clock: Clock, *steps: float) -> list[int]:
    """With which codes a page that owes an acknowledgement is closed, while the clock goes on by these steps."""
    codes: list[int] = []
    page, record = opened(7), Record(7)

    async def close(code: int) -> None:
        codes.append(code)

    page._close = close
    hub = await standing(record, page)
    page.beats_at = math.inf
    await heard(hub, record, 1)
    assert page.owes_since
    for step in steps:
        clock.time += step
        awake.now()
        for watched in hub.watched.values():  # who is here is another matter
            watched.presence.has_changed, watched.presence.said_at = False, math.inf
        hub.tick()
        while hub.tasks:
            await asyncio.gather(*hub.tasks)
    return codes


def test_what_a_process_slept_is_not_counted_against_its_pages(clock: Clock):
    assert asyncio.run(closed_with(clock, 2, 30, 2)) == []
    assert asyncio.run(closed_with(clock, 2, 3600, *[2] * 14)) == []
    assert asyncio.run(closed_with(clock, 2, 3600, *[2] * 15)) == [TOO_SLOW]


def test_page_that_owes_for_thirty_seconds_of_an_awake_process_is_closed(clock: Clock):
    assert asyncio.run(closed_with(clock, *[2] * 15)) == []
    assert asyncio.run(closed_with(clock, *[2] * 16)) == [TOO_SLOW]
    assert asyncio.run(closed_with(clock, *[3] * 11)) == [TOO_SLOW], "a busy process is no sleeping one"


def test_with_its_sleep_counted_all_pages_are_closed(clock: Clock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dialogue.live.awake.LONGEST", math.inf)
    assert asyncio.run(closed_with(clock, 2, 30)) == [TOO_SLOW]


def test_hello_is_awaited_for_five_seconds_of_an_awake_process(clock: Clock, monkeypatch: pytest.MonkeyPatch):
    """What wakes after a sleep has its hello unread."""

    async def run(*steps: float) -> list[int]:
        codes: list[int] = []
        consumer = OpenPage()

        async def close(code: int) -> None:
            codes.append(code)

        monkeypatch.setattr(consumer, "close", close)
        consumer.hello_by = awake.now() + HELLO
        for step in steps:
            clock.time += step
            consumer.expect_hello()
            if consumer.hello_timer:
                consumer.hello_timer.cancel()
        while hub_module.hub.tasks:
            await asyncio.gather(*hub_module.hub.tasks)
        return codes

    assert asyncio.run(run(2, 2)) == [] and asyncio.run(run(2, 3)) == [NO_HELLO]
    assert asyncio.run(run(2, 60)) == [] and asyncio.run(run(2, 60, 2, 1)) == [NO_HELLO]


def test_other_processes_are_believed_over_ones_own_sleep(clock: Clock):
    here, somebody = Presence(), uuid.uuid4()
    here.heard("another", [str(somebody)])
    for step, believed in ((2, True), (3600, True), *[(2, True)] * 11, (2, False)):
        clock.time += step
        here.doubt()
        assert (somebody in here.here) is believed
