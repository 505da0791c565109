"""Running the table: items open and close, somebody has the floor, and how the table is held."""

import datetime
import functools
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogue.access import audiences, reader
from dialogue.discussion.actions import erase_off_record, recount, release_waiting
from dialogue.due import actions as due
from dialogue.events.models import (
    Absence,
    Attendee,
    Event,
    Item,
    ItemRun,
    Membership,
    NamesInRoom,
    Opening,
    Release,
    Session,
    new_epoch,
)
from dialogue.events.retention import require_names
from dialogue.kept import next_place
from dialogue.line import in_line
from dialogue.people.models import Person
from dialogue.positions.actions import blindness_changed, close_collections, tables
from dialogue.positions.agreement import agreement
from dialogue.positions.attendance import Attendance
from dialogue.positions.evidence import around, traces
from dialogue.record import actions as record
from dialogue.record import hints
from dialogue.record.actions import Turn
from dialogue.roundtable.models import Floor, Speaking

MOST_HOURS = 24  # after the close, for which members may still see names
DAY = datetime.timedelta(hours=MOST_HOURS)


def open_item(session: Session, person: Person, item: Item) -> Opening:
    """One may speak on an item from now on. An open one stays as it is. Raises PermissionDenied."""
    with record.turn(session.event, by=person) as turn:
        reader(person, session.event).require_in("run the table", session.key)
        require_sitting(session)
        opening = Opening.objects.filter(session=session, item=item).first()
        if opening is not None and opening.closed_at is None:
            return opening
        counted = present_on(turn.event, item)
        if opening is None:
            opening = Opening.objects.create(session=session, item=item, opened_at=timezone.now())
        else:
            opening.closed_at = None
            opening.version += 1
            opening.save(update_fields=["closed_at", "version"])
        begin_run(session, item)
        turn.enter("item-opened", item.pk, session, audiences(session))
        now = present_on(turn.event, item)
        recount(turn, [one for one in now if now[one] != counted[one]])
        return opening


def begin_run(session: Session, item: Item) -> None:
    """Whoever has a seat from now on, until the item is closed, is counted for it."""
    place = next_place(ItemRun.objects.filter(session=session))
    ItemRun.objects.create(session=session, item=item, start=timezone.now(), position=place)


def present_on(event: Event, item: Item) -> dict[Any, frozenset[Any]]:
    """N as people on an item and on each that it lies in, to see whether something changes it."""
    attendance = Attendance(around(event, ()))
    return {one: attendance.table(one) for one in attendance.above(item.pk)}


def close_item(session: Session, person: Person, item: Item) -> None:
    """Nobody speaks on an item any more: what waited for that is released, what was off the record is erased."""
    with record.turn(session.event, by=person) as turn:
        reader(person, session.event).require_in("run the table", session.key)
        shut_item(turn, session, item)


def shut_item(turn: Turn, session: Session, item: Item) -> None:
    """Close an item that is open within a turn."""
    closed = Opening.objects.filter(session=session, item=item, closed_at=None).update(
        closed_at=timezone.now(), version=F("version") + 1
    )
    if not closed:
        return
    ItemRun.objects.filter(session=session, item=item, end=None).update(end=timezone.now())
    if session.release == Release.WITH_ITEM:
        release_waiting(turn, session, item)
    erase_off_record(turn, session, item)
    if Speaking.objects.filter(session=session, item=item).exists():
        turn.enter_whole("floor-ended", session, audiences(session, *take_floor(turn, session)))
    turn.enter("item-closed", item.pk, session, audiences(session))


def give_floor(session: Session, person: Person, attendee: Attendee, item: Item) -> None:
    """Somebody speaks from now on; who spoke before has finished."""
    with record.turn(session.event, by=person) as turn:
        reader(person, session.event).require_in("run the table", session.key)
        require_sitting(session)
        require_named_room(session, _("This is an anonymous room: nobody has the floor here."))
        if not session.memberships.filter(attendee=attendee).exists():
            raise ValidationError(_("That person has no seat at this table."))
        before = take_floor(turn, session)
        Speaking.objects.create(session=session, item=item, attendee=attendee, start=timezone.now())
        turn.enter_whole("floor-given", session, audiences(session, *before))


