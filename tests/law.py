"""What tries the law of the live table: page at n + entries after n = page now.

A story is a run of deeds. Each of the cast has a page open from its beginning and takes in the entries of every deed in
some order of their streams; pages opened on the way take in all that follows at once, drawn as things are at the end.
At each look all of them must be the page that the server draws now.
"""

import difflib
import itertools
import json
import os
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from dialogue.discussion.models import Contribution
from dialogue.events.models import Event
from dialogue.live import doors, news
from dialogue.live.wire import payload_of
from dialogue.people.models import Person
from tests import tables
from tests.dom import OpenPage, live, parsed, shown
from tests.tables import LiveTable

PAGES = {  # at which sessions whose pages are open
    "table": ("convenor", "moderator", "rapporteur", "participant", "second-participant", "observer"),
    "forum": ("convenor", "moderator", "participant", "second-participant", "panelist", "visitor", "mallory"),
    "annex": ("convenor", "moderator", "rapporteur", "participant", "second-participant", "observer", "panelist"),
}
IN_TIME = {"rapporteur", "observer", "panelist", "mallory"}  # who read in the order of time
IN_FRENCH = {"second-participant", "convenor", "visitor"}
# Who may read every closed table, and so what is found about them.
OF_THE_TABLE = {"convenor", "moderator", "rapporteur", "participant", "second-participant", "observer"}
SEES_WHO = {"convenor", "moderator", "rapporteur"}

# Words that only these of the cast may read: why something of theirs was hidden; why somebody stands where they do.
SECRETS = [
    ("whyq", {"moderator", "rapporteur", "second-participant"}), ("otherwhyq", {"moderator", "rapporteur", "participant"}),
    ("reasonq", set()), ("noteq", set()),
]  # fmt: skip


class Broken(AssertionError):
    """The law does not hold."""


Heads = dict[str, int]
Told = list[tuple[str, int, str]]  # (kind, number, html) in the order of one stream


@dataclass(eq=False)
class Reader:
    """One of the cast with an open page."""

    role: str
    client: Client
    page: OpenPage
    heads: Heads
    epoch: str
    former: list[tuple[OpenPage, Heads]] = field(default_factory=list)
    admission: doors.Admission | None = None


