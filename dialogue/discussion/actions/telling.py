"""Whom a statement concerns when something happens to it, and what it moves: answers, bars, who is counted."""

import uuid
from collections.abc import Callable

from django.db.models import F, QuerySet

from dialogue.access import audiences
from dialogue.discussion.models import (
    Attribution,
    Authorship,
    Contribution,
    Relation,
    RelationKind,
)
from dialogue.events.models import Attendee, Event, Membership, ModeratorCounts, Session
from dialogue.events.programme import line_above
from dialogue.record.actions import Turn

MOST_RELATIONS = 12  # of one statement

# What else must be drawn anew when a statement comes or goes, or when more or fewer people are counted on some items:
# (turn, statement) -> None, (turn, ids of items) -> None. Other rooms add theirs.
ripples: list[Callable[[Turn, Contribution], None]] = []
recounts: list[Callable[[Turn, list[uuid.UUID]], None]] = []
# What must go with the words of a statement that is erased: (turn, statement) -> None.
forgets: list[Callable[[Turn, Contribution], None]] = []
# What must be asked anew when the words of a statement change, and not by themselves in spelling alone:
# (turn, statement, claim) -> None. `claim`: its author says that only the spelling changed.
rewordings: list[Callable[[Turn, Contribution, bool], None]] = []


def author_of(said: Contribution) -> Attendee | None:
    """Who said it; None once it is erased."""
    authorship = Authorship.objects.select_related("attendee__person").filter(contribution=said).first()
    return authorship.attendee if authorship else None


def tell(turn: Turn, kind: str, said: Contribution, author: Attendee | None) -> None:
    """Enter what happened to a statement for everybody who knows of it."""
    person = author.person if author else None
    turn.enter(kind, said.pk, said.session, audiences(said.session, person, table=bool(said.appeared or said.released)))


# ------------------------------------------------------------------ what a statement that comes or goes changes


def ripple(turn: Turn, said: Contribution) -> None:
    """What hangs on a statement is drawn anew, and the bars that it moves."""
    touch_answers(turn, said)
    sway(turn, said)


def touch_answers(turn: Turn, said: Contribution) -> None:
    """What answers a statement quotes it, and says whose it is."""
    touch(turn, Contribution.objects.filter(relations__to_contribution=said))


def touch(turn: Turn, some: QuerySet[Contribution]) -> None:
    """What some statements say of something else is drawn anew."""
    for one in some.select_related("session").distinct():
        one.version += 1
        one.save(update_fields=["version"])
        tell(turn, "contribution-touched", one, author_of(one))


def sway(turn: Turn, said: Contribution) -> None:
    """A statement that comes or goes moves its own bar, and what it is weighed for.

    What was never released counts for nothing, and nothing may tell of it.
    """
    move_own_bar(said)
    if said.released or said.hidden:
        weigh(turn, said)


def move_own_bar(said: Contribution) -> None:
    """The bar of a position is drawn anew with it."""
    if said.kind == "position":
        Contribution.every.filter(pk=said.pk).update(voices=F("voices") + 1)


def reword(turn: Turn, said: Contribution, *, claim: bool = False) -> None:
    """The words of a statement have changed: what was answered on the former ones is asked anew, and counted anew."""
    for rewording in rewordings:
        rewording(turn, said, claim)
    move_own_bar(said)


def weigh(
    turn: Turn,
    said: Contribution,
    *,
    may_dispute: bool = True,
    may_be_first: bool = True,
    may_move_findings: bool = True,
) -> None:
    """A statement begins to count, or counts no more: the bar of every position that it disputes moves.

    All bars of an item move where it changes who is counted there: with a moderator's first position on it, and with
    the first that a session says on it. The other rooms are told. `may_…`: False where its turn knows that it does not,
    and need not ask.
    """
    if may_dispute:
        dispute(turn, said)
    recount(turn, recounted(turn, said, may_be_first=may_be_first))
    for rippling in ripples if may_move_findings else ():
        rippling(turn, said)


def dispute(turn: Turn, said: Contribution) -> None:
    """The bars of the positions that a statement disputes move."""
    disputed = Relation.every.filter(source_statement=said, kind=RelationKind.DISAGREES).values("to_contribution")
    for position in Contribution.objects.filter(pk__in=disputed, kind="position").select_related("session"):
        Contribution.every.filter(pk=position.pk).update(voices=F("voices") + 1)
        turn.enter("bar-moved", position.pk, position.session, audiences(position.session))


def recounted(turn: Turn, said: Contribution, *, may_be_first: bool = True) -> list[uuid.UUID]:
    """The items on which more or fewer people are counted because of a statement that came or went."""
    items = heard_first_on(turn.event, said) if may_be_first else []
    if said.item_id not in items and said.kind == "position" and runs_a_table(said):
        items.append(said.item_id)
    return items


def runs_a_table(said: Contribution) -> bool:
    """Whether its author moderates a session of the event in which the moderator counts where they speak."""
    seats = Membership.every.filter(
        session__event=said.event, session__moderator_counts=ModeratorCounts.WHEN_SPEAKING, role="moderator"
    )
    return Authorship.objects.filter(contribution=said, attendee__memberships__in=seats).exists()


def heard_first_on(event: Event, said: Contribution) -> list[uuid.UUID]:
    """The items, from that of a statement upwards, on which nothing else counts that its session said there or below.

    Only where the event has several sessions: who sat in one that was not heard on an item is not counted on it.
    """
    if event.sessions.count() < 2:
        return []
    others = Contribution.objects.filter(session=said.session, released=True).exclude(pk=said.pk)
    counting = others.exclude(attribution=Attribution.OFF_RECORD)
    if counting.filter(item=said.item_id).exists():
        return []
    parents: dict[uuid.UUID, uuid.UUID | None] = dict(event.items.values_list("pk", "parent_id"))
    heard = {
        item
        for one in counting.order_by().values_list("item", flat=True).distinct()
        for item in line_above(one, parents)
    }
    return [item for item in line_above(said.item_id, parents) if item not in heard]


def recount(turn: Turn, items: list[uuid.UUID]) -> None:
    """More or fewer people are counted on these items: all their bars are drawn anew."""
    if not items:
        return
    positions = Contribution.every.filter(event=turn.event, item__in=items, kind="position")
    positions.update(voices=F("voices") + 1)
    sessions = {session.pk: session for session in turn.event.sessions.all()}
    for session, item in positions.order_by("session", "item").values_list("session", "item").distinct():
        move_bars(turn, sessions[session], item)
    for recounting in recounts:
        recounting(turn, items)


def move_bars(turn: Turn, session: Session, item: uuid.UUID) -> None:
    """Have all bars of an item drawn anew at one table."""
    turn.enter("bars-moved", item, session, audiences(session))
