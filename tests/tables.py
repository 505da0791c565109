"""A small live table for tests: an event with everybody of the cast around it, and their deeds in a word each."""

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from dialogue.archive.load import load
from dialogue.discussion import actions as discussion
from dialogue.discussion.actions import Tie, Words
from dialogue.discussion.models import Contribution
from dialogue.events.models import Attendee, Event, Item, Membership, Pass, Session
from dialogue.people.models import Person
from dialogue.positions import actions as positions
from dialogue.positions.actions import Taking
from dialogue.positions.models import Finding
from dialogue.rapporteur.models import Source
from dialogue.roundtable import actions as roundtable
from tests import cast, records
from tests.reseated import reseat

# Everybody's name and organisation are words that stand nowhere else: where one of them is read, it was told.
NAMES = {
    "mod": "Mona Oduyamoq", "rap": "Rhys Applebyraq", "ada": "Ada Lovelladq", "ben": "Ben Okribeq",
    "cleo": "Cleo Marshcloq", "dev": "Dev Pateldeq", "eve": "Eve Quillevq", "pan": "Pia Novakpanq",
}  # fmt: skip
SEATS = {
    "moderator": "mod", "rapporteur": "rap", "participant": "ada", "second-participant": "ben", "panelist": "pan",
}  # fmt: skip
LENT = ("convenor", "observer")
AT_TABLE = {
    "mod": "moderator", "rap": "rapporteur", "ada": "participant", "ben": "participant", "cleo": "participant",
    "dev": "participant", "eve": "participant",
}  # fmt: skip


AT_FORUM = {"mod": "moderator", "pan": "panelist"}
ALL_AT_FORUM = {
    "mod": "moderator", "rap": "rapporteur", "ada": "panelist", "ben": "panelist", "cleo": "panelist",
    "pan": "panelist",
}  # fmt: skip
AT_ANNEX = {
    "mod": "moderator", "rap": "rapporteur", "ada": "participant", "ben": "participant", "cleo": "participant",
    "dev": "participant", "pan": "participant",
}  # fmt: skip


def rivers(regime: str, slug: str = "rivers", at: str = "table", table_rule: str | None = None) -> Event:
    """The event: a closed table under that rule or a stricter one of its own, and a public forum; three items.

    `at`: where things will happen; at the forum, or at an annex (a second closed table), more people have seats then.
    """
    forum = ALL_AT_FORUM if at == "forum" else AT_FORUM
    annex = [records.session("annex", members=list(AT_ANNEX.items()))] if at == "annex" else []
    sector = {"ada": "utility", "ben": "utility", "cleo": "utility", "dev": "ministry"}
    return load(
        records.record(
            event={"slug": slug, "attribution": regime},
            persons=[
                records.person(key, name, affiliation=f"House of {key}q", sector=sector.get(key, ""))
                for key, name in NAMES.items()
            ],
            sessions=[
                records.session("table", members=list(AT_TABLE.items()), attribution=table_rule),
                records.session("forum", members=list(forum.items()), kind="forum", access="public"),
                *annex,
            ],
            outline=[records.item("water", records.item("fish", kind="subtheme")), records.item("air")],
        )
    )  # fmt: skip


