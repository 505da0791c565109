"""The veil of a blind collection: until it closes nobody sees who stands where, whoever runs or records the table.

How many have answered, and who has not, is for the staff; a split is for nobody. Answers may change until then.
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
    return session.blind and not position.stances_open


def unseen(event: Event) -> frozenset[Id]:
    """The positions and findings whose stances nobody may see yet (as ids), in three queries at most."""
    sessions = list(event.sessions.all())
    collecting = [one for one in sessions if one.blind]
    if not collecting:
        return frozenset()
    closed = [one for one in sessions if one.access == "closed"] or sessions
    is_asked = any(one in closed for one in collecting)
    return frozenset({*positions(collecting), *findings(event, collecting, of_event=is_asked)})


def positions(sessions: Collection[Session]) -> Collection[Any]:
    """The positions of these blind sessions whose collection is not closed."""
    rows = Contribution.objects.filter(session__in=sessions, kind=ContributionKind.POSITION, stances_open=False)
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
