"""Setting up an event and asking people in: what those who convene may do, before and while it is held."""

from collections.abc import Iterator
from contextlib import contextmanager

from dialogue.access import reader
from dialogue.events.models import Event, Session, new_epoch
from dialogue.people.models import Person
from dialogue.record import actions as record
from dialogue.record.actions import Turn
from dialogue.roundtable.actions import rights_changed


@contextmanager
def preparing(event: Event, by: Person, right: str = "set up") -> Iterator[Turn]:
    """One turn in which something about the event as a whole changes: every open page fetches itself anew.

    Raises PermissionDenied where `by` has not that right.
    """
    with record.turn(event, by) as turn:
        reader(by, turn.event).require(right)
        yield turn
        Event.objects.filter(pk=event.pk).update(epoch=new_epoch())
        rights_changed(Session.objects.filter(event=event))
