"""What the count looks at: an event's record reduced to who, where and how, without a word of what was said."""

from collections import defaultdict
from collections.abc import Collection, Hashable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from dialogue.discussion.models import Authorship, Contribution, Relation
from dialogue.events.models import Absence, Event, Membership
from dialogue.positions.models import Count, FindingBasis, Stance

Id = Hashable

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
    """Somebody’s seat in one session."""

    session: Id
    person: Id
    role: str
    absent: frozenset[Id] = frozenset()  # items, with all below them


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
    present: int | None = None  # of a count
    tally: tuple[int, int, int, int] | None = None  # of a count: agree, reservations, disagree, abstain


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


def evidence(event: Event) -> Evidence:
    """Everything that the count needs of an event, in eight queries whatever its size."""
    absent = absences(event)
    members = Membership.objects.filter(session__event=event).values_list("pk", "session_id", "attendee_id", "role")
    counting = [Said(*row) for row in counted_statements(Authorship.objects.filter(contribution__event=event))]
    counts = {one.id for one in counting}
    related = Relation.objects.filter(source_statement__event=event).values_list(
        "source_statement_id", "kind", "to_contribution_id", "to_finding_id"
    )
    held = Stance.objects.filter(event=event).annotate(is_earlier=ON_EARLIER_WORDS).values_list(
        "contribution_id", "finding_id", "attendee_id", "stance", "strong", "is_earlier"
    )
    return Evidence(
        parents=dict(event.items.values_list("pk", "parent_id")),
        members=[Member(session, who, role, frozenset(absent[pk])) for pk, session, who, role in members],
        said=counting,
        related=[
            Related(one, kind, said_to or found)
            for one, kind, said_to, found in related
            if one in counts and (said_to or found)
        ],
        held=[Held(said_on or found, *of_whom) for said_on, found, *of_whom in held],
        findings=findings(event),
        scale=event.scale,
    )


def around(event: Event, positions: Collection[Any]) -> Evidence:
    """What the bars of a few positions need, whatever the size of the record: not one statement more.

    `said` holds these positions, what disputes them, one statement for each item and session that anything was said
    in, and the moderators' positions.
    """
    members = Membership.objects.filter(session__event=event).values_list("pk", "session_id", "attendee_id", "role")
    related = Relation.objects.filter(to_contribution__in=positions, kind="disagrees").values_list(
        "source_statement_id", "kind", "to_contribution_id"
    )
    disputing = {one for one, _kind, _to in related}
    moderators = {who for _pk, _session, who, role in members if role == "moderator"}
    these = Authorship.objects.filter(contribution__in={*positions, *disputing})
    theirs = Authorship.objects.filter(attendee__in=moderators, contribution__kind="position")
    said = [Said(*row) for row in {*counted_statements(these), *counted_statements(theirs)}]  # each by its own index
    spoken = Contribution.objects.filter(event=event, released=True).exclude(attribution="off_record")
    places = spoken.order_by().values_list("session_id", "item_id").distinct()
    said += [Said(None, session, item, None, "comment") for session, item in places]
    counts = {one.id for one in said}
    held = Stance.objects.filter(contribution__in=positions).annotate(is_earlier=ON_EARLIER_WORDS).values_list(
        "contribution_id", "attendee_id", "stance", "strong", "is_earlier"
    )
    absent = absences(event)
    return Evidence(
        parents=dict(event.items.values_list("pk", "parent_id")),
        members=[Member(session, who, role, frozenset(absent[pk])) for pk, session, who, role in members],
        said=said,
        related=[Related(*row) for row in related if row[0] in counts],
        held=[Held(*row) for row in held],
        scale=event.scale,
    )


def counted_statements(authorships: QuerySet[Authorship]) -> QuerySet:
    """(statement, session, item, author, kind) of everything among these that counts."""
    rows = authorships.filter(contribution__released=True, contribution__state="said")
    return rows.exclude(contribution__attribution="off_record").values_list(
        "contribution_id", "contribution__session_id", "contribution__item_id", "attendee_id", "contribution__kind"
    )


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
            present=one.count.present if one.count else None,
            tally=tally(one.count),
        )
        for one in event.findings.select_related("count").order_by("position")
    ]
