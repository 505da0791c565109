"""Who stands at which table, and how a deed there is answered: in words for a person, in JSON for a script."""

from collections.abc import Callable
from functools import cached_property, wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from dialogue.access import NotAgreed, Reader, audience, reader, visible_events
from dialogue.discussion.actions import ChangedMeanwhile
from dialogue.events.models import Event, Session
from dialogue.people.models import Person
from dialogue.people.signed_in import signed_in
from dialogue.quotas import QuotaExceeded
from dialogue.record.actions import KeyReused


class Seat:
    """Somebody in front of one session. Who they are in the event is read once, when it is asked for."""

    def __init__(self, someone: Person | None, session: Session):
        self.someone, self.session = someone, session

    @cached_property
    def who(self) -> Reader:
        """The reader, as the database has them at this moment."""
        return reader(self.someone, self.event)

    @property
    def event(self) -> Event:
        """The event that it belongs to."""
        return self.session.event

    @property
    def person(self) -> Person:
        """Who writes. Raises PermissionDenied for a visitor."""
        if self.someone is None:
            raise PermissionDenied(_("Sign in before you write."))
        return self.someone

    @property
    def address(self) -> str:
        """The table's page."""
        return f"/events/{self.event.slug}/table/{self.session.key}/"


def seat(request: HttpRequest, slug: str, key: str) -> Seat:
    """The reader at a session's page. Raises Http404 where there is none that they may know, PermissionDenied."""
    event = get_object_or_404(visible_events(signed_in(request)), slug=slug)
    session = get_object_or_404(event.sessions.select_related("event"), key=key)
    at = Seat(signed_in(request), session)
    if session.key in at.who.unagreed:
        raise NotAgreed(_("Read the rule of this session first: you will find it on the event's page."))
    if not audience(at.who, session):
        at.who.ask_to_confirm()
        at.who.ask_to_wait()
        raise PermissionDenied
    return at


def seat_of_deed(request: HttpRequest, slug: str, key: str) -> Seat:
    """The same for a deed that asks in its own turn whether this person may: nothing is asked twice.

    Where the deed is refused for whatever reason, `told` asks here after all what the person may know of.
    """
    session = get_object_or_404(Session.objects.select_related("event"), event__slug=slug, key=key)
    return Seat(signed_in(request), session)


def wants_json(request: HttpRequest) -> bool:
    """Whether the page's script asks."""
    return "application/json" in request.headers.get("Accept", "")


def saved(request: HttpRequest, to: str, said: str, *, subject: Any = None, message: str = "") -> HttpResponse:
    """It is on record: committed, and for good."""
    if wants_json(request):
        return JsonResponse({"saved": str(subject or said)}, status=200)
    if message:
        messages.success(request, message)
    return redirect(to)


PROBLEMS: dict[type[Exception], int] = {
    ValidationError: 400, PermissionDenied: 403, KeyReused: 409, ChangedMeanwhile: 409, QuotaExceeded: 429,
}  # fmt: skip


def sentence(problem: Exception) -> str:
    """What went wrong, for who did it."""
    if isinstance(problem, ValidationError):
        return " ".join(problem.messages)
    if isinstance(problem, KeyReused):
        return _("Something else was sent from this form already. Your words are kept: send them again.")
    if isinstance(problem, ChangedMeanwhile):
        return _("It was changed meanwhile. Your words are kept: look at what stands there now, then decide.")
    return str(problem) or _("You may not do that here.")


def told(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A deed that is refused says why: as JSON with its status, or on the page that it came from."""

    @wraps(view)
    def answered(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        try:
            response = asked(view, request, *arguments, **named)
        except tuple(PROBLEMS) as problem:
            if isinstance(problem, PermissionDenied) and not wants_json(request):
                raise
            if not wants_json(request):
                messages.error(request, sentence(problem))
                return redirect(back(request, named))
            if isinstance(problem, PermissionDenied) and not (str(problem) or request.user.is_authenticated):
                problem = PermissionDenied(_("You are signed out. Your words are kept: sign in again, then send them."))
            status = next(status for kind, status in PROBLEMS.items() if isinstance(problem, kind))
            response = JsonResponse({"error": sentence(problem)}, status=status)
            if isinstance(problem, QuotaExceeded):
                response.headers["Retry-After"] = str(problem.seconds)
        patch_vary_headers(response, ["Accept"])
        return response

    return answered


def asked(view: Callable[..., HttpResponse], request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
    """What the view answers; before it says why not, whether this reader may know of the table at all."""
    try:
        return view(request, *arguments, **named)
    except (Http404, *PROBLEMS):  # type: ignore[misc]
        seat(request, named["slug"], named["key"])
        raise


def back(request: HttpRequest, named: dict[str, Any]) -> str:
    """The page that a form stood on: the statement's, where it says so, else the table's."""
    table = f"/events/{named['slug']}/table/{named['key']}/"
    return f"{table}said/{named['id']}/" if request.POST.get("from") == "said" and "id" in named else table
