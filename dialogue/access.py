"""Who may see and do what: asked everywhere, answered here. How people may be shown is `restricter.py`'s.

`reader(person, event)` knows what somebody may do in one event; `Eyes` are what many of them see alike.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db.models import Case, CharField, F, Q, QuerySet, UUIDField, Value, When
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dialogue.events.models import OPENNESS, STRICTNESS, Event, Membership, NamesInRoom, Pass, Session, strictest
from dialogue.people.models import Person

STAFF = {"convenor", "moderator", "assistant", "rapporteur", "note_taker", "secretariat"}
TABLE = STAFF | {"participant", "observer", "interpreter", "staff"}
MEMBERS = STAFF | {"participant", "panelist"}  # who sees names for a while after the close, where the convenor says so

# What one may do in an event, and in which roles. Where a right is about a closed session, the role is the one in it.
RIGHTS: dict[str, set[str]] = {
    "read the table": TABLE,  # the record of closed sessions, the agreement, the chapter as it stands
    "see who": STAFF,  # authors under every regime, who stands where
    "see unreleased": STAFF - {"convenor"},
    "publish": {"convenor"},
    "speak": {"participant", "panelist", "moderator"},  # and take a stance; in the session, under one's own name
    "record for others": {"moderator", "assistant", "rapporteur", "note_taker"},
    "run the table": {"moderator", "assistant"},
    "set the conduct": {"convenor", "moderator"},
    "keep notes": {"rapporteur", "note_taker", "moderator", "assistant"},
    "write the report": {"rapporteur"},
    "read the audit": {"convenor"},  # who did what, without words
    "set up": {"convenor"},  # the event, its sessions and their rules, its programme; open the doors
    "invite": {"convenor", "secretariat"},  # people, their roles and invitations; let somebody in
}


NOTHING: frozenset[str] = frozenset()

REFUSALS = {
    "speak": gettext_lazy("You may read here, but not speak."),
    "record for others": gettext_lazy("Only those who run or record the table write down what others said."),
    "run the table": gettext_lazy("Only the moderator and the assistant run the table."),
    "set the conduct": gettext_lazy("Only the convenor and the moderator say how the table is held."),
    "keep notes": gettext_lazy("Only those who record the table keep notes."),
    "write the report": gettext_lazy("Only the rapporteur writes the chapter."),
    "read the audit": gettext_lazy("Only the convenor reads who did what."),
    "set up": gettext_lazy("Only the convenor sets up the event."),
    "invite": gettext_lazy("Only the convenor and the secretariat invite people and see their addresses."),
}


class Explained(PermissionDenied):
    """A refusal whose reason is told to whoever meets it: it gives nothing away."""


class NotAgreed(Explained):
    """Who was invited reads the rule of a session, and agrees to it, before anything that is said there."""


class Unconfirmed(Explained):
    """The event asks its staff for a second factor, and this sign-in has none."""


class MissingRight(Explained):
    """Who may do it at some closed tables may not at others: the message says at which."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody in front of one event. `attendee` is their key in its record, or "" (`attendee_id` goes with it).

    `roles` are all that they have in the event; `roles_in` those in each session (by key), lent ones included;
    `closed` the sessions that are not public (all of them, where none is closed). `unagreed`: the sessions in which
    they have a seat and have not agreed to its rule yet. `is_looking`: the convenor sees it as somebody else would.
    `names`: the sessions (by key) in which they see who speaks, for they are in the room; whatever is printed outside.
    `must_confirm`: they are of the staff, the event asks its staff for a second factor, and this sign-in has none, so
    that their staff roles do not count.
    """

    person: Person | None
    event: Event
    roles: frozenset[str] = frozenset()
    attendee: str = ""
    sessions: frozenset[str] = frozenset()  # keys of the sessions that they may read
    roles_in: dict[str, frozenset[str]] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    attendee_id: object = None
    prefers: str | None = None  # a regime for what they say, where it is stricter
    unagreed: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    is_looking: bool = False
    must_confirm: bool = False

    @property
    def stream(self) -> str:
        """The audience that is this person alone, or "" for a visitor."""
        return alone(self.person.pk) if self.person else ""

    @property
    def tables(self) -> list[tuple[str, str]]:
        """(key, title) of the sessions that this reader may read, in their order."""
        return [(key, title) for key, title in self.event.sessions.values_list("key", "title") if key in self.sessions]

    @property
    def has_desk(self) -> bool:
        """Whether the rapporteur's desk is open to them: for notes at least."""
        return self.may("keep notes")

    @property
    def prepares(self) -> str:
        """The page on which they set up the event or invite people, by its name; "" where they do neither."""
        return "setup" if self.may("set up") else "setup-people" if self.may("invite") else ""

    def require_in(self, right: str, session: str) -> None:
        """Raises PermissionDenied where this reader has not that right in the session."""
        if not self.may_in(right, session):
            self.ask_to_confirm()
            raise PermissionDenied(REFUSALS.get(right, _("You are not at this table.")))

    def may_in(self, right: str, session: str) -> bool:
        """Whether the reader has a right in one session."""
        return bool(self.roles_in.get(session, frozenset()) & RIGHTS[right])

    def may(self, right: str) -> bool:
        """Whether the reader has a right in the event: what is about its closed sessions, in each of them.

        The agreement and the chapter draw on all of them, and who sat at one table may not read another.
        """
        if right == "publish" or not self.closed:
            return bool(self.roles & RIGHTS[right])
        return all(self.may_in(right, session) for session in self.closed)

    def require(self, right: str) -> None:
        """Raises PermissionDenied where this reader may not; who may at some closed tables is told at which not."""
        if self.may(right):
            return
        self.ask_to_confirm()
        self.ask_to_wait()
        missing = [key for key in self.closed if not self.may_in(right, key)]
        if right == "publish" or len(missing) == len(self.closed):
            raise PermissionDenied(_("You are not at this table."))
        titles = self.event.sessions.filter(key__in=missing).values_list("title", flat=True)
        told = _("This draws on all closed tables, and you have no such role at: %(tables)s.")
        raise MissingRight(told % {"tables": ", ".join(titles)})

    def ask_to_wait(self) -> None:
        """Raises Explained for a member in front of doors that are shut."""
        if self.attendee and not self.event.is_open:
            raise Explained(_("The doors of this event are not open yet."))

    def ask_to_confirm(self) -> None:
        """Raises Unconfirmed where a second factor would give them what is refused now."""
        if self.must_confirm:
            raise Unconfirmed(_("This event asks its staff for a second factor. Add one, or confirm it."))