class Law:
    """The cast around a table, each with an open page; what they hear is looked through for what they may not know."""

    def __init__(
        self, table: LiveTable, roles: Sequence[str] = (), seed: int = 0, at_once: int = 3, sparing: bool = False
    ):
        self.table = table
        self.sparing, self.looks = sparing, 0  # whether pages are compared at every second look alone, and at the end
        self.at_once, self.waiting = at_once, 0  # the most deeds that are heard in one go; deeds not heard yet
        self.dice = random.Random(seed)
        self.drawn: dict[Any, Told] = {}
        self.readers = [self.opened(role) for role in roles or PAGES[table.at]]
        table.heard, table.look = self.happened, self.look

    # ------------------------------------------------------------ pages

    def opened(self, role: str) -> Reader:
        """One of the cast opens the page, in their language."""
        client = self.table.client(role)
        if role in IN_FRENCH and (person := self.table.people[role]):
            Person.objects.filter(pk=person.pk).update(language="fr")
        page, heads = self.fetch(role, client)
        return Reader(role, client, page, heads, self.epoch(), [(page.copy(), heads)])

    def epoch(self) -> str:
        """What tells that everything must be fetched again."""
        return Event.objects.get(pk=self.table.event.pk).epoch

    def fetch(self, role: str, client: Client) -> tuple[OpenPage, Heads]:
        """The page as the server draws it now, and where its streams stand."""
        manner = "time" if role in IN_TIME else "threads"
        address = f"/events/{self.table.event.slug}/table/{self.table.at}/"
        language = language_of(role)
        answer = client.get(address, {"item": "water", "as": manner}, headers={"accept-language": language})
        assert answer.status_code == 200, (role, answer.status_code)
        root = parsed(answer.content.decode())
        assert next(one for one in root.walk() if one.tag == "html").attributes["lang"] == language
        discussion = root.find("discussion")
        assert discussion is not None
        heads = {stream: at["n"] for stream, at in json.loads(discussion.attributes["data-streams"]).items()}
        return OpenPage(live(root), manner), heads

    def ask(self) -> None:
        """A moment later: who everybody is, and what stands on record, is asked anew."""
        self.drawn.clear()
        self.rows = {one.pk: one for one in Contribution.every.filter(event=self.table.event).select_related("session")}
        session = self.table.session().pk
        cookies = [reader.client.cookies.get("sessionid") for reader in self.readers]
        knocks = [
            doors.Knock(one.value if one else "", session, language_of(reader.role))
            for one, reader in zip(cookies, self.readers, strict=True)
        ]
        for reader, answer in zip(self.readers, doors.admissions(knocks), strict=True):
            assert isinstance(answer, doors.Admission), (reader.role, answer)
            assert answer.language == language_of(reader.role)
            reader.admission = answer
            if answer.epoch != reader.epoch:
                self.reset(reader, answer.epoch)

    def reset(self, reader: Reader, epoch: str) -> None:
        """Everything is otherwise than it was: the page is told to fetch it again."""
        reader.page, reader.heads = self.fetch(reader.role, reader.client)
        reader.epoch, reader.former = epoch, [(reader.page.copy(), reader.heads)]

    def entries(self, reader: Reader, heads: Heads) -> dict[str, Told]:
        """What a page that stands at these heads is told: the entries of each of its streams, its own last."""
        admission = reader.admission
        assert admission is not None
        assert {str(one.stream) for one in admission.streams} == heads.keys()
        told = {}
        for heard in admission.streams:
            manner = news.Manner(heard.eyes, admission.language)
            key = (heard.stream, manner, heads[str(heard.stream)])
            if key not in self.drawn:
                frames = news.missed(admission.session, *key, 1 << 62, 10_000)
                assert [number for number, _frame in frames] == list(range(key[2] + 1, key[2] + 1 + len(frames)))
                told_in = [json.loads(payload_of(frame)) for _number, frame in frames]
                self.drawn[key] = [(one["kind"], one["n"], one["html"]) for one in told_in]
            told[str(heard.stream)] = self.drawn[key]
            self.keep_silent(reader.role, self.drawn[key])
        return told

    # ------------------------------------------------------------ what happens

    def happened(self) -> None:
        """A deed was done. The pages hear of it at once, or with the next ones."""
        self.waiting += 1
        if self.waiting >= self.dice.randint(1, self.at_once):
            self.hear()

    def hear(self) -> None:
        """Everybody takes in what a deed has entered; in whatever order the streams come, the page is the same."""
        self.waiting = 0
        self.ask()
        for reader in self.readers:
            told = self.entries(reader, reader.heads)
            pages = [taken_in(reader.page.copy(), order) for order in orders(list(told.values()), self.dice)]
            for page in pages[1:]:
                same(page, pages[0], f"{reader.role}, in another order")
            reader.page = pages[-1]
            reader.heads = {stream: head + len(told[stream]) for stream, head in reader.heads.items()}
        if os.environ.get("LOOK_ALWAYS"):  # finds the deed that breaks the law
            self.compare()

    def look(self) -> None:
        """Every page is the page as it is now: the one that heard all at once, and those opened on the way."""
        if self.waiting:
            self.hear()
        self.looks += 1
        if self.sparing and self.looks % 2:
            return
        for reader, (now, heads) in self.compare().items():
            for page, former in reader.former:
                order = shuffled(list(self.entries(reader, former).values()), self.dice)
                same(taken_in(page.copy(), order), now, f"{reader.role}, late")
            reader.former = [reader.former[0], (now, heads)]

    def tell(self, story: Callable[[LiveTable], None]) -> None:
        """Tell a whole story, and look at its end."""
        story(self.table)
        if self.sparing and self.looks % 2:
            self.look()

    def compare(self) -> dict[Reader, tuple[OpenPage, Heads]]:
        """Hold every page against the one that the server draws now: {reader: that page and its heads}."""
        found = {}
        for reader in self.readers:
            now, heads = found[reader] = self.fetch(reader.role, reader.client)
            assert heads == reader.heads, reader.role
            same(reader.page, now, reader.role)
        return found

    # ------------------------------------------------------------ what nobody may hear

    def keep_silent(self, role: str, told: Told) -> None:
        """Nothing that this one of the cast may not know is in what they are told."""
        words = set(re.findall(r"\w+", " ".join(html for _kind, _number, html in told)))
        own = self.table.seats.get(role, "")
        for name in self.table.said:
            may = self.may_read(role, own, name)
            assert may or f"{name}q" not in words, f"{role} reads {name}"
            for n in range(self.table.amended[name]):
                answered = (role, name, n) in self.table.answered  # they are asked whether their answer still holds
                assert answered or f"{name}v{n}" not in words, f"{role} reads former words of {name}"
        if role not in OF_THE_TABLE:
            assert not words & {f"{name}q" for name in self.table.found}, f"{role} reads what the table holds"
        for word, roles in SECRETS:
            assert role in roles or word not in words, f"{role} reads {word}"
        in_room = self.table.shows_names and role in OF_THE_TABLE and not self.table.session().is_over
        if role not in SEES_WHO and not in_room:
            others = {key: name.split()[-1] for key, name in tables.NAMES.items() if key in self.table.unnamed - {own}}
            assert not words & {*others.values(), *(f"{key}q" for key in others)}, f"{role} reads who was there"

    def may_read(self, role: str, own: str, name: str) -> bool:
        """Whether one of the cast may read a statement's words now, by the plain words of the rules."""
        said = self.rows[self.table.said[name].pk]
        if said.state != "said":
            return False
        if self.table.authors[name] == own or role in ("moderator", "rapporteur"):
            return True
        return said.released and (said.attribution != "off_record" or said.session.access == "closed")