def end_floor(session: Session, person: Person) -> None:
    """Nobody has the floor."""
    with record.turn(session.event, by=person) as turn:
        reader(person, session.event).require_in("run the table", session.key)
        if Speaking.objects.filter(session=session).exists():
            turn.enter_whole("floor-ended", session, audiences(session, *take_floor(turn, session)))


def take_floor(turn: Turn, session: Session) -> list[Person | None]:
    """Whoever speaks has spoken: their time goes on record. Returns whose page has to hear of it: theirs, if any's."""
    speaking = Speaking.objects.select_related("attendee__person").filter(session=session).first()
    if speaking is None:
        return []
    Floor.objects.create(
        event=turn.event, session=session, item=speaking.item, attendee=speaking.attendee, start=speaking.start,
        end=timezone.now(), position=next_place(Floor.objects.filter(event=turn.event)),
    )  # fmt: skip
    speaking.delete()
    return [speaking.attendee.person]


# ------------------------------------------------------------------ the sitting, and names in the room


def close_session(session: Session, person: Person, hours: int = 0) -> None:
    """The sitting is over: its items close, nobody has the floor, and a room that showed names shows them no more.

    `hours`: for so long its members still see them, where the convenor says so; at a closed session, counted from its
    close. Raises PermissionDenied, ValidationError.
    """
    with record.turn(session.event, by=person) as turn:
        who = reader(person, session.event)
        who.require_in("set the conduct", session.key)
        if hours and not who.may("set up"):
            raise PermissionDenied(_("Only the convenor lets members see names after the session."))
        if not 0 <= hours <= MOST_HOURS:
            raise ValidationError(_("Names are kept for %(n)d hours at most.") % {"n": MOST_HOURS})
        now = Session.objects.select_related("event").get(pk=session.pk)
        if now.is_over and not hours:
            return
        for opening in now.openings.filter(closed_at=None).select_related("item"):
            shut_item(turn, now, opening.item)
        if now.is_anonymous:
            close_collections(turn, now)
        closed_at = now.closed_at or timezone.now()
        until = closed_at + datetime.timedelta(hours=hours)
        keeps = bool(hours) and now.names_in_room == NamesInRoom.SHOWN
        Session.objects.filter(pk=now.pk).update(closed_at=closed_at, names_until=until if keeps else None)
        if keeps:
            due.put("names-end", now.pk, until)
        turn.enter_whole("session-closed", now, audiences(now))
        reset_pages(now)


def reopen_session(session: Session, person: Person) -> None:
    """The sitting goes on. Names that it showed are seen again within a day after the close, and never later."""
    with record.turn(session.event, by=person) as turn:
        reader(person, session.event).require_in("set the conduct", session.key)
        now = Session.objects.get(pk=session.pk)
        if now.closed_at is None:
            return
        require_names(turn.event)
        if now.names_in_room == NamesInRoom.SHOWN and timezone.now() - now.closed_at > DAY:
            now.names_in_room = NamesInRoom.AS_RULE
        now.closed_at = now.names_until = None
        now.save(update_fields=["closed_at", "names_until", "names_in_room"])
        turn.enter_whole("session-reopened", now, audiences(now))
        reset_pages(now)


def end_names(session: uuid.UUID) -> None:
    """The time is up for which members saw names after the close: their pages fetch themselves anew."""
    with in_line():
        reset_pages(Session.objects.get(pk=session))


def reset_pages(session: Session) -> None:
    """Every open page of the event fetches itself anew, and asks who its reader is: a page of the event as a whole
    draws on this session too, whichever it listens to."""
    rights_changed(Session.objects.filter(event=session.event_id))
    Event.objects.filter(pk=session.event_id).update(epoch=new_epoch())


def require_sitting(session: Session) -> None:
    """Raises ValidationError where the sitting is over."""
    if Session.objects.filter(pk=session.pk).exclude(closed_at=None).exists():
        raise ValidationError(_("The session is closed. Reopen it first."))


