"""Setting up an event and asking people in: what those who convene may do, before and while it is held."""

from collections.abc import Iterator
from contextlib import contextmanager

from dialogue.access import reader
from dialogue.discussion.actions import recount
from dialogue.events.models import Event, Session, new_epoch
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
        anew(turn)


@contextmanager
def inviting(event: Event, by: Person) -> Iterator[Turn]:
    """One turn in which it changes who is in the event: rights are asked anew, and everything is counted anew.

    Where somebody appears otherwise than before, every open page fetches itself anew. Raises PermissionDenied.
    """
    with record.turn(event, by=by) as turn:
        reader(by, turn.event).require("invite")
        before = restricter(turn.event).appearances()
        yield turn
        if restricter(turn.event).appearances() != before:
            anew(turn)
            return
        rights_changed(Session.objects.filter(event=event))
        recount(turn, list(turn.event.items.values_list("pk", flat=True)))


def anew(turn: Turn) -> None:
    """Every open page of the event asks who it is, and fetches itself."""
    Event.objects.filter(pk=turn.event.pk).update(epoch=new_epoch())
    rights_changed(Session.objects.filter(event=turn.event))
