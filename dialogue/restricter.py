"""The restricter: how the people of an event appear, on a page to a reader or in a report to everybody.

Asked wherever a person is shown, answered here; what somebody may see and do at all is `access.py`'s.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from dialogue.access import Eyes, Reader
from dialogue.events.models import STRICTNESS, Event, Membership, Session, strictest

FEW = 3  # fewer members than this who share a kind of organisation would give one of them away

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
    """How a person is shown. regime: the one applied; `name` is "" where no name may stand; `label` then says it."""

    regime: str
    label: str
    name: str = ""
    surname: str = ""
    affiliation: str = ""

    @property
    def is_named(self) -> bool:
        """Whether a name may stand."""
        return bool(self.name)


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
    is_open: bool = field(init=False)  # everything is attributed by name: the record's own ids may stand in public
    _of: dict[str, list[str]] = field(init=False, default_factory=lambda: defaultdict(list))
    _sectors: dict[str, Counter[str]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for session, person, _role in self.members:
            self._of[person].append(session)
        seated = set(self._of)
        for session, person in self.guests:
            if person not in seated:  # who has no seat anywhere belongs to where they spoke
                self._of[person].append(session)
        for session in self.sessions:
            people = {person for at, person, _role in self.members if at == session}
            self._sectors[session] = Counter(self.people[person].sector for person in people)
        regimes = [self.regime(session) for session in self.sessions]
        self.is_open = strictest(self.event_regime, self.floor, *regimes) == "named"

    def regime(self, session: str, attribution: str | None = None) -> str:
        """The regime of a statement: the strictest of the event's, its session's, its own and the floor."""
        return strictest(self.event_regime, self.sessions[session][1], attribution, self.floor)

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

    def appearance(self, person: str, regime: str, session: str | None = None) -> Appearance:
        """How somebody is shown for a statement made under `regime` in `session` (None: any of theirs).

        Never more openly than in the most open of their own sessions.
        """
        regime = strictest(regime, self.openest(person))
        if regime == "named":
            return self.named(person)
        if regime == "role" and self.people[person].sector and self.shares_sector(person, session):
            return Appearance(regime, _("one participant from the %(sector)s") % {"sector": self.people[person].sector})
        return Appearance(regime, _("one participant"))

    def appearances(self) -> dict[tuple[str, str, str], Appearance]:
        """How everybody appears in every session, under every regime: {(person, session, regime): how}."""
        return {
            (person, session, regime): self.appearance(person, self.regime(session, regime), session)
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
        return wants and self.appearance(person, self.regime(session), session).is_named

    def sessions_of(self, person: str) -> list[str]:
        """The sessions in which somebody has a seat, or spoke without one."""
        return self._of.get(person, [])

    def shares_sector(self, person: str, session: str | None) -> bool:
        """Whether at least three members share this person's kind of organisation: in the session, or in all of theirs
        that are reported by role."""
        sector = self.people[person].sector
        where = [session] if session else [one for one in self._of[person] if self.regime(one) == "role"]
        return bool(where) and all(self._sectors[one][sector] >= FEW for one in where)

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
    sessions = {one.key: (one.kind, one.attribution or "") for one in Session.objects.filter(event=event)}
    members = Membership.objects.filter(session__event=event).order_by("session__position", "position")
    seats = list(members.values_list("session__key", "attendee__key", "role"))
    guests = event.attendees.filter(memberships=None, authorships__isnull=False)
    spoke = list(guests.values_list("authorships__contribution__session__key", "key").distinct())
    return Restricter(event.slug, event.attribution, people, sessions, seats, spoke, floor)


def may_know(who: Reader, rules: Restricter, person: str) -> bool:
    """Whether a reader may know that somebody is among the event's people: where lists of them are offered.

    Everybody, where they may see who at all closed tables; else those who sit where they may, and whom the rule names.
    """
    if who.attendee == person or who.may("see who"):
        return True
    if rules.appearance(person, "named").is_named:
        return True
    return any(who.may_in("see who", session) for session in rules.sessions_of(person))


def shown_to(
    who: Reader, rules: Restricter, person: str, session: str, attribution: str | None
) -> tuple[Appearance, bool]:
    """How the author of a statement appears to a reader of a page, and whether the reader is that author."""
    return seen_with(Eyes("", who.may_in("see who", session), who.attendee), rules, person, session, attribution)


def seen_with(
    eyes: Eyes, rules: Restricter, person: str, session: str, attribution: str | None
) -> tuple[Appearance, bool]:
    """How the author of a statement appears to these eyes, and whether it is their own."""
    mine = bool(eyes.mine) and eyes.mine == person
    if mine or eyes.sees_who:
        return rules.named(person), mine
    return rules.appearance(person, rules.regime(session, attribution), session), mine
