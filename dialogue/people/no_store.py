"""What a signed-in person sees stays in no cache: nobody goes back to it after they have signed out."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control


class NoStore:
    """Middleware, after authentication: answers to whoever is signed in are kept nowhere."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]):
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, marked so where it was for somebody who was signed in, or is now."""
        has_cookie = settings.SESSION_COOKIE_NAME in request.COOKIES
        was_in = has_cookie and request.user.is_authenticated
        response = self.answer(request)
        if was_in or (has_cookie and request.user.is_authenticated):
            patch_cache_control(response, private=True, no_store=True)  # as in `errors.py`, without a clock
        return response
