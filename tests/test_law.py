"""The law of the live table: page at n + entries after n = page now, for every kind of entry and every role of the cast.

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
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from django.test import Client

from dialogue.discussion.models import Contribution
from dialogue.live import doors, news
from dialogue.live.wire import payload_of
from tests import tables
from tests.dom import OpenPage, live, parsed, shown
from tests.tables import LiveTable, seated

pytestmark = pytest.mark.django_db

AT_THE_TABLE = ("convenor", "moderator", "rapporteur", "participant", "second-participant", "observer")
AT_THE_FORUM = ("moderator", "participant", "panelist", "visitor", "mallory")
IN_TIME = {"rapporteur", "observer", "mallory"}  # who read in the order of time
SEES_WHO = {"convenor", "moderator", "rapporteur"}

# Words that only these of the cast may read: why something of theirs was hidden; why somebody stands where they do.
SECRETS = [
    ("whyq", {"moderator", "rapporteur", "second-participant"}), ("otherwhyq", {"moderator", "rapporteur", "participant"}),
    ("reasonq", set()),
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
    former: list[tuple[OpenPage, Heads]] = field(default_factory=list)
    admission: doors.Admission | None = None


class Law:
    """The cast around a table, each with an open page; what they hear is looked through for what they may not know."""

    def __init__(
        self, table: LiveTable, roles: Sequence[str] = AT_THE_TABLE, item: str = "water", seed: int = 0,
        at_once: int = 3,
    ):  # fmt: skip
        self.table, self.item = table, item
        self.at_once, self.waiting = at_once, 0  # the most deeds that are heard in one go; deeds not heard yet
        self.dice = random.Random(seed)
        self.drawn: dict[Any, Told] = {}
        self.secrets: list[tuple[str, set[str]]] = SECRETS
        self.readers = [self.opened(role, table.client(role)) for role in roles]
        table.heard, table.look = self.happened, self.look

    # ------------------------------------------------------------ pages

    def opened(self, role: str, client: Client) -> Reader:
        page, heads = self.fetch(role, client)
        return Reader(role, client, page, heads, [(page.copy(), heads)])

    def fetch(self, role: str, client: Client) -> tuple[OpenPage, Heads]:
        """The page as the server draws it now, and where its streams stand."""
        manner = "time" if role in IN_TIME else "threads"
        address = f"/events/{self.table.event.slug}/table/{self.table.at}/"
        answer = client.get(address, {"item": self.item, "as": manner})
        assert answer.status_code == 200, (role, answer.status_code)
        root = parsed(answer.content.decode())
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
        answers = doors.admissions([doors.Knock(one.value if one else "", session, "en") for one in cookies])
        for reader, answer in zip(self.readers, answers, strict=True):
            assert isinstance(answer, doors.Admission), (reader.role, answer)
            reader.admission = answer

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
        for reader, (now, heads) in self.compare().items():
            for page, former in reader.former:
                order = shuffled(list(self.entries(reader, former).values()), self.dice)
                same(taken_in(page.copy(), order), now, f"{reader.role}, late")
            reader.former = [reader.former[0], (now, heads)]

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
        own = tables.SEATS.get(role, "")
        for name in self.table.said:
            may = self.may_read(role, own, name)
            assert may or f"{name}q" not in words, f"{role} reads {name}"
            for n in range(self.table.amended[name]):
                assert f"{name}v{n}" not in words, f"{role} reads former words of {name}"
        for word, roles in self.secrets:
            assert role in roles or word not in words, f"{role} reads {word}"
        if self.table.event.attribution != "named" and role not in SEES_WHO:
            others = {key: name.split()[-1] for key, name in tables.NAMES.items() if key != own}
            assert not words & {*others.values(), *(f"{key}q" for key in others)}, f"{role} reads who was there"

    def may_read(self, role: str, own: str, name: str) -> bool:
        """Whether one of the cast may read a statement's words now, by the plain words of the rules."""
        said = self.rows[self.table.said[name].pk]
        if said.state != "said":
            return False
        if self.table.authors[name] == own or role in ("moderator", "rapporteur"):
            return True
        return said.released and (said.attribution != "off_record" or said.session.access == "closed")


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


# ------------------------------------------------------------------ the stories


