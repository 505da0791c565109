"""Who is here now: told at most once a second, not numbered, and not at all where the rule hides it."""

import asyncio
import json
import secrets
import time
import uuid
from collections import Counter
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.translation import override

from dialogue.events.models import Attendee, Session
from dialogue.live.awake import awake
from dialogue.live.page import Page
from dialogue.live.rules import rules
from dialogue.live.wire import framed
from dialogue.record import hints

if TYPE_CHECKING:
    from dialogue.live.hub import Hub

AT_MOST = 1.0  # seconds between two tellings
EVERY = 10.0  # seconds after which a process says again who is with it
Manner = tuple[bool, str]
BELIEVED = 25.0  # seconds for which that is believed
PROCESS = secrets.token_hex(6)
WORD = "here "  # how such a hint begins


class Presence:
    """The people with an open page of one session: in this process, and what other processes say of theirs."""

    def __init__(self) -> None:
        self.people: Counter[uuid.UUID] = Counter()
        self.elsewhere: dict[str, tuple[float, set[uuid.UUID]]] = {}  # process -> (when it said so, who)
        self.has_changed = False
        self.is_telling = False
        self.said_at = 0.0

    @property
    def here(self) -> set[uuid.UUID]:
        """Everybody who is here now."""
        mine = {person for person, n in self.people.items() if n > 0}
        return mine.union(*(people for _at, people in self.elsewhere.values()))

    def heard(self, process: str, people: list[str]) -> None:
        """Another process says who is with it."""
        told = {uuid.UUID(one) for one in people}
        if self.elsewhere.get(process, (0.0, set()))[1] != told:
            self.has_changed = True
        self.elsewhere[process] = (awake.now(), told)

    def doubt(self) -> None:
        """Believe no longer what a process said that has been silent since: it has died, or cannot be heard."""
        believed = awake.now() - BELIEVED
        for process in [process for process, (at, _people) in self.elsewhere.items() if at <= believed]:
            self.has_changed |= bool(self.elsewhere.pop(process)[1])

    def say(self, session: uuid.UUID) -> None:
        """Tell the other processes who is with this one."""
        self.said_at = time.monotonic()
        people = [str(person) for person, n in self.people.items() if n > 0]
        hints.pass_on(WORD + json.dumps({"process": PROCESS, "session": str(session), "people": people}))

    def came(self, page: Page) -> None:
        """A page was opened."""
        if page.admission.person:
            self.people[page.admission.person] += 1
        self.has_changed = True

    def went(self, page: Page) -> None:
        """A page was closed."""
        if page.admission.person:
            self.people[page.admission.person] -= 1
        self.has_changed = True

    async def tell(self, hub: "Hub", session: uuid.UUID, pages: list[Page]) -> None:
        """Tell every page who is here."""
        if self.is_telling:
            return
        self.is_telling, self.has_changed = True, False
        try:
            self.say(session)
            here = list(self.here)
            drawn = await hub.read(draw_all, session, here, {manner(page) for page in pages})
            for page in pages:
                html = drawn[manner(page)]
                if html != page.here:  # where nothing may be told any more, names leave the page too
                    page.here = html
                    page.write(framed(json.dumps({"t": "now", "html": html}, ensure_ascii=False)))
            await asyncio.sleep(AT_MOST)
        finally:
            self.is_telling = False


def manner(page: Page) -> Manner:
    """How a page is told who is here: whether by names that others may not read, and in which language."""
    eyes = page.admission.streams[0].eyes
    return eyes.sees_who or eyes.in_room, page.admission.language


def draw_all(session: uuid.UUID, people: list[uuid.UUID], manners: set[Manner]) -> dict[Manner, str]:
    """Who is here, drawn for those who see who and for those who do not, in each language."""
    at = Session.objects.select_related("event").get(pk=session)
    drawn = {}
    for sees_names, language in manners:
        with override(language):
            drawn[sees_names, language] = draw(at, people, sees_names=sees_names)
    return drawn


def draw(session: Session, people: list[uuid.UUID], *, sees_names: bool) -> str:
    """Who is here, by name where the rule of the table allows names, and to those in the room; where presence is
    hidden, as in an anonymous room, that it is.

    Once the session is closed nobody is told of. Who sits at strict tables alone is not named for listening elsewhere,
    not even to those who run it.
    """
    house = rules(session.event)
    is_public = house.regime(session.key) == "named"
    if session.is_over or session.is_anonymous or not session.shows_presence or not (is_public or sees_names):
        return render_to_string("roundtable/_here.html", {"is_hidden": True})
    here = Attendee.objects.filter(event=session.event, person__in=people).order_by("position")
    names = [
        one.name
        for one in here
        if house.is_named_at(one.key, session.key) or (sees_names and session.key in house.sessions_of(one.key))
    ]
    context = {"names": names, "others": len(people) - len(names), "is_in_room": not is_public}
    return render_to_string("roundtable/_here.html", context)
