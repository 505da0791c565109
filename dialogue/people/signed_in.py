"""Who asks."""

from django.http import HttpRequest

from dialogue.people.models import Person


def signed_in(request: HttpRequest) -> Person | None:
    """The person who is signed in, or None for a visitor: what `access` wants to know."""
    return request.user if isinstance(request.user, Person) else None
