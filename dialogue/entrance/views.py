"""Signing in with a code sent by mail, in two steps: the address, then the code; or at an OpenID provider."""

import uuid
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.stagekit import get_pending_stage
from allauth.account.models import Login
from allauth.core import ratelimit
from allauth.core.internal.cryptokit import compare_user_code
from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.contrib.auth import load_backend
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dialogue.entrance import actions, openid
from dialogue.entrance.forms import DIGITS, AddressForm, CodeForm
from dialogue.entrance.known import browser_of, is_letter_to
from dialogue.logs import tell
from dialogue.mail.models import Mail
from dialogue.people.models import Person

LOOPBACK = {"127.0.0.1", "::1"}
MOST_LETTERS = 50  # of the demo that its page shows, the latest first


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The address (POST sends the code). Whether anybody has it, nobody can tell from the answer."""
    if request.method != "POST" or request.user.is_authenticated:
        return start(request)
    form = AddressForm(request.POST)
    if not form.is_valid():
        return start(request, status=422, form=form)
    email = form.cleaned_data["email"].lower()
    letter = letter_of(request)
    if not may_ask(request, email, letter=letter if is_letter_to(email, letter) else ""):
        return start(request, TOO_MANY_CODES(), 429, form)
    send_code(request, email)
    return redirect(address("sign-in-code", request))


def TOO_MANY_CODES() -> str:  # noqa: N802 - a sentence in the reader's language
    """That somebody asks for too many codes, and by which ways one still comes in."""
    return _(
        "Too many codes were asked for. The link in your invitation still sends you one, and so does a browser that "
        "you have signed in with before. Here, wait some minutes, then try again."
    )


def letter_of(request: HttpRequest) -> str:
    """What the address of a letter brought along."""
    return (request.POST.get("letter") or request.GET.get("letter") or "")[:200]


def may_ask(request: HttpRequest, email: str, *, letter: str = "") -> bool:
    """Count that a code is asked for. `letter`: the secret in the address of a letter that went to this address.

    Strangers are counted by address and network together, and by address for a day; whoever has a letter, or a browser
    that the address is known in, by that alone: nobody uses up what is theirs.
    """
    if not ratelimit.consume(request, action="request_login_code"):
        return False
    person = Person.objects.of_address(email)
    known = letter or (browser_of(request, person) if person else "")
    if known:
        return bool(ratelimit.consume(request, action="code_to_known", key=f"{email}/{known}"))
    network = get_ip(request)
    counts = (("code_to_stranger", f"{email}/{network}"), ("code_to_stranger_daily", email))
    return all(ratelimit.consume(request, action=action, key=key) for action, key in counts)


def start(
    request: HttpRequest, problem: str = "", status: int = 200, form: AddressForm | None = None
) -> HttpResponse:  # fmt: skip
    """The page on which coming in begins, with all the ways in."""
    told = {
        "form": form or AddressForm(), "is_demo": settings.DEMO, "next": next_page(request), "problem": problem,
        "openid": settings.OIDC_NAME if openid.is_configured() else "", "letter": letter_of(request),
    }  # fmt: skip
    return render(request, "entrance/sign_in.html", told, status=status)


def send_code(request: HttpRequest, email: str, *, shown: str = "", again: str = "") -> None:
    """Write the code's mail; for an address under which nobody may sign in, one that goes nowhere.

    `shown`: how the page says the address, where whoever asks did not write it; `again`: the page for a new code.
    """
    person = Person.objects.of_address(email)
    if person and not may_sign_in(person):
        person = None
    process = LoginCodeVerificationProcess.initiate(request=request, user=person, email=email)
    if person is None:
        get_adapter().send_mail("account/email/login_code", "", {"code": "0" * DIGITS})
    process.state |= {"row": str(actions.issue().pk), "shown": shown or email, "again": again}
    process.persist()


def may_sign_in(person: Person) -> bool:
    """Whether this person may come in at all."""
    backend = load_backend(settings.AUTHENTICATION_BACKENDS[0])
    return bool(backend.user_can_authenticate(person))  # type: ignore[attr-defined]


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code (POST signs in)."""
    process = waiting(request)
    if process is None:
        return redirect(address("sign-in", request))
    form = CodeForm(request.POST if request.method == "POST" else None)
    told = {
        "form": form,
        "email": process.state.get("shown"),
        "next": next_page(request),
        "again": process.state.get("again") or address("sign-in", request),
        "is_demo": settings.DEMO,
    }
    if request.method != "POST":
        return render(request, "entrance/code.html", told)
    if not form.is_valid():
        return render(request, "entrance/code.html", told, status=422)
    if not actions.try_once(uuid.UUID(process.state["row"])):
        process.abort()
        told |= {"is_over": True, "problem": _("This code is good no more. Ask for a new one.")}
        return render(request, "entrance/code.html", told, status=410)
    if not is_right(process, form.cleaned_data["code"]):
        if actions.is_over(uuid.UUID(process.state["row"])):
            process.abort()
            told |= {"is_over": True, "problem": _("That was the third wrong code. Ask for a new one.")}
            return render(request, "entrance/code.html", told, status=422)
        told["problem"] = _("This is not the code. Look at the latest mail: after three tries you need a new one.")
        return render(request, "entrance/code.html", told, status=422)
    return come_in(request, process)