def reader(person: Person | None, event: Event) -> Reader:
    """What somebody (None: a visitor) in front of a page is in an event, as the database has it at this moment.

    Where the event asks its staff for a second factor, the staff roles of a person that no sign-in was read for do not
    count: commands act by other ways.
    """
    known = person if person is not None and person.is_authenticated and person.is_active else None
    return readers([known], event)[known.pk if known else None]


def readers(people: Collection[Person | None], event: Event, *, in_front: bool = True) -> dict[object, Reader]:
    """The same for many, in one query: {their account's id, or None for a visitor: the reader}.

    `in_front` False: what they are, whether they sit in front of a page or not, so no second factor is asked for. Only
    for who is to be told: whoever then reads it is asked at the door.
    """
    known = {person.pk: person for person in people if person is not None}
    access: dict[str, str] = {}
    seats: dict[object, list[Sat]] = defaultdict(list)
    lent: dict[object, set[str]] = defaultdict(set)
    rules: dict[str, str | None] = {}
    rooms: dict[str, Room] = {}
    for session, kind, role, person, attendee, key, rule, wish, names, room in rights(event, list(known.values())):
        if not role:
            access[session], rules[session], rooms[session] = kind, rule, Room(names, room)
        elif session:
            seats[person].append(Sat(session, role, attendee, key, rule, wish, names))
        else:
            lent[person].add(role)
    house = House(event, access, rules, rooms)
    found: dict[object, Reader] = {None: house.visitor()}
    for pk, one in known.items():
        if one.is_elsewhere(event.pk):
            found[pk] = found[None]
            continue
        if one.at_most is not None:
            seats[pk], lent[pk] = [seat for seat in seats[pk] if seat.role in one.at_most], lent[pk] & one.at_most
        must_confirm = in_front and asks_to_confirm(one, event, seats[pk], lent[pk])
        if must_confirm:
            seats[pk], lent[pk] = [seat for seat in seats[pk] if seat.role not in STAFF], lent[pk] - STAFF
        found[pk] = house.seated(one, seats[pk], lent[pk], must_confirm)
        if (as_whom := one.looks_as.get(str(event.pk))) and house.may_look(found[pk]):
            found[pk] = house.looking(one, as_whom)
    return found


