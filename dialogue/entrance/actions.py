"""What signing in writes: a code is tried a few times, and good once."""

import datetime
import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from dialogue.entrance.models import Code
from dialogue.events.models import Attendee, Event, Pass, Role
from dialogue.line import in_line
from dialogue.people.models import Person
from dialogue.roundtable.actions import rights_changed


def issue() -> Code:
    """A new code; the old ones that are over are cleared away."""
    now = timezone.now()
    with in_line(), transaction.atomic():
        Code.objects.filter(until__lt=now - datetime.timedelta(hours=1)).delete()
        return Code.objects.create(until=now + datetime.timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT))


def try_once(code: uuid.UUID) -> bool:
    """Count a try. False where there were too many, its time is over, or it has signed somebody in already."""
    rows = Code.objects.filter(pk=code, spent_at=None, until__gt=timezone.now())
    with in_line():
        return rows.filter(tries__lt=settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS).update(tries=F("tries") + 1) == 1


def spend(code: uuid.UUID) -> bool:
    """Use it up. True for the first who does, and for nobody after."""
    with in_line():
        return Code.objects.filter(pk=code, spent_at=None).update(spent_at=timezone.now()) == 1


# ------------------------------------------------------------------ who may come in


def account(email: str, name: str) -> Person:
    """The account of an address, made where there is none. An address is the same in capitals."""
    known = Person.objects.of_address(email)
    return known or Person.objects.create(email=email.lower(), name=name)


def seat(person: Person, attendee: Attendee) -> None:
    """Somebody of an event's record signs in with that account from now on."""
    attendee.person = person
    attendee.save(update_fields=["person"])
    rights_changed(attendee.event.sessions.all())


def lend(person: Person, event: Event, role: Role) -> None:
    """Give somebody a role that the record does not hold."""
    Pass.objects.get_or_create(event=event, person=person, role=role)
    rights_changed(event.sessions.all())
