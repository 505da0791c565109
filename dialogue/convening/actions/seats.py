"""Seats begin and end: what somebody did in one keeps counting for what was discussed then."""

import datetime
from collections.abc import Iterable

from django.utils import timezone

from dialogue.events.models import Absence, Membership, Session


def began(session: Session) -> bool:
    """Whether anything was discussed in a session yet: an item was opened, or its record has a statement."""
    return session.runs.exists() or session.openings.exists() or session.contributions.exists()


def begin(session: Session) -> datetime.datetime | None:
    """When a seat begins that is given now; None where nothing was discussed before it."""
    return timezone.now() if began(session) else None


def end(some: Iterable[Membership]) -> None:
    """Nobody sits there from now on; the seat is there for what was discussed while it was somebody's."""
    pks = [seat.pk for seat in some]
    Membership.objects.filter(pk__in=pks).update(ended_at=timezone.now())


def change_role(some: list[Membership], role: str) -> None:
    """Somebody sits there in another role: one seat ends and another begins, where anything was discussed yet.

    What they agreed to and what they missed stays theirs.
    """
    first, now = some[0], timezone.now()
    if not began(first.session):
        Membership.objects.filter(pk=first.pk).update(role=role)
        Membership.objects.filter(pk__in=[seat.pk for seat in some[1:]]).delete()
        return
    missed = list(first.absences.values_list("item_id", "position"))
    Membership.objects.filter(pk__in=[seat.pk for seat in some]).update(ended_at=now)
    seat = Membership.objects.create(
        session_id=first.session_id, attendee_id=first.attendee_id, role=role, position=first.position,
        absences_noted=first.absences_noted, is_asked=first.is_asked, agreed_to=first.agreed_to,
        agreed_names=first.agreed_names, agreed_at=first.agreed_at, started_at=now,
    )  # fmt: skip
    Absence.objects.bulk_create(Absence(membership=seat, item_id=item, position=place) for item, place in missed)