Row = tuple[str, str, str, object, object, str, str | None, str | None, str, str]


def rights(event: Event, people: list[Person]) -> Iterable[Row]:
    """(session, access, role, person, attendee, the attendee's key, rule, wish, names, room): one for each session,
    seat, lent role.

    A session's row has no role, that of a lent role no session. The rule is the session's own, or what a seat's owner
    agreed to ("" where they have not yet, null where nobody asks them); the wish is how they prefer to
    be attributed. `names` is whose names the room sees, or what a seat's owner agreed to; `room` as in `Room`.
    """
    nothing, nobody, none = Value(""), Cast(Value(None), UUIDField()), Cast(Value(None), CharField())
    names = ("at", "access", "as_role", "whose", "who", "known_as", "rule", "wish", "names", "room")
    shown = Q(access="closed", names_in_room=NamesInRoom.SHOWN)
    room = Case(
        When(shown, closed_at=None, then=Value(OPEN)),
        When(shown, names_until__gt=timezone.now(), then=Value(KEPT)),
        default=nothing,
        output_field=CharField(),
    )
    agreed = Case(When(is_asked=True, then=Coalesce("agreed_to", nothing)), default=none)
    rows = Session.objects.filter(event=event).annotate(
        at=F("key"),
        as_role=nothing,
        whose=nobody,
        who=nobody,
        known_as=nothing,
        rule=F("attribution"),
        wish=none,
        names=F("names_in_room"),
        room=room,
    )
    sessions = rows.order_by().values_list(*names)
    if not people:
        return sessions
    seats = Membership.objects.filter(session__event=event, attendee__person__in=people).annotate(
        at=F("session__key"), access=nothing, as_role=F("role"), whose=F("attendee__person"), who=F("attendee"),
        known_as=F("attendee__key"), rule=agreed, wish=F("attendee__prefers"), names=F("agreed_names"), room=nothing,
    )  # fmt: skip
    lent = Pass.objects.filter(event=event, person__in=people).annotate(
        at=nothing, access=nothing, as_role=F("role"), whose=F("person"), who=nobody, known_as=nothing,
        rule=none,
        wish=none,
        names=nothing,
        room=nothing,
    )  # fmt: skip
    return sessions.union(seats.order_by().values_list(*names), lent.order_by().values_list(*names), all=True)


OPEN, KEPT = "open", "kept"


class Room(NamedTuple):
    """A session as a room: the setting, and who sees names in it now.

    `now`: OPEN, where everybody at a closed table does; KEPT, where its members still do after the close; "" for none.
    """

    names: str = NamesInRoom.AS_RULE
    now: str = ""

    def shows_names_to(self, roles: Collection[str]) -> bool:
        """Whether somebody in these roles sees who speaks; the public never does, for nobody is in it by a role."""
        return (bool(roles) and self.now == OPEN) or (self.now == KEPT and not MEMBERS.isdisjoint(roles))


