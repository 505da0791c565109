"""Coming in: by the address in a letter, by a number that is read out or a QR code; and what is read on first entry."""

import uuid

import segno
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dialogue import quotas
from dialogue.access import Reader, reader, visible_events
from dialogue.convening.actions.naming import PRINTED, NameTaken
from dialogue.convening.actions.welcoming import agree
from dialogue.convening.forms.people import WelcomeForm
from dialogue.convening.models import Invitation, NameRequest
from dialogue.convening.rules import example, in_plain_words
from dialogue.convening.views.at_setup import Preparing, prepares
from dialogue.entrance import actions
from dialogue.entrance.models import Ticket, TicketKind
from dialogue.entrance.views import may_ask, one_step_on, send_code
from dialogue.events.models import STRICTNESS, Attendee, Event, NamesInRoom, Regime, Session, strictest
from dialogue.people.signed_in import TICKET, signed_in


def invitation_of(pk: uuid.UUID) -> Invitation:
    """The invitation of an address in a letter. Raises Http404 where it was never written, or is withdrawn."""
    rows = Invitation.objects.select_related("attendee__event", "attendee__person")
    return get_object_or_404(rows, pk=pk, withdrawn_at=None, times__gt=0, attendee__person__isnull=False)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def come(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The address in a letter: POST sends a code to who it was written to; who is signed in already comes in."""
    invitation = invitation_of(pk)
    event, person = invitation.attendee.event, invitation.attendee.person
    onward = reverse("welcome", args=[event.slug])
    if person is not None and signed_in(request) == person:
        return redirect(onward)
    told = {"event": event, "hint": hinted(invitation.email), "name": invitation.attendee.name}
    status = 200
    if request.method == "POST" and not request.user.is_authenticated:
        if may_ask(request, invitation.email, letter=str(invitation.pk)):
            send_code(request, invitation.email, shown=hinted(invitation.email), again=request.path)
            return redirect(f"{reverse('sign-in-code')}?next={onward}")
        told["problem"], status = _("Too many codes were asked for. Wait some minutes, then try again."), 429
    return render(request, "convening/come.html", told, status=status)


def hinted(email: str) -> str:
    """An address as its owner knows it and nobody else learns it."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"


# ------------------------------------------------------------------ first entry


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, slug: str) -> HttpResponse:
    """The rules of somebody's sessions, and how they want to be printed (POST agrees)."""
    person = signed_in(request)
    event = get_object_or_404(visible_events(person), slug=slug)
    who = reader(person, event)
    if person is None:
        return redirect(f"{reverse('sign-in')}?next={request.path}")
    attendee = event.attendees.filter(key=who.attendee).first() if who.attendee else None
    if attendee is None:
        return redirect("event", slug)
    sessions = list(event.sessions.filter(memberships__in=attendee.memberships.all()).distinct())
    rules = {one.key: strictest(event.attribution, one.attribution) for one in sessions}
    asked = NameRequest.objects.filter(attendee=attendee).first()
    sent = request.POST if request.method == "POST" else None
    form = WelcomeForm(openest(rules), sent, initial=wished(attendee, asked))
    status = 200 if request.method != "POST" else 422
    if form.is_valid():
        read = {key: rule for key, rule in rules.items() if request.POST.get(f"rule-{key}") == rule}
        names = {key: request.POST.get(f"names-{key}", NamesInRoom.AS_RULE.value) for key in read}
        try:
            if form.cleaned_data["name"] != form.initial["name"]:
                quotas.spend("rename", person.pk)
            agree(event, person, form.wishes(), read, names)
        except NameTaken as problem:
            form.add_error("name", problem)
        except quotas.QuotaExceeded as problem:
            form.add_error(None, str(problem))
            status = 429
        else:
            tell_how_printed(request, attendee, is_first=bool(who.unagreed))
            return redirect(*onward(event, reader(person, event), sessions))
    told = {
        "event": event,
        "who": who,
        "form": form,
        "sittings": [sitting(event, one, attendee) for one in sessions],
        "is_first": bool(who.unagreed),
        "asked": asked,
        "printed": attendee,
    }
    return render(request, "convening/welcome.html", told, status=status)


def wished(attendee: Attendee, asked: NameRequest | None) -> dict[str, object]:
    """What the form begins with: how somebody is printed, or has asked to be."""
    printed = {name: getattr(asked or attendee, name) for name in PRINTED}
    return {**printed, "listed": attendee.listed, "prefers": attendee.prefers or ""}


def tell_how_printed(request: HttpRequest, attendee: Attendee, *, is_first: bool) -> None:
    """Say what has become of somebody's wishes, where they will not see it by coming in."""
    if NameRequest.objects.filter(attendee=attendee).exists():
        told = _("The staff are asked. Until they agree, you are printed as before: %(name)s.")
        messages.success(request, told % {"name": attendee.name})
    elif not is_first:
        messages.success(request, _("It is kept: this is how you are printed from now on."))


def openest(rules: dict[str, str]) -> str:
    """The most open of some rules."""
    return min(rules.values(), key=STRICTNESS.__getitem__, default=Regime.NAMED.value)


