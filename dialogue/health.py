"""The health address, for whatever decides whether this server gets visitors: 200 when the database answers, or 503."""

from collections.abc import Callable

from django.db import Error, connection
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

ADDRESS = "/health/"


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """One word, and no session."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
        status, word = 200, "ok\n"
    except Error:
        status, word = 503, "no database\n"
    headers = {"Content-Type": "text/plain", "Content-Length": str(len(word))}
    return HttpResponse(word, status=status, headers=headers)


class Health:
    """Middleware: answer the health address under any name of host, for a load balancer knows only a number."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer it here, or let the request through."""
        if request.path_info != ADDRESS:
            return self.answer(request)
        response = health(request)
        response.headers["X-Frame-Options"] = "DENY"  # the middleware that does so stands further in
        return response