class Sat(NamedTuple):
    """A seat: in which session, as what, who sits there in the event's record (id and key), what they agreed to (the
    rule, and whose names the room sees), and how they prefer to be attributed."""

    session: str
    role: str
    attendee: object
    key: str
    agreed: str | None
    prefers: str | None
    agreed_names: str = NamesInRoom.AS_RULE


def asks_to_confirm(person: Person, event: Event, seats: list[Sat], lent: set[str]) -> bool:
    """Whether the event asks this member of its staff for a second factor that their sign-in has not."""
    if person.confirmed or not event.second_factor:
        return False
    return bool(STAFF & (lent | {one.role for one in seats}))


@dataclass(slots=True)
class House:
    """An event as those find it who come: its sessions with their access, their own rule and their room, by key."""

    event: Event
    access: dict[str, str]
    rules: dict[str, str | None]
    rooms: dict[str, Room]
    public: frozenset[str] = field(init=False)
    closed: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.public = frozenset(key for key, kind in self.access.items() if kind == "public")
        self.closed = frozenset(self.access.keys() - self.public or self.access)

    def visitor(self) -> Reader:
        """Somebody who is nobody here: they read what is public, once the doors are open."""
        return Reader(None, self.event, sessions=self.public if self.event.is_open else NOTHING, closed=self.closed)

    def seated(self, person: Person, seats: list[Sat], lent: set[str], must_confirm: bool = False) -> Reader:
        """Somebody with their seats and the roles lent to them.

        Before the doors open only the staff is in, and nobody sits where they have not agreed to the rule.
        """
        here = TABLE | {"panelist"} if self.event.is_open else STAFF
        unagreed = frozenset(one.session for one in seats if self.is_to_agree(one))
        own = [one for one in seats if one.session not in unagreed]
        roles_in = {
            key: frozenset((self.lent_in(key, lent) | {one.role for one in own if one.session == key}) & here)
            for key in self.access
        }
        mine = {key for key, roles in roles_in.items() if roles}
        return Reader(
            person,
            self.event,
            roles=frozenset(lent | {one.role for one in seats}),
            attendee=next((one.key for one in seats), ""),
            attendee_id=next((one.attendee for one in seats), None),
            sessions=self.public | mine if self.event.is_open else frozenset(mine),
            roles_in=roles_in,
            closed=self.closed,
            prefers=next((one.prefers for one in seats), None),
            unagreed=unagreed,
            names=frozenset(key for key in mine if self.rooms[key].shows_names_to(roles_in[key])),
            must_confirm=must_confirm,
        )

    def lent_in(self, session: str, lent: set[str]) -> set[str]:
        """The roles without a seat that count in one session: a panelist is one where the public listens."""
        return lent & (TABLE | {"panelist"} if session in self.public else TABLE)

    def is_to_agree(self, sat: Sat) -> bool:
        """Whether somebody is asked and has not agreed to the session's rule, and to whose names the room sees: to
        something as open as it is now."""
        if sat.agreed is None:
            return False
        now, names = strictest(self.event.attribution, self.rules[sat.session]), self.rooms[sat.session].names
        is_more_open = not sat.agreed or STRICTNESS[now] < STRICTNESS[sat.agreed]
        return is_more_open or OPENNESS[names] < OPENNESS[sat.agreed_names]

    def may_look(self, who: Reader) -> bool:
        """Whether somebody may see the event as others will: who sets it up, until the doors open."""
        return not self.event.is_open and who.may("set up")

    def looking(self, person: Person, role: str) -> Reader:
        """The event as somebody in that role will see it ("public": a visitor), for who sets it up: without a seat."""
        roles = frozenset({role} & (TABLE | {"panelist"}))
        roles_in = {key: roles for key in self.access if role != "panelist" or key in self.public}
        return Reader(
            person if roles else None, self.event, roles=roles, sessions=self.public | set(roles_in if roles else ()),
            roles_in=roles_in, closed=self.closed, is_looking=True,
        )  # fmt: skip


