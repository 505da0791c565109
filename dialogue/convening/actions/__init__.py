"""Setting up an event and asking people in: what those who convene may do, before and while it is held."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from dialogue.access import reader
from dialogue.discussion.actions import recount
from dialogue.events.models import Event, Membership, Role, Session, new_epoch
from dialogue.people.models import Person
from dialogue.record import actions as record
from dialogue.record.actions import Turn
from dialogue.restricter import restricter
from dialogue.roundtable.actions import rights_changed


@contextmanager
def preparing(event: Event, by: Person) -> Iterator[Turn]:
    """One turn in which something about the event as a whole changes: every open page fetches itself anew.

    Raises PermissionDenied where `by` does not set it up.
    """
    with record.turn(event, by=by) as turn:
        reader(by, turn.event).require("set up")
        yield turn
        Event.objects.filter(pk=event.pk).update(epoch=new_epoch())
        rights_changed(Session.objects.filter(event=event))


@contextmanager
def inviting(event: Event, by: Person) -> Iterator[Turn]:
    """One turn in which it changes who is in the event, and everything is counted anew. Raises PermissionDenied."""
    with record.turn(event, by=by) as turn:
        who = reader(by, turn.event)
        who.require("invite")
        convenors = convening(turn.event)
        with appearing(turn.event):
            yield turn
            if not who.may("set up") and convening(turn.event) - convenors:
                raise ValidationError(_("Only a convenor makes somebody a convenor."))
        recount(turn, list(turn.event.items.values_list("pk", flat=True)))


@contextmanager
def appearing(event: Event) -> Iterator[None]:
    """Within a turn, somebody's seat or how they are shown changes: rights are asked anew.

    Where somebody appears otherwise than before (their kind of organisation is shared by fewer; they sit in strict
    sessions only), every open page fetches itself anew.
    """
    before = restricter(event).appearances()
    yield
    rights_changed(Session.objects.filter(event=event))
    if restricter(event).appearances() != before:
        Event.objects.filter(pk=event.pk).update(epoch=new_epoch())


def convening(event: Event) -> set[tuple[Any, ...]]:
    """Who convenes from a seat, and at which address they are reached: nobody gives that role who has not got it."""
    seats = Membership.objects.filter(session__event=event, role=Role.CONVENOR)
    return set(seats.values_list("attendee", "session", "attendee__invitation__email"))
