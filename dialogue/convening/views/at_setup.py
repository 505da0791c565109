"""Who prepares which event, and how a deed there is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dialogue.access import REFUSALS, Explained, Reader, reader, visible_events
from dialogue.events.models import Event
from dialogue.people.models import Person
from dialogue.people.signed_in import signed_in
from dialogue.report.desk_check import DeskCheck

PAGES = (  # where each part is done, for which right
    ("setup", "set up"), ("setup-facts", "set up"), ("setup-sessions", "set up"), ("setup-programme", "set up"),
    ("setup-people", "invite"), ("setup-roles", "set up"), ("setup-credits", "set up"), ("setup-scale", "set up"),
    ("setup-kept", "set up"),
    ("audit", "read the audit"),
)  # fmt: skip

PRINTED = {"setup", "setup-credits", "setup-sessions", "setup-programme", "session", "point"}  # after whose saving
MOST_NAMES = 5  # that are said at once


@dataclass(frozen=True, slots=True)
class Preparing:
    """Somebody who prepares an event."""

    request: HttpRequest
    who: Reader

    @property
    def event(self) -> Event:
        """The event."""
        return self.who.event

    @property
    def person(self) -> Person:
        """Who does it: nobody who is not signed in may."""
        assert self.who.person is not None
        return self.who.person

    @property
    def sent(self) -> QueryDict | None:
        """What the form brings; None where nothing was sent."""
        return self.request.POST if self.request.method == "POST" else None

    @property
    def site(self) -> str:
        """The address that links in letters begin with."""
        return self.request.build_absolute_uri("/").rstrip("/")

    def context(self, here: str, **told: Any) -> dict[str, Any]:
        """What every page of it tells its template."""
        return {
            "event": self.event, "who": self.who, "here": here,
            "pages": [name for name, right in PAGES if self.who.may(right)],
            "is_demo": settings.DEMO, "at_the_table": self.who.may("read the table"),
            "is_published": self.event.publications.exists(), **told,
        }  # fmt: skip

    def address(self, page: str, *more: Any) -> str:
        """A page of it."""
        return reverse(page, args=[self.event.slug, *more])

    def done(self, page: str, message: str, *more: Any) -> HttpResponse:
        """It is done: say so, on that page."""
        messages.success(self.request, message)
        if page in PRINTED:
            for one in DeskCheck(Event.objects.get(pk=self.event.pk)).setup_leaks()[:MOST_NAMES]:
                messages.warning(self.request, one.sentence)
        return redirect(self.address(page, *more))


def shown(at: Preparing, here: str, template: str, **told: Any) -> HttpResponse:
    """A page with its form; 422 where what was sent could not be taken."""
    return render(at.request, template, at.context(here, **told), status=200 if at.sent is None else 422)


def unknown(at: Preparing) -> HttpResponse:
    """No deed of this page."""
    raise ValidationError(_("That cannot be done here. Load the page again."))


View = Callable[..., HttpResponse]


def prepares(
    right: str = "set up", *, methods: tuple[str, ...] = ("GET", "HEAD", "POST"), back: str = ""
) -> Callable[[View], View]:
    """A view for who has that right: it is given a `Preparing`.

    What an action refuses is told on the page again; on the page `back`, about the same thing, where nothing is to be
    read at the address itself.
    """

    def made(view: View) -> View:
        @never_cache
        @require_http_methods(list(methods))
        @wraps(view)
        def answered(request: HttpRequest, slug: str, *more: Any, **named: Any) -> HttpResponse:
            event = get_object_or_404(visible_events(signed_in(request)), slug=slug)
            at = Preparing(request, reader(signed_in(request), event))
            if not at.who.may(right):
                at.who.ask_to_confirm()
                raise Explained(REFUSALS[right]) if at.who.sessions else PermissionDenied
            try:
                return view(at, *more, **named)
            except ValidationError as problem:
                for sentence in problem.messages:
                    messages.error(request, sentence)
                return redirect(at.address(back, *named.values()) if back else request.get_full_path())

        return answered

    return made