@dataclass
class LiveTable:
    """A session with the cast around it. Statements go by the short names that a test gives them."""

    event: Event
    people: dict[str, Person | None]
    at: str = "table"
    seats: dict[str, str] = field(default_factory=lambda: dict(SEATS))  # role -> who they are in the record
    said: dict[str, Contribution] = field(default_factory=dict)
    found: dict[str, Finding] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    authors: dict[str, str] = field(default_factory=dict)  # name of a statement -> who said it
    amended: Counter[str] = field(default_factory=Counter)  # how often its words were changed
    answered: set[tuple[str, str, int]] = field(default_factory=set)  # (role, statement, on which of its words)
    keys: Any = field(default_factory=lambda: itertools.count(1))
    shows_names: bool = False  # its room does, to those who are in it
    heard: Callable[[], None] = lambda: None  # called after every deed
    look: Callable[[], None] = lambda: None  # called where a story says so

    def client(self, role: str) -> Client:
        """A browser of one of the cast."""
        client = Client()
        if person := self.people[role]:
            client.force_login(person)
        return client

    def session(self, key: str = "") -> Session:
        return self.event.sessions.select_related("event").get(key=key or self.at)

    def item(self, key: str) -> Item:
        return self.event.items.get(key=key)

    def attendee(self, key: str) -> Attendee:
        return self.event.attendees.get(key=key)

    def one(self, name: str) -> Contribution:
        """A statement as it is now."""
        return Contribution.every.select_related("event", "session").get(pk=self.said[name].pk)

    @property
    def unnamed(self) -> set[str]:
        """Whose names nobody may read here but staff: everybody's, or theirs who sit under a stricter rule alone."""
        if self.event.attribution != "named":
            return set(NAMES)
        open_at = self.event.sessions.filter(attribution=None)
        return set(NAMES) - set(
            self.event.attendees.filter(memberships__session__in=open_at).values_list("key", flat=True)
        )

    def person(self, role: str) -> Person:
        person = self.people[role]
        assert person is not None
        return person

    def key(self) -> str:
        return f"key-of-{next(self.keys):08}"

    # ------------------------------------------------------------ deeds

    def words(self, name: str, kind: str, item: str, ties: Any, attribution: str | None) -> Words:
        """What is said under that name: two words stand in it and nowhere else, one of them until it is amended."""
        made = tuple(
            Tie(kind, finding=self.found[to].pk) if to in self.found
            else Tie(kind, source=self.sources[to].pk) if to in self.sources
            else Tie(kind, self.said[to].pk) if to else Tie(kind)
            for kind, to in ties
        )  # fmt: skip
        return Words(self.item(item), kind, f"What {name}q says: {name}v0.", made, attribution)

    def say(
        self, role: str, name: str, kind: str = "comment", *ties: tuple[str, str], item: str = "water",
        attribution: str | None = None, at: str = "",
    ) -> Contribution:  # fmt: skip
        words = self.words(name, kind, item, ties, attribution)
        self.said[name] = discussion.contribute(self.session(at), self.person(role), words, key=self.key())
        self.authors[name] = self.seats[role]
        self.heard()
        return self.said[name]

    def write_down(
        self, role: str, speaker: str, name: str, kind: str = "comment", *ties: tuple[str, str], item: str = "water",
        attribution: str | None = None,
    ) -> Contribution:  # fmt: skip
        words = self.words(name, kind, item, ties, attribution)
        self.said[name] = discussion.record_for(
            self.session(), self.person(role), self.attendee(speaker), words, key=self.key()
        )
        self.authors[name] = speaker
        self.heard()
        return self.said[name]

    def amend(self, role: str, name: str, *, spelling: bool = False) -> None:
        """Other words, in which the name stands as well; `spelling`: their author says that it is spelling only."""
        said, amended = self.one(name), self.amended[name] + 1
        text = f"Now {name}q says {name}v{amended}."
        key = self.key()
        discussion.amend(said, self.person(role), text, version=said.version, key=key, spelling=spelling)
        self.amended[name] = amended
        self.heard()

    def do(self, role: str, deed: str, name: str, *more: Any) -> None:
        """withdraw, restrict, confirm, release, hide or restore a statement."""
        getattr(discussion, deed)(self.one(name), self.person(role), *more)
        self.heard()

    def stand(
        self, role: str, on: Any, stance: str, reason: str = "", owner: str = "", *, strong: bool = False
    ) -> None:
        """Take a stance on a position, or on a finding that is put to the closed table (by name, or itself)."""
        target = self.found.get(on) or self.one(on) if isinstance(on, str) else on
        session = self.session("table" if isinstance(target, Finding) else "")
        held_by = self.attendee(owner) if owner else None
        taking = Taking(stance, strong, reason)
        positions.take_stance(session, self.person(role), target, taking, key=self.key(), owner=held_by)
        if isinstance(on, str) and on in self.said:
            holder = next((one for one, seat in self.seats.items() if seat == (owner or self.seats[role])), owner)
            self.answered.add((holder, on, self.amended[on]))
        self.heard()

    def refuse(self, role: str, name: str) -> None:
        """“Not the same”: the change was more than spelling."""
        positions.refuse_spelling(self.session(), self.person(role), self.one(name))
        self.heard()

    def open_stances(self, role: str, name: str) -> None:
        positions.open_stances(self.one(name), self.person(role))
        self.heard()

    def run(self, deed: str, *more: Any, role: str = "moderator", at: str = "") -> None:
        """open_item, close_item (an item's key), give_floor (a person's, an item's), end_floor."""
        told = [self.attendee(one) if one in NAMES else self.item(one) for one in more]
        getattr(roundtable, deed)(self.session(at), self.person(role), *told)
        self.heard()

    def close(self, role: str = "moderator", hours: int = 0) -> None:
        """The sitting is over; the convenor may let members see names for some hours."""
        roundtable.close_session(self.session(), self.person(role), hours)
        self.heard()

    def reopen(self, role: str = "moderator") -> None:
        """The sitting goes on."""
        roundtable.reopen_session(self.session(), self.person(role))
        self.heard()

    def reseat(self, who: str, role: str) -> None:
        """Somebody has another role here, or none any more."""
        at, attendee = self.session(), self.attendee(who)
        reseat(at, attendee, role, self.person("convenor"))
        self.heard()

    def span(self, attribution: str = "") -> None:
        """What is said from now on is under that rule; "": the table's own holds again."""
        if attribution:
            discussion.open_span(self.session(), self.person("rapporteur"), attribution)
        else:
            discussion.close_span(self.session(), self.person("rapporteur"))
        self.heard()

    def hold(self, **conduct: Any) -> None:
        """Hold the table so; what is not said stays as it is."""
        session = self.session()
        now = {name: getattr(session, name) for name in ("release", "blind", "reasons", "shows_presence")}
        roundtable.set_conduct(session, self.person("moderator"), **{**now, **conduct})
        self.heard()


def seated(
    regime: str = "named", slug: str = "rivers", at: str = "table", table_rule: str | None = None
) -> LiveTable:  # fmt: skip
    """The event with the cast in it, at the table, the forum or the annex: who speaks at the table sits there too."""
    event = rivers(regime, slug, at, table_rule)
    people: dict[str, Person | None] = {"visitor": None}
    for role in cast.CAST:
        if role != "visitor":
            people[role] = cast.account(role)
            Person.objects.filter(pk=people[role].pk).update(language="en")  # type: ignore[union-attr]
    for role, key in SEATS.items():
        event.attendees.filter(key=key).update(person=people[role])
    for role in LENT:
        Pass.objects.create(event=event, person=people[role], role=role)
    return LiveTable(event, people, at)


def with_convenor(table: LiveTable) -> LiveTable:
    """The same; Eve convenes it, and has a seat at every session: what is written down for her is hers alone."""
    eve = table.attendee("eve")
    Attendee.objects.filter(pk=eve.pk).update(person=table.people["convenor"])
    Membership.objects.filter(attendee=eve).delete()
    Pass.objects.filter(event=table.event, person=table.people["convenor"]).delete()
    for session in table.event.sessions.all():
        Membership.objects.create(session=session, attendee=eve, role="convenor", position=20)
    table.seats["convenor"] = "eve"
    return table
