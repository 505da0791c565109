"""The language of the pages: what a person has chosen goes before what their browser says.

In a sign-in by a number or a QR code it is what this browser has chosen: the account is not theirs to change.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from dialogue.people.models import Person
from dialogue.people.signed_in import signed_in


class OwnLanguage:
    """Middleware, after authentication: speak the language that the person signed in has chosen."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]):
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the person's language."""
        person = signed_in(request) if settings.SESSION_COOKIE_NAME in request.COOKIES else None
        if person and (chosen := language_of(person)):
            translation.activate(chosen)
            request.LANGUAGE_CODE = translation.get_language()
        return self.answer(request)


def language_of(person: Person) -> str:
    """The language that a person has chosen for their pages; "" for what the browser asks for."""
    return "" if person.only_in else person.language
