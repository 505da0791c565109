"""How a table stands at the moment of speaking: what must be known of it for one statement, asked at once."""

import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from dialogue.discussion.models import Attribution, Contribution
from dialogue.events.models import Item, Opening, Session
from dialogue.people.models import Person
from dialogue.record.actions import Turn, sealed

MINUTE = datetime.timedelta(seconds=59, microseconds=999_999)  # from its beginning to its end


class Moment:
    """A session and an item of it, as they are in a turn; `session` is read anew, `item` not."""

    def __init__(self, turn: Turn, session: Session, item: Item, person: Person, key: str, at: datetime.datetime):
        row: Any = asked(session, item, person, key, at).get(pk=session.pk)
        row.event = turn.event
        self.session: Session = row
        self.place = 0 if row.last is None else row.last + 1  # in the record, of what is said now
        self.is_resent: bool = row.is_resent
        self.was_opened: bool = row.was_opened
        self.is_open: bool = row.is_open
        self.spans: QuerySet | None = spans(session, at) if row.has_spans else None
        self.is_first: bool = row.has_neighbours and not row.was_heard  # that its session says on the item, of several
        self.has_findings: bool = row.has_findings


def asked(session: Session, item: Item, person: Person, key: str, at: datetime.datetime) -> QuerySet[Session]:
    """The sessions with everything that a `Moment` tells."""
    event = session.event_id
    counting = Contribution.objects.filter(session=session, item=item, released=True)
    openings = Opening.objects.filter(session=session, item=item)
    last = Contribution.every.filter(event=event).order_by("-position").values("position")[:1]
    deeds = session.deeds.filter(person=person, key=sealed(key))
    return Session.objects.annotate(
        last=Subquery(last), is_resent=Exists(deeds), was_opened=Exists(openings),
        is_open=Exists(openings.filter(closed_at=None)), has_spans=Exists(spans(session, at)),
        has_neighbours=Exists(Session.objects.filter(event=event).exclude(pk=OuterRef("pk"))),
        was_heard=Exists(counting.exclude(attribution=Attribution.OFF_RECORD)),
        has_findings=Exists(session.event.findings.all()),
    )  # fmt: skip


def spans(session: Session, at: datetime.datetime) -> QuerySet:
    """The stretches of time under a stricter rule that a moment lies in.

    Who writes down when something was spoken gives a whole minute, and any moment of it may be meant.
    """
    last = at + MINUTE if at.second == at.microsecond == 0 else at
    return session.spans.filter(start__lte=last).filter(Q(end=None) | Q(end__gte=at))