def require_named_room(session: Session, why: str) -> None:
    """Raises ValidationError in an anonymous room; `why`: what is not done there, in a sentence."""
    if Session.objects.filter(pk=session.pk, names_in_room=NamesInRoom.HIDDEN).exists():
        raise ValidationError(why)


def set_conduct(session: Session, person: Person, **conduct: Any) -> None:
    """How the table is held: `release`, `blind`, `reasons`, `shows_presence`. Raises ValidationError on others."""
    with record.turn(session.event, by=person) as turn:
        reader(person, session.event).require_in("set the conduct", session.key)
        if conduct["release"] not in Release.values:
            raise ValidationError(_("Choose when what is written down for others is released."))
        session.refresh_from_db(fields=["blind", "names_in_room"])
        was = session.collects_blind
        if session.blind and not conduct["blind"]:
            require_no_round(session)
        Session.objects.filter(pk=session.pk).update(**conduct)
        turn.enter_whole("conduct-changed", session, audiences(session))
        session.refresh_from_db(fields=["blind"])
        if session.collects_blind != was:
            blindness_changed(turn, session)


def require_no_round(session: Session) -> None:
    """Raises ValidationError while a finding is put to this table: a round that began blind ends blind."""
    if session in tables(session.event) and session.event.findings.filter(is_open=True).exists():
        raise ValidationError(_("A round is open, and its result hidden until it closes: close it first."))


# ------------------------------------------------------------------ who is at the table


def mark_away(session: Session, person: Person, attendee: Attendee, item: Item) -> None:
    """Somebody misses an item, with all below it, and is not counted for it. For oneself, or by who runs the table.

    Raises PermissionDenied; ValidationError where they took part in it, or a disagreement would be lost by it.
    """
    with attending(session, person, attendee, item) as (turn, seat):
        require_named_room(
            session, _("This is an anonymous room: who had a seat when an item was opened is counted on it.")
        )
        if seat.absences.filter(item=item).exists():
            return
        above = Attendance(around(turn.event, ())).above
        if any(item.pk in above(at) for at, _who in traces(turn.event, {attendee.pk})):
            raise ValidationError(_("They took part in this item, so they were there."))
        against = dissent(turn.event)
        Absence.objects.create(membership=seat, item=item, position=next_place(seat.absences.all()))
        Membership.objects.filter(pk=seat.pk).update(absences_noted=True)
        if any(now < against[one] for one, now in dissent(turn.event).items()):
            raise ValidationError(_("They disagree with a finding on this item, and are counted for it."))
        turn.note("marked-away", attendee.pk, session)


def mark_present(session: Session, person: Person, attendee: Attendee, item: Item) -> None:
    """Somebody is there for an item after all. Raises PermissionDenied."""
    with attending(session, person, attendee, item) as (turn, seat):
        if seat.absences.filter(item=item).delete()[0]:
            turn.note("marked-present", attendee.pk, session)


@contextmanager
def attending(session: Session, person: Person, attendee: Attendee, item: Item) -> Iterator[tuple[Turn, Membership]]:
    """One turn in which it changes for what somebody is there: their seat, and what is counted anew by it."""
    with record.turn(session.event, by=person) as turn:
        who = reader(person, turn.event)
        if who.attendee_id != attendee.pk:
            who.require_in("run the table", session.key)
        seat = session.memberships.filter(attendee=attendee).first()
        if seat is None:
            raise ValidationError(_("That person has no seat at this table."))
        counted = present_below(turn.event, item)
        yield turn, seat
        now = present_below(turn.event, item)
        recount(turn, [one for one in now if now[one] != counted[one]])


def present_below(event: Event, item: Item) -> dict[Any, frozenset[Any]]:
    """N as people on an item, on those below it, and on each that it lies in."""
    attendance = Attendance(around(event, ()))
    below = [one for one in attendance.record.parents if item.pk in attendance.above(one)]
    return {one: attendance.table(one) for one in {*below, *attendance.above(item.pk)}}


def dissent(event: Event) -> dict[Any, int]:
    """How many are against each finding."""
    return {pk: holding.numbers.against for pk, holding in agreement(event).holdings.items()}


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


due.kinds["names-end"] = end_names
