"""The veil of a blind collection: until it closes nobody sees who stands where, whoever runs or records the table.

How many have answered, and who has not, is for the staff; a split is for nobody. Answers may change until then.
In an anonymous room every collection is blind, and nothing changes after it: two looks would tell what one person did.
"""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.db.models import Q

from dialogue.discussion.models import Contribution, ContributionKind
from dialogue.events.models import Event, Session
from dialogue.positions.agreement import Agreement
from dialogue.positions.evidence import Id


class Answers(NamedTuple):
    """How many of those who are asked have answered: no more than that is seen before the collection closes."""

    n: int
    table: int
    waiting: frozenset[Id] = frozenset()  # who has not


def is_blind(session: Session, position: Contribution) -> bool:
    """Whether the stances on a position are being collected blind: nobody sees them."""
    return session.collects_blind and not has_closed(session, position)


def has_closed(session: Session, position: Contribution) -> bool:
    """Whether everybody sees the answers on it; with its sitting, the last collection of an anonymous room closes."""
    return position.stances_open or (session.is_anonymous and session.is_over)


def unseen(event: Event, *, for_table: bool = False) -> frozenset[Id]:
    """The positions and findings whose stances nobody may see yet (as ids), in four queries at most.

    `for_table`: those that its members may not see yet, who are below the staff.
    """
    sessions = list(event.sessions.all())
    collecting = [one for one in sessions if one.collects_blind]
    if not collecting:
        return frozenset()
    closed = [one for one in sessions if one.access == "closed"] or sessions
    is_asked = any(one in closed for one in collecting)
    uncounted = uncollected(event, closed) if for_table else ()
    return frozenset({*positions(collecting), *findings(event, collecting, of_event=is_asked), *uncounted})


def uncollected(event: Event, sessions: Collection[Session]) -> Collection[Any]:
    """The findings of anonymous rooms, while they sit, that no round or count was held on: their numbers would move
    with each statement that the rapporteur adds to them or that its author takes back."""
    sitting = [one for one in sessions if one.is_anonymous and not one.is_over]
    if not sitting:
        return ()
    rows = event.findings.filter(Q(session__in=sitting) | Q(session=None), roster=None, count=None)
    return rows.values_list("pk", flat=True)


def positions(sessions: Collection[Session]) -> Collection[Any]:
    """The positions of these blind sessions whose collection is not closed."""
    some = [one for one in sessions if not (one.is_anonymous and one.is_over)]
    rows = Contribution.objects.filter(session__in=some, kind=ContributionKind.POSITION, stances_open=False)
    return rows.values_list("pk", flat=True)


def findings(event: Event, sessions: Collection[Session], *, of_event: bool) -> Collection[Any]:
    """The findings that are put to these sessions now, or to all tables: after the round its count is everybody's."""
    asked = Q(session__in=sessions) | Q(session=None) if of_event else Q(session__in=sessions)
    return event.findings.filter(asked, is_open=True).values_list("pk", flat=True)


def answers(counted: Agreement, item: Id, on: Id, authors: Iterable[Id]) -> Answers:
    """How many of the table have answered. Who said what is asked about has, by that.

    The table alone: whether a moderator is counted depends on where they stand.
    """
    table = counted.table(item, on)
    answered = {who for who, held in counted.stances[on].items() if not held.is_earlier}
    waiting = table.difference(answered, authors)
    return Answers(len(table) - len(waiting), len(table), waiting)


def answers_on_position(counted: Agreement, position: Id) -> Answers:
    """The same for a position."""
    said = counted.said[position]
    return answers(counted, said.item, position, [said.author])


def answers_on_finding(counted: Agreement, finding: Id) -> Answers:
    """The same for a finding that is put to the table: what it rests on is not asked about."""
    return answers(counted, counted.found[finding].item, finding, ())