def language_of(role: str) -> str:
    """In which language one of the cast reads."""
    return "fr" if role in IN_FRENCH else "en"


def same(page: OpenPage, now: OpenPage, whose: str) -> None:
    """Two pages show the same, or it is said where they do not."""
    first, second = shown(page.root), shown(now.root)
    if first != second:
        apart = [
            line
            for part in second
            for line in difflib.unified_diff(first.get(part, []), second[part], "page", part, n=4)
        ]
        raise Broken("\n".join([whose, *apart]))


def taken_in(page: OpenPage, order: Sequence[str]) -> OpenPage:
    """The page once it has taken in some entries."""
    for html in order:
        page.take(html)
    return page


def orders(told: list[Told], dice: random.Random) -> list[list[str]]:
    """The orders in which the entries of some streams may come: all, where they are few; else some."""
    own = [html for _kind, _number, html in told[1]] if len(told) > 1 else []
    theirs = [html for _kind, _number, html in told[0]]
    if not own or not theirs:
        return [theirs + own]
    if len(own) + len(theirs) > 5:
        return [theirs + own, own + theirs, *(shuffled(told, dice) for _once in range(3))]
    some = itertools.combinations(range(len(own) + len(theirs)), len(own))
    return [woven(theirs, own, set(places)) for places in some]


def woven(theirs: list[str], own: list[str], places: set[int]) -> list[str]:
    """Two streams as one, the second in those places."""
    first, second = iter(theirs), iter(own)
    return [next(second) if at in places else next(first) for at in range(len(theirs) + len(own))]


def shuffled(told: list[Told], dice: random.Random) -> list[str]:
    """The entries of some streams in an order in which they may come."""
    waiting = [iter(some) for some in told]
    turns = [stream for stream, some in enumerate(told) for _entry in some]
    dice.shuffle(turns)
    return [next(waiting[stream])[2] for stream in turns]
