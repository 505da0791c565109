"""Who asks."""

from django.http import HttpRequest

from dialogue.people.models import Person

LOOKS_AS = "looks_as"  # in a sign-in's session


def signed_in(request: HttpRequest) -> Person | None:
    """The person who is signed in, or None for a visitor: what `access` wants to know.

    With them comes as whom they look at events that they set up: {event's id: role}.
    """
    if not isinstance(request.user, Person):
        return None
    request.user.looks_as = request.session.get(LOOKS_AS, {})
    return request.user
