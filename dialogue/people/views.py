"""Signing in and out, and how the pages look and speak to one reader."""

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.auth import login, logout
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dialogue.access import RIGHTS
from dialogue.entrance.actions import begin
from dialogue.events.models import Membership, Role
from dialogue.people.actions import choose_language
from dialogue.people.demo import cast_member
from dialogue.people.models import Person
from dialogue.people.signed_in import signed_in
from dialogue.roundtable.actions import signed_out

THEMES = ("system", "light", "dark")
A_YEAR = 365 * 24 * 60 * 60  # seconds


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, role: str, code: str) -> HttpResponse:
    """The demo's door: GET shows who one will be, POST signs in. Anything wrong is a page that is not there."""
    person = cast_member(role, code)
    if person is None:
        raise Http404
    if request.method != "POST":
        return render(request, "people/enter.html", {"person": person, "role": in_words(role)})
    former = signed_in(request)
    login(request, person)
    record_authentication(request, person, "demo")
    begin(request, person)
    if former and former != person:
        signed_out(former)  # their pages in this browser close: the sign-in is gone
    return redirect(first_page(person))


def first_page(person: Person) -> str:
    """The page of the session, of the latest event, where somebody has a seat and may speak now; else the events."""
    seated = Membership.objects.filter(attendee__person=person, role__in=RIGHTS["speak"])
    open_to_them = seated.filter(session__openings__isnull=False, session__openings__closed_at=None)
    seat = open_to_them.select_related("session__event").order_by("-session__event__date", "session__position").first()
    return reverse("table", args=[seat.session.event.slug, seat.session.key]) if seat else reverse("events")


def in_words(role: str) -> str:
    """A role of the demo's cast as the pages name it; the second participant is one too."""
    return str(Role(role.removeprefix("second-")).label)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this sign-in (POST)."""
    person = signed_in(request)
    logout(request)
    if person:
        signed_out(person)
    return redirect("events")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Choose the interface's language: kept in a cookie, and with whoever is signed in by more than a number."""
    chosen = one_of(request, "language", [code for code, _name in settings.LANGUAGES])
    person = signed_in(request)
    if person and not person.only_in:  # whoever was let in by a number changes nothing about the account
        choose_language(person, chosen)
    return remember(back(request), settings.LANGUAGE_COOKIE_NAME, chosen)


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Choose light or dark, or leave it to the system again."""
    return remember(back(request), "theme", one_of(request, "theme", THEMES))


def one_of(request: HttpRequest, name: str, choices: list[str] | tuple[str, ...]) -> str:
    """A value that the page's own buttons send. Raises SuspiciousOperation (400) on any other."""
    value = request.POST.get(name, "")
    if value not in choices:
        raise SuspiciousOperation(f"{name} is none of {', '.join(choices)}")
    return value


def back(request: HttpRequest) -> HttpResponseRedirect:
    """To the page that the form stood on; never to another site."""
    target = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if ours else "/")


def remember(response: HttpResponse, name: str, value: str) -> HttpResponse:
    """Keep a choice of the reader’s in a cookie for a year."""
    response.set_cookie(name, value, max_age=A_YEAR, samesite="Lax", httponly=True)
    return response
