"""Whom no stranger's limit meets: known browsers, and who has a letter that went to the address.

A signed cookie says which accounts have signed in with a browser. It names nobody: for each account there is a mark
that only who knows the secret key can make, or recognise. A letter with a code has an address with such a mark as well.
"""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from dialogue.people.models import Person
from dialogue.people.signed_in import signed_in

COOKIE = "known"
A_WEEK = 7 * 24 * 60 * 60  # seconds that the address in a code's letter is good for
A_YEAR = 365 * 24 * 60 * 60  # seconds
MOST = 5  # accounts of one browser, the latest


class KnownBrowsers:
    """Middleware, after authentication: whoever signs in by more than a number is known in this browser then."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]):
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer; with the cookie where somebody has signed in by this request, and was not known here."""
        response = self.answer(request)
        person = signed_in(request) if request.session.modified else None
        if person and not person.only_in and not browser_of(request, person):
            remember(request, response, person)
        return response


def browser_of(request: HttpRequest, person: Person) -> str:
    """What the browser is told apart by, where this account has signed in with it; "" where it never has."""
    browser, *marks = request.COOKIES.get(COOKIE, "").split(".")
    own = mark(browser, person)
    return browser if any(constant_time_compare(own, one) for one in marks[:MOST]) else ""


def remember(request: HttpRequest, response: HttpResponse, person: Person) -> None:
    """Put the account's mark in front of those that are there."""
    browser, *marks = request.COOKIES.get(COOKIE, "").split(".")
    if len(browser) != 22 or not all(len(one) == 32 for one in marks):
        browser, marks = secrets.token_urlsafe(16), []
    told = ".".join([browser, mark(browser, person), *marks][: MOST + 1])
    secure = settings.SESSION_COOKIE_SECURE
    response.set_cookie(COOKIE, told, A_YEAR, httponly=True, secure=secure, samesite="Lax")


def mark(browser: str, person: Person) -> str:
    """That an account is known in a browser: 128 bits (hex)."""
    made = salted_hmac("dialogue.entrance.known", f"{browser}/{person.pk}", algorithm="sha256")
    return made.hexdigest()[:32]


# ------------------------------------------------------------------ letters

LETTERS = signing.TimestampSigner(salt="dialogue.entrance.letter")


def letter_to(email: str) -> str:
    """What stands in the address of a letter, and only its reader can know."""
    return LETTERS.sign(address_mark(email))


def is_letter_to(email: str, told: str) -> bool:
    """Whether that stood in a letter to this address, not long ago."""
    try:
        return constant_time_compare(LETTERS.unsign(told, max_age=A_WEEK), address_mark(email))
    except signing.BadSignature:
        return False


def address_mark(email: str) -> str:
    """An address as a letter's address tells it: nobody reads it there."""
    made = salted_hmac("dialogue.entrance.address", email.casefold(), algorithm="sha256")
    return made.hexdigest()[:32]