def sitting(event: Event, session: Session, attendee: Attendee) -> dict[str, object]:
    """A session with its rule, and what it would print of this person."""
    rule = Regime(strictest(event.attribution, session.attribution))
    own = Regime(strictest(rule, attendee.prefers))
    name = f"{attendee.honorific} {attendee.name}".strip()
    return {
        "session": session, "rule": rule.value, "names": session.names_in_room, "words": in_plain_words(event, session),
        "example": example(own, name, attendee.affiliation, attendee.sector),
    }  # fmt: skip


def onward(event: Event, who: Reader, sessions: list[Session]) -> tuple[str, ...]:
    """Where somebody goes who has agreed: to their table, once the doors are open."""
    mine = next((one for one in sessions if one.key in who.sessions and who.roles_in.get(one.key)), None)
    return ("table", event.slug, mine.key) if mine else ("event", event.slug)


# ------------------------------------------------------------------ who cannot get at their mail


@prepares("invite", methods=("POST",), back="person")
def hand_over(at: Preparing, pk: uuid.UUID) -> HttpResponse:
    """A ticket for somebody (POST `as`: number or qr), shown once to who hands it over."""
    one = get_object_or_404(at.event.attendees.select_related("event", "person"), pk=pk)
    kind = TicketKind.QR if at.request.POST.get("as") == "qr" else TicketKind.NUMBER
    written = actions.hand_over(one, at.person, kind, digits=digits_now(at.request))
    told = {"one": one, "number": "", "square": "", "address": at.site + reverse("number")}
    if kind == TicketKind.QR:
        code = segno.make(at.site + reverse("ticket", args=[written]), error="m")
        told["square"] = mark_safe(code.svg_inline(scale=6, border=4, light="#fff", dark="#000"))
    else:
        told["number"] = " ".join(written[place : place + 4] for place in range(0, len(written), 4))
    return render(at.request, "convening/ticket.html", at.context("setup-people", **told))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def number(request: HttpRequest) -> HttpResponse:
    """The number that somebody was told (POST comes in)."""
    if request.method != "POST" or request.user.is_authenticated:  # who is in already uses nothing up
        return render(request, "convening/number.html", {})
    written = "".join(sign for sign in request.POST.get("number", "")[:40] if sign in "0123456789")
    if not may_try(request, written):
        told = {"problem": _("Too many numbers were tried. Ask for a new one: it is longer, and good at once.")}
        return render(request, "convening/number.html", told, status=429)
    if len(written) not in (actions.TICKET_DIGITS, actions.LONG_TICKET_DIGITS):
        told = {
            "problem": _("A number has eight digits, or twelve. Look at it again."),
            "written": request.POST.get("number", "")[:20],
        }
        return render(request, "convening/number.html", told, status=422)
    good = actions.ticket(TicketKind.NUMBER, written)
    return come_in(request, good) or render(request, "convening/number.html", {"problem": WRONG()}, status=422)


def may_try(request: HttpRequest, written: str) -> bool:
    """Count that a number is tried: by network, and a short one among all that anybody tries.

    Whoever tries enough of them ends the short ones for a while, and keeps nobody out: numbers are longer then.
    """
    if not ratelimit.consume(request, action="try_number"):
        return False
    if len(written) == actions.LONG_TICKET_DIGITS:
        return True
    return bool(ratelimit.consume(request, action="try_short_number", key="everybody"))


def digits_now(request: HttpRequest) -> int:
    """How long a number is that is handed over now."""
    is_calm = ratelimit.consume(request, action="try_short_number", key="everybody", dry_run=True)
    return actions.TICKET_DIGITS if is_calm else actions.LONG_TICKET_DIGITS


def WRONG() -> str:  # noqa: N802
    """That a ticket is none, or good no more: nobody learns which."""
    return _("This is no number that is good now. It is good for ten minutes and once: ask for a new one.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ticket(request: HttpRequest, written: str) -> HttpResponse:
    """The address in a QR code: a page with a button, for cameras that look ahead (POST comes in)."""
    good = actions.ticket(TicketKind.QR, written)
    if good is None:
        return render(request, "convening/number.html", {"problem": WRONG(), "is_over": True}, status=410)
    if request.method == "POST" and (response := come_in(request, good)):
        return response
    return render(request, "convening/knock.html", {"name": good.attendee.name, "event": good.attendee.event})


def come_in(request: HttpRequest, good: Ticket | None) -> HttpResponse | None:
    """Sign in who a ticket lets in, with a new key; None where it lets nobody in (any more).

    Who is signed in already spends nobody's ticket.
    """
    if good is None or request.user.is_authenticated:
        return None
    person = actions.let_in(good)
    if person is None:
        return None
    onward = reverse("welcome", args=[good.attendee.event.slug])
    given = {"event": str(good.attendee.event_id), "roles": sorted(person.at_most or ())}
    record_authentication(request, person, method=TICKET, **given)
    return one_step_on(request, perform_login(request, Login(user=person, redirect_url=onward)))
