"""Setting up an event and asking people in: what those who convene may do, before and while it is held."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db.models import Value
from django.db.models.functions import Coalesce

from dialogue.access import Reader, reader
from dialogue.discussion.actions import recount
from dialogue.events.models import Attendee, Event, Membership, Role, Session, new_epoch
from dialogue.grants import grantable_roles, require_grant, roles_behind
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
    """One turn in which it changes who is in the event, and everything is counted anew. Raises PermissionDenied.

    Raises MayNotGrant where a seat was given, taken away or handed on that `by` could not give outright.
    """
    with record.turn(event, by=by) as turn:
        who = reader(by, turn.event)
        who.require("invite")
        beyond = frozenset(Role.values) - grantable_roles(who)
        held = seats_in(turn.event, beyond)
        with appearing(turn.event):
            yield turn
            require_grant(who, {role for _who, _at, role, *_rest in seats_in(turn.event, beyond) ^ held})
        recount(turn, list(turn.event.items.values_list("pk", flat=True)))


@contextmanager
def appearing(event: Event) -> Iterator[None]:
    """Within a turn, somebody's seat or how they are shown changes: rights are asked anew.

    Where somebody appears otherwise than before (they have another name; they sit in strict sessions only), every open
    page fetches itself anew.
    """
    before = restricter(event).appearances()
    yield
    rights_changed(Session.objects.filter(event=event))
    if restricter(event).appearances() != before:
        Event.objects.filter(pk=event.pk).update(epoch=new_epoch())


def seats_in(event: Event, roles: Iterable[str]) -> set[tuple[Any, ...]]:
    """(attendee, session, role, address) of every seat in these roles."""
    seats = Membership.objects.filter(session__event=event, role__in=list(roles))
    address = Coalesce("attendee__invitation__email", Value(""))
    return set(seats.values_list("attendee", "session", "role", address))


def require_grant_of_all(turn: Turn, *attendees: Attendee) -> Reader:
    """Who takes the turn. Raises MayNotGrant where they could not give all that these people's accounts may do."""
    who = reader(turn.by, turn.event)
    require_grant(who, {role for attendee in attendees for role in roles_behind(attendee)})
    return who
