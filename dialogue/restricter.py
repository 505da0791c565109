"""The restricter: how the people of an event appear, on a page to a reader or in a report to everybody.

Asked wherever a person is shown, answered here; what somebody may see and do at all is `access.py`'s.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogue.access import Eyes, Reader
from dialogue.events.models import (
    SEAT_ORDER,
    STRICTNESS,
    Event,
    ItemRun,
    Membership,
    ModeratorCounts,
    Regime,
    Role,
    Session,
    strictest,
)

FEW = 3  # fewer people than this who share a kind of organisation would give one of them away
AUTHORS = frozenset({"participant", "panelist"})  # the roles in which somebody could be the author

LINES = {  # the quiet line on a page of a table
    Regime.NAMED: gettext_lazy("Named: what you say is reported with your name."),
    Regime.ROLE: gettext_lazy(
        "By role: what you say is reported with your kind of organisation, never with your name."
    ),
    Regime.UNNAMED: gettext_lazy("Without names: what you say is reported, never who said it."),
    Regime.CHATHAM_HOUSE: gettext_lazy("Chatham House Rule: use what is said, never who said it."),
}

SUFFIXES = {
    "jr", "sr", "ii", "iii", "iv", "phd", "dphil", "md", "mp", "mpp", "mla", "qc", "kc", "sc", "esq", "obe", "cbe",
    "mbe", "cm", "oc", "ma", "msc", "mba", "frsc",
}  # fmt: skip


def is_suffix(word: str) -> bool:
    """Whether a word of a name is a degree, an honour or a number, and no name."""
    return word.strip(",").replace(".", "").casefold() in SUFFIXES


@dataclass(frozen=True, slots=True)
class Facts:
    """A person as the record knows them."""

    key: str
    name: str
    honorific: str = ""
    function: str = ""
    affiliation: str = ""
    sector: str = ""
    listed: bool = True
    prefers: str = ""
    aliases: tuple[str, ...] = ()
    family_name: str = ""

    @property
    def surname(self) -> str:
        """The family name given; else the name's last word with its particles ("van der Berg"), without degrees."""
        if self.family_name:
            return self.family_name
        before, _comma, after = self.name.partition(",")
        words = before.split()
        if after and not all(is_suffix(word) for word in after.split()):
            return before.strip()  # "Smith, Ann"
        while len(words) > 1 and is_suffix(words[-1]):
            words.pop()
        start = len(words) - 1
        while start > 1 and words[start - 1].islower():
            start -= 1
        return " ".join(words[start:])

    @property
    def full_name(self) -> str:
        """The name with its honorific."""
        return f"{self.honorific} {self.name}".strip()


@dataclass(frozen=True, slots=True)
class Appearance:
    """How a person is shown. regime: the one applied; `name` is "" where no name may stand; `label` then says it.

    `printed`: what stands for the name on paper, where only those in the room may read it; "" where it may stand.
    `group`: the kind of organisation in the label.
    """

    regime: str
    label: str
    name: str = ""
    surname: str = ""
    affiliation: str = ""
    printed: str = ""
    group: str = ""

    @property
    def is_named(self) -> bool:
        """Whether a name may stand."""
        return bool(self.name)

    @property
    def is_public(self) -> bool:
        """Whether the name may stand outside the room as well."""
        return bool(self.name) and not self.printed


class Spoken(NamedTuple):
    """What of a statement says how its author may appear. `group`: the one that may be named, fixed when it was made.

    `author`: None where their name was erased. `recorded`: it was taken down from speech, and those in the room heard
    who spoke.
    """

    author: str | None
    session: str
    attribution: str | None
    group: str = ""
    recorded: bool = False

    @property
    def is_named_in_room(self) -> bool:
        """Whether a room that shows names shows this one: not where it was written with a stricter wish."""
        return self.recorded or not self.attribution


def authors(*, counts_moderator: bool) -> frozenset[str]:
    """The roles in which somebody could be the author: with the moderator, where they are counted as the others are."""
    return AUTHORS | {Role.MODERATOR.value} if counts_moderator else AUTHORS


def shared_groups(seats: Iterable[tuple[Hashable, str, str]], *, counts_moderator: bool = False) -> dict[Hashable, str]:
    """{person: their kind of organisation}, where at least three who could be the author share it.

    `seats`: (person, role, kind of organisation) of one session. Who only reads along, or runs the table without being
    counted there, could not.
    """
    could = authors(counts_moderator=counts_moderator)
    sectors = {person: sector for person, role, sector in seats if role in could and sector}
    counts = Counter(sectors.values())
    return {person: sector for person, sector in sectors.items() if counts[sector] >= FEW}


