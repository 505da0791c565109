"""Running the table: items open and close, somebody has the floor, and how the table is held."""

import functools
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogue.access import audiences, reader
from dialogue.discussion.actions import erase_off_record, release_waiting
from dialogue.events.models import Attendee, Item, Opening, Release, Session
from dialogue.kept import next_place
from dialogue.people.models import Person
from dialogue.positions.actions import blindness_changed, tables
from dialogue.record import actions as record
from dialogue.record import hints
from dialogue.record.actions import Turn
from dialogue.roundtable.models import Floor, Speaking


def open_item(session: Session, person: Person, item: Item) -> Opening:
    """One may speak on an item from now on. An open one stays as it is. Raises PermissionDenied."""
    with record.turn(session.event, by=person) as turn:
        reader(person, session.event).require_in("run the table", session.key)
        opening = Opening.objects.filter(session=session, item=item).first()
        if opening is None:
            opening = Opening.objects.create(session=session, item=item, opened_at=timezone.now())
        elif opening.closed_at is None:
            return opening
        else:
            opening.closed_at = None
            opening.version += 1
            opening.save(update_fields=["closed_at", "version"])
        turn.enter("item-opened", item.pk, session, audiences(session))
        return opening


def close_item(session: Session, person: Person, item: Item) -> None:
    """Nobody speaks on an item any more: what waited for that is released, what was off the record is erased."""
    with record.turn(session.event, by=person) as turn:
        reader(person, session.event).require_in("run the table", session.key)
        closed = Opening.objects.filter(session=session, item=item, closed_at=None).update(
            closed_at=timezone.now(), version=F("version") + 1
        )
        if not closed:
            return
        if session.release == Release.WITH_ITEM:
            release_waiting(turn, session, item)
        erase_off_record(turn, session, item)
        if Speaking.objects.filter(session=session, item=item).exists():
            take_floor(turn, session)
            turn.enter_whole("floor-ended", session, audiences(session))
        turn.enter("item-closed", item.pk, session, audiences(session))


def give_floor(session: Session, person: Person, attendee: Attendee, item: Item) -> None:
    """Somebody speaks from now on; who spoke before has finished."""
    with record.turn(session.event, by=person) as turn:
        reader(person, session.event).require_in("run the table", session.key)
        if not session.memberships.filter(attendee=attendee).exists():
            raise ValidationError(_("That person has no seat at this table."))
        take_floor(turn, session)
        Speaking.objects.create(session=session, item=item, attendee=attendee, start=timezone.now())
        turn.enter_whole("floor-given", session, audiences(session))


def end_floor(session: Session, person: Person) -> None:
    """Nobody has the floor."""
    with record.turn(session.event, by=person) as turn:
        reader(person, session.event).require_in("run the table", session.key)
        if take_floor(turn, session):
            turn.enter_whole("floor-ended", session, audiences(session))


def take_floor(turn: Turn, session: Session) -> bool:
    """Whoever speaks has spoken: their time goes on record. Returns whether anybody did."""
    speaking = Speaking.objects.filter(session=session).first()
    if speaking is None:
        return False
    Floor.objects.create(
        event=turn.event, session=session, item=speaking.item, attendee=speaking.attendee, start=speaking.start,
        end=timezone.now(), position=next_place(Floor.objects.filter(event=turn.event)),
    )  # fmt: skip
    speaking.delete()
    return True


def set_conduct(session: Session, person: Person, **conduct: Any) -> None:
    """How the table is held: `release`, `blind`, `reasons`, `shows_presence`. Raises ValidationError on others."""
    with record.turn(session.event, by=person) as turn:
        reader(person, session.event).require_in("set the conduct", session.key)
        if conduct["release"] not in Release.values:
            raise ValidationError(_("Choose when what is written down for others is released."))
        was = Session.objects.values_list("blind", flat=True).get(pk=session.pk)
        if was and not conduct["blind"]:
            require_no_round(session)
        Session.objects.filter(pk=session.pk).update(**conduct)
        turn.enter_whole("conduct-changed", session, audiences(session))
        session.refresh_from_db(fields=["blind"])
        if session.blind != was:
            blindness_changed(turn, session)


def require_no_round(session: Session) -> None:
    """Raises ValidationError while a finding is put to this table: a round that began blind ends blind."""
    if session in tables(session.event) and session.event.findings.filter(is_open=True).exists():
        raise ValidationError(_("A round is open, and its result hidden until it closes: close it first."))


# ------------------------------------------------------------------ who is at the table


def rights_changed(sessions: QuerySet[Session]) -> None:
    """Have every open page of these sessions asked again who it is, within a second."""
    with transaction.atomic():
        sessions.update(access_epoch=F("access_epoch") + 1)
        events = list(sessions.values_list("event_id", flat=True).distinct())
        for event in events:
            transaction.on_commit(functools.partial(hints.give, str(event)))


def signed_out(person: Person) -> None:
    """Somebody has signed out somewhere: the pages of that sign-in close."""
    rights_changed(
        Session.objects.filter(
            Q(event__attendees__person=person) | Q(event__passes__person=person) | Q(access="public")
        ).distinct()
    )
