"""The record as one reader may read it: what was said, in threads, without a word yet.

`Reading` looks at every statement of the event once, in two queries whatever its size, or at some of them alone; the
words of the few that a page shows are fetched afterwards.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from dialogue.access import Reader, sees
from dialogue.discussion.models import Attribution, Relation
from dialogue.events.models import strictest
from dialogue.restricter import Appearance, Restricter, Spoken, restricter, rule_line, shown_to

PART = 100  # statements shown at once, about: an exchange is not broken where it begins after it
SHALLOW = 3  # turns that deep stand open, deeper ones are folded

Id = Any


class Link(NamedTuple):
    """What a statement does to something else."""

    kind: str
    contribution: Id | None
    finding: Id | None
    source: Id | None


@dataclass(slots=True)
class Seen:
    """A statement that the reader may read: how its author appears, what it is called, where it belongs."""

    id: Id
    key: str
    item: Id
    session: str
    place: int
    released: bool
    off_record: bool
    regime: str
    author: Appearance
    mine: bool
    tells_wish: bool  # whether the reader sees under which stricter rule it is

    @property
    def speaker(self) -> str:
        """Who is seen to speak: the same words mean the same person. "" where nobody may know whether it is, outside
        the room or in it: on paper what is joined would be one person's."""
        return self.author.name if self.author.is_public else ""


@dataclass(slots=True)
class Turn:
    """What one speaker says in a row: statements that carry on each other, PART of them at most.

    `depth` counts from 0. Where the speaker goes on for longer, another turn follows at the same depth: a page shows
    whole turns, and one of thousands of statements would be a page of megabytes.
    """

    statements: list[Seen]
    depth: int = 0
    replies: list["Turn"] = field(default_factory=list)


def readable(who: Reader) -> QuerySet[Any]:
    """The statements that a reader may read, as `access.sees` has it, for the database to count and cut."""
    all_of = [key for key in who.sessions if who.may_in("see unreleased", key)]
    open_to_all = Q(released=True) & ~Q(attribution=Attribution.OFF_RECORD)
    seen = open_to_all | Q(session__key__in=all_of)
    if who.attendee:
        seen |= Q(authorship__attendee__key=who.attendee)
    return who.event.contributions.filter(seen, session__key__in=who.sessions)


class Reading:
    """The statements of an event that one reader may read: every one, or those `some` (ids) and what they answer."""

    def __init__(self, who: Reader, some: Collection[Id] | None = None):
        self.who, self.some = who, some
        self.rules: Restricter = restricter(who.event)
        self.seen: dict[Id, Seen] = {one.id: one for one in self.look()}

    def look(self) -> Iterable[Seen]:
        """Every statement that the reader may read, in the record’s order."""
        said = self.who.event.contributions.order_by("position")
        if self.some is not None:
            answered = Relation.objects.filter(source_statement__in=self.some).exclude(to_contribution=None)
            said = said.filter(pk__in={*self.some, *answered.values_list("to_contribution", flat=True)})
        rows = said.values_list(
            "pk", "key", "item_id", "session__key", "position", "released", "attribution",
            "authorship__attendee__key", "group", "recorded",
        )  # fmt: skip
        in_room = self.shows_names
        for id, key, item, session, place, released, attribution, author, group, recorded in rows:
            if not sees(self.who, session, released, attribution, author):
                continue
            spoken = Spoken(author, session, attribution, group, recorded)
            appearance, mine = shown_to(self.who, self.rules, spoken, in_room=in_room)
            yield Seen(
                id, key, item, session, place, released, attribution == "off_record",
                self.rules.regime(session, attribution), appearance, mine,
                mine or self.who.may_in("see who", session) or self.rules.tells_wishes(session),
            )  # fmt: skip

    @property
    def shows_names(self) -> bool:
        """Whether this page names those whom the room sees: where each closed table that it draws on does."""
        tables = self.who.closed & self.who.sessions
        return bool(tables) and tables <= self.who.names

    @property
    def rule(self) -> str:
        """The rule of the closed tables, in a line, where this page shows names that are not to leave the room."""
        rules = [self.rules.regime(one) for one in self.who.closed & self.who.sessions]
        return rule_line(strictest(*rules), shows_names=True) if self.shows_names else ""

    def label(self, one: Seen) -> str:
        """The statement's public id: its anchor on the page."""
        return self.rules.label(one.key, one.regime)

    @cached_property
    def links(self) -> dict[Id, list[Link]]:
        """Statement -> its relations, without those to what the reader may not read."""
        links: dict[Id, list[Link]] = defaultdict(list)
        findings = self.who.may("read the table")
        of_event = Relation.objects.filter(source_statement__event=self.who.event).order_by("position")
        ties = of_event if self.some is None else of_event.filter(source_statement__in=self.some)
        for one, kind, contribution, finding, source in ties.values_list(
            "source_statement_id", "kind", "to_contribution_id", "to_finding_id", "to_source_id"
        ):
            found = Link(kind, contribution, finding, source)
            if (found.finding and not findings) or (found.contribution and found.contribution not in self.seen):
                continue
            if one in self.seen:
                links[one].append(found)
        return links

    @cached_property
    def by_item(self) -> dict[Id, list[Seen]]:
        """Item -> what was said on it, in the record's order."""
        said: dict[Id, list[Seen]] = defaultdict(list)
        for one in self.seen.values():
            said[one.item].append(one)
        return said

    def find(self, label: str) -> Seen | None:
        """The statement that is called so."""
        return next((one for one in self.seen.values() if self.label(one) == label), None)

    def answered(self, one: Seen) -> Seen | None:
        """What a statement hangs on: the first earlier one on the same item that it relates to."""
        for link in self.links.get(one.id, ()):
            target = self.seen.get(link.contribution)
            if target and target.item == one.item and target.place < one.place:
                return target
        return None

    def thread(self, item: Id) -> list[Turn]:
        """Everything said on an item: turns in reading order, each followed by what answers it."""
        roots: list[Turn] = []
        turn_of: dict[Id, Turn] = {}
        for one in self.by_item.get(item, ()):
            target = self.answered(one)
            above = turn_of[target.id] if target else None
            goes_on = above is not None and one.speaker and one.speaker == above.statements[-1].speaker
            if above and goes_on and len(above.statements) < PART:
                above.statements.append(one)
                turn_of[one.id] = above
                continue
            depth = 0 if above is None else above.depth if goes_on else above.depth + 1
            turn = turn_of[one.id] = Turn([one], depth)
            (roots if above is None else above.replies).append(turn)
        return list(unrolled(roots))


def unrolled(turns: list[Turn]) -> Iterable[Turn]:
    """A tree of turns as one line, without recursion: a thread may be thousands deep."""
    waiting = turns[::-1]
    while waiting:
        turn = waiting.pop()
        yield turn
        waiting.extend(reversed(turn.replies))


def parts(turns: list[Turn], size: int = PART) -> list[list[Turn]]:
    """The turns of an item in parts of about `size` statements; an exchange is broken only where it is longer."""
    out: list[list[Turn]] = []
    room = 0
    for turn in turns:
        if (room <= 0 and turn.depth == 0) or room <= -size or not out:
            out.append([])
            room = size
        out[-1].append(turn)
        room -= len(turn.statements)
    return out
