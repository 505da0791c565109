"""Grants of roles: which roles somebody may give or take away in an event, and which roles an account has there.

Asked by account: a seat, a number, a QR code, a letter, a merge or a replacement gives nothing that
could not be given outright.
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

from dialogue.access import STAFF, Reader
from dialogue.events.models import Attendee, Event, Membership, Pass, Role
from dialogue.people.models import Person

GUESTS = frozenset(Role.values) - STAFF  # roles that see nothing but what the table sees

# Which roles may be given, and taken away, in which role; nobody gives any in another one.
GRANTS: dict[str, frozenset[str]] = {
    "convenor": frozenset(Role.values),
    "secretariat": GUESTS,
}

# The ways in which an account comes by a role, or loses it.
WAYS = {
    "seat": "gives a seat, one by one or in a pasted table",
    "change role": "changes the role of a seat, or takes it away",
    "role lent": "lends a role without a seat, or takes it back",
    "number": "reads out a number that lets somebody in",
    "ticket": "shows a QR code that lets somebody in",
    "address": "changes the address that somebody comes in by, or withdraws their letter",
    "merge": "makes two records of one person one",
    "replace": "puts somebody else in a person’s place, or takes a person out",
}

REFUSAL = gettext_lazy("You cannot give or take away this role: %(roles)s. Ask a convenor. Nothing was changed.")


class MayNotGrant(ValidationError):
    """The granter has not all of the roles concerned to give."""


def grantable_roles(who: Reader) -> frozenset[str]:
    """The roles that somebody may give and take away in an event: those of their own roles at every closed session."""
    where = [who.roles_in.get(key, frozenset()) for key in who.closed] or [who.roles]
    return frozenset.intersection(*(roles_given_in(roles) for roles in where))


def roles_given_in(roles: Iterable[str]) -> frozenset[str]:
    """The roles that may be given in any of these."""
    return frozenset().union(*(GRANTS.get(role, frozenset()) for role in roles))


def roles_of_account(person: Person | None, event: Event) -> set[str]:
    """Every role that an account has in an event, from seats and lent."""
    if person is None:
        return set()
    seats = Membership.objects.filter(session__event=event, attendee__person=person)
    lent = Pass.objects.filter(event=event, person=person)
    return {*seats.values_list("role", flat=True), *lent.values_list("role", flat=True)}


def roles_behind(attendee: Attendee) -> set[str]:
    """Every role that whoever comes in as this attendee has: from their seats, and lent to their account."""
    person = Person.objects.filter(attendances=attendee).first()
    seats = Membership.objects.filter(attendee=attendee).values_list("role", flat=True)
    return {*seats, *roles_of_account(person, attendee.event)}


def require_grant(who: Reader, roles: Iterable[str]) -> None:
    """Raises MayNotGrant where somebody may not give all of these roles."""
    missing = set(roles) - grantable_roles(who)
    if missing:
        raise MayNotGrant(REFUSAL % {"roles": in_words(missing)})


def in_words(roles: Iterable[str]) -> str:
    """Roles as the pages call them, in the order of the record format."""
    return ", ".join(str(role.label) for role in Role if role.value in set(roles))