# ------------------------------------------------------------------ who hears what


def alone(person: object) -> str:
    """The audience of one person (their account's id)."""
    return f"person:{person}"


def audience(who: Reader, session: Session) -> str:
    """Which of public, table and staff a reader hears of a session; "" for none. Exactly one: each holds the wider."""
    if who.may_in("see unreleased", session.key):
        return "staff"
    if session.key not in who.sessions:
        return ""
    return open_audience(session)


def open_audience(session: Session) -> str:
    """The audience of what everybody at a table may hear: the table itself, or the public where it may listen."""
    return "public" if session.access == "public" else "table"


def audiences(session: Session, *people: Person | None, table: bool = True) -> list[str]:
    """Who is to be told: the staff always, the table where it may know, and these people alone besides."""
    told = ["staff", *([open_audience(session)] if table else [])]
    return told + [alone(person.pk) for person in people if person is not None]


@dataclass(frozen=True, slots=True)
class Eyes:
    """With which eyes something is drawn: the same for all who hear the same.

    `audience`: public, table or staff. `in_room`: whether they see who speaks, for they sit where it is said.
    `mine`: the attendee (their key) whose own things are drawn for them, or "".
    `at_all`: what one person is at all closed tables together, table or staff; "" where these eyes are many people's.
    """

    audience: str
    sees_who: bool = False
    mine: str = ""
    at_all: str = ""
    in_room: bool = False

    @property
    def sees_all(self) -> bool:
        """Whether also what is not released, or off the record, is seen."""
        return self.audience == "staff"


def eyes(who: Reader, session: Session) -> Eyes:
    """The eyes of a reader's audience in a session."""
    return Eyes(audience(who, session), who.may_in("see who", session.key), in_room=session.key in who.names)


def own_eyes(who: Reader, session: Session) -> Eyes:
    """The eyes with which somebody's own statements are drawn for themselves, and what draws on all closed tables."""
    at_all = "staff" if who.may("see unreleased") else "table" if who.may("read the table") else ""
    return replace(eyes(who, session), mine=who.attendee, at_all=at_all)


def at_all_tables(event: Event, right: str) -> list[str]:
    """Those who have a right at every closed table, and so in what draws on all of them: each alone."""
    seats = Membership.objects.filter(session__event=event)
    held = Q(attendances__memberships__in=seats) | Q(passes__event=event)
    found = readers(list(Person.objects.filter(held, is_active=True).distinct()), event, in_front=False)
    return [alone(pk) for pk, who in found.items() if pk and who.may(right)]


def visible_events(person: Person | None) -> QuerySet[Event]:
    """The events that somebody may know of: with a public session (once the doors are open) or a published chapter, and
    their own."""
    known = Q(sessions__access="public", doors_opened_at__isnull=False) | Q(publications__isnull=False)
    if person is not None and person.is_authenticated:
        seats = Membership.objects.filter(attendee__person=person)
        own = Q(attendees__memberships__in=seats) | Q(passes__person=person)
        known |= own & Q(pk=person.only_in) if person.only_in else own
    return Event.objects.filter(pk__in=Event.objects.filter(known).values("pk"))


def known_findings(session: Session, who: Reader) -> QuerySet[Any]:
    """The findings that somebody knows of at a session: its own, and who reads all closed tables the event's too."""
    if who.may("read the table"):
        return session.event.findings.filter(Q(session=None) | Q(session=session))
    is_own = session.access == "closed" and who.may_in("read the table", session.key)
    return session.findings.all() if is_own else session.findings.none()


def sees(who: Reader, session: str, released: bool, attribution: str | None, author: str | None) -> bool:
    """Whether a reader may read a statement's words at all."""
    if session not in who.sessions:
        return False
    if released and attribution != "off_record":
        return True
    return who.may_in("see unreleased", session) or (bool(who.attendee) and who.attendee == author)
