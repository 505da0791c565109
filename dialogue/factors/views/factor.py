"""One's second factor: adding it, proving it again, taking it away.

What changes it is for those alone who have just shown who they are.
"""

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import segno
from allauth.mfa.adapter import get_adapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dialogue.entrance.views import next_page
from dialogue.factors import actions, passkeys
from dialogue.factors.actions import TOO_MANY, factors, name_of
from dialogue.factors.forms import AppForm, CodeForm, PasskeyForm
from dialogue.factors.views.you import for_oneself
from dialogue.logs import tell
from dialogue.people.models import Person


def when_fresh(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For those who have shown lately who they are; others do so first, and come back."""

    @functools.wraps(view)
    def answered(request: HttpRequest, person: Person) -> HttpResponse:
        if actions.is_fresh(request, person):
            return view(request, person)
        then = request.path if request.method == "GET" else reverse("second-factor")
        return redirect(f"{reverse('second-factor')}?{urlencode({'next': then, 'anew': 1})}")

    return answered


@require_http_methods(["GET", "HEAD", "POST"])
@for_oneself
def second_factor(request: HttpRequest, person: Person) -> HttpResponse:
    """What one has; proving it (POST) where this sign-in has not, or not lately."""
    has = factors(person)
    wants = bool(has) and (not person.confirmed or "anew" in request.GET or not actions.is_fresh(request, person))
    told = {"person": person, "factors": listed(has), "has": has, "wants": wants, "next": next_page(request),
            "is_stale": not has and not actions.is_fresh(request, person)}  # fmt: skip
    if request.method != "POST":
        return render(request, "factors/second_factor.html", told | {"form": CodeForm()})
    if not has:
        return redirect("second-factor")
    return proved(request, person, told | {"wants": True}, "factors/second_factor.html", again)


def again(request: HttpRequest, person: Person) -> HttpResponse:
    """It was proved by somebody who is signed in."""
    actions.confirmed_here(request, person)
    return redirect(next_page(request) or "second-factor")


def listed(has: actions.Factors) -> list[dict[str, Any]]:
    """The factors as the page shows them."""
    app = [{"name": _("Authenticator app"), "at": has.app.created_at, "which": name_of(has.app)}] if has.app else []
    return app + [{"name": str(one), "at": one.created_at, "which": name_of(one)} for one in has.passkeys]


def proved(
    request: HttpRequest, person: Person, told: dict[str, Any], page: str,
    then: Callable[[HttpRequest, Person], HttpResponse],
) -> HttpResponse:  # fmt: skip
    """A second factor as it was posted: what the browser is to be asked, a passkey, or a code; and what then."""
    if request.POST.get("do") == "begin":
        return JsonResponse(passkeys.to_use(person))
    form = CodeForm(request.POST if "credential" not in request.POST else None)
    try:
        if "credential" in request.POST:
            limited(request)
            actions.prove_by_passkey(request, person, request.POST["credential"])
        elif not form.is_valid():
            return render(request, page, told | {"form": form}, status=422)
        else:
            actions.prove_by_code(request, person, form.cleaned_data["code"])
    except ValidationError as problem:
        status = 429 if getattr(problem, "code", "") == TOO_MANY else 422
        tell("factor-refused", person=str(person.pk), status=status)
        return render(request, page, told | {"form": form, "problem": " ".join(problem.messages)}, status=status)
    return then(request, person)


def limited(request: HttpRequest) -> None:
    """Count a try with a passkey. Raises ValidationError."""
    if not actions.may_try_passkey(request):
        raise ValidationError(_("Too many tries. Wait a minute, then try again."), code=TOO_MANY)


# ------------------------------------------------------------------ adding


@require_http_methods(["GET", "HEAD", "POST"])
@for_oneself
@when_fresh
def app(request: HttpRequest, person: Person) -> HttpResponse:
    """An authenticator app: begun by POST, shown as a QR code, added by the first code that it shows."""
    if request.POST.get("do") == "begin":
        actions.begin_app(request)
        return redirect("factor-app")
    form, told = AppForm(request.POST if request.method == "POST" else None), drawn(request, person)
    if request.method != "POST" or not told:
        return render(request, "factors/app.html", told | {"form": form if told else None})
    if not form.is_valid():
        return render(request, "factors/app.html", told | {"form": form}, status=422)
    try:
        return shown(request, actions.add_app(request, person, form.cleaned_data["code"]))
    except ValidationError as problem:
        status = 429 if problem.code == TOO_MANY else 422
        told |= {"form": form, "problem": " ".join(problem.messages)}
        return render(request, "factors/app.html", told, status=status)


def drawn(request: HttpRequest, person: Person) -> dict[str, Any]:
    """The secret of an app that is being added, to scan and to type; {} where none is."""
    secret = actions.waiting_secret(request)
    if not secret:
        return {}
    code = segno.make(get_adapter().build_totp_url(person, secret), error="m", micro=False)
    picture = mark_safe(code.svg_inline(scale=5, border=4, light="#fff", omitsize=False))  # our own drawing
    return {"picture": picture, "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))}


@require_http_methods(["GET", "HEAD", "POST"])
@for_oneself
@when_fresh
def passkey(request: HttpRequest, person: Person) -> HttpResponse:
    """A passkey, which the browser makes."""
    if request.POST.get("do") == "begin":
        return JsonResponse(passkeys.to_make(person))
    form = PasskeyForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "factors/passkey.html", {"form": form})
    problem: list[str] = [str(passkeys.NOT_IT)]
    if form.is_valid():
        try:
            limited(request)
            return shown(request, actions.add_passkey(request, person, **named(form)))
        except ValidationError as refusal:
            problem = refusal.messages
    return render(request, "factors/passkey.html", {"form": form, "problem": " ".join(problem)}, status=422)


def named(form: PasskeyForm) -> dict[str, str]:
    """What `add_passkey` wants to know."""
    return {"name": form.cleaned_data["name"], "written": form.cleaned_data["credential"]}


def shown(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """After a factor was added: the recovery codes, this once, or what one has now."""
    if codes:
        return render(request, "factors/codes.html", {"codes": codes, "host": request.get_host()})
    messages.success(request, _("It is added."))
    return redirect("second-factor")


@require_POST
@for_oneself
@when_fresh
def codes(request: HttpRequest, person: Person) -> HttpResponse:
    """New recovery codes (POST), shown once."""
    if not factors(person):
        return redirect("second-factor")
    return shown(request, actions.new_codes(person))


# ------------------------------------------------------------------ taking away


@require_POST
@for_oneself
@when_fresh
def remove(request: HttpRequest, person: Person) -> HttpResponse:
    """Take one away (POST), named by `which`. A missing one and another's are the same."""
    has, which = factors(person), request.POST.get("which", "")
    every = [one for one in (has.app, *has.passkeys) if one]
    one = next((one for one in every if name_of(one) == which), None)
    if one is None:
        raise Http404
    actions.remove(request, person, one)
    messages.success(request, _("It is removed, and you are signed in here only."))
    return redirect("second-factor")
