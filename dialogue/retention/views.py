"""The page of what is kept: for everybody, and with its dates for an event."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from dialogue.access import reader, visible_events
from dialogue.people.signed_in import signed_in
from dialogue.retention.things import THINGS


@require_safe
@cache_control(private=True)
def kept(request: HttpRequest) -> HttpResponse:
    """What is kept, where, until when, and who can read it."""
    return render(request, "retention/kept.html", {"things": THINGS})


@require_safe
@cache_control(private=True)
def kept_of(request: HttpRequest, slug: str) -> HttpResponse:
    """The same of one event, with its dates."""
    event = get_object_or_404(visible_events(signed_in(request)), slug=slug)
    who = reader(signed_in(request), event)
    context = {
        "things": THINGS, "event": event, "who": who, "at_the_table": who.may("read the table"),
        "is_published": event.publications.exists(),
    }  # fmt: skip
    return render(request, "retention/kept.html", context)
