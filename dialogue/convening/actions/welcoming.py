"""First entry: somebody reads the rule, and says how they are to be printed."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from dialogue.access import reader
from dialogue.events.models import Attendee, Event, Membership, Session, new_epoch, strictest
from dialogue.people.models import Person
from dialogue.record import actions as record
from dialogue.restricter import restricter
from dialogue.roundtable.actions import rights_changed


@dataclass(frozen=True, slots=True)
class Wishes:
    """How somebody wants to be printed. `prefers`: the regime for their own words, None: as the session."""

    name: str
    function: str
    affiliation: str
    listed: bool
    prefers: str | None


def agree(event: Event, person: Person, wishes: Wishes, rules: dict[str, str]) -> Attendee:
    """This person agrees to the rules that they have read: {session's key: regime}, and is printed as they wish.

    A session whose rule has become another since they read it is left out: they are asked again. Raises
    PermissionDenied for who has no seat.
    """
    with record.turn(event, by=person) as turn:
        who = reader(person, turn.event)
        attendee = Attendee.objects.filter(event=event, person=person, key=who.attendee).first()
        if attendee is None:
            raise PermissionDenied(_("You have no seat in this event."))
        before = restricter(turn.event).appearances()
        told = {name: getattr(wishes, name) for name in ("name", "function", "affiliation", "listed", "prefers")}
        Attendee.objects.filter(pk=attendee.pk).update(**told)
        Person.objects.filter(pk=person.pk, name=attendee.name).update(name=wishes.name[:200])  # greeted so
        for session in Session.objects.filter(event=event, key__in=rules):
            rule = rules[session.key]
            seats = Membership.objects.filter(session=session, attendee=attendee).exclude(agreed_to=rule)
            if strictest(turn.event.attribution, session.attribution) == rule and seats.exists():
                seats.update(agreed_to=rule, agreed_at=timezone.now())
                turn.note("rule-agreed", attendee.pk, session)
        if not turn.noted:
            turn.note("person-changed", attendee.pk)
        if restricter(turn.event).appearances() != before:
            Event.objects.filter(pk=event.pk).update(epoch=new_epoch())
        rights_changed(Session.objects.filter(event=event))
        return attendee
