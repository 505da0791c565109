"""What signing in writes: a code is tried a few times, and good once; who is signed in where, until it is ended."""

import datetime
import secrets
import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from dialogue.access import reader, readers
from dialogue.entrance.browsers import browser
from dialogue.entrance.models import Code, SignIn, Ticket, TicketKind
from dialogue.events.models import Attendee, Event, Pass, Role
from dialogue.grants import grantable_roles, require_grant, roles_behind
from dialogue.line import in_line
from dialogue.people.models import Person
from dialogue.people.sign_ins import SessionStore
from dialogue.record import actions as record
from dialogue.roundtable.actions import rights_changed, signed_out

TICKET_DIGITS = 8
LONG_TICKET_DIGITS = 12  # while many are tried: of so many a dozen are not found
TICKET_TIME = datetime.timedelta(minutes=10)


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


def is_over(code: uuid.UUID) -> bool:
    """Whether it was tried as often as it may be."""
    return not Code.objects.filter(pk=code, tries__lt=settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS).exists()


def spend(code: uuid.UUID) -> bool:
    """Use it up. True for the first who does, and for nobody after."""
    with in_line():
        return Code.objects.filter(pk=code, spent_at=None).update(spent_at=timezone.now()) == 1


# ------------------------------------------------------------------ tickets


def hand_over(attendee: Attendee, by: Person, kind: TicketKind, *, digits: int = TICKET_DIGITS) -> str:
    """A ticket for somebody who cannot get at their mail: what is on it, which is told nobody a second time.

    The one before is good no more. Who has no account gets one. Raises PermissionDenied for who may not invite,
    MayNotGrant for who could not give all that this person's account may do, ValidationError for who has no seat.
    """
    with record.turn(attendee.event, by=by) as turn:
        who = reader(by, turn.event)
        who.require("invite")
        require_grant(who, roles_behind(attendee))
        if not attendee.memberships.exists():
            raise ValidationError(_("Give this person a seat first."))
        if attendee.person is None:
            seat(Person.objects.create(name=greeted(attendee.name)), attendee)
        Ticket.objects.filter(attendee=attendee).delete()
        written = fresh(kind, digits)
        Ticket.objects.create(attendee=attendee, kind=kind, seal=sealed(kind, written), by=by, until=soon())
        turn.note("ticket-handed-over", attendee.pk)
        return written


def fresh(kind: TicketKind, digits: int) -> str:
    """So many digits to read out, which nobody has now, or 128 bits for a QR code."""
    if kind == TicketKind.QR:
        return secrets.token_urlsafe(16)
    while Ticket.objects.filter(seal=sealed(kind, number := f"{secrets.randbelow(10**digits):0{digits}}")).exists():
        continue
    return number


def sealed(kind: str, written: str) -> str:
    """What a ticket is known again by: HMAC-SHA-256 (hex) under the secret key."""
    return salted_hmac(f"dialogue.entrance.ticket/{kind}", written, algorithm="sha256").hexdigest()


def soon() -> datetime.datetime:
    """Until when a ticket is good."""
    return timezone.now() + TICKET_TIME


def ticket(kind: TicketKind, written: str) -> Ticket | None:
    """The ticket with that on it, where it is still good."""
    good = Ticket.objects.filter(kind=kind, seal=sealed(kind, written), spent_at=None, until__gt=timezone.now())
    return good.select_related("attendee__person", "attendee__event", "by").first()


def let_in(good: Ticket) -> Person | None:
    """Use a ticket up: who it lets in, for the first who does, and None for everybody after.

    Nobody either where the account has come by a role since then that whoever handed the ticket over could not give.
    """
    person = good.attendee.person
    if person is None or not person.is_active:
        return None
    with record.turn(good.attendee.event, by=person) as turn:  # held first, as by who hands one over
        person.at_most = given_by(good.by, turn.event)
        if roles_behind(good.attendee) - person.at_most:
            return None
        rows = Ticket.objects.filter(pk=good.pk, spent_at=None, until__gt=timezone.now())
        if rows.update(spent_at=timezone.now()) != 1:
            return None
        turn.note("ticket-used", good.attendee.pk)
        return person


def given_by(granter: Person | None, event: Event) -> frozenset[str]:
    """The roles that whoever handed a ticket over may give in its event now."""
    if granter is None or not granter.is_active:
        return frozenset()
    who = readers([granter], event, in_front=False)[granter.pk]
    return grantable_roles(who) if who.may("invite") else frozenset()


# ------------------------------------------------------------------ who may come in


def account(email: str, name: str) -> Person:
    """The account of an address, made where there is none. An address is the same in capitals."""
    known = Person.objects.of_address(email)
    return known or Person.objects.create(email=email.lower(), name=greeted(name))


def greeted(name: str) -> str:
    """As much of somebody's printed name, which may be long, as an account is greeted by."""
    return name[: Person._meta.get_field("name").max_length]


def may_convene(email: str, name: str, may: bool = True) -> Person:
    """Whether somebody may set up events from now on."""
    with in_line(), transaction.atomic():
        person = account(email, name)
        person.may_convene = may
        person.save(update_fields=["may_convene"])
        return person


def seat(person: Person, attendee: Attendee) -> None:
    """Somebody of an event's record signs in with that account from now on."""
    attendee.person = person
    attendee.save(update_fields=["person"])
    rights_changed(attendee.event.sessions.all())


def lend(person: Person, event: Event, role: Role) -> None:
    """Give somebody a role that the record does not hold."""
    Pass.objects.get_or_create(event=event, person=person, role=role)
    rights_changed(event.sessions.all())


# ------------------------------------------------------------------ who is signed in where


def begin(request: HttpRequest, person: Person) -> SignIn:
    """Keep that somebody is signed in with this browser from now on."""
    if not request.session.session_key:
        request.session.save()
    name, system = browser(request.headers.get("User-Agent", ""))
    told = {"person": person, "since": timezone.now(), "browser": name, "system": system}
    return SignIn.objects.update_or_create(session_id=request.session.session_key, defaults=told)[0]


def renew(request: HttpRequest) -> None:
    """Go on under a new key, as at every step of coming in; whoever knows the old one has nothing."""
    former = SignIn.objects.filter(session=request.session.session_key).first()
    with in_line(), transaction.atomic():
        request.session.cycle_key()
        if former:  # the old key's went with it
            former.session_id = str(request.session.session_key)
            former.save(force_insert=True)


def of_this_browser(request: HttpRequest, person: Person) -> SignIn | None:
    """The sign-in that the request belongs to."""
    return SignIn.objects.filter(session=request.session.session_key, person=person).first()


def end(person: Person, some: QuerySet[SignIn]) -> None:
    """End these sign-ins of somebody; their open pages close within a second."""
    for key in list(some.filter(person=person).values_list("session", flat=True)):
        SessionStore(key).delete()
    signed_out(person)
