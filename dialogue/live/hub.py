"""The hub, one per process: it holds the open pages and tells each what is new, in order, once.

Woken by a hint or by its own clock it looks at where the sessions with open pages stand, asks again who everybody is
where rights may have changed, reads what is new once, draws it once for each manner of seeing, and hands it to every
page that stands at the number before. A page that is behind reads what it missed at its own pace.
"""

import asyncio
import contextlib
import datetime
import json
import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db import close_old_connections

from dialogue.live import doors, news, presence
from dialogue.live.awake import LOOKS, awake
from dialogue.live.doors import NOT_ALLOWED, SIGNED_OUT, Admission
from dialogue.live.knocking import Door
from dialogue.live.late import Late
from dialogue.live.news import Manner, Numbered
from dialogue.live.page import RESTARTING, TOO_SLOW, Page
from dialogue.live.presence import Presence
from dialogue.live.watchdog import Worker
from dialogue.live.wire import framed
from dialogue.logs import tell
from dialogue.record import hints

Result = TypeVar("Result")

CLOCK = 2.0  # seconds between looks where no hint came
BEAT = 20.0  # seconds between beats of a page
PATIENCE = 30.0  # seconds that a page may owe an acknowledgement
GATHER = 5.0  # seconds after all pages were told to fetch themselves: what changes meanwhile is one fetch more
MOST_BEHIND = 500  # entries; further behind, a page fetches its part again


class Watched:
    """A session with open pages: where it stands for this process."""

    def __init__(self, admission: Admission):
        self.event = admission.event
        self.turn = -1  # unknown: set by the first look, which tells nothing, for every page reads its own past
        self.access_epoch = -1
        self.epoch = admission.epoch  # as its pages were told
        self.drawn_as = admission.epoch  # as what is drawn for them has it
        self.told_at = -GATHER  # when they were last told to fetch themselves
        self.pages: set[Page] = set()
        self.fresh: set[Page] = set()  # came since the last look: told nothing before they are looked at
        self.presence = Presence()


