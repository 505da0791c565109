"""The pages for what went wrong: what happened, what is safe, what to do.

They carry no form and no address, so that a page that is missing and one that is not for this reader are the same
to the last byte.
"""

import sys

from django.core.exceptions import RequestDataTooBig
from django.db.utils import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.cache import patch_cache_control

from dialogue.access import Explained, Unconfirmed
from dialogue.live.refusals import refusal


def page(request: HttpRequest, status: int, **context: object) -> HttpResponse:
    """An error’s page with its status, and headers that keep it out of caches."""
    response = render(request, f"{status}.html", context, status=status)
    patch_cache_control(response, no_store=True)  # and no Expires: a clock would tell two answers apart
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400; and 413 for a body over the limit, which Django takes for a bad request."""
    return page(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: known, and closed to this reader."""
    reason = str(exception) if isinstance(exception, Explained) else ""
    return page(request, 403, reason=reason, must_confirm=isinstance(exception, Unconfirmed))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: missing, or closed so far that it may not be told apart from missing."""
    return page(request, 404)


def too_many(request: HttpRequest, seconds: int) -> HttpResponse:
    """429, for whoever asked too often. `seconds`: how long to wait."""
    response = page(request, 429, seconds=seconds)
    response.headers["Retry-After"] = str(seconds)
    return response


def failed(request: HttpRequest) -> HttpResponse:
    """500, or 503 where the database is away. Drawn without a context, for nothing that it needs can be trusted now."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        sent = ((name.lower().encode(), value.encode()) for name, value in request.headers.items())
        status, headers, body = refusal("away", sent, request.method or "")
        return HttpResponse(body, status=status, headers={name.decode(): value.decode() for name, value in headers})
    return HttpResponse(loader.get_template("500.html").render(), status=500)