@dataclass(slots=True)
class Restricter:
    """How the people of one event may be shown, under its regimes and at least as strictly as `floor`.

    People and sessions go by their keys in the record.
    """

    event: str  # its slug
    event_regime: str
    people: dict[str, Facts]
    sessions: dict[str, tuple[str, str]]  # key -> (kind, its own regime, or "")
    members: list[tuple[str, str, str]]  # (session, person, role)
    guests: list[tuple[str, str]] = field(default_factory=list)  # (session, person): spoke there without a seat
    floor: str = "named"
    counting: frozenset[str] = frozenset()  # the sessions whose moderator is counted
    is_open: bool = field(init=False)  # everything is attributed by name: the record's own ids may stand in public
    _of: dict[str, list[str]] = field(init=False, default_factory=lambda: defaultdict(list))
    _groups: dict[str, dict[Hashable, str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for session, person, _role in self.members:
            self._of[person].append(session)
        seated = set(self._of)
        for session, person in self.guests:
            if person not in seated:  # who has no seat anywhere belongs to where they spoke
                self._of[person].append(session)
        for session in self.sessions:
            seats = [(person, role) for at, person, role in self.members if at == session]
            self._groups[session] = shared_groups(
                ((one, role, self.people[one].sector) for one, role in seats),
                counts_moderator=session in self.counting,
            )
        regimes = [self.regime(session) for session in self.sessions]
        self.is_open = strictest(self.event_regime, self.floor, *regimes) == "named"

    def regime(self, session: str, attribution: str | None = None) -> str:
        """The regime of a statement: the strictest of the event's, its session's, its own and the floor."""
        return strictest(self.event_regime, self.sessions[session][1], attribution, self.floor)

    def tells_wishes(self, session: str) -> bool:
        """Whether everybody may see that a statement is under a stricter rule than its session: only where that names
        its speakers. Elsewhere whoever wishes it for all that they say would be found by the mark on each of it."""
        return self.regime(session) == "named"

    def regimes_of(self, person: str, kind: str | None = None) -> list[str]:
        """The regimes of the sessions (of one kind, if they are in any) in which somebody is a member."""
        mine = self._of[person]
        some = [session for session in mine if kind is None or self.sessions[session][0] == kind]
        return [self.regime(session) for session in some or mine] or [strictest(self.event_regime, self.floor)]

    def openest(self, person: str) -> str:
        """The most open regime under which somebody sat: what decides whether they appear anywhere at all."""
        return min(self.regimes_of(person), key=STRICTNESS.__getitem__)

    def is_protected(self, person: str) -> bool:
        """Whether nothing may tell that this person was there: a member of strict sessions only."""
        return STRICTNESS[self.openest(person)] >= STRICTNESS["unnamed"]

    def named(self, person: str) -> Appearance:
        """Somebody as those see them who may know."""
        facts = self.people[person]
        return Appearance("named", facts.name, facts.name, facts.surname, facts.affiliation)

    def appearance(self, person: str | None, regime: str, group: str = "") -> Appearance:
        """How somebody is shown for what they said under `regime`, with the group that may be named for it.

        Never more openly than in the most open of their own sessions. Whose name was erased has none for anybody.
        """
        regime = strictest(regime, self.openest(person)) if person else regime
        if regime == "named" and person:
            return self.named(person)
        if regime == "role" and group:
            return Appearance(regime, _("one participant from the %(sector)s") % {"sector": group}, group=group)
        return Appearance(regime, _("one participant"))

    def appearances(self) -> dict[tuple[str, str, str], Appearance]:
        """How everybody appears in every session, under every regime: {(person, session, regime): how}."""
        return {
            (person, session, regime): self.appearance(person, self.regime(session, regime))
            for person in self.people
            for session in self.sessions
            for regime in ("named", "role", "unnamed")
        }

    def is_named_at(self, person: str, session: str) -> bool:
        """Whether somebody may be named to everybody at a session, if only for being there: by the rule, and by them.

        Who prefers a stricter rule for their words, or stands in no list, would be found out by being there alone.
        """
        facts = self.people[person]
        wants = facts.listed and (not facts.prefers or facts.prefers == "named")
        return wants and self.appearance(person, self.regime(session)).is_named

    def sessions_of(self, person: str) -> list[str]:
        """The sessions in which somebody has a seat, or spoke without one."""
        return self._of.get(person, [])

    def group(self, person: str) -> str:
        """The group that somebody may be named by apart from any statement: shared in each session reported by role."""
        where = [self._groups[one].get(person, "") for one in self._of[person] if self.regime(one) == "role"]
        return where[0] if where and all(where) else ""

    def listed(self) -> list[tuple[str, str, str]]:
        """(session, person, role) of everyone who stands in the list of participants, in the record's order."""
        return [
            (session, person, role)
            for session, person, role in self.members
            if role != "observer"
            and self.people[person].listed
            and STRICTNESS[self.regime(session)] <= STRICTNESS["role"]
        ]

    def common_label(self, subject: str) -> str:
        """The label of what is no single session's: a finding, a heading, a recommendation."""
        return self.label(subject, "named" if self.is_open else "unnamed")

    def in_order(self, subjects: Iterable[str], label: Callable[[str], str]) -> list[str]:
        """Statements as a report prints them in a row: as the record has them where all is attributed by name.

        Else by their labels: shuffled with the installation's key, and so the same every time.
        """
        return list(subjects) if self.is_open else sorted(subjects, key=label)

    def label(self, subject: str, regime: str) -> str:
        """What a statement is called on a page and in a file: its key in the open, else a code that tells nothing."""
        if regime == "named":
            return subject
        return "s" + salted_hmac(f"dialogue.access.label/{self.event}", subject, algorithm="sha256").hexdigest()[:12]


def restricter(event: Event, floor: str = "named") -> Restricter:
    """The restricter of an event, in four queries. `floor` makes it stricter, never more open."""
    people = {
        one.key: Facts(
            one.key,
            one.name,
            one.honorific,
            one.function,
            one.affiliation,
            one.sector,
            one.listed,
            one.prefers or "",
            tuple(one.aliases),
            one.family_name,
        )
        for one in event.attendees.all()
    }
    held = list(Session.objects.filter(event=event))
    sessions = {one.key: (one.kind, one.attribution or "") for one in held}
    counting = frozenset(one.key for one in held if one.moderator_counts == ModeratorCounts.ALWAYS)
    seats = list(seats_taken(event).values_list("session__key", "attendee__key", "role"))
    guests = event.attendees.filter(memberships=None, authorships__isnull=False)
    spoke = list(guests.values_list("authorships__contribution__session__key", "key").distinct())
    return Restricter(event.slug, event.attribution, people, sessions, seats, spoke, floor, counting)


def seats_taken(event: Event) -> QuerySet[Membership]:
    """The seats of everybody who is or was there, in the record's order: those that ended before anything was discussed
    in their session are left out."""
    began = ItemRun.objects.filter(session=OuterRef("session"))
    spoken = Exists(Session.objects.filter(pk=OuterRef("session"), contributions__isnull=False))
    own = Exists(
        Session.objects.filter(pk=OuterRef("session"), contributions__authorship__attendee=OuterRef("attendee"))
    )
    was_there = own | Exists(began.filter(start__lt=OuterRef("ended_at"))) | (~Exists(began) & spoken)
    rows = Membership.every.filter(session__event=event).filter(Q(ended_at=None) | was_there)
    return rows.order_by("session__position", *SEAT_ORDER)


def may_know(who: Reader, rules: Restricter, person: str) -> bool:
    """Whether a reader may know that somebody is among the event's people: where lists of them are offered.

    Everybody, where they may see who at all closed tables; else those who sit where they may, and whom the rule names.
    """
    if who.attendee == person or who.may("see who"):
        return True
    if rules.appearance(person, "named").is_named:
        return True
    return any(who.may_in("see who", session) for session in rules.sessions_of(person))


def shown_to(who: Reader, rules: Restricter, said: Spoken, *, in_room: bool = False) -> tuple[Appearance, bool]:
    """How the author of a statement appears to a reader of a page, and whether the reader is that author.

    `in_room`: the page shows names to who is in the room.
    """
    eyes = Eyes("", who.may_in("see who", said.session), who.attendee, in_room=in_room and said.session in who.names)
    return seen_with(eyes, rules, said)


def seen_with(eyes: Eyes, rules: Restricter, said: Spoken) -> tuple[Appearance, bool]:
    """How the author of a statement appears to these eyes, and whether it is their own."""
    mine = bool(eyes.mine) and eyes.mine == said.author
    if said.author and (mine or eyes.sees_who):
        return rules.named(said.author), mine
    outside = rules.appearance(said.author, rules.regime(said.session, said.attribution), said.group)
    if said.author and eyes.in_room and said.is_named_in_room and not outside.is_named:
        return replace(rules.named(said.author), regime=outside.regime, printed=outside.label), mine
    return outside, mine


def rule_line(regime: str, *, shows_names: bool) -> str:
    """The rule in a line; under a strict one, that the page shows names which nobody is to take out of the room."""
    line = str(LINES[Regime(regime)])
    if regime == Regime.NAMED or not shows_names:
        return line
    return _("%(rule)s This page shows names: do not photograph or save it.") % {"rule": line}
