"""Requests are in UTF-8. A browser sends nothing else, and Python knows charsets that make no text ("hex")."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from dialogue.errors import bad_request


class OurCharset:
    """Middleware, before anything reads what was sent: refuses a request that says that it is in another charset."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or 400."""
        if (request.encoding or "utf-8").lower() in ("utf-8", "utf8"):
            return self.answer(request)
        request.encoding = "utf-8"
        return bad_request(request)