class Hub:
    """The open pages of this process."""

    def __init__(self) -> None:
        self.watched: dict[uuid.UUID, Watched] = {}
        self.listeners: dict[uuid.UUID, dict[Manner, set[Page]]] = defaultdict(lambda: defaultdict(set))
        self.heads: dict[uuid.UUID, int] = {}  # of the streams that are heard here: what was last told
        self.late = Late(self)
        self.door = Door(self)
        self.reader = Worker("hub")  # reads have a thread of their own: others may share and block it
        self.loop: asyncio.AbstractEventLoop | None = None
        self.hinted: asyncio.Event | None = None
        self.tasks: set[asyncio.Task] = set()
        self.is_closing = False

    # ------------------------------------------------------------ its life

    def start(self) -> None:
        """Begin to run on the present loop, once."""
        if self.loop is None:
            self.loop = asyncio.get_running_loop()
            self.hinted = asyncio.Event()
            self.spawn(self.run())
            self.spawn(self.stay_awake())
            hints.listen(self.wake)

    def wake(self, event: str) -> None:
        """A hint came, from any thread."""
        if self.loop and self.hinted and not self.loop.is_closed():
            with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
                if event.startswith(presence.WORD):
                    self.loop.call_soon_threadsafe(self.heard, event)
                else:
                    self.loop.call_soon_threadsafe(self.hinted.set)

    def heard(self, hint: str) -> None:
        """Another process says who is with it."""
        with contextlib.suppress(ValueError, KeyError, TypeError):
            told = json.loads(hint.removeprefix(presence.WORD))
            watched = self.watched.get(uuid.UUID(told["session"]))
            if watched and told["process"] != presence.PROCESS:
                watched.presence.heard(told["process"], told["people"])

    def spawn(self, work: Any) -> None:
        """Run something beside everything else."""
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def run(self) -> None:
        """Look whenever there is a hint, and every two seconds."""
        assert self.hinted is not None
        while not self.is_closing:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.hinted.wait(), CLOCK)
            self.hinted.clear()
            try:
                await self.look()
            except Exception as problem:  # the database is away: the pages wait, and are told when it is back
                tell("hub-waits", logging.WARNING, problem=type(problem).__name__)
                for watched in self.watched.values():  # whatever was half told is read again by each page
                    watched.fresh |= watched.pages
                await asyncio.sleep(0.5)
            self.tick()

    async def stay_awake(self) -> None:
        """Look at the clock again and again: as long as this runs, the process does not sleep."""
        while not self.is_closing:
            awake.now()
            await asyncio.sleep(LOOKS)

    async def read(self, function: Callable[..., Result], *arguments: Any) -> Result:
        """Call something that reads the database, in the hub's own thread."""
        return await asyncio.get_running_loop().run_in_executor(self.reader, fresh, function, *arguments)

    async def close_all(self, code: int = RESTARTING) -> None:
        """Say good-bye to every page: the process ends."""
        self.is_closing = True
        hints.unlisten(self.wake)
        await asyncio.gather(*(page.close(code) for page in self.pages()), return_exceptions=True)

    def pages(self) -> list[Page]:
        """Every open page."""
        return [page for watched in self.watched.values() for page in watched.pages]

    # ------------------------------------------------------------ pages come and go

    def join(self, page: Page) -> None:
        """A page has said hello: it is told what is new from now on."""
        admission = page.admission
        if admission.session not in self.watched:
            self.watched[admission.session] = Watched(admission)
        assert self.hinted is not None
        self.hinted.set()
        watched = self.watched[admission.session]
        watched.pages.add(page)
        watched.fresh.add(page)
        watched.presence.came(page)
        for heard in admission.streams:
            self.listeners[heard.stream][page.manner(heard.stream)].add(page)

    def leave(self, page: Page) -> None:
        """A page is gone."""
        watched = self.watched.get(page.admission.session)
        if watched is None or page not in watched.pages:
            return
        watched.pages.discard(page)
        watched.fresh.discard(page)
        watched.presence.went(page)
        for heard in page.admission.streams:
            manner = page.manner(heard.stream)
            self.listeners[heard.stream][manner].discard(page)
            if not self.listeners[heard.stream][manner]:
                del self.listeners[heard.stream][manner]
                self.late.readings.pop((heard.stream, manner), None)
            if not self.listeners[heard.stream]:
                del self.listeners[heard.stream]
                self.heads.pop(heard.stream, None)
        if not watched.pages:
            del self.watched[page.admission.session]
            watched.presence.say(page.admission.session)  # nobody is left who would say later that they are gone

    # ------------------------------------------------------------ what is new

    async def look(self) -> None:
        """See what is new and tell it; again, as long as there was more than one look can hold."""
        more = True
        while more and self.watched and not self.is_closing:
            seen = {pk: watched.turn if watched.turn >= 0 else 1 << 62 for pk, watched in self.watched.items()}
            found = await self.read(news.look, seen)
            more = False
            for pk in [pk for pk in seen if pk in self.watched]:
                standing = found.standings.get(pk)
                if standing is None:  # the session is gone
                    await self.drop(list(self.watched[pk].pages), NOT_ALLOWED)
                    continue
                more |= await self.catch_on(self.watched[pk], pk, standing, found.entries.get(pk, []))

    async def catch_on(self, watched: Watched, pk: uuid.UUID, standing: news.Standing, some: list[Numbered]) -> bool:
        """One session's news: rights first, then what happened. Returns whether there is more to read."""
        fresh, watched.fresh = watched.fresh, set()
        moved = watched.access_epoch not in (-1, standing.access_epoch)
        watched.access_epoch = standing.access_epoch
        stale = (
            watched.pages if moved else {one for one in fresh if one.admission.access_epoch != standing.access_epoch}
        )
        if stale:
            await self.ask_again(list(stale))
            watched.presence.has_changed = True  # they may be named otherwise now
        if moved or standing.epoch != watched.drawn_as:
            watched.drawn_as = standing.epoch
            self.late.recent.forget()
        if standing.epoch != watched.epoch and (moved_on := time.monotonic()) - watched.told_at >= GATHER:
            watched.epoch, watched.told_at = standing.epoch, moved_on
            for page in list(watched.pages):
                if page.admission.epoch != standing.epoch:
                    page.reset_all("epoch")
        was, watched.turn = watched.turn, standing.turn
        if was >= 0 and some:
            self.late.recent.mind({one.pointer.kind for one in some})
            await self.deliver(watched, pk, some)
        await self.late.begin(fresh & watched.pages)
        return was >= 0 and len(some) >= news.AT_ONCE // 2

    async def deliver(self, watched: Watched, session: uuid.UUID, some: list[Numbered]) -> None:
        """Draw what is new once for each manner, and hand it to everybody at the number before.

        Who came while this was drawn has not been asked who they are as of this turn: the next look tells them.
        """
        here = news.streams_of(some) & self.listeners.keys()
        manners = [(stream, manner) for stream in here for manner in self.listeners[stream]]
        generation = self.late.recent.generation
        drawn = await self.read(news.drawn_for, session, some, manners)
        now = datetime.datetime.now(datetime.UTC)
        for (stream, manner), frames in drawn.items():
            self.heads[stream] = frames[-1][0]
            self.late.recent.keep(stream, manner, frames, generation)
            for page in self.listeners.get(stream, {}).get(manner, set()) - watched.fresh:
                if page.has_expired(now):
                    self.spawn(self.drop([page], SIGNED_OUT))
                elif not page.take(stream, frames):
                    page.lacks.add(stream)
                    self.spawn(self.late.pump(page))

    def is_looked_at(self, page: Page) -> bool:
        """Whether a look has passed since the page came: only then was it asked who it is as of that turn."""
        watched = self.watched.get(page.admission.session)
        return watched is not None and watched.turn >= 0 and page in watched.pages and page not in watched.fresh

    # ------------------------------------------------------------ rights

    async def ask_again(self, pages: list[Page]) -> None:
        """Ask anew who these are, before anything more is sent to them."""
        answers = await self.read(doors.admissions, [page.knock for page in pages])
        for page, answer in zip(pages, answers, strict=True):
            if isinstance(answer, int):
                await self.drop([page], answer)
            elif answer.lost_against(page.admission):
                await self.drop([page], NOT_ALLOWED)
            elif (answer.streams, answer.rights) != (page.admission.streams, page.admission.rights):
                self.leave(page)
                page.reset_all("role")

    async def drop(self, pages: Iterable[Page], code: int) -> None:
        """Close pages and forget them."""
        for page in pages:
            self.leave(page)
            await page.close(code)

    # ------------------------------------------------------------ the clock

    def tick(self) -> None:
        """Beats that are due, pages that owe an acknowledgement for too long, sign-ins that have ended, who is here."""
        now, today = time.monotonic(), datetime.datetime.now(datetime.UTC)
        heard_until = awake.now()
        for page in self.pages():
            if page.has_expired(today):
                self.spawn(self.drop([page], SIGNED_OUT))
            elif page.owes_since and heard_until - page.owes_since > PATIENCE:
                self.spawn(self.drop([page], TOO_SLOW))
            elif now >= page.beats_at:
                page.beats_at = now + BEAT
                page.write(beat(page, self.heads))
        for pk, watched in list(self.watched.items()):
            if now - watched.presence.said_at > presence.EVERY:
                watched.presence.say(pk)
            watched.presence.doubt()
            if watched.presence.has_changed:
                self.spawn(watched.presence.tell(self, pk, list(watched.pages)))


def fresh(function: Callable[..., Result], *arguments: Any) -> Result:
    """Call it with a connection that is still good."""
    close_old_connections()
    return function(*arguments)


def beat(page: Page, heads: dict[uuid.UUID, int]) -> bytes:
    """The heads of what the page hears: one that stands lower, and is told nothing more, has lost something."""
    told = {str(stream): max(number, heads.get(stream, 0)) for stream, number in page.sent.items()}
    return framed(json.dumps({"t": "beat", "heads": told}, separators=(",", ":")))


hub = Hub()