def speaking(t: LiveTable) -> None:
    """Statements, what they do to others, amended, moved to a stricter rule, withdrawn."""
    t.run("open_item", "water")
    t.say("participant", "p1", "position", ("opens", ""))
    t.say("second-participant", "c1", "comment", ("disagrees", "p1"))
    t.say("participant", "c2", "comment", ("answers", "c1"), ("builds_on", "p1"))
    t.look()
    t.say("second-participant", "p2", "position")
    t.say("moderator", "p3", "position", ("concedes", "p1"), ("disagrees", "p2"))
    t.say("participant", "q1", "question", ("responds_to", "c1"))
    t.amend("second-participant", "c1")
    t.amend("second-participant", "p2")
    t.amend("participant", "p1")
    t.look()
    t.do("participant", "restrict", "p1", "chatham_house" if t.event.attribution != "chatham_house" else "off_record")
    t.do("second-participant", "withdraw", "c1")
    t.say("second-participant", "c3", "comment", ("agrees", "p3"), item="water")
    t.look()
    t.do("moderator", "withdraw", "p3")
    t.amend("participant", "c2")
    t.look()


def written_down(t: LiveTable) -> None:
    """What is entered for who spoke, released at once, by the moderator, by its speaker's word, and with the item."""
    t.run("open_item", "water")
    t.say("participant", "p1", "position")
    t.say("second-participant", "p2", "position", ("disagrees", "p1"))
    t.write_down("rapporteur", "ada", "r1", "comment", ("answers", "p2"))
    t.hold(release="when_seen")
    t.write_down("rapporteur", "ada", "r2", "position", ("disagrees", "p2"))
    t.write_down("moderator", "ben", "r3", "comment", ("agrees", "p1"))
    t.write_down("rapporteur", "dev", "r4", "comment", ("agrees", "p1"))
    t.write_down("rapporteur", "ben", "r5", "comment", ("disagrees", "p1"), attribution="off_record")
    t.look()
    t.say("moderator", "c1", "comment", ("responds_to", "r2"), ("agrees", "r3"))
    t.say("participant", "c2", "comment", ("agrees", "p1"))
    t.do("participant", "confirm", "r1")
    t.do("participant", "confirm", "r2")
    t.amend("second-participant", "r3")
    t.look()
    t.do("moderator", "release", "r4")
    t.write_down("rapporteur", "ada", "r6", "comment", ("agrees", "p1"))
    t.do("participant", "withdraw", "r6")
    t.hold(release="with_item")
    for name, speaker in (("r7", "ada"), ("r8", "ben"), ("r9", "mod"), ("r10", "ada")):
        t.write_down("rapporteur", speaker, name, "comment", ("qualifies", "p1"))
    t.amend("rapporteur", "r8")
    t.say("second-participant", "c3", "comment", ("agrees", "p1"))
    t.look()
    t.run("close_item", "water")
    t.look()


def hidden(t: LiveTable) -> None:
    """What the moderator hides and brings back; a reason is for staff and the author."""
    t.run("open_item", "water")
    t.say("participant", "p1", "position")
    t.say("second-participant", "p2", "position", ("disagrees", "p1"))
    t.say("participant", "c1", "comment", ("answers", "p2"))
    t.look()
    t.do("moderator", "hide", "p2", "whyq")
    t.say("moderator", "c2", "comment", ("responds_to", "p2"))
    t.look()
    t.do("moderator", "restore", "p2")
    t.do("moderator", "hide", "c1", "otherwhyq")
    t.amend("participant", "c1")
    t.do("participant", "withdraw", "c1")
    t.do("moderator", "hide", "p1", "otherwhyq")
    t.do("participant", "withdraw", "p1")
    t.look()


def off_record(t: LiveTable) -> None:
    """What is said off the record, and what is left of it once the item closes."""
    t.run("open_item", "water")
    t.say("participant", "p1", "position")
    t.say("second-participant", "o1", "position", ("disagrees", "p1"), attribution="off_record")
    t.say("participant", "c1", "comment", ("answers", "o1"), ("agrees", "p1"))
    t.write_down("rapporteur", "ada", "o2", "comment", ("agrees", "o1"), attribution="off_record")
    t.amend("second-participant", "o1")
    t.look()
    t.hold(release="when_seen")
    t.write_down("rapporteur", "ada", "o3", "comment", ("agrees", "p1"), attribution="off_record")
    t.write_down("rapporteur", "ben", "o4", "comment", ("agrees", "o3"), attribution="off_record")
    t.stand("participant", "o1", "agree")
    t.do("participant", "restrict", "p1", "off_record")
    t.say("second-participant", "c2", "comment")
    t.do("moderator", "hide", "o2", "otherwhyq")
    t.look()
    t.run("close_item", "water")
    t.run("open_item", "water")
    t.say("second-participant", "c3", "comment", ("answers", "c2"))
    t.look()


