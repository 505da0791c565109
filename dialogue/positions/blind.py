"""What is collected blind, and from whom the count is kept meanwhile: until their own stance, or until it is shown."""

from collections.abc import Collection
from typing import Any

from dialogue.access import Reader
from dialogue.discussion.models import Contribution, ContributionKind
from dialogue.events.models import Event, Session
from dialogue.positions.evidence import Id
from dialogue.positions.models import Stance


def unseen(event: Event, who: Reader | None = None) -> frozenset[Id]:
    """The positions and findings whose stances this reader may not see yet (as ids), in four queries at most.

    Without a reader: what is not shown to everybody yet, as for a chapter that all of them read.
    """
    sessions = list(event.sessions.all())
    if not any(one.blind for one in sessions):
        return frozenset()
    kept = [one for one in sessions if one.blind and not (who and who.may_in("see unreleased", one.key))]
    return frozenset(behind(event, sessions, kept) - own(event, who))


def veiled(event: Event) -> frozenset[Id]:
    """What is kept from everybody at the tables but the staff, whether they have taken a stance or not."""
    sessions = list(event.sessions.all())
    return frozenset(behind(event, sessions, [one for one in sessions if one.blind]))


def behind(event: Event, sessions: list[Session], kept: list[Session]) -> set[Id]:
    """The positions of those of these sessions that are kept, and the findings if the tables are among them."""
    closed = [one for one in sessions if one.access == "closed"] or sessions
    asked = any(one in closed for one in kept)
    return {*(positions(kept) if kept else ()), *(findings(event) if asked else ())}


def positions(sessions: Collection[Session]) -> Collection[Any]:
    """The positions of these blind sessions that were not opened to everybody."""
    rows = Contribution.objects.filter(session__in=sessions, kind=ContributionKind.POSITION, stances_open=False)
    return rows.values_list("pk", flat=True)


def findings(event: Event) -> Collection[Any]:
    """The findings that are put to the tables now: once the round is over, its count is everybody's."""
    return event.findings.filter(is_open=True).values_list("pk", flat=True)


def own(event: Event, who: Reader | None) -> set[Any]:
    """What this reader has taken a stance on."""
    if who is None or not who.attendee:
        return set()
    mine = Stance.objects.filter(event=event, attendee__key=who.attendee)
    return {said or found for said, found in mine.values_list("contribution", "finding")}