def waiting(request: HttpRequest) -> LoginCodeVerificationProcess | None:
    """The code that this browser waits for, or None."""
    stage = get_pending_stage(request)
    if stage is None or "row" not in stage.state:
        return None
    return LoginCodeVerificationProcess.resume(stage)


def is_right(process: LoginCodeVerificationProcess, written: str) -> bool:
    """Whether that is the code; never, where nobody has the address."""
    return bool(process.user and process.code) and compare_user_code(actual=written, expected=process.code)


def come_in(request: HttpRequest, process: LoginCodeVerificationProcess) -> HttpResponse:
    """Sign in, if nobody else has with this code; under a session of a new key."""
    assert process.user
    if not (may_sign_in(process.user) and actions.spend(uuid.UUID(process.state["row"]))):
        process.abort()
        return redirect(address("sign-in", request))
    response = process.finish(next_page(request) or settings.LOGIN_REDIRECT_URL)
    return one_step_on(request, response)


def one_step_on(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A new key for whoever still has a second factor to show; who is signed in has got one."""
    if not request.user.is_authenticated:
        request.session.cycle_key()
    return response


def next_page(request: HttpRequest) -> str:
    """Where somebody wanted to go when they were asked to sign in; "" for nowhere, or another site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else ""


def address(name: str, request: HttpRequest) -> str:
    """One of the two steps, with where to go afterwards."""
    wanted = next_page(request)
    return reverse(name) + (f"?{urlencode({'next': wanted})}" if wanted else "")


@never_cache
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """The demo's mail: what would have been sent. Elsewhere there is no such page, nor for phones that join the demo.

    Who reads it can sign in as anybody of the cast, so only who sits at the machine does.
    """
    if not settings.DEMO or request.META.get("REMOTE_ADDR") not in LOOPBACK:
        raise Http404
    written = Mail.objects.exclude(to="").order_by("-written_at")[:MOST_LETTERS]
    return render(request, "entrance/letters.html", {"letters": written})


# ------------------------------------------------------------------ at an OpenID provider


@never_cache
@require_POST
def with_openid(request: HttpRequest) -> HttpResponse:
    """Go to the provider (POST), by a page that leads there: a form may send a browser nowhere but to ourselves."""
    if not openid.is_configured():
        raise Http404
    if request.user.is_authenticated:
        return redirect("sign-in")
    if not ratelimit.consume(request, action="openid"):
        return start(request, _("Too many tries. Wait a minute, then try again."), 429)
    try:
        away = openid.away(request, next_page(request))
    except openid.Away:
        return turned_away(request, 503)
    response = render(request, "entrance/away.html", {"openid": settings.OIDC_NAME, "away": away})
    response.headers["Refresh"] = f"0; url={away}"
    return response


@never_cache
@require_safe
def back_from_openid(request: HttpRequest) -> HttpResponse:
    """Back from the provider, with what it says about who this is. Whoever is not known is not told why."""
    if not openid.is_configured():
        raise Http404
    if request.user.is_authenticated or request.GET.get("error") == "access_denied":  # they thought better of it
        return redirect("sign-in")
    try:
        email, wanted = openid.back(request)
    except openid.Away:
        return turned_away(request, 503)
    except openid.NotTrusted as problem:
        return turned_away(request, 403, str(problem))
    person = Person.objects.of_address(email)
    if person is None or not may_sign_in(person):
        return turned_away(request, 403, "unknown")
    record_authentication(request, person, "openid")
    return one_step_on(request, perform_login(request, Login(user=person, redirect_url=wanted)))


def turned_away(request: HttpRequest, status: int, why: str = "away") -> HttpResponse:
    """The same page for everybody who does not come in by the provider. `why`: a word of ours, for the log."""
    tell("openid-refused", why=why, status=status)
    told = {"openid": settings.OIDC_NAME, "is_away": status == 503}
    return render(request, "entrance/turned_away.html", told, status=status)