def standing(t: LiveTable) -> None:
    """Stances in the open: one's own, given aloud, changed, on what is hidden or withdrawn."""
    t.run("open_item", "water")
    t.say("participant", "p1", "position")
    t.say("second-participant", "p2", "position")
    t.stand("second-participant", "p1", "agree")
    t.stand("participant", "p2", "reservations", "reasonq")
    t.stand("moderator", "p1", "disagree", "reasonq", strong=True)
    t.look()
    t.stand("rapporteur", "p1", "agree", owner="dev")
    t.stand("rapporteur", "p1", "abstain", owner="ada")
    t.stand("second-participant", "p1", "disagree")
    t.say("second-participant", "c1", "comment", ("disagrees", "p1"))
    t.say("moderator", "p3", "position")
    t.look()
    t.do("second-participant", "withdraw", "c1")
    t.do("participant", "withdraw", "p1")
    t.do("moderator", "hide", "p2", "whyq")
    t.look()
    t.do("moderator", "restore", "p2")
    t.do("moderator", "withdraw", "p3")
    t.look()


def blind(t: LiveTable) -> None:
    """Stances collected blind: before one's own, after it, and once the moderator has opened them."""
    t.run("open_item", "water")
    t.say("participant", "p0", "position")
    t.stand("second-participant", "p0", "agree")
    t.hold(blind=True)
    t.say("participant", "p1", "position")
    t.say("second-participant", "p2", "position")
    t.stand("second-participant", "p1", "agree")
    t.stand("participant", "p0", "disagree")
    t.look()
    t.stand("rapporteur", "p1", "disagree", owner="dev")
    t.say("second-participant", "c1", "comment", ("disagrees", "p1"))
    t.say("moderator", "p3", "position")
    t.stand("participant", "p1", "reservations", "reasonq")
    t.look()
    t.stand("rapporteur", "p1", "abstain", owner="cleo")
    t.do("moderator", "hide", "p1", "whyq")
    t.do("moderator", "restore", "p1")
    t.do("second-participant", "withdraw", "c1")
    t.look()
    t.open_stances("moderator", "p1")
    t.stand("second-participant", "p1", "disagree")
    t.stand("participant", "p2", "agree")
    t.look()
    t.do("second-participant", "withdraw", "p2")
    t.stand("rapporteur", "p3", "agree", owner="ben")
    t.hold(blind=False)
    t.look()
    t.stand("rapporteur", "p3", "agree", owner="dev")
    t.hold(blind=True)
    t.stand("participant", "p3", "agree")
    t.look()


def running(t: LiveTable) -> None:
    """Items, the floor, spans, and how the table is held."""
    t.run("open_item", "water")
    t.run("give_floor", "ada", "water")
    t.span("unnamed" if t.event.attribution in ("named", "role") else "off_record")
    t.say("participant", "c1", "comment")
    t.run("give_floor", "ben", "air")
    t.look()
    t.span()
    t.run("end_floor")
    t.hold(reasons=True, shows_presence=False)
    t.run("open_item", "air")
    t.say("participant", "a1", "position", item="air")
    t.say("second-participant", "a2", "comment", ("agrees", "a1"), item="water")
    t.run("give_floor", "ada", "water")
    t.amend("participant", "a1")
    t.look()
    t.run("close_item", "water")
    t.run("close_item", "air")
    t.run("open_item", "air")
    t.look()


STORIES: dict[str, Callable[[LiveTable], None]] = {
    story.__name__: story for story in (speaking, written_down, hidden, off_record, standing, blind, running)
}


LONG = pytest.mark.faults  # minutes: with the other long forms


@pytest.mark.parametrize(
    "regime", ["named", "chatham_house", *(pytest.param(regime, marks=LONG) for regime in ("role", "unnamed"))]
)
@pytest.mark.parametrize("story", STORIES)
def test_page_at_n_and_entries_after_n_are_the_page_now(story: str, regime: str) -> None:
    law = Law(seated(regime))
    STORIES[story](law.table)


# ------------------------------------------------------------------ it can fail


def test_an_entry_that_is_lost_breaks_the_law(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = Law.entries

    def without_some(self: Law, reader: Reader, heads: Heads) -> dict[str, Told]:
        return {
            stream: [(kind, n, "" if kind == "contribution-made" and n % 2 else html) for kind, n, html in told]
            for stream, told in entries(self, reader, heads).items()
        }

    monkeypatch.setattr(Law, "entries", without_some)
    with pytest.raises(Broken):
        speaking(Law(seated()).table)


def test_entries_drawn_for_the_staff_break_the_law_at_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    missed = news.missed

    def as_staff(session: Any, stream: Any, manner: news.Manner, *more: Any) -> Any:
        return missed(
            session, stream, manner._replace(eyes=replace(manner.eyes, audience="staff", sees_who=True)), *more
        )

    monkeypatch.setattr(news, "missed", as_staff)
    with pytest.raises(AssertionError, match=r"observer reads|participant reads|convenor reads|reads who was there"):
        hidden(Law(seated("chatham_house")).table)
