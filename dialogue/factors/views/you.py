"""What somebody is here: name, address, second factor, and where they are signed in."""

import uuid
from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dialogue.access import Explained
from dialogue.entrance import actions as entrance
from dialogue.factors.actions import factors, others
from dialogue.people.models import Person
from dialogue.people.signed_in import signed_in

View = Callable[..., HttpResponse]


def for_oneself(view: Callable[..., HttpResponse]) -> View:
    """A page about whoever is signed in, who comes second; others sign in first."""

    @wraps(view)
    def answered(request: HttpRequest, **named: object) -> HttpResponse:
        person = signed_in(request)
        if person is None:
            return redirect(f"{reverse('sign-in')}?{urlencode({'next': reverse('you')})}")
        if person.only_in:
            raise Explained(_("You came in by a number or a QR code. Sign in with a code by mail to change this."))
        return view(request, person, **named)

    return never_cache(answered)


@require_safe
@for_oneself
def you(request: HttpRequest, person: Person) -> HttpResponse:
    """All of it."""
    told = {
        "person": person,
        "factors": factors(person),
        "sign_ins": person.sign_ins.all(),
        "here": entrance.of_this_browser(request, person),
    }
    return render(request, "factors/you.html", told)


@require_POST
@for_oneself
def end(request: HttpRequest, person: Person, id: uuid.UUID) -> HttpResponse:
    """End one sign-in; this one is signing out."""
    one = person.sign_ins.filter(pk=id)
    if not one:
        raise Http404
    if one[0] == entrance.of_this_browser(request, person):
        return redirect_to_sign_out(request, person)
    entrance.end(person, one)
    messages.success(request, _("That sign-in has ended."))
    return redirect("you")


def redirect_to_sign_out(request: HttpRequest, person: Person) -> HttpResponse:
    """The sign-in that asks ends itself."""
    entrance.end(person, person.sign_ins.filter(session=request.session.session_key))
    request.session.flush()
    return redirect("events")


@require_POST
@for_oneself
def end_others(request: HttpRequest, person: Person) -> HttpResponse:
    """End all sign-ins but this one."""
    entrance.end(person, others(request, person))
    messages.success(request, _("You are signed in here only."))
    return redirect("you")
