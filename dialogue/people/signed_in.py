"""Who asks, and whether they have proved it twice."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

from dialogue.people.models import Person

LOOKS_AS = "looks_as"  # in a sign-in's session
MEANS, WHOSE = "account_authentication_methods", "account_authentication_methods_user"  # there too, of django-allauth
TICKET = "ticket"  # one of the means


def signed_in(request: HttpRequest) -> Person | None:
    """The person who is signed in, or None for a visitor: what `access` wants to know.

    With them comes as whom they look at events that they set up: {event's id: role}; and whether they are confirmed.
    """
    if not isinstance(request.user, Person):
        return None
    request.user.looks_as = request.session.get(LOOKS_AS, {})
    request.user.confirmed = confirmed(request.session, request.user)
    request.user.only_in = only_in(request.session, request.user)
    request.user.at_most = at_most(request.session, request.user)
    return request.user


def means(told: Mapping[str, Any], person: Person) -> list[dict[str, Any]]:
    """By which means this person has come in, as a sign-in remembers: mail's code, passkey, app, the latest last."""
    found = told.get(MEANS)
    return found if isinstance(found, list) and told.get(WHOSE) == str(person.pk) else []


def only_in(told: Mapping[str, Any], person: Person) -> str:
    """The id of the event that a sign-in is good for, where tickets are all it has; "" for any.

    Who invites in one event can write any address there: a ticket of theirs must not open what else that account has.
    """
    ticket = latest_ticket(told, person)
    return "" if ticket is None else str(ticket.get("event", "none"))


def at_most(told: Mapping[str, Any], person: Person) -> frozenset[str] | None:
    """The roles that a sign-in is good for, where tickets are all it has; None for all that the account has.

    They are those that whoever handed the ticket over could give: who has kept such a sign-in gets nothing more
    by it when the account is given another role.
    """
    ticket = latest_ticket(told, person)
    return None if ticket is None else frozenset(ticket.get("roles", ()))


def latest_ticket(told: Mapping[str, Any], person: Person) -> dict[str, Any] | None:
    """The latest ticket that a sign-in is by; None where there is another means as well."""
    found = means(told, person)
    by_ticket = bool(found) and all(one.get("method") == TICKET for one in found)
    return found[-1] if by_ticket else None


def confirmed(told: Mapping[str, Any], person: Person) -> bool:
    """Whether this person has proved a second factor in the sign-in that remembers this."""
    return any(one.get("method") == "mfa" for one in means(told, person))
