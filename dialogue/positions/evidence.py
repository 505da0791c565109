"""What the count looks at: an event's record reduced to who, where and how, without a word of what was said."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Hashable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from dialogue.discussion.models import Authorship, Contribution, Relation
from dialogue.events.models import SEAT_ORDER, Absence, Event, ItemRun, Membership, NamesInRoom
from dialogue.positions.models import Count, FindingBasis, RosterPlace, Stance

Id = Hashable
Moment = datetime.datetime | None
EARLIEST = datetime.datetime.min.replace(tzinfo=datetime.UTC)
LATEST = datetime.datetime.max.replace(tzinfo=datetime.UTC)

# Of a stance: whether the words that it is on have changed since, and not in spelling alone.
WORDS_NOW = Coalesce("contribution__words_version", "finding__words_version")
ON_EARLIER_WORDS = Case(
    When(Q(words_version=WORDS_NOW) | Q(carried_to=WORDS_NOW), then=Value(False)),
    default=Value(True),
    output_field=BooleanField(),
)


def is_earlier(stance: Stance | None, now: int) -> bool:
    """Whether a stance is on earlier words than the version that stands `now`; no stance is not."""
    return stance is not None and now not in (stance.words_version, stance.carried_to)


class Member(NamedTuple):
    """Somebody’s seat in one session. `since`, `until`: None for one that began before everything, or is held now."""

    session: Id
    person: Id
    role: str
    absent: frozenset[Id] = frozenset()  # items, with all below them
    since: Moment = None
    until: Moment = None
    is_succeeded: bool = False  # somebody else took this seat over

    @property
    def is_whole(self) -> bool:
        """Whether it was held all the time, by somebody who missed nothing."""
        return not (self.since or self.until or self.absent)


class Run(NamedTuple):
    """An item as it was open in one session, until None while it is open now."""

    session: Id
    item: Id
    since: Moment
    until: Moment


class Said(NamedTuple):
    """A contribution that counts."""

    id: Id
    session: Id
    item: Id
    author: Id
    kind: str


class Related(NamedTuple):
    """A relation of a contribution that counts."""

    statement: Id
    kind: str
    to: Id  # a contribution or a finding


class Held(NamedTuple):
    """A stance. `on` is a contribution or a finding."""

    on: Id
    person: Id
    stance: str
    strong: bool
    is_earlier: bool = False  # given on earlier words than those that stand now: it is no support of these


@dataclass(frozen=True, slots=True)
class Found:
    """A finding: what is claimed, and what it rests on."""

    id: Id
    item: Id
    level: str
    basis: tuple[Id, ...] = ()
    call: str | None = None
    objections: int = 0
    pair: Id | None = None
    session: Id | None = None  # None: the event's
    present: int | None = None  # of a count
    tally: tuple[int, int, int, int] | None = None  # of a count: agree, reservations, disagree, abstain


@dataclass(frozen=True, slots=True)
class Frozen:
    """What was counted when the names behind it were erased. `numbers`: as the record format has them."""

    kind: str
    of: frozenset[Id]
    numbers: dict[str, Any]


@dataclass(slots=True)
class Evidence:
    """What the count looks at, without a word of what was said. Only what counts is in `said`."""

    parents: dict[Id, Id | None] = field(default_factory=dict)  # of the outline's items
    members: list[Member] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    related: list[Related] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    findings: list[Found] = field(default_factory=list)
    scale: dict[str, str] | None = None
    runs: list[Run] = field(default_factory=list)
    acted: set[tuple[Id, Id]] = field(default_factory=set)  # (item, person): had the floor there, or stands somewhere
    rosters: dict[Id, frozenset[Id]] = field(default_factory=dict)  # finding -> who was asked
    moderators: dict[Id, str] = field(default_factory=dict)  # session -> when its moderator counts
    closed: frozenset[Id] = frozenset()  # the sessions that findings are about
    anonymous: frozenset[Id] = frozenset()  # the sessions in which nobody may find out who said or holds what
    frozen: list[Frozen] = field(default_factory=list)


def evidence(event: Event) -> Evidence:
    """Everything that the count needs of an event, in a fixed number of queries whatever its size."""
    seated = members(event)
    counting = [Said(*row) for row in counted_statements(Authorship.objects.filter(contribution__event=event))]
    counting += nameless(event, event.contributions.all())
    counts = {one.id for one in counting}
    related = Relation.objects.filter(source_statement__event=event).values_list(
        "source_statement_id", "kind", "to_contribution_id", "to_finding_id"
    )
    taken = Stance.objects.filter(event=event, attendee__isnull=False)
    held = taken.annotate(is_earlier=ON_EARLIER_WORDS).values_list(
        "contribution_id", "finding_id", "attendee_id", "stance", "strong", "is_earlier"
    )
    return Evidence(
        parents=dict(event.items.values_list("pk", "parent_id")),
        members=seated,
        said=counting,
        related=[
            Related(one, kind, said_to or found)
            for one, kind, said_to, found in related
            if one in counts and (said_to or found)
        ],
        held=[Held(said_on or found, *of_whom) for said_on, found, *of_whom in held],
        frozen=frozen(event),
        findings=findings(event),
        scale=event.scale,
        runs=runs(event),
        acted=acted(event, seated),
        rosters=rosters(event),
        **manners(event),
    )


def around(event: Event, positions: Collection[Any]) -> Evidence:
    """What the bars of a few positions need, whatever the size of the record: not one statement more.

    `said` holds these positions, what disputes them, one statement for each item and session that anything was said
    in, and the moderators' positions.
    """
    seated = members(event)
    related = Relation.objects.filter(to_contribution__in=positions, kind="disagrees").values_list(
        "source_statement_id", "kind", "to_contribution_id"
    )
    disputing = {one for one, _kind, _to in related}
    moderators: set[Any] = {one.person for one in seated if one.role == "moderator"}
    these = Authorship.objects.filter(contribution__in={*positions, *disputing})
    theirs = Authorship.objects.filter(attendee__in=moderators, contribution__kind="position")
    said = [Said(*row) for row in {*counted_statements(these), *counted_statements(theirs)}]  # each by its own index
    said += nameless(event, event.contributions.filter(pk__in={*positions, *disputing}))
    spoken = Contribution.objects.filter(event=event, released=True).exclude(attribution="off_record")
    places = spoken.order_by().values_list("session_id", "item_id").distinct()
    said += [Said(None, session, item, None, "comment") for session, item in places]
    counts = {one.id for one in said}
    taken = Stance.objects.filter(contribution__in=positions, attendee__isnull=False)
    held = taken.annotate(is_earlier=ON_EARLIER_WORDS).values_list(
        "contribution_id", "attendee_id", "stance", "strong", "is_earlier"
    )
    return Evidence(
        parents=dict(event.items.values_list("pk", "parent_id")),
        members=seated,
        said=said,
        related=[Related(*row) for row in related if row[0] in counts],
        held=[Held(*row) for row in held],
        frozen=frozen(event),
        scale=event.scale,
        runs=runs(event),
        acted=acted(event, seated),
        **manners(event),
    )


def counted_statements(authorships: QuerySet[Authorship]) -> QuerySet:
    """(statement, session, item, author, kind) of everything among these that counts."""
    rows = authorships.filter(contribution__released=True, contribution__state="said")
    return rows.exclude(contribution__attribution="off_record").values_list(
        "contribution_id", "contribution__session_id", "contribution__item_id", "attendee_id", "contribution__kind"
    )


def nameless(event: Event, some: QuerySet[Contribution]) -> list[Said]:
    """Those of these statements that count and whose author was erased; asked of the database only where names were."""
    if event.names_erased_at is None:
        return []
    rows = some.filter(authorship=None, released=True, state="said").exclude(attribution="off_record")
    told = rows.order_by("position").values_list("pk", "session_id", "item_id", "kind")
    return [Said(pk, session, item, None, kind) for pk, session, item, kind in told]


def frozen(event: Event) -> list[Frozen]:
    """What was counted when names were erased; nothing, and no query, where none were."""
    if event.names_erased_at is None:
        return []
    ids: dict[str, Any] = dict(event.findings.values_list("key", "pk"))
    ids |= dict(Contribution.every.filter(event=event).values_list("key", "pk"))
    return [
        Frozen(kind, frozenset(ids[key] for key in of), numbers)
        for kind, of, numbers in event.frozen_counts.values_list("kind", "of", "numbers")
        if all(key in ids for key in of)
    ]


def members(event: Event) -> list[Member]:
    """Every seat of the event, those that ended too, with what its holder missed (two queries)."""
    absent = absences(event)
    rows = Membership.every.filter(session__event=event).order_by("session__position", *SEAT_ORDER)
    seats = list(rows.values_list("pk", "session_id", "attendee_id", "role", "started_at", "ended_at", "succeeds_id"))
    succeeded = {former for *_seat, former in seats}
    return [
        Member(session, who, role, frozenset(absent[pk]), since, until, pk in succeeded)
        for pk, session, who, role, since, until, _former in seats
    ]


def runs(event: Event) -> list[Run]:
    """Every run of every item in every session."""
    rows = ItemRun.objects.filter(session__event=event).order_by("position")
    return [Run(*row) for row in rows.values_list("session_id", "item_id", "start", "end")]


def acted(event: Event, seated: Collection[Member]) -> set[tuple[Id, Id]]:
    """(item, person): who left a trace on which item, of those alone whose presence there is a question.

    Not in an anonymous room: no count may tell who did anything there.
    """
    return traces(event, {one.person for one in seated if not one.is_whole}, but_anonymous=True)


def traces(event: Event, some: Collection[Any], *, but_anonymous: bool = False) -> set[tuple[Id, Id]]:
    """(item, person): where these people spoke, had the floor, or stand on something.

    `but_anonymous`: without what they said, or stand on, in an anonymous room.
    """
    if not some:
        return set()
    said = Authorship.objects.filter(contribution__event=event, attendee__in=some)
    if but_anonymous:
        said = said.exclude(contribution__session__names_in_room=NamesInRoom.HIDDEN)
    spoke = counted_statements(said)
    found = {(item, who) for _pk, _session, item, who, _kind in spoke}
    found |= set(event.floor.filter(attendee__in=some).values_list("item_id", "attendee_id"))
    speaking = event.sessions.filter(speaking__attendee__in=some)
    found |= set(speaking.values_list("speaking__item", "speaking__attendee"))
    held = Stance.objects.filter(event=event, attendee__in=some)
    if but_anonymous:
        held = held.filter(Q(finding__isnull=False) | ~Q(contribution__session__names_in_room=NamesInRoom.HIDDEN))
    for on_said, on_found, who in held.values_list("contribution__item_id", "finding__item_id", "attendee_id"):
        found.add((on_said or on_found, who))
    return found


def rosters(event: Event) -> dict[Id, frozenset[Id]]:
    """Finding -> who was asked when it was put to the table, of those that were."""
    asked: dict[Id, set[Id]] = defaultdict(set)
    for finding, who in RosterPlace.objects.filter(finding__event=event).values_list("finding_id", "attendee_id"):
        asked[finding].add(who)
    return {finding: frozenset(some) for finding, some in asked.items()}


def manners(event: Event) -> dict[str, Any]:
    """How the sessions count: when their moderators do, and which of them findings are about."""
    rows = list(event.sessions.values_list("pk", "access", "moderator_counts", "names_in_room"))
    closed = frozenset(pk for pk, access, *_more in rows if access == "closed")
    asked = closed or frozenset(pk for pk, *_more in rows)
    anonymous = frozenset(pk for pk, *_more, names in rows if names == NamesInRoom.HIDDEN)
    return {"moderators": {pk: one for pk, _access, one, _n in rows}, "closed": asked, "anonymous": anonymous}


def absences(event: Event) -> dict[Any, set[Any]]:
    """Seat -> the items that its holder missed."""
    absent: dict[Any, set[Any]] = defaultdict(set)
    for membership, item in Absence.objects.filter(membership__session__event=event).values_list(
        "membership_id", "item_id"
    ):
        absent[membership].add(item)
    return absent


def findings(event: Event) -> list[Found]:
    """The event’s findings with what each rests on, in the record’s order (two queries).

    An amended statement is no basis before the rapporteur has confirmed it on the new words.
    """
    basis: dict[Any, list[Any]] = defaultdict(list)
    rows = FindingBasis.objects.filter(finding__event=event, words_version=F("contribution__words_version"))
    rows = rows.order_by("position")
    for finding, contribution in rows.values_list("finding_id", "contribution_id"):
        basis[finding].append(contribution)

    def tally(count: Count | None) -> tuple[int, int, int, int] | None:
        if count is None or count.agree is None:
            return None
        return count.agree, count.reservations or 0, count.disagree or 0, count.abstain or 0

    return [
        Found(
            id=one.pk,
            item=one.item_id,
            level=one.level,
            basis=tuple(basis[one.pk]),
            call=one.call,
            objections=one.call_objections or 0,
            pair=one.pair_id,
            session=one.session_id,
            present=one.count.present if one.count else None,
            tally=tally(one.count),
        )
        for one in event.findings.select_related("count").order_by("position")
    ]
